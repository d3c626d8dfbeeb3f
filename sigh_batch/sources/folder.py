"""Anybody's pictures in a folder or under a prefix, in the order of their names."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import UTC
from functools import cached_property
from pathlib import PurePosixPath
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError
from sigh_batch.sources import Original
from sigh_batch.sources.decode import LIMITS, Limits, decode
from sigh_batch.sources.files import read_file
from sigh_batch.sources.magic import kind_of
from sigh_batch.store import Store
from sigh_batch.store.protocol import Stat, check_key

Grouping = Literal["file", "folder"]

ENDINGS = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
"""Endings of file names that are taken for pictures, in lower case."""
UNPACKED = frozenset({".bmp", ".tif", ".tiff"})
"""Endings of files that are as long for any content, so that their size tells nothing."""
BESIDE = (".mask.png", ".source.png")
"""What lies beside pictures of ours that were exported as plain files."""
_SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
_TOLD = 3
MAGIC_BYTES = 16
"""So many bytes tell what a file without an ending is."""


class FolderSource:
    """Pictures of a folder, by number.

    Its identity is the hash of the names and sizes. Times are left out, so that a copy of a folder is the
    same source; other pixels hardly ever compress to the same number of bytes. Files that are not
    compressed are the exception, and for them the time counts, to the second. Reading all contents
    would be surer, and would cost a remote folder as much as the run itself, in every process.

    A group is a file name without its ending, or with grouping "folder" all that lies in one folder: for
    frames of one film, or pages of one chat. Files at the top are a group each in either case.
    """

    def __init__(
        self,
        store: Store,
        *,
        splits: Mapping[str, float] | None = None,
        grouping: Grouping = "file",
        limits: Limits = LIMITS,
    ) -> None:
        self._store = store
        self._shares = _checked_shares(_SHARES if splits is None else splits)
        self._grouping = grouping
        self._limits = limits
        self._files: list[tuple[str, int]] = []
        others: list[str] = []
        digest = hashlib.sha256()
        for found in store.list():
            if not _is_picture(store, found):
                others.append(found.key)
                continue
            self._files.append((found.key, found.size))
            digest.update(f"{_fingerprint(found)}\n".encode())
        if not self._files:
            raise ConfigError(f"there are no pictures in {store.url}{_told(others)}")
        self.identity: Json = {"files": len(self._files), "listing": digest.hexdigest()[:32]}
        self.origin: Json | None = None
        self.notes: tuple[str, ...] = (f"not read in {store.url}{_told(others)}",) if others else ()

    def __len__(self) -> int:
        return len(self._files)

    @property
    def keys(self) -> list[str]:
        """The keys of the pictures, in order."""
        return [key for key, _ in self._files]

    def read(self, number: int) -> Original:
        """Return a picture; raises UnreadablePicture."""
        key, size = self._files[number]
        self._limits.check_file(size, key)
        decoded = decode(read_file(self._store, key), key, self._limits)
        group = self._group(key)
        return Original(
            id=key,
            pixels=decoded.pixels,
            group=group,
            split=split_of(group, self._shares),
            encodes=decoded.encodes,
            drawn={"file": key, **decoded.facts},
        )

    def alike(self, split: str, skin: str | None = None) -> NDArray[np.int64]:
        """Return the numbers of the pictures of a split, in order; nobody knows the skin of foreign ones."""
        if skin is not None:
            return np.empty(0, np.int64)
        return self._splits.get(split, np.empty(0, np.int64))

    @cached_property
    def _splits(self) -> dict[str, NDArray[np.int64]]:
        """The numbers of the pictures of every split."""
        numbers: dict[str, list[int]] = {name: [] for name in self._shares}
        for number, (key, _) in enumerate(self._files):
            numbers[split_of(self._group(key), self._shares)].append(number)
        return {name: np.array(found, np.int64) for name, found in numbers.items()}

    def _group(self, key: str) -> str:
        folder, slash, name = key.rpartition("/")
        if self._grouping == "folder" and folder:
            return folder
        return f"{folder}{slash}{PurePosixPath(name).stem}"


def split_of(group: str, shares: Mapping[str, float]) -> str:
    """Return the split of a group: a hash of its name alone, so that new files move no old one."""
    digest = hashlib.blake2b(group.encode(), digest_size=8, key=b"sigh/split").digest()
    place = int.from_bytes(digest) / 2**64 * sum(shares.values())
    chosen = ""
    for name, share in sorted(shares.items()):
        if share > 0 and place >= 0:
            chosen = name
        place -= share
    return chosen


def _checked_shares(shares: Mapping[str, float]) -> Mapping[str, float]:
    if min(shares.values(), default=0) < 0 or sum(shares.values()) <= 0:
        raise ConfigError(f"not shares of splits: {dict(shares)!r}; one must be above 0, none below")
    return shares


def _is_picture(store: Store, found: Stat) -> bool:
    """Return whether a file is taken for a picture: by its ending, or lacking one, by its first bytes.

    Not one whose name is no key, as by a line break in it: it could not be read.
    """
    path = PurePosixPath(found.key)
    if not _has_key(found.key):
        return False
    if any(part.startswith(".") for part in path.parts):
        return False
    if found.key.endswith(BESIDE):
        return False
    if path.suffix:
        return path.suffix.lower() in ENDINGS
    return kind_of(store.get(found.key, 0, MAGIC_BYTES)) is not None


def _has_key(name: str) -> bool:
    """Return whether a store can be asked for a file that it lists: names on a disk may hold any bytes."""
    try:
        check_key(name)
    except ConfigError:
        return False
    return True


def _fingerprint(found: Stat) -> str:
    # A key holds no control characters.
    told = f"{found.key}\0{found.size}"
    if PurePosixPath(found.key).suffix.lower() in UNPACKED:
        told += f"\0{found.modified.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
    return told


def _told(others: list[str]) -> str:
    """Say how many files are no pictures, of which kinds, and name the first."""
    if not others:
        return ""
    kinds = Counter(PurePosixPath(key).suffix.lower() or "no ending" for key in others)
    shown = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items())[:_TOLD])
    named = (key if key.isprintable() else ascii(key) for key in others[:_TOLD])
    names = ", ".join(named) + (", ..." if len(others) > _TOLD else "")
    return f": {len(others):,} other file{'s' * (len(others) > 1)} ({shown}; {names})"
