"""What is told of how much a model finds: from the best measurement at hand, and never more than it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.data.identity import RUN_KEY
from sigh_batch.errors import ConfigError
from sigh_batch.evaluation.document import Evaluation, Value
from sigh_batch.report.predictions.findings import find
from sigh_batch.report.predictions.paper import Paper
from sigh_batch.report.predictions.reach import Reach, told_reaches, warn
from sigh_batch.report.predictions.summaries import report_json, summary_markdown
from sigh_batch.store.memory import MemoryStore
from tests.scored import (
    HIGH,
    Row,
    make_evaluation,
    make_failed,
    make_joined,
    make_rows,
    write_predictions,
)

Change = Callable[[Evaluation], Evaluation]


def keep_run(store: MemoryStore, *models: dict[str, Any]) -> None:
    values = {"source": {"models": list(models)}}
    store.put(RUN_KEY, json.dumps({"schema": 1, "kind": "predict", "values": values}).encode())


def document(name: str = "tiles", found: float = 0.07, **changes: Any) -> dict[str, Any]:
    metrics = {"auc": 0.6, "tpr_at_fpr_0.01": found}
    return {"name": name, "metrics": metrics, "flags_at_fpr": "0.01"} | changes


def reaches(
    rows: list[Row], *models: dict[str, Any], evaluation: Evaluation | None = None
) -> tuple[Reach, ...]:
    store = MemoryStore("scores")
    write_predictions(store, rows, pictures=False)
    if models:
        keep_run(store, *models)
    return find(store, evaluation, "ev", 10)[1].reaches


def measured(recall: float, fpr: float, high: float = HIGH) -> Change:
    def change(made: Evaluation) -> Evaluation:
        rates = {name: Value(value=value) for name, value in (("recall", recall), ("fpr", fpr))}
        at = {"tpr_at_fpr_0.01": Value(value=0.5), **rates, "auc": Value(value=0.9)}
        first = made.models[0].model_copy(update={"metrics": at, "thresholds": {"high": high}})
        return made.model_copy(update={"models": (first, *made.models[1:])})

    return change


def test_the_document_of_the_model_speaks_where_nothing_was_measured() -> None:
    (reach,) = reaches(make_rows(6, labels=False), document())
    assert (reach.found.value, reach.alarms.value, reach.auc, reach.grade) == (0.07, 0.01, 0.6, "little")
    assert reach.sentence.startswith(
        "The model tiles flags about 7 of 100 forged pictures, and about 1 of 100"
    )
    assert "does not mean genuine" in reach.conclusion
    assert reach.missed == "about 93 of 100"
    # 0.99 x 0.01 false ones for 0.01 x 0.07 true ones.
    assert reach.mistaken == "about 93 of 100"


def test_labels_speak_where_there_are_enough_and_an_evaluation_before_all() -> None:
    few, many = make_rows(60), make_rows(300)
    assert "validation" in reaches(few, document())[0].measured
    (labelled,) = reaches(many, document())
    hits = sum(row["label_true"] == "forged" and row["verdict"] == "flagged" for row in many)
    assert labelled.found.value == hits / 150
    assert "150 labelled forged" in labelled.measured
    (best,) = reaches(many, document(), evaluation=make_evaluation(measured(0.8, 0.02)))
    assert (best.found.value, best.alarms.value, best.grade) == (0.8, 0.02, "some")


def test_an_evaluation_at_another_threshold_does_not_lend_its_verdicts() -> None:
    evaluation = make_evaluation(measured(0.8, 0.02, high=0.9))
    (reach,) = reaches(make_rows(6, labels=False), evaluation=evaluation)
    assert (reach.found.value, reach.alarms.value) == (0.5, 0.01)


def test_each_of_several_models_has_its_own() -> None:
    rows = [row | {"label_true": None} for row in make_joined(6)]
    found = reaches(rows, document(found=0.95), document("resnet50", metrics={}))
    assert [(reach.model, reach.grade) for reach in found] == [("tiles", "much"), ("resnet50", "unknown")]
    assert "not known" in warn(found)
    assert "nothing follows" in warn(found)
    (together,) = reaches(make_joined(300), document())
    assert together.sentence.startswith("The joint verdict flags")


def test_numbers_that_are_none_tell_nothing() -> None:
    strange = document(metrics={"auc": "high", "tpr_at_fpr_0.01": [1]}, flags_at_fpr="0.5", pixel="x")
    (reach,) = reaches(make_rows(3, labels=False), strange)
    assert (reach.grade, reach.auc, reach.measured) == ("unknown", None, "")
    assert reaches(make_rows(3, labels=False), document(metrics="none"))[0].grade == "unknown"


@pytest.mark.parametrize(
    "text", [b"{", b'{"schema": 1}', b'{"schema": 1, "values": {"source": {"models": ["a"]}}}']
)
def test_runs_of_others_tell_nothing(text: bytes) -> None:
    store = MemoryStore("scores")
    assert told_reaches(store) == []
    store.put(RUN_KEY, text)
    assert told_reaches(store) == []


def test_it_is_said_on_the_page_in_the_summary_and_in_numbers() -> None:
    store = MemoryStore("scores")
    write_predictions(store, make_rows(6, labels=False), pictures=False)
    keep_run(store, document())
    _, findings = find(store, None, None, 10)
    said = "flags about 7 of 100 forged pictures, and about 1 of 100 genuine ones."
    page = Paper(findings=findings, checked=(), failures=(), commands=(), inputs=()).render((), 0).decode()
    short, limits = page.index('id="short"'), page.index('id="limits"')
    assert short < page.index(said) < limits < page.rindex(said)
    assert "It does not flag about 93 of 100 forged pictures" in page
    assert said in summary_markdown(findings, ())
    assert json.loads(report_json(findings, (), ""))["reaches"][0]["false_alarms"]["value"] == 0.01


def test_an_evaluation_of_other_weights_is_refused() -> None:
    other = make_rows(3, labels=False)
    for row in other:
        row["model_sha256"] = "cd" * 32
    with pytest.raises(ConfigError, match=r"evaluation in ev is of the model tiles \(abab.* tiles \(cdcd"):
        reaches(other, evaluation=make_evaluation())


def test_where_no_model_said_anything_nothing_is_known() -> None:
    failed = [make_failed(0, model_id=None)]
    assert reaches(failed) == ()
    assert "not known" in warn(())


def test_few_pictures_say_how_little_they_tell() -> None:
    none = Value(value=0.0, low=0.0, high=0.117)
    reach = Reach(model="m", found=Value(value=0.07, low=0.008, high=0.17), alarms=none)
    assert "flags about 7 of 100 (1 to 17) forged" in reach.sentence
    assert "hardly any (0 to 12 of 100) genuine ones" in reach.sentence


@given(st.floats(0, 1), st.floats(0, 1))
def test_every_share_can_be_said(found: float, alarms: float) -> None:
    reach = Reach(model="m", found=Value(value=found), alarms=Value(value=alarms))
    assert "None" not in f"{reach.sentence} {reach.missed} {reach.mistaken or ''}"
    assert reach.grade == ("little" if found < 0.5 else "some" if found < 0.9 else "much")
