"""What each split may draw from, where some of it is held out for the test."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping

from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.rng import Draws
from sigh_batch.scene.pools import SPLITS
from sigh_batch.stages.glyphs import Families

Shares = dict[str, dict[str, float]]
"""Split -> weights by name."""


def pick(draws: Draws, weights: Mapping[str, float]) -> str:
    """Return a name, as likely as its weight says."""
    return draws.weighted(list(weights), list(weights.values()))


def check_names(what: str, wanted: Iterable[str], known: Iterable[str]) -> None:
    """Raise UnknownName for the first name that is not known, with the nearest that is."""
    known = tuple(known)
    for name in wanted:
        if name not in known:
            raise UnknownName(what, name, known)


def check_held(what: str, weights: Mapping[str, float], held: Collection[str], setting: str) -> None:
    """Raise UnknownName or ConfigError for a name that is held out and never drawn anyway."""
    check_names(what, held, weights)
    for name in held:
        if not weights[name] > 0:
            raise ConfigError(
                f"{setting} holds out the {what} {name!r}, which is never drawn; "
                "give it a weight above 0, or take it out there"
            )


def divided(what: str, weights: Mapping[str, float], held: Collection[str], setting: str) -> Shares:
    """Return the weights of every split: the test has all names, the others none that is held out.

    Raises ConfigError when nothing is left to the others; `setting` is where names are held out.
    """
    rest = {name: weight for name, weight in weights.items() if name not in held}
    if sum(rest.values()) <= 0:
        raise ConfigError(f"{setting} holds out every {what} that is drawn; leave one for the other splits")
    return {split: dict(weights) if split == "test" else rest for split in SPLITS}


def held_out(what: str, weights: Mapping[str, float], held: Collection[str], setting: str) -> Shares:
    """Return the weights of every split; see `check_held` and `divided`."""
    check_held(what, weights, held, setting)
    return divided(what, weights, held, setting)


def held_families(families: Families, held: Collection[str], setting: str) -> Families:
    """Return the families of every split, those held out moved to the test."""
    pairs = (zip(names, shares, strict=True) for names, shares in families.values())
    weights = dict(itertools.chain(*pairs))
    check_held("font family", weights, held, setting)
    result = {}
    for split, (names, _) in families.items():
        others = tuple(name for name in held if name not in names) if split == "test" else ()
        left = (*(name for name in names if split == "test" or name not in held), *others)
        if not left:
            raise ConfigError(f"{setting} leaves no font family to the split {split}; hold out fewer")
        result[split] = left, tuple(weights[name] for name in left)
    return result
