"""Pictures fetched and decoded ahead of whoever uses them, by threads, in order and in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Generic, TypeVar

Item = TypeVar("Item")
Fetched = TypeVar("Fetched")
Made = TypeVar("Made")

AHEAD_PIXELS = 32_000_000
"""So many pixels may be decoded or under way ahead of their use, unless a single picture has more."""


class Ahead(Generic[Item, Fetched, Made]):
    """Two steps for each of many things, done ahead by threads: fetch it, then make something of it.

    `weigh` says how many pixels a fetched thing will have. It is known before anything is decoded, so that
    several large pictures are never decoded at once.
    """

    def __init__(
        self,
        fetch: Callable[[Item], Fetched],
        weigh: Callable[[Fetched], int],
        make: Callable[[Fetched], Made],
        threads: int,
    ) -> None:
        self._fetch = fetch
        self._weigh = weigh
        self._make = make
        self._threads = threads

    def __call__(self, items: Iterable[Item]) -> Iterator[Made]:
        """Yield what is made of each thing, in their order."""
        with ThreadPoolExecutor(self._threads) as pool:
            rest = iter(items)
            fetching: deque[Future[Fetched]] = deque()
            making: deque[tuple[int, Future[Made]]] = deque()
            under_way = 0
            try:
                while True:
                    for item in islice(rest, 2 * self._threads - len(fetching)):
                        fetching.append(pool.submit(self._fetch, item))
                    while fetching and len(making) < 2 * self._threads:
                        fetched = fetching[0].result()
                        weight = self._weigh(fetched)
                        if making and under_way + weight > AHEAD_PIXELS:
                            break
                        fetching.popleft()
                        under_way += weight
                        making.append((weight, pool.submit(self._make, fetched)))
                    if not making:
                        return
                    weight, future = making.popleft()
                    yield future.result()
                    under_way -= weight
            finally:
                for waiting in fetching:
                    waiting.cancel()
                for _, future in making:
                    future.cancel()
