import os
import random
import re
import resource
import struct
import time
import zlib
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from sigh_batch.errors import UnreadablePicture
from sigh_batch.sources.decode import ANY_SIZE, Decoded, Limits, decode, decode_own_png
from tests.unit.sources.files import SIZE, every_kind, scene, written

CODES = {"empty_file", "too_large", "too_small", "truncated_image", "unsupported_image", "unreadable_image"}
SMALL = Limits(max_pixels=1_000_000)


def refused(data: bytes, limits: Limits = SMALL) -> tuple[str, str]:
    with pytest.raises(UnreadablePicture) as caught:
        decode(data, "cat.png", limits)
    return caught.value.code, str(caught.value)


def outcome(data: bytes) -> str:
    """Return the code of what is refused in one line that names the file, or that it is fine."""
    try:
        pixels = decode(data, "cat", SMALL).pixels
    except UnreadablePicture as error:
        return error.code if re.fullmatch("cat .+", str(error)) else repr(error)
    return "fine" if pixels.shape[2] == 3 else repr(pixels.shape)


def distance(decoded: Decoded) -> float:
    return float(np.abs(decoded.pixels.astype(int) - scene()).mean())


@pytest.mark.parametrize("name", every_kind())
def test_every_kind_becomes_rgb_pixels_that_nobody_can_write_to(name: str) -> None:
    decoded = decode(every_kind()[name], "cat")
    assert decoded.pixels.dtype == np.uint8
    assert decoded.pixels.shape == ((64, 48, 3) if name == "turned.jpg" else (48, 64, 3))
    assert not decoded.pixels.flags.writeable
    (entry,) = decoded.encodes
    assert (entry["width"], entry["height"]) == SIZE


@pytest.mark.parametrize(
    ("name", "most"),
    [
        *(
            (name, 0)
            for name in ("rgb.png", "clear.png", "animated.png", "lossless.webp", "plain.bmp", "plain.tif")
        ),
        *((name, 0) for name in ("lzw.tif", "pages.tif", "animated.webp")),
        *((name, 3) for name in ("plain.jpg", "progressive.jpg", "lossy.webp", "cmyk.jpg", "jpeg.tif")),
        *((name, 12) for name in ("palette.png", "one.gif", "two.gif")),
    ],
)
def test_colours_are_those_that_were_written(name: str, most: float) -> None:
    assert distance(decode(every_kind()[name], "cat")) <= most


def test_the_name_decides_nothing() -> None:
    assert distance(decode(every_kind()["plain.bmp"], "cat.jpg")) == 0


def test_sixteen_bits_are_scaled_and_not_cut_off() -> None:
    deep = np.linspace(0, 65535, 48 * 64).astype(np.uint16).reshape(48, 64)
    decoded = decode(written("PNG", Image.fromarray(deep)), "cat")
    assert np.abs(decoded.pixels[..., 0] - deep / 257).max() <= 0.5
    assert (decoded.pixels[..., 0] == decoded.pixels[..., 2]).all()
    assert decoded.facts == {"mode": "I;16"}


def test_what_is_clear_lies_on_white() -> None:
    pixels = np.zeros((48, 64, 4), np.uint8)
    pixels[:, 32:, 3] = 255
    pixels[:24, 40:, 3] = 128
    decoded = decode(written("PNG", Image.fromarray(pixels)), "cat")
    assert [decoded.pixels[40, 0, 0], decoded.pixels[40, 50, 0], decoded.pixels[0, 50, 0]] == [255, 0, 127]
    palette = Image.fromarray(scene()).quantize(16)
    clear = np.asarray(palette) == palette.getpixel((0, 0))
    on_white = decode(written("PNG", palette, transparency=palette.getpixel((0, 0))), "cat").pixels
    assert (on_white[clear] == 255).all()
    assert (on_white[~clear] == np.asarray(palette.convert("RGB"))[~clear]).all()


def test_ink_of_cmyk_darkens() -> None:
    inks = Image.merge("CMYK", [Image.new("L", SIZE, ink) for ink in (255, 0, 0, 0)])
    for kind in ("TIFF", "JPEG"):
        color = decode(written(kind, inks), "cat").pixels[10, 10]
        assert color[0] <= 2
        assert min(color[1:]) >= 253


def test_a_picture_is_turned_upright_as_the_camera_says() -> None:
    plain = decode(every_kind()["turned.jpg"], "cat")
    assert plain.facts == {"orientation": 6}
    upright = np.rot90(scene(), -1)
    assert np.abs(plain.pixels.astype(int) - upright).mean() < 4


@pytest.mark.parametrize("turn", [0, 1, 9, 65535])
def test_a_turn_that_there_is_not_is_left_alone(turn: int) -> None:
    held = Image.Exif()
    held[0x0112] = turn
    assert decode(written("JPEG", exif=held), "cat").pixels.shape == (48, 64, 3)


@pytest.mark.parametrize("name", ["animated.png", "two.gif", "animated.webp"])
def test_the_first_of_several_frames_is_taken_and_noted(name: str) -> None:
    assert decode(every_kind()[name], "cat").facts["animated"] is True


def test_a_bomb_is_refused_before_anything_is_unpacked() -> None:
    """Of a file that says 30,000 x 30,000 pixels, header and all, nothing is decoded, whatever its kind."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    side = 30_000
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    png = (
        b"\x89PNG\r\n\x1a\n"
        + header
        + chunk(b"IDAT", zlib.compress(bytes(10_000_000), 9))
        + chunk(b"IEND", b"")
    )
    canvas = (side - 1).to_bytes(3, "little")
    webp = b"VP8X" + struct.pack("<I", 10) + bytes(4) + canvas + canvas
    gif = every_kind()["one.gif"]
    bmp = every_kind()["plain.bmp"]
    bombs = [
        png,
        b"RIFF" + struct.pack("<I", 4 + len(webp)) + b"WEBP" + webp,
        gif[:6] + struct.pack("<HH", side, side) + gif[10:],
        bmp[:18] + struct.pack("<ii", side, side) + bmp[26:],
    ]
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    for bomb in bombs:
        code, message = refused(bomb, Limits())
        assert code == "too_large"
        assert "cat.png" in message
    assert time.process_time() - started < 0.5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def test_more_than_pillow_itself_allows_is_only_a_question_of_the_limit() -> None:
    wide = written("PNG", Image.new("1", (10_000, 9_500)))
    assert refused(wide)[1] == (
        "cat.png says it is 10000x9500, 95 megapixels; 1 are the most that are decoded"
    )
    assert decode(wide, "cat", Limits(max_pixels=95_000_000)).pixels.shape == (9_500, 10_000, 3)
    far = written("PNG", Image.new("1", (20_000, 10_000)))
    assert refused(far, Limits())[1].startswith("cat.png says it is 20000x10000, 200 megapixels; 64 are")
    assert decode(far, "cat", Limits(max_pixels=200_000_000)).pixels.shape == (10_000, 20_000, 3)
    assert Image.MAX_IMAGE_PIXELS


@pytest.mark.parametrize("size", [(1, 1), (1, 60_000), (60_000, 1), (31, 400)])
def test_what_is_too_small_is_said(size: tuple[int, int]) -> None:
    data = written("PNG", Image.new("RGB", size))
    assert refused(data) == (
        "too_small",
        f"cat.png is {size[0]}x{size[1]}; a side must have at least 32 pixels",
    )
    assert decode(data, "cat", ANY_SIZE).pixels.shape == (size[1], size[0], 3)


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        (b"", "empty_file", "cat.png is empty"),
        (b"hello", "unreadable_image", "cat.png is not a picture of any known kind"),
        (bytes(5000), "unreadable_image", "cat.png is not a picture of any known kind"),
        (b"<svg xmlns='a'/>", "unsupported_image", "cat.png is of a kind that is not read (SVG)"),
        (
            b"\0\0\0\x18ftypheic" + bytes(90),
            "unsupported_image",
            "cat.png is of a kind that is not read (HEIC)",
        ),
        (
            b"\x89PNG\r\n\x1a\n",
            "truncated_image",
            "cat.png is cut off: its 8 bytes end before the picture does",
        ),
        (written("TIFF", Image.new("F", SIZE)), "unsupported_image", "cat.png has pixels of a kind"),
        (written("TIFF", Image.new("I", SIZE)), "unsupported_image", "cat.png has pixels of a kind"),
    ],
)
def test_what_is_no_picture_is_said_in_a_sentence(data: bytes, code: str, message: str) -> None:
    found = refused(data)
    assert found[0] == code
    assert found[1].startswith(message)


def test_a_file_is_refused_by_its_length_alone() -> None:
    assert refused(bytes(SMALL.max_bytes + 1))[1].startswith(
        "cat.png has 75,108,865 bytes and 75,108,864 are"
    )


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = every_kind()["progressive.jpg"]
    at = data.index(b"\xff\xda")
    scan = data[at : data.index(b"\xff", at + 2 + int.from_bytes(data[at + 2 : at + 4]))]
    bomb = data[:at] + scan * 100 + data[at:]
    assert refused(bomb) == ("unsupported_image", "cat.png is a JPEG of more than 64 scans")


def test_a_film_behind_a_picture_is_not_taken_for_scans() -> None:
    assert decode(every_kind()["plain.jpg"] + b"\xff\xda\0\x02" * 500, "cat").pixels.shape == (48, 64, 3)


@pytest.mark.parametrize("name", every_kind())
def test_a_file_that_is_cut_short_is_never_taken_for_whole(name: str) -> None:
    data = every_kind()[name]
    code, message = refused(data[: len(data) // 3])
    assert code in ("truncated_image", "unreadable_image")
    assert message.startswith("cat.png is ")
    if not name.endswith(".tif"):
        assert code == "truncated_image"


@pytest.mark.parametrize("seed", range(8))
def test_no_damage_raises_anything_else_or_hangs_or_takes_much_memory(
    seed: int, capfd: pytest.CaptureFixture[str]
) -> None:
    draws = random.Random(seed)
    files = list(every_kind().values())
    codes: Counter[str] = Counter()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(150):
        data = bytearray(draws.choice(files))
        if draws.random() < 0.3:
            del data[draws.randrange(len(data)) :]
        else:
            reach = min(draws.choice((100, len(data))), len(data))
            for _ in range(draws.choice((1, 3, 30))):
                data[draws.randrange(reach)] ^= 1 << draws.randrange(8)
        started = time.process_time()
        codes[outcome(bytes(data))] += 1
        assert time.process_time() - started < 2
    assert codes.keys() - {"fine"} <= CODES
    assert min(codes["fine"], codes["truncated_image"], codes["unreadable_image"]) > 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
    assert capfd.readouterr() == ("", "")


def test_what_libraries_write_to_standard_error_comes_back_after_a_tiff(
    capfd: pytest.CaptureFixture[str],
) -> None:
    refused(every_kind()["fax.tif"][:-60].replace(b"\x26", b"\xff"))
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"


def test_our_own_png_is_decoded_alike() -> None:
    assert (decode_own_png(every_kind()["rgb.png"], "cat") == scene()).all()
    assert not decode_own_png(every_kind()["rgb.png"], "cat").flags.writeable
