import csv
import io
import itertools
import json
import math
import os
import sys
import tarfile
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from sigh_batch.data.names import original
from sigh_batch.data.plan import Plan
from sigh_batch.data.predictions import PREDICTION
from sigh_batch.errors import ConfigError, DataError, RunMismatch, ShardFailed, UnknownName
from sigh_batch.models import opening
from sigh_batch.run import Run, read_spec
from sigh_batch.sources.decode import decode
from sigh_batch.stages import predict
from sigh_batch.store import open_store
from tests.malformed import write_malformed
from tests.runs import bytes_of
from tests.scores import begin, predict_spec, score_here, use_tiny_detector, write_greys, write_tiny_model
from tests.sets import write_set


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    use_tiny_detector(monkeypatch)


@pytest.fixture
def model(tmp_path: Path) -> str:
    return write_tiny_model(tmp_path / "model")


@pytest.fixture
def greys(tmp_path: Path) -> Path:
    return write_greys(tmp_path / "greys")


LABELS = ("clean", "forged")


def rows_of(out: Path) -> list[dict[str, Any]]:
    return pq.read_table(out / "predictions.parquet").to_pylist()


def probability(level: int) -> float:
    return 1 / (1 + math.exp(-(level - 128) / 16))


def test_every_picture_gets_a_row_with_its_verdict(tmp_path: Path, greys: Path, model: str) -> None:
    out = tmp_path / "out"
    score_here(predict_spec(greys, out, model, shards=2))
    assert pq.read_schema(out / "predictions.parquet").equals(PREDICTION)
    rows = rows_of(out)
    assert [row["path"] for row in rows] == [f"{number:03d}.png" for number in range(9)]
    assert [row["verdict"] for row in rows] == ["clean"] * 4 + ["uncertain"] + ["flagged"] * 4
    assert [row["is_flagged"] for row in rows] == [False] * 4 + [None] + [True] * 4
    assert [row["p_tampered"] for row in rows] == pytest.approx(
        [probability(255 * number // 8) for number in range(9)], abs=1e-5
    )
    assert rows[8]["regions"] == [{"x": 0, "y": 0, "width": 40, "height": 24, "score": 1.0}]
    assert rows[8]["predicted_tamper_type"] == "splice"
    assert rows[0]["predicted_tamper_type"] is None
    told = {name: rows[8][name] for name in ("mime", "width", "height", "model_id", "c2pa_status", "split")}
    assert told == {
        "mime": "image/png",
        "width": 40,
        "height": 24,
        "model_id": "tiny-model",
        "c2pa_status": "absent",
        "split": None,
    }
    assert dict(rows[8]["class_probs"])["forged"] == rows[8]["p_tampered"]


def test_a_tamper_map_is_as_large_as_its_picture(tmp_path: Path, greys: Path, model: str) -> None:
    out = tmp_path / "out"
    score_here(predict_spec(greys, out, model))
    kept = {row["path"]: row["heatmap_path"] for row in rows_of(out) if row["heatmap_path"]}
    assert sorted(kept) == ["004.png", "005.png", "006.png", "007.png", "008.png"]
    with Image.open(out / kept["006.png"]) as found:
        assert (found.mode, found.size, found.getpixel((3, 3))) == ("L", (38, 24), 191)


@pytest.mark.parametrize(("maps", "count"), [("all", 9), ("none", 0)])
def test_which_maps_are_kept_can_be_chosen(
    tmp_path: Path, greys: Path, model: str, maps: str, count: int
) -> None:
    score_here(predict_spec(greys, tmp_path / "out", model, predict__maps=maps))
    assert len(list((tmp_path / "out").rglob("*.png"))) == count


def test_a_row_does_not_depend_on_shards_or_on_the_pictures_beside_it(
    tmp_path: Path, greys: Path, model: str
) -> None:
    seen = []
    for number, flags in enumerate(
        ({"shards": 9}, {"shards": 1}, {"predict__batch": 1}, {"predict__readers": 1})
    ):
        score_here(predict_spec(greys, tmp_path / str(number), model, **flags))
        rows = rows_of(tmp_path / str(number))
        for row in rows:
            del row["run_id"], row["heatmap_path"]
        seen.append(rows)
    assert all(rows == seen[0] for rows in seen)


def test_while_a_model_looks_at_some_pictures_the_next_ones_are_put_together(
    tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, decoded, open_tiny = threading.Event(), itertools.count(1), opening.open_model
    seen: list[bool] = []

    def counted(*args: Any) -> Any:
        if next(decoded) == 16:
            whole.set()
        return decode(*args)

    def open_patient(*args: Any, **kwargs: Any) -> Any:
        detector = open_tiny(*args, **kwargs)
        score = detector.score

        def patiently(pictures: Any, **told: Any) -> Any:
            seen.append(whole.wait(30))
            whole.set()
            return score(pictures, **told)

        detector.score = patiently
        return detector

    monkeypatch.setattr(predict, "decode", counted)
    monkeypatch.setattr(opening, "open_model", open_patient)
    greys = write_greys(tmp_path / "many", 24)
    score_here(predict_spec(greys, tmp_path / "out", model, shards=1, predict__batch=8, predict__readers=1))
    assert seen == [True, True, True], "the second eight are decoded while the first are looked at"
    assert [row["path"] for row in rows_of(tmp_path / "out")] == [f"{number:03d}.png" for number in range(24)]


def test_several_models_have_a_row_each_and_one_together(tmp_path: Path, greys: Path, model: str) -> None:
    other = write_tiny_model(tmp_path / "other", shade=2.0)
    score_here(predict_spec(greys, tmp_path / "out", model, other))
    rows = rows_of(tmp_path / "out")
    assert len(rows) == 27
    first, second, joint = rows[9:12]
    assert [row["row_id"] for row in (first, second, joint)] == ["000000003-0", "000000003-1", "000000003"]
    assert joint["model_id"] is None
    assert joint["p_tampered"] == pytest.approx((first["p_tampered"] + second["p_tampered"]) / 2, abs=1e-6)
    assert (first["verdict"], second["verdict"], joint["agreement"]) == ("clean", "uncertain", 0.5)
    assert [row["agreement"] for row in rows[:3]] == [None, None, 1.0]


def test_malformed_pictures_are_rows(tmp_path: Path, model: str) -> None:
    check_malformed(tmp_path, model, 66)


@pytest.mark.slow
def test_a_thousand_malformed_pictures_are_rows(tmp_path: Path, model: str) -> None:
    check_malformed(tmp_path, model, 1000)


def check_malformed(tmp_path: Path, model: str, count: int) -> None:
    folder, out = tmp_path / "bad", tmp_path / "out"
    write_malformed(folder, count)
    run = score_here(predict_spec(folder, out, model))
    rows = rows_of(out)
    assert len(rows) == count
    names = {os.fsencode(original(row["path"])) for row in rows}
    assert names == {os.fsencode(path.name) for path in folder.iterdir()}
    codes = {row["error_code"] for row in rows}
    assert {None, "empty_file", "too_large", "truncated_image"} <= codes
    assert "model_failed" not in codes
    failed = [row for row in rows if row["decode_status"] == "error"]
    assert run.merge().failed == len(failed)
    assert all(row["verdict"] == "error" and row["error_message"] for row in failed)
    lines = (out / "predictions.jsonl").read_text().splitlines()
    assert [json.loads(line)["path"] for line in lines] == [row["path"] for row in rows]
    with (out / "predictions.csv").open(newline="") as file:
        cells = list(csv.DictReader(file))
    assert [cell["path"].removeprefix("'") for cell in cells] == [row["path"] for row in rows]


def test_a_formula_stays_text_unless_it_is_asked_for(tmp_path: Path, model: str) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("=cmd.png", "@a.png", "-b.png", "+c.png", "\td.png", "e.png"):
        Image.new("RGB", (8, 8)).save(folder / name)
    for out, mark in (("safe", "'"), ("raw", "")):
        score_here(predict_spec(folder, tmp_path / out, model, predict__csv_raw=not mark))
        with (tmp_path / out / "predictions.csv").open(newline="") as file:
            paths = [row["path"] for row in csv.DictReader(file)]
        assert paths == [
            f"{mark}\td.png",
            f"{mark}+c.png",
            f"{mark}-b.png",
            f"{mark}=cmd.png",
            f"{mark}@a.png",
            "e.png",
        ]


def test_a_model_that_fails_on_a_picture_gives_a_row(
    tmp_path: Path, greys: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINY_MODEL", '{"fails": 34}')
    score_here(predict_spec(greys, tmp_path / "out", model))
    bad = [row for row in rows_of(tmp_path / "out") if row["verdict"] == "error"]
    assert [(row["path"], row["error_code"], row["decode_status"]) for row in bad] == [
        ("002.png", "model_failed", "ok")
    ]
    assert bad[0]["error_message"] == "RuntimeError: no kernel for 34 pixels at <object object at 0x...>"


def test_a_model_that_fails_too_often_gives_a_shard_up(
    tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "same"
    folder.mkdir()
    for number in range(3):
        Image.new("RGB", (34, 20)).save(folder / f"{number}.png")
    monkeypatch.setenv("TINY_MODEL", '{"fails": 34}')
    with pytest.raises(ShardFailed, match="2 of the first 2 samples failed and 1 of 3 may"):
        score_here(predict_spec(folder, tmp_path / "out", model))


def test_a_table_keeps_its_order_and_gets_a_submission(tmp_path: Path, greys: Path, model: str) -> None:
    ids = ["008", "000.png", "gone", "004"]
    (tmp_path / "test.csv").write_text("a,id\r\n" + "".join(f"1,{name}\r\n" for name in ids))
    pq.write_table(pa.table({"id": ids}), tmp_path / "test.parquet")
    for kind in ("csv", "parquet"):
        out = tmp_path / kind
        score_here(predict_spec(tmp_path / f"test.{kind}", out, model, predict__root=str(greys)))
        rows = rows_of(out)
        assert [row["path"] for row in rows] == ["008.png", "000.png", "gone", "004.png"]
        assert rows[2]["error_code"] == "not_found"
        with (out / "submission.csv").open(newline="") as file:
            told = list(csv.reader(file))
        assert told[0] == ["id", "target"]
        assert [row[0] for row in told[1:]] == ids
        assert float(told[1][1]) == pytest.approx(probability(255), abs=1e-5)
        assert told[3][1] == ""
    with pytest.raises(UnknownName, match=r"unknown column of test.csv .* 'name'"):
        score_here(predict_spec(tmp_path / "test.csv", tmp_path / "x", model, predict__id_column="name"))


@pytest.mark.parametrize("mark", [b"\n", b"\0", b"\r\n"])
def test_names_come_on_standard_input(
    tmp_path: Path, greys: Path, model: str, mark: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(greys)
    listed = mark.join([b"003.png", b"./001", os.fsencode(greys / "002.png"), b""])
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(listed)))
    score_here(predict_spec("-", tmp_path / "out", model))
    monkeypatch.chdir("/")
    assert [row["path"] for row in rows_of(tmp_path / "out")] == ["003.png", "./001.png", f"{greys}/002.png"]
    # A list is gone once it is read, and the run goes on all the same.
    (tmp_path / "out" / "predictions.parquet").unlink()
    again = Run.open(read_spec(str(tmp_path / "out"), predict_spec("-", "x").settings))
    assert again.remaining() == []
    assert again.merge().failed == 0


def test_a_pattern_names_files_below_it(tmp_path: Path, greys: Path, model: str) -> None:
    (greys / "deep").mkdir()
    (greys / "000.png").rename(greys / "deep" / "000.png")
    for pattern, count in (("00[12].png", 2), ("*.png", 8), ("**/*.png", 9), ("**/00?.png", 9), ("d*/*", 1)):
        out = tmp_path / f"out-{count}-{len(pattern)}"
        run = score_here(predict_spec(f"{greys}/{pattern}", out, model))
        assert run.plan.count == count, pattern


def test_archives_are_read_in_place(tmp_path: Path, greys: Path, model: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr("notes.txt", "no picture")
        for number, path in enumerate(sorted(greys.iterdir())):
            made.write(path, f"in/{path.name}", zipfile.ZIP_DEFLATED if number % 2 else zipfile.ZIP_STORED)
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        tar.add(greys, "in")
    score_here(predict_spec(greys, tmp_path / "plain", model))
    plain = [(f"in/{row['path']}", row["sha256"], row["p_tampered"]) for row in rows_of(tmp_path / "plain")]
    for kind in ("zip", "tar"):
        score_here(predict_spec(tmp_path / f"a.{kind}", tmp_path / kind, model))
        found = [(row["path"], row["sha256"], row["p_tampered"]) for row in rows_of(tmp_path / kind)]
        assert sorted(found) == plain
    (tmp_path / "a.tar.gz").write_bytes(b"")
    with pytest.raises(ConfigError, match="is compressed as a whole"):
        begin(predict_spec(tmp_path / "a.tar.gz", tmp_path / "no", model))


def test_a_set_brings_what_is_known_of_its_pictures(tmp_path: Path, model: str) -> None:
    write_set(open_store(tmp_path / "set"), Plan(8, 2))
    table = pq.read_table(tmp_path / "set" / "manifest.parquet").to_pylist()
    score_here(predict_spec(tmp_path / "set", tmp_path / "out", model))
    rows = rows_of(tmp_path / "out")
    wanted = [
        (
            f"{row['id']}.{row['format']}",
            row["sha256"],
            ("clean", "forged")[row["label"]],
            row["split"],
            row["group"],
        )
        for row in table
        if row["error_code"] is None
    ]
    told = [(row["path"], row["sha256"], row["label_true"], row["split"], row["source_id"]) for row in rows]
    assert told == wanted
    assert {row["label_source"] for row in rows} == {"manifest"}
    edits = [json.loads(row["tamper_params"]) for row in rows if row["tamper_params"]]
    assert [[step["type"] for step in edit] for edit in edits] == [
        [step["type"] for step in row["ops"]] for row in table if row["ops"]
    ]


def test_one_picture_will_do(tmp_path: Path, greys: Path, model: str) -> None:
    score_here(predict_spec(greys / "008.png", tmp_path / "out", model))
    assert [row["verdict"] for row in rows_of(tmp_path / "out")] == ["flagged"]


def test_a_run_goes_on_over_the_same_pictures_and_models_alone(
    tmp_path: Path, greys: Path, model: str
) -> None:
    out = tmp_path / "out"
    spec = predict_spec(greys, out, model, shards=3)
    begin(spec).make_shard(1)
    assert begin(spec).remaining() == [0, 2]
    score_here(spec)
    whole = bytes_of(out)
    score_here(predict_spec(greys, out, model, shards=3, predict__readers=2))
    assert bytes_of(out) == whole
    other = write_tiny_model(tmp_path / "other", shade=1.0)
    with pytest.raises(RunMismatch, match=r"source\.models"):
        begin(predict_spec(greys, out, other, shards=3))
    (greys / "000.png").unlink()
    with pytest.raises(RunMismatch, match=r"source\.files: 9 there, 8 here"):
        begin(predict_spec(greys, out, model, shards=3))


def test_a_list_that_is_lost_is_made_again(tmp_path: Path, greys: Path, model: str) -> None:
    out = tmp_path / "out"
    begin(predict_spec(greys, out, model, shards=2)).make_shard(0)
    (out / "names.parquet").unlink()
    again = Run.open(read_spec(str(out), predict_spec(greys, out).settings))
    again.make_shard(1)
    assert again.merge().failed == 0
    assert (out / "names.parquet").is_file()


def test_names_of_another_list_are_refused(tmp_path: Path, greys: Path, model: str) -> None:
    out = tmp_path / "out"
    run = begin(predict_spec(greys, out, model))
    (out / "names.parquet").unlink()
    (greys / "008.png").unlink()
    with pytest.raises(RunMismatch):
        run.make_shard(0)


def test_nothing_to_score_is_said_in_one_sentence(tmp_path: Path, model: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "a.txt").write_text("x")
    with pytest.raises(ConfigError, match=r"no pictures in .*empty: 1 other file"):
        begin(predict_spec(tmp_path / "empty", tmp_path / "out", model))
    with pytest.raises(ConfigError, match="which the run reads; write to another place"):
        begin(predict_spec(write_greys(tmp_path / "g"), tmp_path / "g" / "out", model))


def test_a_damaged_shard_is_not_merged(tmp_path: Path, greys: Path, model: str) -> None:
    out = tmp_path / "out"
    run = begin(predict_spec(greys, out, model, shards=1))
    run.make_shard(0)
    (out / "rows" / "part-00000.parquet").write_bytes(b"torn")
    with pytest.raises(DataError, match="its sha256 is not the record's"):
        run.merge()
