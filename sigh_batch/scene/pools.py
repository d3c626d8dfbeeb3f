"""How pools of text, names and pictures are divided, so that splits never share an entry.

The division is the same in every run whatever shares a configuration asks for: a detector that
was trained on one run and tested on another has not seen the test's words and names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

SPLITS = ("train", "validation", "test")
_PARTS = {"train": 0.7, "validation": 0.15, "test": 0.15}


def key_of(text: str) -> str:
    """Return what two entries have in common when they only differ in case, spaces and punctuation."""
    return "".join(letter for letter in text.casefold() if letter.isalnum()) or text.strip()


class Division:
    """A growing division of entries into splits; an entry stays where it was first put."""

    def __init__(self) -> None:
        self._split: dict[str, str] = {}

    def add(self, entries: Iterable[str]) -> dict[str, list[str]]:
        """Divide the entries, in their order; of three or more distinct new ones every split gets some."""
        known = {entry: key_of(entry) for entry in entries}
        fresh = sorted({key for key in known.values() if key not in self._split}, key=_digest)
        missing = [split for split in SPLITS if split not in {self._split.get(key) for key in known.values()}]
        quotas = {split: round(len(fresh) * part) for split, part in _PARTS.items()}
        place = 0
        for split in ("validation", "test"):
            wanted = max(quotas[split], split in missing and len(fresh) >= len(missing))
            for key in fresh[place : place + wanted]:
                self._split[key] = split
            place += wanted
        for key in fresh[place:]:
            self._split[key] = "train"
        result: dict[str, list[str]] = {split: [] for split in SPLITS}
        for entry, key in known.items():
            result[self._split[key]].append(entry)
        return result


def divide(entries: Iterable[str]) -> dict[str, list[str]]:
    """Divide one pool; see `Division`."""
    return Division().add(entries)


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=8).digest()
