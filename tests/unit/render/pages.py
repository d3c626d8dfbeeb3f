"""Pages to lay out on, for tests of what stands above the painter."""

from __future__ import annotations

import functools

from sigh_batch.render.fonts import open_catalogue
from sigh_batch.render.page import Page, Sheet
from sigh_batch.render.painter import Painter, painters
from sigh_batch.render.stamps import Stamps
from sigh_batch.render.typeset import Typesetter


@functools.cache
def painter(name: str = "skia") -> Painter:
    """Return the painter of all test pages; only the newest page can be drawn on."""
    return painters.get(name)()


@functools.cache
def stamps(name: str = "skia") -> Stamps:
    """Return the stamps of all test pages."""
    return Stamps(painters.get(name)())


@functools.cache
def typesetter() -> Typesetter:
    """Return a typesetter of the bundled fonts."""
    return Typesetter(open_catalogue())


def blank_page(width: int = 400, height: int = 300, *, scale: float = 1.0, rtl: bool = False) -> Page:
    """Return a white page."""
    canvas = painter().begin(width, height, (255, 255, 255))
    sheet = Sheet(width=width, height=height, scale=scale, family="Inter", rtl=rtl)
    return Page(canvas, typesetter(), stamps(), sheet)
