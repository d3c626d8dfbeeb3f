"""`sigh data show`: the facts of a set, and its page put where it belongs."""

from __future__ import annotations

import shlex
from pathlib import Path

from sigh_batch.data.loader import open_dataset
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
    samples = (item.sample() for item in dataset.stream(spread(len(dataset), limit)))
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
