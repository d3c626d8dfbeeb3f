"""How the rows of a set hang together: classes in balance, twins beside each other, groups within one split.

One pass over the manifest; it keeps 40 bytes a row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sigh_batch.audit.check import Check
from sigh_batch.data.catalog import Catalog

_COLUMNS = ("index", "group", "pair", "split", "label", "format", "width", "height", "benign", "encodes")
_CONTAINER = ("format", "width", "height", "benign")
_STEP = ("codec", "quality", "subsampling", "width", "height")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The rows that have a picture, in the order of the manifest; strings are hashes of 64 bits."""

    index: NDArray[np.int64]
    label: NDArray[np.int8]
    split: NDArray[np.uint64]
    group: NDArray[np.uint64]
    pair: NDArray[np.uint64]
    container: NDArray[np.uint64]
    """All that is known of how the picture was saved and honestly edited."""
    names: dict[int, str]
    """The splits by their hash."""

    def __len__(self) -> int:
        return len(self.label)


def read_rows(catalog: Catalog) -> Rows:
    """Return what hangs together in a set."""
    parts: dict[str, list[NDArray[Any]]] = {
        name: [] for name in ("index", "label", "split", "group", "pair", "container")
    }
    names: dict[int, str] = {}
    for batch in catalog.scan(_COLUMNS, pc.field("error_code").is_null()):
        parts["index"].append(batch.column("index").to_numpy(zero_copy_only=False))
        parts["label"].append(batch.column("label").to_numpy(zero_copy_only=False).astype(np.int8))
        for name in ("split", "group", "pair"):
            parts[name].append(_hashes(batch.column(name).to_pylist()))
        for split in pc.unique(batch.column("split")).to_pylist():
            names[_hash(split)] = split
        parts["container"].append(_hashes(_containers(batch)))
    joined: dict[str, Any] = {
        name: np.concatenate(found) if found else np.empty(0, np.int64) for name, found in parts.items()
    }
    return Rows(**joined, names=names)


def check_balance(rows: Rows) -> Check:
    """Count how many more pictures one class has than the other."""
    forged = int(rows.label.sum())
    return Check(
        name="balance",
        title="Both classes are equally many, to one",
        value=abs(len(rows) - 2 * forged),
        limit=1,
        note=f"{len(rows) - forged:,} clean and {forged:,} forged",
    )


def check_twins(rows: Rows) -> Check:
    """Count forged pictures without exactly one clean twin in their split."""
    order = np.lexsort((rows.label, rows.pair))
    pair, label, split = rows.pair[order], rows.label[order], rows.split[order]
    starts = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]])
    sizes = np.diff(np.r_[starts, len(pair)])
    whole = np.zeros(len(starts), bool)
    two = sizes == 2
    first = starts[two]
    whole[two] = (label[first] == 0) & (label[first + 1] == 1) & (split[first] == split[first + 1])
    lone = np.add.reduceat(label.astype(np.int64), starts) if len(starts) else np.empty(0, np.int64)
    return Check(
        name="twins",
        title="Every forged picture has its clean twin in its split",
        value=int(lone[~whole].sum()),
        limit=0,
        note=f"{int(whole.sum()):,} pairs",
    )


def check_groups(rows: Rows) -> Check:
    """Count conversations that lie in more than one split."""
    groups, torn = _torn(rows.group, rows.split)
    return Check(
        name="groups",
        title="No conversation lies in two splits",
        value=torn,
        limit=0,
        note=f"{groups:,} conversations in {len(rows.names)} splits",
    )


def check_containers(rows: Rows) -> Check:
    """Count pairs whose two pictures went through different saves or honest edits."""
    pairs, torn = _torn(rows.pair, rows.container)
    return Check(
        name="containers",
        title="Both pictures of a pair have one size, codec and history of saves",
        value=torn,
        limit=0,
        note=f"{pairs:,} pairs",
    )


def _torn(wholes: NDArray[np.uint64], parts: NDArray[np.uint64]) -> tuple[int, int]:
    """Return how many wholes there are, and how many of them have more than one part."""
    seen = np.unique(np.stack([wholes, parts], axis=1), axis=0)
    found, times = np.unique(seen[:, 0], return_counts=True)
    return len(found), int((times > 1).sum())


def _containers(batch: pa.RecordBatch) -> Iterator[str]:
    columns = [batch.column(name).to_pylist() for name in _CONTAINER]
    for steps, *values in zip(batch.column("encodes").to_pylist(), *columns, strict=True):
        told = [[step[name] for name in _STEP] for step in steps or ()]
        yield repr((values, told))


def _hashes(values: Any) -> NDArray[np.uint64]:
    return np.fromiter(map(_hash, values), np.uint64)


def _hash(value: str) -> int:
    return int.from_bytes(hashlib.blake2b(value.encode(), digest_size=8).digest())
