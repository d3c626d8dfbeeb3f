"""Names of files in a folder or under a prefix: all pictures there, or those that a pattern fits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from pathlib import PurePosixPath

from sigh_batch.data.names import Name, readable
from sigh_batch.errors import StoreError, UnreadablePicture
from sigh_batch.sources.files import read_file
from sigh_batch.sources.folder import MAGIC_BYTES, UNPACKED
from sigh_batch.sources.magic import kind_of
from sigh_batch.sources.names import Found, Others, Stamped, looks_like_picture
from sigh_batch.store import Stat, Store

WILD = re.compile(r"[*?\[]")
"""What makes a pattern of a name."""


def find_in_place(store: Store) -> Found:
    """Return the pictures of a folder or prefix and of all below it, in the order of their names.

    A file is taken by the ending of its name, or lacking one by its first bytes. Hidden ones are not.
    """
    others = Others()
    return Found(names=_pictures(store, others), reader="files", root=store.url, others=others)


def find_by_pattern(store: Store, pattern: str) -> Found:
    """Return the files whose name below the store fits a pattern, whatever their ending.

    `*` and `?` stay within a folder, `**` does not.
    """
    fits = re.compile(_expression(pattern))
    fixed = WILD.split(pattern, maxsplit=1)[0]
    found = (stat for stat in store.list(fixed) if fits.fullmatch(stat.key))
    return Found(names=map(_stamped, found), reader="files", root=store.url)


def find_one(store: Store, key: str) -> Found:
    """Return one file."""
    found = store.stat(key)
    return Found(names=iter([_stamped(found)] if found else []), reader="listed", root=store.url)


def _pictures(store: Store, others: Others) -> Iterator[Stamped]:
    for found in store.list():
        taken = looks_like_picture(found.key)
        if taken is None:
            taken = _has_magic(store, found)
        if taken:
            yield _stamped(found)
        else:
            others.add(found.key)


def _has_magic(store: Store, found: Stat) -> bool:
    try:
        return kind_of(read_file(store, found.key, MAGIC_BYTES)) is not None
    except (UnreadablePicture, StoreError):
        return False


def _stamped(found: Stat) -> Stamped:
    """Return a file's name; of files that are as long for any content, the time counts too."""
    unpacked = PurePosixPath(found.key).suffix.lower() in UNPACKED
    stamp = f"{found.modified.astimezone(UTC):%Y-%m-%dT%H:%M:%S}" if unpacked else ""
    return Name(path=readable(found.key), size=found.size), stamp


def _expression(pattern: str) -> str:
    """Return the regular expression of a pattern."""
    out, at = [], 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            out.append("(?:.*/)?")
            at += 3
            continue
        if pattern.startswith("**", at):
            out.append(".*")
            at += 2
            continue
        letter = pattern[at]
        end = pattern.find("]", at + 2) if letter == "[" else -1
        if end > 0:
            inside = pattern[at + 1 : end].replace("\\", "\\\\").replace("[", "\\[")
            out.append(f"[{'^' + inside[1:] if inside[0] in '!^' else inside}]")
            at = end + 1
            continue
        out.append({"*": "[^/]*", "?": "[^/]"}.get(letter, re.escape(letter)))
        at += 1
    return f"(?s:{''.join(out)})"
