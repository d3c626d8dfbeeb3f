"""What conversations are made of: exchanges of turns that answer each other, and pools of words.

A language's file in `data/talk/` reads line by line:

    @place = the station | the library         a pool; @place.US = ... replaces it in one region
    = payments                                 a topic; greeting, closing and ack serve all topics
    title: Flat bills | Trip money             names of group conversations
    emoji: 🙏 | 👍                             emoji that suit the topic
    next: family work                          topics that the same people may come to later
    tone: cold                                 neither greetings nor thanks
    > open                                     an exchange that starts the topic; > more follows one;
                                               > open night and > open group are for then and there only
    a: {Hi|Hey} <b>, did you get <amount>?     a turn of role a; | divides alternatives, {x|y} parts of one
    b?: Yes | No                               a turn that may be left out; role c joins in groups only

`@abbr` holds abbreviations as `you>u`, `@join` contractions that a filling needs, as `de el>del`.
`<word>` is filled from a pool, by `slots`, or with the name of the person of role a, b or c. The
same gap has the same filling through an exchange's topic; `<time2>` is another time. Every way a
turn can be worded belongs to one split, so that splits share no wording.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from sigh_batch.errors import ConfigError, DataError
from sigh_batch.scene.locale import locale
from sigh_batch.scene.pools import SPLITS, Division, divide, key_of

SHARED_TOPICS = ("greeting", "closing", "ack")
_WHOLE_POOLS = ("abbr", "join", "emoji", "day", "past")
_WORDINGS = 600
_LONGEST_LINE = 2000
_TURN = re.compile(r"([abc])(\??):\s*(.+)")


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of an exchange: who says it, and every wording one split has for it."""

    role: str
    optional: bool
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """Turns that answer each other."""

    turns: tuple[Turn, ...]
    when: str
    """night or group where it fits only then; else empty."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a stretch of conversation is about."""

    name: str
    titles: tuple[str, ...]
    emoji: tuple[str, ...]
    next: tuple[str, ...]
    cold: bool
    """Whether nobody greets or thanks."""
    opens: tuple[Exchange, ...]
    mores: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """The words of one language in one region, as far as one split may use them."""

    pools: dict[str, tuple[str, ...]]
    shared: dict[str, Topic]
    topics: dict[str, Topic]


@dataclass
class _DraftTurn:
    """A turn while its file is read: all of its wordings, later divided."""

    role: str
    optional: bool
    texts: list[str]
    shares: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class _DraftExchange:
    """An exchange while its file is read."""

    when: str
    turns: list[_DraftTurn] = field(default_factory=list)


@dataclass
class _Draft:
    """A topic while its file is read."""

    titles: list[str] = field(default_factory=list)
    emoji: list[str] = field(default_factory=list)
    next: list[str] = field(default_factory=list)
    cold: bool = False
    exchanges: dict[str, list[_DraftExchange]] = field(default_factory=lambda: {"open": [], "more": []})
    current: _DraftExchange | None = None


@functools.lru_cache(maxsize=64)
def talk(code: str, split: str) -> Talk:
    """Return what people of a locale may say in a split."""
    here = locale(code)
    return _divided(here.language, here.region)[split]


@functools.lru_cache(maxsize=32)
def _divided(language: str, region: str) -> dict[str, Talk]:
    name = f"{language}.txt"
    source = resources.files(__package__).joinpath(f"data/talk/{name}")
    return parse(source.read_text(encoding="utf-8"), region, name)


def parse(text: str, region: str, name: str) -> dict[str, Talk]:
    """Read a language's file for one region and divide it; raises DataError with the line that is wrong."""
    pools: dict[str, list[str]] = {}
    drafts: dict[str, _Draft] = {}
    draft: _Draft | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        try:
            if line.startswith("@"):
                _read_pool(line, region, pools)
            elif line.startswith("= "):
                draft = drafts.setdefault(line[2:].strip(), _Draft())
            elif draft is None:
                raise ValueError("a topic must come first")
            else:
                _read_line(line, draft)
        except ValueError as error:
            raise DataError(f"{name}, line {number}: {error}: {line[:60]!r}") from error
    return _assign(pools, drafts, name)


def _read_pool(line: str, region: str, pools: dict[str, list[str]]) -> None:
    head, equals, body = line[1:].partition("=")
    word, _, only = head.strip().partition(".")
    if not equals or not word:
        raise ValueError("a pool reads @name = a | b")
    if only in ("", region):
        pools[word] = [entry for option in alternatives(body) for entry in wordings(option)]


def _read_line(line: str, draft: _Draft) -> None:
    if line.startswith("> "):
        kind, _, when = line[2:].strip().partition(" ")
        if kind not in draft.exchanges or when not in ("", "night", "group"):
            raise ValueError("an exchange reads > open or > more, and night or group")
        draft.current = _DraftExchange(when)
        draft.exchanges[kind].append(draft.current)
    elif line.startswith("title:"):
        draft.titles += [entry for option in alternatives(line[6:]) for entry in wordings(option)]
    elif line.startswith("emoji:"):
        draft.emoji += alternatives(line[6:])
    elif line.startswith("next:"):
        draft.next += line[5:].split()
    elif line.startswith("tone:"):
        draft.cold = line[5:].strip() == "cold"
    else:
        match = _TURN.fullmatch(line)
        if not match or draft.current is None:
            raise ValueError("expected a turn inside an exchange, such as a: Hello")
        options = [entry for option in alternatives(match[3]) for entry in wordings(option)]
        draft.current.turns.append(_DraftTurn(match[1], bool(match[2]), options))


def _assign(pools: dict[str, list[str]], drafts: dict[str, _Draft], name: str) -> dict[str, Talk]:
    for topic in _divide_turns(drafts):
        raise DataError(f"{name}: a turn of {topic!r} has too few wordings for every split; add some")
    divided_pools = {
        word: divide(entries)
        for word, entries in pools.items()
        if len(entries) >= 8 and word not in _WHOLE_POOLS
    }
    result = {}
    for split in SPLITS:
        topics = {topic: _topic(topic, draft, split) for topic, draft in drafts.items()}
        shared = {topic: topics.pop(topic) for topic in SHARED_TOPICS}
        words = {
            word: tuple(divided_pools.get(word, {split: entries})[split]) for word, entries in pools.items()
        }
        result[split] = Talk(words, shared, topics)
    return result


def _divide_turns(drafts: dict[str, _Draft]) -> Iterator[str]:
    """Give every turn its wordings by split; yield the topic of each turn that is short of them.

    A wording that several turns share lies in one split, so turns with few wordings choose first.
    """
    turns = [
        (turn, [key_of(text) for text in turn.texts], topic)
        for topic, draft in drafts.items()
        for exchange in (*draft.exchanges["open"], *draft.exchanges["more"])
        for turn in exchange.turns
    ]
    turns.sort(key=lambda entry: len(set(entry[1])))
    division = Division()
    for turn, keys, topic in turns:
        division.add(keys)
        turn.shares = {split: [] for split in SPLITS}
        for text, key in zip(turn.texts, keys, strict=True):
            turn.shares[division.split(key)].append(text)
        if not all(turn.shares.values()):
            yield topic


def _topic(name: str, draft: _Draft, split: str) -> Topic:
    kinds = {
        kind: tuple(
            Exchange(
                tuple(Turn(turn.role, turn.optional, tuple(turn.shares[split])) for turn in exchange.turns),
                exchange.when,
            )
            for exchange in exchanges
        )
        for kind, exchanges in draft.exchanges.items()
    }
    return Topic(
        name=name,
        titles=tuple(divide(draft.titles)[split]),
        emoji=tuple(draft.emoji),
        next=tuple(draft.next),
        cold=draft.cold,
        opens=kinds["open"],
        mores=kinds["more"],
    )


def alternatives(text: str) -> list[str]:
    """Return the parts of a text between bars that stand outside braces, without empty ones."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if depth < 0:
            raise ValueError("a } without its {")
        if letter == "|" and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    if depth:
        raise ValueError("a { without its }")
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def wordings(text: str) -> list[str]:
    """Return every wording of a text with {x|y} parts."""
    found = _expand(text)
    if len(found) > _WORDINGS:
        raise ValueError(f"{len(found)} wordings of one text, more than {_WORDINGS}")
    return list(dict.fromkeys(" ".join(entry.split()) for entry in found))


def _expand(text: str) -> list[str]:
    start = text.rfind("{")
    if start < 0:
        return [text]
    end = text.index("}", start)
    head, tail = text[:start], text[end + 1 :]
    return [entry for choice in text[start + 1 : end].split("|") for entry in _expand(head + choice + tail)]


@functools.lru_cache(maxsize=4)
def own_lines(path: Path, wanted: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the messages of a user's text file, a line each, divided into splits.

    Raises ConfigError when it cannot be read, is not UTF-8, or has too few lines for the wanted splits.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read the corpus file {str(path)!r}: {error.strerror}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"the corpus file {str(path)!r} is not UTF-8: byte 0x{data[error.start]:02x} in line {number} "
            f"(byte {error.start} of the file); save it as UTF-8"
        ) from error
    lines = dict.fromkeys(line.strip() for line in text.splitlines() if line.strip())
    for place, line in enumerate(text.splitlines(), 1):
        if len(line) > _LONGEST_LINE:
            raise ConfigError(
                f"line {place} of the corpus file {str(path)!r} has {len(line)} characters, more than "
                f"{_LONGEST_LINE}; write one message a line"
            )
        if any(ord(letter) < 32 and letter != "\t" for letter in line):
            raise ConfigError(
                f"line {place} of the corpus file {str(path)!r} holds a control character; write plain text"
            )
    if not lines:
        raise ConfigError(f"the corpus file {str(path)!r} has no text; write one message a line")
    divided = divide(line.replace("\t", " ") for line in lines)
    for split in wanted:
        if not divided[split]:
            raise ConfigError(
                f"the corpus file {str(path)!r} has {len(lines)} different messages, too few for the split "
                f"{split!r}; add lines, or set generate.splits.{split}=0"
            )
    return {split: tuple(entries) for split, entries in divided.items()}
