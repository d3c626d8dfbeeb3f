import hashlib
import json
import shutil
from pathlib import Path

import pytest

from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.render.fonts import BUNDLED, open_catalogue

LISTED = json.loads((BUNDLED / "catalogue.json").read_text("utf-8"))


def test_every_bundled_file_is_the_one_listed() -> None:
    assert len(LISTED["faces"]) >= 80
    for face in LISTED["faces"]:
        content = (BUNDLED / face["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == face["sha256"], face["file"]
    fonts = {path.name for path in BUNDLED.glob("*.?tf")}
    assert fonts == {face["file"] for face in LISTED["faces"]}


def test_every_face_names_its_licence_and_origin() -> None:
    for face in LISTED["faces"]:
        licence = (BUNDLED / "licences" / f"{face['licence']}.txt").read_text("utf-8")
        assert len(licence) > 2000
        assert face["copyright"]
        package = face["origin"].rpartition(": ")[0]
        assert package in LISTED["packages"]
        if face["modified"]:
            assert "Reserved Font Name" not in face["copyright"]


def test_the_bundle_stays_small() -> None:
    assert sum(path.stat().st_size for path in BUNDLED.rglob("*")) <= 15_600_000


def test_the_families_cover_latin_greek_cyrillic_and_the_rest_by_fallback() -> None:
    catalogue = open_catalogue()
    for family in catalogue.families():
        assert catalogue.covers("Straße, naïve Ąę łódź 1,234.50 € “…”", family), family
    assert catalogue.covers("שלום مرحبا नमस्ते 日本語 简体 繁體 한국어 Ελληνικά Привет 👍🏽 🇩🇪 1️⃣ ❤️ →★✓☺")
    assert not catalogue.covers("\u12a0")
    assert not catalogue.covers("漢", "Inter")


def test_there_are_families_of_every_kind_in_several_weights() -> None:
    catalogue = open_catalogue()
    assert len(catalogue.families()) >= 30
    counts = {
        style: len(catalogue.families(style)) for style in ("system", "sans", "rounded", "serif", "mono")
    }
    assert min(counts.values()) >= 3
    for family in catalogue.families():
        assert catalogue.face(family, 400).weight == 400, family
        if family != "Varela Round":
            assert catalogue.face(family, 700).weight >= 600, family


def test_every_split_has_families_and_a_design_is_in_one() -> None:
    catalogue = open_catalogue()
    split = {face.family: face.split for face in catalogue.faces if face.style != "fallback"}
    of = {
        name: [family for family in catalogue.families() if split[family] == name]
        for name in ("train", "validation", "test")
    }
    assert len(of["train"]) >= 16
    for name, families in of.items():
        assert len(families) >= 5, name
        for style in ("system", "sans", "rounded"):
            assert set(catalogue.families(style)) & set(families), (name, style)
    for same in (
        ("Open Sans", "Noto Sans"),
        ("Arimo", "Tinos", "Cousine"),
        ("Libre Franklin", "Public Sans"),
    ):
        assert len({split[family] for family in same}) == 1


def test_line_boxes_of_families_are_alike_and_hold_the_ink() -> None:
    catalogue = open_catalogue()
    for family in catalogue.families():
        face = catalogue.face(family)
        ascent, descent, gap = face.extents
        assert 1.1 <= ascent + descent + gap <= (1.61 if family == "Hind" else 1.37), family
        for char in "\u00c5\u00c9jgpq":
            glyph = face.shaper.get_glyph_extents(face.shaper.get_nominal_glyph(ord(char)))
            assert glyph.y_bearing <= (ascent + 0.19) * face.units, (family, char)
            assert -glyph.y_bearing - glyph.height <= (descent + 0.1) * face.units, (family, char)


def test_weights_fall_back_to_the_nearest() -> None:
    catalogue = open_catalogue()
    assert catalogue.face("Inter", 400).weight == 400
    assert catalogue.face("Inter", 590).weight == 600
    assert catalogue.face("Inter", 900).weight == 700
    assert catalogue.chain("Inter", 700)[1].weight == 700


def test_an_unknown_family_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"unknown font family 'Intre'; did you mean 'Inter'\?"):
        open_catalogue().face("Intre")


def test_a_users_folder_adds_families(tmp_path: Path) -> None:
    shutil.copy(BUNDLED / "Quicksand-400.ttf", tmp_path / "mine.ttf")
    (tmp_path / "readme.txt").write_text("not a font, and not called one")
    catalogue = open_catalogue(tmp_path)
    assert catalogue.families("user") == ("Quicksand (own)",)
    assert catalogue.face("Quicksand (own)").path == tmp_path / "mine.ttf"
    assert catalogue.covers("abc", "Quicksand (own)")


def test_a_users_family_keeps_its_split_whatever_is_beside_it(tmp_path: Path) -> None:
    for name, file in (("Karla", "Karla-400.ttf"), ("Lato", "Lato-400.ttf"), ("Barlow", "Barlow-400.ttf")):
        shutil.copy(BUNDLED / file, tmp_path / f"{name}.ttf")
    before = {face.family: face.split for face in open_catalogue(tmp_path).faces if face.style == "user"}
    assert len(before) == 3
    assert set(before.values()) <= {"train", "validation", "test"}
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(BUNDLED / "Karla-400.ttf", other / "Karla.ttf")
    assert open_catalogue(other).face("Karla (own)").split == before["Karla (own)"]


def test_garbage_in_the_users_folder_is_named_and_so_is_what_is_fine(tmp_path: Path) -> None:
    shutil.copy(BUNDLED / "Quicksand-400.ttf", tmp_path / "good.ttf")
    (tmp_path / "bad.ttf").write_bytes(b"\x00\x01\x00\x00 this is no font" * 40)
    (tmp_path / "empty.otf").write_bytes(b"")
    with pytest.raises(ConfigError) as caught:
        open_catalogue(tmp_path)
    message = str(caught.value)
    assert "bad.ttf (cut off)" in message
    assert "empty.otf (neither TrueType nor OpenType)" in message
    assert "(fine: good.ttf)" in message


def test_a_truncated_font_is_refused(tmp_path: Path) -> None:
    whole = (BUNDLED / "Quicksand-400.ttf").read_bytes()
    for part in (0.02, 0.5, 0.99):
        folder = tmp_path / str(part)
        folder.mkdir()
        (folder / "half.ttf").write_bytes(whole[: int(len(whole) * part)])
        with pytest.raises(ConfigError, match=r"half\.ttf \(cut off\)"):
            open_catalogue(folder)


def test_a_folder_without_fonts_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no fonts in .*; put \.ttf or \.otf files there"):
        open_catalogue(tmp_path)
    with pytest.raises(ConfigError, match=r"no such font folder: .*missing; make it"):
        open_catalogue(tmp_path / "missing")
