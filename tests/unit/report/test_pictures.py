"""Pictures of a page: small enough, true in shape and colour, and a reason where there is none."""

from __future__ import annotations

import base64
import io
import struct
import zlib

import pytest
from PIL import Image

from sigh_batch.data.sample import Sample
from sigh_batch.report.pictures import TINT, Unreadable, shrink_pictures
from tests.pictures import draw_chat, draw_forged_chat, encode_png

LIMITS = {"thumb_pixels": 250_000, "view_pixels": 1_000_000, "quality": 80}


def opened(address: str) -> Image.Image:
    head, _, data = address.partition(";base64,")
    picture = Image.open(io.BytesIO(base64.b64decode(data)))
    assert head == f"data:image/{str(picture.format).lower()}"
    return picture


def plain(width: int, height: int, image: bytes = b"") -> Sample:
    image = image or encode_png(Image.new("RGB", (width, height), "#3366aa"))
    mask = encode_png(Image.new("1", (width, height)))
    return draw_chat(0, width=width, height=height, image=image, mask=mask)


def test_a_phone_picture_is_reduced_twice_in_its_shape() -> None:
    found = shrink_pictures(plain(1290, 2796), **LIMITS)
    thumb, view = opened(found.thumb), opened(str(found.view))
    assert thumb.size == (found.width, found.height) == (340, 736)
    assert view.size == (679, 1472)
    assert found.size == len(found.thumb) + len(str(found.view))


def test_colours_survive() -> None:
    found = shrink_pictures(plain(1200, 900), **LIMITS)
    for address in (found.thumb, str(found.view)):
        pixel = opened(address).convert("RGB").getpixel((100, 100))
        assert isinstance(pixel, tuple)
        assert all(abs(one - other) <= 6 for one, other in zip(pixel, (0x33, 0x66, 0xAA), strict=True))


def test_a_small_picture_is_held_once_and_never_enlarged() -> None:
    found = shrink_pictures(plain(500, 400), **LIMITS)
    assert found.view is None
    assert opened(found.thumb).size == (500, 400)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1"])
def test_every_kind_of_pixels_is_shown(mode: str) -> None:
    codec = "jpeg" if mode == "CMYK" else "png"
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "#808080").convert(mode).save(buffer, codec)
    found = shrink_pictures(plain(40, 30, image=buffer.getvalue()), **LIMITS)
    assert opened(found.thumb).size == (40, 30)


def test_a_flat_picture_of_full_size_is_held_without_loss() -> None:
    sample = draw_chat(2)
    shown = opened(str(shrink_pictures(sample, **LIMITS).thumb)).convert("RGB")
    original = Image.open(io.BytesIO(sample.image)).convert("RGB")
    assert shown.size == original.size == (390, 760)
    assert shown.tobytes() == original.tobytes()


def test_a_noisy_picture_takes_the_smaller_codec() -> None:
    noise = Image.effect_noise((400, 300), 90).convert("RGB")
    found = shrink_pictures(plain(400, 300, encode_png(noise)), **LIMITS)
    assert opened(found.thumb).convert("RGB").tobytes() != noise.tobytes()
    assert found.size < 400 * 300


def test_an_empty_mask_is_not_held() -> None:
    assert shrink_pictures(draw_chat(1), **LIMITS).mask is None


def test_a_mask_is_tinted_where_pixels_changed_and_clear_elsewhere() -> None:
    sample = draw_forged_chat(4)
    found = shrink_pictures(sample, **LIMITS)
    mask = opened(str(found.mask)).convert("RGBA")
    assert mask.size == opened(str(found.view)).size
    x, y, width, height = sample.ops[0]["box"]
    scale = mask.width / sample.width
    assert mask.getpixel((int((x + width / 2) * scale), int((y + height / 2) * scale))) == (*TINT, 255)
    clear = mask.getpixel((2, 2))
    assert isinstance(clear, tuple)
    assert clear[3] == 0


def test_a_single_changed_pixel_is_still_seen_when_the_mask_is_reduced() -> None:
    pixels = Image.new("1", (3000, 2000))
    pixels.putpixel((1501, 999), 1)
    sample = plain(3000, 2000)
    sample = draw_chat(0, width=3000, height=2000, image=sample.image, mask=encode_png(pixels), mask_pixels=1)
    mask = opened(str(shrink_pictures(sample, **LIMITS).mask)).convert("RGBA")
    opaque = mask.getchannel("A").getcolors()
    assert opaque is not None
    assert 1 <= {level: count for count, level in opaque}[255] <= 4


def bomb(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (b"", "the picture is no PNG, JPEG or WebP (0 bytes)"),
        (b"GIF89a nothing", "the picture is no PNG, JPEG or WebP (14 bytes)"),
        (draw_chat(2).image[:900], "the picture cannot be decoded: "),
        (bomb(12_000, 10_000), "the picture is too large to be opened"),
        (bomb(60_000, 60_000), "the picture is too large to be opened"),
    ],
)
def test_what_cannot_be_shown_says_why(image: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        shrink_pictures(draw_chat(2, image=image), **LIMITS)
    assert str(caught.value).startswith(reason)


def test_a_torn_mask_says_that_it_is_the_mask() -> None:
    sample = draw_forged_chat(1)
    with pytest.raises(Unreadable, match="the mask is no PNG"):
        shrink_pictures(draw_chat(1, mask=b"torn", mask_pixels=sample.mask_pixels), **LIMITS)
