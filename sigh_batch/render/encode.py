"""Pictures as bytes: PNG by our own chunks and ISA-L's deflate, the same bytes on every machine.

Flat pictures such as chats are written some 25 times faster this way than with adaptive filters,
and every reader decodes rows without a filter faster too.
"""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from sigh_batch.render.painter import Pixels
from sigh_batch.render.scratch import Scratch

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_END = b"\x00\x00\x00\x00IEND\xaeB\x60\x82"
_LEVEL = 0
"""The one level of ISA-L whose bytes depend on the picture alone: those of 1 and 2 depend on where the
process lies in memory, those of 3 on the processor (docs/adr/0004-png-encoder.md)."""
_GREY, _RGB = 0, 2
_HEADER = struct.Struct(">IIBBBBB")
_HEAD = _SIGNATURE + _HEADER.size.to_bytes(4) + b"IHDR"
_DATA = len(_HEAD) + _HEADER.size + 4 + 8
"""Where the compressed rows begin: behind the checksum of the header, their length and their name."""
_DEFLATED = 1032
"""So many bytes at most come out of a compressed one."""
_TAIL = bytes(4) + _END
"""As long as what follows them: their checksum, and the end."""


_scratch = Scratch()


def png(pixels: Pixels) -> bytes:
    """Return the picture as an RGB PNG; a fourth channel is left out."""
    height, width, channels = pixels.shape
    if pixels.dtype != np.uint8 or channels not in (3, 4) or not pixels.size:
        raise ValueError(f"not a picture: {pixels.dtype} of shape {pixels.shape}")
    rows = _rows(height, 1 + 3 * width)
    rows[:, 0] = 0
    target = np.ndarray((height, width, 3), np.uint8, rows.data, 1, (1 + 3 * width, 3, 1))
    if channels == 4:
        cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB, dst=target)
    else:
        target[...] = pixels
    return _file(width, height, 8, _RGB, rows)


def read_png(data: bytes) -> Pixels | None:
    """Return the pixels of a file that `png` wrote; None of any other file, be it a PNG or not.

    It knows one layout alone, that of `png`, and checks no checksums. That makes it some three times as
    fast as a general reader.
    """
    if len(data) < _DATA + len(_TAIL) or not data.startswith(_HEAD):
        return None
    width, height, *layout = _HEADER.unpack_from(data, len(_HEAD))
    length = len(data) - _DATA - len(_TAIL)
    if layout != [8, _RGB, 0, 0, 0] or data[_DATA - 8 : _DATA] != length.to_bytes(4) + b"IDAT":
        return None
    size = height * (1 + 3 * width)
    if not width * height or size > _DEFLATED * length:
        return None
    try:
        content = isal_zlib.decompressobj().decompress(memoryview(data)[_DATA : _DATA + length], size)
    except isal_zlib.error:  # type: ignore[misc]  # its stub calls it a value
        return None
    if len(content) != size:
        return None
    rows = np.frombuffer(content, np.uint8).reshape(height, 1 + 3 * width)
    if rows[:, 0].any():
        return None
    return np.ascontiguousarray(rows[:, 1:]).reshape(height, width, 3)


def mask_png(mask: NDArray[np.bool_] | Pixels) -> bytes:
    """Return a two-dimensional mask as a 1-bit PNG: white where it is not zero."""
    if mask.ndim != 2 or not mask.size:
        raise ValueError(f"not a mask: shape {mask.shape}")
    height, width = mask.shape
    bits = np.packbits(mask.astype(np.bool_, copy=False), axis=1)
    rows = _rows(height, 1 + bits.shape[1])
    rows[:, 0] = 0
    rows[:, 1:] = bits
    return _file(width, height, 1, _GREY, rows)


def grey_png(levels: Pixels) -> bytes:
    """Return a two-dimensional picture as an 8-bit grey PNG."""
    if levels.ndim != 2 or levels.dtype != np.uint8 or not levels.size:
        raise ValueError(f"not a grey picture: {levels.dtype} of shape {levels.shape}")
    height, width = levels.shape
    rows = _rows(height, 1 + width)
    rows[:, 0] = 0
    rows[:, 1:] = levels
    return _file(width, height, 8, _GREY, rows)


def _rows(height: int, stride: int) -> NDArray[np.uint8]:
    return _scratch.take(height * stride).reshape(height, stride)


def _file(width: int, height: int, depth: int, color: int, rows: NDArray[np.uint8]) -> bytes:
    header = _HEADER.pack(width, height, depth, color, 0, 0, 0)
    data = isal_zlib.compress(rows, _LEVEL)
    return b"".join((_SIGNATURE, *_chunk(b"IHDR", header), *_chunk(b"IDAT", data), _END))


def _chunk(kind: bytes, data: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    check = zlib.crc32(data, zlib.crc32(kind))
    return struct.pack(">I", len(data)), kind, data, struct.pack(">I", check)
