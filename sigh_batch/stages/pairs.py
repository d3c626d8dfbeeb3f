"""Which picture a pair is made of, which of its two samples is forged, and what they are called."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

from sigh_batch.rng import Draws, for_sample

_BLOCK = 8
"""In every so many pairs the forged one is first as often as second, so that no small set leans to a side."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two samples of a run that follow each other, made of one picture."""

    number: int
    picture: int
    """Number of the picture in the source."""
    forged: int
    """Which of the two is forged: 0 or 1."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """All pairs of a run: every other sample is forged, to one, and every picture is used as often."""

    seed: int
    count: int
    """Samples of the run."""
    pictures: int
    """Pictures of the source."""

    def draws(self, number: int, what: str = "") -> Draws:
        """Return the draws of a pair."""
        return for_sample(self.seed, f"distort/{what}" if what else "distort", number)

    def of(self, index: int) -> Pair:
        """Return the pair of a sample; where the last one is alone, it is the clean one."""
        number = index // 2
        alone = 2 * number + 1 == self.count
        block, place = divmod(number, _BLOCK)
        order = self.draws(block, "class").shuffled((0, 1) * (_BLOCK // 2))
        return Pair(number, self._picture(number), 1 if alone else order[place])

    def name(self, number: int) -> str:
        """Return the id of a pair."""
        return _named(self.seed, "pair", number)

    def id_of(self, index: int) -> str:
        """Return the id of a sample, which tells nothing of its class."""
        return _named(self.seed, "sample", index)

    def _picture(self, number: int) -> int:
        """Return the picture of a pair; every round goes through all of them, in an order of its own."""
        turn, place = divmod(number, self.pictures)
        if not turn:
            return place
        draws = for_sample(self.seed, "distort/round", turn)
        step = draws.integer(1, self.pictures)
        while math.gcd(step, self.pictures) > 1:
            step = draws.integer(1, self.pictures)
        return (place * step + draws.integer(0, self.pictures - 1)) % self.pictures


def _named(seed: int, what: str, number: int) -> str:
    told = hashlib.blake2b(f"{seed}/distort/{what}/{number}".encode(), digest_size=4)
    return f"{number:08d}-{told.hexdigest()}"
