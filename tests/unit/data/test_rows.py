import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sigh_batch.data.columns import Placement, RowsBuilder
from sigh_batch.data.rows import RowsWriter
from sigh_batch.data.sample import Element, Sample
from sigh_batch.data.schema import ELEMENT, SCHEMA
from sigh_batch.errors import DataError
from tests.sets import make_failure, make_sample

AT = Placement("ab" * 32, 512, 80, 1536, 70, 2560, 700)

PUBLISHED = {
    *("id", "index", "seed", "group", "pair", "split", "label", "scene_depth", "benign", "ops", "encodes"),
    *("format", "width", "height", "bytes", "sha256", "skin", "theme", "scale", "font", "locale", "shard"),
    *("image_offset", "image_length", "mask_offset", "mask_length", "json_offset", "json_length"),
}


def rows_of(*samples: Sample) -> list[dict[str, Any]]:
    rows = RowsBuilder("part-00007")
    for sample in samples:
        rows.add(sample, AT)
    return rows.take().to_pylist()


def test_the_published_columns_are_there() -> None:
    assert set(SCHEMA.names) >= PUBLISHED
    assert {"stage", "mask_pixels", "elements", "drawn", "error_code", "error_message"} <= set(SCHEMA.names)


def test_the_fields_of_an_element_are_its_columns() -> None:
    assert Element._fields == tuple(field.name for field in ELEMENT)


def test_a_row_says_all_that_its_sample_does() -> None:
    sample = make_sample(3)
    (row,) = rows_of(sample)
    for name in SCHEMA.names:
        if hasattr(sample, name) and name not in ("ops", "encodes", "elements", "drawn"):
            assert row[name] == getattr(sample, name), name
    assert row["shard"] == "part-00007"
    assert row["bytes"] == len(sample.image)
    assert row["sha256"] == AT.sha256
    assert [
        row[f"{member}_{what}"] for member in ("image", "mask", "json") for what in ("offset", "length")
    ] == [
        512,
        80,
        1536,
        70,
        2560,
        700,
    ]
    assert json.loads(row["drawn"]) == sample.drawn
    assert [Element(**element) for element in row["elements"]] == list(sample.elements)
    assert row["ops"] == [
        {
            "type": "text_replace",
            "skill": None,
            "target": 1,
            "old": "5 €",
            "new": "50 €",
            "box": {"x": 1.5, "y": 2.25, "width": 8.0, "height": 4.0},
            "source": None,
            "params": '{"n":1}',
        }
    ]
    assert row["encodes"][0]["codec"] == "png"
    assert row["encodes"][0]["quality"] is None
    assert (row["error_code"], row["error_message"]) == (None, None)


def test_a_failure_is_a_row_with_its_reason_and_nothing_else() -> None:
    rows = RowsBuilder("part-00007")
    rows.add_failure(make_failure(5, "the picture is torn"))
    (row,) = rows.take().to_pylist()
    known = {name: value for name, value in row.items() if value not in (None, [])}
    assert known == {
        "id": "000005",
        "index": 5,
        "seed": 7,
        "stage": "generate",
        "shard": "part-00007",
        "error_code": "unreadable_image",
        "error_message": "the picture is torn",
    }


def test_lists_stay_with_their_rows_across_batches_and_among_failures() -> None:
    rows = RowsBuilder("part-00000")
    for index in range(300):
        if index % 10 == 9:
            rows.add_failure(make_failure(index))
        else:
            elements = tuple(
                Element("word", float(n), 0.0, 1.0, 1.0, f"{index}/{n}") for n in range(index % 7)
            )
            rows.add(replace(make_sample(index), elements=elements), AT)
    assert len(rows) == 300
    for index, row in enumerate(rows.take().to_pylist()):
        texts = [] if index % 10 == 9 else [f"{index}/{n}" for n in range(index % 7)]
        assert [element["text"] for element in row["elements"]] == texts
        assert len(row["ops"]) == int(index % 4 == 3 and index % 10 != 9)
    assert len(rows) == 0
    assert rows.take().num_rows == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"ops": ({"type": "cover", "colour": "red"},)},
            "sample '000000' has an operation with an unknown field 'colour'; what is special belongs in ",
        ),
        ({"ops": ({"target": 1},)}, "sample '000000' has an operation with no 'type'; what is special"),
        (
            {"encodes": ({"quality": 5},)},
            "sample '000000' has an encode step with no 'codec'; what is special",
        ),
        ({"label": 300}, "one of the samples '000000' to '000000' has a value that its column cannot hold: "),
        (
            {"width": "wide"},
            "one of the samples '000000' to '000000' has a value that its column cannot hold: ",
        ),
        (
            {"index": 2**64},
            "one of the samples '000000' to '000000' has a value that its column cannot hold: ",
        ),
    ],
)
def test_what_no_column_can_hold_is_refused_by_name(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError) as caught:
        rows_of(replace(make_sample(0), **changes))
    assert str(caught.value).startswith(message)


def write_rows(path: Path, count: int) -> tuple[int, str]:
    writer = RowsWriter(path, "part-00000")
    for index in range(count):
        writer.add(make_sample(index), AT)
    return writer.close()


def test_equal_rows_make_equal_files_with_the_stated_hash(tmp_path: Path) -> None:
    one, other = write_rows(tmp_path / "1", 200), write_rows(tmp_path / "2", 200)
    data = (tmp_path / "1").read_bytes()
    assert one == other == (len(data), hashlib.sha256(data).hexdigest())
    assert data == (tmp_path / "2").read_bytes()
    assert write_rows(tmp_path / "3", 199) != one


def test_a_large_shard_is_written_in_row_groups(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows", 9000)
    stored = pq.ParquetFile(tmp_path / "rows")
    assert [stored.metadata.row_group(group).num_rows for group in range(stored.num_row_groups)] == [
        4096,
        4096,
        808,
    ]
    assert stored.read(["index"]).column("index").to_pylist() == list(range(9000))
    assert stored.schema_arrow.equals(SCHEMA)


def test_rows_can_be_abandoned_at_any_time(tmp_path: Path) -> None:
    writer = RowsWriter(tmp_path / "rows", "part-00000")
    writer.add(make_sample(0), AT)
    writer.abandon()
    writer.abandon()
