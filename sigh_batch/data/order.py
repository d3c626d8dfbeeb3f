"""The order in which samples are read: a permutation that is computed, never stored.

It is a function of (seed, epoch) alone. Ranks and workers take every so-manieth position of that one
order, so nothing is read twice or left out however many there are, and where an epoch stands is a
single number.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sigh_batch.errors import ConfigError, DataError
from sigh_batch.rng import for_sample

_ROUNDS = 6
_BLOCK = 4096

Numbers = NDArray[np.int64]


class Permutation:
    """A keyed bijection of 0..count-1: a Feistel network over pairs of digits, with cycle walking.

    The digits are of base ceil(sqrt(count)), so the network covers hardly more than `count` numbers,
    and the few that fall outside are sent through again until they fall inside.
    """

    def __init__(self, count: int, seed: int, epoch: int) -> None:
        self.count = count
        self._base = np.uint64(max(1, math.isqrt(count - 1) + 1) if count else 1)
        draws = for_sample(seed, "order", epoch)
        self._keys = [np.uint64(draws.integer(0, 2**64 - 1)) for _ in range(_ROUNDS)]

    def __call__(self, positions: Numbers) -> Numbers:
        """Return the numbers that stand at these positions."""
        if self.count <= 1:
            return np.zeros_like(positions)
        numbers = self._pass(positions.astype(np.uint64))
        outside = np.flatnonzero(numbers >= self.count)
        while outside.size:
            walked = self._pass(numbers[outside])
            numbers[outside] = walked
            outside = outside[walked >= self.count]
        return numbers.astype(np.int64)

    def _pass(self, numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
        left, right = numbers // self._base, numbers % self._base
        for key in self._keys:
            left, right = right, (left + _mixed(right, key)) % self._base
        return left * self._base + right


def _mixed(numbers: NDArray[np.uint64], key: np.uint64) -> NDArray[np.uint64]:
    """Mix the bits of numbers and a key; 32 bits come out, so that a sum with them cannot overflow."""
    mixed = (numbers ^ key) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return mixed >> np.uint64(32)


@dataclass(frozen=True)
class Order:
    """A random order of `count` samples, or one rank's or worker's part of it; iterating gives indexes.

        order = Order(len(dataset), seed=7, epoch=0)
        mine = order.part(rank, ranks)               # and .part(worker, workers) of that
        state = order.state(steps * ranks)           # a small dict; all ranks together consumed that many
        order = Order.resume(state, len(dataset))    # what is left of the epoch, for any number of ranks

    Parts are interleaved: ranks in step consume a prefix of the one order, which is why one number
    says where an epoch stands. Torch takes a part as the `sampler` of a DataLoader.
    """

    count: int
    seed: int
    epoch: int = 0
    positions: range | None = field(default=None, repr=False)
    """Which positions of the order belong to this part; all, unless given."""

    def __post_init__(self) -> None:
        if self.count < 0 or self.epoch < 0:
            raise ConfigError(f"no order of {self.count} samples in epoch {self.epoch}: both start at 0")

    def __len__(self) -> int:
        return len(self._range)

    def __iter__(self) -> Iterator[int]:
        permutation = Permutation(self.count, self.seed, self.epoch)
        mine = self._range
        for at in range(0, len(mine), _BLOCK):
            block = mine[at : at + _BLOCK]
            positions = np.arange(block.start, block.stop, block.step) % self.count
            yield from permutation(positions).tolist()

    def part(self, number: int, parts: int, *, pad: bool = False) -> Order:
        """Return every `parts`-th index from the `number`-th on: what one rank or worker reads.

        Lengths differ by one where they must; with `pad`, all are as long as the longest, and the few
        indexes that this takes are read twice, from the start of the order again.
        """
        if not 0 <= number < parts:
            raise ConfigError(f"there is no part {number} of {parts}; parts count from 0")
        whole = self._range
        stop = whole.start + math.ceil(len(whole) / parts) * parts * whole.step if pad else whole.stop
        return replace(self, positions=range(whole.start, stop, whole.step)[number::parts])

    def state(self, consumed: int = 0) -> dict[str, int]:
        """Return what `resume` needs, after all parts together consumed that many indexes of this order."""
        whole = self._range
        if whole.step != 1:
            raise ConfigError("the state of a part says nothing of the others; ask the order it is part of")
        position = min(whole.start + consumed, self.count)
        return {"count": self.count, "seed": self.seed, "epoch": self.epoch, "position": position}

    @classmethod
    def resume(cls, state: Mapping[str, int], count: int) -> Order:
        """Return what is left of the epoch that `state` tells of; `count` is what the data has now.

        Raises DataError when the state is damaged or of data of another size.
        """
        try:
            before, seed, epoch, position = (
                int(state[name]) for name in ("count", "seed", "epoch", "position")
            )
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"not the state of an order: {dict(state)!r}") from error
        if epoch < 0 or not 0 <= position <= before:
            raise DataError(f"not the state of an order: {dict(state)!r}")
        if before != count:
            raise DataError(f"the order was of {before} samples and the data has {count}; start a new epoch")
        return cls(count, seed, epoch, range(position, count))

    @property
    def _range(self) -> range:
        return range(self.count) if self.positions is None else self.positions
