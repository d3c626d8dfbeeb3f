"""How a person types: capitals, full stops, abbreviations, emoji and slips, the same all the time."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from sigh_batch.rng import Draws

_TONES = ("🏻", "🏼", "🏽", "🏾", "🏿")
_HANDS = frozenset("👍👎👏🙏👌💪🤝🙌👋✌🤞🤙☝👊🤷🙋")
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True)
class Habits:
    """One person's way of typing."""

    lower: bool
    """Starts messages with a small letter."""
    stops: bool
    """Ends sentences with a full stop at the end of a message."""
    short: bool
    """Uses the language's abbreviations."""
    emoji: float
    """Probability of emoji after a message."""
    favourites: tuple[str, ...]
    slips: float
    """Probability of a typing mistake in a message."""

    def type(
        self, draws: Draws, text: str, shortening: Shortening | None, suiting: tuple[str, ...], only: bool
    ) -> str:
        """Return a text as this person would type it.

        `suiting` are emoji that fit its topic, with `only` the only ones that do.
        """
        if self.short and shortening is not None:
            text = shortening.apply(text)
        if self.lower and text[0].isupper() and not text[:2].isupper():
            text = text[0].lower() + text[1:]
        if not self.stops and text.endswith(".") and not text.endswith(".."):
            text = text[:-1]
        elif self.stops and text[-1].isalpha() and " " in text and "://" not in text:
            text += "." if text[-1].isascii() or text[-1].islower() else ""
        if self.slips and draws.chance(self.slips):
            text = _slip(draws, text)
        if draws.chance(self.emoji) and not is_symbol(text[-1]):
            pool = suiting if suiting and (only or draws.chance(0.6)) else self.favourites
            times = 1 if draws.chance(0.8) else draws.integer(2, 3)
            text = f"{text} {draws.choice(pool) * times}"
        return text


@dataclass(frozen=True)
class Shortening:
    """The abbreviations of a language, applied to whole words."""

    pattern: re.Pattern[str]
    short: dict[str, str]

    def apply(self, text: str) -> str:
        """Return the text with every known word abbreviated."""
        return self.pattern.sub(lambda match: self.short[match[0].lower()], text)


@functools.lru_cache(maxsize=64)
def shortening(entries: tuple[str, ...]) -> Shortening | None:
    """Return the abbreviations of a pool of `long>short` entries, or None of an empty one."""
    short = dict(entry.lower().split(">", 1) for entry in entries)
    if not short:
        return None
    longest = sorted(short, key=len, reverse=True)
    return Shortening(re.compile(rf"\b(?:{'|'.join(map(re.escape, longest))})\b", re.IGNORECASE), short)


def draw_habits(draws: Draws, emoji: tuple[str, ...], emoji_rate: float, slips: float) -> Habits:
    """Return the habits of a new person; `emoji_rate` and `slips` are those of a middling one."""
    taste = draws.choice((0.0, 0.4, 1.0, 1.0, 1.6, 2.5))
    tone = draws.choice(_TONES) if draws.chance(0.4) else ""
    favourites = tuple(_toned(draws.choice(emoji), tone) for _ in range(3)) if emoji else ()
    return Habits(
        lower=draws.chance(0.25),
        stops=draws.chance(0.25),
        short=draws.chance(0.2),
        emoji=min(1.0, emoji_rate * taste) if favourites else 0.0,
        favourites=favourites,
        slips=min(1.0, slips * draws.choice((0.0, 1.0, 2.0))),
    )


def _toned(emoji: str, tone: str) -> str:
    if tone and emoji[0] in _HANDS and len(emoji) == 1:
        return emoji + tone
    return emoji


def is_symbol(letter: str) -> bool:
    """Tell whether a character belongs to an emoji."""
    return ord(letter) > 0x2000 and unicodedata.category(letter) in ("So", "Sk", "Mn", "Cf", "Me")


def _slip(draws: Draws, text: str) -> str:
    if "://" in text:
        return text
    words = [match for match in _WORD.finditer(text) if _can_slip(match[0])]
    if not words:
        return text
    match = draws.choice(words)
    word = match[0]
    place = draws.integer(1, len(word) - 2)
    kind = draws.integer(0, 2)
    if kind == 0:
        word = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    elif kind == 1:
        word = word[:place] + word[place + 1 :]
    else:
        word = word[:place] + word[place] + word[place:]
    return text[: match.start()] + word + text[match.end() :]


def _can_slip(word: str) -> bool:
    """Tell whether letters of the word can be swapped: alphabets, not syllables or ideographs."""
    first = ord(word[0])
    return first < 0x0700
