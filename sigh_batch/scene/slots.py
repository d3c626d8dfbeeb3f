"""What fills a gap such as `<amount>` in a wording: money, times, dates, numbers, names, words.

A topic's gaps are filled once: an amount that is asked for is the amount that is answered, a price is
somebody's share of it, a second amount somewhat lower, a second time later than the first.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import date, timedelta

from sigh_batch.rng import Draws
from sigh_batch.scene.directory import KINDS, directory
from sigh_batch.scene.habits import shortening
from sigh_batch.scene.locale import Locale

_GAP = re.compile(r"<([a-z]+\d?)>")
_TRIES = 6
"""How often another filling is drawn in place of one that is taken."""
_TIMES = frozenset(("time", "time2"))
_LETTERS = "ABCDEFGHKLMNPRSTUVWXYZ"
_PATH = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LINKS = {
    "photo": ("photos.example.com/a/", "img.example.org/p/", "photos.example.net/share/"),
    "doc": ("docs.example.org/d/", "drive.example.com/file/", "files.example.net/s/"),
    "track": ("track.example.net/p/", "parcel.example.com/t/"),
    "pay": ("pay.example.com/r/", "split.example.org/"),
    "call": ("meet.example.net/", "call.example.com/j/"),
}


@functools.lru_cache(maxsize=1 << 16)
def gaps_of(text: str) -> tuple[str, ...]:
    """Return a wording cut at its gaps: text, gap, text, gap, ... text."""
    return tuple(_GAP.split(text))


@functools.lru_cache(maxsize=256)
def kind_of_link(host: str) -> str:
    """Return what lies behind an address: photo, doc, track, pay, call, or link for anything else."""
    for kind, sites in _LINKS.items():
        if any(site.partition("/")[0] == host for site in sites):
            return kind
    return "link"


class Filler:
    """Fills the gaps of one topic's wordings; the same gap always gets the same filling."""

    __slots__ = (
        "_date",
        "_draws",
        "_filled",
        "_here",
        "_joins",
        "_names",
        "_owed",
        "_pools",
        "_present",
        "_said",
        "_split",
    )

    def __init__(
        self,
        draws: Draws,
        here: Locale,
        pools: dict[str, tuple[str, ...]],
        names: tuple[str, ...],
        present: frozenset[str],
        day: date,
        split: str,
    ) -> None:
        self._draws = draws
        self._here = here
        self._pools = pools
        self._names = names
        self._present = present
        self._date = day
        self._split = split
        self._filled: dict[str, str] = {}
        self._said = draws.random()
        self._owed = 0.0
        self._joins = shortening(pools.get("join", ()))

    def bind(self, gap: str, filling: str) -> None:
        """Set what a gap is filled with."""
        self._filled[gap] = filling

    def entry(self, pool: str) -> str:
        """Return an entry of a pool with its gaps filled, another each time."""
        return self.fill(self._draws.choice(self._pools[pool]))

    def fill(self, text: str) -> str:
        """Return a wording with its gaps filled; raises KeyError for a gap that nothing fills."""
        parts = gaps_of(text)
        if len(parts) == 1:
            return text
        filled = self._joined(parts)
        if self._joins is not None:
            filled = self._joins.apply(filled)
        return filled if parts[0] else filled[0].upper() + filled[1:]

    def _joined(self, parts: tuple[str, ...]) -> str:
        return "".join(self._filling(part) if place & 1 else part for place, part in enumerate(parts))

    def _filling(self, gap: str) -> str:
        known = self._filled.get(gap)
        if known is None and gap in _TIMES and not self._filled.keys() & _TIMES:
            self._draw_times()
            known = self._filled[gap]
        if known is None:
            word = gap.rstrip("0123456789")
            taken = self._filled.values()
            known = self._draw(word)
            for _ in range(_TRIES):
                if known not in taken and known not in self._present:
                    break
                known = self._draw(word)
            self._filled[gap] = known
        return known

    def _draw(self, word: str) -> str:
        pool = self._pools.get(word)
        if pool is not None:
            entry = self._draws.choice(pool)
            return self._joined(gaps_of(entry)) if "<" in entry else entry
        if word == "name":
            return self._draws.choice(self._names)
        if word == "time":
            return _time(self._here, self._said, *_moment(self._draws))
        if word == "amount":
            return self._draw_amount()
        if word == "price" and self._owed:
            return self._draw_share()
        if word in KINDS:
            return self._draws.choice(directory(self._here.code, word, self._split))
        if word == "link":
            site = self._draws.choice(directory(self._here.code, "site", self._split))
            return _link(self._draws, (f"www.{site}/", f"{site}/p/"))
        if word in _LINKS:
            return _link(self._draws, _LINKS[word])
        return _FILLINGS[word](self._draws, self._here, self._date)

    def _draw_times(self) -> None:
        """Fill both gaps of a time, the second one later."""
        moments = sorted((_moment(self._draws), _moment(self._draws)))
        for gap, (hour, minute) in zip(("time", "time2"), moments, strict=True):
            self._filled[gap] = _time(self._here, self._said, hour, minute)

    def _draw_amount(self) -> str:
        """Return the amount it is all about, or another that is somewhat lower."""
        draws, here = self._draws, self._here
        if not self._owed:
            count = _amount(draws)
            self._owed = float(count * here.unit)
            return _money(draws, here, count)
        part = int(self._owed / here.unit * draws.uniform(0.6, 0.95))
        return _money(draws, here, max(1, part - part % 5 if part > 20 else part))

    def _draw_share(self) -> str:
        """Return one person's part of the amount, whose heads `<n>` then counts."""
        heads = self._filled.get("n", "")
        among = int(heads) if heads.isdecimal() else self._draws.integer(2, 6)
        self._filled["n"] = str(among)
        share = self._owed / among
        here = self._here
        return here.money.format(n=here.number(share, 2 if here.cents and share != int(share) else 0))


def _amount(draws: Draws) -> int:
    kind = draws.random()
    if kind < 0.35:
        count = 5 * draws.integer(2, 30)
    elif kind < 0.7:
        count = draws.integer(8, 260)
    elif kind < 0.9:
        count = 10 * draws.integer(10, 95)
    else:
        count = 50 * draws.integer(10, 90)
    return count


def _price(draws: Draws, here: Locale, day: date) -> str:  # noqa: ARG001
    return _money(draws, here, draws.integer(3, 48))


def _money(draws: Draws, here: Locale, count: int) -> str:
    value = float(count * here.unit)
    if draws.chance(here.cents):
        return here.money.format(n=here.number(value + draws.integer(1, 99) / 100, 2))
    return here.money.format(n=here.number(value))


def _moment(draws: Draws) -> tuple[int, int]:
    """Return hour and minute of a time that people name."""
    hour = draws.integer(7, 22)
    return hour, 15 * draws.integer(0, 3) if draws.chance(0.75) else 5 * draws.integer(0, 11)


def _time(here: Locale, style: float, hour: int, minute: int) -> str:
    if here.language != "en" or style < 0.3:
        return here.clock_text(hour, minute)
    bare = f"{hour % 12 or 12}:{minute:02}"
    if style < 0.75:
        return f"{bare.removesuffix(':00')}{'am' if hour < 12 else 'pm'}"
    return bare


def _date(draws: Draws, here: Locale, day: date) -> str:
    return here.date(day + timedelta(days=draws.integer(-25, 40)), here.date_said)


def _past(draws: Draws, here: Locale, day: date) -> str:
    return here.date(day - timedelta(days=draws.integer(1, 40)), here.date_said)


def _n(draws: Draws, here: Locale, day: date) -> str:  # noqa: ARG001
    return str(draws.integer(2, 6) if draws.chance(0.6) else draws.integer(7, 14))


def _num(draws: Draws, here: Locale, day: date) -> str:  # noqa: ARG001
    return str(draws.integer(2, 39) if draws.chance(0.7) else draws.integer(40, 240))


def _order(draws: Draws, here: Locale, day: date) -> str:  # noqa: ARG001
    kind = draws.integer(0, 3)
    if kind == 0:
        return f"#{draws.integer(10_000, 999_999)}"
    if kind == 1:
        return f"{here.region}-{draws.integer(100_000, 999_999)}"
    if kind == 2:
        return f"{draws.integer(100, 999)}-{draws.integer(1000, 9999)}-{draws.integer(10, 99)}"
    return f"{draws.choice(_LETTERS)}{draws.choice(_LETTERS)}{draws.integer(10_000_000, 999_999_999)}"


def _code(draws: Draws, here: Locale, day: date) -> str:  # noqa: ARG001
    if draws.chance(0.4):
        return f"{draws.choice('EFPX')}{draws.integer(1, 99):02}"
    return str(draws.integer(1000, 999_999))


def _phone(draws: Draws, here: Locale, day: date) -> str:  # noqa: ARG001
    return "".join(str(draws.integer(2, 9)) if letter == "#" else letter for letter in here.phone)


def _link(draws: Draws, sites: tuple[str, ...]) -> str:
    tail = "".join(draws.choice(_PATH) for _ in range(draws.integer(5, 11)))
    return f"https://{draws.choice(sites)}{tail}"


_FILLINGS: dict[str, Callable[[Draws, Locale, date], str]] = {
    "price": _price,
    "date": _date,
    "past": _past,
    "n": _n,
    "num": _num,
    "order": _order,
    "code": _code,
    "phone": _phone,
}


def known_gaps() -> frozenset[str]:
    """Return the gaps that need no pool."""
    return frozenset({*_FILLINGS, "amount", *_LINKS, *KINDS, "link", "time", "name", "hello", "a", "b", "c"})
