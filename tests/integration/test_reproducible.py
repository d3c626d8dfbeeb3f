"""What decides bytes, and what does not, shown on real screenshots."""

import json
from pathlib import Path

import pytest

from sigh_batch.config.layers import read_flags
from sigh_batch.config.resolve import resolve
from sigh_batch.config.settings import Settings
from sigh_batch.data.loader import open_dataset
from sigh_batch.runners import local
from sigh_batch.stages.generate import Generate
from tests.golden import generate as golden
from tests.runs import bytes_of, spec_of


def settings(**flags: object) -> Settings:
    return resolve([read_flags({key.replace("__", "."): value for key, value in flags.items()})]).settings


def samples_of(folder: Path) -> list[tuple[bytes, bytes, bytes]]:
    return [(item.image, item.mask, item.json) for item in open_dataset(str(folder))]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "ds"
    golden.make(out)
    return out


def test_shard_size_and_process_boundaries_change_no_sample(whole: Path, tmp_path: Path) -> None:
    local.run(spec_of(tmp_path / "ds", count=golden.COUNT, shards=3, seed=5, run__workers=1))
    assert samples_of(tmp_path / "ds") == samples_of(whole)


def test_order_changes_no_sample(whole: Path) -> None:
    stage = Generate(settings(seed=5, count=golden.COUNT))
    stored = samples_of(whole)
    for index in (23, 3, 11, 3, 0):
        made = stage.make(index)
        assert (made.image, made.mask) == stored[index][:2]
        assert made.id == json.loads(stored[index][2])["id"] == stage.id_of(index)


def test_workers_and_resume_change_no_shard(whole: Path, tmp_path: Path) -> None:
    spec = spec_of(tmp_path / "ds", count=golden.COUNT, shards=4, seed=5, run__workers=1)
    local.run(spec)
    assert bytes_of(tmp_path / "ds") == bytes_of(whole)
    for name in ("records/part-00002.json", "records/part-00000.json", "manifest.parquet"):
        (tmp_path / "ds" / name).unlink()
    local.run(spec)
    assert bytes_of(tmp_path / "ds") == bytes_of(whole)


def test_the_seed_and_the_count_of_others_is_all_that_matters(whole: Path) -> None:
    other = Generate(settings(seed=6, count=golden.COUNT))
    longer = Generate(settings(seed=5, count=10 * golden.COUNT))
    stored = samples_of(whole)
    assert other.make(0).image != stored[0][0]
    assert longer.make(7).image == stored[7][0]


def test_bytes_are_those_of_this_revision(whole: Path) -> None:
    """When this fails on purpose, raise GENERATE_REVISION in stages/engine.py and run `make golden`."""
    assert golden.describe(whole) == json.loads(golden.GOLDEN.read_text())
