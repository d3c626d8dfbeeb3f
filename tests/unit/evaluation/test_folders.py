"""Folders with a subfolder a class: which pictures, which label, and what lies beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from sigh_batch.errors import ConfigError
from sigh_batch.evaluation.job import evaluate
from sigh_batch.evaluation.subject import data_identity
from sigh_batch.models.detector import Score
from tests.evaluations import Red, changed_of, document_of, give, pixels_of, png, spec_of


class Bright(Red):
    """A detector of three brightnesses."""

    def _score(self, pixels: NDArray[np.uint8], maps: bool) -> Score:
        place = int(pixels.mean()) // 86
        classes = tuple(0.8 if number == place else 0.1 for number in range(3))
        return Score(logit=classes[2] - 0.5, probability=classes[2], classes=classes)


def write(path: Path, pixels: NDArray[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png(pixels))


def write_twins(folder: Path, count: int = 12, names: tuple[str, str] = ("clean", "forged")) -> str:
    for pair in range(count):
        for forged, name in enumerate(names):
            write(folder / name / f"{pair:03d}.png", pixels_of(pair, bool(forged)))
    return str(folder)


def paths_of(out: Path) -> set[str]:
    return set(pq.read_table(out / "predictions.parquet").column("path").to_pylist())


def test_twins_with_masks_and_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = write_twins(tmp_path / "d")
    for pair in range(12):
        write(tmp_path / "d" / "masks" / f"{pair:03d}.png", changed_of(pair))
    lines = [f"{pair:03d},{'browser' if pair % 2 else 'editor'}" for pair in range(12)]
    (tmp_path / "d" / "pairs.csv").write_text("\n".join(["id,forger", *lines]))
    give(monkeypatch, Red(document_of()))
    found = evaluate(spec_of(data, str(tmp_path / "e"))).evaluation
    assert (found.split, found.groups, found.sweep_pairs) == ("all", 12, 4)
    assert found.models[0].metrics["pixel_f1_calibrated"].value == 1
    slices = {(part.by, part.name): part.pictures for part in found.models[0].slices}
    assert slices["forger", "browser"] == slices["forger", "editor"] == 12
    assert not any("masks" in path for path in paths_of(tmp_path / "e"))


def test_a_folder_that_a_model_learned_from_is_scored_on_its_test_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sigh_batch.config.backbone import BackboneConfig
    from sigh_batch.store import open_store
    from sigh_batch.training.folders import labelled_folder

    data = write_twins(tmp_path / "d", 30)
    told: dict[str, Any] = {"grouping": "file"}
    document = document_of(data={"identity": data_identity(data)}, training={"backbone": told})
    give(monkeypatch, Red(document))
    found = evaluate(spec_of(data, str(tmp_path / "e"), sweep_pairs=0)).evaluation
    labelled = labelled_folder(open_store(data), BackboneConfig(grouping="file"))
    test = {labelled.names(number) for number in labelled.numbers("test")}
    assert found.split == "test"
    assert paths_of(tmp_path / "e") == test
    assert 0 < len(test) < 30


def test_folders_above_the_classes_are_splits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_twins(tmp_path / "d" / "train", 3)
    write_twins(tmp_path / "d" / "testing", 2)
    give(monkeypatch, Red(document_of()))
    found = evaluate(spec_of(str(tmp_path / "d"), str(tmp_path / "e"), sweep_pairs=0)).evaluation
    assert found.split == "test"
    assert all(path.startswith("testing/") for path in paths_of(tmp_path / "e"))


def test_any_number_of_classes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, name in enumerate(("dark", "grey", "light")):
        for number in range(4):
            shade = 40 + 86 * place + number - 90 * (name == "light" and number == 3)
            write(tmp_path / "d" / name / f"{name}{number}.png", np.full((9, 9, 3), shade, np.uint8))
    give(monkeypatch, Bright(document_of(classes=("dark", "grey", "light"), operations=())))
    model = evaluate(spec_of(str(tmp_path / "d"), str(tmp_path / "e"))).evaluation.models[0]
    assert model.class_matrix == ((4, 0, 0), (0, 4, 0), (0, 1, 3))
    assert model.metrics["accuracy"].value == pytest.approx(11 / 12)
    assert model.metrics["balanced_accuracy"].value == pytest.approx(11 / 12)
    grey = next(part for part in model.slices if (part.by, part.name) == ("class", "grey"))
    assert grey.metrics["precision"].value == pytest.approx(0.8)
    assert grey.metrics["auc"].value == pytest.approx((7 + 0.5) / 8)


def test_other_names_of_two_classes_need_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = write_twins(tmp_path / "d", 4, ("real", "ai"))
    give(monkeypatch, Red(document_of()))
    with pytest.raises(ConfigError, match=r"evaluate\.positive=ai"):
        evaluate(spec_of(data, str(tmp_path / "e")))
    found = evaluate(spec_of(data, str(tmp_path / "e"), positive="ai", sweep_pairs=0)).evaluation
    assert found.models[0].classes == ("real", "ai")
    assert found.models[0].metrics["auc"].value == 1
    with pytest.raises(ConfigError, match="no folder of"):
        evaluate(spec_of(data, str(tmp_path / "f"), positive="fake"))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("top.png", None, "no folder with pictures of a class"),
        ("clean/a.png", "name,x\n1,2\n", "has no column 'id'"),
    ],
)
def test_what_is_no_such_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str | None, words: str
) -> None:
    write(tmp_path / "d" / name, pixels_of(1, False))
    if text:
        (tmp_path / "d" / "pairs.csv").write_text(text)
    give(monkeypatch, Red(document_of()))
    with pytest.raises(ConfigError, match=words):
        evaluate(spec_of(str(tmp_path / "d"), str(tmp_path / "e")))
