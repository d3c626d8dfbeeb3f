"""The only source of randomness: draws that depend on (seed, stage, index) and nothing else.

Every sample gets its own counter-based stream (Philox), so its bytes do not depend on shard
size, worker count, order or retries. `fork` gives an independent stream by name, so that one
more draw in one part of a sample shifts nothing in another part.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import math
import threading
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")

_BLOCK = 64
_FLOAT = 1.0 / (1 << 53)


class Draws:
    """A stream of random draws; scalar draws are several times cheaper than numpy's own."""

    __slots__ = ("_block", "_index", "_path", "_words")

    def __init__(self, path: str, index: int) -> None:
        self._path = path
        self._index = index
        self._block = 0
        self._words: list[int] = []

    def _word(self) -> int:
        if not self._words:
            self._words = _source.words(self._path, self._index, self._block)
            self._block += 1
        return self._words.pop()

    def fork(self, name: str) -> Draws:
        """Return an independent stream; the same name gives the same stream again."""
        return Draws(f"{self._path}/{name}", self._index)

    def generator(self) -> np.random.Generator:
        """Return a numpy generator of a stream of its own, for drawing whole arrays."""
        path = f"{self._path}/numpy"
        return np.random.Generator(np.random.Philox(key=_key(path), counter=self._index << 64))

    def source(self) -> np.random.SFC64:
        """Return raw words of a stream of its own, at twice Philox's speed: for filling pictures."""
        return np.random.SFC64([_key(f"{self._path}/words"), self._index])

    def random(self) -> float:
        """Return a float in [0, 1)."""
        return (self._word() >> 11) * _FLOAT

    def uniform(self, low: float, high: float) -> float:
        """Return a float in [low, high)."""
        return low + (high - low) * self.random()

    def integer(self, low: int, high: int) -> int:
        """Return an integer from low to high, both included."""
        if high < low:
            raise ValueError(f"integer({low}, {high}): the range is empty")
        return low + ((self._word() * (high - low + 1)) >> 64)

    def chance(self, probability: float) -> bool:
        """Return True with the given probability."""
        return self.random() < probability

    def normal(self, mean: float = 0.0, deviation: float = 1.0) -> float:
        """Return a normally distributed float."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self.random()))
        return mean + deviation * radius * math.cos(math.tau * self.random())

    def choice(self, items: Sequence[T]) -> T:
        """Return one of the items, each equally likely."""
        return items[(self._word() * len(items)) >> 64]

    def weighted(self, items: Sequence[T], weights: Sequence[float]) -> T:
        """Return one of the items, as likely as its weight says."""
        sums = list(itertools.accumulate(weights))
        mark = self.random() * sums[-1]
        for item, upper in zip(items, sums, strict=True):
            if mark < upper:
                return item
        return items[-1]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in random order."""
        result = list(items)
        for last in range(len(result) - 1, 0, -1):
            other = (self._word() * (last + 1)) >> 64
            result[last], result[other] = result[other], result[last]
        return result

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """Return `count` different items in random order."""
        if count > len(items):
            raise ValueError(f"sample({count}) of only {len(items)} items")
        return self.shuffled(items)[:count]


def for_sample(seed: int, stage: str, index: int) -> Draws:
    """Return the draws of one sample of one stage."""
    return Draws(f"{seed}/{stage}", index)


class _Source(threading.local):
    """One Philox a thread, set to any block of any stream.

    To make one for every stream would take three times as long: numpy asks the system for entropy
    each time, and does not use it.
    """

    def __init__(self) -> None:
        self._bits = np.random.Philox(0)
        self._counter = np.zeros(4, np.uint64)
        self._inner: dict[str, object] = {"counter": self._counter}
        self._state: Any = {
            "bit_generator": "Philox",
            "state": self._inner,
            "buffer": np.zeros(4, np.uint64),
            "buffer_pos": 4,
            "has_uint32": 0,
            "uinteger": 0,
        }

    def words(self, path: str, index: int, block: int) -> list[int]:
        """Return a block of the stream that `Philox(key, counter=index << 64)` begins."""
        self._counter[0] = block * (_BLOCK // 4)
        self._counter[1] = index
        self._inner["key"] = _key_words(path)
        self._bits.state = self._state
        words: list[int] = self._bits.random_raw(_BLOCK).tolist()
        return words


_source = _Source()


@functools.lru_cache(maxsize=4096)
def _key_words(path: str) -> NDArray[np.uint64]:
    key = _key(path)
    return np.array([key & 0xFFFF_FFFF_FFFF_FFFF, key >> 64], np.uint64)


@functools.lru_cache(maxsize=4096)
def _key(path: str) -> int:
    return int.from_bytes(hashlib.blake2b(path.encode(), digest_size=16).digest(), "little")
