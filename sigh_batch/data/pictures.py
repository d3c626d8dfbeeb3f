"""Whether a sample's picture and mask are what the sample says: decoded, measured, counted."""

from __future__ import annotations

import io
import warnings
from collections.abc import Generator, Iterator

import numpy as np
from PIL import Image

from sigh_batch.data.sample import Sample

_CODECS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}


def picture_problems(sample: Sample) -> list[str]:
    """Return what is wrong with the pictures of a sample, a sentence each; safe in any thread."""
    return [
        f"sample {sample.id}: {problem}"
        for problem in (*_image_problems(sample), *_mask_problems(sample), *_source_problems(sample))
    ]


def _image_problems(sample: Sample) -> Iterator[str]:
    image = _decoded(sample.image)
    if isinstance(image, str):
        yield f"its picture cannot be decoded ({image})"
        return
    if image.format != _CODECS.get(sample.format):
        yield f"its picture is {image.format} and its format says {sample.format}"
    if image.size != (sample.width, sample.height):
        yield f"its picture is {_size(image)} and should be {sample.width}x{sample.height}"


def _mask_problems(sample: Sample) -> Iterator[str]:
    pixels = yield from _bitmap_problems(sample, sample.mask, "mask")
    if pixels is None:
        return
    if pixels != sample.mask_pixels:
        yield f"its mask has {pixels} pixels and mask_pixels says {sample.mask_pixels}"
    if pixels and not sample.label:
        yield f"it is clean and its mask has {pixels} pixels"
    if not pixels and sample.label:
        yield "it is forged and its mask is empty"


def _source_problems(sample: Sample) -> Iterator[str]:
    if sample.source_mask is None:
        return
    pixels = yield from _bitmap_problems(sample, sample.source_mask, "source mask")
    if pixels == 0:
        yield "its source mask is empty and should not be there"
    if not sample.label:
        yield "it is clean and has a source mask"


def _bitmap_problems(sample: Sample, data: bytes, what: str) -> Generator[str, None, int | None]:
    """Yield what is wrong with a 1-bit PNG; return how many pixels it has, or None when it is none."""
    mask = _decoded(data)
    if isinstance(mask, str):
        yield f"its {what} cannot be decoded ({mask})"
        return None
    if (mask.format, mask.mode) != ("PNG", "1"):
        yield f"its {what} is {mask.format} of mode {mask.mode} and should be a 1-bit PNG"
        return None
    if mask.size != (sample.width, sample.height):
        yield f"its {what} is {_size(mask)} and should be {sample.width}x{sample.height}"
    return int(np.count_nonzero(np.asarray(mask)))


def _decoded(data: bytes) -> Image.Image | str:
    """Return the decoded picture, or why it is none."""
    try:
        with warnings.catch_warnings():
            # A long screenshot is no attack: its hash is checked, and its size is in its row.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data))
            image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        return str(error).replace(repr(data), "").split(" <_io")[0] or type(error).__name__
    return image


def _size(image: Image.Image) -> str:
    return f"{image.width}x{image.height}"
