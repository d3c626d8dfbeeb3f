"""What holds for every operation of both families."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigh_batch.degrade.operation import Operation, benign, degradations, find, replay
from sigh_batch.degrade.picture import Picture, picture_of
from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.rng import for_sample
from tests.chats import chat

NAMES = (*degradations.names(), *benign.names())
SIZES = ((1, 1), (7, 1000), (1000, 7), (2, 3), (17, 16))
ROOT = Path(__file__).parents[3]

FINGERPRINT = """
import hashlib, json, sys
import cv2
from sigh_batch.degrade.operation import benign, degradations
from sigh_batch.rng import for_sample
from tests.chats import chat
cv2.setNumThreads(int(sys.argv[1]))
picture, found = chat(201, 163), {}
for family in (degradations, benign):
    for name in family.names():
        operation, sums = family.get(name), hashlib.sha256()
        for index in range(6):
            done = operation.apply(picture, operation.draw(for_sample(5, name, index), picture))
            for part in (done.pixels, done.mask):
                sums.update(repr(part.shape).encode() + part.tobytes())
            sums.update(json.dumps(done.history).encode())
        found[name] = sums.hexdigest()
print(json.dumps(found))
"""


def noise(height: int, width: int, seed: int = 1) -> Picture:
    """Return random pixels and marks that cannot be written to, and two boxes."""
    generator = for_sample(seed, "test", height * 10_000 + width).generator()
    pixels = generator.integers(0, 256, (height, width, 3), dtype=np.uint8)
    mask = generator.random((height, width)) < 0.3
    pixels.flags.writeable = mask.flags.writeable = False
    boxes = [[0, 0, width, height], [width / 4, height / 4, width / 2, height / 2]]
    return picture_of(pixels, mask, boxes, ["author", "line"])


def assert_whole(picture: Picture) -> None:
    """Check what every picture must be."""
    height, width = picture.pixels.shape[:2]
    assert picture.pixels.shape == (height, width, 3)
    assert min(height, width) >= 1
    assert picture.pixels.dtype == picture.mask.dtype == np.uint8
    assert picture.mask.shape == (height, width)
    assert (picture.boxes >= 0).all()
    assert (picture.boxes[:, 0] + picture.boxes[:, 2] <= width + 1e-9).all()
    assert (picture.boxes[:, 1] + picture.boxes[:, 3] <= height + 1e-9).all()
    json.dumps(picture.history)


def assert_same(one: Picture, other: Picture) -> None:
    """Check that two pictures agree in everything."""
    assert np.array_equal(one.pixels, other.pixels)
    assert np.array_equal(one.mask, other.mask)
    assert np.array_equal(one.boxes, other.boxes)
    assert (one.kinds, one.history) == (other.kinds, other.history)


def test_the_families_are_complete_and_share_no_name() -> None:
    assert len(degradations.names()) == 13
    assert len(benign.names()) == 11
    assert not set(degradations.names()) & set(benign.names())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", SIZES)
def test_it_applies_to_odd_sizes_from_stored_parameters_and_leaves_the_input_alone(
    name: str, size: tuple[int, int]
) -> None:
    operation, picture = find(name), noise(*size)
    before = picture.pixels.copy(), picture.mask.copy(), picture.boxes.copy()
    for index in range(3):
        params = operation.draw(for_sample(9, name, index), picture)
        stored = json.loads(json.dumps(params))
        assert stored == params
        done = operation.apply(picture, stored)
        assert_whole(done)
        assert_same(done, operation.apply(picture, params))
        assert done.operations == ({"type": name, "params": params},)
    for left, right in zip(before, (picture.pixels, picture.mask, picture.boxes), strict=True):
        assert np.array_equal(left, right)
    assert picture.history == ()


@pytest.mark.parametrize("name", NAMES)
def test_what_makes_a_picture_larger_says_so_beforehand(name: str) -> None:
    operation = find(name)
    for index, size in enumerate((*SIZES, (320, 300), (41, 257)) * 3):
        picture = noise(*size)
        drawn = operation.draw(for_sample(5, name, index), picture)
        for params in (drawn, *map(operation.at, operation.levels)):
            told, done = operation.area(picture, params), operation.apply(picture, params)
            area = done.width * done.height
            assert area == told or area < told == picture.width * picture.height


@pytest.mark.parametrize("name", NAMES)
def test_every_level_of_the_sweep_applies_and_only_the_identity_changes_nothing(name: str) -> None:
    operation, picture = find(name), noise(320, 300)
    for level in operation.levels:
        done = operation.apply(picture, operation.at(level))
        assert_whole(done)
        same = done.pixels.shape == picture.pixels.shape and np.array_equal(done.pixels, picture.pixels)
        if level == operation.identity:
            assert same
            assert np.array_equal(done.mask, picture.mask)
            assert np.array_equal(done.boxes, picture.boxes)
        else:
            assert not same


@pytest.mark.parametrize("name", ["blur", "double_jpeg", "jpeg", "noise", "palette", "sharpen", "webp"])
def test_a_sweep_grows_harsher_level_by_level(name: str) -> None:
    operation, picture = find(name), chat()
    before = picture.pixels.astype(int)
    errors = [
        float(np.square(operation.apply(picture, operation.at(level)).pixels - before).mean())
        for level in operation.levels
    ]
    assert errors == sorted(errors)
    assert errors[-1] > 1.5 * errors[1] + 1


@pytest.mark.parametrize("name", NAMES)
def test_a_sweep_is_plain_parameters_that_follow_the_rules(name: str) -> None:
    operation = find(name)
    assert len(operation.levels) >= 4
    assert operation.unit
    assert (operation.__doc__ or "").strip()
    for level in operation.levels:
        params = operation.at(level)
        assert json.loads(json.dumps(params)) == params
        operation.rules.check(name, params)
        assert params == operation.at(level)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=10)
@given(seed=st.integers(0, 2**40), height=st.integers(1, 60), width=st.integers(1, 60))
def test_every_draw_follows_the_rules_whatever_the_picture(
    name: str, seed: int, height: int, width: int
) -> None:
    operation, picture = find(name), noise(height, width)
    params = operation.draw(for_sample(seed, name, 3), picture)
    operation.rules.check(name, params)
    assert params == operation.draw(for_sample(seed, name, 3), picture)
    assert_whole(operation.apply(picture, params))


@pytest.mark.parametrize("name", NAMES)
def test_draws_vary_and_do_not_look_at_the_pixels(name: str) -> None:
    operation, picture = find(name), chat()
    other = picture.repainted(255 - picture.pixels)
    drawn = [operation.draw(for_sample(1, name, index), picture) for index in range(12)]
    assert drawn == [operation.draw(for_sample(1, name, index), other) for index in range(12)]
    assert len({json.dumps(params) for params in drawn}) >= 6


def test_a_chain_is_replayed_from_its_history() -> None:
    picture = chat()
    for index, name in enumerate(("crop", "redaction", "messenger", "double_jpeg", "noise", "resave")):
        operation = find(name)
        picture = operation.apply(picture, operation.draw(for_sample(4, name, index), picture))
    assert len(picture.operations) == 6
    assert len(picture.encodes) == 4
    history = json.loads(json.dumps(picture.history))
    assert_same(replay(chat(), history), picture)


def _fingerprint(threads: int, **environment: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", FINGERPRINT, str(threads)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_bytes_do_not_depend_on_process_threads_or_processor() -> None:
    plain = _fingerprint(1)
    assert plain.keys() == set(NAMES)
    poor = _fingerprint(
        4,
        OPENCV_CPU_DISABLE="SSE4.1,SSE4.2,AVX,FP16,AVX2,AVX512-SKX",
        OPENCV_IPP="disabled",
        JSIMD_FORCENONE="1",
        PYTHONHASHSEED="7",
    )
    assert plain == poor


def test_an_unknown_operation_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="unknown operation 'jpg'; did you mean 'jpeg'"):
        find("jpg")


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("blur", {"sigma": "high"}, "blur: sigma is 'high' and must be a number from 0 to 50"),
        ("blur", {"sigma": True}, "blur: sigma is True and must be a number from 0 to 50"),
        ("blur", {"sigma": float("nan")}, "blur: sigma is nan and must be a number from 0 to 50"),
        ("blur", {}, "blur lacks sigma; give every parameter"),
        ("blur", {"sigme": 1}, "unknown parameter of blur 'sigme'; did you mean 'sigma'?"),
        (
            "webp",
            {"quality": 101, "method": 4},
            "webp: quality is 101 and must be a whole number from 0 to 100",
        ),
        (
            "resize",
            {"factor": 0.5, "filter": "lancsoz", "antialias": True},
            "unknown resize: filter 'lancsoz'; did you mean 'lanczos'?",
        ),
        (
            "double_jpeg",
            {"first": 3, "second": 4, "shift": [0, 0]},
            "double_jpeg: first is 3 and must be an object of encoder, tables, quality, chroma_quality, "
            "subsampling, progressive, optimize",
        ),
        (
            "redaction",
            {"places": [[0, 0, 2, 1]], "style": "bar", "color": [0, 0, 0]},
            "redaction: places is [[0, 0, 2, 1]] and must be a list of 1 to 64, each a list of 4, each a "
            "number from 0 to 1",
        ),
        (
            "watermark",
            {**find("watermark").at(0.5), "text": "a\nb"},
            "watermark: text is 'a\\nb' and must be 1 to 80 printable characters",
        ),
    ],
)
def test_wrong_parameters_are_named(name: str, params: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        find(name).apply(chat(), params)
    assert str(caught.value) == message


def test_a_picture_that_is_too_large_is_refused_in_words() -> None:
    long = picture_of(np.zeros((16_384, 1, 3), np.uint8))
    operation = find("webp")
    assert not operation.fits(long)
    with pytest.raises(ConfigError) as caught:
        operation.apply(long, operation.at(75))
    assert str(caught.value) == (
        "webp takes pictures of at most 16383 pixels a side and this one is 1x16384; "
        "leave it out or scale the picture down first"
    )


def test_an_operation_is_an_object_with_a_name() -> None:
    operation = find("jpeg")
    assert isinstance(operation, Operation)
    assert operation.name == "jpeg"
