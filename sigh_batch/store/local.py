"""A store in a folder: what works with nothing else running.

An object is a file; it is written under another name in `.tmp`, forced to disk, and renamed. It
is forced to disk, and so is its folder, because a record vouches for a shard: after a power cut
there must not be a record whose shard is torn or gone, and file systems may otherwise keep the
later of two files and lose the earlier. That costs two flushes an object, a thousandth of the
time a shard takes to make.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sigh_batch.errors import AlreadyExists, ConfigError, Denied, NotFound, StoreError, StoreFull, Unreachable
from sigh_batch.store.protocol import SCRATCH, Stat, Store, check_file, check_key, check_range
from sigh_batch.store.scratch import scratch_name, sweep

_ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP)
_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_IN_THE_WAY = (errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY)
# A network file system that lost its server says one of these.
_PASSING = (errno.ESTALE, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.EAGAIN, errno.EBUSY)
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)

_Folder = tuple[int, int]


class LocalStore:
    """Objects as files of one folder.

    With `create` the folder is made, and what dead runs left unfinished in it is removed; without,
    nothing is written until the first `put`. `sync=False` leaves writing to disk to the system.
    """

    def __init__(self, root: str | Path, create: bool = True, sync: bool = True) -> None:
        self.url = str(root)
        self._root = str(Path(root).absolute())
        self._sync = sync
        self.scratch: Path | None = Path(self._root, SCRATCH)
        if create:
            with self._faults("open"):
                self._make_folder(self.scratch)
            sweep(self.scratch)
        elif not Path(self._root).is_dir():
            fault = "is a file" if Path(self._root).exists() else "does not exist"
            raise Unreachable(f"the folder {self.url} {fault}; name the folder of a data set")

    def __repr__(self) -> str:
        return f"LocalStore({self.url!r})"

    @property
    def root(self) -> Path:
        """The folder, for readers that are faster on files than on a store."""
        return Path(self._root)

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """Return a file's bytes or a range of them; raises NotFound."""
        check_range(start, length)
        path = f"{self._root}/{check_key(key)}"
        try:
            with FileIO(path) as file:
                left = max(os.fstat(file.fileno()).st_size - start, 0)
                left = left if length is None else min(left, length)
                file.seek(start)
                return _read(file, left)
        except OSError as error:
            if error.errno in _ABSENT:
                raise NotFound(f"no object {key!r} in {self.url}") from None
            raise self._fault(error, "read", key) from error

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        """Write a file by way of another name."""
        check_key(key)
        with self._faults("write", key), self._unfinished() as (temporary, file):
            file.write(data)
            self._finish(file)
            self._publish(temporary, key, if_absent)

    def put_file(self, key: str, path: Path, *, if_absent: bool = False) -> None:
        """Move a file into the store; copy it where it lies on another file system."""
        check_key(key)
        check_file(path)
        with self._faults("write", key):
            if not self._move(path, key, if_absent):
                with path.open("rb") as source, self._unfinished() as (temporary, file):
                    shutil.copyfileobj(source, file, 1 << 20)
                    self._finish(file)
                    self._publish(temporary, key, if_absent)
                path.unlink(missing_ok=True)

    def stat(self, key: str) -> Stat | None:
        """Return size and time of a file, or None."""
        try:
            return _stat(key, f"{self._root}/{check_key(key)}")
        except OSError as error:
            raise self._fault(error, "read", key) from error

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """Yield the files whose key starts with `prefix`, in key order; one folder is in memory at a time.

        Links to folders are followed, except back to a folder that contains them.
        """
        folder = prefix.rpartition("/")[0]
        try:
            folder = check_key(folder) + "/" if folder else ""
        except ConfigError:
            return
        with self._faults("list"):
            yield from self._walk(folder, prefix, ())

    def delete(self, key: str) -> None:
        """Remove a file, if it is there."""
        path = Path(self._root, check_key(key))
        try:
            path.unlink()
        except OSError as error:
            if error.errno not in _ABSENT and not path.is_dir():
                raise self._fault(error, "delete", key) from error

    def sweep(self) -> int:
        """Remove what dead runs left unfinished, and return how many files or folders that were."""
        return sweep(Path(self._root, SCRATCH))

    def _walk(self, folder: str, prefix: str, above: tuple[_Folder, ...]) -> Iterator[Stat]:
        path = f"{self._root}/{folder}"
        try:
            found = Path(path).stat()
            here = (found.st_dev, found.st_ino)
            names = [] if here in above else _names(path)
        except OSError as error:
            if error.errno in _ABSENT:  # deleted meanwhile, or never there
                return
            raise
        last = None
        for name in names:
            key = folder + name
            if name == last or not key.startswith(prefix) or key == f"{SCRATCH}/":
                continue
            last = name
            if name.endswith("/"):
                yield from self._walk(key, prefix, (*above, here))
            elif (found_file := _stat(key, f"{path}{name}")) is not None:
                yield found_file

    @contextmanager
    def _unfinished(self) -> Iterator[tuple[Path, BinaryIO]]:
        """Open a new file in scratch, which is gone afterwards unless it was renamed."""
        path = Path(self._root, SCRATCH, scratch_name())
        self._make_folder(path.parent)
        # A dead process of our number may have left a file of this very name: it is ours now.
        with path.open("wb") as file:
            try:
                yield path, file
            finally:
                path.unlink(missing_ok=True)

    def _finish(self, file: BinaryIO) -> None:
        file.flush()
        if self._sync:
            os.fsync(file.fileno())

    def _move(self, path: Path, key: str, if_absent: bool) -> bool:
        """Rename a file into the store; False where only copying can bring it there."""
        if path.is_symlink():
            return False
        if self._sync:
            with path.open("rb") as file:
                os.fsync(file.fileno())
        try:
            self._publish(path, key, if_absent)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            return False
        return True

    def _publish(self, temporary: Path, key: str, if_absent: bool) -> None:
        """Give a finished file its name; `temporary` is no more afterwards."""
        target = Path(self._root, key)
        self._make_folder(target.parent)
        if if_absent:
            self._link(temporary, target, key)
            temporary.unlink()
        else:
            temporary.replace(target)
        self._sync_folder(target.parent)

    def _link(self, temporary: Path, target: Path, key: str) -> None:
        try:
            target.hardlink_to(temporary)
        except FileExistsError:
            # A network file system may repeat a request whose answer was lost: then the winner is us.
            if temporary.stat().st_nlink < 2:
                raise AlreadyExists(f"{key!r} is already in {self.url}") from None
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            raise StoreError(
                f"cannot write {key!r} in {self.url} only where it is absent: the file system has no hard "
                f"links ({error.strerror}); choose a folder on another one"
            ) from error

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        self._sync_folder(folder.parent)

    def _sync_folder(self, folder: Path) -> None:
        if not self._sync:
            return
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def _faults(self, doing: str, key: str | None = None) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._fault(error, doing, key) from error

    def _fault(self, error: OSError, doing: str, key: str | None) -> StoreError:
        """Say what an error of the operating system means to the user."""
        place = f"{key!r} in {self.url}" if key else f"the folder {self.url}"
        what = f"cannot {doing} {place} ({error.strerror or error})"
        number = error.errno
        if number in _DENIED:
            return Denied(f"{what}; change the rights of the folder, or name another")
        if number in _FULL:
            return StoreFull(f"{what}; free some room, or name a folder on another disk")
        if number in _IN_THE_WAY and key is None:
            return Unreachable(f"{what}: a file is in the way; name a folder")
        if number in _IN_THE_WAY:
            return StoreError(f"{what}: a part of its name is already a file, or all of it a folder")
        if number in _PASSING:
            return Unreachable(f"{what}; does its disk or server still answer?", transient=True)
        return Unreachable(f"{what}; does the folder still exist?")


def _names(path: str) -> list[str]:
    """Return the sorted names in a folder; those of folders end with "/", which is how their keys sort."""
    with os.scandir(path) as entries:
        return sorted(f"{entry.name}/" if _is_folder(entry) else entry.name for entry in entries)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads nowhere
        return False


def _stat(key: str, path: str) -> Stat | None:
    try:
        found = os.stat(path)  # noqa: PTH116 (in a listing, a Path costs more than the look-up)
    except OSError as error:
        if error.errno in _ABSENT:
            return None
        raise
    if not stat.S_ISREG(found.st_mode):
        return None
    return Stat(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))


def _read(file: FileIO, length: int) -> bytes:
    data = file.read(length)
    while len(data) < length and (more := file.read(length - len(data))):  # the system reads 2 GiB at most
        data += more
    return data


if TYPE_CHECKING:
    _: Store = LocalStore(".")
