import json
from dataclasses import fields, replace

import numpy as np
import pytest

from sigh_batch.data.document import compact_json, parse_sample, sample_json, stated_image
from sigh_batch.data.sample import Element, Sample
from sigh_batch.errors import DataError
from tests.sets import make_sample


def test_a_sample_is_read_back_as_it_was() -> None:
    for index in range(8):
        sample = make_sample(index)
        read = parse_sample(sample_json(sample, "ab"), sample.image, sample.mask, sample.source_mask)
        # JSON has one kind of list, so an operation's box comes back as one.
        assert replace(read, ops=()) == replace(sample, ops=())
        assert json.dumps(read.ops) == json.dumps(sample.ops)


def test_everything_of_a_sample_but_its_pictures_is_in_its_json() -> None:
    told = json.loads(sample_json(make_sample(3), "ab"))
    expected = {field.name for field in fields(Sample)} - {"image", "mask", "source_mask"} | {
        "bytes",
        "sha256",
    }
    assert told.keys() == expected
    assert told["bytes"] == len(make_sample(3).image)
    assert stated_image(sample_json(make_sample(3), "ab")) == (told["bytes"], "ab")
    assert [tuple(element) for element in told["elements"]] == [Element._fields] * 2


def test_the_json_is_compact_and_the_same_every_time() -> None:
    one, other = sample_json(make_sample(3), "ab"), sample_json(make_sample(3), "ab")
    assert one == other
    assert b": " not in one
    assert b"\n" not in one
    assert list(json.loads(one))[:3] == ["id", "index", "seed"]
    assert "Grüße 3 🎉".encode() in one


def test_free_parts_are_sorted() -> None:
    assert (
        compact_json({"b": 1, "a": {"d": None, "c": [1.5]}}, make_sample(0))
        == '{"a":{"c":[1.5],"d":null},"b":1}'
    )


@pytest.mark.parametrize(
    "value", [np.float32(1.5), object(), {1: 2}, "\ud800"], ids=["numpy", "object", "key", "surrogate"]
)
def test_what_json_cannot_say_is_an_error_that_names_the_sample(value: object) -> None:
    sample = make_sample(4, drawn={"hour": value})
    with pytest.raises(DataError) as caught:
        sample_json(sample, "ab")
    assert str(caught.value).startswith("sample '000004' cannot be written as JSON: ")
    assert str(caught.value).endswith("; its stage must give plain values")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (b"{", "the JSON of a sample is damaged: unexpected end"),
        (b"{}", "the JSON of a sample is damaged: it lacks 'id'"),
        (b"[]", "the JSON of a sample is damaged: "),
        (
            sample_json(make_sample(0), "ab").replace(b'"kind"', b'"kynd"'),
            "the JSON of a sample is damaged: ",
        ),
        (
            sample_json(make_sample(0), "ab").replace(b'"ops":[]', b'"ops":5'),
            "the JSON of a sample is damaged: ",
        ),
    ],
)
def test_a_damaged_json_is_named(document: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_sample(document, b"", b"")
    assert str(caught.value).startswith(message)


def test_a_json_without_its_picture_is_named() -> None:
    with pytest.raises(DataError, match="it lacks 'bytes'"):
        stated_image(b"{}")
