"""The pictures of a set of ours, with what its manifest knows of each."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sigh_batch.data.catalog import Catalog, equal_to
from sigh_batch.data.names import Name
from sigh_batch.data.plan import SHARDS
from sigh_batch.data.schema import MANIFEST_KEY
from sigh_batch.errors import ConfigError
from sigh_batch.sources.names import Found, Stamped
from sigh_batch.store import Store

_COLUMNS = (
    *("id", "format", "shard", "image_offset", "image_length", "sha256", "label", "split", "group"),
    "ops",
)
_LABELS = ("clean", "forged")


def find_in_set(store: Store, split: str | None) -> Found:
    """Return the pictures of a finished set, or of one split of it; samples that failed have none."""
    if store.stat(MANIFEST_KEY) is None:
        raise ConfigError(f"the set in {store.url} is not finished; finish it with: sigh resume {store.url}")
    return Found(names=_samples(store, split), reader="slices", root=store.url)


def _samples(store: Store, split: str | None) -> Iterator[Stamped]:
    where = equal_to(error_code=None)
    if split is not None:
        where &= equal_to(split=split)
    for batch in Catalog(store).scan(_COLUMNS, where):
        for row in batch.to_pylist():
            yield (
                Name(
                    path=f"{row['id']}.{row['format']}",
                    size=row["image_length"],
                    part=f"{SHARDS}{row['shard']}.tar",
                    offset=row["image_offset"],
                    length=row["image_length"],
                    packed=False,
                    sha256=row["sha256"],
                    label=_LABELS[row["label"]],
                    split=row["split"],
                    group=row["group"],
                    ops=_told(row["ops"]),
                ),
                "",
            )


def _told(ops: list[dict[str, object]] | None) -> str | None:
    """Return what was done to a sample, as JSON; None where nothing was."""
    return json.dumps(ops, ensure_ascii=False, separators=(",", ":")) if ops else None
