from dataclasses import replace

import pytest

from sigh_batch.data.identity import claim
from sigh_batch.data.plan import Plan
from sigh_batch.data.sample import Sample
from sigh_batch.errors import ConfigError, UnreadablePicture
from sigh_batch.sources.sets import SetSource
from sigh_batch.store.memory import MemoryStore
from tests.sets import IDENTITY, make_failure, make_sample, write_set
from tests.unit.sources.files import every_kind, scene

CLEAN = [index for index in range(20) if index % 4 != 3 and index != 13]


def make(index: int) -> Sample:
    """Return a sample with the picture of the scene, in the format that the index has."""
    files = {"png": "rgb.png", "jpg": "plain.jpg", "webp": "lossless.webp"}
    sample = make_sample(index)
    return replace(sample, image=every_kind()[files[sample.format]], width=64, height=48)


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore("set")
    write_set(store, Plan(20, 3), lambda index: make_failure(13) if index == 13 else make(index))
    return store


def test_the_clean_samples_are_there_with_all_that_is_known_of_them(store: MemoryStore) -> None:
    source = SetSource(store)
    assert len(source) == len(CLEAN)
    for number, index in enumerate(CLEAN):
        original, sample = source.read(number), make(index)
        for name in (
            "id",
            "group",
            "split",
            "elements",
            "skin",
            "theme",
            "scale",
            "font",
            "locale",
            "encodes",
        ):
            assert getattr(original, name) == getattr(sample, name), name
        assert (original.index, original.drawn) == (index, sample.drawn)
        assert original.pixels.shape == (48, 64, 3)
        assert sample.format == "jpg" or (original.pixels == scene()).all()
        assert not original.pixels.flags.writeable


def test_it_is_told_that_forged_samples_are_left_out(store: MemoryStore) -> None:
    assert SetSource(store).notes == ("5 forged samples of memory://set are not read",)
    clean = MemoryStore("clean")
    write_set(clean, Plan(3, 1), make)
    assert SetSource(clean).notes == ()


def test_it_is_known_by_what_it_was_made_with(store: MemoryStore) -> None:
    assert SetSource(store).identity == {
        "kind": "generate",
        "config_hash": IDENTITY.config_hash,
        "engine": {"skia": "144.0"},
    }
    assert SetSource(store).origin is None
    told = MemoryStore("told")
    claim(told, IDENTITY, {"kind": "generate", "settings": {"seed": 7}})
    write_set(told, Plan(3, 1), make)
    assert SetSource(told).origin == {"kind": "generate", "settings": {"seed": 7}}


def test_a_picture_that_was_damaged_since_is_refused_alone(store: MemoryStore) -> None:
    tar = store.get("shards/part-00000.tar")
    at = tar.index(make(0).image) + 70
    store.put("shards/part-00000.tar", tar[:at] + bytes([tar[at] ^ 1]) + tar[at + 1 :])
    source = SetSource(store)
    with pytest.raises(UnreadablePicture) as caught:
        source.read(0)
    assert caught.value.code == "unreadable_image"
    assert str(caught.value) == "sample 000000 is damaged: its sha256 is not the recorded one"
    assert source.read(1).id == "000001"


def test_a_set_without_a_clean_picture_is_refused() -> None:
    store = MemoryStore("set")
    write_set(store, Plan(2, 1), lambda index: replace(make(index), label=1))
    with pytest.raises(ConfigError, match="the set in memory://set has no clean picture to work on"):
        len(SetSource(store))


def test_an_unfinished_set_is_sent_to_resume() -> None:
    store = MemoryStore("set")
    claim(store, IDENTITY)
    with pytest.raises(ConfigError) as caught:
        SetSource(store)
    assert str(caught.value) == (
        "the set in memory://set is not finished; finish it with: sigh resume memory://set"
    )
