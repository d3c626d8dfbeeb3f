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
from sigh_batch.report.predictions.overlays import outline_mask, tint_map
from sigh_batch.sources.decode import ANY_SIZE, decode
from sigh_batch.store import Store

THUMB_PIXELS = 60_000
"""Area of a thumbnail: 180 x 320 of a phone's screenshot, and as much of a wide one."""
_QUALITY = {"thumb": 60, "view": 72}
_EFFORT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """The pictures of one row as bytes: WebP, and PNG of what lies over it."""

    thumb: bytes | None = None
    view: bytes | None = None
    overlay: bytes | None = None
    """Its tamper map."""
    truth: bytes | None = None
    """A line round what was truly changed."""
    width: int = 0
    height: int = 0
    """Of the thumbnail."""
    problem: str = ""
    """Why there is no picture."""
    notes: tuple[str, ...] = ()
    """Why there is no map or truth although it was kept."""


@dataclass(frozen=True, slots=True)
class Darkroom:
    """Makes the small pictures of rows from the originals and the maps beside the predictions."""

    originals: Originals
    beside: Store
    """Where the predictions lie, and maps and masks with them."""
    view_pixels: int
    pixel: float = 0.5
    """The probability from which on the model takes a pixel for changed."""

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
        levels, map_problem = self._levels(row, "heatmap", "tamper map")
        mask, mask_problem = self._levels(row, "truth", "true mask")
        thumb = fit_area(picture, THUMB_PIXELS)
        large = fit_area(picture, self.view_pixels) if view else thumb
        return Shot(
            thumb=_webp(thumb, "thumb"),
            view=_webp(large, "view") if large.width > thumb.width else None,
            overlay=None if levels is None else tint_map(levels, self.pixel),
            truth=None if mask is None else outline_mask(mask),
            width=thumb.width,
            height=thumb.height,
            notes=tuple(filter(None, (map_problem, mask_problem))),
        )

    def _levels(self, row: Mapping[str, Any], column: str, what: str) -> tuple[NDArray[np.uint8] | None, str]:
        """Return the grey levels of a file that lies beside the predictions, or why they cannot be had."""
        key, sha256 = row[f"{column}_path"], row[f"{column}_sha256"]
        if not key:
            return None, ""
        try:
            data = self.beside.get(key)
        except NotFound:
            return None, f"Its {what} is no longer beside the predictions."
        except SighError as error:
            return None, f"Its {what} cannot be read: {error}"
        if sha256 and hashlib.sha256(data).hexdigest() != sha256:
            return None, f"Its {what} is not the one that was made: its sha256 differs."
        try:
            return decode(data, key, ANY_SIZE).pixels[:, :, 0], ""
        except UnreadablePicture as error:
            return None, f"Its {what} cannot be decoded ({error.code})."


def _webp(picture: Image.Image, use: str) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "webp", quality=_QUALITY[use], method=_EFFORT)
    return buffer.getvalue()
