import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sigh_batch.data.sample import Element
from sigh_batch.errors import ConfigError, UnknownName, UnreadablePicture
from sigh_batch.forge.case import Kit
from sigh_batch.forge.operation import pixel_forgeries
from sigh_batch.sources import Original
from sigh_batch.stages.single import file_of, forge_one, open_picture
from tests.unit.stages.test_generate import SMALL, stage

KIT = Kit(families=("Inter", "Roboto"))


@pytest.fixture(scope="module")
def original() -> Original:
    made = stage("skins=bubbles", "locales=en-US", "phone.weight=0", *SMALL)
    sample = made.make(4)
    pixels = np.asarray(Image.open(io.BytesIO(sample.image)))
    return Original(
        id=sample.id,
        pixels=pixels,
        group="g",
        split="train",
        elements=sample.elements,
        skin=sample.skin,
        scale=sample.scale,
        font=sample.font,
        locale=sample.locale,
    )


def line_of(original: Original) -> tuple[int, Element]:
    return max(
        ((number, element) for number, element in enumerate(original.elements) if element.kind == "line"),
        key=lambda found: found[1].width,
    )


def test_what_the_user_wants_stands_in_the_line(original: Original) -> None:
    number, line = line_of(original)
    new = (line.text or "")[:-1] + "x"
    single = forge_one(original, KIT, "text_replace", skill="expert", wanted={"target": number, "new": new})
    assert single.op["target"] == number
    assert single.op["params"]["becomes"] == new
    assert np.array_equal(single.mask, (single.clean != single.forged).any(axis=2))
    rows, columns = np.nonzero(single.mask)
    assert line.y - 3 <= rows.min() <= rows.max() <= line.y + line.height + 3
    assert line.x - 3 <= columns.min()


def test_one_word_of_a_line_is_exchanged(original: Original) -> None:
    number, line = line_of(original)
    words = [place for place, e in enumerate(original.elements) if e.kind == "word" and e.parent == number]
    word = original.elements[words[1]]
    single = forge_one(original, KIT, "text_replace", wanted={"target": words[1], "new": "il"})
    said = (line.text or "").split(" ")
    assert word.text == said[1]
    assert single.op["params"]["becomes"] == " ".join([said[0], "il", *said[2:]])


def test_equal_wishes_give_equal_pictures_and_other_seeds_others(original: Original) -> None:
    one, same, other = (forge_one(original, KIT, "copy_move", seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.forged, same.forged)
    assert not np.array_equal(one.forged, other.forged)


def test_a_named_element_is_the_one_that_is_changed(original: Original) -> None:
    number, line = line_of(original)
    single = forge_one(original, KIT, "erase", wanted={"target": number})
    assert single.op["target"] == number
    assert single.op["old"] == line.text


@pytest.mark.parametrize(
    ("name", "wanted", "kind", "told"),
    [
        ("text_replce", {}, UnknownName, "did you mean 'text_replace'"),
        ("blur", {"targt": 3}, UnknownName, "unknown parameter of blur 'targt'; did you mean 'target'"),
        ("blur", {"target": 9999}, ConfigError, "there is no element 9999"),
        ("blur", {"target": "abc"}, ConfigError, "target is the number of an element, not 'abc'"),
        ("blur", {"target": True}, ConfigError, "target is the number of an element, not True"),
        ("erase", {"how": 3}, ConfigError, "how of erase cannot be 3; here it was drawn as 'telea'"),
        ("erase", {"how": "fla"}, UnknownName, "unknown fill 'fla'; did you mean 'flat'"),
        ("erase", {"error": [1, 2]}, ConfigError, r"error of erase cannot be \[1, 2\]; here it was drawn as"),
        ("erase", {"feather": "nan"}, ConfigError, "feather of erase cannot be 'nan'"),
        ("erase", {"zoom": 0}, ConfigError, r"erase cannot work with zoom=0; drawn here: zoom=1\.0"),
        ("text_replace", {"new": ""}, ConfigError, "new is empty; .* --op erase"),
        ("splice", {}, ConfigError, "splice takes from another picture, and there is none; .* --in"),
        ("blur", {"new": "x"}, ConfigError, "blur writes no text"),
        ("text_replace", {"new": "x" * 300}, ConfigError, "does not fit in place of"),
        ("text_replace", {"new": "x", "target": 9999}, ConfigError, "there is no element 9999"),
    ],
)
def test_what_cannot_be_is_said(
    original: Original, name: str, wanted: dict, kind: type[Exception], told: str
) -> None:
    with pytest.raises(kind, match=told):
        forge_one(original, KIT, name, wanted=wanted)


@pytest.mark.parametrize("skill", ["careless", "expert"])
def test_on_any_picture_what_needs_no_strings_works_and_the_rest_says_so(
    original: Original, tmp_path: Path, skill: str
) -> None:
    Image.fromarray(original.pixels).save(tmp_path / "a.jpg", quality=90)
    foreign, kit = open_picture(tmp_path / "a.jpg")
    for name in pixel_forgeries.names():
        if name == "splice":  # there is nothing to take from
            continue
        if pixel_forgeries.get(name).foreign:
            assert forge_one(foreign, kit, name, skill=skill).mask.any()
        else:
            with pytest.raises(ConfigError, match="operation that needs no strings: blur, copy_move"):
                forge_one(foreign, kit, name, skill=skill)


def test_files_that_are_no_pictures_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot read the picture .*none\.png"):
        open_picture(tmp_path / "none.png")
    (tmp_path / "x.png").write_bytes(b"nothing")
    with pytest.raises(UnreadablePicture, match=r"x\.png"):
        open_picture(tmp_path / "x.png")


def test_a_file_is_of_the_kind_that_its_name_says(original: Original) -> None:
    for ending, kind in (("png", "PNG"), ("JPG", "JPEG"), ("jpeg", "JPEG"), ("webp", "WEBP")):
        assert Image.open(io.BytesIO(file_of(original.pixels, Path(f"x.{ending}")))).format == kind
    with pytest.raises(ConfigError, match="ends in no known format"):
        file_of(original.pixels, Path("x.gif"))
