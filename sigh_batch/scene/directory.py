"""Where people live and whom they deal with: streets, towns, companies, e-mail addresses, sites, all made up.

Faker makes them, in the patterns of a locale (`directory` in `data/locales.yaml`), once a process
and only for languages that are asked for. They come from a seed of their own, not from the run's,
so that every run has the same pools and the same division of them; only faker's version changes
them. Sites and e-mail addresses lie in domains that are reserved for examples.
"""

from __future__ import annotations

import functools

from sigh_batch.scene.locale import Locale, locale, locale_names
from sigh_batch.scene.pools import SPLITS, Division, key_of

KINDS = ("address", "city", "company", "email", "site")
"""What a directory holds."""
_SIZE = 160
_SEED = 4
_SHORTEST_SITE = 4
_PATTERNS = {"email": ("{{ascii_safe_email}}",), "site": ("{{domain_word}}.example", "{{user_name}}.example")}


@functools.lru_cache(maxsize=256)
def directory(code: str, kind: str, split: str) -> tuple[str, ...]:
    """Return the entries of a kind that a split may use in a locale."""
    return _divided(locale(code).language, kind)[code][split]


@functools.lru_cache(maxsize=256)
def _divided(language: str, kind: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """Divide all regions of a language at once: an entry that two of them have stays in one split."""
    division, made = Division(), dict[str, tuple[str, ...]]()
    for code in locale_names():
        here = locale(code)
        if here.language == language:
            made[code] = _entries(here, kind)
            division.add(key_of(entry) for entry in made[code])
    return {
        code: {
            split: tuple(entry for entry in entries if division.split(key_of(entry)) == split)
            for split in SPLITS
        }
        for code, entries in made.items()
    }


def _entries(here: Locale, kind: str) -> tuple[str, ...]:
    """Make the entries of one kind, each from one of the locale's patterns in turn."""
    from faker import Factory

    maker = Factory.create(here.directory["faker"][0])
    maker.seed_instance(f"{_SEED}/{here.code}/{kind}")
    patterns = _PATTERNS.get(kind) or here.directory[kind]
    unwanted = here.directory.get("without", [])
    found = dict.fromkeys(
        maker.parse(maker.format("numerify", patterns[number % len(patterns)])) for number in range(_SIZE)
    )
    return tuple(
        entry
        for entry in found
        if (kind != "site" or _is_telling(entry)) and not any(part in entry for part in unwanted)
    )


def _is_telling(site: str) -> bool:
    name = site.partition(".")[0]
    return len(name) >= _SHORTEST_SITE and not name.isdecimal()
