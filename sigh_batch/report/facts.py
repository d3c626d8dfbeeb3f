"""What a set is made of: counts of every column that people choose by, read from the manifest in one pass."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sigh_batch.data.catalog import Catalog
from sigh_batch.data.manifest import read_manifest
from sigh_batch.data.sample import Failure
from sigh_batch.store import Store

LABELS = {0: "clean", 1: "forged"}

_CHOSEN_BY = ("split", "label", "skin", "theme", "locale", "benign")
_COLUMNS = ("id", "index", "seed", "stage", "bytes", "error_code", "error_message", "ops", *_CHOSEN_BY)
_FAILURES_KEPT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFacts:
    """What is said of a whole set."""

    url: str
    """Where it lies, without secrets."""
    kind: str
    config_hash: str
    seeds: Sequence[int]
    count: int
    """Samples that have a picture."""
    failed: int = 0
    bytes: int
    """Size of the pictures."""
    counts: Mapping[str, Mapping[str, int]]
    """For `split`, `label`, `skin`, `theme`, `locale`, `operation` and `benign`: how many samples have which
    value, the most frequent first; samples without a value are not counted."""
    failures: Sequence[Failure] = ()
    """The first failed samples."""

    @property
    def name(self) -> str:
        """The last part of the URL."""
        return posixpath.basename(self.url.rstrip("/")) or self.url


def read_facts(store: Store) -> SetFacts:
    """Return the facts of a finished set, in memory that does not grow with it.

    Raises NotFound where there is no set or an unfinished one, DataError where it is damaged.
    """
    catalog = Catalog(store)
    total = len(catalog)
    count = size = 0
    seeds: set[int] = set()
    counts: dict[str, Counter[str]] = {name: Counter() for name in (*_CHOSEN_BY, "operation")}
    failures: list[Failure] = []
    for batch in catalog.scan(_COLUMNS):
        good = batch.filter(pc.is_null(batch.column("error_code")))
        count += len(good)
        size += pc.sum(good.column("bytes")).as_py() or 0
        seeds.update(pc.unique(batch.column("seed")).to_pylist())
        for name in _CHOSEN_BY:
            counts[name].update(dict(_count_values(good.column(name))))
        counts["operation"].update(dict(_count_values(_operations(good.column("ops")))))
        if len(good) < len(batch):
            torn = batch.filter(pc.is_valid(batch.column("error_code")))
            failures += map(_failure, torn.slice(0, _FAILURES_KEPT - len(failures)).to_pylist())
    manifest = read_manifest(store)
    assert manifest is not None
    return SetFacts(
        url=store.url,
        kind=manifest.kind,
        config_hash=manifest.config_hash,
        seeds=sorted(seeds),
        count=count,
        failed=total - count,
        bytes=size,
        counts={name: dict(sort_counts(found)) for name, found in counts.items() if found},
        failures=failures,
    )


def spread(count: int, limit: int) -> list[int]:
    """Return up to `limit` numbers below `count`, evenly apart: which samples stand for a set."""
    shown = min(count, limit)
    return [number * count // shown for number in range(shown)]


def sort_counts(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return values with their counts, the most frequent first."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _count_values(column: pa.Array[Any]) -> Iterator[tuple[str, int]]:
    for found in pc.value_counts(column.drop_null()).to_pylist():
        value = found["values"]
        yield LABELS[value] if isinstance(value, int) else value, found["counts"]


def _operations(column: pa.Array[Any]) -> pa.Array[Any]:
    """Return the types of all operations, each once a sample."""
    kinds = pc.struct_field(pc.list_flatten(column), "type")
    table = pa.table({"row": pc.list_parent_indices(column), "type": kinds})
    return table.group_by(["row", "type"]).aggregate([]).column("type").combine_chunks()


def _failure(row: dict[str, Any]) -> Failure:
    names = ("id", "index", "seed", "stage")
    known = {name: row[name] for name in names}
    return Failure(**known, code=row["error_code"], message=row["error_message"] or "")
