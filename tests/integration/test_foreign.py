"""Anybody's pictures, good and bad, through `sigh distort`: what a user meets."""

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image, ImageDraw

from tests.runs import bytes_of

SETTINGS = ("--set", "distort.operations=[blur, erase]", "--seed", "5", "--workers", "1")
BAD = {
    "b_empty.png": "empty_file",
    "b_cut.jpg": "truncated_image",
    "b_bomb.png": "too_large",
    "b_dot.png": "too_small",
    "b_line.png": "too_small",
    "b_words.gif": "unreadable_image",
    "b_heic.jpg": "unsupported_image",
}


def sigh(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sigh_batch", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)


def page(seed: int) -> Image.Image:
    """Return a page with lines of text."""
    image = Image.new("RGB", (320, 240), (250, 248, 240 - seed))
    draw = ImageDraw.Draw(image)
    for line in range(9):
        draw.text((12, 10 + line * 24), f"We meet at {seed}:{line}5, bring {seed + line} euros", (20, 20, 30))
    return image


def written(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def bomb() -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 20_000, 10_000, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(10_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("foreign") / "pictures"
    (folder / "deep").mkdir(parents=True)
    grey = np.asarray(page(4).convert("L")).astype(np.uint16) * 257
    held = Image.Exif()
    held[0x0112] = 6
    files = {
        "deep/plain.png": written(page(1), "PNG"),
        "cmyk.jpg": written(page(2).convert("CMYK"), "JPEG"),
        "palette.png": written(page(3).quantize(32), "PNG"),
        "sixteen.png": written(Image.fromarray(grey), "PNG"),
        "moves.gif": written(page(5), "GIF", save_all=True, append_images=[page(6)]),
        "turned.jpg": written(page(7), "JPEG", exif=held),
        "misnamed.png": written(page(8), "BMP"),
        "notes.txt": b"not a picture",
        "b_empty.png": b"",
        "b_cut.jpg": written(page(9), "JPEG")[:3000],
        "b_bomb.png": bomb(),
        "b_dot.png": written(Image.new("RGB", (1, 1)), "PNG"),
        "b_line.png": written(Image.new("RGB", (1, 60_000)), "PNG"),
        "b_words.gif": b"not a picture",
        "b_heic.jpg": b"\0\0\0\x18ftypheic" + bytes(400),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def forged(pictures: Path) -> tuple[Path, subprocess.CompletedProcess[str]]:
    done = sigh("distort", "--in", "pictures", "--out", "forged", *SETTINGS, cwd=pictures.parent)
    return pictures.parent / "forged", done


def test_what_cannot_be_read_is_a_row_with_its_reason_and_the_run_goes_on(
    forged: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, done = forged
    assert done.returncode == 3, done.stderr
    assert "note: not read in pictures: 1 other file (1 .txt; notes.txt)" in done.stderr
    assert "error: 14 of 28 samples failed" in done.stderr
    rows = pq.read_table(folder / "manifest.parquet").to_pylist()
    for name, code in BAD.items():
        named = [row for row in rows if f" {name} " in (row["error_message"] or "")]
        assert [row["error_code"] for row in named] == [code] * 2, name
    good = [row for row in rows if row["error_code"] is None]
    assert sorted({row["group"] for row in good}) == [
        "cmyk",
        "deep/plain",
        "misnamed",
        "moves",
        "palette",
        "sixteen",
        "turned",
    ]
    assert [row["label"] for row in good].count(1) == 7
    verified = sigh("data", "verify", folder)
    assert verified.returncode == 0, verified.stdout


def test_the_run_can_be_taken_up_and_a_sample_remade_from_anywhere(
    forged: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    folder, _ = forged
    before = bytes_of(folder)
    for record in (folder / "records").iterdir():
        record.unlink()
    (folder / "manifest.parquet").unlink()
    done = sigh("resume", folder, cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    assert bytes_of(folder) == before
    index = next(
        row["index"] for row in pq.read_table(folder / "manifest.parquet").to_pylist() if row["label"] == 1
    )
    remade = sigh("data", "remake", folder, index, "--out", tmp_path / "one", cwd=tmp_path)
    assert remade.returncode == 0, remade.stderr


def test_another_folder_does_not_get_among_the_samples(
    pictures: Path, forged: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    folder, _ = forged
    done = sigh("distort", "--in", pictures / "deep", "--out", folder, "--count", "28", *SETTINGS)
    assert done.returncode == 2
    assert "source.files: 14 there, 1 here" in done.stderr


def test_a_run_does_not_write_into_what_it_reads(pictures: Path) -> None:
    before = bytes_of(pictures)
    done = sigh("distort", "--in", pictures, "--out", pictures / "forged", *SETTINGS)
    assert done.returncode == 2
    assert "which the run reads; write to another place" in done.stderr
    assert bytes_of(pictures) == before
