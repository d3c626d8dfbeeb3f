"""What an examiner wants to know of a file beside its pixels: what it says of itself, how it was saved.

Whatever is damaged here is left out: that the picture could be decoded is what counts.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from sigh_batch.degrade.jpeg_file import Table, read_jpeg
from sigh_batch.degrade.jpeg_tables import jpeg_tables
from sigh_batch.errors import DataError
from sigh_batch.sources.credentials import ABSENT, Credentials, read_credentials
from sigh_batch.sources.decode import undisturbed
from sigh_batch.sources.magic import READ, kind_of

_TAGS: dict[int, str] = {
    ExifTags.Base[name]: name
    for name in (
        *("Make", "Model", "Software", "DateTime", "Orientation", "ImageDescription", "Artist", "Copyright"),
        *("HostComputer", "XResolution", "YResolution"),
    )
}
_DEEP_TAGS: dict[int, str] = {
    ExifTags.Base[name]: name
    for name in (
        "DateTimeOriginal",
        "DateTimeDigitized",
        "LensModel",
        "ExposureTime",
        "FNumber",
        "ISOSpeedRatings",
    )
}
_GPS, _EXIF = 0x8825, 0x8769
_LONGEST = 200
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]+")
_XMP = re.compile(rb"<x:xmpmeta\b.{0,1048576}?</x:xmpmeta>", re.DOTALL)
_SOURCE_TYPE = re.compile(rb"DigitalSourceType\s*(?:=\s*[\"']|>\s*)([^\"'<]{1,200})")
_TOOL = re.compile(rb"CreatorTool\s*(?:=\s*[\"']|>\s*)([^\"'<]{1,200})")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What the bytes of a file say beside its pixels."""

    mime: str | None = None
    exif: Mapping[str, str] = field(default_factory=dict)
    """A few fields of its EXIF; of a place only that there is one."""
    software: str | None = None
    """What says that it has saved it."""
    source_type: str | None = None
    """IPTC's DigitalSourceType, the last word of it."""
    jpeg_quality: int | None = None
    """The quality of the usual encoder whose table is most like the one of this JPEG."""
    jpeg_tables: str | None = None
    """Hash of its quantisation tables."""
    jpeg_subsampling: str | None = None
    credentials: Credentials = ABSENT
    """What its content credentials say."""


def mime_of(data: bytes) -> str | None:
    """Return the media type of a file by its first bytes; None of one that is no picture."""
    kind = kind_of(data)
    return f"image/{kind}" if kind in READ else None


def file_facts(data: bytes, anchors: str | None = None) -> FileFacts:
    """Return what a picture's file says of itself; `anchors` are certificates whose signers are trusted."""
    exif, software = _exif_of(data)
    packets = b"\n".join(_XMP.findall(data)) if b"<x:xmpmeta" in data else b""
    source_type = _SOURCE_TYPE.search(packets)
    tool = _TOOL.search(packets)
    mime = mime_of(data)
    credentials = read_credentials(data, mime, anchors)
    return FileFacts(
        mime=mime,
        exif=exif,
        software=software or (_clean(tool[1].decode("utf-8", "replace")) if tool else None),
        source_type=re.split(r"[/#:]", source_type[1].decode("utf-8", "replace").strip())[-1]
        if source_type
        else credentials.source_type,
        credentials=credentials,
        **_jpeg_of(data),
    )


def perceptual_hash(pixels: NDArray[np.uint8]) -> str:
    """Return 64 bits, in hex, that stay nearly the same when a picture is saved anew or made smaller."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:8, :8].reshape(-1)
    bits = low > np.median(low[1:])
    return np.packbits(bits).tobytes().hex()


def _exif_of(data: bytes) -> tuple[dict[str, str], str | None]:
    """Return the chosen fields of EXIF, and who saved the file."""
    try:
        with undisturbed():
            image = Image.open(io.BytesIO(data), formats=tuple(READ.values()))
            exif = image.getexif()
            found = {_TAGS[tag]: value for tag, value in exif.items() if tag in _TAGS}
            deep = exif.get_ifd(_EXIF)
            found |= {_DEEP_TAGS[tag]: value for tag, value in deep.items() if tag in _DEEP_TAGS}
            if _GPS in exif:
                found["GPS"] = "present"
            written = image.info.get("Software") if image.format == "PNG" else None
    except Exception:  # It parses what the file brings along.
        return {}, None
    told = {name: _clean(value) for name, value in sorted(found.items())}
    told = {name: value for name, value in told.items() if value}
    return told, told.get("Software") or (_clean(written) if written else None) or None


def _clean(value: Any) -> str:
    """Return a value of a file's own as one short line."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return _CONTROL.sub(" ", text).strip()[:_LONGEST]


def _jpeg_of(data: bytes) -> dict[str, Any]:
    if not data.startswith(b"\xff\xd8"):
        return {}
    try:
        facts = read_jpeg(data)
    except DataError:
        return {}
    tables = b"".join(np.array(table, ">u2").tobytes() for table in facts.tables)
    return {
        "jpeg_quality": _quality_of(facts.tables[0]) if facts.tables else None,
        "jpeg_tables": hashlib.sha256(tables).hexdigest(),
        "jpeg_subsampling": facts.subsampling,
    }


def _quality_of(table: Table) -> int:
    """Return the quality whose table is nearest to one; of several, the highest."""
    distances = np.abs(_LUMA_TABLES - np.array(table, np.int32)).sum(1)
    return 100 - int(np.argmin(distances))


_LUMA_TABLES = np.array(
    [jpeg_tables("annex_k", quality, quality)[0] for quality in range(100, 0, -1)], np.int32
)
"""The luma table of every quality, from 100 down to 1."""
