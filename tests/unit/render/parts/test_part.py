"""Every part of a message: it keeps to the box that it measured, and notes what it shows."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigh_batch.render.colors import Rgb, contrast, text_on
from sigh_batch.render.page import Page
from sigh_batch.render.parts.card import card_part
from sigh_batch.render.parts.document import document_part
from sigh_batch.render.parts.marks import thread_part, typing_part
from sigh_batch.render.parts.part import Part, Tint, column, narrow
from sigh_batch.render.parts.picture import picture_part
from sigh_batch.render.parts.quote import Quoted, quote_part
from sigh_batch.render.parts.reactions import reactions_part
from sigh_batch.render.parts.style import PartStyle, draw_part_style
from sigh_batch.render.parts.voice import voice_part
from sigh_batch.rng import for_sample
from sigh_batch.scene.conversation import Attachment, Reaction
from sigh_batch.scene.locale import locale
from tests.unit.render.pages import blank_page

TINT = Tint((255, 255, 255), (20, 20, 30), (110, 110, 120), (20, 90, 200))
PICTURE = Attachment(kind="picture", seed=5, shape="tall")
LINK = Attachment(kind="link", title="Minutes of May", host="docs.example.org", description="Edited.", seed=9)
FILE = Attachment(kind="file", title="invoice_12.pdf", size=2_400_000)
VOICE = Attachment(kind="voice", seed=7, seconds=83)
GIVEN = (
    Reaction(emoji="👍", count=3, own=True),
    Reaction(emoji="😂", count=1),
    Reaction(emoji="🙏", count=12),
)
QUOTED = Quoted(
    number=2, person="p1", name="Ana Prado", text="Where?", icon="", hue=(180, 40, 40), attachment=PICTURE
)
Made = Callable[[Page, PartStyle, int], Part]
PARTS: dict[str, tuple[str, Made]] = {
    "quote": ("quote", lambda page, style, width: quote_part(page, style, TINT, QUOTED, width, 4)),
    "reactions": ("reaction", lambda page, style, width: reactions_part(page, style, TINT, GIVEN, width, 4)),
    "card": ("card", lambda page, style, width: card_part(page, style, TINT, LINK, width, 4)),
    "picture": ("picture", lambda page, style, width: picture_part(page, style, PICTURE, width, 4)),
    "voice": ("voice", lambda page, style, width: voice_part(page, style, TINT, VOICE, width, 4)),
    "file": (
        "file",
        lambda page, style, width: document_part(page, style, TINT, locale("de-DE"), FILE, width, 4),
    ),
    "typing": (
        "typing",
        lambda page, style, width: typing_part(page, style, TINT, "Ana is typing…", "p1", width),
    ),
    "thread": ("thread", lambda page, style, width: thread_part(page, TINT, "3 replies", "Today", width, 4)),
}


def style_of(index: int) -> PartStyle:
    """Return some style, of all shapes that there are."""
    return draw_part_style(
        for_sample(2, "style", index),
        quotes=("box", "bar", "line", "outline"),
        reactions=("pills", "capsule", "badge"),
    )


@pytest.mark.parametrize("name", PARTS)
@settings(max_examples=15)
@given(
    st.integers(0, 400),
    st.integers(150, 420),
    st.sampled_from((1.0, 1.5, 2.0, 3.0)),
    st.booleans(),
    st.data(),
)
def test_a_part_keeps_to_its_box(
    name: str, index: int, width: int, scale: float, rtl: bool, data: st.DataObject
) -> None:
    kind, make = PARTS[name]
    page = blank_page(round(460 * scale), round(600 * scale), scale=scale, rtl=rtl)
    part = make(page, style_of(index), page.px(width))
    assert 0 < part.width <= page.px(width) + 1
    full = part.width + data.draw(st.integers(0, 40))
    x, y = page.px(20), page.px(30)
    part.draw(x, y, full, None)
    assert page.elements[0].kind == kind
    left = page.turned(x, full)
    for element in page.elements:
        assert element.x >= left - 1
        assert element.x + element.width <= left + full + 1
        assert element.y >= y - 1
        assert element.y + element.height <= y + part.height + 1
        assert element.message == (None if name == "typing" else 4)
    outside = page.canvas.pixels()
    outside[y - 2 : y + part.height + 2, max(0, int(left) - 2) : int(left) + full + 3] = 255
    assert (outside == 255).all()


def test_parts_say_what_they_show() -> None:
    said = {}
    for name, (_, make) in PARTS.items():
        page = blank_page(400, 400)
        make(page, style_of(3), 300).draw(10, 10, 300, None)
        said[name] = [(element.text, element.value) for element in page.elements]
    assert said["quote"][:2] == [("Where?", "2"), ("Ana Prado", "p1")]
    assert said["reactions"] == [("👍", "3"), ("😂", "1"), ("🙏", "12")]
    assert said["card"][0] == ("Minutes of May", "docs.example.org")
    assert said["voice"][0] == ("1:23", "83")
    assert said["file"][0] == ("invoice_12.pdf", "PDF · 2,4 MB")
    assert said["typing"][0] == ("Ana is typing…", "p1")


def test_long_words_are_cut_in_a_quote_and_a_file() -> None:
    page = blank_page(400, 400)
    long = replace(QUOTED, text="word " * 60, name="N" * 80, attachment=None)
    part = quote_part(page, style_of(1), TINT, long, 200, 4)
    assert part.width <= 200
    file = document_part(page, style_of(1), TINT, locale("en-US"), replace(FILE, title="x" * 90), 200, 4)
    assert file.width <= 200


def test_a_column_stands_below_each_other_and_narrow_keeps_the_width() -> None:
    seen: list[tuple[int, int, int]] = []
    one = Part(30, 10, lambda x, y, width, _: seen.append((x, y, width)))
    two = Part(50, 20, lambda x, y, width, _: seen.append((x, y, width)))
    whole = column([(one, 0), (narrow(two), 5)])
    assert (whole.width, whole.height) == (50, 35)
    whole.draw(3, 4, 90, None)
    assert seen == [(3, 4, 90), (3, 19, 50)]


@given(st.tuples(*[st.integers(0, 255)] * 3), st.tuples(*[st.integers(0, 255)] * 3), st.floats(0.03, 0.12))
def test_text_can_be_read_on_the_fill_of_a_box(ground: Rgb, soft: Rgb, share: float) -> None:
    tint = Tint(ground, text_on(ground, 4.6), soft, (0, 0, 0))
    fill = tint.shade(share)
    assert contrast(tint.text, fill) >= 4.3
    assert contrast(tint.soft_on(fill), fill) >= min(4.5, contrast(tint.text, fill))
