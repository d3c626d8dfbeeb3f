import itertools
import re
from pathlib import Path

import pytest

from sigh_batch.errors import ConfigError, DataError
from sigh_batch.scene.corpus import Talk, alternatives, own_lines, parse, talk, wordings
from sigh_batch.scene.locale import locale_names
from sigh_batch.scene.pools import SPLITS, key_of
from sigh_batch.scene.slots import known_gaps

GRAMMAR = """
@thing = the bill | the rent
@thing.US = the check | the rent
= greeting
> open
a: Hi | Hey there | Good day
= closing
> open
a: Bye | See you | So long
= ack
> open
c: Ok | Fine | Sure
= money
title: One | Two | Three
next: money
> open
a: {Did|Have} you {pay|paid} <thing>? | And {|now} <thing>?
b?: Yes | No | {Not|Never}{ yet| at all}
"""


def texts(book: Talk) -> set[str]:
    topics = (*book.shared.values(), *book.topics.values())
    return {
        text
        for topic in topics
        for exchange in (*topic.opens, *topic.mores)
        for turn in exchange.turns
        for text in turn.texts
    }


def test_alternatives_and_parts_multiply() -> None:
    assert alternatives("a {b|c} d | e") == ["a {b|c} d", "e"]
    assert sorted(wordings("{Hi|Hey{| you}}{!|}")) == ["Hey", "Hey you", "Hey you!", "Hey!", "Hi", "Hi!"]


def test_a_grammar_becomes_turns_and_pools_of_its_region() -> None:
    book = parse(GRAMMAR, "US", "xx.txt")["train"]
    (ask, answer) = book.topics["money"].opens[0].turns
    assert (ask.role, ask.optional, answer.role, answer.optional) == ("a", False, "b", True)
    assert book.topics["money"].next == ("money",)
    assert book.pools["thing"] == ("the check", "the rent")
    assert parse(GRAMMAR, "GB", "xx.txt")["test"].pools["thing"] == ("the bill", "the rent")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a: {Hi", r"xx\.txt, line 19: a \{ without its \}"),
        ("a: Hi}", r"xx\.txt, line 19: a \} without its \{"),
        ("d: Hi", "line 19: expected a turn inside an exchange"),
        ("> open dawn", "line 19: an exchange reads > open or > more, and night or group"),
        ("@things", "line 19: a pool reads @name = a"),
        ("a: " + "{1|2|3|4|5|6|7|8|9}" * 3, "729 wordings of one text, more than 600"),
    ],
)
def test_a_wrong_line_is_named(line: str, told: str) -> None:
    with pytest.raises(DataError, match=told):
        parse(GRAMMAR + line, "US", "xx.txt")


def test_a_turn_needs_a_wording_for_every_split() -> None:
    with pytest.raises(DataError, match="a turn of 'money' has too few wordings for every split"):
        parse(GRAMMAR + "> more\na: One | Two", "US", "xx.txt")


@pytest.mark.parametrize("code", locale_names())
def test_every_language_is_whole(code: str) -> None:
    for split in SPLITS:
        book = talk(code, split)
        assert len(book.topics) >= 9
        for topic in book.topics.values():
            assert topic.titles
            assert topic.opens
            assert set(topic.next) <= set(book.topics)
        gaps = {
            gap.rstrip("0123456789") for text in texts(book) for gap in re.findall(r"<([a-z]+\d?)>", text)
        }
        assert gaps <= known_gaps() | set(book.pools)
        left = {text for text in texts(book) if re.search(r"[{}|]", text)}
        assert not left


@pytest.mark.parametrize("code", locale_names())
def test_splits_share_no_wording_and_no_place(code: str) -> None:
    books = [talk(code, split) for split in SPLITS]
    for one, two in itertools.combinations(books, 2):
        assert not {key_of(text) for text in texts(one)} & {key_of(text) for text in texts(two)}
        assert not set(one.pools["place"]) & set(two.pools["place"])


def test_own_lines_are_divided_and_trimmed(tmp_path: Path) -> None:
    file = tmp_path / "corpus.txt"
    file.write_text("\ufeffHello  \n\n\nSee you\tlater\nHello\n" + "".join(f"line {n}\n" for n in range(20)))
    shares = own_lines(file, SPLITS)
    lines = [line for share in shares.values() for line in share]
    assert len(lines) == 22
    assert {"Hello", "See you later"} < set(lines)
    assert all(shares.values())


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "has no text; write one message a line"),
        (b" \n\n", "has no text"),
        (
            "na\u00efve\nsoup\u00e7on".encode("latin-1"),
            r"is not UTF-8: byte 0xef in line 1 \(byte 2 of the file\)",
        ),
        (b"fine\nfine too\n\xff\xfe", r"byte 0xff in line 3 \(byte 14 of the file\); save it as UTF-8"),
        (b"one\ntwo\n", "has 2 different messages, too few for the split 'validation'; add lines, or set"),
        (b"x" * 2001, "line 1 of .* has 2001 characters, more than 2000"),
        (b"fine\nbell \x07\n", "line 2 of .* holds a control character"),
    ],
)
def test_a_bad_corpus_is_refused_with_file_and_line(tmp_path: Path, data: bytes, told: str) -> None:
    file = tmp_path / "corpus.txt"
    file.write_bytes(data)
    with pytest.raises(ConfigError, match=told) as caught:
        own_lines(file, SPLITS)
    assert str(file) in str(caught.value)


def test_a_missing_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot read the corpus file .*: No such file"):
        own_lines(tmp_path / "none.txt", SPLITS)
