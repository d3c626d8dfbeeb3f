"""The model that comes with the package: whole, small, calibrated, made by the settings that are shipped."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from sigh_batch import cli
from sigh_batch.models.card import card_of
from sigh_batch.models.detector import Detector
from sigh_batch.models.file import read_document
from sigh_batch.models.opening import DEFAULT, open_model
from sigh_batch.store import open_store

RECIPE = Path(__file__).parents[2] / "jobs" / "configs" / "train-tiles-last.yaml"


@pytest.fixture(scope="module")
def detector() -> Detector:
    return open_model(None, device="cpu")


def test_it_is_small_and_says_how_it_was_made() -> None:
    assert sum(file.stat().st_size for file in DEFAULT.iterdir()) <= 4 * 2**20
    document = read_document(open_store(DEFAULT))
    assert document.calibration is not None
    assert document.thresholds is not None
    recipe = yaml.safe_load(RECIPE.read_text())["train"]
    for name in ("lr", "steps", "ema", "weights"):
        assert document.training[name] == recipe[name]
    assert (DEFAULT / "card.md").read_text() == card_of(document)


def test_it_scores_a_picture(detector: Detector) -> None:
    picture = np.full((200, 160, 3), 240, np.uint8)
    picture[40:60, 20:120] = 30
    (score,) = detector.score([picture], maps=True)
    assert 0 < score.probability < 1
    assert score.map is not None
    assert score.map.shape == (200, 160)
    assert len(score.operations) == len(detector.document.operations) > 10


def test_its_name_means_the_same_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (64, 48), "navy").save(tmp_path / "a.png")
    scores = tmp_path / "scores"
    words = ["predict", "--in", str(tmp_path / "a.png"), "--out", str(scores), "--workers", "1", "-q"]
    monkeypatch.chdir(tmp_path)
    assert cli.run([*words, "--model", "default"]) == 0, capfd.readouterr().err
    assert json.loads((scores / "run.json").read_text())["spec"]["settings"]["predict"]["models"] == [
        "default"
    ]
    # The model was named the first time, and not the second: it is the same one, and so the same run.
    assert cli.run(words) == 0, capfd.readouterr().err
