"""Pictures as a page holds them: a small one, a larger one and a tinted mask, as data addresses."""

from __future__ import annotations

import base64
import io
import math
import warnings
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from sigh_batch.data.sample import Sample

TINT = (230, 0, 122)
"""The colour of a mask: hardly any chat has it."""
SOURCE_TINT = (0, 150, 255)
"""The colour of the pixels that were copied from."""

_WORTH_TWO = 1.4
"""How much wider a view must be than the thumbnail to be held beside it."""
_EFFORT = 2
"""Of 6: half the time of the default, for 3 % more bytes."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """What a page shows of one sample; `view` is None where the thumbnail serves for both."""

    thumb: str
    width: int
    height: int
    view: str | None
    mask: str | None

    @property
    def size(self) -> int:
        """The bytes these take on a page."""
        return len(self.thumb) + len(self.view or "") + len(self.mask or "")


class Unreadable(Exception):
    """A picture that cannot be decoded; the message says why."""


def shrink_pictures(sample: Sample, *, thumb_pixels: int, view_pixels: int, quality: int) -> Pictures:
    """Return a sample's pictures, of at most these areas, and the mask unless it is empty.

    Nothing is enlarged. Raises Unreadable.
    """
    picture = _decode(sample.image, "picture")
    picture = picture.convert(
        "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
    )
    view = fit_area(picture, view_pixels)
    thumb = fit_area(view, thumb_pixels)
    mask = None
    if sample.mask_pixels:
        source = _decode(sample.source_mask, "source mask") if sample.source_mask else None
        mask = _tinted(_decode(sample.mask, "mask"), source, view.size)
    shown = _encode(view, quality, whole=view is picture)
    if view.width < _WORTH_TWO * thumb.width:
        return Pictures(shown, *view.size, None, mask)
    return Pictures(_encode(thumb, quality, whole=False), *thumb.size, shown, mask)


def _decode(data: bytes, what: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
            picture.load()
    except UnidentifiedImageError as error:
        raise Unreadable(f"the {what} is no PNG, JPEG or WebP ({len(data)} bytes)") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Unreadable(f"the {what} is too large to be opened") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise Unreadable(f"the {what} cannot be decoded: {error}") from error
    return picture


def fit_area(picture: Image.Image, pixels: int) -> Image.Image:
    """Return the picture in its shape, of at most this area; nothing is enlarged."""
    factor = math.sqrt(pixels / (picture.width * picture.height))
    if factor >= 1.0:
        return picture
    size = max(1, round(picture.width * factor)), max(1, round(picture.height * factor))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _tinted(mask: Image.Image, source: Image.Image | None, size: tuple[int, int]) -> str:
    """Return the masks in two colours, clear elsewhere; a single pixel is still seen when it is reduced."""
    flat = Image.new("P", size)
    flat.putpalette([255, 255, 255, *TINT, *SOURCE_TINT])
    if source is not None:
        flat.paste(2, mask=_reduced(source, size))
    flat.paste(1, mask=_reduced(mask, size))
    return _address(flat, "png", bits=2, transparency=0, optimize=True)


def _reduced(mask: Image.Image, size: tuple[int, int]) -> Image.Image:
    covered = mask.convert("L").point(lambda level: 255 if level else 0)
    return covered.resize(size, Image.Resampling.BOX).point(lambda level: 255 if level else 0)


def _encode(picture: Image.Image, quality: int, *, whole: bool) -> str:
    """Return the picture as WebP, without loss where it has its full size and that takes less room."""
    lossy = _address(picture, "webp", quality=quality, method=_EFFORT)
    if not whole:
        return lossy
    return min(_address(picture, "webp", lossless=True, quality=50, method=_EFFORT), lossy, key=len)


def _address(picture: Image.Image, codec: str, **options: int | bool) -> str:
    buffer = io.BytesIO()
    picture.save(buffer, codec, **options)
    return data_address(codec, buffer.getvalue())


def data_address(codec: str, data: bytes) -> str:
    """Return an address that holds a picture's bytes."""
    return f"data:image/{codec};base64,{base64.b64encode(data).decode()}"
