"""What each split may draw from, where some of it is held out for the test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.rng import Draws
from sigh_batch.scene.pools import SPLITS

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


def check_held(what: str, weights: Mapping[str, float], held: Iterable[str], setting: str) -> None:
    """Raise UnknownName or ConfigError for a name that is held out and never drawn anyway."""
    check_names(what, held, weights)
    for name in held:
        if not weights[name] > 0:
            raise ConfigError(
                f"{setting} holds out the {what} {name!r}, which is never drawn; "
                "give it a weight above 0, or take it out there"
            )


def divided(what: str, weights: Mapping[str, float], held: Iterable[str], setting: str) -> Shares:
    """Return the weights of every split: the test has all names, the others none that is held out.

    Raises ConfigError when nothing is left to the others; `setting` is where names are held out.
    """
    rest = {name: weight for name, weight in weights.items() if name not in held}
    if sum(rest.values()) <= 0:
        raise ConfigError(f"{setting} holds out every {what} that is drawn; leave one for the other splits")
    return {split: dict(weights) if split == "test" else rest for split in SPLITS}
