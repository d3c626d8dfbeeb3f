"""The gallery in a real browser, opened from a file: mouse, keyboard, touch, light, dark, print."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Page, expect

from sigh_batch.data.sample import Element
from sigh_batch.report.facts import SetFacts
from sigh_batch.report.gallery import Limits, render_gallery
from tests.browser import opened_page, started_browser
from tests.pictures import draw_chat, draw_forged_chat
from tests.unit.report.test_page import HOSTILE

pytestmark = pytest.mark.browser

FACTS = SetFacts(
    url="/data/ds",
    kind="generate",
    config_hash="1a2b3c4d5e6f7788",
    seeds=[7],
    count=300,
    bytes=42_130_000,
    counts={"split": {"train": 240, "test": 60}, "skin": {"sms": 150, "server": 100, "bubbles": 50}},
)
LIMITS = Limits(thumb_pixels=40_000, view_pixels=160_000)
COUNT = 12


class Opener(Protocol):
    """Opens the gallery."""

    def __call__(self, fragment: str = "", **context: Any) -> AbstractContextManager[Page]: ...


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started_browser() as started:
        yield started


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("a set") / "index.html"
    samples = [draw_forged_chat(index) if index % 4 == 3 else draw_chat(index) for index in range(COUNT)]
    page = render_gallery(FACTS, samples, again=lambda s: f"sigh again {s.index}", limits=LIMITS)
    path.write_bytes(page.html)
    return path


@pytest.fixture
def open_gallery(browser: Browser, gallery: Path) -> Opener:
    def opener(fragment: str = "", **context: Any) -> AbstractContextManager[Page]:
        return opened_page(browser, gallery, fragment, **context)

    return opener


def focused_card(page: Page) -> int:
    return int(page.evaluate("[...document.querySelectorAll('.picture')].indexOf(document.activeElement)"))


def test_all_pictures_and_their_boxes_are_drawn(open_gallery: Opener) -> None:
    with open_gallery() as page:
        expect(page.locator(".card:visible")).to_have_count(COUNT)
        sizes = page.eval_on_selector_all(".picture img:not(.mask)", "all => all.map(i => i.naturalWidth)")
        assert len(sizes) == COUNT
        assert min(sizes) > 100
        assert page.locator(".mask:visible").count() == COUNT // 4
        messages = page.locator('.card path[data-kind="message"]').first.get_attribute("d") or ""
        assert messages.count("M") == sum(element.kind == "message" for element in draw_chat(0).elements)


def test_boxes_lie_over_what_they_name(open_gallery: Opener) -> None:
    with open_gallery() as page:
        card = page.locator(".card").nth(1)
        picture, path = (
            card.locator(".picture").bounding_box(),
            card.locator('path[data-kind="header"]').bounding_box(),
        )
        assert picture
        assert path
        assert path["x"] == pytest.approx(picture["x"], abs=1.5)
        assert path["width"] == pytest.approx(picture["width"], abs=2.5)
        assert path["height"] == pytest.approx(picture["height"] * 52 / 760, abs=2.5)


def test_the_pointer_finds_the_smallest_visible_box(open_gallery: Opener) -> None:
    sample = draw_chat(1)
    text = next(element for element in sample.elements if element.kind == "text")
    with open_gallery(viewport={"width": 1300, "height": 1600}) as page:
        page.locator(".card").nth(1).scroll_into_view_if_needed()
        box = page.locator(".card .picture").nth(1).bounding_box()
        assert box
        scale = box["width"] / sample.width
        x, y = box["x"] + (text.x + 5) * scale, box["y"] + (text.y + 5) * scale
        page.mouse.move(x, y)
        expect(page.locator("#tip")).to_have_text(f"text{text.text}")
        page.locator('#kinds [data-kind="text"]').click()
        page.mouse.move(x, y + 1)
        expect(page.locator("#tip")).to_have_text(f"message{text.text}")
        page.keyboard.press("b")
        page.mouse.move(x, y)
        expect(page.locator("#tip")).to_be_hidden()


def test_kinds_are_switched_off_and_on(open_gallery: Opener) -> None:
    with open_gallery() as page:
        chip = page.locator('#kinds [data-kind="word"]')
        words = page.locator('.card path[data-kind="word"]').first
        expect(chip).to_have_attribute("aria-pressed", "false")
        expect(words).to_be_hidden()
        chip.click()
        expect(chip).to_have_attribute("aria-pressed", "true")
        expect(words).to_be_visible()
        page.keyboard.press("b")
        expect(words).to_be_hidden()
        page.keyboard.press("m")
        expect(page.locator(".card .mask").first).to_be_hidden()
        assert page.evaluate("location.hash").endswith("&boxes=off&masks=off")


def test_filters_narrow_the_grid_and_count_live(open_gallery: Opener) -> None:
    with open_gallery() as page:
        expect(page.locator("#live")).to_have_text("12 of 12")
        page.select_option("[name=theme]", "dark")
        expect(page.locator("#live")).to_have_text("6 of 12")
        expect(page.locator("[name=label]")).to_contain_text("forged (3)")
        expect(page.locator("[name=theme]")).to_contain_text("light (6)")
        page.select_option("[name=label]", "forged")
        page.select_option("[name=skin]", "sms")
        expect(page.locator(".card:visible")).to_have_count(1)
        expect(page.locator("[name=skin]")).to_contain_text("server (1)")
        page.select_option("[name=label]", "clean")
        page.select_option("[name=operation]", "text_replace")
        expect(page.locator("#nothing")).to_be_visible()
        page.locator("#nothing-reset").click()
        expect(page.locator("#live")).to_have_text("12 of 12")
        expect(page.locator("#clear")).to_be_hidden()


def test_text_on_the_pictures_is_found(open_gallery: Opener) -> None:
    with open_gallery() as page:
        page.keyboard.press("/")
        page.keyboard.type("chat 11")
        expect(page.locator("#live")).to_have_text("1 of 12")
        page.fill("[name=find]", "\u0643\u064a\u0641")
        expect(page.locator("#live")).to_have_text("12 of 12")


def test_the_address_holds_the_view(open_gallery: Opener) -> None:
    with open_gallery() as page:
        page.select_option("[name=skin]", "server")
        page.locator('#kinds [data-kind="bubble"]').click()
        page.locator(".card:visible .picture").nth(1).click()
        page.locator("#opacity").fill("40")
        address = page.evaluate("location.hash")
    with open_gallery(address) as page:
        expect(page.locator("#viewer-title")).to_have_text("Sample 4")
        expect(page.locator("#viewer-place")).to_have_text(
            "clean \u00b7 server \u00b7 light \u00b7 ar-EG \u00b7 2 of 4"
        )
        assert page.input_value("#opacity") == "40"
        expect(page.locator('#viewer-kinds [data-kind="bubble"]')).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("Escape")
        expect(page.locator("#live")).to_have_text("4 of 12")
        page.evaluate("location.hash = '#skin=sms'")
        expect(page.locator(".card:visible .caption b")).to_have_text(["0", "3", "6", "9"])


@pytest.mark.parametrize(
    "fragment", ["#skin=none&kinds=x,,&opacity=-1e9&open=../..", "#%E0%A4%A", "#opacity=999"]
)
def test_a_strange_address_does_no_harm(open_gallery: Opener, fragment: str) -> None:
    with open_gallery(fragment) as page:
        expect(page.locator("#live")).to_have_text("12 of 12")
        expect(page.locator("#viewer")).to_be_hidden()
        assert int(page.input_value("#opacity")) in (90, 100)


def test_the_keyboard_reaches_everything(open_gallery: Opener) -> None:
    with open_gallery() as page:
        page.keyboard.press("ArrowRight")
        assert focused_card(page) == 0
        page.keyboard.press("ArrowRight")
        assert focused_card(page) == 1
        page.keyboard.press("ArrowDown")
        below = focused_card(page)
        assert below > 2
        page.keyboard.press("ArrowUp")
        assert focused_card(page) < below
        page.keyboard.press("Enter")
        title = page.locator("#viewer-title")
        opened = int(title.inner_text().removeprefix("Sample "))
        page.keyboard.press("ArrowRight")
        expect(title).to_have_text(f"Sample {opened + 1}")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        expect(page.locator("[aria-selected=true]")).to_have_count(1)
        expect(page.locator("#sheet .hot")).to_have_count(1)
        page.keyboard.press("?")
        expect(page.locator("#help")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#help")).to_be_hidden()
        expect(page.locator("#viewer")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#viewer")).to_be_hidden()
        expect(page.locator(".picture").nth(opened + 1)).to_be_focused()


def test_next_and_previous_end_where_the_list_ends(open_gallery: Opener) -> None:
    with open_gallery("#skin=sms") as page:
        page.locator(".card:visible .picture").first.click()
        expect(page.locator("[data-do=previous]")).to_be_disabled()
        for number in (3, 6, 9, 9):
            page.keyboard.press("ArrowRight")
            expect(page.locator("#viewer-title")).to_have_text(f"Sample {number}")
        expect(page.locator("[data-do=next]")).to_be_disabled()


def test_the_opened_picture_zooms_about_the_middle_and_back(open_gallery: Opener) -> None:
    with open_gallery("#open=00000001", viewport={"width": 1200, "height": 800}) as page:
        width = "document.querySelector('#sheet').clientWidth"
        fitting = page.evaluate(width)
        stage = page.locator("#stage").bounding_box()
        assert stage
        assert 0.8 * stage["width"] < fitting < stage["width"]
        page.keyboard.press("1")
        assert page.evaluate(width) == 1120
        expect(page.locator("#zoom")).to_have_text("100 %")
        page.keyboard.press("+")
        assert page.evaluate(width) == 1400
        scroll = page.evaluate("(s => s.scrollLeft + s.clientWidth / 2)(document.querySelector('#stage'))")
        assert scroll == pytest.approx(20 + 700, abs=12)
        page.keyboard.press("0")
        assert page.evaluate(width) == fitting
        page.locator("#sheet").dblclick()
        assert page.evaluate(width) > fitting


def test_a_zoomed_picture_is_dragged_and_a_click_picks_what_is_under_it(open_gallery: Opener) -> None:
    text = next(element for element in draw_chat(1).elements if element.kind == "text")
    with open_gallery("#open=00000001", viewport={"width": 900, "height": 700}) as page:
        page.keyboard.press("1")
        page.evaluate("document.querySelector('#stage').scrollTo(300, 100)")
        page.mouse.move(300, 300)
        page.mouse.down()
        page.mouse.move(420, 340, steps=4)
        page.mouse.up()
        assert page.evaluate("(s => [s.scrollLeft, s.scrollTop])(document.querySelector('#stage'))") == [
            180,
            60,
        ]
        expect(page.locator("[aria-selected=true]")).to_have_count(0)
        page.evaluate("document.querySelector('#stage').scrollTo(0, 0)")
        page.locator("#sheet").click(position={"x": text.x + 4, "y": text.y + 4})
        expect(page.locator("[aria-selected=true]")).to_have_text(f"text{text.text}")


def test_the_opened_view_says_all_that_is_known(open_gallery: Opener) -> None:
    with open_gallery("#open=00000003") as page:
        facts = page.locator("#facts").inner_text()
        for said in (
            "00000003",
            "pair-3",
            "sha256",
            "text_replace",
            "careful",
            "edging",
            "860 \u00d7 1864 px",
        ):
            assert said in facts
        expect(page.locator("#again-command")).to_have_text("sigh again 3")
        rows = page.locator("#elements li")
        expect(rows).to_have_count(sum(e.kind not in ("bubble", "word") for e in draw_chat(3).elements) + 1)
        arabic = page.locator("#elements li span", has_text="\u0643\u064a\u0641").first
        assert arabic.evaluate("node => getComputedStyle(node).direction") == "rtl"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast_in_both_themes(open_gallery: Opener, scheme: str) -> None:
    with open_gallery(color_scheme=scheme) as page:
        ratios = page.evaluate(CONTRAST)
        assert len(ratios) > 40
        assert {text: ratio for text, ratio in ratios if ratio < 4.5} == {}
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(19, 21, 23)") == (scheme == "dark")
        page.locator(".picture").first.click()
        page.keyboard.press("ArrowDown")
        ratios = page.evaluate(CONTRAST)
        assert len(ratios) > 80
        assert {text: ratio for text, ratio in ratios if ratio < 4.5} == {}


CONTRAST = """() => {
  const parse = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => parse(colour).slice(0, 3).map(v => v / 255)
    .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const solid = colour => { const c = parse(colour); return c.length < 4 || c[3] === 1; };
  const ground = node => {
    while (node && !solid(getComputedStyle(node).backgroundColor)) node = node.parentElement;
    return node ? getComputedStyle(node).backgroundColor : 'rgb(255, 255, 255)'; };
  const found = [];
  for (const node of document.querySelectorAll('body *')) {
    const text = [...node.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
    if (!text || !node.checkVisibility({opacityProperty: true}) || node.closest('script')) continue;
    const [one, two] = [light(getComputedStyle(node).color), light(ground(node))].sort((a, b) => b - a);
    found.push([text.slice(0, 40), (one + .05) / (two + .05)]);
  }
  return found;
}"""


def test_a_phone_shows_it_without_scrolling_sideways(open_gallery: Opener) -> None:
    with open_gallery(viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        page.locator(".picture").nth(1).tap()
        assert page.evaluate("document.querySelector('#viewer').scrollWidth") == 375
        page.locator("[data-do=next]").tap()
        expect(page.locator("#viewer-title")).to_have_text("Sample 2")
        page.locator("[data-do=close]").tap()
        expect(page.locator("#viewer")).to_be_hidden()


def test_it_prints_pictures_and_tables_without_controls(open_gallery: Opener) -> None:
    with open_gallery("#skin=sms", color_scheme="dark") as page:
        page.emulate_media(media="print")
        expect(page.locator("#bar")).to_be_hidden()
        expect(page.locator(".card:visible")).to_have_count(4)
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        assert len(page.pdf()) > 20_000


def test_without_scripts_the_pictures_are_there(open_gallery: Opener) -> None:
    with open_gallery(java_script_enabled=False) as page:
        expect(page.locator(".card img:visible")).to_have_count(COUNT)
        expect(page.locator("noscript p")).to_be_visible()


def test_hostile_names_and_strings_are_inert(browser: Browser, tmp_path: Path) -> None:
    samples = [
        draw_chat(
            number,
            id=hostile,
            skin=hostile,
            locale=hostile,
            elements=(Element(hostile, 0, 0, 400, 400, hostile, hostile),),
            drawn={hostile: hostile},
        )
        for number, hostile in enumerate(HOSTILE)
    ]
    path = tmp_path / "#%3Fodd '\"<name>.html"
    path.write_bytes(render_gallery(FACTS, samples, command=HOSTILE[0], limits=LIMITS).html)
    with opened_page(browser, path) as page:
        for hostile in HOSTILE:
            page.select_option("[name=skin]", hostile)
            page.locator(".card:visible .picture").click()
            assert page.locator("#elements span").first.text_content() == hostile
            page.keyboard.press("Escape")
        assert page.title() == "ds \u00b7 sigh-batch gallery"
        assert page.locator("img:not(.picture img, #sheet img, #twin img)").count() == 0


def test_a_page_without_samples_opens(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    path.write_bytes(render_gallery(FACTS, []).html)
    with opened_page(browser, path) as page:
        expect(page.locator("#live")).to_have_text("0 of 0")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("b")
        expect(page.locator("#nothing")).to_be_hidden()


def test_a_picture_that_cannot_be_decoded_opens_too(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    path.write_bytes(render_gallery(FACTS, [draw_chat(0), draw_chat(1, image=b"torn")], limits=LIMITS).html)
    with opened_page(browser, path, "#open=00000000") as page:
        page.keyboard.press("ArrowRight")
        expect(page.locator("#sheet-problem")).to_have_text("the picture is no PNG, JPEG or WebP (4 bytes)")
        expect(page.locator("#sheet")).to_be_hidden()
        page.keyboard.press("ArrowLeft")
        expect(page.locator("#sheet")).to_be_visible()
