"""The page of a study."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sigh_batch.errors import NotFound
from sigh_batch.report.tune import render_study, write_tune_page
from sigh_batch.store.memory import MemoryStore
from tests.browser import opened_page, started_browser
from tests.studies import study_document

SECTIONS = ("How it went", "Setting by setting", "Two settings at a time", "All settings together", "Trials")
PLOTS = ("History", "How many trials reach what", "How trials went", "train.lr and train.optimiser")


def whole_study(**told: Any) -> dict[str, Any]:
    return study_document(9, importances={"auc": {"train.lr": 0.75, "train.optimiser": 0.25}}, **told)


def test_the_page_shows_everything_of_a_study() -> None:
    page = render_study(whole_study()).decode()
    for title in (*SECTIONS, *PLOTS, "What matters"):
        assert f">{title}<" in page, title
    assert "Trial 8 is the best: auc 0.74. The settings as they were reach 0.5" in page
    assert "sigh train --from-tune ./study --data ./forged --out ./model" in page
    assert page.count('<tr><th scope="row">') == 9
    assert "node-7" in page
    assert "<script>" not in page.partition("</style>")[2].partition("<body")[0]


def test_a_study_of_several_objectives_and_a_grid_has_their_parts() -> None:
    rows = whole_study()["trials"]
    for row in rows:
        row["values"]["milliseconds"] = float(row["number"] % 4)
    cell = {"values": {"train.lr": 0.1}, "scores": [0.5, 0.6], "mean": 0.55, "deviation": 0.07, "best": 1}
    objectives = {"auc": "max", "milliseconds": "min"}
    page = render_study(whole_study(objectives=objectives, trials=rows, front=[8], cells=[cell])).decode()
    assert ">Compromises<" in page
    assert ">Combinations<" in page
    assert "0.5, 0.6" in page


def test_a_study_without_a_complete_trial_says_so() -> None:
    assert "No trial has ended by itself yet" in render_study(study_document(0)).decode()


def test_names_and_reasons_are_escaped() -> None:
    rows = whole_study()["trials"]
    rows[3] |= {"state": "fail", "reason": "<img src=x>", "values": {}}
    page = render_study(whole_study(name="<script>alert(1)</script>", trials=rows)).decode()
    assert "<script>alert" not in page
    assert "&lt;img src=x&gt;" in page


def test_the_page_lies_in_the_study() -> None:
    store = MemoryStore("study")
    with pytest.raises(NotFound, match="no finished study"):
        write_tune_page(store)
    store.put("tune.json", json.dumps(whole_study()).encode())
    assert write_tune_page(store) == "memory://study/report/tune.html"
    assert store.get("report/tune.html").startswith(b"<!doctype html>")


@pytest.mark.browser
def test_a_browser_complains_of_nothing_on_a_wide_and_a_narrow_screen(tmp_path: Path) -> None:
    path = tmp_path / "tune.html"
    path.write_bytes(render_study(whole_study()))
    with started_browser() as browser:
        for width, scheme in ((1440, "dark"), (390, "light")):
            window = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
            with opened_page(browser, path, **window) as page:
                assert page.evaluate("document.documentElement.scrollWidth") == width
                assert page.locator("figure.plot svg").first.bounding_box()["width"] > 200
