import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.render.breaking import graphemes
from sigh_batch.render.fonts import open_catalogue
from sigh_batch.render.typeset import Paragraph, TextStyle, Typesetter

TYPESETTER = Typesetter(open_catalogue())
STYLE = TextStyle(family="Inter", size=15)
PIECES = [
    *("hello", "a", "I", "well-known", "10:45", "x" * 40, "fi", "(abc)", "1,234.50", "€5", "naïve"),
    *("שלום", "(סוף)", "ב-5", "مرحبا", "١٢٣", "नमस्ते", "क्षत्रिय", "漢字かな", "한국어", "。"),
    *("👩‍👩‍👧‍👦", "👍🏽", "🇩🇪", "1️⃣", " ", "  ", "\n", "\t", "\u00a0", "\u200b"),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def all_words(paragraph: Paragraph) -> list[tuple[str, int]]:
    words = [(word.text, word.start) for line in paragraph.lines for word in line.words]
    return sorted(words, key=lambda word: word[1])


@given(TEXTS, st.sampled_from([40.0, 90.0, 200.0, None]), st.sampled_from(["ltr", "rtl", "auto"]))
def test_every_character_is_in_one_word_in_its_place(text: str, width: float | None, direction: str) -> None:
    paragraph = TYPESETTER.set(text, STYLE, width, direction=direction)  # type: ignore[arg-type]
    plain = text.replace("\t", " ")
    covered = [False] * len(text)
    for word, start in all_words(paragraph):
        assert plain[start : start + len(word)] == word
        for index in range(start, start + len(word)):
            assert not covered[index]
            covered[index] = True
    assert all(covered[index] or plain[index] in " \n" for index in range(len(text)))


@given(TEXTS, st.sampled_from([40.0, 90.0, 200.0]), st.sampled_from(["ltr", "rtl"]))
def test_no_line_is_wider_than_asked_unless_it_is_one_grapheme(
    text: str, width: float, direction: str
) -> None:
    paragraph = TYPESETTER.set(text, STYLE, width, direction=direction)  # type: ignore[arg-type]
    for line in paragraph.lines:
        assert line.width <= width + 0.01 or len(graphemes(line.text)) == 1
        assert line.width <= paragraph.width


@given(TEXTS, st.sampled_from([60.0, 150.0, None]), st.sampled_from(["ltr", "rtl"]))
def test_words_of_a_line_stand_side_by_side(text: str, width: float | None, direction: str) -> None:
    paragraph = TYPESETTER.set(text, STYLE, width, direction=direction)  # type: ignore[arg-type]
    for line in paragraph.lines:
        edge = line.x
        for word in line.words:
            assert word.x >= edge - 0.01
            edge = word.x + word.width
            assert word.height > 0
            left, right = word.span(0, len(word.text))
            assert left == pytest.approx(word.x, abs=0.01)
            assert right == pytest.approx(word.width, abs=0.01)
        assert edge <= line.x + line.width + 0.01


@given(TEXTS, st.sampled_from([60.0, 150.0]), st.integers(1, 3))
def test_lines_are_cut_at_the_limit_and_end_in_the_ellipsis(text: str, width: float, most: int) -> None:
    whole = TYPESETTER.set(text, STYLE, width)
    cut = TYPESETTER.set(text, STYLE, width, max_lines=most)
    assert len(cut.lines) == min(most, len(whole.lines))
    assert cut.truncated == (len(whole.lines) > most)
    if cut.truncated:
        assert cut.lines[-1].text.endswith("…")
        assert cut.lines[-1].width <= width + 0.01
    else:
        assert [line.text for line in cut.lines] == [line.text for line in whole.lines]


def test_lines_break_at_spaces_and_leave_them_out() -> None:
    paragraph = TYPESETTER.set("one two three four", STYLE, 62)
    assert [line.text for line in paragraph.lines] == ["one two", "three", "four"]
    assert [line.start for line in paragraph.lines] == [0, 8, 14]


def test_a_long_word_is_divided_and_its_parts_fill_the_lines() -> None:
    paragraph = TYPESETTER.set("x" * 60, STYLE, 100)
    assert "".join(line.text for line in paragraph.lines) == "x" * 60
    assert all(line.width > 85 for line in paragraph.lines[:-1])


def test_line_feeds_make_lines_also_empty_ones() -> None:
    paragraph = TYPESETTER.set("a\n\nb", STYLE)
    assert [line.text for line in paragraph.lines] == ["a", "", "b"]
    assert TYPESETTER.set("", STYLE).lines[0].height > 0


@pytest.mark.parametrize("sequence", ["👩‍👩‍👧‍👦", "👍🏽", "🇩🇪", "1️⃣", "❤️‍🔥"])
def test_an_emoji_sequence_is_one_glyph_and_never_divided(sequence: str) -> None:
    paragraph = TYPESETTER.set(sequence * 6, STYLE, 30)
    assert all(len(line.text) % len(sequence) == 0 for line in paragraph.lines)
    (word,) = TYPESETTER.set(sequence, STYLE).lines[0].words
    (run,) = word.shape.runs
    assert len(run.glyphs) == 1
    assert run.face.family == "Noto Color Emoji"


def test_characters_the_family_lacks_come_from_others() -> None:
    (line,) = TYPESETTER.set("a א د न 漢 👍", STYLE).lines
    words = sorted(line.words, key=lambda word: word.start)
    families = [word.shape.runs[0].face.family for word in words]
    assert families == [
        "Inter",
        "Noto Sans Hebrew",
        "Noto Sans Arabic",
        "Noto Sans Devanagari",
        "Noto Sans CJK",
        "Noto Color Emoji",
    ]


def test_arabic_letters_join() -> None:
    (word,) = TYPESETTER.set("بيت", STYLE).lines[0].words
    alone = [TYPESETTER.set(letter, STYLE).lines[0].words[0].shape.runs[0].glyphs[0] for letter in "بيت"]
    assert not set(word.shape.runs[0].glyphs) & set(alone)


def test_a_right_to_left_line_begins_on_the_right() -> None:
    paragraph = TYPESETTER.set("שלום עולם abc 12", STYLE, direction="rtl")
    (line,) = paragraph.lines
    assert [word.text for word in line.words] == ["abc", "12", "עולם", "שלום"]


def test_auto_takes_the_direction_of_the_first_letter() -> None:
    assert TYPESETTER.set("12 שלום", STYLE, direction="auto").direction == "rtl"
    assert TYPESETTER.set("12 abc", STYLE, direction="auto").direction == "ltr"


def test_alignment_is_within_the_longest_line() -> None:
    text = "a long first line\nshort"
    lines = {
        align: TYPESETTER.set(text, STYLE, align=align).lines[1]  # type: ignore[arg-type]
        for align in ("start", "center", "end")
    }
    width = TYPESETTER.set(text, STYLE).width
    assert lines["start"].x == 0
    assert lines["end"].x + lines["end"].width == pytest.approx(width)
    assert lines["center"].x == pytest.approx((width - lines["center"].width) / 2)
    turned = TYPESETTER.set(text, STYLE, direction="rtl").lines[1]
    assert turned.x + turned.width == pytest.approx(width)


def test_line_height_spaces_the_baselines() -> None:
    style = TextStyle(family="Inter", size=20, line_height=1.5)
    paragraph = TYPESETTER.set("a\nb\nc", style)
    assert [line.baseline for line in paragraph.lines] == [22, 52, 82]
    assert paragraph.height == 90


def test_snapping_rounds_every_advance() -> None:
    style = TextStyle(family="Inter", size=15.3, snap=True)
    (word,) = TYPESETTER.set("Wavy", style).lines[0].words
    (run,) = word.shape.runs
    assert all(edge == int(edge) for edge in run.ends)
    assert any(edge != int(edge) for edge in _run("Wavy", TextStyle(family="Inter", size=15.3)).ends)


def test_letter_spacing_adds_to_every_cluster() -> None:
    loose = TextStyle(family="Inter", size=15, letter_spacing=2)
    assert _run("abcd", loose).ends[-1] == pytest.approx(_run("abcd", STYLE).ends[-1] + 8)


def test_sizes_scale_the_same_shape() -> None:
    twice = TextStyle(family="Inter", size=30)
    assert _run("AV", twice).ends[-1] == pytest.approx(2 * _run("AV", STYLE).ends[-1])


def test_the_language_chooses_between_forms_of_a_character() -> None:
    chinese = _run("直", TextStyle(family="Inter", size=15, language="zh-Hans"))
    japanese = _run("直", TextStyle(family="Inter", size=15, language="ja"))
    assert chinese.glyphs != japanese.glyphs


def test_a_span_of_a_word_has_its_own_box() -> None:
    (word,) = TYPESETTER.set("100.00", STYLE).lines[0].words
    left, width = word.span(0, 3)
    rest, rest_width = word.span(3, 6)
    assert left == word.x
    assert rest == pytest.approx(left + width)
    assert width + rest_width == pytest.approx(word.width)
    (turned,) = TYPESETTER.set("שלום", STYLE, direction="rtl").lines[0].words
    assert turned.span(0, 1)[0] > turned.span(3, 4)[0]


def test_control_characters_and_halves_of_pairs_do_no_harm() -> None:
    paragraph = TYPESETTER.set("a\x00b\ud83dc\u2028d\r\n", STYLE)
    assert [line.text for line in paragraph.lines] == ["a b\ufffdc", "d", ""]


def _run(text: str, style: TextStyle):  # type: ignore[no-untyped-def]
    return TYPESETTER.set(text, style).lines[0].words[0].shape.runs[0]
