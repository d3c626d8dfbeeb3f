"""What tests of foreign pictures share: one small picture as a file of every kind."""

from __future__ import annotations

import functools
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIZE = (64, 48)


@functools.cache
def scene() -> NDArray[np.uint8]:
    """Return the pixels: soft slopes, so that lossy files come close to them."""
    x, y = np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1]))
    return np.stack([x * 4, y * 5, 255 - x * 2 - y], axis=-1).astype(np.uint8)


def written(kind: str, image: Image.Image | None = None, **options: Any) -> bytes:
    """Return a picture, the scene unless given, as a file."""
    out = io.BytesIO()
    (image or Image.fromarray(scene())).save(out, kind, **options)
    return out.getvalue()


@functools.cache
def every_kind() -> dict[str, bytes]:
    """Return files of every kind that is read, by name."""
    rgb = Image.fromarray(scene())
    turned = rgb.transpose(Image.Transpose.ROTATE_180)
    upright = Image.Exif()
    upright[0x0112] = 6
    two: dict[str, Any] = {"save_all": True, "append_images": [turned]}
    deep = Image.fromarray(np.arange(48 * 64, dtype=np.uint16).reshape(48, 64) * 21)
    return {
        "rgb.png": written("PNG"),
        "palette.png": written("PNG", rgb.quantize(64)),
        "clear.png": written("PNG", rgb.convert("RGBA")),
        "grey_alpha.png": written("PNG", rgb.convert("LA")),
        "two_levels.png": written("PNG", rgb.convert("1")),
        "deep.png": written("PNG", deep),
        "animated.png": written("PNG", **two),
        "plain.jpg": written("JPEG", quality=95),
        "progressive.jpg": written("JPEG", quality=95, progressive=True),
        "grey.jpg": written("JPEG", rgb.convert("L")),
        "cmyk.jpg": written("JPEG", rgb.convert("CMYK"), quality=95),
        "turned.jpg": written("JPEG", exif=upright),
        "one.gif": written("GIF"),
        "two.gif": written("GIF", **two),
        "lossy.webp": written("WEBP", quality=95),
        "lossless.webp": written("WEBP", lossless=True),
        "animated.webp": written("WEBP", **two, lossless=True),
        "plain.bmp": written("BMP"),
        "plain.tif": written("TIFF"),
        "lzw.tif": written("TIFF", compression="tiff_lzw"),
        "jpeg.tif": written("TIFF", compression="jpeg"),
        "fax.tif": written("TIFF", rgb.convert("1"), compression="group4"),
        "pages.tif": written("TIFF", **two),
    }
