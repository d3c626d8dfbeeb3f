"""What every painter must do alike with shapes and pictures."""

import subprocess
import sys

import numpy as np
import pytest

from sigh_batch.render.painter import Painter, Path, painters
from tests.contract.paintings import (
    BLACK,
    BLUE,
    MODES,
    RED,
    WHITE,
    digest,
    draw_everything,
    ink,
    make_picture,
)


def test_a_canvas_has_the_size_and_colour_asked_for(painter: Painter) -> None:
    canvas = painter.begin(33, 17, (10, 20, 30))
    pixels = canvas.pixels()
    assert (canvas.width, canvas.height) == (33, 17)
    assert pixels.shape == (17, 33, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert (pixels == (10, 20, 30)).all()
    assert (canvas.rgba()[:, :, :3] == pixels).all()
    assert (canvas.rgba()[:, :, 3] == 255).all()


def test_pixels_outlive_the_next_picture(painter: Painter) -> None:
    pixels = painter.begin(20, 20, RED).pixels()
    painter.begin(20, 20, BLUE).rect(0, 0, 20, 20, WHITE)
    assert (pixels == RED).all()


def test_a_smaller_picture_keeps_nothing_of_the_larger(painter: Painter) -> None:
    painter.begin(90, 90, RED)
    assert (painter.begin(10, 10, BLUE).pixels() == BLUE).all()


def test_fills_on_whole_pixels_are_exact(painter: Painter) -> None:
    canvas = painter.begin(40, 30, WHITE)
    canvas.rect(5, 6, 20, 10, RED)
    pixels = canvas.pixels()
    wanted = np.full((30, 40, 3), 255, np.uint8)
    wanted[6:16, 5:25] = RED
    assert np.array_equal(pixels, wanted)


@pytest.mark.parametrize("alpha", [0, 1, 64, 128, 200, 255])
def test_alpha_mixes(painter: Painter, alpha: int) -> None:
    canvas = painter.begin(8, 8, WHITE)
    canvas.rect(0, 0, 8, 8, (*BLUE, alpha))
    wanted = np.array(WHITE) + (np.array(BLUE) - WHITE) * (alpha / 255)
    assert np.abs(canvas.pixels() - wanted).max() <= 1


def test_a_fraction_of_a_pixel_is_a_fraction_of_the_colour(painter: Painter) -> None:
    canvas = painter.begin(10, 10, WHITE)
    canvas.rect(2.25, 3.0, 4.5, 4.0, BLACK)
    row = canvas.pixels()[4, :, 0].astype(int)
    assert row[1] == 255
    assert abs(row[2] - 64) <= 4
    assert (row[3:6] == 0).all()
    assert abs(row[6] - 64) <= 4
    assert row[7] == 255


def test_corners_are_rounded_each_by_its_own_radius(painter: Painter) -> None:
    canvas = painter.begin(60, 40, WHITE)
    canvas.rect(0, 0, 60, 40, BLACK, (0, 8, 16, 4))
    pixels = canvas.pixels()[:, :, 0]
    assert pixels[0, 0] == 0
    assert pixels[0, 59] > 240
    assert pixels[39, 59] > 240
    assert pixels[39, 0] > 200
    for corner, radius in (
        (pixels[:8, 52:], 8),
        (pixels[24:, 44:], 16),
        (pixels[36:, :4], 4),
    ):
        left_out = (255 - corner.astype(float)).sum() / 255
        assert left_out == pytest.approx(np.pi * radius**2 / 4, rel=0.03, abs=0.5)


def test_radii_that_do_not_fit_make_a_pill(painter: Painter) -> None:
    canvas = painter.begin(50, 20, WHITE)
    canvas.rect(0, 0, 50, 20, BLACK, 99)
    area = (255 - canvas.pixels()[:, :, 0].astype(float)).sum() / 255
    assert area == pytest.approx(np.pi * 100 + 30 * 20, rel=0.02)


def test_circles_and_rings_have_their_area(painter: Painter) -> None:
    canvas = painter.begin(60, 60, WHITE)
    canvas.circle(30.5, 29.5, 20, BLACK)
    area = (255 - canvas.pixels()[:, :, 0].astype(float)).sum() / 255
    assert area == pytest.approx(np.pi * 400, rel=0.01)
    canvas = painter.begin(60, 60, WHITE)
    canvas.ring(30, 30, 20, BLACK, 3)
    pixels = canvas.pixels()[:, :, 0].astype(float)
    assert (255 - pixels).sum() / 255 == pytest.approx(np.pi * (400 - 289), rel=0.02)
    assert pixels[30, 30] == 255


def test_outlines_lie_inside(painter: Painter) -> None:
    canvas = painter.begin(40, 40, WHITE)
    canvas.outline(5, 5, 30, 20, BLACK, 2)
    pixels = canvas.pixels()[:, :, 0]
    assert ink(canvas.pixels()) == (5, 5, 35, 25)
    assert (pixels[7:23, 7:33] == 255).all()
    assert (pixels[5:7, 5:35] == 0).all()
    canvas.outline(5, 5, 4, 4, BLACK, 3, 1)
    assert canvas.pixels()[7, 7, 0] == 0


def test_lines_have_their_thickness(painter: Painter) -> None:
    canvas = painter.begin(40, 40, WHITE)
    canvas.line((4, 10), (30, 10), BLACK, 2)
    assert ink(canvas.pixels()) == (4, 9, 30, 11)
    canvas = painter.begin(40, 40, WHITE)
    canvas.line((5, 5), (35, 35), BLACK, 4)
    area = (255 - canvas.pixels()[:, :, 0].astype(float)).sum() / 255
    assert area == pytest.approx(30 * np.sqrt(2) * 4, rel=0.04)


def test_polygons_and_paths_fill_the_same(painter: Painter) -> None:
    areas = []
    for draw in (
        lambda canvas: canvas.polygon([(10, 10), (50, 10), (10, 40)], BLACK),
        lambda canvas: canvas.path(Path.of("M0 0 L4 0 L0 3 Z"), BLACK, 10, 10, 10),
    ):
        canvas = painter.begin(60, 60, WHITE)
        draw(canvas)
        pixels = canvas.pixels()
        assert pixels[15, 15, 0] == 0
        assert pixels[38, 45, 0] == 255
        areas.append((255 - pixels[:, :, 0].astype(float)).sum() / 255)
    assert areas[0] == pytest.approx(600, rel=0.02)
    assert areas[1] == pytest.approx(areas[0], rel=0.01)


def test_where_parts_of_a_path_overlap_it_is_open(painter: Painter) -> None:
    canvas = painter.begin(40, 40, WHITE)
    canvas.path(Path.of("M0 0 L30 0 L30 30 L0 30 Z M10 10 L20 10 L20 20 L10 20 Z"), BLACK, 5, 5)
    pixels = canvas.pixels()[:, :, 0]
    assert (pixels[16:24, 16:24] == 255).all()
    assert pixels[10, 10] == 0


def test_strokes_have_round_ends(painter: Painter) -> None:
    canvas = painter.begin(60, 30, WHITE)
    canvas.stroke(Path.of("M0 0 L4 0"), BLACK, 6, 10, 15, 10)
    left, top, right, bottom = ink(canvas.pixels())
    assert (left, right) == (7, 53)
    assert (top, bottom) == (12, 18)
    assert canvas.pixels()[12, 7, 0] > 150


def test_gradients_go_from_top_to_bottom(painter: Painter) -> None:
    canvas = painter.begin(20, 101, WHITE)
    canvas.gradient(0, 0, 20, 101, (0, 0, 0), (200, 100, 50))
    pixels = canvas.pixels()
    assert np.abs(pixels[0].astype(int)).max() <= 2
    assert np.abs(pixels[100].astype(int) - (200, 100, 50)).max() <= 2
    assert np.abs(pixels[50].astype(int) - (100, 50, 25)).max() <= 2
    assert (np.diff(pixels[:, 5, 0].astype(int)) >= 0).all()


def test_shadows_are_soft_and_lie_around_the_shape(painter: Painter) -> None:
    canvas = painter.begin(100, 80, WHITE)
    canvas.shadow(30, 30, 40, 20, (0, 0, 0, 128), 4)
    pixels = canvas.pixels()[:, :, 0].astype(int)
    assert pixels[40, 50] < 140
    assert 150 < pixels[40, 30] < 220
    assert pixels[40, 10] == 255
    assert (np.diff(pixels[40, 10:50]) <= 0).all()
    assert np.abs(pixels[40] - pixels[40, ::-1]).max() <= 1


def test_a_picture_of_its_own_size_is_copied_exactly(painter: Painter) -> None:
    picture = make_picture()
    canvas = painter.begin(80, 60, WHITE)
    canvas.picture(picture, 10, 12, 48, 32)
    assert np.array_equal(canvas.pixels()[12:44, 10:58], picture)
    assert (canvas.pixels()[:12] == 255).all()


def test_pictures_may_stick_out(painter: Painter) -> None:
    picture = make_picture()
    canvas = painter.begin(40, 20, WHITE)
    canvas.picture(picture, -10, -5, 48, 32)
    assert np.array_equal(canvas.pixels()[:20, :38], picture[5:25, 10:48])
    canvas.picture(picture, 100, 100, 48, 32)


def test_pictures_are_scaled_and_rounded(painter: Painter) -> None:
    canvas = painter.begin(80, 60, WHITE)
    canvas.picture(np.full((50, 50, 3), 40, np.uint8), 10, 10, 30, 30, 15)
    area = (255 - canvas.pixels()[:, :, 0].astype(float)).sum() / (255 - 40)
    assert area == pytest.approx(np.pi * 225, rel=0.02)
    assert ink(canvas.pixels()) == (10, 10, 40, 40)


def test_a_pictures_own_alpha_counts(painter: Painter) -> None:
    picture = np.zeros((10, 10, 4), np.uint8)
    picture[:, 5:, 3] = 128
    canvas = painter.begin(10, 10, WHITE)
    canvas.picture(picture, 0, 0, 10, 10)
    pixels = canvas.pixels()[:, :, 0].astype(int)
    assert (pixels[:, :5] == 255).all()
    assert np.abs(pixels[:, 5:] - 127).max() <= 1


def test_clips_hold_everything_in_and_nest(painter: Painter) -> None:
    canvas = painter.begin(60, 60, WHITE)
    canvas.push_clip(10, 10, 40, 40)
    canvas.push_clip(0, 0, 30, 60, 5)
    for draw in (
        lambda: canvas.rect(0, 0, 60, 60, RED),
        lambda: canvas.picture(make_picture(), 0, 0, 60, 60),
        lambda: canvas.gradient(0, 0, 60, 60, RED, BLUE),
    ):
        draw()
        assert ink(canvas.pixels()) == (10, 10, 30, 50)
    canvas.pop_clip()
    canvas.rect(0, 0, 60, 60, RED)
    assert ink(canvas.pixels()) == (10, 10, 50, 50)
    canvas.pop_clip()
    canvas.rect(0, 0, 60, 60, RED)
    assert (canvas.pixels() == RED).all()


def test_the_same_picture_has_the_same_bytes(painter: Painter) -> None:
    for mode in MODES:
        pictures = []
        for _ in range(2):
            canvas = painter.begin(320, 250, WHITE, mode)
            draw_everything(canvas)
            pictures.append(canvas.pixels().tobytes())
        assert pictures[0] == pictures[1]


@pytest.mark.parametrize("name", ["skia", "pillow"])
def test_another_process_makes_the_same_bytes(name: str) -> None:
    code = f"from tests.contract.paintings import digest; print(digest({name!r}))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == digest(name)


def test_limits_are_sentences() -> None:
    assert painters.get("skia")().limits == ()
    limits = painters.get("pillow")().limits
    assert any("sub-pixel" in limit for limit in limits)
