"""Sets of indexes as Kubernetes writes them: 0,3-7,12."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from sigh_batch.errors import ConfigError


def parse(text: str) -> list[int]:
    """Return the numbers of a text such as 0,3-7,12, in order.

    Raises ConfigError when it is none, or does not rise.
    """
    numbers: list[int] = []
    try:
        for part in text.split(",") if text else ():
            first, dash, last = part.partition("-")
            numbers += range(int(first), int(last if dash else first) + 1)
    except ValueError:
        raise ConfigError(f"{text[:80]!r} is no list of indexes such as 0,3-7,12") from None
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        raise ConfigError(f"the indexes {text[:80]!r} do not rise")
    return numbers


def write(numbers: Iterable[int]) -> str:
    """Return rising numbers as Kubernetes writes them: two neighbours stay apart, three are a span."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number])
    return ",".join(_span(run[0], run[-1]) for run in runs)


def _span(first: int, last: int) -> str:
    if last == first:
        return str(first)
    return f"{first},{last}" if last == first + 1 else f"{first}-{last}"
