"""The gallery shows every sample with every annotation, stays under its limit, and says what it left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from sigh_batch.data.document import parse_sample, sample_json
from sigh_batch.data.sample import Element, Failure, Sample
from sigh_batch.report.facts import SetFacts
from sigh_batch.report.gallery import Gallery, Limits, render_gallery
from tests.pictures import draw_chat, draw_forged_chat
from tests.unit.report.test_page import HOSTILE, Elements

FACTS = SetFacts(
    url="/data/ds",
    kind="generate",
    config_hash="1a2b3c4d5e6f7788",
    seeds=[7],
    count=300,
    bytes=42_130_000,
    counts={"split": {"train": 240, "test": 60}, "skin": {"sms": 300}},
)
SMALL = Limits(thumb_pixels=2_000, view_pixels=5_000)


def some_samples(count: int) -> list[Sample]:
    return [draw_forged_chat(index) if index % 3 == 1 else draw_chat(index) for index in range(count)]


def data_of(page: Gallery) -> dict[str, Any]:
    (data,) = re.findall(rb'<script type="application/json" id="data">(.*?)</script>', page.html, re.S)
    found = json.loads(data)
    assert isinstance(found, dict)
    return found


def text_of(page: Gallery) -> str:
    said = [text for inside, text in Elements(page.html).texts if inside not in ("script", "style")]
    return " ".join(" ".join(said).split())


@pytest.fixture(scope="module")
def samples() -> Sequence[Sample]:
    return some_samples(7)


@pytest.fixture(scope="module")
def page(samples: Sequence[Sample]) -> Gallery:
    return render_gallery(FACTS, samples, command="sigh generate --out ds", again=lambda s: f"make {s.id}")


def test_every_sample_and_every_element_is_there(page: Gallery, samples: Sequence[Sample]) -> None:
    shown = data_of(page)["samples"]
    assert page.shown == len(shown) == 7
    assert not page.cut
    for told, sample in zip(shown, samples, strict=True):
        assert (told["id"], told["width"], told["height"]) == (sample.id, sample.width, sample.height)
        assert len(told["boxes"]) == len(sample.elements) + len(sample.ops)
        assert {box[5] for box in told["boxes"]} >= {element.text for element in sample.elements}
        assert told["again"] == f"make {sample.id}"
        assert (told["mask"] is not None) == bool(sample.label)
    cards = [
        attributes for tag, attributes in Elements(page.html).tags if attributes.get("class") == "picture"
    ]
    assert [card["aria-label"] for card in cards] == [
        f"Open sample {s.index}: {('clean', 'forged')[s.label]}, {s.skin}, {s.theme}, {s.locale}"
        for s in samples
    ]


def test_what_is_stored_shows_like_what_was_made(samples: Sequence[Sample], page: Gallery) -> None:
    stored = [parse_sample(sample_json(sample, "0"), sample.image, sample.mask) for sample in samples]
    again = render_gallery(FACTS, stored, command="sigh generate --out ds", again=lambda s: f"make {s.id}")
    assert again.html == page.html


def test_the_filters_count_this_page_and_the_tables_the_whole_set(page: Gallery) -> None:
    text = text_of(page)
    assert "Samples 300 On this page 7 Pictures 42.1 MB Seed 7 Config hash 1a2b3c4d5e6f" in text
    assert "Split train 240 80 % test 60 20 %" in text
    assert "All train (4) validation (2) test (1)" in text
    assert "All clean (5) forged (2)" in text
    assert "Operation All text_replace (2)" in text
    assert "Benign" not in text
    assert "7 of 300 samples are here; the tables above count all of them." in text


def test_a_column_of_many_values_goes_on_beside_itself_and_says_how_many_are_left() -> None:
    counts = {"locale": {f"l{number:02d}": 100 - number for number in range(15)}}
    text = text_of(render_gallery(replace(FACTS, counts=counts), []))
    assert "Locale l00 100 33" in text
    assert "l05 95 32 % Locale, continued l06 94 31" in text
    assert "l11 89 30 % and 3 more" in text
    assert "l12" not in text


def test_nothing_comes_from_outside(page: Gallery) -> None:
    found = Elements(page.html)
    assert len(found.tags) > 100
    for tag, attributes in found.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            if name in attributes and tag != "object":
                assert str(attributes[name]).startswith(("data:image/", "#")), (tag, name)
    text = page.html.decode()
    assert "unsafe" not in text
    assert not re.findall(r"https?://|url\(|@import|\bfetch\(|XMLHttpRequest|WebSocket|innerHTML", text)


def test_ids_are_unique_and_labels_lead_somewhere(page: Gallery) -> None:
    tags = Elements(page.html).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids)) > 20
    aimed = [attributes["aria-labelledby"] for _, attributes in tags if "aria-labelledby" in attributes]
    assert len(aimed) >= 5
    assert set(aimed) <= set(ids)


def test_style_and_script_are_small(page: Gallery) -> None:
    empty = render_gallery(FACTS, [])
    (script,) = re.findall(rb"<script>(.*?)</script>", page.html, re.S)
    assert len(script) < 25_000
    assert len(empty.html) < 50_000


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_strings_are_only_strings(hostile: str) -> None:
    sample = draw_chat(
        1,
        id=hostile,
        group=hostile,
        skin=hostile,
        locale=hostile,
        elements=(Element(hostile, 0, 0, 9, 9, hostile, hostile),),
        drawn={hostile: hostile},
    )
    failure = Failure(id=hostile, index=3, seed=7, stage="generate", code=hostile, message=hostile)
    facts = SetFacts(
        url=f"/data/{hostile}",
        kind=hostile,
        config_hash=hostile,
        seeds=[7],
        count=1,
        failed=1,
        bytes=1,
        counts={"skin": {hostile: 1}},
        failures=[failure],
    )
    tame = SetFacts(
        url="/data/x",
        kind="x",
        config_hash="x",
        seeds=[7],
        count=1,
        failed=1,
        bytes=1,
        counts={"skin": {"x": 1}},
        failures=[failure],
    )
    page = render_gallery(facts, [sample], command=hostile, again=lambda _: hostile)
    calm = render_gallery(tame, [draw_chat(1, elements=(Element("x", 0, 0, 9, 9),))], command="x")
    assert [tag for tag, _ in Elements(page.html).tags] == [tag for tag, _ in Elements(calm.html).tags]
    told = data_of(page)["samples"][0]
    assert told["id"] == told["again"] == told["boxes"][0][0] == told["boxes"][0][5] == hostile


@pytest.mark.parametrize("room", [60_000, 100_000, 200_000])
def test_the_page_stays_under_its_limit_and_says_that_it_was_cut(room: int) -> None:
    limits = Limits(page_bytes=room, thumb_pixels=2_000, view_pixels=5_000)
    taken: list[int] = []

    def feed() -> Iterator[Sample]:
        for index in range(60):
            taken.append(index)
            yield draw_forged_chat(index)

    page = render_gallery(FACTS, feed(), limits=limits)
    assert page.cut
    assert 0 < page.shown < 60
    assert len(taken) == page.shown + 1
    assert room * 0.7 < len(page.html) <= room
    said = {60_000: "60.0 kB", 100_000: "100.0 kB", 200_000: "200.0 kB"}[room]
    assert f"Cut: {page.shown} of 300 samples are here, because the page is kept under {said}." in text_of(
        page
    )


def test_a_page_that_shows_all_claims_no_cut() -> None:
    facts = SetFacts(
        url="ds", kind="generate", config_hash="0", seeds=[1, 2, 3, 4], count=2, bytes=9, counts={}
    )
    text = text_of(render_gallery(facts, some_samples(2), limits=SMALL))
    assert "samples are here" not in text
    assert "Seeds 1, 2, 3\u2026" in text


def test_a_picture_that_cannot_be_decoded_has_its_place_and_the_reason() -> None:
    page = render_gallery(FACTS, [draw_chat(0), draw_chat(1, image=b"torn"), draw_chat(2)], limits=SMALL)
    assert page.shown == 3
    assert "the picture is no PNG, JPEG or WebP (4 bytes)" in text_of(page)
    assert [told["view"] is None for told in data_of(page)["samples"]] == [False, True, False]


def test_failed_samples_are_listed_with_their_reasons() -> None:
    torn = [
        Failure(id=f"{n}", index=n, seed=7, stage="generate", code="draw_failed", message=f"reason {n}")
        for n in range(3)
    ]
    facts = SetFacts(
        url="ds",
        kind="generate",
        config_hash="0",
        seeds=[7],
        count=0,
        failed=80,
        bytes=0,
        counts={},
        failures=torn,
    )
    text = text_of(render_gallery(facts, []))
    assert "Failed 80" in text
    for number in range(3):
        assert f"{number} draw_failed reason {number}" in text
    assert "and 77 more" in text


def test_the_same_samples_make_the_same_page() -> None:
    first, second = (render_gallery(FACTS, some_samples(3), limits=SMALL) for _ in range(2))
    assert first.html == second.html
