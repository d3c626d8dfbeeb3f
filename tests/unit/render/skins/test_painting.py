"""What people do with messages stands in every skin where it belongs, and is noted as it was said."""

from collections import defaultdict
from dataclasses import replace

import pytest

from sigh_batch.config.generate import ConversationConfig
from sigh_batch.data.sample import Element
from sigh_batch.render.avatars import Avatars
from sigh_batch.render.page import Page, Sheet
from sigh_batch.render.skins import skins
from sigh_batch.rng import for_sample
from sigh_batch.scene.compose import compose
from sigh_batch.scene.conversation import Attachment, Conversation, Message
from sigh_batch.scene.locale import locale
from tests.unit.render.pages import painter, stamps, typesetter

RICH = ConversationConfig(
    replies=0.4,
    reactions=0.4,
    edited=0.3,
    threads=0.3,
    cards=1,
    pictures=0.15,
    voices=0.15,
    files=0.15,
    unread=0.7,
    typing=0.5,
)
NOTED = {"link": "card", "picture": "picture", "voice": "voice", "file": "file"}


def draw(name: str, index: int, code: str = "en-US", count: int = 18) -> tuple[Page, Conversation]:
    """Return the page of a lively conversation."""
    draws, skin, here = for_sample(4, "t", index), skins.get(name), locale(code)
    conversation = compose(
        draws.fork("conversation"),
        RICH,
        identity="x",
        code=code,
        split="train",
        group=skin.groups[index % len(skin.groups)],
        count=count,
    )
    return paint(name, index, conversation, here.direction == "rtl"), conversation


def paint(name: str, index: int, conversation: Conversation, rtl: bool = False) -> Page:
    """Return the page of a conversation in some look."""
    skin = skins.get(name)
    form = skin.forms[index % len(skin.forms)]
    look = skin.design(for_sample(4, "look", index), index % 2 == 0, form, False)
    scale = (1.0, 2.0)[index % 2]
    width, height = (round(side * scale) for side in ((390, 780) if form == "phone" else (820, 640)))
    sheet = Sheet(width=width, height=height, scale=scale, family="Inter", rtl=rtl)
    page = Page(painter().begin(width, height, look.palette.ground), typesetter(), stamps(), sheet)
    skin.paint(page, conversation, locale(conversation.locale), look, Avatars(look.avatars))
    return page


def family(page: Page) -> dict[int, list[Element]]:
    """Return the elements directly inside each message, by the message's number."""
    inside = defaultdict(list)
    for element in page.elements:
        if element.parent is not None and page.elements[element.parent].kind == "message":
            inside[page.elements[element.parent].message or 0].append(element)
    return inside


def told(element: Element, said: Message) -> bool:
    """Say whether what is noted inside a message is what the message says."""
    match element.kind:
        case "quote":
            return element.value == str(said.reply)
        case "reaction":
            return (element.text, element.value) in [(one.emoji, str(one.count)) for one in said.reactions]
        case "edited":
            return said.edited
        case "thread":
            return said.thread > 0
        case "card" | "picture" | "voice" | "file":
            return said.attachment is not None and NOTED[said.attachment.kind] == element.kind
    return True


@pytest.mark.parametrize("name", skins.names())
@pytest.mark.parametrize("code", ["en-US", "ar-EG"])
def test_what_is_noted_is_what_was_done(name: str, code: str) -> None:
    for index in range(12):
        page, conversation = draw(name, index, code)
        for number, elements in family(page).items():
            assert all(told(element, conversation.messages[number]) for element in elements)
            assert {element.message for element in elements} == {number}
        for element in page.elements:
            if element.kind == "unread":
                assert element.message == conversation.unread
            if element.kind == "typing":
                assert element.value == conversation.people[conversation.typing or 0].id


@pytest.mark.parametrize("name", skins.names())
def test_a_message_in_full_view_shows_all_that_belongs_to_it(name: str) -> None:
    seen = set()
    for index in range(14):
        page, conversation = draw(name, index, count=9)
        inside = family(page)
        end = min([element.y for element in page.elements if element.kind == "input"], default=page.height)
        for element in page.elements:
            number = element.message
            if element.kind != "message" or number is None or element.y + element.height > end - 40:
                continue
            if number == min(inside):
                continue
            said, kinds = conversation.messages[number], {part.kind for part in inside[number]}
            wanted = {
                "text": bool(said.text),
                "quote": said.reply is not None,
                "edited": said.edited,
                "reaction": bool(said.reactions),
                NOTED[said.attachment.kind] if said.attachment else "text": said.attachment is not None
                or bool(said.text),
            }
            assert {kind for kind, there in wanted.items() if there} <= kinds
            seen |= kinds
    assert {"text", "quote", "edited", "reaction", "picture", "voice", "file"} <= seen


@pytest.mark.parametrize("name", skins.names())
@pytest.mark.parametrize("kind", ["picture", "voice", "file", "link"])
def test_parts_lie_inside_their_message(name: str, kind: str) -> None:
    for index in range(4):
        _, conversation = draw(name, index, count=6)
        carried = Attachment(
            kind=kind,
            title="a_very_long_name_of_a_file_that_nobody_reads.pdf",
            host="docs.example.org",
            description="Edited",
            seed=3,
            seconds=200,
            size=5000,
        )
        messages = tuple(
            said if said.kind == "system" else replace(said, attachment=carried)
            for said in conversation.messages
        )
        page = paint(name, index, replace(conversation, messages=messages))
        for element in page.elements:
            if element.kind not in ("card", "picture", "voice", "file", "quote", "text", "edited"):
                continue
            if element.parent is None:
                continue
            outer = page.elements[element.parent]
            assert element.x >= outer.x - 1
            assert element.y >= outer.y - 1
            assert element.x + element.width <= outer.x + outer.width + 1
            assert element.y + element.height <= outer.y + outer.height + 1
