from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigh_batch.config.generate import ConversationConfig
from sigh_batch.rng import for_sample
from sigh_batch.scene.compose import compose
from sigh_batch.scene.conversation import Conversation
from sigh_batch.scene.features import photo_pools
from sigh_batch.scene.locale import locale_names

RICH: dict[str, Any] = {
    "replies": 0.5,
    "reactions": 0.5,
    "edited": 0.3,
    "threads": 0.3,
    "cards": 1,
    "pictures": 0.2,
    "voices": 0.2,
    "files": 0.2,
    "unread": 1,
    "typing": 1,
}
PLAIN: dict[str, Any] = dict.fromkeys(RICH, 0)


def make(
    index: int, code: str = "en-US", group: bool = True, count: int = 14, **config: object
) -> Conversation:
    used = ConversationConfig.model_validate(config or RICH)
    return compose(
        for_sample(6, "t", index), used, identity="x", code=code, split="train", group=group, count=count
    )


@settings(max_examples=120)
@given(st.integers(0, 10**9), st.sampled_from(locale_names()), st.booleans(), st.integers(1, 40))
def test_what_people_do_fits_what_is_there(index: int, code: str, group: bool, count: int) -> None:
    made = make(index, code, group, count)
    assert len(made.messages) == count
    assert [said.time for said in made.messages] == sorted(said.time for said in made.messages)
    for place, said in enumerate(made.messages):
        assert said.text or said.attachment
        if said.reply is not None:
            assert 0 <= said.reply < place
            told = made.messages[said.reply]
            assert told.kind == "text"
            assert told.author != said.author
        if said.edited:
            assert said.text
        assert sum(one.own for one in said.reactions) <= (said.author != made.owner)
        assert sum(one.count for one in said.reactions) <= made.members
        assert len({one.emoji for one in said.reactions}) == len(said.reactions)
        assert all(one.count > 0 for one in said.reactions)
        if said.thread:
            assert group
        if said.kind == "system":
            assert (said.reply, said.reactions, said.attachment, said.thread) == (None, (), None, 0)
    if made.unread is not None:
        assert all(said.author != made.owner for said in made.messages[made.unread :])
    if made.typing is not None:
        assert made.typing != made.owner
        assert (made.now - made.messages[-1].time).total_seconds() <= 90
    assert made.now >= made.messages[-1].time


def test_nothing_is_done_when_every_share_is_zero() -> None:
    for index in range(60):
        made = make(index, **PLAIN)
        assert (made.unread, made.typing) == (None, None)
        for said in made.messages:
            assert said.text
            assert (said.reply, said.edited, said.reactions, said.attachment, said.thread) == (
                None,
                False,
                (),
                None,
                0,
            )


def test_shares_are_kept() -> None:
    said = [one for index in range(400) for one in make(index, edited=0.3, reactions=0.2).messages]
    texts = [one for one in said if one.kind == "text" and one.text]
    assert sum(one.edited for one in texts) / len(texts) == pytest.approx(0.3, abs=0.03)
    assert sum(bool(one.reactions) for one in texts) / len(texts) == pytest.approx(0.2, abs=0.03)


@pytest.mark.parametrize("code", locale_names())
def test_cards_and_files_are_named_in_every_language(code: str) -> None:
    seen = [
        said.attachment
        for index in range(120)
        for said in make(index, code, **RICH).messages
        if said.attachment
    ]
    kinds = {one.kind for one in seen}
    assert kinds == {"link", "picture", "voice", "file"}
    for one in seen:
        assert "<" not in one.title + one.description
        if one.kind == "link":
            assert one.title
            assert one.description
            assert "example" in one.host
        if one.kind == "file":
            assert "." in one.title
            assert " " not in one.title
            assert one.size > 0
        if one.kind == "voice":
            assert one.seconds > 0


def test_splits_share_no_picture() -> None:
    pools = photo_pools()
    assert not set(pools["train"]) & (set(pools["validation"]) | set(pools["test"]))
    assert not set(pools["validation"]) & set(pools["test"])
    assert all(len(pool) >= 20 for pool in pools.values())
