"""What a file is, by its first bytes; and whether it ends before it should."""

from __future__ import annotations

READ = {"bmp": "BMP", "gif": "GIF", "jpeg": "JPEG", "png": "PNG", "tiff": "TIFF", "webp": "WEBP"}
"""Kinds that are decoded, and what Pillow calls them."""
CUT_OFF = ("truncat", "incomplete", "unexpected end", "not enough", "buffer is not large enough", "eof")
"""Words with which decoders say that a file ends early."""

_STARTS = {
    b"\xff\xd8\xff": "jpeg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
    b"II+\0": "tiff",
    b"MM\0+": "tiff",
    b"8BPS": "Photoshop",
    b"%PDF": "PDF",
    b"\0\0\1\0": "icon",
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cJXL ": "JPEG XL",
    b"\0\0\0\x0cjP  ": "JPEG 2000",
    b"<svg": "SVG",
}
_BRANDS = {
    b"avif": "AVIF",
    b"avis": "AVIF",
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"mif1": "HEIC",
    b"msf1": "HEIC",
}


def kind_of(data: bytes) -> str | None:
    """Return the kind of a file: a key of READ, the name of a kind that is not read, or None."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12])
    if data[:2] == b"BM" and data[6:10] == bytes(4):
        return "bmp"
    return next((kind for start, kind in _STARTS.items() if data.startswith(start)), None)


def canvas_of_webp(data: bytes) -> tuple[int, int]:
    """Return the size that a WebP states in its first chunk; raises ValueError where it states none."""
    chunk, body = data[12:16], data[20:30]
    if chunk == b"VP8X" and len(body) == 10:
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if chunk == b"VP8L" and len(body) >= 5 and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 " and body[3:6] == b"\x9d\x01\x2a" and len(body) == 10:
        width, height = int.from_bytes(body[6:8], "little"), int.from_bytes(body[8:10], "little")
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("its first chunk states no size")


def ends_early(data: bytes, kind: str) -> bool:
    """Return whether a file lacks its end, as far as its kind has a mark or a length for it."""
    if kind == "jpeg":
        return b"\xff\xd9" not in data[-1024:]
    if kind == "png":
        return b"IEND" not in data[-1024:]
    if kind == "gif":
        return not data.rstrip(b"\0").endswith(b";")
    if kind == "webp":
        return int.from_bytes(data[4:8], "little") + 8 > len(data)
    if kind == "bmp":
        return int.from_bytes(data[2:6], "little") > len(data)
    return False
