import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigh_batch.config.generate import ConversationConfig, SplitsConfig
from sigh_batch.rng import for_sample
from sigh_batch.scene.compose import compose, used_splits
from sigh_batch.scene.conversation import Conversation
from sigh_batch.scene.locale import locale_names
from sigh_batch.scene.pools import SPLITS, key_of

CONFIG = ConversationConfig()


def make(
    index: int,
    code: str = "en-US",
    split: str = "train",
    group: bool = True,
    count: int = 12,
    **config: object,
) -> Conversation:
    used = ConversationConfig.model_validate(config)
    return compose(
        for_sample(5, "t", index), used, identity=str(index), code=code, split=split, group=group, count=count
    )


@settings(max_examples=150)
@given(st.integers(0, 10**9), st.sampled_from(locale_names()), st.booleans(), st.integers(1, 60))
def test_a_conversation_holds_together(index: int, code: str, group: bool, count: int) -> None:
    made = make(index, code, "train", group, count)
    assert len(made.messages) == count
    times = [said.time for said in made.messages]
    assert times == sorted(times)
    assert made.now >= times[-1]
    assert len(made.people) == 2 if not group else 3 <= len(made.people) <= 7
    assert made.members >= len(made.people)
    assert 0 <= made.owner < len(made.people)
    assert {said.author for said in made.messages} <= set(range(len(made.people)))
    assert all(said.text == said.text.strip() for said in made.messages)
    assert all(said.text or said.attachment for said in made.messages)
    assert (made.channel in made.channels) if group else not made.channels
    if not group:
        assert made.title == made.people[1 - made.owner].name


@pytest.mark.parametrize("code", locale_names())
def test_who_asks_a_service_owns_the_device(code: str) -> None:
    for index in range(8):
        draws = for_sample(5, "t", index)
        made = compose(
            draws, CONFIG, identity="x", code=code, split="train", group=False, count=12, service=True
        )
        assert made.topic == "support"
        assert made.messages[0].author == made.owner
        assert made.title == made.people[1 - made.owner].name


@settings(max_examples=60)
@given(st.integers(0, 10**9), st.booleans())
def test_what_was_answered_was_read(index: int, group: bool) -> None:
    made = make(index, group=group, count=20)
    own = [(place, said) for place, said in enumerate(made.messages) if said.author == made.owner]
    others = [place for place, said in enumerate(made.messages) if said.author != made.owner]
    for place, said in own:
        if others and place < others[-1]:
            assert said.status == "read"
    trailing = {said.status for place, said in own if not others or place > others[-1]}
    assert len(trailing) <= 1


def test_a_conversation_depends_on_its_stream_alone() -> None:
    assert make(7) == make(7)
    assert make(7) != make(8)


def test_messages_are_seldom_the_same() -> None:
    seen = [said.text for index in range(170) for said in make(index, count=12).messages]
    assert len(seen) == 2040
    assert len(set(seen)) > 1700


def test_a_default_mixture_of_languages_says_a_thousand_things_in_a_thousand_messages() -> None:
    codes = locale_names()
    seen = [
        said.text
        for index in range(100)
        for said in make(index, codes[index % len(codes)], count=11).messages
    ]
    assert len(set(seen)) > 1000


@pytest.mark.parametrize("code", locale_names())
def test_splits_share_no_message(code: str) -> None:
    said = {
        split: {
            key_of(message.text)
            for index in range(60)
            for message in make(1000 * start + index, code, split, index % 2 == 0, typos=0, emoji=0).messages
            if message.kind == "text" and any(letter.isalpha() for letter in message.text)
        }
        for start, split in enumerate(SPLITS)
    }
    for one, two in itertools.combinations(SPLITS, 2):
        assert not said[one] & said[two]


def test_own_text_is_all_that_is_said(tmp_path: Path) -> None:
    file = tmp_path / "own.txt"
    file.write_text("".join(f"sentence number {number}\n" for number in range(40)))
    made = make(3, group=False, count=30, corpus=file, typos=0, emoji=0)
    words = {key_of(said.text) for said in made.messages if said.text}
    assert words <= {f"sentencenumber{number}" for number in range(40)} | {
        f"sentencenum{number}" for number in range(40)
    }
    other = {key_of(said.text) for said in make(3, "en-US", "test", False, 30, corpus=file, typos=0).messages}
    assert not words & other


def test_typos_and_emoji_can_be_switched_off() -> None:
    plain = make(11, count=40, typos=0, emoji=0)
    lively = make(11, count=40, typos=1, emoji=1)
    assert plain.people == lively.people
    pairs = list(zip(plain.messages, lively.messages, strict=True))
    assert any(one.text != two.text for one, two in pairs)


def test_only_splits_with_a_share_are_used() -> None:
    assert used_splits(SplitsConfig(train=1, validation=0, test=0.5)) == ("train", "test")


@pytest.mark.parametrize("code", locale_names())
def test_roles_stay_in_a_support_chat(code: str) -> None:
    made = next(
        found
        for index in range(200)
        if (found := make(index, code, group=False, count=30)).topic == "support"
    )
    assert len({said.author for said in made.messages}) == 2


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("good morning", range(4, 12)),
        ("good evening", (*range(18, 24), *range(4))),
        ("good night", (*range(20, 24), *range(4))),
    ],
)
def test_people_greet_by_the_time_of_day(said: str, hours: tuple[int, ...]) -> None:
    found = [
        message.time.hour
        for index in range(500)
        for message in make(index, group=index % 2 == 0, count=10, typos=0, emoji=0).messages
        if message.text.lower().startswith(said)
    ]
    assert found
    assert sum(hour in hours for hour in found) >= 0.85 * len(found)


def test_nobody_greets_a_crowd_of_one() -> None:
    found = [
        said.text.lower() for index in range(400) for said in make(index, group=False, count=10).messages
    ]
    crowd = ("hi all", "hi everyone", "hello folks", "hey everyone", "hey all")
    assert not [text for text in found if text.rstrip("!. ") in crowd]


def test_who_leaves_a_group_says_nothing_more() -> None:
    lines = 0
    for index in range(300):
        made = make(index, count=14)
        for place, said in enumerate(made.messages):
            if said.kind == "system" and said.text.endswith((" left", " joined")):
                lines += 1
                name = said.text.rpartition(" ")[0]
                authors = {
                    made.people[other.author].name for other in made.messages[place:] if other.kind == "text"
                }
                assert name not in authors
    assert lines > 5
