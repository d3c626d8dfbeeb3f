"""A set read by tools that know nothing of this product: tar, WebDataset, DuckDB, Polars, Arrow, COCO's."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars
import pyarrow.dataset
import pytest
from PIL import Image
from pycocotools.coco import COCO

from sigh_batch.data.export.formats import export
from sigh_batch.data.loader import open_dataset
from sigh_batch.data.plan import Plan
from sigh_batch.store.local import LocalStore
from tests.sets import endings_of, make_failure, make_sample, write_set

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import webdataset

COUNT = 60
GOOD = [index for index in range(COUNT) if index != 13]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("set")
    write_set(
        LocalStore(root),
        Plan(COUNT, 4),
        lambda index: make_failure(13) if index == 13 else make_sample(index),
    )
    return root


def read_webdataset(tars: list[Path], *decode: str) -> list[dict[str, Any]]:
    with warnings.catch_warnings():
        # It leaves the closing of its tars to the garbage collector, which says so.
        warnings.simplefilter("ignore", ResourceWarning)
        source = webdataset.WebDataset([str(path) for path in tars], shardshuffle=False)
        samples = list(source.decode(*decode) if decode else source)
        del source
        gc.collect()
    return samples


def test_webdataset_reads_every_sample_of_the_shards(folder: Path) -> None:
    found = read_webdataset(sorted((folder / "shards").iterdir()))
    assert [sample["__key__"] for sample in found] == [f"{index:06d}" for index in GOOD]
    for index, sample in zip(GOOD, found, strict=True):
        made = make_sample(index)
        assert {name for name in sample if not str(name).startswith("__")} == {*endings_of(made)}
        assert (sample[made.format], sample["mask.png"]) == (made.image, made.mask)
        assert json.loads(sample["json"])["pair"] == made.pair


def test_webdataset_decodes_them_too(folder: Path) -> None:
    found = read_webdataset(sorted((folder / "shards").iterdir()), "pil")
    for index, sample in zip(GOOD, found, strict=True):
        made = make_sample(index)
        assert sample[made.format].size == sample["mask.png"].size == (made.width, made.height)
        assert sample["json"]["label"] == made.label


def test_webdataset_reads_the_export(folder: Path, tmp_path: Path) -> None:
    list(export(open_dataset(str(folder)), LocalStore(tmp_path), "webdataset"))
    found = read_webdataset([tmp_path / "train-000000.tar"])
    assert [sample["__key__"] for sample in found] == [f"{index:06d}" for index in GOOD if index // 2 % 5]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_pycocotools_reads_the_export(folder: Path, tmp_path: Path) -> None:
    list(export(open_dataset(str(folder)), LocalStore(tmp_path), "coco"))
    with contextlib.redirect_stdout(io.StringIO()):
        told = COCO(tmp_path / "annotations/train.json")
    (edits,) = told.getCatIds(supNms="forged")
    forged = [index for index in GOOD if index % 4 == 3 and index // 2 % 5]
    assert sorted(told.getImgIds(catIds=[edits])) == forged
    for index, edit in zip(forged, told.loadAnns(told.getAnnIds(catIds=[edits])), strict=True):
        mask = np.asarray(Image.open(io.BytesIO(make_sample(index).mask)))
        assert edit["image_id"] == index
        assert (told.annToMask(edit) == mask).all()
    boxes = told.loadAnns(told.getAnnIds(imgIds=[1, 2]))
    assert [told.annToMask(box).any() for box in boxes] == [True] * 2


def test_duckdb_filters_any_column_and_finds_the_bytes(folder: Path) -> None:
    manifest = folder / "manifest.parquet"
    found = duckdb.sql(
        f"""select id, shard, image_offset, image_length, ops[1].new as edited
            from '{manifest}' where label = 1 and split = 'train' and skin = 'sms' order by index"""
    ).fetchall()
    expected = [index for index in GOOD if index % 4 == 3 and index // 2 % 5 and index % 3 == 2]
    assert [row[0] for row in found] == [f"{index:06d}" for index in expected]
    for id_, shard, offset, length, edited in found:
        tar = (folder / f"shards/{shard}.tar").read_bytes()
        assert tar[offset : offset + length] == make_sample(int(id_)).image
        assert edited == "50 €"
    words = duckdb.sql(
        f"select e.text, e.x from (select unnest(elements) as e from '{manifest}') where e.kind = 'text'"
    ).fetchall()
    assert len(words) == len(GOOD)
    assert words[0] == ("Grüße 0 🎉", 2.0)
    (failed,) = duckdb.sql(f"select id, error_code from '{manifest}' where error_code is not null").fetchall()
    assert failed == ("000013", "unreadable_image")


def test_duckdb_reads_all_rows_files_at_once(folder: Path) -> None:
    ((count,),) = duckdb.sql(f"select count(*) from '{folder}/rows/*.parquet'").fetchall()
    assert count == COUNT


def test_polars_filters_nested_columns(folder: Path) -> None:
    lazy = polars.scan_parquet(folder / "manifest.parquet")
    boxed = lazy.filter(polars.col("ops").list.len() > 0).select(
        "id", polars.col("ops").list.first().struct.field("box").struct.field("width").alias("width")
    )
    found = boxed.collect().to_dicts()
    assert found == [{"id": f"{index:06d}", "width": 8.0} for index in GOOD if index % 4 == 3]


def test_arrow_reads_the_manifest_as_a_dataset(folder: Path) -> None:
    found = pyarrow.dataset.dataset(folder / "manifest.parquet").to_table(
        columns=["index"], filter=pyarrow.dataset.field("theme") == "dark"
    )
    assert found.column("index").to_pylist() == [index for index in GOOD if index % 2]


def test_plain_tar_lists_and_unpacks_a_shard(folder: Path, tmp_path: Path) -> None:
    tar = shutil.which("tar")
    assert tar, "the machine has no tar"
    subprocess.run(
        [tar, "-xf", folder / "shards/part-00003.tar"], cwd=tmp_path, check=True, capture_output=True
    )
    names = sorted(path.name for path in tmp_path.iterdir())
    samples = [make_sample(index) for index in range(45, 60)]
    assert names == sorted(f"{s.id}.{ending}" for s in samples for ending in endings_of(s))
    assert (tmp_path / "000050.webp").read_bytes() == make_sample(50).image
