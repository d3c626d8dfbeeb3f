"""Scores: what they mean, and that a picture has the same one alone, in a batch and from any engine."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.models.detector import Detector, Score
from sigh_batch.models.document import ModelDocument
from sigh_batch.models.opening import open_model
from sigh_batch.models.probability import calibrated, sigmoid
from sigh_batch.models.scoring import score_of
from sigh_batch.store import open_store
from tests.models import calibration, classes_document, pictures, put_model, tiles_document

Logits = st.lists(st.floats(-50, 50), min_size=2, max_size=6)


def opened(document: ModelDocument, name: str) -> Detector:
    url = f"memory://{name}"
    put_model(open_store(url), document)
    return open_model(url, device="cpu")


def test_pictures_that_are_looked_at_side_by_side_have_the_scores_that_they_have_alone() -> None:
    alone = opened(tiles_document(calibration=calibration()), "alone")
    together = open_model("memory://alone", device="cpu", together=3)
    shown = pictures(7)
    threads = torch.get_num_threads()
    for one, other in zip(alone.score(shown, maps=True), together.score(shown, maps=True), strict=True):
        assert one.map is not None
        assert other.map is not None
        assert one.map.shape == other.map.shape
        assert np.isclose(one.logit, other.logit, atol=1e-5)
        assert np.allclose(one.map, other.map, atol=1e-5)
    assert torch.get_num_threads() == threads


@given(Logits)
def test_probabilities_of_classes_are_the_softmax(logits: list[float]) -> None:
    score = score_of(np.array(logits), None)
    expected = torch.tensor(logits, dtype=torch.float64).softmax(0)
    assert np.allclose(score.classes, expected, atol=1e-12)
    assert score.probability == score.classes[-1]


@given(Logits)
def test_calibrated_probabilities_add_up_and_keep_the_others_apart(logits: list[float]) -> None:
    plain, score = score_of(np.array(logits), None), score_of(np.array(logits), calibration())
    assert math.isclose(sum(score.classes), 1)
    assert score.logit == plain.logit
    assert math.isclose(score.probability, 1 / (1 + math.exp(-(0.5 * plain.logit - 1))), rel_tol=1e-9)
    order = np.argsort(np.array(logits)[:-1], kind="stable")
    assert (np.diff(np.array(score.classes)[:-1][order]) >= 0).all()


def test_extremes_are_numbers() -> None:
    with np.errstate(all="raise"):
        assert 0 < calibrated(-1e9, None) < 1e-9
        assert calibrated(1e9, None) == 1
        assert sigmoid(np.float32([-1e9, 0, 1e9]))[1] == 0.5


def _alike(one: Score, other: Score) -> bool:
    numbers = [(score.logit, score.probability, *score.classes, *score.operations) for score in (one, other)]
    return bool(np.allclose(*numbers, atol=1e-5))


@pytest.mark.parametrize("kind", ["classes", "tiles"])
def test_a_score_does_not_depend_on_what_is_beside(kind: str) -> None:
    document = (classes_document if kind == "classes" else tiles_document)(calibration=calibration())
    detector = opened(document, f"beside-{kind}")
    shown = pictures()
    together = detector.score(shown, maps=True)
    assert len({round(score.logit, 4) for score in together}) == len(shown)
    for pixels, score in zip(shown, together, strict=True):
        (alone,) = detector.score([pixels], maps=True)
        assert _alike(alone, score)
        if kind == "tiles":
            assert alone.map is not None
            assert alone.map.shape == pixels.shape[:2]
            assert np.allclose(alone.map, score.map, atol=1e-5)
        else:
            assert alone.map is None
    assert detector.score([]) == []


def test_more_pictures_than_a_batch_keep_their_order() -> None:
    detector = opened(classes_document(), "many")
    shown = pictures()
    once = detector.score(shown)
    for number, score in enumerate(detector.score(shown * 9)):
        assert _alike(score, once[number % len(shown)])


def test_what_a_tiles_model_says() -> None:
    plain = opened(tiles_document(), "tiles-plain")
    told = opened(tiles_document(calibration=calibration()), "tiles-calibrated")
    (one,), (other,) = (detector.score(pictures(1), maps=True) for detector in (plain, told))
    assert one.logit == other.logit
    assert one.classes == (1 - one.probability, one.probability)
    assert len(one.operations) == 2
    assert one.map is not None
    assert other.map is not None
    assert one.map.dtype == np.float32
    logits = np.log(one.map.astype(np.float64)) - np.log1p(-one.map.astype(np.float64))
    assert np.allclose(other.map, sigmoid(2 * logits + 0.25), atol=1e-4)
    assert plain.score(pictures(1))[0].map is None


def test_a_picture_is_squeezed_and_its_border_cut() -> None:
    detector = opened(classes_document(), "border")
    pixels = pictures(1)[0].copy()
    before = detector.score([pixels])[0].logit
    pixels[0] = 255 - pixels[0]
    assert math.isclose(detector.score([pixels])[0].logit, before, abs_tol=1e-5)
    pixels[10:20] = 255 - pixels[10:20]
    assert not math.isclose(detector.score([pixels])[0].logit, before, abs_tol=1e-3)


def test_a_grey_model_sees_no_colours() -> None:
    document = classes_document()
    options = {**document.architecture.options, "grayscale": True}
    grey = document.model_copy(
        update={"architecture": document.architecture.model_copy(update={"options": options})}
    )
    detector = opened(grey, "grey")
    red = np.zeros((40, 40, 3), np.uint8)
    red[..., 0] = 200
    level = round(200 * 0.299)
    flat = np.full_like(red, level)
    one, other = detector.score([red, flat])
    assert math.isclose(one.logit, other.logit, abs_tol=1e-5)
