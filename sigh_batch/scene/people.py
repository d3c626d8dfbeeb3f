"""Who writes: names from pools that no two splits share, handles, colours and avatars."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from sigh_batch.errors import ConfigError
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Person
from sigh_batch.scene.locale import locale
from sigh_batch.scene.pools import Division, divide, key_of

_AVATARS = 600


@dataclass(frozen=True, slots=True)
class Names:
    """The names one split may use in one locale."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    first_words: tuple[str, ...]
    last_words: tuple[str, ...]


@functools.lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, list[str]]]:
    text = resources.files(__package__).joinpath("data/names.txt").read_text(encoding="utf-8")
    table: dict[str, dict[str, list[str]]] = {}
    for line in text.splitlines():
        if line.startswith("["):
            pools = table.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            kind, _, names = line.partition(": ")
            pools[kind] = names.split()
    return table


@functools.lru_cache(maxsize=1)
def _handle_words() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    words = _table()["handles"]
    return divide(words["first"]), divide(words["last"])


@functools.lru_cache(maxsize=2)
def _division(kind: str) -> Division:
    """Divide the given or the family names of all regions: one that two of them have is in one split."""
    division = Division()
    languages: dict[str, set[str]] = {}
    for code, pools in _table().items():
        if code != "handles":
            languages.setdefault(code.partition("-")[0], set()).update(map(key_of, pools[kind]))
    for names_of_one in languages.values():
        division.add(names_of_one)
    return division


@functools.lru_cache(maxsize=64)
def names(code: str, split: str) -> Names:
    """Return the names that a split may use in a locale."""
    pools = {
        kind: tuple(name for name in _table()[code][kind] if _division(kind).split(key_of(name)) == split)
        for kind in ("given", "family")
    }
    first, last = _handle_words()
    return Names(pools["given"], pools["family"], tuple(first[split]), tuple(last[split]))


@functools.lru_cache(maxsize=1)
def _avatar_pools() -> dict[str, tuple[int, ...]]:
    """Return the seeds of generated avatars: so few that a worker draws each only once."""
    shares = divide(f"avatar {number}" for number in range(_AVATARS))
    return {
        split: tuple(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=6).digest()) for name in share)
        for split, share in shares.items()
    }


def avatar_seeds(split: str) -> tuple[int, ...]:
    """Return the seeds of the generated avatars that a split may use."""
    return _avatar_pools()[split]


def draw_people(draws: Draws, code: str, split: str, count: int, style: str) -> tuple[Person, ...]:
    """Return different people; `style` is full, given or handle: how they appear in this conversation."""
    pools = names(code, split)
    pattern = locale(code).names
    given = _different(draws, pools.given, count)
    avatars = avatar_seeds(split)
    shift = draws.random()
    people = []
    for place in range(count):
        handle = _handle(draws, pools)
        if style == "handle" and draws.chance(0.7):
            name = handle
        elif style == "full" or draws.chance(0.25):
            name = pattern.format(given=given[place], family=draws.choice(pools.family))
        else:
            name = given[place]
        # The golden ratio spreads the hues of a conversation's people evenly, however many there are.
        hue = (shift + place * 0.618034 + draws.uniform(-0.03, 0.03)) % 1.0
        people.append(
            Person(
                id=f"p{place}",
                name=name,
                short=given[place] if name != handle else handle,
                handle=handle,
                hue=hue,
                avatar=draws.choice(avatars),
            )
        )
    return tuple(people)


def _different(draws: Draws, items: Sequence[str], count: int) -> list[str]:
    """Return different items; unlike `Draws.sample`, as cheap from a long list as from a short one."""
    if count > len(items):
        raise ConfigError(f"{count} people are more than the {len(items)} names of a split; set fewer people")
    chosen: dict[str, None] = {}
    while len(chosen) < count:
        chosen[draws.choice(items)] = None
    return list(chosen)


def _handle(draws: Draws, pools: Names) -> str:
    first, last = draws.choice(pools.first_words), draws.choice(pools.last_words)
    kind = draws.integer(0, 4)
    if kind == 0:
        return f"{first}{last}"
    if kind == 1:
        return f"{first}_{last}"
    if kind == 2:
        return f"{last}{draws.integer(2, 99)}"
    if kind == 3:
        return f"{first}.{last}"
    return f"{first.capitalize()}{last.capitalize()}"
