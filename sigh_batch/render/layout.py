"""What all chat clients share: rows in groups, dates between days, blocks stacked up from the bottom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import NamedTuple

from sigh_batch.render.page import Page
from sigh_batch.scene.conversation import Conversation, Message
from sigh_batch.scene.locale import Locale


class Row(NamedTuple):
    """One row of a conversation as a client shows it."""

    kind: str
    """message, system, day (a date stands before what follows) or pause (a time does)."""
    place: int
    """Number of the message; of a day or pause, of the message that follows."""
    own: bool = False
    first: bool = True
    """Whether it begins a group of one author's messages."""
    last: bool = True
    """Whether it ends one."""


class Block(NamedTuple):
    """A measured piece of the page: its height and what draws it at a given top."""

    height: int
    draw: Callable[[int], None]


def rows_of(
    conversation: Conversation,
    *,
    days: bool,
    window: float,
    pause: float | None = None,
    replies: bool = False,
) -> list[Row]:
    """Return the rows of a conversation.

    Messages of one author less than `window` seconds apart form a group; the first unread message
    begins one, and with `replies` every answer does. With `days`, every new day has a row of its
    own; with `pause`, every silence of so many seconds.
    """
    rows: list[Row] = []
    before: Message | None = None
    for place, said in enumerate(conversation.messages):
        gap = (said.time - before.time).total_seconds() if before else None
        broken = False
        if pause is not None and (gap is None or gap > pause):
            rows.append(Row("pause", place))
            broken = True
        elif days and (before is None or said.time.date() != before.time.date()):
            rows.append(Row("day", place))
            broken = True
        if said.kind == "system":
            rows.append(Row("system", place))
            before = said
            continue
        joined = (
            not broken
            and place != conversation.unread
            and not (replies and said.reply is not None)
            and before is not None
            and before.kind == "text"
            and before.author == said.author
            and gap is not None
            and gap < window
        )
        if joined:
            rows[-1] = rows[-1]._replace(last=False)
        rows.append(Row("message", place, said.author == conversation.owner, not joined))
        before = said
    return rows


def stack(
    page: Page, blocks: Iterable[Block], top: int, bottom: int, *, from_top: bool, shift: int = 0
) -> bool:
    """Draw blocks, the newest first, upwards from the bottom until the top is reached.

    Blocks that do not fill the space stand at its bottom, or at its top with `from_top`. `shift`
    pushes them down, as far as there is something above to scroll to. Nothing is drawn outside
    the space. Returns whether the newest block was pushed down.
    """
    at = bottom + shift
    chosen: list[tuple[int, Block]] = []
    for block in blocks:
        at -= block.height
        chosen.append((at, block))
        if at <= top:
            break
    up = 0
    if at > top:
        up = at - top if from_top else min(shift, at - top)
    with page.view(0, top, page.width, bottom - top):
        for y, block in reversed(chosen):
            if y - up < bottom:
                block.draw(y - up)
    return shift > up


def day_text(here: Locale, day: dt.date, now: dt.date, style: str) -> str:
    """Return how a client writes a day: `relative`, `weekday` (in the last week), `long` or `full`."""
    age = (now - day).days
    if style != "full" and age < 2:
        return here.day(day, now, here.date_full)
    if style == "weekday" and age < 7:
        return here.weekdays[day.weekday()]
    return here.date(day, here.date_long if style == "long" and day.year == now.year else here.date_full)
