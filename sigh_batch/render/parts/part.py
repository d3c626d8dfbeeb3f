"""What every part of a message is: something measured for a width, that draws itself where it is put."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sigh_batch.render.colors import BLACK, WHITE, Rgb, contrast, luminance, mix

_FLOOR = 4.5
"""Least contrast of text on the fill of a box."""


class Part(NamedTuple):
    """A measured piece of a message, in device pixels."""

    width: int
    """Least width that shows it as it is meant."""
    height: int
    draw: Callable[[int, int, int, int | None], None]
    """Called with x, y, the width it may fill (never less than `width`), and the number of the element
    that it belongs to."""


@dataclass(frozen=True, slots=True)
class Tint:
    """The colours of the place where a part stands: a bubble of theirs, a bubble of mine, or the page."""

    ground: Rgb
    text: Rgb
    soft: Rgb
    """Secondary text on the ground."""
    accent: Rgb
    """Links and marks; readable on the ground."""

    def shade(self, share: float) -> Rgb:
        """Return the fill of a box on the ground: `share` of the way to the text, or, where the text would no
        longer stand out from that, as far the other way."""
        fill = mix(self.ground, self.text, share)
        if contrast(self.text, fill) >= _FLOOR:
            return fill
        return mix(self.ground, BLACK if luminance(self.text) > luminance(self.ground) else WHITE, share)

    def soft_on(self, fill: Rgb) -> Rgb:
        """Return the secondary text for a fill: as soft as can be read on it."""
        keep = 1.0
        ink = self.soft
        while contrast(ink, fill) < _FLOOR and keep > 0:
            keep -= 0.125
            ink = mix(self.text, self.soft, keep)
        return ink


def column(parts: Sequence[tuple[Part, int]]) -> Part:
    """Return parts under each other as one; each has its distance to the part above it."""

    def draw(x: int, y: int, width: int, parent: int | None) -> None:
        for part, gap in parts:
            y += gap
            part.draw(x, y, width, parent)
            y += part.height

    return Part(max(part.width for part, _ in parts), sum(part.height + gap for part, gap in parts), draw)


def narrow(part: Part) -> Part:
    """Return the part as one that never fills more than the width it needs."""
    return Part(
        part.width, part.height, lambda x, y, width, parent: part.draw(x, y, min(width, part.width), parent)
    )
