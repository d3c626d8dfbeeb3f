from pathlib import Path

import pytest

from sigh_batch.data.identity import claim
from sigh_batch.data.plan import Plan
from sigh_batch.errors import ConfigError, Unreachable
from sigh_batch.sources.folder import FolderSource
from sigh_batch.sources.opening import open_source
from sigh_batch.sources.sets import SetSource
from sigh_batch.store import open_store
from tests.sets import IDENTITY, write_set
from tests.unit.sources.files import every_kind


def test_a_set_of_ours_is_opened_as_one(tmp_path: Path) -> None:
    write_set(open_store(tmp_path / "set"), Plan(4, 2))
    source = open_source(str(tmp_path / "set"))
    assert isinstance(source, SetSource)
    assert len(source) == 3


def test_anything_else_is_a_folder_of_pictures(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(every_kind()["rgb.png"])
    for text in ("[]", "{}", '{"kind": "race", "distance": 42}', "not JSON"):
        (tmp_path / "run.json").write_text(text)
        source = open_source(str(tmp_path), splits={"validation": 1}, grouping="folder")
        assert isinstance(source, FolderSource)
        assert source.read(0).split == "validation"
        assert source.notes == (f"not read in {tmp_path}: 1 other file (1 .json; run.json)",)


def test_an_unfinished_set_is_no_folder_of_pictures(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    claim(store, IDENTITY)
    store.put("a.png", every_kind()["rgb.png"])
    with pytest.raises(ConfigError, match="is not finished; finish it with: sigh resume"):
        open_source(str(tmp_path))


def test_what_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="does not exist"):
        open_source(str(tmp_path / "gone"))
    assert not (tmp_path / "gone").exists()
