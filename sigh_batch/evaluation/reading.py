"""Pictures read and prepared ahead of the models, so that a GPU or the other core has work meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Of = TypeVar("Of")
Made = TypeVar("Made")


def made_ahead(make: Callable[[Of], Made], of: Iterable[Of], ahead: int) -> Iterator[Made]:
    """Yield what is made of each, in order; the next `ahead` are under way in one other thread.

    One alone: the decoder of foreign pictures is not for several threads at once.
    """
    with ThreadPoolExecutor(1, "reader") as pool:
        waiting: deque[Future[Made]] = deque()
        try:
            for each in of:
                waiting.append(pool.submit(make, each))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
