import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image

from sigh_batch.config.spec import RunSpec
from sigh_batch.data.plan import Plan
from sigh_batch.data.sample import Sample
from sigh_batch.errors import (
    ConfigError,
    Denied,
    RunMismatch,
    ShardFailed,
    StoreFull,
    Unreachable,
    UnreadablePicture,
)
from sigh_batch.run import Run, kept_spec, plan_run, read_spec
from sigh_batch.store import open_store
from tests import runs
from tests.sets import IDENTITY, make_sample, write_set


def spec_of(source: Path | str | None, out: Path) -> RunSpec:
    spec = runs.spec_of(out, count=2, shards=1)
    return spec.model_copy(update={"source": None if source is None else str(source)})


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        Image.new("RGB", (64, 48), "navy").save(folder / name)
    return folder


def test_what_a_run_reads_decides_its_hash(tmp_path: Path, pictures: Path) -> None:
    out = tmp_path / "out"
    _, without = plan_run(spec_of(None, out))
    _, before = plan_run(spec_of(pictures, out))
    assert "source" not in without.values
    assert before.values["source"]["files"] == 2
    (pictures / "c.jpg").write_bytes((pictures / "a.png").read_bytes())
    _, after = plan_run(spec_of(pictures, out))
    assert len({one.config_hash for one in (without, before, after)}) == 3


def test_a_set_counts_by_its_own_identity(tmp_path: Path) -> None:
    for name in ("one", "copy"):
        write_set(open_store(tmp_path / name), Plan(8, 2))
    _, one = plan_run(spec_of(tmp_path / "one", tmp_path / "out"))
    _, copy = plan_run(spec_of(tmp_path / "copy", tmp_path / "out"))
    assert one == copy
    assert one.values["source"]["config_hash"] == IDENTITY.config_hash


def test_a_run_over_another_source_refuses_to_mix(tmp_path: Path, pictures: Path) -> None:
    Run.open(spec_of(pictures, tmp_path / "out")).make_shard(0)
    (pictures / "b.png").unlink()
    with pytest.raises(RunMismatch, match=r"source\.files: 2 there, 1 here"):
        Run.open(spec_of(pictures, tmp_path / "out"))


def test_what_is_kept_names_the_source_from_any_folder(
    tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = spec_of("pictures", tmp_path / "out")
    Run.open(spec).make_shard(0)
    kept = json.loads((tmp_path / "out" / "run.json").read_text())["spec"]
    assert kept == kept_spec(spec)
    assert kept["source"] == str(pictures)
    monkeypatch.chdir("/")
    again = read_spec(str(tmp_path / "out"), spec.settings)
    assert Run.open(again).remaining() == []


class Broken:
    """A stage whose source has a picture that can be read at every third place only."""

    def __init__(self, fault: Exception) -> None:
        self._fault = fault

    def id_of(self, index: int) -> str:
        return f"{index:06d}"

    def make(self, index: int) -> Sample:
        if index % 3:
            raise self._fault
        return make_sample(index)


def broken(out: Path, fault: Exception) -> Run:
    run = Run.open(runs.spec_of(out, count=12, shards=1))
    vars(run.kind)["stage"] = Broken(fault)
    return run


def test_pictures_that_cannot_be_read_are_rows_however_many(tmp_path: Path) -> None:
    said: list[str] = []
    run = broken(tmp_path / "out", UnreadablePicture("too_small", "a.png is 1x1"))
    record = run.make_shard(0, say=said.append)
    assert (record.written, record.failed) == (4, 8)
    assert said[0] == "sample 1 failed: a.png is 1x1"
    run.merge()
    rows = pq.read_table(tmp_path / "out" / "manifest.parquet").to_pylist()
    assert [row["error_code"] for row in rows] == [None, "too_small", "too_small"] * 4
    assert rows[1]["error_message"] == "UnreadablePicture: a.png is 1x1"


@pytest.mark.parametrize(
    "fault", [Unreachable("no answer", transient=True), StoreFull("no room"), Denied("no")]
)
def test_what_a_store_cannot_give_is_no_fault_of_a_sample(tmp_path: Path, fault: Exception) -> None:
    run = broken(tmp_path / "out", fault)
    with pytest.raises(type(fault), match=str(fault)):
        run.make_shard(0)
    assert not list(run.store.list())


def test_any_other_fault_gives_a_shard_up(tmp_path: Path) -> None:
    with pytest.raises(ShardFailed, match="2 of the first 3 samples failed and 1 of 12 may"):
        broken(tmp_path / "out", ValueError("torn")).make_shard(0)


@pytest.mark.parametrize("out", ["", "out", "deep/out"])
def test_a_run_does_not_write_into_what_it_reads(pictures: Path, out: str) -> None:
    with pytest.raises(ConfigError, match="which the run reads; write to another place"):
        plan_run(spec_of(pictures, pictures / out))


def test_a_neighbour_of_a_similar_name_is_another_place(pictures: Path) -> None:
    plan_run(spec_of(pictures, pictures.with_name("pictures-forged")))
