"""Whether every forged sample of a set has its clean twin, as the columns of the manifest tell it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pyarrow.compute as pc

from sigh_batch.data.catalog import Catalog, equal_to

_COLUMNS = ("id", "pair", "label", "split")
_KNOWN = pc.field("error_code").is_null() & equal_to(label=[0, 1])
_TOLD = 20

_Named = tuple[str, str]
"""The id and the split of a sample."""


def pair_problems(catalog: Catalog) -> Iterator[str]:
    """Yield a sentence for every forged sample without a twin of its own in the same split, up to a few."""
    forged = catalog.scan(["id"], equal_to(label=1))
    if not any(len(batch) for batch in forged):
        return
    found = _without_twin(catalog)
    yield from islice(found, _TOLD)
    more = sum(1 for _ in found)
    if more:
        yield f"{more} more forged samples have no clean twin in their split"


def _without_twin(catalog: Catalog) -> Iterator[str]:
    """Yield them all; twins stand near each other, so that only a few are waited for at any time."""
    waiting: tuple[dict[str, _Named], dict[str, _Named]] = ({}, {})
    for batch in catalog.scan(_COLUMNS, _KNOWN):
        for name, pair, label, split in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            twin = waiting[1 - label].pop(pair, None)
            if twin is None:
                before = waiting[label].get(pair)
                waiting[label][pair] = (name, split)
                if before and label:
                    yield _alone(before)
            elif twin[1] != split:
                yield f"sample {name} is in split {split} and its twin {twin[0]} in {twin[1]}"
    yield from map(_alone, waiting[1].values())


def _alone(sample: _Named) -> str:
    return f"sample {sample[0]} is forged and has no clean twin in the set"
