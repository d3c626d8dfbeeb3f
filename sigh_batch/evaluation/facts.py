"""What is known of every picture that is to be scored: labels, who belongs together, and which slices."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sigh_batch.evaluation.slices import Member

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Facts:
    """Columns, a value a picture, in the order in which pictures are scored."""

    labels: NDArray[np.int16]
    """Number of the class; of sets of ours 0 is clean and 1 is forged."""
    groups: NDArray[np.int32]
    """Pictures of one number are no independent witnesses."""
    pairs: NDArray[np.int32]
    """Shared by a forged picture and its clean twin."""
    scene_depth: NDArray[np.bool_]
    """Whether the pair is forged in the conversation."""
    touched: NDArray[np.bool_]
    """Whether a degradation has befallen it, or a lossy save."""
    slices: dict[Member, Places]
    """The places of the pictures of every slice, in order."""

    def __len__(self) -> int:
        return len(self.labels)

    def at(self, kept: Places) -> Facts:
        """Return the facts of these places alone, which ascend."""
        place = np.full(len(self), -1, np.int64)
        place[kept] = np.arange(len(kept))
        slices = {member: place[places][place[places] >= 0] for member, places in self.slices.items()}
        return Facts(
            labels=self.labels[kept],
            groups=self.groups[kept],
            pairs=self.pairs[kept],
            scene_depth=self.scene_depth[kept],
            touched=self.touched[kept],
            slices={member: places for member, places in slices.items() if len(places)},
        )

    def twins(self) -> Places:
        """Return the places of clean pictures beside their forged twins', scene-depth pairs left out."""
        order = np.lexsort((self.labels, self.pairs))
        first, second = order[:-1], order[1:]
        fits = (self.pairs[first] == self.pairs[second]) & (self.labels[first] == 0)
        fits &= (self.labels[second] == 1) & ~self.scene_depth[first]
        found = np.stack([first[fits], second[fits]], axis=1)
        return found[np.argsort(found[:, 0], kind="stable")]


@dataclass
class FactsBuilder:
    """Gathers facts as rows come."""

    labels: array[int] = field(default_factory=lambda: array("h"))
    groups: array[int] = field(default_factory=lambda: array("i"))
    pairs: array[int] = field(default_factory=lambda: array("i"))
    scene_depth: bytearray = field(default_factory=bytearray)
    touched: bytearray = field(default_factory=bytearray)
    _numbers: dict[str, dict[str, int]] = field(default_factory=lambda: {"group": {}, "pair": {}})
    _parts: dict[Member, array[int]] = field(default_factory=dict)
    _edits: dict[Member, array[int]] = field(default_factory=dict)

    def add(
        self,
        *,
        label: int,
        group: str,
        pair: str,
        scene_depth: bool = False,
        touched: bool = False,
        parts: Iterable[Member] = (),
        edits: Iterable[Member] = (),
    ) -> None:
        """Take in the next picture; its clean twin will be in the slices of `edits` too."""
        place = len(self.labels)
        self.labels.append(label)
        self.groups.append(_number(self._numbers["group"], group))
        self.pairs.append(_number(self._numbers["pair"], pair))
        self.scene_depth.append(scene_depth)
        self.touched.append(touched)
        if scene_depth:
            return
        for known, members in ((self._parts, parts), (self._edits, edits)):
            for member in members:
                known.setdefault(member, array("i")).append(place)

    def build(self) -> Facts:
        """Return the columns."""
        pairs = np.array(self.pairs, np.int32)
        slices = {member: np.array(places, np.int64) for member, places in self._parts.items()}
        for member, places in self._edits.items():
            slices[member] = np.flatnonzero(np.isin(pairs, pairs[np.array(places)]))
        return Facts(
            labels=np.array(self.labels, np.int16),
            groups=np.array(self.groups, np.int32),
            pairs=pairs,
            scene_depth=np.frombuffer(bytes(self.scene_depth), np.bool_),
            touched=np.frombuffer(bytes(self.touched), np.bool_),
            slices=dict(sorted(slices.items())),
        )


def spread(groups: NDArray[np.int32], most: int | None) -> Places:
    """Return the places of whole groups, spread evenly, of about `most` pictures; of all for None."""
    if most is None or most >= len(groups):
        return np.arange(len(groups))
    numbers, first = np.unique(groups, return_index=True)
    numbers = numbers[np.argsort(first)]
    count = max(1, len(numbers) * most // len(groups))
    kept = numbers[np.arange(count) * len(numbers) // count]
    return np.flatnonzero(np.isin(groups, kept))


def _number(numbers: dict[str, int], name: str) -> int:
    return numbers.setdefault(name, len(numbers))
