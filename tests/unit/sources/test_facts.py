import io

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from sigh_batch.sources.facts import file_facts, mime_of, perceptual_hash
from tests.unit.sources.files import every_kind, written

XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description xmp:CreatorTool="Paint 3" '
    b'Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"/>'
    b"</rdf:RDF></x:xmpmeta>"
)


@pytest.mark.parametrize("name", every_kind())
def test_files_of_every_kind_tell_something(name: str) -> None:
    facts = file_facts(every_kind()[name])
    assert (facts.mime or "").startswith("image/")
    assert facts.credentials.status == "absent"
    assert (facts.jpeg_tables is not None) == name.endswith(".jpg")


@pytest.mark.parametrize("quality", [1, 30, 50, 75, 92, 100])
def test_the_quality_of_a_usual_jpeg_is_found(quality: int) -> None:
    facts = file_facts(written("JPEG", quality=quality, subsampling="4:2:2"))
    assert (facts.jpeg_quality, facts.jpeg_subsampling) == (quality, "4:2:2")


def test_exif_is_told_and_a_place_is_not() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0131] = "Maker\x00\n", "Editor 9"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 0.0)
    exif.get_ifd(0x8769)[0x9003] = "2026:01:02 03:04:05"
    facts = file_facts(written("JPEG", exif=exif))
    assert facts.exif == {
        "DateTimeOriginal": "2026:01:02 03:04:05",
        "GPS": "present",
        "Make": "Maker",
        "Software": "Editor 9",
    }
    assert facts.software == "Editor 9"


def test_what_says_that_it_made_the_picture_is_found_in_png_and_xmp() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Software", "gnome-screenshot")
    assert file_facts(written("PNG", pnginfo=text)).software == "gnome-screenshot"
    facts = file_facts(written("JPEG", xmp=XMP))
    assert (facts.software, facts.source_type) == ("Paint 3", "trainedAlgorithmicMedia")


def test_damage_leaves_facts_out() -> None:
    for data in (b"", b"nothing", written("JPEG")[:40], b"\xff\xd8\xff\xe1\0\x10Exif\0\0II*\0\xff\xff"):
        facts = file_facts(data)
        assert (dict(facts.exif), facts.jpeg_quality, facts.software) == ({}, None, None)
    assert mime_of(b"%PDF-1.7") is None


def test_a_picture_saved_anew_keeps_its_hash_nearly() -> None:
    def bits(pixels: np.ndarray) -> int:
        return int(perceptual_hash(pixels), 16)

    levels = (np.arange(64).reshape(8, 8) ** 2 * 97 % 251).astype(np.uint8)
    plain = np.stack([np.kron(levels, np.ones((12, 12), np.uint8))] * 3, axis=-1)
    saved = written("JPEG", Image.fromarray(plain).resize((72, 72)), quality=40)
    anew = np.asarray(Image.open(io.BytesIO(saved)).convert("RGB"))
    assert (bits(plain) ^ bits(anew)).bit_count() <= 8
    assert (bits(plain) ^ bits(np.ascontiguousarray(plain[::-1]))).bit_count() >= 20
