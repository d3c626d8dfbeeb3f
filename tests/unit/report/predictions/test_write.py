"""A report as it is written: the page, what lies beside it, and what is not shown and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from sigh_batch.cli import run, sigh
from sigh_batch.data.schema import MANIFEST_KEY
from sigh_batch.errors import ConfigError, NotFound
from sigh_batch.report.predictions.album import Room
from sigh_batch.report.predictions.gate import read_limit
from sigh_batch.report.predictions.write import Asked, Written, write_report
from sigh_batch.store.local import LocalStore
from tests.scored import (
    PICTURES,
    make_evaluation,
    make_failed,
    make_joined,
    make_row,
    make_rows,
    with_truth,
    write_evaluation,
    write_predictions,
)
from tests.unit.report.test_page import HOSTILE, Elements


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "scores")


def report(store: LocalStore, **asked: Any) -> Written:
    options = {"pictures": f"{store.url}/{PICTURES}", **asked}
    return write_report(Asked(url=store.url, **options))


def data_of(page: bytes) -> dict[str, Any]:
    texts = [text for tag, text in Elements(page).texts if tag == "script"]
    found: dict[str, Any] = json.loads(texts[0])
    return found


def test_everything_lies_beside_the_page_and_says_the_same(store: LocalStore) -> None:
    write_predictions(store, make_rows(12, failed=2))
    limits = [read_limit("failed_files>0"), read_limit("auc<0.2")]
    written = report(store, limits=limits, command="sigh report ./scores", made_by="sigh predict --in x")
    assert written.page == f"{store.url}/report/index.html"
    numbers = json.loads(store.get("report/report.json"))
    assert numbers["numbers"]["pictures"] == 14
    assert numbers["passed"] is False
    assert [limit["passed"] for limit in numbers["limits"]] == [False, True]
    summary = store.get("report/summary.md").decode()
    assert "**1 of 2 limits broken.**" in summary
    assert "| Not read | 2 | 14.3% |" in summary
    suite = ElementTree.fromstring(store.get("report/junit.xml"))
    assert suite.attrib == {"tests": "2", "failures": "1"}
    page = store.get("report/index.html")
    text = page.decode()
    for said in ("A score is no proof", "sigh predict --in x", "sigh report ./scores", "Limit broken"):
        assert said in text
    assert written.findings.sha256 in text
    assert len(data_of(page)["shots"]) == written.shown == 12


def test_the_list_of_models_has_right_means(store: LocalStore) -> None:
    rows = write_predictions(store, [*make_joined(10), make_failed(10, model_id=None)], pictures=False)
    report(store, pictures=None)
    text = store.get("report/multi_model_predictions.txt").decode()
    for model, title in (("tiles", "model: tiles"), ("resnet50", "model: resnet50"), (None, "all together")):
        scores = [row["p_tampered"] for row in rows if row["model_id"] == model and row["verdict"] != "error"]
        assert title in text
        assert f"mean probability of an edit: {sum(scores) / len(scores):.4%} of 10" in text
    assert "failed: it is cut off" in text


def test_a_set_keeps_its_own_page(store: LocalStore) -> None:
    write_predictions(store, make_rows(4))
    store.put(MANIFEST_KEY, b"there")
    store.put("report/index.html", b"the gallery")
    assert report(store).page.endswith("report/predictions.html")
    assert store.get("report/index.html") == b"the gallery"


def test_a_report_goes_elsewhere_when_asked(store: LocalStore, tmp_path: Path) -> None:
    write_predictions(store, make_rows(4))
    before = {found.key for found in store.list()}
    report(store, out=str(tmp_path / "handed over"))
    assert (tmp_path / "handed over" / "index.html").is_file()
    assert {found.key for found in store.list()} == before


def test_a_folder_has_pages_and_pictures_as_files(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sigh_batch.report.predictions.write._PAGE_CARDS", 5)
    write_predictions(store, make_rows(12))
    report(store, layout="dir")
    keys = {found.key for found in store.list("report/")}
    assert {"report/index.html", "report/page-0002.html", "report/page-0003.html"} <= keys
    for name in ("index.html", "page-0003.html"):
        page = store.get(f"report/{name}")
        sources = [attrs["src"] for tag, attrs in Elements(page).tags if tag == "img" and attrs.get("src")]
        assert sources
        assert {f"report/{source}" for source in sources} <= keys
        shot = data_of(page)["shots"][0]
        assert f"report/{shot['view']}" in keys
    assert "Scores and thresholds" not in store.get("report/page-0002.html").decode()


def test_a_small_room_is_filled_and_the_cut_is_said(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sigh_batch.report.predictions.write.ONE_FILE", Room(40, 60_000))
    write_predictions(store, make_rows(40))
    written = report(store)
    page = store.get("report/index.html")
    assert 1 <= written.shown < 40
    assert f"{written.shown} of 40 pictures" in page.decode()
    shots = data_of(page)["shots"]
    assert sum(len(shot["map"] or "") + len(shot["view"] or "") for shot in shots) < 60_000


def test_a_file_that_is_not_the_scored_one_is_not_shown(store: LocalStore) -> None:
    rows = write_predictions(store, [make_row(number) for number in range(4)])
    store.put(f"{PICTURES}/{rows[0]['path']}", b"another picture")
    store.delete(f"{PICTURES}/{rows[1]['path']}")
    store.put("maps/a.png", b"another map")
    report(store)
    text = store.get("report/index.html").decode()
    assert "no longer the one that was scored" in text
    assert "The picture is not at hand" in text
    notes = [note for shot in data_of(text.encode())["shots"] for note in shot["notes"]]
    assert any("is not the one that was made" in note for note in notes)


def test_true_masks_are_shown_where_they_are_kept_and_are_the_kept_ones(store: LocalStore) -> None:
    rows = [with_truth(row) if number in (3, 4, 5) else row for number, row in enumerate(make_rows(12))]
    rows[5]["truth_sha256"] = "0" * 64
    write_predictions(store, rows)
    report(store)
    page = store.get("report/index.html")
    shots = {shot["path"]: shot for shot in data_of(page)["shots"]}
    kept = {path for path, shot in shots.items() if shot["truth"]}
    assert kept == {rows[3]["path"], rows[4]["path"]}
    assert all(shots[path]["truth"].startswith("data:image/png") and shots[path]["map"] for path in kept)
    assert "Its true mask is not the one that was made" in shots[rows[5]["path"]]["notes"][0]
    assert "Of 2 the pixels that were truly changed are known" in page.decode()


def test_without_labels_no_page_speaks_of_being_right(store: LocalStore) -> None:
    write_predictions(store, make_rows(12, labels=False))
    report(store)
    text = store.get("report/index.html").decode()
    assert "nothing on this page says how often the model is right" in text
    for claim in ("Precision", "AUC", 'id="confusion"', "How right the model is"):
        assert claim not in text.split("<script>")[0]
    assert "has a true label" in store.get("report/summary.md").decode()


def test_an_evaluation_beside_or_elsewhere_is_shown(store: LocalStore, tmp_path: Path) -> None:
    write_predictions(store, make_rows(8, labels=False))
    elsewhere = LocalStore(tmp_path / "evaluated")
    with pytest.raises(NotFound, match="there is no evaluation in"):
        report(store, evaluation=elsewhere.url)
    write_evaluation(elsewhere, make_evaluation())
    report(store, evaluation=elsewhere.url, limits=[read_limit("targets_missed>1")])
    text = store.get("report/index.html").decode()
    for said in ("Targets", "✗ missed", "resnet50", "Under degradations", "ar_EG", "1a2b3c4d"):
        assert said in text
    slices = data_of(text.encode())["slices"]
    assert [part["metrics"]["auc"]["value"] for part in slices] == [0.7, 0.8, 0.9]
    assert "✗ missed" in store.get("report/summary.md").decode()


def test_a_limit_that_cannot_be_checked_writes_nothing(store: LocalStore) -> None:
    write_predictions(store, make_rows(4, labels=False), pictures=False)
    with pytest.raises(ConfigError, match="true labels"):
        report(store, limits=[read_limit("auc<1")])
    assert not list(store.list("report/"))


def test_names_and_strings_of_strangers_are_inert_everywhere(store: LocalStore) -> None:
    rows = [
        make_row(
            number,
            path=f"{hostile}.png",
            model_id=HOSTILE[0],
            software_tag=hostile,
            exif=[(hostile, hostile)],
            predicted_tamper_type=hostile,
            heatmap_path=None,
        )
        for number, hostile in enumerate(HOSTILE)
    ]
    rows += [make_failed(9, path=HOSTILE[0], error_code=HOSTILE[4], error_message=HOSTILE[1])]
    write_predictions(store, rows, pictures=False)
    report(store, pictures=None, limits=[read_limit("failed_files>0")])
    page = store.get("report/index.html")
    assert not [attrs for tag, attrs in Elements(page).tags if "onerror" in attrs]
    assert sum(tag == "script" for tag, _ in Elements(page).tags) == 2
    assert {shot["path"] for shot in data_of(page)["shots"]} == {f"{text}.png" for text in HOSTILE}
    ElementTree.fromstring(store.get("report/junit.xml"))
    assert "<script" not in store.get("report/summary.md").decode()


def test_the_command_line_prints_the_page_and_fails_with_6(
    store: LocalStore, capsys: pytest.CaptureFixture[str]
) -> None:
    write_predictions(store, make_rows(6, failed=1))
    arguments = ["report", store.url, "--pictures", f"{store.url}/{PICTURES}"]
    done = CliRunner().invoke(sigh, [*arguments, "--json"], catch_exceptions=False)
    told = json.loads(done.stdout)
    assert told["page"] == f"{store.url}/report/index.html"
    assert told["numbers"]["failed_files"] == 1
    assert run([*arguments, "-q", "--fail-on", "failed_files>0"]) == 6
    captured = capsys.readouterr()
    assert captured.out == f"{store.url}/report/index.html\n"
    assert "failed_files is 1: failed_files>0" in captured.err
    assert run([*arguments, "--fail-on", "rows<>1"]) == 2
