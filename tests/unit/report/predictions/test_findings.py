"""What is counted over rows: right, whatever their order, their parts and their models."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigh_batch.data.predictions import PREDICTION, PREDICTIONS_KEY
from sigh_batch.errors import DataError, NotFound
from sigh_batch.evaluation.document import read_evaluation
from sigh_batch.report.predictions.findings import Findings, find
from sigh_batch.report.predictions.rates import rate_scores
from sigh_batch.report.predictions.table import PredictionTable, hash_names
from sigh_batch.report.predictions.tally import LABELS
from sigh_batch.store.memory import MemoryStore
from tests.scored import (
    HIGH,
    LOW,
    Row,
    make_evaluation,
    make_joined,
    make_rows,
    write_evaluation,
    write_predictions,
)


def found(rows: list[Row], **options: Any) -> Findings:
    store = MemoryStore("scores")
    write_predictions(store, rows, pictures=False, **options)
    return find(store, None, None, 20)[1]


def test_counts_are_those_of_the_rows() -> None:
    rows = make_rows(300, failed=7)
    findings = found(rows)
    assert findings.pictures == 307
    assert findings.failed == 7
    assert findings.tally.verdicts == Counter(row["verdict"] for row in rows)
    told = Counter((row["label_true"], row["verdict"]) for row in rows)
    assert dict(findings.tally.outcomes) == dict(told)
    assert findings.tally.errors == {"truncated_image": 7}
    assert findings.numbers["recall"] == told["forged", "flagged"] / sum(
        count for (label, verdict), count in told.items() if label == "forged" and verdict != "error"
    )
    edited = findings.tally.facets["predicted_tamper_type"]["text_replace", "flagged"]
    assert edited == findings.tally.verdicts["flagged"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=60), st.integers(1, 40))
def test_bins_give_the_exact_counts_at_every_edge(scores: list[float], group: int) -> None:
    store = MemoryStore("scores")
    rows = [
        {
            "schema_version": 1,
            "run_id": "r",
            "row_id": str(number),
            "path": f"{number}.png",
            "decode_status": "ok",
            "model_id": "m",
            "p_tampered": score,
            "verdict": "clean",
            "threshold_low": LOW + 0.0003,
            "threshold_high": HIGH + 0.0001,
        }
        for number, score in enumerate(scores)
    ]
    write_predictions(store, rows, group=group, pictures=False)
    tally = find(store, None, None, 5)[1].tally
    values = np.array(scores, np.float64)
    above = tally.bins[LABELS.index("unknown")][::-1].cumsum()[::-1]
    assert above.tolist() == [int((values >= edge).sum()) for edge in tally.edges[:-1]]
    assert tally.bins.sum() == len(scores)
    assert {float(np.float32(LOW + 0.0003)), float(np.float32(HIGH + 0.0001))} <= set(tally.edges.tolist())


def test_rows_that_join_models_stand_for_their_pictures() -> None:
    findings = found(make_joined(40))
    assert findings.subject.models == ("tiles", "resnet50")
    assert findings.subject.model is None
    assert findings.pictures == 40
    assert findings.comparison
    (pair,) = findings.comparison.pairs
    assert pair.pictures == pair.cells.sum() == pair.verdicts.sum() == 40
    assert set(findings.model_rates) == {"tiles", "resnet50"}


def test_of_models_without_joint_rows_the_first_is_the_subject() -> None:
    rows = [row for row in make_joined(30) if row["model_id"]]
    by_model = sorted(rows, key=lambda row: row["model_id"] != "tiles")
    findings = found(by_model)
    assert findings.subject.model == "tiles"
    assert findings.pictures == 30
    alone = found([row for row in rows if row["model_id"] == "tiles"])
    assert findings.tally.verdicts == alone.tally.verdicts
    mixed = found(rows)
    assert mixed.comparison
    assert findings.comparison
    assert (mixed.comparison.pairs[0].verdicts == findings.comparison.pairs[0].verdicts).all()


def test_the_most_disputed_pictures_come_first() -> None:
    rows = make_joined(60)
    findings = found(rows)
    assert findings.comparison
    spans = {}
    for number in range(60):
        one, two, _ = rows[3 * number : 3 * number + 3]
        spans[3 * number + 2] = abs(one["p_tampered"] - two["p_tampered"])
    expected = sorted(spans, key=lambda row: -spans[row])[:20]
    assert list(findings.comparison.disputed) == expected


def test_without_labels_nothing_is_claimed() -> None:
    findings = found(make_rows(50, labels=False))
    assert findings.rates is None
    assert not {"auc", "recall", "precision", "fpr", "ece"} & set(findings.numbers)


def test_numbers_of_an_evaluation_go_first() -> None:
    store = MemoryStore("scores")
    write_predictions(store, make_rows(40), pictures=False)
    write_evaluation(store, make_evaluation())
    _, findings = find(store, read_evaluation(store), store.url, 5)
    assert findings.numbers["auc"] == 0.97
    assert findings.numbers["scene_depth.auc"] == 0.51
    assert findings.numbers["targets_missed"] == 1
    assert findings.numbers["recall"] is not None


def test_many_scores_give_the_same_numbers_as_few(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = np.random.default_rng(7)
    forged = draws.random(4000) < 0.4
    scores = (1 / (1 + np.exp(-draws.normal(np.where(forged, 2, -2), 2)))).astype(np.float32)
    exact = rate_scores(scores, forged)
    monkeypatch.setattr("sigh_batch.report.predictions.rates.EXACT", 1)
    near = rate_scores(scores, forged)
    assert exact
    assert near
    assert near.numbers == pytest.approx(exact.numbers, abs=1e-3)
    assert near.numbers["auc"] == pytest.approx(exact.numbers["auc"], abs=1e-6)


def test_a_rate_is_told_where_there_are_enough_clean_pictures_for_it() -> None:
    for clean, rates in ((49, 0), (50, 1), (500, 2)):
        forged = np.arange(clean + 30) < 30
        found = rate_scores(np.linspace(0, 1, len(forged), dtype=np.float32), forged)
        assert found
        assert sum(name.startswith("tpr_at_fpr") for name in found.numbers) == rates


@given(st.lists(st.text(max_size=12), max_size=30))
def test_equal_names_have_equal_numbers_wherever_they_stand(names: list[str]) -> None:
    clean = [name.encode("utf-8", "replace").decode() for name in names]
    numbers = hash_names(pa.array(clean, pa.string()))
    again = hash_names(pa.array(["x", *clean], pa.string()).slice(1))
    assert (numbers == again).all()
    assert len(set(numbers.tolist())) == len(set(clean))


def test_an_older_file_with_fewer_columns_is_read() -> None:
    store = MemoryStore("scores")
    write_predictions(store, make_rows(5), pictures=False)
    table = pq.read_table(pa.BufferReader(store.get(PREDICTIONS_KEY))).drop(["phash", "c2pa_status"])
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    store.put(PREDICTIONS_KEY, sink.getvalue().to_pybytes())
    read = PredictionTable(store)
    assert find(store, None, None, 5)[1].pictures == 5
    assert read.rows(np.array([3], np.int64))[3]["phash"] is None


def test_what_is_no_table_of_predictions_is_said_in_a_sentence() -> None:
    store = MemoryStore("scores")
    with pytest.raises(NotFound, match="there are no predictions in"):
        PredictionTable(store)
    store.put(PREDICTIONS_KEY, b"PAR1 and nothing else")
    with pytest.raises(DataError, match="is damaged"):
        PredictionTable(store)
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"path": ["a.png"]}), sink)
    store.put(PREDICTIONS_KEY, sink.getvalue().to_pybytes())
    with pytest.raises(DataError, match="no column 'model_id'"):
        PredictionTable(store)
    write_predictions(store, [*make_rows(2), make_rows(3)[2] | {"verdict": "maybe"}], pictures=False)
    with pytest.raises(DataError, match="'maybe'"):
        find(store, None, None, 5)
    store.put("evaluation.json", b"{}")
    with pytest.raises(DataError, match=r"evaluation\.json in .* is damaged"):
        read_evaluation(store)


def test_no_pictures_at_all_are_a_batch_too() -> None:
    store = MemoryStore("scores")
    sink = pa.BufferOutputStream()
    pq.write_table(PREDICTION.empty_table(), sink)
    store.put(PREDICTIONS_KEY, sink.getvalue().to_pybytes())
    assert find(store, None, None, 5)[1].numbers["pictures"] == 0
