"""Small line icons in a 24 x 24 square: strokes, fills, rings and dots."""

from __future__ import annotations

import functools
from typing import NamedTuple

from sigh_batch.render.painter import Canvas, Color, Path


class _Icon(NamedTuple):
    strokes: tuple[str, ...] = ()
    fills: tuple[str, ...] = ()
    rings: tuple[tuple[float, float, float], ...] = ()
    """x, y and radius."""
    dots: tuple[tuple[float, float, float], ...] = ()
    turns: bool = False
    """Whether it points along the reading direction, and so is mirrored with it."""


ICONS: dict[str, _Icon] = {
    "back": _Icon(strokes=("M15 5 L8 12 L15 19",), turns=True),
    "arrow_back": _Icon(strokes=("M20 12 L5 12", "M11.5 5.5 L5 12 L11.5 18.5"), turns=True),
    "forward": _Icon(strokes=("M9 5 L16 12 L9 19",), turns=True),
    "down": _Icon(strokes=("M6 9 L12 15 L18 9",)),
    "dots_v": _Icon(dots=((12, 5.5, 1.7), (12, 12, 1.7), (12, 18.5, 1.7))),
    "dots_h": _Icon(dots=((5.5, 12, 1.7), (12, 12, 1.7), (18.5, 12, 1.7))),
    "call": _Icon(
        strokes=(
            "M6.5 3.8 L9.2 3.8 L10.8 8.1 L8.7 9.8 C9.9 12.3 11.7 14.1 14.2 15.3 L15.9 13.2 L20.2 14.8 "
            "L20.2 17.5 C20.2 19 19 20.2 17.5 20.1 C10 19.6 4.4 14 3.9 6.5 C3.8 5 5 3.8 6.5 3.8 Z",
        )
    ),
    "video": _Icon(
        strokes=(
            "M5 6.5 L14 6.5 C15.1 6.5 16 7.4 16 8.5 L16 15.5 C16 16.6 15.1 17.5 14 17.5 L5 17.5 "
            "C3.9 17.5 3 16.6 3 15.5 L3 8.5 C3 7.4 3.9 6.5 5 6.5 Z",
            "M16 10.8 L21 8 L21 16 L16 13.2",
        ),
        turns=True,
    ),
    "search": _Icon(strokes=("M15.4 15.4 L20 20",), rings=((10.5, 10.5, 7.2),)),
    "cross": _Icon(strokes=("M5 5 L19 19", "M19 5 L5 19")),
    "plus": _Icon(strokes=("M12 5 L12 19", "M5 12 L19 12")),
    "plus_disc": _Icon(strokes=("M12 8 L12 16", "M8 12 L16 12"), rings=((12, 12, 10),)),
    "mic": _Icon(
        strokes=(
            "M12 3.5 C13.7 3.5 15 4.8 15 6.5 L15 11.5 C15 13.2 13.7 14.5 12 14.5 C10.3 14.5 9 13.2 9 11.5 "
            "L9 6.5 C9 4.8 10.3 3.5 12 3.5 Z",
            "M5.8 11.5 C5.8 15 8.5 17.5 12 17.5 C15.5 17.5 18.2 15 18.2 11.5",
            "M12 17.5 L12 21",
        )
    ),
    "camera": _Icon(
        strokes=(
            "M4.5 7.5 L8 7.5 L9.6 5 L14.4 5 L16 7.5 L19.5 7.5 C20.6 7.5 21 8 21 9 L21 17.5 C21 18.6 20.6 19 "
            "19.5 19 L4.5 19 C3.4 19 3 18.6 3 17.5 L3 9 C3 8 3.4 7.5 4.5 7.5 Z",
        ),
        rings=((12, 13, 4),),
    ),
    "smile": _Icon(
        strokes=("M8 14 C9.2 16.2 10.4 16.9 12 16.9 C13.6 16.9 14.8 16.2 16 14",),
        rings=((12, 12, 9.7),),
        dots=((8.8, 9.8, 1.2), (15.2, 9.8, 1.2)),
    ),
    "send": _Icon(fills=("M3.5 20 L21.5 12 L3.5 4 L3.5 10.2 L14.5 12 L3.5 13.8 Z",), turns=True),
    "send_up": _Icon(strokes=("M12 18.5 L12 6", "M6.5 11 L12 5.5 L17.5 11")),
    "clip": _Icon(
        strokes=(
            "M19.5 11.5 L11.8 19.2 C9.9 21.1 7 21.1 5.1 19.2 C3.2 17.3 3.2 14.4 5.1 12.5 L13 4.6 "
            "C14.3 3.3 16.3 3.3 17.6 4.6 C18.9 5.9 18.9 7.9 17.6 9.2 L10 16.8 C9.3 17.5 8.3 17.5 7.6 16.8 "
            "C6.9 16.1 6.9 15.1 7.6 14.4 L14.5 7.5",
        )
    ),
    "tick": _Icon(strokes=("M4.5 12.8 L9.3 17.6 L19.5 6.8",)),
    "ticks": _Icon(strokes=("M1.5 12.8 L6.3 17.6 L16 6.8", "M10.8 17.4 L11.2 17.6 L21.5 6.8")),
    "tick_ring": _Icon(strokes=("M7.5 12.4 L10.8 15.6 L16.6 9",), rings=((12, 12, 10),)),
    "tick_disc": _Icon(strokes=("M7.5 12.4 L10.8 15.6 L16.6 9",), rings=((12, 12, 10), (12, 12, 9.2))),
    "star": _Icon(
        strokes=(
            "M12 3.5 L14.6 9.2 L20.8 9.9 L16.2 14.1 L17.5 20.2 L12 17.1 L6.5 20.2 L7.8 14.1 L3.2 9.9 "
            "L9.4 9.2 Z",
        )
    ),
    "heart": _Icon(
        strokes=(
            "M12 20 C5 15 3 11.5 3 8.6 C3 5.8 5.2 4 7.5 4 C9.5 4 11.2 5.2 12 7 C12.8 5.2 14.5 4 16.5 4 "
            "C18.8 4 21 5.8 21 8.6 C21 11.5 19 15 12 20 Z",
        )
    ),
    "thumb": _Icon(
        fills=(
            "M2.5 10 L6.5 10 L6.5 21 L2.5 21 Z",
            "M8 10.4 L11.6 3 C13.6 3 14.6 4.4 14.3 6.2 L13.8 9 L19 9 C20.7 9 21.8 10.4 21.4 12 "
            "L19.6 19 C19.2 20.2 18.3 21 17 21 L8 21 Z",
        )
    ),
    "home": _Icon(strokes=("M4 11 L12 4 L20 11 L20 20 L14.5 20 L14.5 14.5 L9.5 14.5 L9.5 20 L4 20 Z",)),
    "letters": _Icon(
        strokes=("M2.5 18 L7.5 5.5 L12.5 18", "M4.3 13.8 L10.7 13.8", "M21 11 L21 18"),
        rings=((17.7, 14.6, 3.8),),
    ),
    "talk": _Icon(
        strokes=(
            "M5 5 L19 5 C20.1 5 21 5.9 21 7 L21 14.5 C21 15.6 20.1 16.5 19 16.5 L11 16.5 L6.5 20.2 L6.5 16.5 "
            "L5 16.5 C3.9 16.5 3 15.6 3 14.5 L3 7 C3 5.9 3.9 5 5 5 Z",
        )
    ),
    "at": _Icon(
        strokes=(
            "M15.6 8.4 L15.6 13.6 C15.6 15 16.6 16 18 16 C19.8 16 21 14.3 21 12 C21 7 17 3 12 3 "
            "C7 3 3 7 3 12 C3 17 7 21 12 21 C13.8 21 15.5 20.5 17 19.5",
        ),
        rings=((12, 12, 4.2),),
    ),
    "clock": _Icon(strokes=("M12 7 L12 12 L15.5 14",), rings=((12, 12, 9),)),
    "hash": _Icon(strokes=("M9.7 4 L7.3 20", "M16.7 4 L14.3 20", "M4.8 9 L20 9", "M4 15 L19.2 15")),
    "lock": _Icon(
        strokes=(
            "M6.5 10.5 L17.5 10.5 C18.3 10.5 18.8 11 18.8 11.8 L18.8 18.7 C18.8 19.5 18.3 20 17.5 20 "
            "L6.5 20 C5.7 20 5.2 19.5 5.2 18.7 L5.2 11.8 C5.2 11 5.7 10.5 6.5 10.5 Z",
            "M8 10.5 L8 8 C8 5.8 9.8 4 12 4 C14.2 4 16 5.8 16 8 L16 10.5",
        )
    ),
    "bell": _Icon(
        strokes=(
            "M5 17 L19 17 L17.2 14.6 L17.2 10 C17.2 6.9 14.9 4.6 12 4.6 C9.1 4.6 6.8 6.9 6.8 10 L6.8 14.6 Z",
            "M10.2 20 C10.7 20.8 13.3 20.8 13.8 20",
        )
    ),
    "pin": _Icon(
        strokes=("M8.5 3.8 L15.5 3.8 L14.8 10 L17.8 13.6 L6.2 13.6 L9.2 10 Z", "M12 13.6 L12 20.5"),
    ),
    "people": _Icon(
        strokes=(
            "M2.8 19 C2.8 15.6 5.4 13.6 8.6 13.6 C11.8 13.6 14.4 15.6 14.4 19",
            "M16.4 13.7 C19.1 14 21.2 15.9 21.2 19",
            "M15.4 4.9 C17.2 5.2 18.4 6.6 18.4 8.3 C18.4 10 17.2 11.4 15.4 11.7",
        ),
        rings=((8.6, 8.3, 4.3),),
    ),
    "person": _Icon(
        fills=("M3 22 C3 17 7 14.5 12 14.5 C17 14.5 21 17 21 22 Z",),
        dots=((12, 7.5, 5.2),),
    ),
    "arrow_in": _Icon(strokes=("M4 12 L19 12", "M13 6 L19 12 L13 18"), turns=True),
    "info": _Icon(strokes=("M12 11 L12 16.5",), rings=((12, 12, 9.2),), dots=((12, 7.6, 1.2),)),
    "menu": _Icon(strokes=("M4 7 L20 7", "M4 12 L20 12", "M4 17 L20 17")),
    "image": _Icon(
        strokes=(
            "M5.5 4.5 L18.5 4.5 C19.6 4.5 20.5 5.4 20.5 6.5 L20.5 17.5 C20.5 18.6 19.6 19.5 18.5 19.5 "
            "L5.5 19.5 C4.4 19.5 3.5 18.6 3.5 17.5 L3.5 6.5 C3.5 5.4 4.4 4.5 5.5 4.5 Z",
            "M3.8 16.5 L9 11.5 L13.5 16 L16 13.8 L20.2 17.6",
        ),
        dots=((15.6, 9, 1.5),),
    ),
    "play": _Icon(
        fills=(
            "M8 5 C8 4.2 8.8 3.8 9.5 4.2 L19.6 11.2 C20.2 11.6 20.2 12.4 19.6 12.8 L9.5 19.8 "
            "C8.8 20.2 8 19.8 8 19 Z",
        )
    ),
    "file": _Icon(
        strokes=(
            "M7.5 3.5 L14 3.5 L18.5 8 L18.5 19 C18.5 19.8 17.8 20.5 17 20.5 L7.5 20.5 C6.7 20.5 6 19.8 6 19 "
            "L6 5 C6 4.2 6.7 3.5 7.5 3.5 Z",
            "M13.8 3.8 L13.8 8.2 L18.2 8.2",
        ),
    ),
    "wifi": _Icon(
        strokes=("M2 9.6 Q12 0.9 22 9.6", "M5.6 13.6 Q12 8 18.4 13.6"),
        dots=((12, 18, 2.2),),
    ),
    "speaker": _Icon(
        strokes=("M4 9.5 L8 9.5 L13 5 L13 19 L8 14.5 L4 14.5 Z", "M16.5 9 C18 10.8 18 13.2 16.5 15"),
        turns=True,
    ),
}


def draw_icon(
    canvas: Canvas,
    name: str,
    x: float,
    y: float,
    size: float,
    color: Color,
    weight: float,
    mirrored: bool,
) -> None:
    """Draw an icon into a square; `weight` is its stroke in 24ths of the size."""
    icon = ICONS[name]
    flip = mirrored and icon.turns
    scale = size / 24
    thickness = max(1.0, weight * scale)
    for data in icon.strokes:
        canvas.stroke(turned_path(data, flip), color, thickness, x, y, scale)
    for data in icon.fills:
        canvas.path(turned_path(data, flip), color, x, y, scale)
    for across, down, radius in icon.rings:
        middle = 24 - across if flip else across
        canvas.ring(x + middle * scale, y + down * scale, radius * scale, color, thickness)
    for across, down, radius in icon.dots:
        middle = 24 - across if flip else across
        canvas.circle(x + middle * scale, y + down * scale, radius * scale, color)


@functools.lru_cache(maxsize=256)
def turned_path(data: str, flip: bool) -> Path:
    """Return path data of a 24 x 24 square as a path, left and right exchanged with `flip`."""
    path = Path.of(data)
    if not flip:
        return path
    return Path(
        tuple(
            (letter, tuple(24 - number if place % 2 == 0 else number for place, number in enumerate(numbers)))
            for letter, numbers in path.commands
        )
    )
