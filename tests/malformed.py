"""Pictures as nobody should have saved them, under names as nobody should have given them."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from sigh_batch.rng import Draws, for_sample

KINDS = ("truncated", "magic", "bomb", "empty", "dot", "line", "deep", "cmyk", "animated", "noise", "whole")
NAMES = (
    b'it\'s "quoted"',
    b"line\nbreak\r",
    "\u202egnp.evil\u202c".encode(),
    b"=cmd|' C calc'!A0",
    b"+1",
    b"@sum",
    b"-rf",
    b"\xff\xfe no text",
    b"back\\slash",
    b"tab\there",
    "caf\u00e9 \U0001f600".encode(),
    b"a,b;c",
)


def write_malformed(folder: Path, count: int, seed: int = 0) -> None:
    """Write that many files, the same for one seed."""
    folder.mkdir(parents=True)
    for number, (name, data) in enumerate(malformed(count, seed)):
        path = os.fsencode(folder) + b"/%04d " % number + name
        with open(path, "wb") as file:  # noqa: PTH123 (its name is no text)
            file.write(data)


def malformed(count: int, seed: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield names and contents: every kind in turn, under every name in turn."""
    for number in range(count):
        draws = for_sample(seed, "malformed", number)
        kind = KINDS[number % len(KINDS)]
        ending = (b".png", b".jpg", b".WEBP", b".gif", b".tif", b".bmp")[number % 6]
        yield NAMES[number % len(NAMES)] + ending, _content(kind, draws)


def _content(kind: str, draws: Draws) -> bytes:  # noqa: C901 -- one case a kind
    codec = draws.choice(("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"))
    match kind:
        case "truncated":
            whole = _saved(codec, _picture(draws))
            return whole[: draws.integer(1, len(whole) - 1)]
        case "magic":
            return draws.choice((b"%PDF-1.7", b"<svg/>", b"PK\3\4", b"\x7fELF", b"GIF80a", b"II*\0")) + bytes(
                draws.integer(0, 255) for _ in range(64)
            )
        case "bomb":
            return _bomb(60_000, 60_000)
        case "empty":
            return b""
        case "dot":
            return _saved(codec, Image.new("RGB", (1, 1), "white"))
        case "line":
            return _saved("PNG", Image.new("RGB", draws.choice(((1, 60_000), (60_000, 1))), "white"))
        case "deep":
            return _saved("PNG", Image.fromarray(np.full((20, 30), draws.integer(0, 65535), np.uint16)))
        case "cmyk":
            return _saved("JPEG", _picture(draws).convert("CMYK"))
        case "animated":
            codec = draws.choice(("GIF", "WEBP", "PNG"))
            picture = _picture(draws)
            turned = picture.transpose(Image.Transpose.ROTATE_180)
            return _saved(codec, picture, save_all=True, append_images=[turned])
        case "noise":
            whole = bytearray(_saved(codec, _picture(draws)))
            for _ in range(draws.integer(1, 20)):
                whole[draws.integer(0, len(whole) - 1)] = draws.integer(0, 255)
            return bytes(whole)
    return _saved(codec, _picture(draws))


def _picture(draws: Draws) -> Image.Image:
    size = (draws.integer(8, 60), draws.integer(8, 60))
    picture = Image.new("RGB", size, tuple(draws.integer(0, 255) for _ in range(3)))
    picture.paste((draws.integer(0, 255),) * 3, (2, 2, 6, 6))
    return picture


def _saved(codec: str, picture: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, codec, **options)
    return out.getvalue()


def _bomb(width: int, height: int) -> bytes:
    """Return a small PNG that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(bytes(100_000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")
