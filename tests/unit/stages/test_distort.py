import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sigh_batch.config.layers import read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.data.sample import Sample
from sigh_batch.errors import ConfigError, NothingToForge, UnknownName, UnreadablePicture
from sigh_batch.forge.operation import pixel_forgeries
from sigh_batch.runners import local
from sigh_batch.stages.distort import Distort, open_distort
from tests.unit.stages.test_generate import SMALL

PICTURES = 12
PLAIN = ("honest=0", "steps=0", "saved_before=0", "saved_after=0", "captured_after=0", "formats=png")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = str(tmp_path_factory.mktemp("distort") / "set")
    sets = [
        f"count={PICTURES}",
        "run.workers=1",
        "run.progress=none",
        "generate.splits={train: 1, validation: 0, test: 1}",
    ]
    sets += [f"generate.{entry}" for entry in SMALL]
    local.run(RunSpec(kind="generate", out=out, settings=resolve([read_sets(sets)]).settings))
    return out


def stage(source: str, *sets: str, count: int = 2 * PICTURES, seed: int = 1) -> Distort:
    assignments = [f"distort.{entry}" for entry in sets]
    settings = resolve([read_sets([f"seed={seed}", f"count={count}", *assignments])]).settings
    return open_distort(RunSpec(kind="distort", source=source, out="unused", settings=settings))


def pixels(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def pairs(made: Distort, count: int = PICTURES) -> list[tuple[Sample, Sample]]:
    """Return the clean and the forged sample of every pair."""
    both = [(made.make(2 * number), made.make(2 * number + 1)) for number in range(count)]
    return [(one, two) if two.label else (two, one) for one, two in both]


def test_a_pair_differs_in_the_forged_pixels_and_in_nothing_else(source: str) -> None:
    for clean, forged in pairs(stage(source, "formats=png")):
        told = ("pair", "group", "split", "format", "width", "height", "benign", "encodes", "skin", "scale")
        assert [getattr(clean, name) for name in told] == [getattr(forged, name) for name in told]
        assert (clean.label, forged.label) == (0, 1)
        for name in ("before", "after", "benign", "degradations", "source"):
            assert clean.drawn[name] == forged.drawn[name]
        mask = np.asarray(Image.open(io.BytesIO(forged.mask)))
        assert np.array_equal(mask, (pixels(clean.image) != pixels(forged.image)).any(axis=2))
        assert mask.sum() == forged.mask_pixels >= 24
        assert not np.asarray(Image.open(io.BytesIO(clean.mask))).any()
        assert (clean.mask_pixels, clean.ops, clean.source_mask) == (0, (), None)
        assert clean.scene_depth == forged.scene_depth
        assert forged.ops
        assert "hand" in forged.drawn or forged.scene_depth


def test_bytes_depend_on_the_settings_and_the_index_alone(source: str) -> None:
    made = stage(source)
    forwards = [made.make(index) for index in range(8)]
    other = stage(source)
    assert [other.make(index) for index in (7, 2, 3, 0)] == [forwards[index] for index in (7, 2, 3, 0)]
    again = stage(source, seed=2)
    assert all(again.make(index).image != forwards[index].image for index in range(0, 8, 2))


def test_the_last_of_an_odd_number_is_clean(source: str) -> None:
    made = stage(source, *PLAIN, count=5)
    assert sum(made.make(index).label for index in range(5)) == 2
    assert made.make(4).label == 0


def test_every_round_forges_every_picture_otherwise(source: str) -> None:
    made = stage(source, *PLAIN, "scene=0", count=6 * PICTURES)
    ids = [made.make(2 * number).drawn["source"]["id"] for number in range(PICTURES, 2 * PICTURES)]
    assert sorted(ids) == sorted(made.make(2 * n).drawn["source"]["id"] for n in range(PICTURES))
    assert len({made.make(index).pair for index in range(0, 6 * PICTURES, 12)}) == 6


def test_elements_and_edits_are_where_they_are_said_to_be(source: str) -> None:
    made = stage(
        source,
        "operations=text_replace",
        "scene=0",
        "edits=1",
        *PLAIN[1:],
        "honest=1",
        "benign=[crop, rescale]",
    )
    seen = 0
    for clean, forged in pairs(made):
        (op,) = forged.ops
        for sample in (clean, forged):
            for element in sample.elements:
                assert min(element.width, element.height) > 0
                assert element.x + element.width <= sample.width + 0.1
                assert element.y + element.height <= sample.height + 0.1
        rows, columns = np.nonzero(np.asarray(Image.open(io.BytesIO(forged.mask))))
        x, y, wide, high = op["box"]
        assert x - 8 <= columns.min() <= columns.max() <= x + wide + 8
        assert y - 8 <= rows.min() <= rows.max() <= y + high + 8
        if op["target"] is not None:
            seen += 1
            line = forged.elements[op["target"]]
            assert op["new"] in (line.text or "")
            assert [element.text for element in clean.elements].count(line.text) == 0 or op["old"] == op[
                "new"
            ]
    assert seen >= PICTURES // 3


def test_scene_depth_is_a_kind_of_its_own(source: str) -> None:
    made = pairs(stage(source, "scene=1", *PLAIN))
    by_scene = [forged for _, forged in made if forged.scene_depth]
    assert len(by_scene) >= PICTURES - 2
    for sample in by_scene:
        assert "hand" not in sample.drawn
        assert all(op["skill"] is None for op in sample.ops)


def test_what_is_held_out_is_in_the_test_alone(source: str) -> None:
    held = "hold_out={operations: [erase], chains: [script], skills: [expert]}"
    made = stage(source, held, *PLAIN, "scene=0", "operations=[erase, blur]", count=10 * PICTURES)
    seen: dict[str, set[str]] = {"train": set(), "test": set()}
    for _, forged in pairs(made, 5 * PICTURES):
        hand = forged.drawn["hand"]
        seen[forged.split] |= {hand["skill"], hand["chain"], *(op["type"] for op in forged.ops)}
    assert not seen["train"] & {"erase", "script", "expert"}
    assert seen["test"] >= {"erase", "script", "expert", "blur", "browser"}


def test_anybodys_pictures_are_forged_by_what_needs_no_strings(source: str, tmp_path: Path) -> None:
    for number, (clean, _) in enumerate(pairs(stage(source, *PLAIN, "scene=0"), 4)):
        Image.open(io.BytesIO(clean.image)).convert("RGB").save(tmp_path / f"{number}.jpg", quality=92)
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    made = stage(str(tmp_path), "foreign={splits: {train: 1, validation: 0, test: 0}}", count=10)
    foreign = {name for name in pixel_forgeries.names() if pixel_forgeries.get(name).foreign}
    for clean, forged in pairs(made, 4):
        assert (clean.split, forged.split, clean.group) == ("train", "train", forged.group)
        assert {op["type"] for op in forged.ops} <= foreign
        assert clean.encodes[0]["codec"] == "jpg"
        assert any(element.kind == "line" for element in clean.elements)
    for index in (8, 9):
        with pytest.raises(UnreadablePicture, match=r"broken\.png"):
            made.make(index)


def test_where_there_is_nothing_to_forge_neither_of_the_pair_is_made(tmp_path: Path) -> None:
    Image.new("RGB", (300, 300), "white").save(tmp_path / "blank.png")
    made = stage(str(tmp_path), count=2)
    for index in (0, 1):
        with pytest.raises(NothingToForge, match=r"none of 24 drawn edits finds a target") as blank:
            made.make(index)
        assert blank.value.code == "nothing_to_forge"


@pytest.mark.parametrize(
    ("setting", "kind", "told"),
    [
        (
            "operations=[text_replce]",
            UnknownName,
            "unknown forgery 'text_replce'; did you mean 'text_replace'",
        ),
        ("scene_operations=[splice]", UnknownName, "unknown scene forgery 'splice'"),
        ("skills=[expertt]", UnknownName, "did you mean 'expert'"),
        ("chains=[browsr]", UnknownName, "did you mean 'browser'"),
        ("benign=[cropp]", UnknownName, "unknown benign edit 'cropp'; did you mean 'crop'"),
        ("degradations=[jpg]", UnknownName, "unknown degradation 'jpg'; did you mean 'jpeg'"),
        ("formats=[gif]", UnknownName, "unknown format 'gif'"),
        ("hold_out.skills=[careles]", UnknownName, "did you mean 'careless'"),
        ("hold_out.chains=[browser, script, desktop_editor, phone_editor]", ConfigError, "every tool chain"),
        ("edits=[0]", ConfigError, "edits has '0', which is no whole number from 1 to 8"),
        ("steps=[9]", ConfigError, "steps has '9', which is no whole number from 0 to 8"),
        ("quality={min: 90, max: 50}", ConfigError, r"min \(90\) must not be above max \(50\)"),
    ],
)
def test_wrong_settings_are_refused_before_anything_is_made(
    source: str, setting: str, kind: type[Exception], told: str
) -> None:
    with pytest.raises(kind, match=told):
        stage(source, setting)


def test_strings_are_asked_for_where_there_are_none(tmp_path: Path) -> None:
    Image.new("RGB", (300, 300), "white").save(tmp_path / "blank.png")
    with pytest.raises(ConfigError, match=r"no operation of distort\.operations works on foreign pictures"):
        stage(str(tmp_path), "operations=[text_replace]")
    spec = RunSpec(kind="distort", out="unused", settings=resolve([]).settings)
    with pytest.raises(ConfigError, match="name a set or a folder of them with --in"):
        open_distort(spec)


def test_only_pictures_of_the_same_split_are_taken_from(source: str) -> None:
    made = stage(source, *PLAIN, "scene=0", "operations={splice: 20, erase: 1}", "edits=1")
    splits = {}
    for clean, _ in pairs(made):
        splits[clean.drawn["source"]["id"]] = clean.split
    donors = [(forged.split, donor) for _, forged in pairs(made) for donor in forged.drawn["donors"]]
    assert len(donors) >= PICTURES // 3
    assert all(splits[donor] == split for split, donor in donors)
    assert all(forged.drawn["source"]["id"] not in forged.drawn["donors"] for _, forged in pairs(made))
