"""How pools of text, names and pictures are divided, so that splits never share an entry.

The division is the same in every run whatever shares a configuration asks for: a detector that
was trained on one run and tested on another has not seen the test's words and names.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

SPLITS = ("train", "validation", "test")
_BETWEEN = re.compile(r"[\W_]+")
_PARTS = {"train": 0.7, "validation": 0.15, "test": 0.15}


def key_of(text: str) -> str:
    """Return what two entries have in common when they only differ in case, spaces and punctuation."""
    return _BETWEEN.sub("", text.casefold()) or text.strip()


class Division:
    """A growing division of entries into splits; an entry stays where it was first put."""

    def __init__(self) -> None:
        self._split: dict[str, str] = {}

    def add(self, keys: Iterable[str]) -> None:
        """Divide entries by their keys; of three or more new ones every split gets some."""
        known = set(keys)
        fresh = sorted((key for key in known if key not in self._split), key=_digest)
        held = {self._split[key] for key in known if key in self._split}
        missing = [split for split in SPLITS if split not in held]
        place = 0
        for split in ("validation", "test"):
            wanted = max(round(len(fresh) * _PARTS[split]), split in missing and len(fresh) >= len(missing))
            for key in fresh[place : place + wanted]:
                self._split[key] = split
            place += wanted
        for key in fresh[place:]:
            self._split[key] = "train"

    def split(self, key: str) -> str:
        """Return the split of an entry that was added."""
        return self._split[key]


def divide(entries: Iterable[str]) -> dict[str, list[str]]:
    """Divide one pool into the entries of each split, in their order; see `Division`."""
    keys = {entry: key_of(entry) for entry in entries}
    division = Division()
    division.add(keys.values())
    result: dict[str, list[str]] = {split: [] for split in SPLITS}
    for entry, key in keys.items():
        result[division.split(key)].append(entry)
    return result


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=8).digest()
