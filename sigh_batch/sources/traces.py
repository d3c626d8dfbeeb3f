"""What the bytes of a foreign file tell of how it was saved: an entry like those of our own sets."""

from __future__ import annotations

from sigh_batch.data.sample import Json
from sigh_batch.degrade.jpeg_file import read_jpeg
from sigh_batch.errors import DataError

_CODECS = {"jpeg": "jpg"}
_SCAN = b"\xff\xda"


def entry_of(data: bytes, kind: str, width: int, height: int) -> Json:
    """Return the entry of `Sample.encodes` about a file: codec and size, and of a JPEG its tables.

    Size is that of the stored picture, before it is turned upright. Who saved it with which quality is not
    in the bytes, and is not guessed.
    """
    entry: Json = {"codec": _CODECS.get(kind, kind), "width": width, "height": height}
    if kind == "webp":
        entry["params"] = {"lossless": "VP8L" in _chunks(data)}
    if kind != "jpeg":
        return entry
    try:
        facts = read_jpeg(data)
    except DataError:
        # A decoder forgives more than this reader does: an end that is missing, a second picture behind.
        return entry
    entry["subsampling"] = facts.subsampling
    entry["params"] = {
        "progressive": facts.progressive,
        "quantisation": [list(table) for table in facts.tables[:2]],
    }
    return entry


def scans_of(data: bytes) -> int:
    """Return how many scans a JPEG has; of a damaged one, at most so many."""
    marks = data.count(_SCAN)
    if marks <= 1:
        return marks
    try:
        # The mark can also stand in a preview, or in a film behind the picture.
        return read_jpeg(data).scans
    except DataError:
        return marks


def _chunks(data: bytes) -> list[str]:
    """Return the names of a WebP's chunks."""
    names, place = [], 12
    while place + 8 <= len(data):
        names.append(data[place : place + 4].decode("latin-1"))
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        place += 8 + size + size % 2
    return names
