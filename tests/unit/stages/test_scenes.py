from pathlib import Path

import numpy as np
import pytest

from sigh_batch.config.layers import read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.errors import DataError, NothingToForge
from sigh_batch.forge.operation import scene_forgeries
from sigh_batch.rng import for_sample
from sigh_batch.runners import local
from sigh_batch.sources import Source
from sigh_batch.sources.opening import open_source
from sigh_batch.stages.scenes import Scenes, hindrance
from tests.unit.stages.test_generate import SMALL

COUNT = 10


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    out = tmp_path_factory.mktemp("scenes") / "set"
    sets = [f"count={COUNT}", "run.workers=1", "run.progress=none", *(f"generate.{name}" for name in SMALL)]
    local.run(RunSpec(kind="generate", out=str(out), settings=resolve([read_sets(sets)]).settings))
    return open_source(str(out))


@pytest.fixture(scope="module")
def scenes(source: Source) -> Scenes:
    return Scenes(source)


@pytest.mark.parametrize("name", scene_forgeries.names())
def test_a_changed_conversation_is_drawn_as_the_client_draws(
    source: Source, scenes: Scenes, name: str
) -> None:
    made = 0
    for number in range(COUNT):
        original = source.read(number)
        try:
            forged = scenes.forge(for_sample(1, name, number), original, {name: 1.0}, 1, 24)
        except NothingToForge:
            continue
        made += 1
        assert forged.pixels.shape == original.pixels.shape
        assert np.count_nonzero((forged.pixels != original.pixels).any(axis=2)) >= 24
        (op,) = forged.ops
        assert op["type"] == name
        if name == "text_replace":
            target = forged.elements[op["target"]]
            assert (target.text, target.message) == (op["new"], op["params"]["message"])
            assert op["box"] == list(target[1:5])
            shown = [element.text for element in original.elements if element.kind == "text"]
            assert op["old"] in shown
    assert made >= COUNT // 3


def test_a_conversation_that_is_not_changed_is_drawn_byte_for_byte_as_it_is_stored(
    source: Source, scenes: Scenes
) -> None:
    for number in range(COUNT):
        original = source.read(number)
        drawn = scenes.draw(original)
        assert np.array_equal(drawn.pixels, original.pixels)
        assert drawn.elements == original.elements


def test_several_edits_are_told_as_they_are_seen_in_the_end(source: Source, scenes: Scenes) -> None:
    weights = dict.fromkeys(("text_replace", "message_insert", "message_delete"), 1.0)
    several = 0
    for number in range(COUNT):
        try:
            forged = scenes.forge(for_sample(2, "several", number), source.read(number), weights, 3, 24)
        except NothingToForge:  # a small window may show a picture alone
            continue
        several += len(forged.ops) > 1
        for op in forged.ops:
            if op["target"] is not None:
                target = forged.elements[op["target"]]
                assert target.message == op["params"]["message"]
    assert several >= COUNT // 3


def test_another_picture_than_the_stored_one_is_an_error_that_says_so(source: Source, scenes: Scenes) -> None:
    original = source.read(0)
    other = source.read(1)
    strange = type(original)(
        id=original.id, pixels=other.pixels, group="g", split="train", index=original.index
    )
    with pytest.raises(DataError, match="is drawn otherwise than it is stored"):
        scenes.forge(for_sample(1, "x", 0), strange, {"text_replace": 1.0}, 1, 24)


def test_only_sets_of_this_very_version_can_be_drawn_anew(source: Source, tmp_path: Path) -> None:
    assert hindrance(source) is None
    source.identity["engine"]["numpy"], kept = "0.1", source.identity["engine"]["numpy"]
    assert "other versions" in (hindrance(source) or "")
    source.identity["engine"]["numpy"] = kept
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert "no set of generated screenshots" in (hindrance(open_source(str(tmp_path))) or "")
