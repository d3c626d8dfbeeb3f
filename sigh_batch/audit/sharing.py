"""What splits have in common that they must not: near-duplicates, names, fonts, words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sigh_batch.audit.check import Check

_BLOCK = 2048


def check_copies(
    ids: Sequence[str], splits: Sequence[str], signatures: NDArray[np.float32], likeness: float
) -> Check:
    """Count pairs of pictures of different splits that are nearly equal."""
    names = np.array(splits)
    found: list[tuple[float, str, str]] = []
    most = 0.0
    for one, two in combinations(sorted(set(splits)), 2):
        left, right = np.flatnonzero(names == one), np.flatnonzero(names == two)
        for start in range(0, len(left), _BLOCK):
            block = left[start : start + _BLOCK]
            alike = signatures[block] @ signatures[right].T
            most = max(most, float(alike.max(initial=0.0)))
            for row, column in np.argwhere(alike >= likeness):
                found.append((float(alike[row, column]), ids[block[row]], ids[right[column]]))
    found.sort(reverse=True)
    shown = "; ".join(f"{one} and {two}" for _, one, two in found[:3])
    return Check(
        name="near_duplicates",
        title="No picture has a near-duplicate in another split",
        value=len(found),
        limit=0,
        note=shown or f"the most alike of two splits are {most:.2f} alike; {likeness:g} would count",
    )


def check_shared(name: str, title: str, words: dict[str, set[str]], limit: float | None) -> Check:
    """Tell the largest share of the words of a split that occur in another."""
    worst, note = 0.0, f"{sum(map(len, words.values())):,} different ones"
    for one in words:
        others = set().union(*(found for split, found in words.items() if split != one))
        both = words[one] & others
        share = len(both) / len(words[one]) if words[one] else 0.0
        if share > worst:
            worst, note = share, f"in {one} and elsewhere: {', '.join(sorted(both)[:5])}"
    return Check(name=name, title=title, value=worst, limit=limit, note=note)
