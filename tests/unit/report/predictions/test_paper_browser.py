"""The report in a real browser, opened from a file: thresholds, pictures, keyboard, phone, dark, print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sigh_batch.report.predictions.write import Asked, write_report
from sigh_batch.store.local import LocalStore
from tests.browser import opened_page, started_browser
from tests.scored import (
    PICTURES,
    Row,
    make_evaluation,
    make_failed,
    make_joined,
    make_row,
    verdict_of,
    with_truth,
    write_evaluation,
    write_predictions,
)
from tests.unit.report.test_gallery_browser import CONTRAST, Opener
from tests.unit.report.test_page import HOSTILE

pytestmark = pytest.mark.browser

COUNT = 24
TITLES = {"flagged": "Looks edited", "uncertain": "Undecided", "clean": "No traces found"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started_browser() as started:
        yield started


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Row]]:
    store = LocalStore(tmp_path_factory.mktemp("a batch"))
    rows = [*make_joined(COUNT), make_failed(COUNT, model_id=None)]
    write_predictions(store, rows)
    write_evaluation(store, make_evaluation())
    write_report(Asked(url=store.url, pictures=f"{store.url}/{PICTURES}", command="sigh report ."))
    return Path(store.url) / "report" / "index.html", [row for row in rows if row["model_id"] is None]


@pytest.fixture
def open_report(browser: Browser, written: tuple[Path, list[Row]]) -> Opener:
    def opener(fragment: str = "", **context: Any) -> AbstractContextManager[Page]:
        return opened_page(browser, written[0], fragment, **context)

    return opener


def scored(written: tuple[Path, list[Row]]) -> list[Row]:
    return [row for row in written[1] if row["verdict"] != "error"]


def cells(page: Page) -> dict[tuple[str, str], int]:
    """Return the confusion matrix as the page shows it."""
    found = page.eval_on_selector_all("[data-cell]", "all => all.map(b => [b.dataset.cell, b.textContent])")
    return {(cell.split(" ")[0], cell.split(" ")[1]): int(text) for cell, text in found}


def told(rows: list[Row], low: float, high: float) -> dict[tuple[str, str], int]:
    """Return the confusion matrix that thresholds give these rows."""
    counts: Counter[tuple[str, str]] = Counter(
        {(label, name): 0 for label in ("forged", "clean") for name in TITLES}
    )
    for row in rows:
        score = row["p_tampered"]
        verdict = "flagged" if score >= high else "clean" if score < low else "uncertain"
        counts[row["label_true"], verdict] += 1
    return dict(counts)


def test_counts_follow_the_thresholds_by_keys_and_by_dragging(
    open_report: Opener, written: tuple[Path, list[Row]]
) -> None:
    rows = scored(written)
    with open_report() as page:
        assert cells(page) == told(rows, 0.25, 0.75)
        high = page.locator(".handle").nth(1)
        high.focus()
        for key in ("PageDown", "PageDown", "ArrowLeft"):
            page.keyboard.press(key)
        value = float(high.get_attribute("aria-valuenow") or 0)
        assert value == pytest.approx(0.729, abs=0.002)
        assert cells(page) == told(rows, 0.25, value)
        page.keyboard.press("Home")
        assert cells(page) == told(rows, 0, 0)
        expect(page.locator("#band-reset")).to_be_visible()
        page.locator("#band-reset").click()
        assert cells(page) == told(rows, 0.25, 0.75)
        box = page.locator("#histogram").bounding_box()
        assert box
        page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2, steps=5)
        page.mouse.up()
        low = float(page.locator(".handle").first.get_attribute("aria-valuenow") or 0)
        assert low == pytest.approx(0.5, abs=0.01)
        assert cells(page) == told(rows, low, 0.75)
        badges = Counter(page.locator(".card .badge").all_inner_texts())
        live = Counter(
            TITLES[name] for (_, name), count in told(rows, low, 0.75).items() for _ in range(count)
        )
        assert badges == live
        address = page.evaluate("location.hash")
    with open_report(address) as page:
        assert cells(page) == told(rows, low, 0.75)


def test_a_cell_of_the_confusion_shows_its_pictures(
    open_report: Opener, written: tuple[Path, list[Row]]
) -> None:
    rows = scored(written)
    expected = told(rows, 0.25, 0.75)
    with open_report() as page:
        for label, verdict in (("forged", "flagged"), ("clean", "clean"), ("forged", "uncertain")):
            page.locator(f'[data-cell="{label} {verdict}"]').click()
            expect(page.locator(".card:visible")).to_have_count(expected[label, verdict])
            expect(page.locator("#live")).to_have_text(f"{expected[label, verdict]} of {COUNT}")
        page.locator('[data-verdict="flagged"]').click()
        flagged = sum(verdict_of(row["p_tampered"]) == "flagged" for row in rows)
        expect(page.locator(".card:visible")).to_have_count(flagged)


def test_pictures_are_ordered_found_and_looked_at(
    open_report: Opener, written: tuple[Path, list[Row]]
) -> None:
    by_score = sorted(scored(written), key=lambda row: -row["p_tampered"])
    names = ".card:visible .look"
    with open_report() as page:
        shown = [name.strip() for name in page.locator(names).all_text_contents()]
        assert shown == [row["path"].rpartition("/")[2] for row in by_score]
        page.select_option("[name=sort]", "low")
        assert page.locator(names).first.text_content() == shown[-1]
        page.keyboard.press("Escape")
        page.locator("body").click(position={"x": 2, "y": 2})
        page.keyboard.press("/")
        page.keyboard.type("chat 0007")
        expect(page.locator("#live")).to_have_text(f"1 of {COUNT}")
        page.locator("#clear").click()
        expect(page.locator("#live")).to_have_text(f"{COUNT} of {COUNT}")
        expect(page.locator(".picture .map:visible").first).to_be_visible()
        page.locator("body").click(position={"x": 2, "y": 2})
        page.keyboard.press("o")
        expect(page.locator(".picture .map:visible")).to_have_count(0)
        page.keyboard.press("b")
        blurred = "getComputedStyle(document.querySelector('.picture img')).filter"
        assert "blur" in page.evaluate(blurred)
        page.keyboard.press("g")
        assert "grayscale" in page.evaluate(blurred)
        page.keyboard.press("x")
        expect(page.locator(".picture .boxes:visible")).to_have_count(0)
        assert page.evaluate("location.hash") == "#map=off&boxes=off&blur=on&grey=on"


def test_the_keyboard_reaches_everything(open_report: Opener, written: tuple[Path, list[Row]]) -> None:
    by_score = sorted(scored(written), key=lambda row: -row["p_tampered"])
    title = "#viewer-title"
    with open_report() as page:
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        expect(page.locator(title)).to_have_text(by_score[1]["path"].rpartition("/")[2])
        page.keyboard.press("ArrowRight")
        expect(page.locator(title)).to_have_text(by_score[2]["path"].rpartition("/")[2])
        expect(page.locator("#viewer-badge span")).to_have_text(TITLES[by_score[2]["verdict"]])
        facts = page.locator("#facts").inner_text()
        for said in (by_score[2]["sha256"], "Painter 7", "manifest", by_score[2]["path"]):
            assert said in facts
        expect(page.locator("#others tr")).to_have_count(2)
        page.keyboard.press("[")
        assert page.input_value("#viewer-opacity") == "55"
        page.keyboard.press("?")
        expect(page.locator("#help")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#help")).to_be_hidden()
        expect(page.locator("#viewer")).to_be_visible()
        address = page.evaluate("location.hash")
        page.keyboard.press("Escape")
        expect(page.locator("#viewer")).to_be_hidden()
        focused = page.evaluate("document.activeElement.closest('.card').querySelector('.look').title")
        assert focused == by_score[2]["path"]
    with open_report(address) as page:
        expect(page.locator(title)).to_have_text(by_score[2]["path"].rpartition("/")[2])


def test_the_opened_picture_has_its_map_and_boxes_over_it(open_report: Opener) -> None:
    with open_report() as page:
        page.locator(".picture").first.click()
        sheet = page.locator("#sheet").bounding_box()
        over = page.locator("#sheet-map").bounding_box()
        assert over == sheet
        box = page.locator("#sheet .boxes rect").bounding_box()
        width = page.evaluate("document.querySelector('#sheet .boxes').viewBox.baseVal.width")
        assert sheet
        assert box
        scale = sheet["width"] / width
        assert box["x"] - sheet["x"] == pytest.approx(40 * scale, abs=1.5)
        assert box["width"] == pytest.approx(200 * scale, abs=2.5)


def test_a_line_goes_round_what_was_truly_changed(browser: Browser, tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    rows = [make_row(number) for number in range(8)]
    write_predictions(store, [*rows[:6], *map(with_truth, rows[6:])])
    write_report(Asked(url=store.url, pictures=f"{store.url}/{PICTURES}"))
    with opened_page(browser, tmp_path / "report" / "index.html") as page:
        page.locator("#show-masks").click()
        expect(page.locator(".card:visible")).to_have_count(2)
        expect(page.locator(".picture .truth:visible")).to_have_count(2)
        page.locator(".card:visible .picture").first.click()
        assert page.locator("#sheet-truth").bounding_box() == page.locator("#sheet").bounding_box()
        page.keyboard.press("t")
        expect(page.locator("#sheet-truth")).to_be_hidden()
        assert "truth=off" in page.evaluate("location.hash")
        page.keyboard.press("Escape")
        page.locator("#clear").click()
        expect(page.locator(".card:visible")).to_have_count(8)


def test_drawings_and_slices_of_an_evaluation(open_report: Opener) -> None:
    with open_report() as page:
        for drawn in ("#roc .line", "#reliability .dot", "#curves svg .line", "svg.pair .cell"):
            assert page.locator(drawn).count(), drawn
        parts = page.locator("#slices tbody th")
        assert parts.all_text_contents() == ["cover", "ar_EG", "splice"]
        page.locator('#slices [data-sort="auc"]').click()
        assert parts.all_text_contents() == ["splice", "ar_EG", "cover"]
        page.locator('#slices [data-sort="fpr"]').click()
        assert parts.all_text_contents() == ["cover", "ar_EG", "splice"]
        page.select_option("#slice-by", "locale")
        expect(page.locator("#slices tbody tr:visible")).to_have_count(1)
        page.locator(".ways a", has_text="Limits").click()
        assert page.evaluate("location.hash") in ("", "#")


@pytest.mark.parametrize(
    "fragment", ["#band=9~-1&verdict=none&sort=x&opacity=-1e9&open=../..", "#%E0%A4%A", "#band=a~b&log=maybe"]
)
def test_a_strange_address_does_no_harm(open_report: Opener, fragment: str) -> None:
    with open_report(fragment) as page:
        expect(page.locator("#live")).to_have_text(f"{COUNT} of {COUNT}")
        expect(page.locator("#viewer")).to_be_hidden()
        expect(page.locator("#band-reset")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast_in_both_themes(open_report: Opener, scheme: str) -> None:
    other = {"light": "dark", "dark": "light"}[scheme]
    with open_report(color_scheme=other) as page:
        page.locator("#theme").click()
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == scheme
        ratios = page.evaluate(CONTRAST)
        assert len(ratios) > 120
        assert {text: ratio for text, ratio in ratios if ratio < 4.5} == {}
        page.locator(".picture").first.click()
        ratios = page.evaluate(CONTRAST)
        assert {text: ratio for text, ratio in ratios if ratio < 4.5} == {}


def test_a_phone_shows_it_without_scrolling_sideways(open_report: Opener) -> None:
    with open_report(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.locator(".picture").nth(1).tap()
        assert page.evaluate("document.querySelector('#viewer').scrollWidth") == 390
        page.locator("[data-do=close]").tap()
        expect(page.locator("#viewer")).to_be_hidden()


def test_it_prints_and_an_open_picture_prints_alone(open_report: Opener) -> None:
    with open_report(color_scheme="dark") as page:
        page.emulate_media(media="print")
        expect(page.locator("#bar")).to_be_hidden()
        expect(page.locator("#lead")).to_be_visible()
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        page.emulate_media(media="screen")
        page.locator(".picture").first.click()
        page.emulate_media(media="print")
        expect(page.locator("#lead")).to_be_hidden()
        expect(page.locator("#facts")).to_be_visible()
        assert len(page.pdf()) > 20_000


def test_without_scripts_the_verdicts_and_pictures_are_there(open_report: Opener) -> None:
    with open_report(java_script_enabled=False) as page:
        expect(page.locator(".card img:visible")).to_have_count(COUNT)
        expect(page.locator("#lead")).to_be_visible()
        expect(page.locator("noscript p")).to_be_visible()


def test_hostile_names_are_inert(browser: Browser, tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "#%3Fodd '\"<name>")
    rows = [
        make_row(number, path=f"{number}{hostile}", model_id=HOSTILE[0], software_tag=hostile, split=hostile)
        for number, hostile in enumerate(HOSTILE)
    ]
    write_predictions(
        store, [*rows, make_failed(7, path=HOSTILE[0], error_message=HOSTILE[4])], pictures=False
    )
    write_report(Asked(url=store.url, command=HOSTILE[0]))
    with opened_page(browser, Path(store.url) / "report" / "index.html") as page:
        for _ in HOSTILE:
            page.locator(".card:visible .picture").first.click()
            page.keyboard.press("Escape")
        page.locator(".picture").first.click()
        for _ in range(len(HOSTILE) - 1):
            page.keyboard.press("ArrowRight")
            expect(page.locator("#sheet-problem")).to_be_visible()
        assert "broken" not in page.title()


def test_more_pictures_come_when_asked_for(browser: Browser, tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    write_predictions(store, [make_row(number) for number in range(70)])
    write_report(Asked(url=store.url, pictures=f"{store.url}/{PICTURES}"))
    with opened_page(browser, tmp_path / "report" / "index.html") as page:
        expect(page.locator(".card:visible")).to_have_count(60)
        page.locator("#more").click()
        expect(page.locator(".card:visible")).to_have_count(70)
        expect(page.locator("#more")).to_be_hidden()


def test_a_folder_opens_from_the_disk(browser: Browser, tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    write_predictions(store, [make_row(number) for number in range(4)])
    write_report(Asked(url=store.url, pictures=f"{store.url}/{PICTURES}", layout="dir"))
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text))
        page.on("requestfailed", lambda request: problems.append(request.url))
        page.goto((tmp_path / "report" / "index.html").as_uri())
        page.wait_for_function(
            "[...document.querySelectorAll('.picture img')].every(i => i.naturalWidth > 0)"
        )
        assert not problems
