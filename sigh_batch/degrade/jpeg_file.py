"""Reading what a JPEG file says about itself: size, sampling, quantisation tables, scans, markers.

It decodes nothing. What is recorded of an encoding comes from here, out of the written bytes, and not
from what was asked for.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from sigh_batch.errors import DataError

# Place of the n-th coefficient of the file within the 8x8 table, row by row.
ZIGZAG = tuple(
    sorted(
        range(64),
        key=lambda place: (
            place // 8 + place % 8,
            place // 8 if (place // 8 + place % 8) % 2 else place % 8,
        ),
    )
)
_EOI, _SOS, _DQT = 0xD9, 0xDA, 0xDB
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
_NAMES: dict[tuple[tuple[int, int], ...], str] = {
    ((1, 1), (1, 1), (1, 1)): "4:4:4",
    ((2, 1), (1, 1), (1, 1)): "4:2:2",
    ((2, 2), (1, 1), (1, 1)): "4:2:0",
    ((1, 2), (1, 1), (1, 1)): "4:4:0",
    ((4, 1), (1, 1), (1, 1)): "4:1:1",
}

Table = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JpegFile:
    """The facts of one JPEG file."""

    width: int
    height: int
    progressive: bool
    sampling: tuple[tuple[int, int], ...]
    """Horizontal and vertical sampling factor of each component."""
    tables: tuple[Table, ...]
    """The quantisation table of each component, row by row (not in the file's zigzag order)."""
    markers: tuple[int, ...]
    """The second byte of every marker, in order."""

    @property
    def subsampling(self) -> str:
        """The usual name of the sampling, such as 4:2:0; `grey` for one component."""
        if len(self.sampling) == 1:
            return "grey"
        return _NAMES.get(self.sampling, "x".join(f"{wide}{high}" for wide, high in self.sampling))

    @property
    def scans(self) -> int:
        """How many scans there are: one, unless it is progressive."""
        return self.markers.count(_SOS)


def read_jpeg(data: bytes) -> JpegFile:
    """Return the facts of a JPEG file.

    Raises DataError for bytes that are none, or that end too early.
    """
    tables: dict[int, Table] = {}
    markers: list[int] = []
    frame: tuple[int, bytes] | None = None
    for marker, content in _segments(data):
        markers.append(marker)
        if marker == _DQT:
            tables.update(_tables(content))
        elif marker in _FRAMES:
            if frame is not None:
                raise DataError("the JPEG has two frames; only one picture a file is read")
            frame = marker, content
    if frame is None:
        raise DataError("the JPEG has no frame header; the file is damaged")
    kind, content = frame
    if len(content) < 6 or len(content) != 6 + 3 * content[5]:
        raise DataError(f"the JPEG's frame header has {len(content)} bytes; the file is damaged")
    height, width = struct.unpack(">HH", content[1:5])
    parts = [content[start : start + 3] for start in range(6, len(content), 3)]
    missing = sorted({part[2] for part in parts} - tables.keys())
    if missing:
        raise DataError(f"the JPEG lacks its quantisation table {missing[0]}; the file is damaged")
    return JpegFile(
        width=width,
        height=height,
        progressive=kind in (0xC2, 0xC6, 0xCA, 0xCE),
        sampling=tuple((part[1] >> 4, part[1] & 15) for part in parts),
        tables=tuple(tables[part[2]] for part in parts),
        markers=tuple(markers),
    )


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield every marker after the first with its content; a scan's pixels are passed over."""
    if data[:2] != b"\xff\xd8":
        raise DataError(f"not a JPEG: it begins with {data[:4].hex() or 'nothing'} in place of ffd8")
    place = 2
    while place + 2 <= len(data):
        if data[place] != 0xFF:
            raise DataError(f"the JPEG has no marker at byte {place}; the file is damaged")
        marker = data[place + 1]
        if marker == 0xFF:  # fill bytes may stand before a marker
            place += 1
            continue
        place += 2
        if marker == _EOI:
            yield marker, b""
            return
        if marker in _BARE:
            yield marker, b""
            continue
        (length,) = struct.unpack(">H", data[place : place + 2].ljust(2, b"\0"))
        if length < 2 or place + length > len(data):
            break
        yield marker, data[place + 2 : place + length]
        place += length
        if marker == _SOS:
            place = _after_scan(data, place)
    raise DataError(f"the JPEG ends at byte {len(data)} without its end marker; the file is cut off")


def _after_scan(data: bytes, place: int) -> int:
    """Return where the next marker is that is neither a stuffed byte nor a restart."""
    while (place := data.find(b"\xff", place)) >= 0 and place + 1 < len(data):
        following = data[place + 1]
        if following and not 0xD0 <= following <= 0xD7 and following != 0xFF:
            return place
        place += 1 if following == 0xFF else 2
    return len(data)


def _tables(content: bytes) -> Iterator[tuple[int, Table]]:
    place = 0
    while place < len(content):
        wide, number = content[place] >> 4, content[place] & 15
        size = 128 if wide else 64
        values = content[place + 1 : place + 1 + size]
        if wide > 1 or len(values) != size:
            raise DataError(f"the JPEG's quantisation table {number} is malformed; the file is damaged")
        numbers = struct.unpack(">64H", values) if wide else tuple(values)
        table = [0] * 64
        for order, value in zip(ZIGZAG, numbers, strict=True):
            table[order] = value
        yield number, tuple(table)
        place += 1 + size
