"""What a forger writes in place of what is there: other amounts, times, days, names, words and messages.

New words come from the pools of the picture's own split, so that no split learns another's.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence

from sigh_batch.data.sample import Element
from sigh_batch.rng import Draws
from sigh_batch.scene.corpus import talk
from sigh_batch.scene.locale import Locale, locale
from sigh_batch.scene.people import names
from sigh_batch.scene.slots import Filler

_NUMBER = re.compile(r"\d(?:[\d.,\u00a0\u202f ]*\d)?")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})([:.h])(\d{2})(?!\d)")
_LINK = re.compile(r"\S*(?:://|@|\w/\w)\S*|[A-Za-z]\w*\d\w*")
"""What holds figures that nobody changes: addresses and codes."""
_SIGNS = frozenset("$€£¥₹₪₩")
_SWAPPED = ("place", "bill", "parcel", "goods", "task", "event", "device", "kin", "dish", "day", "street")
"""Pools of which one entry stands for another in most sentences."""
_UNSPACED = frozenset({"ja", "zh"})
_TRIES = 12
_SOME_DAY = dt.date(2024, 5, 14)


def changed_number(draws: Draws, text: str) -> str | None:
    """Return the text with one of its numbers changed, as amounts, times and figures are; None without one.

    An amount becomes ten times as large or small, or has one digit exchanged, or loses its sign.
    """
    links = [match.span() for match in _LINK.finditer(text)]
    clocks = [match for match in _CLOCK.finditer(text) if int(match[1]) < 24 and int(match[3]) < 60]
    spans = [match.span() for match in clocks]
    found = [
        match
        for match in _NUMBER.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in (*links, *spans))
    ]
    clocks = [match for match in clocks if not any(start <= match.start() < end for start, end in links)]
    if not found and not clocks:
        return None
    match = draws.choice([*found, *clocks])
    if match in clocks:
        new = _other_clock(draws, match)
    else:
        sign = text[max(0, match.start() - 2) : match.start()].strip("\u00a0 ")[-1:]
        sign = sign if sign in _SIGNS else ""
        small = not sign and len(match[0]) <= 2
        new = _other_count(draws, match[0]) if small else _other_number(draws, match[0])
        if sign and draws.chance(0.06):
            start = text.rindex(sign, 0, match.start())
            return f"{text[:start]}-{text[start:]}"
    return text[: match.start()] + new + text[match.end() :]


def _other_clock(draws: Draws, match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[3])
    if draws.chance(0.5):
        hour = (hour + draws.choice((-3, -2, -1, 1, 2, 3)) - 1) % (12 if hour <= 12 else 23) + 1
    else:
        minute = (minute + 5 * draws.integer(1, 11)) % 60
    shown = f"{hour:02}" if len(match[1]) == 2 and match[1][0] == "0" else str(hour)
    return f"{shown}{match[2]}{minute:02}"


def _other_count(draws: Draws, old: str) -> str:
    """Return another small number, which may be a day of a month: as long as the old one."""
    zero, value = ord(old[0]) - unicodedata.digit(old[0]), int(old)
    low, high = (1, 9) if len(old) == 1 else (10, 31)
    new = draws.choice([number for number in range(low, high + 1) if number != value])
    return "".join(chr(zero + int(digit)) for digit in str(new))


def _other_number(draws: Draws, old: str) -> str:
    """Return another number written the same way: with the same digits, separators and decimals."""
    zero = chr(ord(old[0]) - unicodedata.digit(old[0]))
    whole, decimals = _parts(old)
    digits = [unicodedata.digit(letter) for letter in whole if letter.isdigit()]
    separator = next((letter for letter in whole if not letter.isdigit()), "")
    kind = draws.random()
    if kind < 0.3 and len(digits) <= 6:
        new = [*digits, 0]
    elif kind < 0.4 and len(digits) > 1 and digits[-1] == 0:
        new = digits[:-1]
    else:
        place = 0 if draws.chance(0.6) else draws.integer(0, len(digits) - 1)
        least = 1 if place == 0 and len(digits) > 1 else 0
        choices = [digit for digit in range(least, 10) if digit != digits[place]]
        new = [*digits[:place], draws.choice(choices), *digits[place + 1 :]]
    said = "".join(chr(ord(zero) + digit) for digit in new)
    if len(new) == len(digits):
        letters = iter(said)
        return "".join(next(letters) if letter.isdigit() else letter for letter in whole) + decimals
    if separator:
        head = len(said) % 3 or 3
        parts = [said[:head], *(said[at : at + 3] for at in range(head, len(said), 3))]
        said = separator.join(parts)
    return said + decimals


def _parts(number: str) -> tuple[str, str]:
    """Return a number's whole part and, with their separator, its decimals."""
    match = re.fullmatch(r"(.*\d)([.,]\d{1,2})", number)
    return (match[1], match[2]) if match else (number, "")


def changed_word(draws: Draws, text: str, code: str, split: str) -> str | None:
    """Return the text with one word or phrase exchanged for another of its kind; None where none is known.

    Kinds are the pools of the language, and the names of days and months.
    """
    found = _pooled(text, code, split)
    if found:
        start, end, pool = draws.choice(found)
        old = text[start:end]
        choices = [entry for entry in pool if entry.casefold() != old.casefold()]
        if choices:
            new = draws.choice(choices)
            if start == 0 and old[:1].isupper():
                new = new[:1].upper() + new[1:]
            return text[:start] + new + text[end:]
    return None


def _pooled(text: str, code: str, split: str) -> list[tuple[int, int, tuple[str, ...]]]:
    folded = text.casefold()
    if len(folded) != len(text):
        return []
    spaced = code.partition("-")[0] not in _UNSPACED
    found = []
    for pool in _pools(code, split):
        for entry in pool:
            start = folded.find(entry.casefold())
            end = start + len(entry)
            if start < 0 or (spaced and _torn(text, start, end)):
                continue
            found.append((start, end, pool))
    return found


def _torn(text: str, start: int, end: int) -> bool:
    """Say whether a stretch begins or ends within a word."""
    return (start > 0 and text[start - 1].isalnum()) or (end < len(text) and text[end].isalnum())


@functools.lru_cache(maxsize=32)
def _pools(code: str, split: str) -> tuple[tuple[str, ...], ...]:
    here, pools = locale(code), talk(code, split).pools
    plain = [tuple(entry for entry in pools[name] if "<" not in entry) for name in _SWAPPED if name in pools]
    return tuple(pool for pool in (*plain, here.weekdays, here.months) if len(pool) > 1)


def borrowed_word(draws: Draws, text: str, others: Sequence[str]) -> str | None:
    """Return the text with a longer word exchanged for one out of `others`."""
    words = [match for match in re.finditer(r"[^\W\d_]{4,}", text) if "/" not in text and " " in text]
    known: set[str] = {
        word for other in others for word in re.findall(r"[^\W\d_]{4,}", other) if other != text
    }
    if not words or not known:
        return None
    match = draws.choice(words)
    old = match[0]
    near = sorted(
        (word for word in known if word.casefold() != old.casefold()),
        key=lambda word: (abs(len(word) - len(old)), word),
    )
    if not near:
        return None
    new: str = draws.choice(near[:6])
    new = (new[0].upper() if old[0].isupper() else new[0].lower()) + new[1:]
    return text[: match.start()] + new + text[match.end() :]


def shifted_clock(
    draws: Draws, text: str, moment: dt.datetime, here: Locale
) -> tuple[str, dt.datetime] | None:
    """Return a text that shows a moment's time of day with another time in it, and that moment.

    Minutes or hours are shifted within the day, or morning becomes afternoon; None when the text does not
    show the moment.
    """
    full = here.clock_text(moment.hour, moment.minute) in text
    minutes = 60 * moment.hour + moment.minute
    if here.ampm[0] and full and draws.chance(0.2):
        new = minutes + 720
    elif draws.chance(0.6):
        new = minutes + draws.choice((-1, 1)) * draws.integer(2, 50)
    else:
        new = minutes + 60 * draws.choice((-5, -3, -2, -1, 1, 2, 3, 5))
    new %= 1440
    later = moment.replace(hour=new // 60, minute=new % 60)
    told = shown_clock(text, moment, later, here)
    return (told, later) if told is not None and told != text else None


def shown_clock(text: str, moment: dt.datetime, other: dt.datetime, here: Locale) -> str | None:
    """Return a text that shows a moment's time of day with another's in its place; None where it shows none.

    A clock without the words for morning and afternoon stays without them.
    """
    for form in (_full_clock, _bare_clock):
        shown = form(moment, here)
        if shown in text:
            return text.replace(shown, form(other, here), 1)
    return None


def _full_clock(moment: dt.datetime, here: Locale) -> str:
    return here.clock_text(moment.hour, moment.minute)


def _bare_clock(moment: dt.datetime, here: Locale) -> str:
    clock = _full_clock(moment, here)
    for word in here.ampm:
        clock = clock.replace(word, "").strip() if word else clock
    return clock


def shifted_day(draws: Draws, text: str, day: dt.date, here: Locale) -> tuple[str, dt.date] | None:
    """Return a text that shows a day with a near one in it, and that day; None when it does not show it."""
    other = day + dt.timedelta(days=draws.choice((-7, -3, -2, -1, 1, 2, 3, 7)))
    for pattern in (here.date_full, here.date_long, here.date_said, here.date_short, "{weekday}", "{wday}"):
        shown = here.date(day, pattern)
        if shown in text:
            return text.replace(shown, here.date(other, pattern), 1), other
    words = here.words
    for now, then in (("today", "yesterday"), ("yesterday", "today")):
        if words[now] in text:
            moved = day + dt.timedelta(days=-1 if then == "yesterday" else 1)
            return text.replace(words[now], words[then], 1), moved
    return None


def other_name(draws: Draws, old: str, code: str, split: str, present: Iterable[str] = ()) -> str:
    """Return another name of the same make: a full one, a given name or a handle; or one that is present."""
    known = sorted({name for name in present if name != old})
    if known and draws.chance(0.3):
        return draws.choice(known)
    pool, here = names(code, split), locale(code)
    for _ in range(_TRIES):
        if re.search(r"[\d_.]", old) or (old.isascii() and old.islower()):
            first, last = draws.choice(pool.first_words), draws.choice(pool.last_words)
            joint = next((letter for letter in old if letter in "_."), "")
            new = (
                f"{first}{joint}{last}"
                if joint or not old[-1:].isdigit()
                else f"{last}{draws.integer(2, 99)}"
            )
        elif " " in old or (code.partition("-")[0] in (*_UNSPACED, "ko") and len(old) > 2):
            new = here.names.format(given=draws.choice(pool.given), family=draws.choice(pool.family))
        else:
            new = draws.choice(pool.given)
        if new != old:
            return new
    return draws.choice([name for name in pool.given if name != old])


def day_of(elements: Iterable[Element]) -> dt.date:
    """Return the last day that a picture shows, for words that name days."""
    known = [element.value[:10] for element in elements if element.kind == "time" and element.value]
    try:
        return max(dt.date.fromisoformat(value) for value in known)
    except ValueError:
        return _SOME_DAY


def new_message(draws: Draws, code: str, split: str, day: dt.date) -> str:
    """Return a message that somebody of this locale might write in this split."""
    here, words, people = locale(code), talk(code, split), names(code, split)
    topic = words.topics[draws.choice(sorted(words.topics))]
    exchange = draws.choice((*topic.opens, *topic.mores))
    turn = draws.choice(exchange.turns)
    filler = Filler(draws, here, words.pools, people.given, frozenset(), day, split)
    for role in "abc":
        filler.bind(role, draws.choice(people.given))
    filler.bind("hello", draws.choice(words.pools.get("hellod", ("",))))
    return filler.fill(draws.choice(turn.texts))
