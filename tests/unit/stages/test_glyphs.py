import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

from sigh_batch.config.generate import TextConfig
from sigh_batch.config.layers import read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.render.fonts import BUNDLED, open_catalogue
from sigh_batch.render.painter import CHROMIUM, TextMode
from sigh_batch.rng import for_sample
from sigh_batch.stages.generate import Generate
from sigh_batch.stages.glyphs import divided_families, draw_mode


def modes(text: TextConfig, form: str = "desktop", scale: float = 1.0, count: int = 400) -> list[TextMode]:
    return [draw_mode(for_sample(5, "test", index), text, form, scale) for index in range(count)]


def test_chromium_is_one_way_at_whole_scales_and_hints_fonts_of_pages_at_all() -> None:
    text = TextConfig(preset={"chromium": 1.0})
    assert set(modes(text)) == {CHROMIUM}
    assert set(modes(text, "phone", 2.0)) == {CHROMIUM, replace(CHROMIUM, hinting="none")}
    assert {mode.phase for mode in modes(text, scale=1.5)} > {0.0, 0.5}


def test_curves_run_from_linear_to_beyond_chromiums() -> None:
    drawn = modes(TextConfig(preset={"varied": 1.0}))
    assert min(mode.contrast for mode in drawn) < 0.02
    assert min(mode.gamma for mode in drawn) < 1.05
    assert max(mode.contrast for mode in drawn) > 2 * CHROMIUM.contrast
    assert max(mode.gamma for mode in drawn) > 1.4 * CHROMIUM.gamma
    for field in ("hinting", "edging", "coverage", "subpixel_positioning"):
        assert len({getattr(mode, field) for mode in drawn}) > 1, field


def test_stripes_are_for_desktops_at_scale_one_and_phases_for_free_glyphs() -> None:
    text = TextConfig(preset={"varied": 1.0})
    assert {mode.edging for mode in modes(text, "phone")} == {"grey"}
    assert {mode.edging for mode in modes(text, scale=2.0)} == {"grey"}
    assert "full" not in {mode.hinting for mode in modes(text, scale=2.0)}
    phases = Counter(bool(mode.phase) for mode in modes(text) if mode.subpixel_positioning)
    assert 0.15 < phases[True] / phases.total() < 0.45
    assert not any(mode.phase for mode in modes(text) if not mode.subpixel_positioning)


def test_families_are_divided_unless_a_split_would_have_none() -> None:
    catalogue = open_catalogue()
    divided = divided_families(catalogue, catalogue.families())
    names = {split: set(families) for split, (families, _) in divided.items()}
    assert not names["train"] & names["validation"]
    assert not (names["train"] | names["validation"]) & names["test"]
    shared = divided_families(catalogue, ["Inter", "Roboto", "Selawik"])
    assert {families for families, _ in shared.values()} == {("Inter", "Roboto", "Selawik")}
    families, shares = divided["train"]
    weight = dict(zip(families, shares, strict=True))
    assert weight["Inter"] > weight["Lato"] > weight["Nunito"] > weight["Tinos"] > weight["Cousine"] > 0


def test_fonts_of_a_users_folder_are_drawn_beside_the_others_or_alone(tmp_path: Path) -> None:
    for file in ("Karla-400.ttf", "Karla-700.ttf", "Cantarell-400.otf"):
        shutil.copy(BUNDLED / file, tmp_path)
    divided = divided_families(open_catalogue(tmp_path), open_catalogue(tmp_path).families())
    assert sum(family.endswith("(own)") for families, _ in divided.values() for family in families) == 2
    sets = [f"generate.font_folder={tmp_path}", "generate.fonts=['Karla (own)']", "generate.locales=fr-FR"]
    sample = Generate(resolve([read_sets(sets)]).settings).make(0)
    assert sample.font == "Karla (own)"
