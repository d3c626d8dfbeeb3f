import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.render.painter import CHROMIUM, Path, coverage_table, luminance, painters, shade


def test_paths_are_read_from_svg_data() -> None:
    path = Path.of("M1 2L3,-4.5 Q1 1 2 2 C0 0 1 1 .5 3Z")
    assert path.commands == (
        ("M", (1, 2)),
        ("L", (3, -4.5)),
        ("Q", (1, 1, 2, 2)),
        ("C", (0, 0, 1, 1, 0.5, 3)),
        ("Z", ()),
    )
    assert Path.of("M0 0 1 1 2 2").commands == (("M", (0, 0)), ("M", (1, 1)), ("M", (2, 2)))
    assert path.placed(10, 20, 2).commands[1] == ("L", (16, 11))


@pytest.mark.parametrize(
    "data", ["", "L1 2", "M1", "M1 2 l3 4", "M1 2 L3", "M1 2 Z 3", "M1 2 L a", "5 5", "M 1 2 A 1 1"]
)
def test_bad_path_data_is_refused(data: str) -> None:
    with pytest.raises(ConfigError, match="not path data"):
        Path.of(data)


def test_plain_coverage_stays_as_it_is() -> None:
    for level in range(0, 256, 15):
        assert coverage_table(0.0, 1.0, level) == tuple(range(256))


@given(st.floats(0, 1), st.floats(0.5, 2.6), st.integers(0, 255))
def test_curves_rise_from_nothing_to_all(contrast: float, gamma: float, level: int) -> None:
    table = coverage_table(contrast, gamma, level)
    assert (table[0], table[255]) == (0, 255)
    assert list(table) == sorted(table)


def test_contrast_makes_dark_text_heavier_and_gamma_lighter() -> None:
    assert coverage_table(0.5, 1.0, 0)[128] > 128
    assert coverage_table(0.5, 1.0, 255)[128] == 128
    assert coverage_table(0.0, 2.2, 0)[128] < 128
    assert coverage_table(0.0, 2.2, 255)[128] > 128


def test_luminance() -> None:
    assert (luminance((0, 0, 0)), luminance((255, 255, 255))) == (0, 255)
    assert luminance((0, 255, 0)) > luminance((255, 0, 0)) > luminance((0, 0, 255))
    assert luminance((128, 128, 128), 2.2) == luminance((128, 128, 128)) == 146
    assert luminance((255, 0, 0), 2.2) > luminance((255, 0, 0))


def test_eight_shades_have_a_curve_each() -> None:
    shades = sorted({shade(value) for value in range(256)})
    assert shades == [0, 36, 73, 109, 146, 182, 219, 255]
    assert all(abs(shade(value) - value) < 32 for value in range(256))


def test_chromiums_curve() -> None:
    """What black stems of known coverage became in Chromium, and the same stems in white."""
    table = coverage_table(CHROMIUM.contrast, CHROMIUM.gamma, 0)
    seen = {60: 60, 76: 75, 112: 110, 136: 133, 168: 163, 196: 190, 224: 218, 240: 235, 248: 245}
    assert all(abs(table[exact] - level) <= 1 for exact, level in seen.items())


def test_painters_are_listed_without_loading_them() -> None:
    code = "import sys, sigh_batch.render.painter as p; print(p.painters.names(), 'skia' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "('pillow', 'skia') False"


def test_an_unknown_painter_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="unknown painter 'pilow'; did you mean 'pillow'"):
        painters.get("pilow")


def test_without_its_libraries_skia_says_what_to_install_and_pillow_works() -> None:
    code = """
import sys
sys.modules["skia"] = None
from sigh_batch.errors import MissingLibrary
from sigh_batch.render.painter import painters
try:
    painters.get("skia")
except MissingLibrary as error:
    print(error)
print(painters.get("pillow")().begin(8, 4, (1, 2, 3)).pixels()[3, 7])
"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "apt-get install libegl1 libgl1)" in shown
    assert "--set generate.painter=pillow" in shown
    assert shown.splitlines()[-1] == "[1 2 3]"
