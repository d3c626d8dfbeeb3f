"""The bytes of a file by any name: what lies on a disk may be called what no store key can be."""

from __future__ import annotations

import os
import stat

from sigh_batch.data.objects import local_path
from sigh_batch.errors import ConfigError, NotFound, UnreadablePicture
from sigh_batch.sources.decode import ANY_SIZE, Limits
from sigh_batch.store import Store


def read_file(store: Store, name: str, length: int | None = None, limits: Limits = ANY_SIZE) -> bytes:
    """Return a file's bytes, or the first `length` of them.

    Raises UnreadablePicture with the code not_found, unreadable_file or too_large when it cannot be had,
    StoreError when the store is at fault.
    """
    root = local_path(store)
    if root is not None:
        return _read_local(os.path.join(root, name), name, length, limits)  # noqa: PTH118 (bytes of any kind)
    try:
        if length is None and (found := store.stat(name)) is not None:
            limits.check_file(found.size, name)
        return store.get(name, 0, length)
    except NotFound:
        raise UnreadablePicture("not_found", f"there is no file {name!r} in {store.url}") from None
    except ConfigError as error:
        raise UnreadablePicture("unreadable_file", str(error)) from None


def _read_local(path: str, name: str, length: int | None, limits: Limits) -> bytes:
    try:
        found = os.stat(path)  # noqa: PTH116 (a Path costs more than the look-up)
        if not stat.S_ISREG(found.st_mode):
            raise UnreadablePicture("unreadable_file", f"{name!r} is no file")
        if length is None:
            limits.check_file(found.st_size, repr(name))
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read() if length is None else file.read(length)
    except (FileNotFoundError, NotADirectoryError):
        raise UnreadablePicture("not_found", f"there is no file {name!r}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadablePicture("unreadable_file", f"{name!r} cannot be read ({reason})") from None
