import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.errors import ConfigError
from sigh_batch.rng import for_sample
from sigh_batch.scene.locale import locale_names
from sigh_batch.scene.people import draw_people, names
from sigh_batch.scene.pools import SPLITS


@pytest.mark.parametrize("code", locale_names())
def test_splits_share_no_name(code: str) -> None:
    pools = [names(code, split) for split in SPLITS]
    for one, two in itertools.combinations(pools, 2):
        for kind in ("given", "family", "first_words", "last_words"):
            assert getattr(one, kind)
            assert not set(getattr(one, kind)) & set(getattr(two, kind))


def test_a_name_of_two_regions_lies_in_one_split() -> None:
    for split, other in itertools.permutations(SPLITS, 2):
        assert not set(names("en-US", split).given) & set(names("en-GB", other).given)


def test_splits_share_no_avatar() -> None:
    seen = {
        split: {
            person.avatar
            for index in range(60)
            for person in draw_people(for_sample(1, "t", index), "en-US", split, 7, "full")
        }
        for split in SPLITS
    }
    assert not seen["train"] & seen["test"]
    assert not seen["train"] & seen["validation"]
    assert not seen["test"] & seen["validation"]


@given(st.integers(0, 10_000), st.sampled_from(locale_names()), st.sampled_from(("full", "given", "handle")))
def test_people_differ(index: int, code: str, style: str) -> None:
    people = draw_people(for_sample(3, "t", index), code, "train", 6, style)
    assert len({person.id for person in people}) == 6
    assert len({person.short for person in people}) == 6
    assert len({person.name for person in people}) == 6
    assert all(0 <= person.hue < 1 for person in people)
    assert people == draw_people(for_sample(3, "t", index), code, "train", 6, style)


def test_more_people_than_names_is_a_wrong_setting() -> None:
    with pytest.raises(
        ConfigError, match=r"500 people are more than the .* names of a split; set fewer people"
    ):
        draw_people(for_sample(1, "t", 0), "ja-JP", "test", 500, "full")
