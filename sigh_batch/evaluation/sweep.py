"""The robustness sweep: whole pairs go through one degradation at one strength, twin by twin alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigh_batch.config.evaluate import CurveConfig, EvaluateConfig
from sigh_batch.data.sample import Json
from sigh_batch.degrade.geometry import scaled_size
from sigh_batch.degrade.operation import degradations
from sigh_batch.degrade.picture import Picture, picture_of
from sigh_batch.degrade.twins import FORGED
from sigh_batch.errors import UnknownName, UnreadablePicture
from sigh_batch.evaluation.facts import Facts, Places
from sigh_batch.evaluation.subject import Shown, Subject
from sigh_batch.rng import for_sample

Pair = tuple[Picture, Picture]
"""A clean picture and its forged twin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One point of a curve: a degradation with its parameters, for any picture."""

    curve: str
    operation: str
    strength: float
    label: str
    params: Json

    @property
    def key(self) -> str:
        """The name of its part in the store."""
        name = "".join(letter if letter.isalnum() or letter == "." else "-" for letter in self.label)
        return f"parts/sweep/{name}.npz"


def spots_of(curves: Mapping[str, CurveConfig]) -> Iterator[Spot]:
    """Yield every point of every curve; raises UnknownName, ConfigError for what no degradation takes."""
    for name, curve in curves.items():
        if curve.operation not in degradations.names():
            raise UnknownName("degradation", curve.operation, degradations.names(), f"curve {name!r}")
        operation = degradations.get(curve.operation)
        for level in curve.levels or operation.levels:
            for place, choice in enumerate(curve.choices or (None,)):
                params = {**operation.at(level), **curve.params}
                if choice is not None:
                    params[str(curve.vary)] = choice
                operation.rules.check(f"curve {name!r}", params)
                yield Spot(
                    curve=name,
                    operation=curve.operation,
                    strength=float(level if choice is None else place),
                    label=_label(name, level, choice),
                    params=params,
                )


def chosen_spots(config: EvaluateConfig) -> list[Spot]:
    """Return the points of the curves that are measured; raises UnknownName for a curve that there is not."""
    names = config.sweep if config.curves is None else config.curves
    for name in names:
        if name not in config.sweep:
            raise UnknownName("curve", name, config.sweep, "evaluate.curves names those of evaluate.sweep")
    return list(spots_of({name: config.sweep[name] for name in names}))


def choose_pairs(facts: Facts, count: int) -> Places:
    """Return so many pairs of places, clean and forged: untouched ones before others, spread evenly."""
    pairs = facts.twins()
    if not count or not len(pairs):
        return pairs[:0]
    untouched = ~facts.touched[pairs].any(axis=1)
    chosen = _spread(pairs[untouched], count)
    return np.concatenate([chosen, _spread(pairs[~untouched], count - len(chosen))])


def degrade_pair(
    subject: Subject, places: NDArray[np.int64], spot: Spot, config: EvaluateConfig, seed: int
) -> Pair | None:
    """Return both of a pair after a degradation, their marks moved along; None where the truth would be lost.

    What is random in it is drawn once for the pair. Left out are pairs that cannot be read, that would become
    too large, and whose edit is no longer in the picture.
    """
    try:
        clean, forged = (_as_picture(subject.read(int(place))) for place in places)
    except UnreadablePicture:
        return None
    operation = degradations.get(spot.operation)
    if not all(operation.fits(twin) and _stays_small(twin, spot, config) for twin in (clean, forged)):
        return None
    params = dict(spot.params)
    if "seed" in params:
        params["seed"] = for_sample(seed, f"evaluate/{spot.curve}", int(places[0])).integer(0, 2**53)
    after = operation.apply(clean, params), operation.apply(forged, params)
    before, left = (int(np.count_nonzero(twin.mask & FORGED)) for twin in (forged, after[1]))
    return None if before and left < min(config.min_pixels, before) else after


def _as_picture(shown: Shown) -> Picture:
    return picture_of(shown.pixels, shown.changed)


def _stays_small(picture: Picture, spot: Spot, config: EvaluateConfig) -> bool:
    factor = float(spot.params.get("factor") or spot.params.get("scale") or 1.0)
    width, height = scaled_size(picture, factor)
    return width * height <= max(config.sweep_pixels, picture.width * picture.height)


def _spread(pairs: Places, count: int) -> Places:
    if count >= len(pairs):
        return pairs
    return pairs[np.arange(max(0, count)) * len(pairs) // max(1, count)]


def _label(name: str, level: float, choice: str | None) -> str:
    return f"{name} {level:g}" if choice is None else f"{name} {level:g} {choice}"
