import hashlib
import io
import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sigh_batch.render import encode
from sigh_batch.render.painter import Pixels


def make_noise(height: int, width: int, channels: int, seed: int, levels: int = 256) -> Pixels:
    generator = np.random.Generator(np.random.Philox(key=seed))
    return generator.integers(0, levels, (height, width, channels), dtype=np.uint8)


def read_by_pillow(data: bytes) -> Pixels:
    image = Image.open(io.BytesIO(data))
    image.verify()
    return np.asarray(Image.open(io.BytesIO(data)))


def read_by_opencv(data: bytes) -> Pixels:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB), np.uint8)


@given(
    st.integers(1, 90),
    st.integers(1, 90),
    st.sampled_from([3, 4]),
    st.integers(0, 1000),
    st.sampled_from([1, 2, 17, 256]),
)
def test_pictures_come_back_as_they_were(h: int, w: int, channels: int, seed: int, levels: int) -> None:
    pixels = make_noise(h, w, channels, seed, levels)
    data = encode.png(pixels)
    assert np.array_equal(read_by_pillow(data), pixels[:, :, :3])
    assert np.array_equal(read_by_opencv(data), pixels[:, :, :3])


@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 1000))
def test_masks_come_back_as_they_were(h: int, w: int, seed: int) -> None:
    mask = make_noise(h, w, 1, seed, 2)[:, :, 0].astype(bool)
    data = encode.mask_png(mask)
    image = Image.open(io.BytesIO(data))
    assert image.mode == "1"
    assert np.array_equal(np.asarray(image), mask)
    assert np.array_equal(read_by_opencv(data)[:, :, 0] > 0, mask)


def test_a_mask_of_numbers_is_set_where_they_are_not_zero() -> None:
    mask = np.array([[0, 1, 255], [7, 0, 0]], np.uint8)
    assert encode.mask_png(mask) == encode.mask_png(mask > 0)


def test_views_are_encoded_as_what_they_show() -> None:
    whole = make_noise(60, 80, 4, 1)
    part = whole[5:40:2, 60:10:-1]
    assert encode.png(part) == encode.png(part.copy())
    assert encode.png(part) == encode.png(part[:, :, :3])


def test_a_smaller_picture_after_a_larger_one_is_clean() -> None:
    small = make_noise(5, 7, 3, 2)
    alone = encode.png(small)
    encode.png(make_noise(300, 400, 3, 3))
    assert encode.png(small) == alone


def test_the_bytes_are_the_same_on_every_machine() -> None:
    flat = np.zeros((200, 300, 3), np.uint8)
    flat[20:90, 30:200] = (240, 244, 250)
    flat[::7] //= 2
    digest = hashlib.sha256()
    for pixels in (flat, make_noise(64, 64, 3, 4), make_noise(99, 101, 3, 5, 4)):
        digest.update(encode.png(pixels))
    digest.update(encode.mask_png(flat[:, :, 0] > 200))
    assert digest.hexdigest() == "68622658ddf43526a7b7d2f0e6a7e40fcf4d85dff82c88175e103cbb519e4bf6"


@pytest.mark.parametrize("shape", [(0, 5, 3), (5, 0, 3), (4, 4, 2)])
def test_what_is_no_picture_is_refused(shape: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="not a picture: uint8 of shape"):
        encode.png(np.zeros(shape, np.uint8))
    with pytest.raises(ValueError, match="not a picture: float64"):
        encode.png(np.zeros((4, 4, 3)))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not a mask"):
        encode.mask_png(np.zeros((4, 4, 3), bool))


@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 1000), st.sampled_from([1, 2, 256]))
def test_our_own_pictures_are_read_back(height: int, width: int, seed: int, levels: int) -> None:
    pixels = make_noise(height, width, 3, seed, levels)
    read = encode.read_png(encode.png(pixels))
    assert read is not None
    assert np.array_equal(read, pixels)
    assert read.flags.c_contiguous


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1"])
def test_pictures_that_others_wrote_are_left_to_others(mode: str) -> None:
    out = io.BytesIO()
    Image.fromarray(make_noise(30, 40, 3, 1)).convert(mode).save(out, "PNG")
    assert encode.read_png(out.getvalue()) is None
    assert encode.read_png(encode.mask_png(make_noise(30, 40, 3, 1)[..., 0])) is None


def test_a_picture_that_says_it_is_huge_is_not_believed() -> None:
    data = encode.png(make_noise(30, 40, 3, 1))
    for size in ((0, 0), (0, 9), (60_000, 60_000), (2**32 - 1, 2**32 - 1)):
        assert encode.read_png(data[:16] + struct.pack(">II", *size) + data[24:]) is None
    flat = encode.png(np.zeros((4000, 5000, 3), np.uint8))
    read = encode.read_png(flat)
    assert read is not None
    assert not read.any()


def test_a_damaged_picture_of_ours_is_never_read_as_another_size() -> None:
    pixels = make_noise(30, 40, 3, 1)
    data = encode.png(pixels)
    for end in range(len(data)):
        assert encode.read_png(data[:end]) is None
    for at in range(60):
        torn = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        read = encode.read_png(torn)
        assert read is None or read.shape == pixels.shape
