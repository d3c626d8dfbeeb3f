"""A page: what skins draw on. It mirrors for right-to-left, and remembers where everything went.

Skins think from left to right in device pixels; on a right-to-left page every x is mirrored here
and nowhere else. Whatever is noted is clipped to what can be seen.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from sigh_batch.data.sample import Element
from sigh_batch.errors import MissingGlyph
from sigh_batch.render.icons import turned_path
from sigh_batch.render.painter import PLAIN, Canvas, Color, Pixels, Radii, TextMode
from sigh_batch.render.stamps import Stamps
from sigh_batch.render.typeset import Align, Direction, Line, Paragraph, TextStyle, Typesetter

_ADDRESS = re.compile(r"https?://\S+")
_element = functools.partial(tuple.__new__, Element)
"""Makes an element of a tuple of its values, twice as fast as the class."""
_LEAST = 0.6
"""A line or word of which less than this part can be seen is not noted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The device that a page is drawn for."""

    width: int
    """Width in device pixels."""
    height: int
    """Height in device pixels."""
    scale: float
    """Device pixels a logical pixel."""
    family: str
    """Font family of the whole interface."""
    size: float = 15.0
    """Size of message text in logical pixels; all other sizes follow from it."""
    rtl: bool = False
    mode: TextMode = PLAIN
    """How glyphs become pixels."""


class Sizes(NamedTuple):
    """The few sizes of text that a client has, in logical pixels; few, because glyphs are kept by size."""

    title: float
    body: float
    label: float
    """Secondary text."""
    small: float
    """Times and marks."""


class Page:
    """One picture while it is laid out."""

    def __init__(self, canvas: Canvas, typesetter: Typesetter, stamps: Stamps, sheet: Sheet) -> None:
        self.canvas = canvas
        self.stamps = stamps
        self.sheet = sheet
        self.width, self.height = sheet.width, sheet.height
        self.scale, self.rtl = sheet.scale, sheet.rtl
        self.sizes = Sizes(sheet.size + 1, sheet.size, sheet.size - 2, sheet.size - 3)
        self.hair = max(1, int(sheet.scale * 0.75))
        """Thickness of a separating line."""
        self.elements: list[Element] = []
        self._typesetter = typesetter
        self._styles: dict[tuple[float, int, float | None], TextStyle] = {}
        self._view = (0, 0, sheet.width, sheet.height)
        self._start = 0

    def px(self, logical: float) -> int:
        """Return whole device pixels for a logical length."""
        return int(logical * self.scale + 0.5)

    # -- text ---------------------------------------------------------------------------------

    def style(self, size: float, weight: int = 400, leading: float | None = None) -> TextStyle:
        """Return a text style; size in logical pixels, leading as a multiple of it."""
        key = (size, weight, leading)
        style = self._styles.get(key)
        if style is None:
            style = self._styles[key] = TextStyle(
                family=self.sheet.family,
                size=round(size * self.scale, 3),
                weight=weight,
                line_height=leading,
                snap=not self.sheet.mode.subpixel_positioning,
            )
        return style

    def set(
        self,
        text: str,
        style: TextStyle,
        width: float | None = None,
        *,
        lines: int | None = None,
        align: Align = "start",
        direction: Direction | None = None,
    ) -> Paragraph:
        """Return a set text; its direction is the page's unless given.

        Raises MissingGlyph when a character has no glyph in any font.
        """
        direction = direction or ("rtl" if self.rtl else "ltr")
        paragraph = self._typesetter.set(
            text, style, width, direction=direction, align=align, max_lines=lines
        )
        for line in paragraph.lines:
            for word in line.words:
                if word.shape.lacks:
                    self._refuse(word.text)
        return paragraph

    def _refuse(self, text: str) -> NoReturn:
        missing = [char for char in dict.fromkeys(text) if not self._typesetter.catalogue.covers(char)]
        shown = ", ".join(f"{char} (U+{ord(char):04X})" for char in missing[:5]) or repr(text)
        raise MissingGlyph(f"no font has a glyph for {shown}; put one that has into generate.font_folder")

    def text(self, text: Paragraph, x: float, y: float, color: Color) -> None:
        """Draw a set text with its top left corner at (x, y)."""
        self.canvas.text(text, self.turned(x, text.width), y, color)

    def label(
        self,
        kind: str,
        text: Paragraph,
        x: float,
        y: float,
        color: Color,
        *,
        value: str | None = None,
        message: int | None = None,
        parent: int | None = None,
    ) -> int | None:
        """Draw a set text and note it as one element."""
        self.text(text, x, y, color)
        return self.note(
            kind, x, y, text.width, text.height, text=text.text, value=value, message=message, parent=parent
        )

    def body(
        self,
        text: Paragraph,
        x: float,
        y: float,
        color: Color,
        *,
        link: Color | None = None,
        message: int | None = None,
        parent: int | None = None,
    ) -> None:
        """Draw a message's text, addresses in the link colour, and note it with its lines and words."""
        left = self.turned(x, text.width)
        if link is not None and "://" in text.text:
            spans = [match.span() for match in _ADDRESS.finditer(text.text)]
            for line in text.lines:
                for word in line.words:
                    inside = any(start <= word.start < end for start, end in spans)
                    self.canvas.text(word, left, y, link if inside else color)
        else:
            self.canvas.text(text, left, y, color)
        root = self.note(
            "text", x, y, text.width, text.height, text=text.text, message=message, parent=parent
        )
        if root is not None:
            for line in text.lines:
                self._note_line(line, left, y, message, root)

    # -- shapes -------------------------------------------------------------------------------

    def box(self, x: float, y: float, width: float, height: float, fill: Color, radii: Radii = 0.0) -> None:
        """Fill a rectangle."""
        if self.rtl and isinstance(radii, tuple):
            radii = (radii[1], radii[0], radii[3], radii[2])
        self.canvas.rect(self.turned(x, width), y, width, height, fill, radii)

    def fade(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        upper: Color,
        lower: Color,
        radii: Radii = 0.0,
    ) -> None:
        """Fill a rectangle that changes from one colour to another on the way down."""
        if self.rtl and isinstance(radii, tuple):
            radii = (radii[1], radii[0], radii[3], radii[2])
        self.canvas.gradient(self.turned(x, width), y, width, height, upper, lower, radii)

    def edge(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        color: Color,
        thickness: float,
        radii: float = 0.0,
    ) -> None:
        """Draw a rectangle's outline inside it."""
        self.canvas.outline(self.turned(x, width), y, width, height, color, thickness, radii)

    def disc(self, x: float, y: float, size: float, fill: Color) -> None:
        """Fill the circle that fits into a square."""
        self.canvas.circle(self.turned(x, size) + size / 2, y + size / 2, size / 2, fill)

    def soft(
        self, x: float, y: float, width: float, height: float, color: Color, blur: float, radii: Radii = 0.0
    ) -> None:
        """Draw a soft shadow."""
        self.canvas.shadow(self.turned(x, width), y, width, height, color, blur, radii)

    def polygon(self, points: list[tuple[float, float]], fill: Color) -> None:
        """Fill a polygon."""
        self.canvas.polygon([(self.turned(x, 0), y) for x, y in points], fill)

    def figure(
        self, data: str, x: float, y: float, size: float, fill: Color, *, flipped: bool = False
    ) -> None:
        """Fill a path given in a 24 x 24 square; `flipped` turns it left to right."""
        path = turned_path(data, flipped != self.rtl)
        self.canvas.path(path, fill, self.turned(x, size), y, size / 24)

    def picture(self, image: Pixels, x: float, y: float, size: float, radii: float = 0.0) -> None:
        """Draw a square picture."""
        self.canvas.picture(image, self.turned(x, size), y, size, size, radii)

    def photo(
        self, image: Pixels, x: float, y: float, width: float, height: float, radii: Radii = 0.0
    ) -> None:
        """Fill a rectangle with the middle of a picture, scaled until it covers all of it."""
        if self.rtl and isinstance(radii, tuple):
            radii = (radii[1], radii[0], radii[3], radii[2])
        tall, wide = image.shape[:2]
        rows = min(tall, max(1, round(wide * height / width)))
        columns = min(wide, max(1, round(tall * width / height)))
        top, left = (tall - rows) // 2, (wide - columns) // 2
        middle = image[top : top + rows, left : left + columns]
        self.canvas.picture(middle, self.turned(x, width), y, width, height, radii)

    def icon(self, name: str, x: float, y: float, size: float, color: Color, weight: float = 1.8) -> None:
        """Draw an icon into a square of whole pixels; `weight` is its stroke in 24ths of the size."""
        whole = int(size + 0.5)
        stamp = self.stamps.icon(name, whole, weight, self.rtl, color)
        left, top = int(self.turned(x, whole) + 0.5), int(y + 0.5)
        self.canvas.picture(stamp, left - 1, top - 1, whole + 2, whole + 2)

    # -- what can be seen, and where it is ----------------------------------------------------

    @contextmanager
    def beside(self, taken: int) -> Iterator[None]:
        """Lay out what stands beside a column of that width at the start of every line."""
        self.width -= taken
        self._start += taken
        yield
        self.width += taken
        self._start -= taken

    @contextmanager
    def view(self, x: int, y: int, width: int, height: int) -> Iterator[None]:
        """Draw and note only what lies inside this rectangle."""
        left = int(self.turned(x, width))
        before = self._view
        self._view = (
            max(before[0], left),
            max(before[1], y),
            min(before[2], left + width),
            min(before[3], y + height),
        )
        self.canvas.push_clip(left, y, width, height)
        yield
        self.canvas.pop_clip()
        self._view = before

    def note(
        self,
        kind: str,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        text: str | None = None,
        value: str | None = None,
        message: int | None = None,
        parent: int | None = None,
        least: float = 0.0,
    ) -> int | None:
        """Note an element as far as it can be seen; return its index, or None when it cannot."""
        return self._put(kind, self.turned(x, width), y, width, height, text, value, message, parent, least)

    def _put(
        self,
        kind: str,
        left: float,
        top: float,
        width: float,
        height: float,
        text: str | None,
        value: str | None,
        message: int | None,
        parent: int | None,
        least: float,
    ) -> int | None:
        view = self._view
        x, y = max(left, view[0]), max(top, view[1])
        seen_width, seen_height = min(left + width, view[2]) - x, min(top + height, view[3]) - y
        if seen_width <= 0 or seen_height <= 0 or seen_height < least * height:
            return None
        elements = self.elements
        box = (round(x, 2), round(y, 2), round(seen_width, 2), round(seen_height, 2))
        elements.append(_element((kind, *box, text, value, message, parent)))
        return len(elements) - 1

    def _note_line(self, line: Line, left: float, top: float, message: int | None, parent: int) -> None:
        upper, height = top + line.y, line.height
        at = self._put(
            "line", left + line.x, upper, line.width, height, line.text, None, message, parent, _LEAST
        )
        if at is None:
            return
        view, lower = self._view, upper + height
        visible = (
            upper >= view[1]
            and lower <= view[3]
            and left >= view[0]
            and left + line.x + line.width <= view[2]
        )
        for text, _, x, baseline, shape in line.words:
            # Tall fallback fonts reach over a fixed line height; a word stays within its line.
            baseline += top
            y = max(baseline - shape.ascent, upper)
            tall = min(baseline + shape.descent, lower) - y
            if visible:
                box = (round(left + x, 2), round(y, 2), round(shape.width, 2), round(tall, 2))
                self.elements.append(_element(("word", *box, text, None, message, at)))
            else:
                self._put("word", left + x, y, shape.width, tall, text, None, message, at, 0.0)

    def turned(self, x: float, width: float) -> float:
        """Return where something of that width lies on the canvas."""
        return self.width - x - width if self.rtl else self._start + x
