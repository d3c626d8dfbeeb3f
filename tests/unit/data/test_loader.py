import json
import multiprocessing
import pickle
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow.compute as pc
import pytest

from sigh_batch.data import reader
from sigh_batch.data.loader import Dataset, open_dataset
from sigh_batch.data.order import Order
from sigh_batch.data.plan import Plan
from sigh_batch.errors import ConfigError, DataError, NotFound, UnknownName, Unreachable
from sigh_batch.store import Store
from sigh_batch.store.local import LocalStore
from sigh_batch.store.memory import MemoryStore
from tests.sets import make_failure, make_sample, write_set

PLAN = Plan(60, 7)
GOOD = [index for index in range(60) if index not in (13, 14)]


def fill(store: Store) -> Store:
    write_set(store, PLAN, lambda index: make_failure(index) if index in (13, 14) else make_sample(index))
    return store


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("set")
    fill(LocalStore(root))
    return root


@pytest.fixture(params=["folder", "memory"])
def dataset(request: pytest.FixtureRequest, folder: Path) -> Dataset:
    return open_dataset(str(folder) if request.param == "folder" else fill(MemoryStore("a")))


def indexes(dataset: Dataset) -> list[int]:
    return [item.annotation["index"] for item in dataset]


def test_every_good_sample_is_there_whole_and_in_order(dataset: Dataset) -> None:
    assert len(dataset) == len(GOOD)
    for number, index in enumerate(GOOD):
        item, sample = dataset[number], make_sample(index)
        assert (item.image, item.mask, item.source) == (sample.image, sample.mask, sample.source_mask)
        assert item.annotation["id"] == sample.id
        assert item.sample().elements == sample.elements
        assert item.sample().source_mask == sample.source_mask
        assert dataset.image(number) == sample.image
    assert indexes(dataset) == GOOD


def test_numbers_count_from_either_end_and_no_further(dataset: Dataset) -> None:
    assert dataset[-1].annotation["index"] == 59
    for number in (len(GOOD), -len(GOOD) - 1):
        with pytest.raises(IndexError):
            dataset[number]


def test_slices_are_smaller_data_sets(dataset: Dataset) -> None:
    assert indexes(dataset[5:30:5]) == GOOD[5:30:5]
    assert len(dataset[:0]) == 0
    assert indexes(dataset[:0]) == []
    with pytest.raises(ValueError, match="step -1 would turn the manifest's order round"):
        dataset[::-1]


def test_filters_by_value_by_list_by_none_and_by_expression(dataset: Dataset) -> None:
    def expected(keep: Callable[[int], bool]) -> list[int]:
        return list(filter(keep, GOOD))

    assert indexes(dataset.where(label=1)) == expected(lambda i: i % 4 == 3)
    assert indexes(dataset.where(split="train", label=1)) == expected(
        lambda i: i % 4 == 3 and i // 2 % 5 != 0
    )
    assert indexes(dataset.where(skin=["sms", "server"])) == expected(lambda i: i % 3 != 1)
    assert indexes(dataset.where(benign=None)) == expected(lambda i: i % 7 != 0)
    assert indexes(dataset.where(scene_depth=False)) == GOOD
    wide = dataset.where(pc.field("width") > 22, theme="dark")
    assert indexes(wide) == expected(lambda i: 20 + i % 5 > 22 and i % 2 == 1)
    assert indexes(wide.where(label=1)) == expected(lambda i: i % 5 > 2 and i % 4 == 3)
    assert indexes(dataset.where(label=1).where(label=0)) == []
    assert indexes(dataset[:20].where(label=1)) == [i for i in GOOD[:20] if i % 4 == 3]


def test_a_filter_that_makes_no_sense_is_said(dataset: Dataset) -> None:
    with pytest.raises(UnknownName, match="unknown column 'lable'; did you mean 'label'"):
        dataset.where(lable=1)
    with pytest.raises(ConfigError, match=r"cannot filter .*: No match for FieldRef.Name\(lable\)$"):
        dataset.where(pc.field("lable") == 1)
    with pytest.raises(ConfigError, match=r"cannot filter .*: "):
        dataset.where(split=1)
    with pytest.raises(ConfigError, match="cannot compare the column 'label' with <object"):
        dataset.where(label=object())


def test_columns_and_rows_follow_the_selection(dataset: Dataset) -> None:
    chosen = dataset.where(label=1)[2:9]
    assert chosen.column("index").to_pylist() == indexes(chosen)
    assert [row["id"] for row in chosen.rows(["id"])] == [f"{index:06d}" for index in indexes(chosen)]
    (row,) = dataset[3:4].rows()
    assert row["ops"][0]["new"] == "50 €"
    assert row["elements"][1]["text"] == "Grüße 3 🎉"
    with pytest.raises(UnknownName, match="unknown column 'txt'"):
        chosen.column("txt")
    with pytest.raises(UnknownName, match="unknown column 'txt'"):
        list(chosen.rows(["txt"]))


def test_a_walk_gives_each_sample_with_its_row(dataset: Dataset) -> None:
    pairs = list(dataset.where(split="test").walk(["id", "bytes"]))
    assert len(pairs) == len(dataset.where(split="test"))
    for row, item in pairs:
        assert row == {"id": item.annotation["id"], "bytes": len(item.image)}


def test_a_stream_keeps_the_order_it_is_given(dataset: Dataset) -> None:
    order = Order(len(dataset), seed=3)
    expected = [GOOD[number] for number in order]
    assert [item.annotation["index"] for item in dataset.stream(order, ahead=5)] == expected
    assert [item.annotation["index"] for item in dataset.__getitems__([7, 7, 0])] == [GOOD[7], GOOD[7], 0]


def test_a_stream_can_be_left_at_any_time(dataset: Dataset) -> None:
    stream = dataset.stream(Order(len(dataset), seed=3))
    next(stream)
    stream.close()  # type: ignore[attr-defined]


def test_an_error_in_a_stream_is_raised(dataset: Dataset) -> None:
    with pytest.raises(IndexError):
        list(dataset.stream([0, 1, 9999]))


def test_many_threads_read_the_right_bytes_with_few_descriptors(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_KEPT", 2)
    dataset = open_dataset(str(folder))
    numbers = random.Random(1).choices(range(len(GOOD)), k=3000)
    with ThreadPoolExecutor(8) as pool:
        for number, item in zip(numbers, pool.map(dataset.__getitem__, numbers), strict=True):
            assert item.image == make_sample(GOOD[number]).image
    kept = dataset._reader._kept  # type: ignore[attr-defined]
    assert len(kept) == 2


def read_in_another_process(dataset: Dataset, numbers: list[int]) -> list[int]:
    return [dataset[number].annotation["index"] for number in numbers]


def test_it_goes_to_another_process(folder: Path) -> None:
    dataset = open_dataset(str(folder)).where(label=1)
    dataset[0]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.apply(read_in_another_process, (dataset, [0, 3, -1]))
    assert found == [indexes(dataset)[number] for number in (0, 3, -1)]
    again = pickle.loads(pickle.dumps(dataset))
    assert indexes(again.where(split="test")) == indexes(dataset.where(split="test"))
    assert len(pickle.dumps(dataset)) < 2000


def test_a_store_that_holds_no_finished_set_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="does not exist"):
        open_dataset(str(tmp_path / "nowhere"))
    store = LocalStore(tmp_path)
    with pytest.raises(NotFound) as caught:
        open_dataset(store)
    assert str(caught.value) == f"there is no data set in {tmp_path}: it has no manifest.parquet"
    store.put("run.json", b"{}")
    with pytest.raises(NotFound) as caught:
        open_dataset(store)
    assert str(caught.value) == (
        f"the run in {tmp_path} is not finished: no manifest.parquet yet; go on with sigh resume"
    )
    store.put("manifest.parquet", b"PAR1 and then nothing")
    with pytest.raises(DataError, match=r"manifest\.parquet in .* is damaged "):
        open_dataset(store)


@pytest.mark.parametrize("kind", [LocalStore, MemoryStore])
def test_a_shard_that_is_cut_or_gone_is_said(kind: type, tmp_path: Path) -> None:
    store = fill(kind(str(tmp_path)))
    whole = store.get("shards/part-00006.tar")
    at = json.loads(store.get("records/part-00006.json"))["first"]
    dataset = open_dataset(store)
    number = GOOD.index(at)
    store.put("shards/part-00006.tar", whole[:1200])
    for read in (dataset.image, dataset.__getitem__):
        with pytest.raises(DataError) as caught:
            read(number + 1)
        assert str(caught.value).startswith(f"shards/part-00006.tar in {store.url} ends at byte ")
        assert str(caught.value).endswith("; run sigh data verify")
    store.delete("shards/part-00006.tar")
    with pytest.raises(
        DataError, match="is missing and the manifest has samples in it; run sigh data verify"
    ):
        open_dataset(store)[number]


def test_a_set_without_a_good_sample_is_empty() -> None:
    store = MemoryStore()
    write_set(store, Plan(5, 2), make_failure)
    dataset = open_dataset(store)
    assert len(dataset) == 0
    assert list(dataset) == []
    assert list(dataset.where(label=1).walk()) == []
    assert dataset.column("label").to_pylist() == []
