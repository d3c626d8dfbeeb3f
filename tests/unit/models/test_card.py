"""The card says what a model is for, what not, and every number that is known of it."""

from __future__ import annotations

import yaml

from sigh_batch.models.card import card_of
from sigh_batch.models.document import Thresholds
from sigh_batch.models.file import write_model
from sigh_batch.models.networks import build_network
from sigh_batch.store.memory import MemoryStore
from tests.models import calibration, classes_document, tiles_document

LIMITS = Thresholds(low=0.2, high=0.7, at_fpr={"0.001": 0.95, "0.01": 0.8}, extrapolated=("0.001",))


def test_a_card_lies_beside_every_model() -> None:
    store = MemoryStore()
    document = classes_document(
        calibration=calibration(),
        thresholds=LIMITS,
        metrics={"auc": 0.98765},
        data={"identity": {"files": 9}},
        training={"lr": 0.1, "tag": "a|b\nc"},
        versions={"torch": "2.0"},
    )
    written = write_model(store, document, build_network(document.architecture, 2).state_dict())
    card = store.get("card.md").decode()
    assert card == card_of(written)
    assert written.weights
    for words in (
        written.weights.sha256,
        "**Proof.**",
        "| identity.files | 9 |",
        "| lr | 0.1 |",
        "| tag | a\\|b c |",
        "| clean | below 0.2 |",
        "| uncertain | from 0.2 to 0.7 |",
        "| false positives 0.1% | from 0.95 (extrapolated",
        "| false positives 1.0% | from 0.8 |",
        "| auc | 0.9877 |",
        "10 pictures of the validation split",
    ):
        assert words in card, words


def test_what_calibration_measured_goes_before_what_chose_the_weights() -> None:
    fitted = calibration(metrics={"auc": 0.75})
    card = card_of(classes_document(calibration=fitted, metrics={"auc": 0.875, "f1": 0.5}))
    assert "| auc | 0.7500 |" in card
    assert "| f1 | 0.5000 |" in card
    assert "auc: on the 10 pictures of calibration." in card


def test_what_is_not_known_is_said_so() -> None:
    card = card_of(tiles_document())
    assert "It was never calibrated" in card
    assert "None are recorded" in card
    assert "every pixel as it is" in card
    assert "text_replace, splice" in card
    assert "conversation that was changed" in card


def test_the_front_matter_is_yaml() -> None:
    _, front, _ = card_of(classes_document(metrics={"auc": 0.5, "f1": 0.25})).split("---\n", 2)
    found = yaml.safe_load(front)
    assert found["library_name"] == "sigh-batch"
    assert found["metrics"] == ["auc", "f1"]
    (result,) = found["model-index"][0]["results"]
    assert {metric["type"]: metric["value"] for metric in result["metrics"]} == {"auc": 0.5, "f1": 0.25}
