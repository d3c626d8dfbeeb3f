"""A picture as a file and back: PNG, JPEG by three encoders, WebP; and the entry that tells how.

All encoders work in whole numbers (the accurate DCT, never the fast one), so that the bytes depend on
the picture and the versions of the libraries alone. What an entry says of a JPEG is read back from its bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import cv2
import numpy as np
import simplejpeg  # type: ignore[import-untyped]  # it ships none
from PIL import Image

from sigh_batch.data.sample import Json
from sigh_batch.degrade.jpeg_file import read_jpeg
from sigh_batch.degrade.jpeg_tables import FAMILIES, jpeg_tables
from sigh_batch.degrade.picture import Picture, Pixels
from sigh_batch.degrade.rules import Fields, Flag, OneOf, Rule, Whole
from sigh_batch.errors import ConfigError
from sigh_batch.render.encode import png
from sigh_batch.rng import Draws

SUBSAMPLINGS = ("4:4:4", "4:2:2", "4:2:0")
ENCODERS = ("simplejpeg", "pillow", "opencv")
LONGEST = {"png": 2**31 - 1, "jpg": 65_535, "webp": 16_383}
"""The longest side that each format can hold."""

JPEG_RULES: dict[str, Rule] = {
    "encoder": OneOf(ENCODERS, "simplejpeg and opencv know the tables of annex K alone"),
    "tables": OneOf(tuple(FAMILIES), "family of quantisation tables"),
    "quality": Whole(1, 100, "of luma"),
    "chroma_quality": Whole(1, 100, "of chroma; simplejpeg has one for both, opencv two at 4:4:4 alone"),
    "subsampling": OneOf(SUBSAMPLINGS, "of chroma"),
    "progressive": Flag("several scans, from coarse to fine; not by simplejpeg"),
    "optimize": Flag("Huffman codes of its own; not by simplejpeg"),
}
WEBP_RULES: dict[str, Rule] = {
    "quality": Whole(0, 100),
    "method": Whole(0, 6, "effort: 0 fast to 6 small"),
}
_RULES = {
    "png": Fields({}),
    "jpg": Fields(JPEG_RULES),
    "webp": Fields(WEBP_RULES),
}
CODECS = tuple(_RULES)


class Encoded(NamedTuple):
    """A picture's file, the ending of its name, and the entry of `Sample.encodes` about it."""

    data: bytes
    format: str
    entry: Json


def encode(pixels: Pixels, codec: str, settings: Mapping[str, Any]) -> Encoded:
    """Return the pixels as a file of a codec (png, jpg, webp); equal arguments give equal bytes.

    Raises ConfigError for settings the codec does not take, and for a picture too large for it.
    """
    OneOf(CODECS).check("codec", codec)
    _RULES[codec].check(codec, settings)
    height, width = pixels.shape[:2]
    if max(width, height) > LONGEST[codec]:
        raise ConfigError(
            f"a {codec} file holds at most {LONGEST[codec]} pixels a side and the picture is "
            f"{width}x{height}; save it as png or scale it down first"
        )
    data = _WRITERS[codec](np.ascontiguousarray(pixels), settings)
    return Encoded(data, codec, _entry(data, codec, settings, width, height))


def decode(encoded: Encoded) -> Pixels:
    """Return the pixels of a file that `encode` made."""
    if encoded.format == "jpg":
        # The accurate paths: the fast ones round differently from processor to processor.
        pixels = simplejpeg.decode_jpeg(encoded.data, "RGB", fastdct=False, fastupsample=False)
        return np.asarray(pixels, np.uint8)
    # Pillow would take 16 bytes a pixel to read a WebP.
    return np.asarray(cv2.imdecode(np.frombuffer(encoded.data, np.uint8), cv2.IMREAD_COLOR_RGB), np.uint8)


def saved(picture: Picture, codec: str, settings: Mapping[str, Any]) -> Picture:
    """Return the picture as it is after being saved and opened again, with the entry in its history."""
    encoded = encode(picture.pixels, codec, settings)
    return picture.repainted(decode(encoded)).noted(encoded.entry)


def annex_k(quality: int, subsampling: str = "4:2:0") -> Json:
    """Return the settings of a plain JPEG as most libraries write it."""
    return {
        "encoder": "simplejpeg",
        "tables": "annex_k",
        "quality": quality,
        "chroma_quality": quality,
        "subsampling": subsampling,
        "progressive": False,
        "optimize": False,
    }


def draw_jpeg(draws: Draws, low: int = 40, high: int = 98) -> Json:
    """Return settings of a JPEG by any of the encoders and tables, with a quality in the range."""
    encoder = draws.weighted(ENCODERS, (0.45, 0.4, 0.15))
    settings = annex_k(draws.integer(low, high), draws.weighted(SUBSAMPLINGS, (0.25, 0.15, 0.6)))
    settings["encoder"] = encoder
    if encoder == "simplejpeg":
        return settings
    if encoder == "pillow":
        settings["tables"] = draws.weighted(tuple(FAMILIES), (0.25, 0.1, 0.15, 0.1, 0.1, 0.15, 0.15))
    if draws.chance(0.4) and (encoder == "pillow" or settings["subsampling"] == "4:4:4"):
        settings["chroma_quality"] = max(1, min(100, settings["quality"] + draws.integer(-15, 5)))
    settings["progressive"] = draws.chance(0.3)
    settings["optimize"] = settings["progressive"] or draws.chance(0.4)
    return settings


def draw_webp(draws: Draws, low: int = 40, high: int = 95) -> Json:
    """Return settings of a lossy WebP; most encoders are run at their default effort, 4."""
    return {"quality": draws.integer(low, high), "method": draws.weighted((0, 2, 4, 6), (0.2, 0.2, 0.5, 0.1))}


def draw_codec(draws: Draws, width: int, height: int) -> tuple[str, Json]:
    """Return a codec that holds a picture of this size, and its settings: what to save a sample with."""
    fitting = [codec for codec in CODECS if max(width, height) <= LONGEST[codec]]
    likely = {"png": 0.45, "jpg": 0.4, "webp": 0.15}
    codec = draws.weighted(fitting, [likely[codec] for codec in fitting])
    return codec, draw_settings(draws, codec)


def draw_settings(draws: Draws, codec: str, low: int = 40, high: int = 98) -> Json:
    """Return settings of one codec, with a quality in the range where it has one."""
    if codec == "jpg":
        return draw_jpeg(draws, low, high)
    return draw_webp(draws, low, high) if codec == "webp" else {}


def _write_jpeg(pixels: Pixels, settings: Mapping[str, Any]) -> bytes:
    encoder, quality, chroma = (settings[name] for name in ("encoder", "quality", "chroma_quality"))
    plain = settings["tables"] == "annex_k"
    if encoder == "pillow":
        return _write_jpeg_by_pillow(pixels, settings)
    if not plain:
        raise ConfigError(f"jpg: {encoder} cannot write tables {settings['tables']!r}; set encoder to pillow")
    if encoder == "opencv":
        if quality != chroma and settings["subsampling"] != "4:4:4":
            raise ConfigError(
                "jpg: opencv writes a chroma quality of its own at 4:4:4 alone; set subsampling to 4:4:4, "
                "or encoder to pillow"
            )
        return _write_jpeg_by_opencv(pixels, settings)
    if quality != chroma or settings["progressive"] or settings["optimize"]:
        raise ConfigError(
            "jpg: simplejpeg writes one quality, one scan and the standard codes; set chroma_quality to "
            "quality, progressive and optimize to false, or encoder to pillow"
        )
    sampling = settings["subsampling"].replace(":", "")
    return bytes(simplejpeg.encode_jpeg(pixels, quality, "RGB", sampling, fastdct=False))


def _write_jpeg_by_pillow(pixels: Pixels, settings: Mapping[str, Any]) -> bytes:
    tables = jpeg_tables(settings["tables"], settings["quality"], settings["chroma_quality"])
    out = io.BytesIO()
    Image.fromarray(pixels).save(
        out,
        "JPEG",
        qtables=[list(table) for table in tables],
        subsampling=settings["subsampling"],
        progressive=settings["progressive"],
        optimize=settings["optimize"],
    )
    return out.getvalue()


_OPENCV_SAMPLING = {
    "4:4:4": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    "4:2:2": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
    "4:2:0": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
}


def _write_jpeg_by_opencv(pixels: Pixels, settings: Mapping[str, Any]) -> bytes:
    options = {
        cv2.IMWRITE_JPEG_QUALITY: settings["quality"],
        cv2.IMWRITE_JPEG_LUMA_QUALITY: settings["quality"],
        cv2.IMWRITE_JPEG_CHROMA_QUALITY: settings["chroma_quality"],
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR: _OPENCV_SAMPLING[settings["subsampling"]],
        cv2.IMWRITE_JPEG_PROGRESSIVE: int(settings["progressive"]),
        cv2.IMWRITE_JPEG_OPTIMIZE: int(settings["optimize"]),
    }
    flat = [number for option in options.items() for number in option]
    _, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), flat)
    return data.tobytes()


def _write_webp(pixels: Pixels, settings: Mapping[str, Any]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", quality=settings["quality"], method=settings["method"])
    return out.getvalue()


_WRITERS: dict[str, Callable[[Pixels, Mapping[str, Any]], bytes]] = {
    "png": lambda pixels, _: png(pixels),
    "jpg": _write_jpeg,
    "webp": _write_webp,
}


def _entry(data: bytes, codec: str, settings: Mapping[str, Any], width: int, height: int) -> Json:
    entry: Json = {"codec": codec, "width": width, "height": height}
    if codec == "png":
        return entry
    params = {name: value for name, value in settings.items() if name not in ("quality", "subsampling")}
    entry.update(quality=settings["quality"], subsampling="4:2:0", params=params)
    if codec == "jpg":
        facts = read_jpeg(data)
        entry["subsampling"] = facts.subsampling
        params["progressive"] = facts.progressive
        params["quantisation"] = [list(table) for table in facts.tables[:2]]
    return entry
