"""What a data set holds, in numbers: counted from the manifest's columns, no picture is touched."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pyarrow as pa

from sigh_batch.data.catalog import Catalog
from sigh_batch.data.manifest import read_manifest
from sigh_batch.data.plan import RECORDS, ROWS, SHARDS
from sigh_batch.errors import NotFound
from sigh_batch.store.protocol import Store

COUNTED = ("split", "label", "scene_depth", "benign", "skin", "theme", "locale", "format")
_SCAN_ROWS = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The facts of a finished set."""

    url: str
    kind: str
    config_hash: str
    samples: int
    """Good samples; those that failed are not among them."""
    failed: int
    shards: int
    image_bytes: int
    stored_bytes: int
    """What tars, rows and records take up."""
    counts: dict[str, dict[str, int]]
    """Column -> value -> how many good samples have it."""
    errors: dict[str, int]
    """Error code -> how many samples failed so."""


def summarize(store: Store) -> Summary:
    """Count a finished set; raises NotFound where there is none."""
    catalog = Catalog(store)
    counts: dict[str, Counter[str]] = {name: Counter() for name in COUNTED}
    errors: Counter[str] = Counter()
    image_bytes = 0
    for batch in catalog.scan([*COUNTED, "bytes", "error_code"], rows=_SCAN_ROWS):
        errors.update(_counted(batch.column("error_code")))
        good = batch.filter(batch.column("error_code").is_null())
        image_bytes += int(good.column("bytes").to_numpy().sum())
        for name, counter in counts.items():
            counter.update(_counted(good.column(name), null="none"))
    told = read_manifest(store)
    if told is None:
        raise NotFound(f"the manifest of {store.url} vanished while it was read")
    return Summary(
        url=store.url,
        kind=told.kind,
        config_hash=told.config_hash,
        samples=told.plan.count - told.failed,
        failed=told.failed,
        shards=len(told.plan),
        image_bytes=image_bytes,
        stored_bytes=sum(found.size for prefix in (SHARDS, ROWS, RECORDS) for found in store.list(prefix)),
        counts={name: dict(sorted(counter.items())) for name, counter in counts.items()},
        errors=dict(errors.most_common()),
    )


def _counted(column: pa.Array, null: str | None = None) -> dict[str, int]:
    """Return how often each value of a column occurs; nulls under the name `null`, or not at all."""
    pairs = ((pair["values"], pair["counts"]) for pair in column.value_counts().to_pylist())
    named = ((null if value is None else _name(value), count) for value, count in pairs)
    return {name: count for name, count in named if name is not None}


def _name(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
