"""Against Pillow's reader, and against files that are damaged in every way."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sigh_batch.degrade.jpeg_file import ZIGZAG, read_jpeg
from sigh_batch.errors import DataError
from tests.chats import chat


def jpeg(mode: str = "RGB", size: tuple[int, int] = (37, 21), **options: object) -> bytes:
    """Return a file that Pillow wrote."""
    out = io.BytesIO()
    Image.fromarray(chat().pixels).convert(mode).resize(size).save(out, "JPEG", **options)
    return out.getvalue()


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize("progressive", [False, True])
def test_it_reads_what_was_written(subsampling: str, progressive: bool) -> None:
    facts = read_jpeg(jpeg(quality=83, subsampling=subsampling, progressive=progressive))
    assert (facts.width, facts.height) == (37, 21)
    assert facts.subsampling == subsampling
    assert facts.progressive is progressive
    assert (facts.scans > 1) is progressive


def test_its_tables_are_those_another_reader_finds() -> None:
    luma = [1 + place for place in range(64)]
    chroma = [200 - place for place in range(64)]
    data = jpeg(qtables=[luma, chroma])
    facts = read_jpeg(data)
    assert facts.tables == (tuple(luma), tuple(chroma), tuple(chroma))
    found = Image.open(io.BytesIO(data)).quantization  # type: ignore[attr-defined]
    assert [list(facts.tables[0]), list(facts.tables[1])] == [found[0], found[1]]


def test_the_zigzag_is_the_standard_s() -> None:
    assert sorted(ZIGZAG) == list(range(64))
    assert ZIGZAG[:10] == (0, 1, 8, 16, 9, 2, 3, 10, 17, 24)
    assert ZIGZAG[-3:] == (55, 62, 63)


def test_grey_has_one_component() -> None:
    facts = read_jpeg(jpeg("L"))
    assert facts.subsampling == "grey"
    assert len(facts.tables) == 1


def test_restarts_comments_and_thumbnails_do_not_mislead_it() -> None:
    thumbnail = jpeg(size=(8, 8), quality=10)
    data = jpeg(
        quality=91, restart_marker_blocks=1, comment=b"\xff\xd9\xff\xdb", exif=b"Exif\0\0" + thumbnail
    )
    facts = read_jpeg(data)
    assert (facts.width, facts.height) == (37, 21)
    assert facts.tables[0] == read_jpeg(jpeg(quality=91)).tables[0]
    assert facts.scans == 1


def test_only_the_first_of_two_appended_files_counts() -> None:
    # A loader that saves twice into one stream makes such a file; decoders read the first picture.
    assert read_jpeg(jpeg(quality=50) + jpeg(quality=90)) == read_jpeg(jpeg(quality=50))


def test_16_bit_tables_and_fill_bytes_are_read() -> None:
    data = jpeg("L", quality=75)
    start = data.index(b"\xff\xdb")
    steps = data[start + 5 : start + 69]
    wide = b"\xff\xff\xdb\x00\x83\x10" + b"".join(bytes([1, step]) for step in steps)
    facts = read_jpeg(data[:start] + wide + data[start + 69 :])
    assert facts.tables[0] == tuple(256 + step for step in read_jpeg(data).tables[0])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a JPEG: it begins with nothing in place of ffd8"),
        (b"\x89PNG\r\n", "not a JPEG: it begins with 89504e47 in place of ffd8"),
        (b"\xff\xd8", "the JPEG ends at byte 2 without its end marker; the file is cut off"),
        (b"\xff\xd8\x00\x00", "the JPEG has no marker at byte 2; the file is damaged"),
        (b"\xff\xd8\xff\xd9", "the JPEG has no frame header; the file is damaged"),
        (b"\xff\xd8\xff\xdb\x00\x05\x00\x01\x02\xff\xd9", "the JPEG's quantisation table 0 is malformed"),
        (b"\xff\xd8\xff\xc0\x00\x04\x08\x00\xff\xd9", "the JPEG's frame header has 2 bytes"),
    ],
)
def test_what_is_damaged_is_refused_in_words(data: bytes, message: str) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        read_jpeg(data)


def test_a_missing_table_is_named() -> None:
    data = jpeg(qtables=[[1] * 64, [2] * 64])
    start = data.rindex(b"\xff\xdb")
    length = int.from_bytes(data[start + 2 : start + 4], "big")
    with pytest.raises(DataError, match="lacks its quantisation table"):
        read_jpeg(data[:start] + data[start + 2 + length :])


@given(cut=st.integers(0, 800), place=st.integers(0, 600), value=st.integers(0, 255))
def test_damage_ends_in_facts_or_in_our_own_error(cut: int, place: int, value: int) -> None:
    data = bytearray(jpeg(quality=60))
    data[place % len(data)] = value
    try:
        facts = read_jpeg(bytes(data[: len(data) - cut]))
    except DataError:
        return
    assert all(len(table) == 64 for table in facts.tables)


def test_a_file_cut_anywhere_is_never_taken_for_whole() -> None:
    data = jpeg(quality=60)
    for end in range(len(data) - 1):
        with pytest.raises(DataError):
            read_jpeg(data[:end])
    assert read_jpeg(data).width == 37
