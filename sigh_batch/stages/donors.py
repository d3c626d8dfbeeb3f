"""Other screenshots that a forger may take parts from: of the same split, and never the picture itself."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sigh_batch.errors import UnreadablePicture
from sigh_batch.forge.case import Case
from sigh_batch.rng import Draws
from sigh_batch.sources import Original, Source

_TRIES = 6
_KEPT = 2
"""So many donors of a picture stay decoded: an edit looks at one to draw, and again to carry it out."""

ToCase = Callable[[Original], Case]
Kept = OrderedDict[int, tuple[str, Case]]
"""The id and the case of the pictures that were last taken from, by number."""


class Donors:
    """The pictures of a source, to be taken from."""

    def __init__(self, source: Source, to_case: ToCase) -> None:
        self._source = source
        self._to_case = to_case
        self._numbers: dict[tuple[str, str | None, bool], NDArray[np.int64]] = {}

    def pick(self, draws: Draws, original: Original, same: bool, kept: Kept) -> tuple[str, Case] | None:
        """Return the id and the case of another picture, of the same skin or of any other.

        None when there is none, or none that can be read is found in a few tries. Who picks for a picture
        keeps what was picked, and lets go of it when it is done.
        """
        numbers = self._candidates(original.split, original.skin, same)
        if not len(numbers):
            return None
        for _ in range(_TRIES):
            try:
                name, case = self._read(int(numbers[draws.integer(0, len(numbers) - 1)]), kept)
            except UnreadablePicture:
                continue
            if name != original.id:
                return name, case
        return None

    def _candidates(self, split: str, skin: str | None, same: bool) -> NDArray[np.int64]:
        """Return the numbers to choose from; where nobody knows the skins, any picture will do."""
        key = split, skin, same
        if key not in self._numbers:
            everything = self._source.alike(split)
            if skin is not None:
                alike = self._source.alike(split, skin)
                everything = alike if same else np.setdiff1d(everything, alike, assume_unique=True)
            self._numbers[key] = everything
        return self._numbers[key]

    def _read(self, number: int, kept: Kept) -> tuple[str, Case]:
        if number in kept:
            kept.move_to_end(number)
        else:
            original = self._source.read(number)
            kept[number] = original.id, self._to_case(original)
            if len(kept) > _KEPT:
                kept.popitem(last=False)
        return kept[number]
