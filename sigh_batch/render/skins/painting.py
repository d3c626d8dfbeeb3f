"""One page while it is painted: what every skin does alike, from the newest message up.

A skin derives from `Painting` and says what a message, a line of the application and a silence
look like; the parts of a message (quote, attachment, reactions, thread) it takes from here,
measured, and puts them where its kind of client has them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Generic

from sigh_batch.render.avatars import Avatars
from sigh_batch.render.colors import Rgb, readable
from sigh_batch.render.layout import Block, Row, rows_of
from sigh_batch.render.page import Page
from sigh_batch.render.painter import Color
from sigh_batch.render.parts.card import card_part
from sigh_batch.render.parts.document import document_part
from sigh_batch.render.parts.marks import thread_part, typing_part, unread_block
from sigh_batch.render.parts.part import Part, Tint
from sigh_batch.render.parts.picture import picture_part
from sigh_batch.render.parts.quote import Quoted, quote_part
from sigh_batch.render.parts.reactions import reactions_part
from sigh_batch.render.parts.voice import voice_part
from sigh_batch.render.skins.base import L
from sigh_batch.render.typeset import Paragraph
from sigh_batch.scene.conversation import Conversation, Message, Person
from sigh_batch.scene.locale import Locale

_ANSWER = dt.timedelta(minutes=7)
"""About how long an answer in a thread takes."""
_SIGNS = {"picture": "camera", "voice": "mic", "file": "file"}


class Painting(Generic[L]):
    """The base of every skin's page; a skin sets what its rows are and overrides the marked methods."""

    days = True
    """Whether every new day has a row of its own."""
    foot = 10.0
    """Below the newest message, in logical pixels."""

    def __init__(
        self, page: Page, conversation: Conversation, here: Locale, look: L, avatars: Avatars
    ) -> None:
        self._page, self._conversation, self._here, self._look = page, conversation, here, look
        self._avatars = avatars
        self._body = page.style(page.sizes.body, 400, look.leading)
        self._small = page.style(page.sizes.small, 400, 1.35)

    # -- what a skin says -----------------------------------------------------------------------

    def message(self, row: Row, said: Message) -> Block:
        """Return a message's block."""
        raise NotImplementedError

    def system(self, place: int, said: Message) -> Block:
        """Return the block of a line that the application writes."""
        raise NotImplementedError

    def pause(self, said: Message) -> Block:
        """Return the block that stands before the first message of a day, or after a silence."""
        raise NotImplementedError

    def below(self) -> Iterator[Block]:
        """Yield what stands below the newest message, such as a receipt or somebody typing."""
        yield from ()

    def above(self) -> Iterator[Block]:
        """Yield what stands above the oldest message."""
        yield from ()

    def rows(self) -> list[Row]:
        """Return the rows of the conversation in groups."""
        return rows_of(self._conversation, days=self.days, window=300.0)

    def tint(self, own: bool) -> Tint:
        """Return the colours of the ground that a message stands on."""
        palette = self._look.palette
        return Tint(palette.ground, palette.text, palette.soft, palette.accent)

    # -- what all skins share -------------------------------------------------------------------

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks of the page, newest first."""
        conversation = self._conversation
        yield Block(self._page.px(self.foot), lambda _y: None)
        yield from self.below()
        for row in reversed(self.rows()):
            said = conversation.messages[row.place]
            if row.kind == "message":
                yield self.message(row, said)
                if row.place == conversation.unread:
                    yield self.unread(row.place)
            elif row.kind == "system":
                yield self.system(row.place, said)
            else:
                yield self.pause(said)
        yield from self.above()

    def unread(self, place: int) -> Block:
        """Return the line above the first message that was not read."""
        look, page = self._look, self._page
        palette = look.palette
        line = look.parts.unread == "line"
        mark = readable(0.6, 0.2, 0.07, palette.ground, 4.5) if line else palette.accent
        tint = Tint(palette.ground, palette.text, palette.soft, mark)
        return unread_block(
            page, look.parts, tint, self._here.word("new" if line else "unread"), page.px(16), place
        )

    def quote(self, place: int, width: int, tint: Tint) -> Part | None:
        """Return what a message answers, or None."""
        number = self._conversation.messages[place].reply
        if number is None:
            return None
        told = self._conversation.messages[number]
        person, carried = self._conversation.people[told.author], told.attachment
        text, icon = told.text, ""
        if not text and carried:
            icon = _SIGNS.get(carried.kind, "")
            text = {"picture": self._here.word("photo"), "voice": self._here.word("voice_message")}.get(
                carried.kind, carried.title
            )
        palette, style = self._look.palette, self._look.parts
        ground = tint.shade(style.shade) if style.quote == "box" else tint.ground
        quoted = Quoted(
            number=number,
            person=person.id,
            name=self._here.word("you") if told.author == self._conversation.owner else person.name,
            text=text,
            icon=icon,
            hue=palette.name(person.hue, ground) if style.named else tint.accent,
            attachment=carried,
        )
        return quote_part(self._page, style, tint, quoted, width, place)

    def attachment(self, place: int, width: int, tint: Tint) -> Part | None:
        """Return what a message carries beside its text, or None."""
        carried, page, style = self._conversation.messages[place].attachment, self._page, self._look.parts
        if carried is None:
            return None
        if carried.kind == "picture":
            return picture_part(page, style, carried, width, place)
        if carried.kind == "voice":
            return voice_part(page, style, tint, carried, width, place)
        if carried.kind == "file":
            return document_part(page, style, tint, self._here, carried, width, place)
        return card_part(page, style, tint, carried, width, place)

    def reactions(self, place: int, width: int, tint: Tint) -> Part | None:
        """Return the reactions to a message, or None."""
        given = self._conversation.messages[place].reactions
        return reactions_part(self._page, self._look.parts, tint, given, width, place) if given else None

    def thread(self, place: int, width: int, tint: Tint) -> Part | None:
        """Return the way to the answers of a message in their thread, or None."""
        said, here = self._conversation.messages[place], self._here
        if not said.thread:
            return None
        text = here.word("reply_one") if said.thread == 1 else here.word("replies", n=said.thread)
        now = self._conversation.now
        then = min(now, said.time + _ANSWER * said.thread)
        day = here.day(then.date(), now.date(), here.date_short).lower()
        last = here.word("last_reply", day=day, time=here.time(then))
        return thread_part(self._page, tint, text, last, width, place)

    def typing(self, width: int, tint: Tint) -> Part | None:
        """Return the mark of the person who is typing, or None."""
        if self._conversation.typing is None:
            return None
        person = self._conversation.people[self._conversation.typing]
        text = self._here.word("typing", a=person.name)
        return typing_part(self._page, self._look.parts, tint, text, person.id, width)

    def edited(self, said: Message) -> Paragraph | None:
        """Return the set mark of a message that was changed, or None."""
        if not said.edited:
            return None
        word = self._here.word("edited")
        return self._page.set(f"({word})" if self._look.parts.edited == "brackets" else word, self._small)

    # -- what is noted of every message ---------------------------------------------------------

    def begin(self, place: int, x: int, y: int, width: int, height: int) -> int | None:
        """Note a message's whole box; return its number among the elements."""
        said = self._conversation.messages[place]
        person = self._conversation.people[said.author].id
        return self._page.note("message", x, y, width, height, text=said.text, value=person, message=place)

    def author(self, name: Paragraph, x: int, y: int, color: Color, place: int, root: int | None) -> None:
        """Draw the name of a message's author."""
        person = self._person(place).id
        self._page.label("author", name, x, y, color, value=person, message=place, parent=root)

    def face(self, x: int, y: int, size: int, place: int, root: int | None) -> None:
        """Draw the avatar of a message's author."""
        self._avatars.draw(self._page, self._person(place), x, y, size, message=place, parent=root)

    def time(self, text: Paragraph, x: int, y: int, color: Color, place: int, root: int | None) -> None:
        """Draw when a message was sent."""
        moment = self._conversation.messages[place].time.isoformat(timespec="seconds")
        self._page.label("time", text, x, y, color, value=moment, message=place, parent=root)

    def words(self, text: Paragraph, ink: Rgb, link: Rgb, place: int) -> Part:
        """Return a message's set text as a part."""

        def draw(x: int, y: int, width: int, parent: int | None) -> None:  # noqa: ARG001
            self._page.body(text, x, y, ink, link=link, message=place, parent=parent)

        return Part(round(text.width + 0.49), round(text.height), draw)

    def _person(self, place: int) -> Person:
        return self._conversation.people[self._conversation.messages[place].author]
