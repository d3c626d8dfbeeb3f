"""Targets, and tables of an evaluation."""

from __future__ import annotations

from pathlib import Path

import pytest

from sigh_batch.evaluation.document import Evaluation, Slice, Value
from sigh_batch.evaluation.job import evaluate
from sigh_batch.evaluation.tables import markdown, short_tables, told
from sigh_batch.evaluation.targets import value_of
from sigh_batch.store import open_store
from tests.evaluations import Red, document_of, give, spec_of, write_pairs


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Evaluation:
    write_pairs(open_store(tmp_path / "set"), 20)
    give(monkeypatch, Red(document_of("red|er")), Red(document_of("other")))
    return evaluate(
        spec_of(str(tmp_path / "set"), str(tmp_path / "e"), "red|er", "other", split="all")
    ).evaluation


def test_a_number_is_found_by_its_path(found: Evaluation) -> None:
    model = found.models[0]
    assert value_of(model, "auc") == model.metrics["auc"]
    assert value_of(model, "jpeg/65/auc") == model.curves[1].points[1].metrics["auc"]
    assert value_of(model, "slices/benign/any/fpr").value == 0
    for path in ("nothing", "jpeg/64/auc", "webp/75/auc", "slices/benign/none at all/fpr", "a/b"):
        assert value_of(model, path).value is None


def test_the_markdown_holds_everything(found: Evaluation) -> None:
    text = markdown(found)
    for words in (
        "### Targets",
        "### red|er by operation",
        "### other after degradations",
        "NOT MET",
        "at chance",
    ):
        assert words in text
    assert found.command in text
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert any("red\\|er" in line for line in tables)
    assert not any("None" in line or "nan" in line for line in tables)


def test_a_terminal_gets_the_heart_of_it(found: Evaluation) -> None:
    tables = list(short_tables(found))
    assert [table.title.partition(" (")[0] for table in tables] == ["Models", "Targets", "red|er is worst at"]
    for table in tables:
        assert all(len(row) == len(table.heads) for row in table.rows)
    assert sum(len(table.rows) for table in tables) < 25


def test_the_worst_parts_come_first_and_few_pictures_prove_little(found: Evaluation) -> None:
    def part(name: str, low: float, high: float) -> Slice:
        area = Value(value=(low + high) / 2, low=low, high=high)
        return Slice(by="skin", name=name, pictures=9, forged=4, metrics={"auc": area})

    parts = [part(str(number), 0.9, 0.9 + number / 100) for number in range(8)]
    parts += [
        part("few", 0.1, 0.99),
        part("bad", 0.5, 0.6),
        Slice(by="a", name="b", pictures=9, forged=0, metrics={}),
    ]
    model = found.models[0].model_copy(update={"slices": tuple(parts)})
    *_, worst = short_tables(found.model_copy(update={"models": (model,)}))
    assert [row[0] for row in worst.rows] == ["skin: bad", *(f"skin: {number}" for number in range(4))]
    assert worst.title.endswith("(5 of 10 parts)")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Value(value=None), "-"),
        (Value(value=0.5), "0.500"),
        (Value(value=0.98765, low=0.9, high=1.0), "0.988 (0.900 to 1.000)"),
        (Value(value=37.04, low=0.0, high=112.0), "37.0 (0.000 to 112.0)"),
    ],
)
def test_a_number_in_words(value: Value, words: str) -> None:
    assert told(value) == words
