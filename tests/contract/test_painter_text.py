"""What every painter must do alike with text."""

import numpy as np
import pytest

from sigh_batch.render.painter import Painter, Pixels, TextMode, painters
from sigh_batch.render.typeset import TextStyle
from tests.contract.paintings import BLACK, BLUE, LINES, MODES, TYPESETTER, WHITE, ink


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: f"{mode.edging}-{mode.hinting}")
@pytest.mark.parametrize("radius", [0, 6])
def test_text_is_clipped(painter: Painter, mode: TextMode, radius: int) -> None:
    canvas = painter.begin(120, 40, WHITE, mode)
    paragraph = TYPESETTER.set("MMMMMMMMMM 👍👍", TextStyle(family="Inter", size=20))
    canvas.push_clip(20, 8, 60, 16, radius)
    canvas.text(paragraph, 2, 2, BLACK)
    canvas.pop_clip()
    left, top, right, bottom = ink(canvas.pixels())
    assert left >= 20
    assert top >= 8
    assert right <= 80
    assert bottom <= 24
    assert right - left > 50


@pytest.mark.parametrize("scale", [1, 1.25, 1.5, 2, 3])
@pytest.mark.parametrize("text", LINES)
def test_text_lies_in_the_boxes_of_its_words(painter: Painter, text: str, scale: float) -> None:
    style = TextStyle(family="Open Sans", size=15 * scale)
    paragraph = TYPESETTER.set(text, style, direction="auto")
    slack = 1 + 0.12 * style.size
    for word in paragraph.lines[0].words:
        canvas = painter.begin(int(360 * scale), int(40 * scale), WHITE)
        canvas.text(word, 6.3, 5, BLACK)
        left, top, right, bottom = ink(canvas.pixels())
        assert 6.3 + word.x - slack <= left <= 6.3 + word.x + 0.35 * style.size
        assert 6.3 + word.x + word.width - 0.45 * style.size <= right <= 6.3 + word.x + word.width + slack
        assert 5 + word.y - slack <= top
        assert bottom <= 5 + word.y + word.height + slack


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: f"{mode.edging}-{mode.hinting}")
def test_a_paragraph_is_its_lines_and_words(painter: Painter, mode: TextMode) -> None:
    style = TextStyle(family="Inter", size=16, snap=not mode.subpixel_positioning)
    paragraph = TYPESETTER.set("One two שלום three 😀 four five six", style, 130)
    pictures = []
    for parts in (
        [paragraph],
        list(paragraph.lines),
        [word for line in paragraph.lines for word in line.words],
    ):
        canvas = painter.begin(150, 90, (250, 250, 240), mode)
        for part in parts:
            canvas.text(part, 8, 6, (30, 40, 90))
        pictures.append(canvas.pixels())
    assert np.array_equal(pictures[0], pictures[1])
    # Words that touch may share a pixel's edge, which is blended in another order then.
    assert (np.abs(pictures[0].astype(int) - pictures[2]).max(axis=2) > 3).mean() < 0.002


def test_both_painters_put_the_ink_of_a_word_in_the_same_place() -> None:
    boxes = []
    for name in ("skia", "pillow"):
        one = painters.get(name)()
        found = []
        for text in LINES[:5]:
            for word in TYPESETTER.set(text, TextStyle(family="Noto Sans", size=24)).lines[0].words:
                canvas = one.begin(500, 50, WHITE, TextMode(hinting="slight"))
                canvas.text(word, 6, 4, BLACK)
                found.append(ink(canvas.pixels()))
        boxes.append(np.array(found))
    assert np.abs(boxes[0] - boxes[1]).max() <= 3


def test_right_to_left_words_follow_each_other_to_the_left(painter: Painter) -> None:
    paragraph = TYPESETTER.set("אחת שתיים", TextStyle(family="Inter", size=20), direction="rtl")
    first, second = sorted(paragraph.lines[0].words, key=lambda word: word.start)
    edges = []
    for word in (first, second):
        canvas = painter.begin(200, 40, WHITE)
        canvas.text(word, 5, 5, BLACK)
        edges.append(ink(canvas.pixels()))
    assert edges[1][2] <= edges[0][0]


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: f"{mode.edging}-{mode.hinting}")
def test_emoji_keep_their_colours(painter: Painter, mode: TextMode) -> None:
    canvas = painter.begin(60, 40, WHITE, mode)
    canvas.text(TYPESETTER.set("😀❤️", TextStyle(family="Inter", size=24)), 4, 4, BLUE)
    pixels = canvas.pixels().reshape(-1, 3).astype(int)
    yellow = ((pixels[:, 0] > 200) & (pixels[:, 1] > 150) & (pixels[:, 2] < 110)).sum()
    red = ((pixels[:, 0] > 180) & (pixels[:, 1] < 90) & (pixels[:, 2] < 90)).sum()
    assert yellow > 100
    assert red > 100


def draw_text(
    painter: Painter, mode: TextMode, color: tuple[int, int, int], background: tuple[int, int, int]
) -> Pixels:
    canvas = painter.begin(220, 30, background, mode)
    canvas.text(TYPESETTER.set("Handgloves, 1234", TextStyle(family="Open Sans", size=15)), 5.4, 4, color)
    return canvas.pixels().astype(np.int64)


def test_hard_edges_have_two_colours_only(painter: Painter) -> None:
    pixels = draw_text(painter, TextMode(edging="none"), BLACK, WHITE)
    assert set(np.unique(pixels)) == {0, 255}


def test_grey_edges_are_grey(painter: Painter) -> None:
    pixels = draw_text(painter, TextMode(edging="grey"), BLACK, WHITE)
    assert len(np.unique(pixels)) > 20
    assert (pixels[:, :, 0] == pixels[:, :, 2]).all()


def test_plain_coverage_is_the_same_dark_on_light_and_light_on_dark(painter: Painter) -> None:
    for edging in ("grey", "subpixel"):
        mode = TextMode(edging=edging, hinting="none")
        dark = draw_text(painter, mode, BLACK, WHITE)
        light = draw_text(painter, mode, WHITE, BLACK)
        assert np.abs(dark + light - 255).max() <= 2


def test_contrast_and_gamma_bend_the_coverage(painter: Painter) -> None:
    for edging in ("grey", "subpixel"):
        plain, heavy, light = (
            draw_text(painter, TextMode(edging=edging, contrast=contrast, gamma=gamma), BLACK, WHITE).mean()
            for contrast, gamma in ((0.0, 1.0), (0.8, 1.0), (0.0, 2.0))
        )
        assert heavy < plain < light


def test_text_may_be_translucent(painter: Painter) -> None:
    for edging in ("none", "grey", "subpixel"):
        opaque = draw_text(painter, TextMode(edging=edging), BLACK, WHITE)
        half = draw_text(painter, TextMode(edging=edging), (0, 0, 0, 128), WHITE)  # type: ignore[arg-type]
        assert np.abs((255 - opaque) * (128 / 255) - (255 - half)).max() <= 2


def test_without_free_positions_equal_letters_are_equal(painter: Painter) -> None:
    mode = TextMode(subpixel_positioning=False)
    style = TextStyle(family="Inter", size=15, snap=True)
    canvas = painter.begin(200, 30, WHITE, mode)
    paragraph = TYPESETTER.set("nnnnnnnn", style)
    canvas.text(paragraph, 5, 4, BLACK)
    (word,) = paragraph.lines[0].words
    advance = int(word.width / 8)
    pixels = canvas.pixels()[:, 5 : 5 + 8 * advance].reshape(30, 8, advance, 3)
    assert (pixels == pixels[:, :1]).all()


def test_a_phase_moves_text_by_a_part_of_a_pixel(painter: Painter) -> None:
    for edging in ("grey", "subpixel"):
        still, moved = (
            draw_text(painter, TextMode(edging=edging, phase=phase), BLACK, WHITE) for phase in (0.0, 0.5)
        )
        columns = np.arange(still.shape[1])[None, :, None]
        centres = [((255 - pixels) * columns).sum() / (255 - pixels).sum() for pixels in (still, moved)]
        assert 0.3 < centres[1] - centres[0] < 0.7


def test_sampled_coverage_is_about_as_much_as_exact(painter: Painter) -> None:
    exact, sampled = (
        255 - draw_text(painter, TextMode(hinting="none", coverage=coverage), BLACK, WHITE)
        for coverage in ("exact", "sampled")
    )
    assert sampled.sum() == pytest.approx(exact.sum(), rel=0.02)
    if painter.name == "skia":
        assert 0 < np.abs(sampled - exact)[(sampled > 0) | (exact > 0)].mean() < 12


def test_hinting_tells_in_every_family_and_kinds_of_it_in_most() -> None:
    painter = painters.get("skia")()
    same_as_none, same_as_slight = [], []
    for family in TYPESETTER.catalogue.families():
        word = TYPESETTER.set("Handgloves 1234", TextStyle(family=family, size=15, snap=True))
        drawn = {}
        for hinting in ("none", "slight", "full"):
            mode = TextMode(hinting=hinting, subpixel_positioning=False)
            canvas = painter.begin(220, 30, WHITE, mode)
            canvas.text(word, 5, 4, BLACK)
            drawn[hinting] = canvas.pixels()
        assert (drawn["none"] != drawn["slight"]).any(), family
        same_as_none += [family] * bool((drawn["none"] == drawn["full"]).all())
        same_as_slight += [family] * bool((drawn["slight"] == drawn["full"]).all())
    assert len(same_as_none) <= 1
    assert len(same_as_slight) <= 2  # those with cubic outlines are hinted in one way only


def test_text_outside_the_picture_is_no_fault(painter: Painter) -> None:
    for mode in MODES:
        canvas = painter.begin(30, 20, WHITE, mode)
        for x, y in ((-500, 0), (500, 0), (0, -500), (0, 500), (-20, -6), (25, 12)):
            canvas.text(TYPESETTER.set("text 😀", TextStyle(family="Inter", size=20)), x, y, BLACK)
        canvas.text(TYPESETTER.set("", TextStyle(family="Inter", size=20)), 0, 0, BLACK)
