"""A voice note: the sign for play, its wave or a track, and how long it is."""

from __future__ import annotations

from sigh_batch.render.colors import mix, text_on
from sigh_batch.render.page import Page
from sigh_batch.render.parts.part import Part, Tint
from sigh_batch.render.parts.style import PartStyle
from sigh_batch.rng import Draws, for_sample
from sigh_batch.scene.conversation import Attachment


def voice_part(page: Page, style: PartStyle, tint: Tint, voice: Attachment, width: int, message: int) -> Part:
    """Return the voice note in the shape of the look, no wider than `width`."""
    px = page.px
    button = px(34) if style.voice == "disc" else px(26)
    time = page.set(f"{voice.seconds // 60}:{voice.seconds % 60:02}", page.style(page.sizes.small, 400, 1.2))
    beside = style.voice == "disc"
    tail = round(time.width) + px(8) if beside else 0
    wide = min(width, px(150 + min(voice.seconds, 45) * 1.6))
    start = button + px(9)
    room = wide - start - tail
    tall = px(36) if beside else px(28) + round(time.height)
    draws = for_sample(0, "voice", voice.seed)
    played = draws.uniform(0.2, 0.9) if draws.chance(0.25) else 0.0
    heights = _wave(draws, max(4, int(room / px(4))))

    def draw(x: int, y: int, full: int, parent: int | None) -> None:  # noqa: ARG001
        root = page.note(
            "voice",
            x,
            y,
            wide,
            tall,
            text=time.text,
            value=str(voice.seconds),
            message=message,
            parent=parent,
        )
        middle = y + (tall // 2 if beside else px(14))
        top = middle - button // 2
        if beside:
            page.disc(x, top, button, tint.accent)
            inner = round(button * 0.56)
            inset = (button - inner) // 2
            page.icon("play", x + inset, top + inset, inner, text_on(tint.accent, 3.0), 1.5)
        else:
            page.icon("play", x, top, button, tint.soft if style.voice == "track" else tint.accent, 1.5)
        left = x + start
        if style.voice == "track":
            _track(page, tint, left, middle, room, played)
        else:
            _bars(page, tint, left, middle, heights, played)
        at = (left + room + px(8), middle - round(time.height / 2)) if beside else (left, y + px(27))
        page.label("voice", time, at[0], at[1], tint.soft, message=message, parent=root)

    return Part(wide, tall, draw)


def _wave(draws: Draws, count: int) -> list[float]:
    """Return the loudness of so many stretches, 0 to 1: words with pauses between them."""
    heights: list[float] = []
    while len(heights) < count:
        loud = draws.uniform(0.35, 1.0)
        for step in range(draws.integer(2, 7)):
            heights.append(min(1.0, loud * draws.uniform(0.35, 1.0) * (0.6 if step == 0 else 1.0)))
        if draws.chance(0.5):
            heights += [draws.uniform(0.08, 0.16)] * draws.integer(1, 3)
    return heights[:count]


def _bars(page: Page, tint: Tint, x: int, middle: int, heights: list[float], played: float) -> None:
    px = page.px
    thick, faint = px(2.4), mix(tint.soft, tint.ground, 0.45)
    for place, height in enumerate(heights):
        tall = max(thick, px(24 * height))
        done = place < played * len(heights)
        page.box(
            x + place * px(4), middle - tall // 2, thick, tall, tint.accent if done else faint, thick / 2
        )


def _track(page: Page, tint: Tint, x: int, middle: int, room: int, played: float) -> None:
    px = page.px
    thick, knob = px(3), px(11)
    done = round((room - knob) * played)
    page.box(x, middle - thick // 2, room, thick, mix(tint.soft, tint.ground, 0.6), thick / 2)
    if done:
        page.box(x, middle - thick // 2, done, thick, tint.accent, thick / 2)
    page.disc(x + done, middle - knob // 2, knob, tint.accent)
