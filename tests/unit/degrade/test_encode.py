from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from sigh_batch.degrade.encode import (
    ENCODERS,
    SUBSAMPLINGS,
    annex_k,
    decode,
    draw_codec,
    draw_jpeg,
    encode,
    saved,
)
from sigh_batch.degrade.jpeg_file import read_jpeg
from sigh_batch.degrade.jpeg_tables import FAMILIES, jpeg_tables
from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.rng import for_sample
from tests.chats import chat

PIXELS = chat().pixels


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("subsampling", SUBSAMPLINGS)
@pytest.mark.parametrize("quality", [1, 35, 50, 77, 98, 100])
def test_the_bytes_hold_the_tables_and_the_sampling_that_were_asked(
    encoder: str, subsampling: str, quality: int
) -> None:
    encoded = encode(PIXELS, "jpg", {**annex_k(quality, subsampling), "encoder": encoder})
    facts = read_jpeg(encoded.data)
    assert facts.tables[:2] == jpeg_tables("annex_k", quality, quality)
    assert facts.subsampling == subsampling
    assert encoded.entry["quality"] == quality
    assert encoded.entry["subsampling"] == subsampling
    assert encoded.entry["params"]["quantisation"] == [list(table) for table in facts.tables[:2]]
    assert (encoded.entry["width"], encoded.entry["height"]) == (400, 320)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_written_with_both_qualities(family: str) -> None:
    settings = {**annex_k(80), "encoder": "pillow", "tables": family, "chroma_quality": 66}
    facts = read_jpeg(encode(PIXELS, "jpg", settings).data)
    assert facts.tables == (*jpeg_tables(family, 80, 66), jpeg_tables(family, 80, 66)[1])


@pytest.mark.parametrize("encoder", ["pillow", "opencv"])
def test_progressive_files_have_several_scans_and_say_so(encoder: str) -> None:
    settings = {**annex_k(80), "encoder": encoder, "progressive": True, "optimize": True}
    encoded = encode(PIXELS, "jpg", settings)
    assert read_jpeg(encoded.data).scans > 1
    assert encoded.entry["params"]["progressive"] is True
    plain = encode(PIXELS, "jpg", {**settings, "progressive": False, "optimize": False})
    assert read_jpeg(plain.data).scans == 1
    assert len(encoded.data) < len(plain.data)
    assert np.array_equal(decode(encoded), decode(plain))


def test_encoders_are_told_apart_by_their_chroma_quality() -> None:
    settings = {**annex_k(80), "encoder": "opencv", "subsampling": "4:4:4", "chroma_quality": 60}
    assert read_jpeg(encode(PIXELS, "jpg", settings).data).tables[:2] == jpeg_tables("annex_k", 80, 60)


@pytest.mark.parametrize(
    ("codec", "settings"), [("png", {}), ("jpg", annex_k(90)), ("webp", {"quality": 90, "method": 0})]
)
def test_a_file_is_of_its_codec_and_is_read_back(codec: str, settings: dict[str, object]) -> None:
    encoded = encode(PIXELS, codec, settings)
    other = Image.open(io.BytesIO(encoded.data))
    assert (other.format, other.size) == ({"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}[codec], (400, 320))
    assert encoded.format == encoded.entry["codec"] == codec
    ours = decode(encoded)
    error = np.abs(ours.astype(int) - PIXELS).mean()
    assert error == 0 if codec == "png" else 0 < error < 3
    assert np.abs(ours.astype(int) - np.asarray(other.convert("RGB"))).max() <= 1
    assert json.loads(json.dumps(encoded.entry)) == encoded.entry


def test_a_view_of_a_larger_picture_is_encoded_like_a_copy() -> None:
    part = PIXELS[3:50, 5:77]
    for codec, settings in (("png", {}), ("jpg", annex_k(70)), ("webp", {"quality": 50, "method": 0})):
        assert encode(part, codec, settings) == encode(part.copy(), codec, settings)


def test_saving_notes_the_entry_and_takes_the_decoded_pixels() -> None:
    done = saved(chat(), "jpg", annex_k(40))
    assert len(done.encodes) == 1
    assert not np.array_equal(done.pixels, PIXELS)
    assert np.array_equal(done.mask, chat().mask)


@pytest.mark.parametrize(
    ("codec", "settings", "message"),
    [
        (
            "jpg",
            {**annex_k(80), "tables": "flat"},
            "jpg: simplejpeg cannot write tables 'flat'; set encoder to pillow",
        ),
        ("jpg", {**annex_k(80), "progressive": True}, "jpg: simplejpeg writes one quality, one scan"),
        ("jpg", {**annex_k(80), "chroma_quality": 70}, "jpg: simplejpeg writes one quality, one scan"),
        (
            "jpg",
            {**annex_k(80), "encoder": "opencv", "chroma_quality": 70},
            "jpg: opencv writes a chroma quality of its own at 4:4:4 alone; set subsampling to 4:4:4",
        ),
        ("jpg", {**annex_k(80), "quality": 0}, "jpg: quality is 0 and must be a whole number from 1 to 100"),
        ("webp", {"quality": 80}, "webp lacks method; give every parameter"),
        ("png", {"level": 9}, "unknown parameter of png 'level'"),
    ],
)
def test_settings_a_codec_does_not_take_are_refused(
    codec: str, settings: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        encode(PIXELS, codec, settings)
    assert str(caught.value).startswith(message)


def test_an_unknown_codec_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="unknown codec 'jpeg'; did you mean 'jpg'"):
        encode(PIXELS, "jpeg", {})


def test_a_picture_too_large_for_a_format_is_refused_in_words() -> None:
    with pytest.raises(ConfigError) as caught:
        encode(np.zeros((2, 16_384, 3), np.uint8), "webp", {"quality": 50, "method": 0})
    assert str(caught.value) == (
        "a webp file holds at most 16383 pixels a side and the picture is 16384x2; "
        "save it as png or scale it down first"
    )


def test_drawn_settings_can_always_be_written() -> None:
    small = PIXELS[:24, :40]
    seen = set()
    for index in range(300):
        settings = draw_jpeg(for_sample(1, "draw", index))
        entry = encode(small, "jpg", settings).entry
        seen.add((settings["encoder"], settings["tables"], settings["subsampling"]))
        assert entry["subsampling"] == settings["subsampling"]
    assert {encoder for encoder, _, _ in seen} == set(ENCODERS)
    assert {family for _, family, _ in seen} == set(FAMILIES)
    assert {sampling for _, _, sampling in seen} == set(SUBSAMPLINGS)


def test_a_drawn_codec_holds_the_picture() -> None:
    small = {draw_codec(for_sample(1, "codec", index), 800, 600)[0] for index in range(100)}
    long = {draw_codec(for_sample(1, "codec", index), 800, 20_000)[0] for index in range(100)}
    huge = {draw_codec(for_sample(1, "codec", index), 800, 70_000)[0] for index in range(100)}
    assert (small, long, huge) == ({"png", "jpg", "webp"}, {"png", "jpg"}, {"png"})
