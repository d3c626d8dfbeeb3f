"""Forged sets from the command line: what is true of every pair, and what changes no byte."""

import io
import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sigh_batch.data.loader import open_dataset
from sigh_batch.data.sample import Sample
from tests.integration.test_command_line import documented, sigh
from tests.runs import bytes_of

SMALL = (
    "generate.phone={width: {min: 320, max: 360}, height: {min: 400, max: 520}}",
    "generate.desktop={width: {min: 420, max: 560}, height: {min: 320, max: 420}}",
)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return sigh(*map(str, arguments), tiny=False)


def good(*arguments: object) -> subprocess.CompletedProcess[str]:
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("source") / "ds"
    sets = [word for entry in SMALL for word in ("--set", entry)]
    good("generate", "--out", out, "--count", 12, "--shards", 2, "--seed", 3, "-q", *sets)
    return out


def distort(source: Path, out: Path, *options: object) -> tuple[object, ...]:
    return ("distort", "--in", source, "--out", out, "--shards", 3, "--seed", 5, "-q", *options)


@pytest.fixture(scope="module")
def forged(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("forged") / "ds"
    good(*distort(source, out, "--workers", 1))
    return out


def pairs_of(url: Path) -> list[tuple[Sample, Sample]]:
    """Return the clean and the forged sample of every pair."""
    pairs: dict[str, list[Sample]] = {}
    for item in open_dataset(str(url)):
        sample = item.sample()
        pairs.setdefault(sample.pair, []).append(sample)
    return [tuple(sorted(both, key=lambda sample: sample.label)) for both in pairs.values()]  # type: ignore[misc]


def decoded(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


def test_every_picture_is_forged_once_beside_its_twin(source: Path, forged: Path) -> None:
    pairs = pairs_of(forged)
    assert len(pairs) == 12
    originals = {sample.id: sample for sample in (item.sample() for item in open_dataset(str(source)))}
    for clean, other in pairs:
        assert (clean.label, other.label) == (0, 1)
        original = originals[clean.drawn["source"]["id"]]
        assert clean.split == other.split == original.split
        assert clean.group == other.group == original.group
        told = ("format", "width", "height", "benign", "encodes")
        assert [getattr(clean, name) for name in told] == [getattr(other, name) for name in told]
        assert other.mask_pixels >= 24
        assert other.ops
    labels = Counter(sample.label for pair in pairs for sample in pair)
    assert labels == {0: 12, 1: 12}


def test_the_mask_is_what_the_stored_pictures_differ_in(source: Path, tmp_path: Path) -> None:
    good(*distort(source, tmp_path / "ds", "--set", "distort.formats=png", "--count", 23))
    pairs = [pair for pair in pairs_of(tmp_path / "ds") if len(pair) == 2]
    assert len(pairs) == 11
    for clean, forged in pairs:
        mask = decoded(forged.mask)
        assert np.array_equal(mask, (decoded(clean.image) != decoded(forged.image)).any(axis=2))
        assert not decoded(clean.mask).any()


def test_workers_and_kills_change_no_byte(source: Path, forged: Path, tmp_path: Path) -> None:
    good(*distort(source, tmp_path / "two", "--workers", 2))
    assert bytes_of(tmp_path / "two") == bytes_of(forged)
    shutil.copytree(forged, tmp_path / "cut")
    for name in ("manifest.parquet", "records/part-00001.json", "shards/part-00001.tar"):
        (tmp_path / "cut" / name).unlink()
    facts = json.loads(good("resume", tmp_path / "cut", "--json").stdout)
    assert (facts["samples"], facts["resumed"]) == (8, 16)
    assert bytes_of(tmp_path / "cut") == bytes_of(forged)


def test_a_set_is_verified_shown_and_made_again(forged: Path, tmp_path: Path) -> None:
    good("data", "verify", forged)
    page = tmp_path / "page.html"
    shown = good("data", "show", forged, "--html", page)
    assert "label      clean 12, forged 12" in shown.stdout
    assert page.stat().st_size > 10_000
    for index in (0, 13):
        good("data", "remake", forged, index, "--out", tmp_path / "one")


def test_a_source_of_other_pictures_is_another_run(source: Path, forged: Path, tmp_path: Path) -> None:
    good("generate", "--out", tmp_path / "other", "--count", 12, "--seed", 4, "-q", "--set", SMALL[0])
    done = run(*distort(tmp_path / "other", forged))
    assert done.returncode == 2
    assert "config" in done.stderr


def test_bad_pictures_are_rows_and_the_run_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    draws = np.random.Generator(np.random.PCG64(1))
    for number in range(2):
        tiles = draws.integers(0, 255, (24, 30, 3), dtype=np.uint8)
        Image.fromarray(np.kron(tiles, np.ones((12, 12, 1), np.uint8))).save(folder / f"{number}.jpg")
    (folder / "cut.jpg").write_bytes((folder / "0.jpg").read_bytes()[:900])
    (folder / "empty.png").touch()
    (folder / "text.png").write_text("no picture")
    done = run(*distort(folder, tmp_path / "ds", "--json"))
    assert done.returncode == 3, done.stderr
    facts = json.loads(done.stdout)
    assert (facts["samples"], facts["failed"]) == (4, 6)
    assert "6 of 10 samples failed" in done.stderr
    good("data", "verify", tmp_path / "ds")


def test_what_is_left_out_is_said(source: Path, tmp_path: Path) -> None:
    shutil.copytree(source, tmp_path / "old")
    claim = tmp_path / "old" / "run.json"
    kept = json.loads(claim.read_text())
    kept["engine"]["numpy"] = "0.1"
    claim.write_text(json.dumps(kept))
    done = run("distort", "--in", tmp_path / "old", "--out", tmp_path / "ds", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "only pixels: it was made by other versions of what draws it" in done.stderr
    assert "count: 24" in done.stdout


def test_a_wrong_name_is_told_with_its_place_before_anything_is_written(source: Path, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("distort:\n  scene: 0\n  degradations: {jpegg: 1}\n")
    held = "distort.hold_out.skills=[expertt]"
    for told, words in {
        f"did you mean 'jpeg'? (distort.degradations, {tmp_path}/a.yaml:3)": ("-c", tmp_path / "a.yaml"),
        f"did you mean 'expert'? (distort.hold_out.skills, --set {held})": ("--set", held),
    }.items():
        done = run("distort", "--in", source, "--out", tmp_path / "ds", *words)
        assert (done.returncode, told in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "ds").exists()


def test_one_forgery_is_made_to_look_at(source: Path, tmp_path: Path) -> None:
    options = ("--op", "erase", "--seed", 3, "--mask", tmp_path / "mask.png", "--twin", tmp_path / "twin.png")
    done = good("forge", "--in", source, "--index", 5, "--out", tmp_path / "a.png", "--json", *options)
    facts = json.loads(done.stdout)
    assert set(facts) == documented("sigh forge")
    mask = decoded((tmp_path / "mask.png").read_bytes())
    assert int(mask.sum()) == facts["pixels"] > 0
    different = decoded((tmp_path / "a.png").read_bytes()) != decoded((tmp_path / "twin.png").read_bytes())
    assert np.array_equal(mask, different.any(axis=2))
    told = good("forge", tmp_path / "a.png", "--op", "copy_move", "--out", tmp_path / "b.jpg").stdout
    assert "copy_move by a forger: careful, " in told
    listed = json.loads(good("forge", "--list", "--json").stdout)
    assert set(listed[0]) == documented("sigh forge --list")
    assert good("forge", "--list").stdout.startswith(f"{listed[0]['name']:<16}")
    wrong = run("forge", tmp_path / "a.png", "--op", "copymove", "--out", tmp_path / "c.png")
    assert (wrong.returncode, "did you mean 'copy_move'" in wrong.stderr) == (2, True)
    for words in (["--op", "erase", "--out", "x.png"], ["--in", str(source), "--op", "erase"]):
        assert run("forge", *words).returncode == 2


def test_a_single_forgery_overwrites_nothing_that_it_needs(source: Path, tmp_path: Path) -> None:
    good("forge", "--in", source, "--op", "erase", "--out", tmp_path / "a.png")
    kept = (tmp_path / "a.png").read_bytes()
    for told, words in {
        "is the picture itself": ("--out", tmp_path / "x" / ".." / "a.png"),
        "is also --out": ("--out", tmp_path / "b.png", "--mask", tmp_path / "b.png"),
        "must end in .png": ("--out", tmp_path / "b.png", "--mask", tmp_path / "b.jpg"),
        "--index is for a set": ("--out", tmp_path / "b.png", "--index", 0),
    }.items():
        done = run("forge", tmp_path / "a.png", "--op", "erase", *words)
        assert (done.returncode, told in done.stderr) == (2, True), done.stderr
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.png", kept)]


def test_a_new_text_is_taken_as_it_is_typed(source: Path, tmp_path: Path) -> None:
    wish = ("--in", source, "--index", 5, "--op", "text_replace", "--out", tmp_path / "a.png", "--json")
    for new in ("007", "@me", "[x"):
        done = good("forge", *wish, "--set", f"new={new}")
        assert json.loads(done.stdout)["op"]["params"]["becomes"] == new
