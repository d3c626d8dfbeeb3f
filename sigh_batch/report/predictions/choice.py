"""Which pictures stand for a batch: the plainest, the most doubtful, the mistaken, and some by chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SHARES = (
    ("missed", 0.1),
    ("false_alarm", 0.1),
    ("example", 0.1),
    ("disputed", 0.1),
    ("flagged", 0.3),
    ("uncertain", 0.2),
    ("clean", 0.1),
)
"""Every pool and the part of the room that it is given first, in the order in which they are served."""


class Best:
    """The rows with the least keys of all that were offered, in memory that does not grow with them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._keys = np.empty(0, np.float64)
        self._rows = np.empty(0, np.int64)

    def offer(self, keys: NDArray[np.float64], rows: NDArray[np.int64]) -> None:
        """Take a batch into account; equal keys are told apart by their row."""
        if len(self._keys) == self._most and self._most:
            near = keys <= self._keys[-1]
            keys, rows = keys[near], rows[near]
        keys, rows = np.concatenate([self._keys, keys]), np.concatenate([self._rows, rows])
        order = np.lexsort((rows, keys))[: self._most]
        self._keys, self._rows = keys[order], rows[order]

    @property
    def rows(self) -> list[int]:
        """The rows kept, the least key first."""
        return [int(row) for row in self._rows]


def share_room(pools: dict[str, Sequence[int]], room: int) -> dict[int, str]:
    """Return the chosen rows with the pool each came from; what one pool leaves over goes to the others.

    Rows come in the order in which they are to be given up last: each pool's foremost first.
    """
    wanted = {name: list(pools.get(name, ())) for name, _ in SHARES}
    chosen: dict[int, str] = {}
    for name, share in SHARES:
        own = [row for row in wanted[name] if row not in chosen]
        for row in own[: max(1, int(share * room))]:
            chosen.setdefault(row, name)
    for name in ("example", "flagged", "uncertain", "clean", "missed", "false_alarm", "disputed"):
        for row in wanted[name]:
            if len(chosen) >= room:
                break
            chosen.setdefault(row, name)
    return dict(_in_turns(dict(list(chosen.items())[:room])))


def _in_turns(chosen: dict[int, str]) -> list[tuple[int, str]]:
    """Return rows so that a cut anywhere leaves some of every pool."""
    places: dict[str, int] = {}
    sizes = {name: list(chosen.values()).count(name) for name in set(chosen.values())}
    keyed = []
    for order, (row, name) in enumerate(chosen.items()):
        places[name] = places.get(name, 0) + 1
        keyed.append((places[name] / (sizes[name] + 1), order, row, name))
    return [(row, name) for _, _, row, name in sorted(keyed)]
