"""How every drawn parameter is distributed over the classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from sigh_batch.audit.check import Parameter
from sigh_batch.data.sample import Json

_COLUMNS = ("split", "format", "width", "height", "benign", "skin", "theme", "scale", "font", "locale")
_SHOWN = 3
_ABSENT = "-"
_NOTHING = "none"


def compare_parameters(annotations: Iterable[tuple[int, Json]]) -> tuple[Parameter, ...]:
    """Return the distributions over labels and their annotations, the most different first.

    What clean pictures never have, the forger's own, comes last.
    """
    values: dict[str, tuple[list[Any], list[Any]]] = {}
    totals = [0, 0]
    for label, annotation in annotations:
        totals[label] += 1
        for name, value in _told(annotation):
            values.setdefault(name, ([], []))[label].append(value)
    found = []
    for name, (clean, forged) in values.items():
        for side, total in zip((clean, forged), totals, strict=True):
            side.extend([_ABSENT] * (total - len(side)))
        found.append(_compare(name, clean, forged))
    alone = {name for name, (clean, _) in values.items() if set(clean) == {_ABSENT}}
    return tuple(sorted(found, key=lambda entry: (entry.name in alone, -entry.distance, entry.name)))


def _told(annotation: Json) -> Iterator[tuple[str, Any]]:
    """Yield what was drawn for a picture, with dots between the names."""
    for name in _COLUMNS:
        yield name, annotation.get(name)
    yield "saves", " ".join(step["codec"] for step in annotation.get("encodes") or ())
    yield from _leaves(annotation.get("drawn") or {}, "drawn.")


def _leaves(values: Mapping[str, Any], under: str) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{under}{name}.")
        elif isinstance(value, list | tuple):
            kinds = [part.get("type", "?") if isinstance(part, Mapping) else str(part) for part in value]
            yield f"{under}{name}", " ".join(kinds)
        else:
            yield f"{under}{name}", value


def _compare(name: str, clean: list[Any], forged: list[Any]) -> Parameter:
    numbers = all(isinstance(value, int | float) for value in (*clean, *forged))
    if numbers and len({*clean, *forged}) > 2 * _SHOWN:
        return Parameter(
            name=name,
            clean=_span(clean),
            forged=_span(forged),
            distance=_gap(np.array(clean), np.array(forged)),
        )
    counts = Counter(map(_word, clean)), Counter(map(_word, forged))
    return Parameter(
        name=name, clean=_list(counts[0]), forged=_list(counts[1]), distance=_difference(*counts)
    )


def _word(value: Any) -> str:
    return _ABSENT if value is None else str(value)


def _span(values: list[float]) -> str:
    low, middle, high = np.percentile(values, (5, 50, 95)) if values else (0, 0, 0)
    return f"{middle:.4g} ({low:.4g} to {high:.4g})"


def _list(counts: Counter[str]) -> str:
    total = counts.total() or 1
    often = counts.most_common(_SHOWN)
    shown = [f"{value[:40] or _NOTHING} {100 * times / total:.0f} %" for value, times in often]
    more = len(counts) - _SHOWN
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _difference(clean: Counter[str], forged: Counter[str]) -> float:
    """Return the total variation between two distributions."""
    one, two = clean.total() or 1, forged.total() or 1
    return sum(abs(clean[value] / one - forged[value] / two) for value in clean.keys() | forged.keys()) / 2


def _gap(clean: np.ndarray[Any, Any], forged: np.ndarray[Any, Any]) -> float:
    """Return the largest distance of the two cumulative distributions."""
    if not len(clean) or not len(forged):
        return 1.0 if len(clean) != len(forged) else 0.0
    at = np.sort(np.concatenate([clean, forged]))
    one = np.searchsorted(np.sort(clean), at, side="right") / len(clean)
    two = np.searchsorted(np.sort(forged), at, side="right") / len(forged)
    return float(np.abs(one - two).max())
