"""USTAR, the plainest tar there is: headers made and read, with nothing in them that varies.

Time, owner and group are zero and the mode is 0644, so equal members give equal bytes. An archive
ends after its two zero blocks: rounding up to 10,240 bytes is for tape drives, every reader of
files does without, and small shards stay small.
"""

from __future__ import annotations

from dataclasses import dataclass

from sigh_batch.errors import DataError

BLOCK = 512
END = bytes(2 * BLOCK)
_MAX_SIZE = 8**11 - 1
_ZEROS = tuple(bytes(size) for size in range(BLOCK))

# Name | mode uid gid | size | mtime | checksum | type to minor | prefix; what never varies is here.
_OWNER = b"0000644\0" + b"0000000\0" * 2
_TIME = b"\0" + b"00000000000\0"
_KIND = b"0" + bytes(100) + b"ustar\x0000" + bytes(80)
_CONSTANT_SUM = sum(_OWNER) + sum(_TIME) + sum(_KIND) + 8 * ord(" ")


@dataclass(frozen=True, slots=True)
class Member:
    """What a header says: a member's name and the length of its content."""

    name: str
    size: int


def padding(size: int) -> bytes:
    """Return the zeros that follow a content of `size` bytes."""
    return _ZEROS[-size % BLOCK]


def padded(size: int) -> int:
    """Return how many bytes a content of `size` bytes takes up."""
    return size + -size % BLOCK


def make_header(name: str, size: int) -> bytes:
    """Return the header block of a plain file; raises DataError when USTAR cannot hold name or size."""
    if size > _MAX_SIZE:
        raise DataError(f"{name!r} has {size} bytes and a tar member can have {_MAX_SIZE}; make it smaller")
    prefix, tail = _split(name.encode())
    digits = b"%011o" % size
    checksum = b"%06o\0 " % (_CONSTANT_SUM + sum(prefix) + sum(tail) + sum(digits))
    front = tail.ljust(100, b"\0") + _OWNER + digits + _TIME + checksum + _KIND
    return (front + prefix).ljust(BLOCK, b"\0")


def read_header(block: bytes, where: str) -> Member | None:
    """Return what a header block of ours says, or None for a zero block, which ends an archive.

    Raises DataError, with `where` in it, when the block is anything else.
    """
    if len(block) < BLOCK:
        raise DataError(f"{where} ends in the middle of a header")
    if not any(block):
        return None
    name, prefix = (field.rstrip(b"\0") for field in (block[:100], block[345:500]))
    try:
        member = Member(b"/".join(filter(None, (prefix, name))).decode(), int(block[124:135], 8))
        intact = make_header(member.name, member.size) == block
    except (ValueError, DataError):
        intact = False
    if not intact:
        raise DataError(f"{where} is not a tar header that this product writes")
    return member


def _split(name: bytes) -> tuple[bytes, bytes]:
    """Split a name at a slash into USTAR's prefix (155 bytes) and name (100 bytes)."""
    if len(name) <= 100:
        return b"", name
    at = name.find(b"/", len(name) - 101)
    if not 0 < at <= 155 or at == len(name) - 1:
        raise DataError(f"the member name {name.decode()!r} is too long for a tar; shorten the sample's id")
    return name[:at], name[at + 1 :]
