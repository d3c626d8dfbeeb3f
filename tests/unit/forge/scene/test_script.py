"""What holds of every change to a conversation, whichever forgery makes it."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.config.generate import ConversationConfig
from sigh_batch.forge.operation import scene_forgeries
from sigh_batch.forge.scene.script import NEW, in_order, rearranged, said
from sigh_batch.rng import for_sample
from sigh_batch.scene.compose import compose
from sigh_batch.scene.conversation import Conversation, Message
from sigh_batch.scene.people import avatar_seeds, names

START = datetime(2024, 5, 6, 12)


def conversation(
    index: int = 0, group: bool = True, code: str = "en-US", split: str = "train"
) -> Conversation:
    return compose(
        for_sample(5, "script", index),
        ConversationConfig(),
        identity="c",
        code=code,
        split=split,
        group=group,
        count=16,
    )


def changes(name: str, count: int = 30):
    """Yield what a forgery made of conversations, beside what they were."""
    for index in range(count):
        before = conversation(index, group=bool(index % 2))
        visible = frozenset(range(6, 16))
        made = scene_forgeries.get(name).change(for_sample(1, name, index), before, visible, "train")
        if made is not None:
            yield before, *made


@pytest.mark.parametrize("name", scene_forgeries.names())
def test_a_change_tells_what_it_did_and_keeps_what_it_was_given(name: str) -> None:
    made = list(changes(name))
    assert len(made) >= 15
    for before, after, entry in made:
        assert after != before
        assert entry["type"] == name
        number = entry["params"]["message"]
        assert number is None or 6 <= number <= 16
        assert {said.author for said in after.messages} <= set(range(len(after.people)))
        assert (after.owner, after.id, after.now, after.locale) == (
            before.owner,
            before.id,
            before.now,
            before.locale,
        )
        for place, message in enumerate(after.messages):
            assert message.reply is None or message.reply < place
    again = list(changes(name))
    assert again == made


@pytest.mark.parametrize("name", scene_forgeries.names())
def test_where_nothing_is_seen_nothing_is_changed(name: str) -> None:
    assert (
        scene_forgeries.get(name).change(for_sample(1, name, 0), conversation(), frozenset(), "train") is None
    )


def test_each_forgery_changes_what_it_is_called_by() -> None:
    for before, after, entry in changes("text_replace"):
        number = entry["params"]["message"]
        assert (before.messages[number].text, after.messages[number].text) == (entry["old"], entry["new"])
        assert sum(one != two for one, two in zip(before.messages, after.messages, strict=True)) == 1
    for before, after, entry in changes("message_delete"):
        assert len(after.messages) == len(before.messages) - 1
        assert before.messages[entry["params"]["message"]].text == entry["old"]
    for before, after, entry in changes("message_insert"):
        assert len(after.messages) == len(before.messages) + 1
        assert after.messages[entry["params"]["message"]].text == entry["new"]
        assert in_order(after) == in_order(before)
    for before, after, entry in changes("message_reorder"):
        first, second = entry["params"]["message"], entry["params"]["exchanged"]
        assert after.messages[first].text == before.messages[second].text
        assert after.messages[second].text == before.messages[first].text
    for before, after, entry in changes("time_edit"):
        number = entry["params"]["message"]
        assert after.messages[number].time.date() == before.messages[number].time.date()
        assert entry["params"]["breaks_order"] == (not in_order(after))


def test_new_names_and_faces_come_from_the_split() -> None:
    strangers = {split: set(names("en-US", split).given) for split in ("validation", "test")}
    for before, after, entry in changes("name_edit"):
        assert entry["new"] != entry["old"]
        assert entry["new"].split()[0] not in strangers["validation"] | strangers["test"]
        assert entry["new"] in {person.name for person in after.people} | {after.title}
        assert before.group or after.title == entry["new"]
    for _, after, _ in changes("avatar_swap"):
        assert {person.avatar for person in after.people} <= set(avatar_seeds("train"))


def test_times_that_cannot_be_are_told() -> None:
    told = {entry["params"]["breaks_order"] for _, _, entry in changes("time_edit")}
    assert told == {True, False}


def messages(*replies: int | None) -> tuple[Message, ...]:
    return tuple(
        Message(author=place % 2, time=START + timedelta(minutes=place), text=str(place), reply=reply)
        for place, reply in enumerate(replies)
    )


@given(st.lists(st.integers(0, 7), max_size=8, unique=True), st.integers(0, 8))
def test_answers_and_the_unread_line_follow_their_messages(order: list[int], unread: int) -> None:
    whole = messages(None, 0, 0, 2, 1, None, 5, 3)
    before = replace(conversation(), messages=whole, unread=unread, owner=9)
    order.insert(len(order) // 2, NEW)
    fresh = Message(author=0, time=START, text="fresh")
    after = rearranged(before, order, [fresh if old == NEW else whole[old] for old in order])
    for place, message in enumerate(after.messages):
        if message.reply is not None:
            assert message.reply < place
            old = whole[int(message.text)]
            assert after.messages[message.reply].text == str(old.reply)
    later = [place for place, old in enumerate(order) if old >= unread and old != NEW]
    assert after.unread == (min(later) if later else None)


def test_the_unread_line_goes_when_the_owner_writes_behind_it() -> None:
    before = replace(conversation(), messages=messages(None, None, None, None), unread=2, owner=1)
    own = Message(author=1, time=START, text="mine")
    after = rearranged(before, [0, 1, 2, NEW, 3], [*before.messages[:3], own, before.messages[3]])
    assert after.unread is None


def test_order_is_by_time_up_to_the_screenshot() -> None:
    base = conversation()
    assert all(one.time <= two.time for one, two in pairwise(base.messages))
    assert in_order(base)
    assert not in_order(replace(base, now=base.messages[-1].time - timedelta(minutes=1)))


def test_only_what_somebody_wrote_and_can_be_seen_counts() -> None:
    whole = (*messages(None, None), Message(author=0, time=START, text="x joined", kind="system"))
    base = replace(conversation(), messages=(*whole, Message(author=0, time=START, text="")))
    assert said(base, {0, 2, 3, 7}) == [0]
