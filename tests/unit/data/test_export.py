import json
import tarfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sigh_batch.data.export.formats import export, formats
from sigh_batch.data.loader import Dataset, open_dataset
from sigh_batch.data.plan import Plan
from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.store.local import LocalStore
from sigh_batch.store.memory import MemoryStore
from tests.sets import endings_of, make_failure, make_sample, write_set

GOOD = [index for index in range(40) if index != 13]
COPIED = [7, 15, 23, 31, 39]


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    store = MemoryStore()
    write_set(store, Plan(40, 3), lambda index: make_failure(index) if index == 13 else make_sample(index))
    return open_dataset(store)


def exported(dataset: Dataset, folder: Path, name: str) -> dict[str, bytes]:
    assert list(export(dataset, LocalStore(folder), name)) == list(range(1, len(dataset) + 1))
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def split_of(index: int) -> str:
    return "train" if index // 2 % 5 else "test"


def test_a_folder_has_every_member_as_a_file(dataset: Dataset, tmp_path: Path) -> None:
    files = exported(dataset, tmp_path / "out", "folder")
    assert len(files) == 3 * len(GOOD) + len(COPIED)
    for index in GOOD:
        sample = make_sample(index)
        stem = f"{split_of(index)}/{sample.id}"
        assert files[f"{stem}.{sample.format}"] == sample.image
        assert files[f"{stem}.mask.png"] == sample.mask
        assert files.get(f"{stem}.source.png") == sample.source_mask
        assert json.loads(files[f"{stem}.json"])["index"] == index
    assert [path.name for path in (tmp_path / "out").iterdir() if path.name.startswith(".")] == []


def test_only_class_folders_carry_the_label(dataset: Dataset, tmp_path: Path) -> None:
    files = exported(dataset, tmp_path / "out", "imagefolder")
    assert len(files) == 2 * len(GOOD) + len(COPIED)
    for index in GOOD:
        sample = make_sample(index)
        kind = "forged" if sample.label else "clean"
        assert files[f"{split_of(index)}/{kind}/{sample.id}.{sample.format}"] == sample.image
        assert files[f"masks/{split_of(index)}/{sample.id}.png"] == sample.mask
        assert files.get(f"sources/{split_of(index)}/{sample.id}.png") == sample.source_mask
    for name in ("coco", "folder", "huggingface", "webdataset"):
        other = exported(dataset, tmp_path / name, name)
        assert not any("forged" in path or "clean" in path for path in other)


def test_coco_has_a_box_for_every_element_and_every_edit(dataset: Dataset, tmp_path: Path) -> None:
    files = exported(dataset, tmp_path / "out", "coco")
    told = json.loads(files["annotations/train.json"])
    names = {category["id"]: category["name"] for category in told["categories"]}
    assert sorted(names.values()) == ["message", "text", "text_replace"]
    above = {category["name"]: category["supercategory"] for category in told["categories"]}
    assert above == {"message": "element", "text": "element", "text_replace": "forged"}
    train = [index for index in GOOD if split_of(index) == "train"]
    assert [image["id"] for image in told["images"]] == train
    assert told["images"][0] == {"id": 2, "file_name": "000002.webp", "width": 22, "height": 12}
    assert f"train/{told['images'][0]['file_name']}" in files
    boxes = told["annotations"]
    assert [box["id"] for box in boxes] == list(range(1, len(boxes) + 1))
    assert {box["image_id"] for box in boxes} == set(train)
    kinds = [names[box["category_id"]] for box in boxes]
    assert kinds.count("message") == kinds.count("text") == len(train)
    assert kinds.count("text_replace") == sum(index % 4 == 3 for index in train)
    text = boxes[kinds.index("text")]
    assert (text["bbox"], text["area"], text["iscrowd"], text["text"]) == (
        [2.0, 3.5, 6.0, 2.0],
        12.0,
        0,
        "Grüße 2 🎉",
    )
    assert text["segmentation"] == [[2.0, 3.5, 8.0, 3.5, 8.0, 5.5, 2.0, 5.5]]
    edit = boxes[kinds.index("text_replace")]
    assert (edit["image_id"], edit["bbox"], edit["old"], edit["new"]) == (
        3,
        [1.5, 2.25, 8.0, 4.0],
        "5 €",
        "50 €",
    )
    assert (edit["area"], edit["segmentation"]["size"]) == (6, [12, 23])


def test_huggingface_has_a_row_of_facts_for_every_picture(dataset: Dataset, tmp_path: Path) -> None:
    files = exported(dataset, tmp_path / "out", "huggingface")
    schemas = []
    for split in ("train", "test"):
        table = pq.read_table(tmp_path / "out" / split / "metadata.parquet")
        schemas.append(table.schema)
        rows = table.to_pylist()
        assert [row["index"] for row in rows] == [index for index in GOOD if split_of(index) == split]
        for row in rows:
            sample = make_sample(row["index"])
            assert files[f"{split}/{row['file_name']}"] == sample.image
            assert files[f"{split}/{row['mask_file_name']}"] == sample.mask
            assert files.get(f"{split}/{row['source_file_name']}") == sample.source_mask
            assert [op["type"] for op in row["ops"]] == [op["type"] for op in sample.ops]
            assert (row["label"], row["pair"], len(row["elements"])) == (sample.label, sample.pair, 2)
    # datasets refuses splits whose facts differ in type, as a column of nothing but nulls would.
    assert schemas[0].equals(schemas[1])
    assert not {"shard", "image_offset", "error_code"} & set(schemas[0].names)


def test_webdataset_has_tars_by_split(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    formats.get("webdataset")
    monkeypatch.setattr("sigh_batch.data.export.webdataset._SAMPLES", 15)
    files = exported(dataset, tmp_path / "out", "webdataset")
    assert sorted(files) == ["test-000000.tar", "train-000000.tar", "train-000001.tar", "train-000002.tar"]
    names = []
    for name in ("train-000000.tar", "train-000001.tar", "train-000002.tar"):
        with tarfile.open(tmp_path / "out" / name) as tar:
            names.append(tar.getnames())
    assert [sum(name.endswith(".json") for name in members) for members in names] == [15, 15, 1]
    assert names[0][names[0].index("000007.mask.png") + 1] == "000007.source.png"
    assert names[0][:3] == ["000002.webp", "000002.mask.png", "000002.json"]


def test_a_selection_is_exported_alone(dataset: Dataset, tmp_path: Path) -> None:
    files = exported(dataset.where(label=1, split="test"), tmp_path / "out", "folder")
    assert sorted(files) == sorted(
        f"test/{make_sample(index).id}.{ending}"
        for index in (11, 31)
        for ending in endings_of(make_sample(index))
    )


def test_any_store_is_a_target(dataset: Dataset) -> None:
    target = MemoryStore("t")
    assert len(list(export(dataset, target, "coco"))) == len(GOOD)
    assert target.stat("annotations/test.json")


def test_nothing_is_no_export(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no picture to export; name another split or set"):
        list(export(dataset.where(split="tset"), LocalStore(tmp_path), "coco"))


def test_what_is_not_empty_is_left_alone(dataset: Dataset, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("three years")
    with pytest.raises(ConfigError) as caught:
        list(export(dataset, LocalStore(tmp_path), "folder"))
    assert str(caught.value) == f"{tmp_path} is not empty, it has thesis.tex; export into a new place"
    assert (tmp_path / "thesis.tex").read_text() == "three years"


def test_an_unknown_format_is_refused_before_anything_is_written(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="unknown export format 'cocoa'; did you mean 'coco'"):
        list(export(dataset, LocalStore(tmp_path / "out"), "cocoa"))
    assert formats.names() == ("coco", "folder", "huggingface", "imagefolder", "webdataset")
