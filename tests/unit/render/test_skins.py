import datetime as dt
import itertools
import subprocess
import sys
from collections import defaultdict

import pytest

from sigh_batch.config.generate import ConversationConfig
from sigh_batch.data.sample import Element
from sigh_batch.errors import UnknownName
from sigh_batch.render.avatars import Avatars
from sigh_batch.render.colors import contrast, mix
from sigh_batch.render.page import Page, Sheet
from sigh_batch.render.skins import skins
from sigh_batch.rng import for_sample
from sigh_batch.scene.compose import compose
from sigh_batch.scene.conversation import Conversation
from sigh_batch.scene.locale import locale
from tests.unit.render.pages import painter, stamps, typesetter

FAMILIES = ("Inter", "Noto Sans", "DejaVu Sans", "Quicksand")
WINDOWS = {"phone": (390, 760), "desktop": (820, 600)}


def draw(
    name: str,
    index: int,
    code: str = "en-US",
    dark: bool = False,
    scale: float = 1.0,
    count: int = 16,
    form: str = "",
) -> tuple[Page, Conversation]:
    """Return the page of a conversation in a skin."""
    draws, skin = for_sample(9, "t", index), skins.get(name)
    form = form or skin.forms[index % len(skin.forms)]
    conversation = compose(
        draws.fork("conversation"),
        ConversationConfig(),
        identity="x",
        code=code,
        split="train",
        group=skin.groups[index % len(skin.groups)],
        count=count,
        service=skin.service,
    )
    look = skin.design(draws.fork("look"), dark, form, False)
    width, height = (round(side * scale) for side in WINDOWS[form])
    here = locale(code)
    sheet = Sheet(
        width=width,
        height=height,
        scale=scale,
        family=FAMILIES[index % 4],
        size=15,
        rtl=here.direction == "rtl",
    )
    page = Page(painter().begin(width, height, look.palette.ground), typesetter(), stamps(), sheet)
    skin.paint(page, conversation, here, look, Avatars(look.avatars))
    return page, conversation


LISTS = ("server", "workplace", "plain", "stream")
"""Skins without bubbles."""
BARE = ("plain",)
"""Skins with nothing around their messages, and no dates among them."""

ALL = list(itertools.product(skins.names(), (False, True), (1.0, 1.5, 2.0, 3.0), ("en-US", "ar-EG")))


def inside(inner: Element, outer: Element, slack: float = 0.02) -> bool:
    """Say whether one box lies in another."""
    return (
        inner.x >= outer.x - slack
        and inner.y >= outer.y - slack
        and inner.x + inner.width <= outer.x + outer.width + slack
        and inner.y + inner.height <= outer.y + outer.height + slack
    )


@pytest.mark.parametrize(("name", "dark", "scale", "code"), ALL)
def test_boxes_lie_in_the_picture_and_in_each_other(name: str, dark: bool, scale: float, code: str) -> None:
    for index in range(4):
        page, _ = draw(name, index, code, dark, scale)
        whole = Element("picture", 0, 0, page.width, page.height)
        for element in page.elements:
            assert element.width > 0
            assert element.height > 0
            assert inside(element, whole, 0)
            if element.parent is not None:
                assert element.parent < page.elements.index(element) or element.kind != "word"
            if element.kind in ("word", "line"):
                assert inside(element, page.elements[element.parent or 0])
            if element.kind == "text":
                parent = page.elements[element.parent or 0]
                assert parent.kind == "message"
                assert inside(element, parent, 1.0)


@pytest.mark.parametrize("name", skins.names())
def test_every_kind_of_element_is_noted(name: str) -> None:
    kinds = {element.kind for index in range(90) for element in draw(name, index)[0].elements}
    wanted = {
        "message",
        "avatar",
        "author",
        "time",
        "text",
        "line",
        "word",
        "separator",
        "header",
        "input",
        "system",
    }
    if name in BARE:
        wanted -= {"separator", "header", "input"}
    if name == "stream":
        wanted -= {"avatar"}
    assert wanted - kinds == set()
    assert ("bubble" in kinds) == (name not in LISTS)


@pytest.mark.parametrize("name", skins.names())
@pytest.mark.parametrize("code", ["en-US", "he-IL", "ja-JP"])
def test_elements_say_what_the_conversation_says(name: str, code: str) -> None:
    for index in range(8):
        page, conversation = draw(name, index, code)
        here = locale(code)
        people = {person.id: person for person in conversation.people}
        for element in page.elements:
            said = None if element.message is None else conversation.messages[element.message]
            above = page.elements[element.parent].kind if element.parent is not None else ""
            if element.kind == "author" and above == "message" and said:
                assert element.value == conversation.people[said.author].id
            if element.kind == "author" and above == "quote" and said:
                quoted = conversation.messages[said.reply or 0]
                assert element.value == conversation.people[quoted.author].id
                assert element.text in (people[element.value].name, here.word("you"))
            elif element.kind == "author":
                assert element.text == people[element.value or ""].name
            if element.kind == "avatar" and said:
                assert element.value == conversation.people[said.author].id
            if element.kind in ("message", "text") and said:
                assert element.text == said.text
            if element.kind == "time" and said:
                assert dt.datetime.fromisoformat(element.value or "") == said.time.replace(microsecond=0)


@pytest.mark.parametrize("name", skins.names())
def test_words_make_up_the_lines_and_lines_the_text(name: str) -> None:
    for index in range(6):
        page, _ = draw(name, index)
        children = defaultdict(list)
        for element in page.elements:
            children[element.parent].append(element)
        for place, element in enumerate(page.elements):
            if element.kind == "line":
                words = sorted((word.x, word.text or "") for word in children[place])
                assert [text for _, text in words] == (element.text or "").split()
            lines = children[place] if element.kind == "text" else []
            begun = lines and (element.text or "").startswith((lines[0].text or "").strip())
            if begun and sum(line.height for line in lines) >= element.height - 1:
                joined = "".join((line.text or "") for line in children[place])
                assert joined.replace(" ", "") == (element.text or "").replace(" ", "")


@pytest.mark.parametrize("name", skins.names())
def test_messages_stand_below_each_other_in_their_order(name: str) -> None:
    for index in range(8):
        page, conversation = draw(name, index, count=30)
        shown = [element for element in page.elements if element.kind == "message"]
        numbers = [element.message for element in shown]
        assert numbers == sorted(numbers)  # type: ignore[type-var]
        assert all(two.y >= one.y + one.height - 0.5 for one, two in itertools.pairwise(shown))
        assert shown[-1].message in range(len(conversation.messages) - 12, len(conversation.messages))
        if name in BARE:
            continue
        field = next(element for element in page.elements if element.kind == "input")
        bar = next(element for element in page.elements if element.kind == "header" and element.height > 40)
        for element in shown:
            assert bar.y + bar.height - 1 <= element.y
            assert element.y + element.height <= field.y + field.height


@pytest.mark.parametrize("name", [name for name in skins.names() if name not in LISTS])
@pytest.mark.parametrize("code", ["en-US", "ar-EG"])
def test_my_messages_stand_at_the_end_of_the_line(name: str, code: str) -> None:
    for index in range(6):
        page, conversation = draw(name, index, code, form="phone")
        for element in page.elements:
            if element.kind == "message":
                own = conversation.messages[element.message or 0].author == conversation.owner
                right = element.x + element.width / 2 > page.width / 2
                if element.width < page.width / 2:
                    assert right == (own != page.rtl)


def test_a_long_conversation_fills_the_page() -> None:
    for name, index in itertools.product(skins.names(), range(12)):
        page, _ = draw(name, index, count=40, form="phone")
        shown = [element for element in page.elements if element.kind in ("message", "separator", "system")]
        assert min(element.y for element in shown) < page.height * 0.35
        assert max(element.y + element.height for element in shown) > page.height * 0.7


@pytest.mark.parametrize("name", skins.names())
@pytest.mark.parametrize("dark", [False, True])
def test_what_is_said_can_be_read_on_its_ground(name: str, dark: bool) -> None:
    for index in range(40):
        look = skins.get(name).design(for_sample(3, "look", index), dark, "phone", False)
        palette = look.palette
        assert contrast(palette.text, palette.ground) >= 4.5
        assert contrast(palette.soft, palette.ground) >= palette.floor - 0.01
        assert contrast(palette.bar_text, palette.bar) >= 4.0
        if hasattr(look, "mine"):
            ends = (look.mine, getattr(look, "end", None) or look.mine)
            grounds = [mix(*ends, step / 8) for step in range(9)]
            assert min(contrast(look.mine_text, ground) for ground in grounds) >= 4.0
            assert contrast(look.theirs_text, look.theirs) >= 6


def test_an_unknown_skin_is_told_the_nearest() -> None:
    with pytest.raises(UnknownName, match="unknown skin 'bubble'; did you mean 'bubbles'"):
        skins.get("bubble")


def test_listing_skins_loads_no_rasteriser() -> None:
    told = (
        "import sys; from sigh_batch.render.skins import skins;"
        "print(skins.names(), [name for name in sys.modules if name in ('skia', 'cv2', 'numpy')])"
    )
    out = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout
    assert out.strip() == f"{skins.names()} []"
