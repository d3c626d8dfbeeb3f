"""`sigh data show`: the facts of a set, and its page put where it belongs."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from sigh_batch.data.loader import Dataset, open_dataset
from sigh_batch.errors import ConfigError
from sigh_batch.report.facts import SetFacts, read_facts, spread
from sigh_batch.report.gallery import render_gallery
from sigh_batch.store import Store

PAGE_KEY = "report/index.html"


def write_page(store: Store, limit: int, path: Path | None, command: str) -> tuple[SetFacts, str]:
    """Write the page of a set and return its facts and where the page is.

    `command` is what makes the set again. The page goes to `path`, or to report/index.html of the set
    itself. Raises NotFound where there is no set.
    """
    facts = read_facts(store)
    dataset = open_dataset(store)
    samples = (item.sample() for item in dataset.stream(_stand_for(dataset, facts, limit)))
    gallery = render_gallery(
        facts,
        samples,
        command=command,
        again=lambda sample: shlex.join(["sigh", "data", "remake", facts.url, str(sample.index)]),
    )
    if path is None:
        store.put(PAGE_KEY, gallery.html)
        return facts, f"{store.url.rstrip('/')}/{PAGE_KEY}"
    try:
        path.write_bytes(gallery.html)
    except OSError as error:
        raise ConfigError(f"cannot write the page {str(path)!r}: {error.strerror}") from error
    return facts, str(path)


def _stand_for(dataset: Dataset, facts: SetFacts, limit: int) -> list[int]:
    """Return the samples that stand for a set: evenly apart, and of a forged set in whole pairs."""
    if limit >= len(dataset) or len(facts.counts.get("label", {})) < 2:
        return spread(len(dataset), limit)
    pairs = dataset.column("pair").combine_chunks()
    beside = np.flatnonzero(pc.equal(pairs[:-1], pairs[1:]).to_numpy(zero_copy_only=False))
    if not len(beside):
        return spread(len(dataset), limit)
    chosen = spread(len(beside), max(1, limit // 2))
    return [int(number) for place in chosen for number in (beside[place], beside[place] + 1)]
