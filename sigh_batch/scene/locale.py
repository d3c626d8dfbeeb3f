"""How a region writes times, dates, money and names, and the words of its clients' interface.

The data is `data/locales.yaml`, read once a process.
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from sigh_batch.errors import UnknownName


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """One language as one region writes it."""

    code: str
    direction: str
    """ltr or rtl."""
    names: str
    """Pattern of a full name."""
    clock: str
    """Pattern of a time of day."""
    ampm: tuple[str, str]
    months: tuple[str, ...]
    mons: tuple[str, ...]
    weekdays: tuple[str, ...]
    wdays: tuple[str, ...]
    date_full: str
    date_long: str
    date_short: str
    date_said: str
    money: str
    thousands: str
    decimal: str
    unit: int
    """What a small note of the currency is worth in units: amounts are multiples of it."""
    cents: float
    """Share of amounts that are not whole."""
    phone: str
    directory: dict[str, list[str]]
    """Faker's name of the locale, patterns of addresses, towns and companies for it, and what no entry may
    contain: letters that the fonts lack, and words that are no name."""
    words: dict[str, str]

    @property
    def language(self) -> str:
        """Return the language part of the code."""
        return self.code.partition("-")[0]

    @property
    def region(self) -> str:
        """Return the region part of the code."""
        return self.code.partition("-")[2]

    def word(self, name: str, **values: str | int) -> str:
        """Return a phrase of the interface with its gaps filled."""
        return self.words[name].format_map(values) if values else self.words[name]

    def time(self, moment: dt.datetime) -> str:
        """Return a time of day as the clock of this region shows it."""
        return self.clock_text(moment.hour, moment.minute)

    def clock_text(self, hour: int, minute: int) -> str:
        """Return hour and minute as the clock of this region shows them."""
        return _clock_texts(self.clock, self.ampm)[60 * hour + minute]

    def date(self, day: dt.date, pattern: str) -> str:
        """Return a date by a pattern such as `date_full`."""
        return pattern.format_map(
            {
                "d": day.day,
                "dd": f"{day.day:02}",
                "m": day.month,
                "mm": f"{day.month:02}",
                "y": day.year,
                "yy": f"{day.year % 100:02}",
                "month": self.months[day.month - 1],
                "mon": self.mons[day.month - 1],
                "weekday": self.weekdays[day.weekday()],
                "wday": self.wdays[day.weekday()],
            }
        )

    def day(self, day: dt.date, today: dt.date, pattern: str) -> str:
        """Return today, yesterday, or the date by a pattern."""
        age = (today - day).days
        if age == 0:
            return self.words["today"]
        if age == 1:
            return self.words["yesterday"]
        return self.date(day, pattern)

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number with this region's separators."""
        text = f"{value:,.{decimals}f}"
        return text.replace(",", "\0").replace(".", self.decimal).replace("\0", self.thousands)


@functools.lru_cache(maxsize=64)
def _clock_texts(pattern: str, ampm: tuple[str, str]) -> tuple[str, ...]:
    """Return what a clock shows in every minute of the day."""
    return tuple(
        pattern.format(
            h=hour, hh=f"{hour:02}", h12=hour % 12 or 12, min=f"{minute:02}", ampm=ampm[hour >= 12]
        )
        for hour in range(24)
        for minute in range(60)
    )


@functools.lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, Any]]:
    text = resources.files(__package__).joinpath("data/locales.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    table: dict[str, dict[str, Any]] = yaml.load(text, Loader=loader)  # noqa: S506 (both are safe)
    return table


def locale_names() -> tuple[str, ...]:
    """Return the codes of all known locales, sorted."""
    return tuple(sorted(_table()))


@functools.lru_cache(maxsize=64)
def locale(code: str) -> Locale:
    """Return a locale by its code.

    Raises UnknownName with the nearest one there is.
    """
    table = _table()
    if code not in table:
        raise UnknownName("locale", code, table)
    entry = dict(table[code])
    if "like" in entry:
        entry = {**table[entry["like"]], **entry}
        del entry["like"]
    for name in ("months", "mons", "weekdays", "wdays"):
        entry[name] = tuple(entry[name])
    entry["ampm"] = tuple(entry.get("ampm", ("", "")))
    entry["clock"] = entry.pop("time")
    return Locale(code=code, **entry)
