"""Reactions: emoji that people have put on a message, with how many did."""

from __future__ import annotations

from collections.abc import Sequence

from sigh_batch.render.colors import mix
from sigh_batch.render.page import Page
from sigh_batch.render.parts.part import Part, Tint
from sigh_batch.render.parts.style import PartStyle
from sigh_batch.render.typeset import Paragraph
from sigh_batch.scene.conversation import Reaction


def reactions_part(
    page: Page, style: PartStyle, tint: Tint, reactions: Sequence[Reaction], width: int, message: int
) -> Part:
    """Return the reactions in the shape of the look; `tint` is that of what they stand on."""
    if style.reactions == "pills":
        return _pills(page, style, tint, reactions, width, message)
    return _capsule(page, tint, reactions, message, discs=style.reactions == "badge")


def _pills(
    page: Page, style: PartStyle, tint: Tint, reactions: Sequence[Reaction], width: int, message: int
) -> Part:
    px = page.px
    tall, gap, inset = px(24), px(4), px(7)
    radius = min(px(style.corner), tall / 2)
    chips: list[tuple[int, int, int, Reaction, Paragraph, Paragraph]] = []
    x = row = widest = 0
    for one in reactions:
        emoji = page.set(one.emoji, page.style(page.sizes.label, 400, 1.2))
        count = page.set(str(one.count), page.style(page.sizes.small, 500, 1.2))
        wide = round(emoji.width + count.width) + px(5) + 2 * inset
        if x and x + wide > width:
            x, row = 0, row + 1
        chips.append((x, row * (tall + gap), wide, one, emoji, count))
        widest = max(widest, x + wide)
        x += wide + gap

    def draw(left: int, y: int, full: int, parent: int | None) -> None:  # noqa: ARG001
        for begin, down, wide, one, emoji, count in chips:
            at, top = left + begin, y + down
            fill = mix(tint.ground, tint.accent, 0.18) if one.own else tint.shade(0.08)
            page.box(at, top, wide, tall, fill, radius)
            if one.own:
                page.edge(at, top, wide, tall, mix(fill, tint.accent, 0.7), page.hair, radius)
            _note(page, one, at, top, wide, tall, message, parent)
            page.text(emoji, at + inset, top + round((tall - emoji.height) / 2), tint.text)
            ink = mix(tint.text, fill, 0.1)
            x = at + wide - inset - round(count.width)
            page.text(count, x, top + round((tall - count.height) / 2), ink)

    return Part(widest, chips[-1][1] + tall, draw)


def _capsule(page: Page, tint: Tint, reactions: Sequence[Reaction], message: int, discs: bool) -> Part:
    """Return the emoji on one rounded box with their sum, or as a disc each."""
    px = page.px
    tall, inset = px(26) if discs else px(24), px(5)
    shown = list(reactions)[:4]
    emoji = [page.set(one.emoji, page.style(page.sizes.small, 400, 1.2)) for one in shown]
    total = sum(one.count for one in shown)
    count = page.set(str(total), page.style(page.sizes.small, 400, 1.2)) if total > 1 and not discs else None
    starts, x = [], 0 if discs else inset
    for entry in emoji:
        starts.append(x)
        x += tall - px(4) if discs else round(entry.width) + px(2)
    wide = x + px(4) if discs else x + inset - px(2) + (round(count.width) + px(5) if count else 0)
    fill = tint.shade(0.06)

    def draw(left: int, y: int, full: int, parent: int | None) -> None:  # noqa: ARG001
        if not discs:
            page.box(left, y, wide, tall, tint.ground, tall / 2)
            page.box(left + px(1), y + px(1), wide - 2 * px(1), tall - 2 * px(1), fill, tall / 2 - px(1))
        for start, entry, one in zip(starts, emoji, shown, strict=True):
            at = left + start
            if discs:
                page.disc(at, y, tall, tint.ground)
                page.disc(at + px(1.5), y + px(1.5), tall - 2 * px(1.5), fill)
                at += round((tall - entry.width) / 2)
            _note(page, one, at, y, entry.width, tall, message, parent)
            page.text(entry, at, y + round((tall - entry.height) / 2), tint.text)
        if count:
            x = left + wide - inset - px(2) - round(count.width)
            page.text(count, x, y + round((tall - count.height) / 2), tint.soft_on(fill))

    return Part(wide, tall, draw)


def _note(
    page: Page, one: Reaction, x: float, y: int, width: float, height: int, message: int, parent: int | None
) -> None:
    page.note(
        "reaction", x, y, width, height, text=one.emoji, value=str(one.count), message=message, parent=parent
    )
