"""A whole evaluation: what it finds, that it can be stopped at any time, and that it is done once."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from sigh_batch.config.evaluate import CurveConfig
from sigh_batch.data.predictions import PREDICTION
from sigh_batch.errors import ConfigError, DataError, RunMismatch, UnknownName
from sigh_batch.evaluation import job, passes
from sigh_batch.evaluation.document import Evaluation, read_evaluation
from sigh_batch.evaluation.job import Progress, evaluate, plan_evaluation, render
from sigh_batch.sources.decode import ANY_SIZE, decode
from sigh_batch.store import open_store
from tests.evaluations import Red, document_of, give, make_pair_sample, spec_of, write_pairs


@pytest.fixture
def data(tmp_path: Path) -> str:
    write_pairs(open_store(tmp_path / "set"))
    return str(tmp_path / "set")


def rows_of(out: Path) -> list[dict[str, Any]]:
    table = pq.read_table(out / "predictions.parquet")
    assert table.schema.equals(PREDICTION)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def test_what_is_found(tmp_path: Path, data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, Red(document_of()))
    heard: list[Progress] = []
    found = evaluate(spec_of(data, str(tmp_path / "e")), heard.append).evaluation
    model = found.models[0]
    assert (found.split, model.pictures, model.failed, model.forged) == ("test", 64, 0, 28)
    value = {name: told.value for name, told in model.metrics.items()}
    assert (value["auc"], value["recall"], value["fpr"], value["pixel_f1_calibrated"]) == (1, 1, 0, 1)
    assert value["pixel_f1_oracle_micro"] == 1
    assert model.metrics["fpr"].high == pytest.approx(0.12, abs=0.01)
    assert model.confusion["forged.flagged"] == 28
    assert model.confusion["clean.clean"] == 28
    assert model.scene_depth_at_chance is True
    assert (model.scene_depth_pictures, model.scene_depth["auc"].value) == (8, 0.5)
    assert sum(bar.pictures for bar in model.reliability) == 56
    assert model.roc[0] == (0, 0)
    assert model.roc[-1] == (1, 1)
    assert heard[-1].done == heard[-1].total == 64 + 2 * 4 * 3
    assert read_evaluation(open_store(tmp_path / "e")) == found


def test_slices_and_targets(tmp_path: Path, data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, Red(document_of()))
    found = evaluate(spec_of(data, str(tmp_path / "e"))).evaluation
    slices = {(part.by, part.name): part for part in found.models[0].slices}
    splice = slices["operation", "splice"]
    assert (splice.pictures, splice.forged) == (2 * splice.forged, splice.forged)
    assert slices["benign", "any"].metrics["alarm_ratio"].value == 0
    assert slices["chain", "browser"].pictures == 56
    assert slices["degradation", "jpeg"].metrics["auc"].value == 1
    reached = {target.metric: target for target in found.targets}
    assert reached["jpeg/65/auc"].met is True
    assert reached["jpeg/65/auc"].reached.value == 1
    assert reached["webp/75/auc"].met is None
    assert reached["ece"].met is False


def test_rows_hold_every_score(tmp_path: Path, data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, Red(document_of()), Red(document_of("other")))
    evaluate(spec_of(data, str(tmp_path / "e"), "red", "other", sweep_pairs=0))
    rows = rows_of(tmp_path / "e")
    assert len(rows) == 2 * 64
    assert len({row["row_id"] for row in rows}) == 128
    assert {row["label_true"] for row in rows} == {"clean", "forged"}
    forged = next(row for row in rows if row["path"] == "000003.png")
    sample = make_pair_sample(3)
    alone = Red(document_of()).score([decode(sample.image, "", ANY_SIZE).pixels])[0]
    assert forged["p_tampered"] == pytest.approx(alone.probability, abs=1e-5)
    assert (forged["verdict"], forged["predicted_tamper_type"]) == ("flagged", "text_replace")
    assert (forged["split"], forged["source_id"], forged["model_id"]) == ("test", "talk-1", "red")
    assert '"type":"splice"' in forged["tamper_params"]


def test_it_is_done_once(tmp_path: Path, data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, Red(document_of()))
    first = evaluate(spec_of(data, str(tmp_path / "e")))
    detector = Red(document_of())
    give(monkeypatch, detector)
    again = evaluate(spec_of(data, str(tmp_path / "e"), device="cpu"))
    assert (first.already, again.already, detector.asked) == (False, True, 0)
    assert again.evaluation == first.evaluation
    with pytest.raises(RunMismatch, match="resamples"):
        evaluate(spec_of(data, str(tmp_path / "e"), resamples=60))
    give(monkeypatch, Red(document_of("red", weights=document_of("new").weights)))
    with pytest.raises(RunMismatch, match="models"):
        evaluate(spec_of(data, str(tmp_path / "e")))


@pytest.mark.parametrize("stop_after", [5, 30, 70])
def test_a_stopped_one_goes_on(
    tmp_path: Path, data: str, monkeypatch: pytest.MonkeyPatch, stop_after: int
) -> None:
    monkeypatch.setattr(passes, "PART", 16)
    whole = Red(document_of())
    give(monkeypatch, whole)
    evaluate(spec_of(data, str(tmp_path / "whole")))
    give(monkeypatch, Red(document_of(), stop_after=stop_after))
    with pytest.raises(KeyboardInterrupt):
        evaluate(spec_of(data, str(tmp_path / "e")))
    rest = Red(document_of())
    give(monkeypatch, rest)
    heard: list[Progress] = []
    evaluate(spec_of(data, str(tmp_path / "e")), heard.append)
    assert rest.asked == whole.asked - heard[-1].resumed
    assert heard[-1].resumed >= stop_after - 16
    for name in ("evaluation.json", "predictions.parquet"):
        one, other = ((tmp_path / out / name).read_bytes() for out in ("whole", "e"))
        assert one.replace(b"/whole", b"/e") == other


def test_a_damaged_picture_is_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def make(index: int) -> Any:
        return make_pair_sample(index, **({"image": b"\x89PNG\r\n\x1a\ntorn"} if index == 6 else {}))

    write_pairs(open_store(tmp_path / "set"), 10, make)
    give(monkeypatch, Red(document_of()))
    found = evaluate(spec_of(str(tmp_path / "set"), str(tmp_path / "e"))).evaluation
    assert found.models[0].failed == 1
    bad = next(row for row in rows_of(tmp_path / "e") if row["path"] == "000006.png")
    assert (bad["decode_status"], bad["verdict"], bad["p_tampered"]) == ("error", "error", None)
    assert bad["error_code"] in ("truncated_image", "unreadable_image")


def test_models_are_compared(tmp_path: Path, data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Blind(Red):
        def _score(self, pixels: Any, maps: bool) -> Any:
            return super()._score(np.full_like(pixels, 90), False)

    give(monkeypatch, Red(document_of()), Blind(document_of("blind")))
    found = evaluate(spec_of(data, str(tmp_path / "e"), "red", "blind")).evaluation
    assert [model.metrics["auc"].value for model in found.models] == [1, 0.5]
    assert "pixel_auc" not in found.models[1].metrics
    other = found.comparisons[0]
    assert (other.model, other.auc.value, other.first_alone, other.second_alone) == ("blind", 0.5, 28, 0)
    assert other.p_value < 1e-6


def test_fewer_pictures_are_whole_groups(tmp_path: Path, data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, Red(document_of()))
    found = evaluate(spec_of(data, str(tmp_path / "e"), pictures=20, sweep_pairs=0)).evaluation
    rows = rows_of(tmp_path / "e")
    assert (found.models[0].pictures, found.groups, len(rows)) == (20, 10, 20)
    sources = [row["source_id"] for row in rows]
    assert all(sources.count(name) == 2 for name in sources)


def test_what_held_out_runs_say_becomes_slices(
    tmp_path: Path, data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, Red(document_of()))
    spec = spec_of(
        data, str(tmp_path / "e"), sweep_pairs=0, unseen={"operations": ["splice"], "skins": ["sms"]}
    )
    slices = {(part.by, part.name): part for part in evaluate(spec).evaluation.models[0].slices}
    assert slices["unseen operation", "splice"].pictures == slices["operation", "splice"].pictures
    assert slices["unseen skin", "any"].pictures == slices["skin", "sms"].pictures
    assert ("unseen operation", "erase") not in slices


def test_a_damaged_account_of_the_set_is_no_set_that_held_nothing_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(tmp_path / "data")
    write_pairs(store)
    store.put("run.json", b"{torn")
    give(monkeypatch, Red(document_of()))
    with pytest.raises(DataError, match=r"run\.json in .* is damaged"):
        evaluate(spec_of(store.url, str(tmp_path / "e")))


def test_the_plan_touches_nothing(tmp_path: Path, data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, Red(document_of()))
    plan = render(spec_of(data, str(tmp_path / "e")))
    assert (plan["pictures"], plan["models"], plan["sweep"]["pairs"]) == (64, ["red"], 4)
    assert not (tmp_path / "e").exists()


def test_the_command_repeats_it(tmp_path: Path, data: str) -> None:
    spec = spec_of(data, str(tmp_path / "e"), "a", "b c")
    command = job.to_command(spec)
    assert command.startswith(
        f"sigh evaluate --model a --model 'b c' --data {data} --out {tmp_path / 'e'} --set "
    )
    assert "evaluate.resamples=50" in command


@pytest.mark.parametrize(
    ("flags", "error", "words"),
    [
        ({"split": "exam"}, ConfigError, "no pictures in split 'exam'; it has test, train"),
        ({"sweep": {"x": CurveConfig(operation="jpg")}}, UnknownName, "did you mean 'jpeg'"),
        ({"sweep": {"x": CurveConfig(operation="jpeg", params={"quality": 700})}}, ConfigError, "700"),
        ({"targets": [{"name": "x", "metric": "auc"}]}, ConfigError, "at_least and at_most"),
        ({"targets": [{"name": "x", "metric": "a/b", "at_most": 1}]}, ConfigError, "jpeg/65/auc"),
    ],
)
def test_what_cannot_be_asked(
    tmp_path: Path,
    data: str,
    monkeypatch: pytest.MonkeyPatch,
    flags: dict[str, Any],
    error: type[Exception],
    words: str,
) -> None:
    give(monkeypatch, Red(document_of()))
    with pytest.raises(error, match=words):
        evaluate(spec_of(data, str(tmp_path / "e"), **flags))


def test_an_output_within_the_data_is_refused(
    tmp_path: Path, data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, Red(document_of()))
    with pytest.raises(ConfigError, match="write to another place"):
        plan_evaluation(spec_of(data, f"{data}/e"))


def test_more_classes_than_a_set_has_are_refused(
    tmp_path: Path, data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, Red(document_of(classes=("a", "b", "c"))))
    with pytest.raises(ConfigError, match="tells a, b, c apart"):
        evaluate(spec_of(data, str(tmp_path / "e")))


def test_an_evaluation_is_json_that_reads_back(
    tmp_path: Path, data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, Red(document_of()))
    found = evaluate(spec_of(data, str(tmp_path / "e"), sweep_pairs=0)).evaluation
    text = (tmp_path / "e" / "evaluation.json").read_bytes()
    assert b"NaN" not in text
    assert Evaluation.model_validate_json(io.BytesIO(text).read()) == found
