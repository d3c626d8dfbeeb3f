"""The pictures that stand for an evaluation: the worst, some by chance, each with its map and mask, once."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from sigh_batch.evaluation.examples import choose_examples
from sigh_batch.evaluation.job import evaluate
from sigh_batch.evaluation.rows import Verdicts
from sigh_batch.evaluation.scores import Scores, no_scores
from sigh_batch.sources.decode import ANY_SIZE, decode
from sigh_batch.store import open_store
from tests.evaluations import Red, changed_of, document_of, give, spec_of, write_pairs

COUNT = 400


def scores_of(probabilities: Any) -> Scores:
    found = no_scores(len(probabilities), document_of())
    found.rows["probability"], found.rows["logit"] = probabilities, 0.0
    return found


def test_the_worst_of_both_kinds_come_first_and_the_rest_by_chance() -> None:
    draws = np.random.default_rng(5)
    scores, positive = scores_of(draws.random(COUNT)), np.arange(COUNT) % 2 == 1
    left_out = np.arange(COUNT) % 10 == 9
    scores.rows["logit"][3] = np.nan
    places = choose_examples(scores, positive, left_out, Verdicts(0.3, 0.7), 30, seed=1)
    assert len(set(places.tolist())) == 30
    assert not left_out[places].any()
    assert 3 not in places
    said = scores.rows["probability"]
    missed, alarms, chance = places[:10], places[10:20], places[20:]
    known = ~left_out & (np.arange(COUNT) != 3)
    assert said[missed].tolist() == np.sort(said[known & positive])[:10].tolist()
    assert said[alarms].tolist() == np.sort(said[known & ~positive])[::-1][:10].tolist()
    assert (
        chance.tolist()
        == choose_examples(scores, positive, left_out, Verdicts(0.3, 0.7), 30, 1)[20:].tolist()
    )
    assert (
        chance.tolist()
        != choose_examples(scores, positive, left_out, Verdicts(0.3, 0.7), 30, 2)[20:].tolist()
    )


def test_a_model_without_mistakes_and_a_small_set_leave_the_room_to_chance() -> None:
    positive = np.arange(COUNT) % 2 == 1
    right, nobody = scores_of(np.where(positive, 0.9, 0.1)), np.zeros(COUNT, bool)
    assert len(choose_examples(right, positive, nobody, Verdicts(0.3, 0.7), 30, 1)) == 30
    few = scores_of([0.5, 0.5])
    assert choose_examples(few, positive[:2], nobody[:2], Verdicts(0.3, 0.7), 30, 1).tolist() == [0, 1]


def test_rows_name_the_map_and_the_mask_of_the_examples_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pairs(open_store(tmp_path / "set"), 20)
    red, other = Red(document_of()), Red(document_of("other"))
    give(monkeypatch, red, other)
    spec = spec_of(str(tmp_path / "set"), str(tmp_path / "e"), "red", "other", split="all", examples=6)
    evaluate(spec)
    store = open_store(tmp_path / "e")
    rows = pq.read_table(tmp_path / "e" / "predictions.parquet").to_pylist()
    shown = [row for row in rows if row["truth_path"]]
    assert (len(shown), {row["model_id"] for row in shown}) == (6, {"red"})
    assert {row["heatmap_path"] is None for row in rows if not row["truth_path"]} == {True}
    for row in shown:
        for what in ("heatmap", "truth"):
            assert hashlib.sha256(store.get(row[f"{what}_path"])).hexdigest() == row[f"{what}_sha256"]
        mask = decode(store.get(row["truth_path"]), "mask", ANY_SIZE).pixels[..., 0] > 0
        index = int(row["path"].partition(".")[0].lstrip("0") or 0) if row["path"][0].isdigit() else None
        forged = row["label_true"] == "forged"
        assert mask.any() == forged
        assert index is None or not forged or (mask == changed_of(index // 2)).all()
    assert json.loads(store.get("parts/examples.json")).keys() == {row["row_id"] for row in shown}
    asked = red.asked
    (tmp_path / "e" / "evaluation.json").unlink()
    evaluate(spec)
    assert red.asked == asked
