"""Pictures in a zip or tar: where each lies in it, so that any worker reads its own without the others.

The directory of an archive is read as a stream: its members may be a million.
"""

from __future__ import annotations

import io
import struct
import tarfile
from collections.abc import Iterator
from typing import IO

from sigh_batch.data.names import Name, readable
from sigh_batch.data.objects import open_object
from sigh_batch.errors import ConfigError, DataError
from sigh_batch.sources.names import Found, Others, Stamped, looks_like_picture
from sigh_batch.store import Store

PACKED_TARS = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst")
"""Endings of archives that can only be read from their start."""

_BUFFER = 1 << 20
_END = struct.Struct("<4s4H2LH")
_END64_PLACE = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_MEMBER = struct.Struct("<4s4B4H3L5H2L")
_FULL = 0xFFFFFFFF
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _UTF8 = 0x1, 0x800


def find_in_archive(store: Store, key: str) -> Found:
    """Return the pictures of an archive in the order in which they lie in it.

    Raises ConfigError for one that must be unpacked first.
    """
    if key.lower().endswith(PACKED_TARS):
        raise ConfigError(
            f"{key} is compressed as a whole, so that nothing in it can be read without all before it; "
            "unpack it, or give a plain tar or a zip"
        )
    others = Others()
    members = _zip_members if key.lower().endswith(".zip") else _tar_members
    return Found(names=members(store, key, others), reader="slices", root=store.url, others=others)


def _tar_members(store: Store, key: str, others: Others) -> Iterator[Stamped]:
    where = f"{key} in {store.url}"
    with _buffered(store, key) as file:
        try:
            with tarfile.open(fileobj=file, mode="r:") as tar:
                while (member := tar.next()) is not None:
                    tar.members.clear()  # type: ignore[attr-defined]  # it would keep them all
                    if not member.isreg():
                        continue
                    if looks_like_picture(member.name.removeprefix("./")) and not member.issparse():
                        yield _member(member.name, key, member.offset_data, member.size, member.size), ""
                    else:
                        others.add(member.name)
        except tarfile.TarError as error:
            raise DataError(f"{where} is damaged: {error}") from error


def _zip_members(store: Store, key: str, others: Others) -> Iterator[Stamped]:
    where = f"{key} in {store.url}"
    with _buffered(store, key) as file:
        try:
            count, at = _directory_of(file)
            file.seek(at)
            for _ in range(count):
                yield from _zip_member(file, key, others)
        except (ValueError, struct.error) as error:
            raise DataError(f"{where} is damaged, or no zip: {error}") from error


def _zip_member(file: IO[bytes], key: str, others: Others) -> Iterator[Stamped]:
    """Yield the next entry of the directory, if it is a picture."""
    entry = _MEMBER.unpack(_exactly(file, _MEMBER.size))
    if entry[0] != b"PK\x01\x02":
        raise ValueError("its directory is broken")
    flags, method, check, packed, size = entry[5], entry[6], *entry[9:12]
    raw = _exactly(file, entry[12])
    extra = _exactly(file, entry[13])
    file.seek(entry[14], io.SEEK_CUR)
    offset = entry[18]
    if _FULL in (packed, size, offset):
        size, packed, offset = _long_numbers(extra, size, packed, offset)
    name = raw.decode("utf-8", "surrogateescape") if flags & _UTF8 else _old_name(raw)
    if name.endswith("/"):
        return
    if not looks_like_picture(name) or flags & _ENCRYPTED or method not in (_STORED, _DEFLATED):
        others.add(name)
        return
    found = _member(name, key, offset, packed, size, packed=method == _DEFLATED)
    yield found, f"{check:08x}"


def _member(name: str, key: str, offset: int, length: int, size: int, *, packed: bool = False) -> Name:
    return Name(path=readable(name), size=size, part=key, offset=offset, length=length, packed=packed)


def _old_name(raw: bytes) -> str:
    """Return a name without the mark of UTF-8, which it often is all the same."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp437")


def _directory_of(file: IO[bytes]) -> tuple[int, int]:
    """Return how many entries a zip's directory has and where it begins."""
    size = file.seek(0, io.SEEK_END)
    tail_at = max(0, size - _END.size - 0xFFFF)
    file.seek(tail_at)
    tail = file.read()
    at = _end_within(tail)
    end = _END.unpack_from(tail, at)
    count, start = end[4], end[6]
    before = at - _END64_PLACE.size
    if before >= 0 and tail.startswith(b"PK\x06\x07", before):
        file.seek(_END64_PLACE.unpack_from(tail, before)[2])
        far = _END64.unpack(_exactly(file, _END64.size))
        count, start = far[7], far[9]
    return count, start


def _end_within(tail: bytes) -> int:
    """Return where the end record is; the comment behind it may look like one, but tells no right length."""
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        rest = len(tail) - at - _END.size
        if rest >= 0 and _END.unpack_from(tail, at)[7] == rest:
            return at
        at = tail.rfind(b"PK\x05\x06", 0, at)
    raise ValueError("it has no end record")


def _long_numbers(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Return size, packed size and place from the field that holds those too large for the directory."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            numbers = iter(struct.unpack_from(f"<{length // 8}Q", extra, at + 4))
            size, packed, offset = (
                next(numbers) if value == _FULL else value for value in (size, packed, offset)
            )
            break
        at += 4 + length
    return size, packed, offset


def _exactly(file: IO[bytes], length: int) -> bytes:
    data = file.read(length)
    if len(data) < length:
        raise ValueError("it ends too early")
    return data


def _buffered(store: Store, key: str) -> IO[bytes]:
    return io.BufferedReader(open_object(store, key), _BUFFER)
