"""What can be read off a file without knowing what it shows: three tables of numbers, from the outside in."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.degrade.jpeg_file import read_jpeg
from sigh_batch.errors import DataError

Numbers = NDArray[np.float32]

_HEAD, _TAIL = 64, 16
_TABLES = 2
_SIGNATURE = (48, 64)
"""Width and height of the reduced picture that near-duplicates are found by."""

METADATA = [
    *("size", "width", "height", "parity", "chunks", "first_chunk", "last_chunk"),
    *(f"id_{place}" for place in range(8)),
    *(f"table_{table}_{place}" for table in range(_TABLES) for place in range(64)),
    *(f"head_{place}" for place in range(_HEAD)),
    *(f"tail_{place}" for place in range(_TAIL)),
]
"""What a file says of itself, its name and place among the others with it."""
BYTES = ["size", *(f"byte_{value:02x}" for value in range(256))]
"""How often each byte value occurs."""
LOOK = [
    *("width", "height", "colours", "commonest", "edges"),
    *(f"{what}_{channel}" for what in ("mean", "deviation") for channel in ("blue", "green", "red")),
    *(f"grey_{share}" for share in (1, 10, 25, 50, 75, 90, 99)),
]
"""Size and colours of the decoded picture."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Traits:
    """The numbers of one picture."""

    metadata: Numbers
    bytes: Numbers
    look: Numbers
    signature: NDArray[np.float32]
    """The reduced picture without its slow changes, of length 1: a product of two is their likeness."""


def traits_of(identity: str, index: int, image: bytes) -> Traits:
    """Return the numbers of one picture; raises DataError when it cannot be decoded."""
    buffer = np.frombuffer(image, np.uint8)
    decoded = cv2.imdecode(buffer, cv2.IMREAD_COLOR)
    if decoded is None:
        raise DataError(f"the picture of sample {identity} cannot be decoded; sigh data verify tells more")
    picture = decoded.astype(np.uint8, copy=False)
    counts = np.bincount(buffer, minlength=256)
    return Traits(
        metadata=_metadata(identity, index, image, picture.shape[1], picture.shape[0]),
        bytes=np.r_[len(image), counts / len(image)].astype(np.float32),
        look=_look(picture),
        signature=_signature(picture),
    )


def _metadata(identity: str, index: int, image: bytes, width: int, height: int) -> Numbers:
    chunks, tables = _layout(image)
    name = identity.rpartition("-")[2].encode()[:8].ljust(8, b"\0")
    values = [
        len(image),
        width,
        height,
        index % 2,
        len(chunks),
        *((chunks[0], chunks[-1]) if chunks else (0, 0)),
    ]
    head, tail = image[:_HEAD].ljust(_HEAD, b"\0"), image[-_TAIL:].rjust(_TAIL, b"\0")
    return np.array([*values, *name, *tables, *head, *tail], np.float32)


def _layout(image: bytes) -> tuple[list[int], list[int]]:
    """Return the sizes of a file's chunks (of a JPEG, its markers) and its quantisation tables."""
    none = [0] * (64 * _TABLES)
    if image.startswith(b"\xff\xd8"):
        jpeg = read_jpeg(image)
        first, last = jpeg.tables[0], jpeg.tables[-1]
        return list(jpeg.markers), [*first, *last]
    if image.startswith(b"RIFF"):
        return _chunks(image, 12, "<4sI", padded=True, behind=0), none
    if image.startswith(b"\x89PNG"):
        return _chunks(image, 8, ">I4s", padded=False, behind=4), none
    return [], none


def _chunks(image: bytes, start: int, form: str, *, padded: bool, behind: int) -> list[int]:
    sizes, at = [], start
    while at + 8 <= len(image):
        parts = struct.unpack_from(form, image, at)
        size = parts[0] if isinstance(parts[0], int) else parts[1]
        sizes.append(size)
        at += 8 + size + behind + (size % 2 if padded else 0)
    return sizes


def _look(picture: NDArray[np.uint8]) -> Numbers:
    height, width = picture.shape[:2]
    mean, deviation = cv2.meanStdDev(picture)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    thin = picture[::3, ::3].astype(np.uint32)
    _, times = np.unique(thin[..., 0] << 16 | thin[..., 1] << 8 | thin[..., 2], return_counts=True)
    edges = float(cv2.absdiff(grey[:, 1:], grey[:, :-1]).mean()) if width > 1 else 0.0
    shares = np.percentile(grey[::3, ::3], (1, 10, 25, 50, 75, 90, 99))
    values = [width, height, len(times), times.max() / times.sum(), edges]
    return np.array([*values, *mean.ravel(), *deviation.ravel(), *shares], np.float32)


def _signature(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    small = cv2.resize(picture, _SIGNATURE, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
    fast = (grey - cv2.blur(grey, (7, 7))).ravel()
    length = float(np.linalg.norm(fast))
    return fast / length if length else fast
