"""The column of conversations beside an open one, as messengers show it on computers."""

from __future__ import annotations

from sigh_batch.render.avatars import Avatars
from sigh_batch.render.colors import Rgb, mix, readable, text_on
from sigh_batch.render.page import Page
from sigh_batch.render.palette import Palette
from sigh_batch.scene.conversation import Conversation, Person
from sigh_batch.scene.locale import Locale

_ROW = 64
_SIGNS = (("photo", "camera"), ("voice_message", "mic"), ("missed_call", "call"), ("photo", "camera"))
"""What a preview says where nobody's words are known, and its sign."""


def paint_chat_list(
    page: Page,
    palette: Palette,
    avatars: Avatars,
    conversation: Conversation,
    here: Locale,
    *,
    width: int,
    top: int,
    head: int,
    marked: str,
) -> None:
    """Draw the column from `top`: a search field in the first `head` pixels, then a row a conversation.

    The open conversation is `marked` by the accent's colour (accent) or a shade of the ground (shade).
    Below it stand conversations with each of its people.
    """
    px, ground = page.px, mix(palette.bar, palette.bar_text, 0.025)
    page.box(0, top, width, page.height - top, ground)
    _search(page, palette, here, ground, width, top, head)
    row = px(_ROW)
    fill = mix(ground, palette.bar_text, 0.09)
    if marked == "accent":
        fill = mix(palette.accent, ground, 0.45) if palette.dark else palette.accent
    people = [person for place, person in enumerate(conversation.people) if place != conversation.owner]
    rows: list[Person | None] = [None, *(people if conversation.group else ())]
    place = conversation.people[0].avatar % len(rows)
    rows[0], rows[place] = rows[place], rows[0]
    for number, person in enumerate(rows):
        y = top + head + number * row
        if y + row > page.height:
            break
        if person is None:
            page.box(0, y, width, row, fill)
            _open_row(page, palette, avatars, conversation, here, fill, y, row, width)
        else:
            _row(page, palette, avatars, conversation, here, person, number, ground, y, row, width)
    page.box(width - page.hair, top, page.hair, page.height - top, palette.line)


def _search(page: Page, palette: Palette, here: Locale, ground: Rgb, width: int, top: int, head: int) -> None:
    px = page.px
    tall, side, field = px(34), px(12), mix(ground, palette.bar_text, 0.07)
    y, ink = top + (head - tall) // 2, palette.secondary(field)
    page.box(side, y, width - 2 * side, tall, field, tall / 2)
    page.icon("search", side + px(10), y + (tall - px(17)) // 2, px(17), ink, 2.0)
    word = page.set(here.word("search"), page.style(page.sizes.label, 400, 1.3), width - px(70), lines=1)
    page.text(word, side + px(34), y + round((tall - word.height) / 2), ink)


def _open_row(
    page: Page,
    palette: Palette,
    avatars: Avatars,
    conversation: Conversation,
    here: Locale,
    fill: Rgb,
    y: int,
    row: int,
    width: int,
) -> None:
    """Draw the row of the conversation that is open: its title, its last words and when they were sent."""
    px, size = page.px, page.px(46)
    at = y + (row - size) // 2
    last = conversation.messages[-1]
    other = conversation.people[1 - conversation.owner] if not conversation.group else None
    if other:
        avatars.draw(page, other, px(10), at, size)
    else:
        avatars.draw_group(page, conversation, px(10), at, size, None)
    strong = readable(1.0 if palette.dark else 0.2, 0.0, 0.0, fill, 7.0)
    soft = palette.secondary(fill)
    _texts(
        page,
        conversation.title,
        last.text or here.word("photo"),
        here.time(last.time),
        strong,
        soft,
        y,
        row,
        width,
    )


def _row(
    page: Page,
    palette: Palette,
    avatars: Avatars,
    conversation: Conversation,
    here: Locale,
    person: Person,
    number: int,
    ground: Rgb,
    y: int,
    row: int,
    width: int,
) -> None:
    """Draw the row of the conversation with one person, of which nothing but a sign is known."""
    px, size, seed = page.px, page.px(46), person.avatar
    avatars.draw(page, person, px(10), y + (row - size) // 2, size)
    word, _ = _SIGNS[seed % 4]
    clock = here.clock_text((seed >> 4) % 24, (seed >> 9) % 60)
    said = here.word(word, time=clock) if word == "missed_call" else here.word(word)
    age = number + seed % 3
    when = clock if age < 2 else here.wdays[(conversation.now.weekday() - min(age, 6)) % 7]
    soft = palette.secondary(ground)
    _texts(page, person.name, said, when, palette.bar_text, soft, y, row, width)
    if seed % 5 == 0:
        badge = readable(0.6, 0.14, palette.accent_hue, ground, 3.0)
        count = page.set(str(1 + (seed >> 3) % 9), page.style(page.sizes.small, 600, 1.2))
        x, top = width - px(12) - px(19), y + row - px(29)
        page.disc(x, top, px(19), badge)
        page.text(
            count,
            x + (px(19) - count.width) / 2,
            top + round((px(19) - count.height) / 2),
            text_on(badge, 3.0),
        )


def _texts(
    page: Page,
    title: str,
    said: str,
    when: str,
    strong: Rgb,
    soft: Rgb,
    y: int,
    row: int,
    width: int,
) -> None:
    px, left = page.px, page.px(10 + 46 + 11)
    time = page.set(when, page.style(page.sizes.small, 400, 1.3))
    room = width - left - px(12)
    name = page.set(
        title, page.style(page.sizes.body, 600, 1.3), room - time.width - px(8), lines=1, direction="auto"
    )
    words = page.set(said, page.style(page.sizes.label, 400, 1.3), room - px(26), lines=1, direction="auto")
    top = y + round((row - name.height - px(2) - words.height) / 2)
    page.text(name, left, top, strong)
    lift = round(name.lines[0].baseline - time.lines[0].baseline)
    page.text(time, width - px(12) - round(time.width), top + lift, soft)
    page.text(words, left, top + round(name.height) + px(2), soft)
