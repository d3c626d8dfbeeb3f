"""A forged picture and its twin on the page, in a real browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sigh_batch.report.gallery import render_gallery
from tests.browser import opened_page, started_browser
from tests.pictures import draw_chat, draw_forged_chat
from tests.unit.report.test_gallery_browser import FACTS, LIMITS

pytestmark = pytest.mark.browser


def test_a_twin_stands_beside_its_forged_picture_and_in_its_place(tmp_path: Path) -> None:
    samples = [
        draw_chat(0, pair="two", id="clean"),
        replace(draw_forged_chat(0), pair="two", index=1, id="forged"),
        draw_chat(2),
    ]
    path = tmp_path / "twins.html"
    path.write_bytes(render_gallery(FACTS, samples, limits=LIMITS).html)
    with started_browser() as browser, opened_page(browser, path, "#open=forged") as page:
        twin, picture = page.locator("#twin"), page.locator("#sheet-picture")
        expect(twin).to_be_visible()
        expect(page.locator("#twin-caption")).to_have_text("clean · 0")
        left, right = page.locator("#sheet").bounding_box(), twin.bounding_box()
        assert left is not None
        assert right is not None
        assert right["x"] >= left["x"] + left["width"]
        assert (right["y"], right["width"]) == (left["y"], left["width"])
        forged = picture.get_attribute("src")
        page.keyboard.down("x")
        expect(picture).to_have_attribute("src", page.locator("#twin-picture").get_attribute("src") or "")
        page.keyboard.up("x")
        expect(picture).to_have_attribute("src", forged or "")
        page.keyboard.press("t")
        expect(twin).to_be_hidden()
        page.keyboard.press("ArrowRight")
        expect(page.locator("#twin-button")).to_be_hidden()
