"""What may be written after --model."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sigh_batch.errors import ConfigError, DataError, NotFound, SighError, Unreachable
from sigh_batch.models import opening
from sigh_batch.models.opening import open_model
from sigh_batch.store import open_store
from tests.models import classes_document, pictures, put_model, tiles_document


def test_a_model_opens_by_its_folder_or_a_file_of_it(tmp_path: Path) -> None:
    put_model(open_store(tmp_path / "m"), classes_document(("a", "b", "c")))
    for url in (tmp_path / "m", tmp_path / "m" / "model.json", tmp_path / "m" / "model.safetensors"):
        detector = open_model(str(url), device="cpu")
        assert detector.document.classes == ("a", "b", "c")
        assert len(detector.score(pictures(1))[0].classes) == 3


def test_the_default_model_is_that_of_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "DEFAULT", tmp_path / "default")
    with pytest.raises(NotFound, match="this installation has no default model; name one with --model URL"):
        open_model(None)
    put_model(open_store(tmp_path / "default"), tiles_document(name="shipped"))
    assert open_model(None, device="cpu").document.name == "shipped"


@pytest.mark.parametrize(
    ("url", "error", "words"),
    [
        ("{}/m/model.pth", ConfigError, r"pickles such as model\.pth are not read"),
        ("{}/nothing", Unreachable, "does not exist"),
        ("{}/empty", NotFound, r"there is no model in .*empty"),
        ("", ConfigError, "empty"),
        ("resnet50", Unreachable, "does not exist"),
    ],
)
def test_what_is_no_model(tmp_path: Path, url: str, error: type[SighError], words: str) -> None:
    put_model(open_store(tmp_path / "m"), classes_document())
    (tmp_path / "empty").mkdir()
    with pytest.raises(error, match=words):
        open_model(url.format(tmp_path))


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    put_model(open_store(tmp_path / "m"), classes_document())
    written = put_model(open_store(tmp_path / "other"), classes_document(("a", "b", "c")))
    document = classes_document().model_copy(update={"weights": written.weights})
    (tmp_path / "m" / "model.json").write_text(document.model_dump_json(by_alias=True))
    shutil.copy(tmp_path / "other" / "model.safetensors", tmp_path / "m")
    with pytest.raises(DataError, match="does not fit the network"):
        open_model(str(tmp_path / "m"), device="cpu")
