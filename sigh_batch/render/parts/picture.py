"""An attached picture, in the format it was taken in."""

from __future__ import annotations

from sigh_batch.render.page import Page
from sigh_batch.render.painter import Radii
from sigh_batch.render.parts.part import Part
from sigh_batch.render.parts.style import PartStyle
from sigh_batch.render.photos import photo
from sigh_batch.scene.conversation import Attachment

_FORMATS = {"wide": (1.0, 0.75), "tall": (0.75, 1.0), "square": (0.85, 0.85)}


def picture_part(
    page: Page, style: PartStyle, picture: Attachment, width: int, message: int, radii: Radii | None = None
) -> Part:
    """Return the picture, no wider than `width`; it fills what it is given, cut above and below."""
    across, down = _FORMATS[picture.shape]
    wide = min(page.px(style.photo * across), width)
    tall = round(wide * down / across)
    corners = float(page.px(style.corner)) if radii is None else radii

    def draw(x: int, y: int, full: int, parent: int | None) -> None:
        page.photo(photo(picture.seed, picture.shape), x, y, full, tall, corners)
        page.note("picture", x, y, full, tall, message=message, parent=parent)

    return Part(wide, tall, draw)
