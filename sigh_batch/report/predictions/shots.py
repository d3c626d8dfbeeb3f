"""A scored picture as a page shows it: small, larger to be looked at, and its tamper map in two colours."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sigh_batch.errors import NotFound, SighError, UnreadablePicture
from sigh_batch.report.pictures import fit_area
from sigh_batch.report.predictions.originals import Originals
from sigh_batch.sources.decode import ANY_SIZE, decode
from sigh_batch.store import Store

THUMB_PIXELS = 60_000
"""Area of a thumbnail: 180 x 320 of a phone's screenshot, and as much of a wide one."""
MAP_WIDTH = 240
RAMP = ((255, 176, 0), (230, 0, 122))
"""The colours of a tamper map, from little to much: amber and magenta, of which chats have hardly any."""
CLEAR = 0.12
"""Below it a tamper map is clear: noise would colour the whole picture."""
_LEVELS = 24
_QUALITY = {"thumb": 60, "view": 72}
_EFFORT = 3
_LEAST = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """The pictures of one row as bytes: WebP, and PNG of the map."""

    thumb: bytes | None = None
    view: bytes | None = None
    overlay: bytes | None = None
    width: int = 0
    height: int = 0
    """Of the thumbnail."""
    problem: str = ""
    """Why there is no picture."""
    map_problem: str = ""
    """Why there is no map although one was made."""


@dataclass(frozen=True, slots=True)
class Darkroom:
    """Makes the small pictures of rows from the originals and the maps beside the predictions."""

    originals: Originals
    maps: Store
    view_pixels: int

    def develop(self, row: Mapping[str, Any], *, view: bool) -> Shot:
        """Return the pictures of a row, with a larger one if asked; whatever cannot be had is said in words.

        A file whose hash is not the one that was scored is another picture, and is not shown.
        """
        path, sha256 = row["path"], row["sha256"]
        try:
            data = self.originals.read(row)
        except SighError as error:
            return Shot(problem=f"The picture is not at hand: {error}")
        if sha256 and hashlib.sha256(data).hexdigest() != sha256:
            return Shot(problem="The file is no longer the one that was scored: its sha256 differs.")
        try:
            picture = Image.fromarray(decode(data, path, ANY_SIZE).pixels)
        except UnreadablePicture as error:
            return Shot(problem=f"It could not be decoded ({error.code}).")
        overlay, map_problem = self._overlay(row["heatmap_path"], row["heatmap_sha256"])
        thumb = fit_area(picture, THUMB_PIXELS)
        large = fit_area(picture, self.view_pixels) if view else thumb
        return Shot(
            thumb=_webp(thumb, "thumb"),
            view=_webp(large, "view") if large.width > thumb.width else None,
            overlay=overlay,
            width=thumb.width,
            height=thumb.height,
            map_problem=map_problem,
        )

    def _overlay(self, key: str | None, sha256: str | None) -> tuple[bytes | None, str]:
        if not key:
            return None, ""
        try:
            data = self.maps.get(key)
        except NotFound:
            return None, "Its tamper map is no longer beside the predictions."
        except SighError as error:
            return None, f"Its tamper map cannot be read: {error}"
        if sha256 and hashlib.sha256(data).hexdigest() != sha256:
            return None, "Its tamper map is not the one that was made: its sha256 differs."
        try:
            levels = decode(data, key, ANY_SIZE).pixels[:, :, 0]
        except UnreadablePicture as error:
            return None, f"Its tamper map cannot be decoded ({error.code})."
        return tint_map(levels), ""


def tint_map(levels: NDArray[np.uint8]) -> bytes:
    """Return a tamper map of 0 to 255 as a PNG in two colours, clear where it says little."""
    picture = Image.fromarray(levels)
    if picture.width > MAP_WIDTH:
        height = max(_LEAST, round(picture.height * MAP_WIDTH / picture.width))
        picture = picture.resize((MAP_WIDTH, height), Image.Resampling.BOX)
    strength = (np.asarray(picture, np.float32) / 255.0 - CLEAR) / (1.0 - CLEAR)
    steps = np.ceil(np.clip(strength, 0.0, 1.0) * (_LEVELS - 1)).astype(np.uint8)
    flat = Image.fromarray(steps, "L")
    flat.putpalette([value for step in range(_LEVELS) for value in _colour(step / (_LEVELS - 1))])
    clear = bytes(0 if step == 0 else 90 + round(150 * step / (_LEVELS - 1)) for step in range(_LEVELS))
    buffer = io.BytesIO()
    flat.save(buffer, "png", transparency=clear, optimize=True)
    return buffer.getvalue()


def _colour(share: float) -> list[int]:
    return [round(one + (other - one) * share) for one, other in zip(*RAMP, strict=True)]


def _webp(picture: Image.Image, use: str) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "webp", quality=_QUALITY[use], method=_EFFORT)
    return buffer.getvalue()
