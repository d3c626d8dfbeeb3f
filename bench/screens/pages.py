"""Chat pages in HTML, in looks, words and fonts that the generator does not have."""

from __future__ import annotations

import html
import random
from dataclasses import dataclass

FONTS = (
    "Carlito",
    "FreeSans",
    "Nimbus Sans",
    "Hack",
    "URW Gothic",
    "Liberation Sans",
    "DejaVu Serif",
    "P052",
)
"""Families of a Debian system; none of them is bundled."""
PEOPLE = ("Ottoline", "Bram", "Yusra", "Kwame", "Signe", "Tadeusz", "Ines", "Faolán", "Mirek", "Pilar")
OPENINGS = (
    "the boiler man came",
    "invoice {n} is through",
    "we are {n} for the ferry",
    "the deposit was {n}",
)
TAILS = (
    "and nobody told me",
    "so please check before {h}",
    "as agreed on the phone",
    "which is {n} more than last time",
    "I can send you the receipt",
    "but the code {n} did not work",
    "see you at {h} then",
    "and the cat is fine",
)
SHORT = ("ok", "no way", "{h} works", "thanks!", "call me", "hm, {n}?", "later", "sent", "yes please")
COLORS = ("#b3395b", "#2d6a4f", "#1d4e89", "#8a5a00", "#6d3b9e", "#00707a")


@dataclass(frozen=True)
class Screen:
    """A page, and how it is to be shown."""

    html: str
    width: int
    height: int
    scale: float
    font: str


def draw_screen(draws: random.Random) -> Screen:
    """Return a page of a random look."""
    look = draws.choice((_ledger, _cards, _bubbles))
    font = draws.choice(FONTS)
    width, height = draws.choice(((390, 760), (412, 800), (720, 640), (960, 680)))
    size = draws.choice((13, 14, 15, 16, 17))
    dark = draws.random() < 0.4
    ground, ink, faint, own = (
        ("#15191f", "#e6e8ea", "#8b949e", "#224a36") if dark else ("#fbfaf7", "#22262b", "#7a7f87", "#d9efd7")
    )
    style = (
        f"body{{margin:0;background:{ground};color:{ink};font:{size}px/1.4 '{font}';overflow:hidden}}"
        f".time{{color:{faint};font-size:.8em}}"
        f".own{{background:{own}}}"
        ".name{font-weight:bold}.face{display:inline-block;color:#fff;text-align:center;border-radius:50%}"
    )
    body = look(draws, _messages(draws))
    return Screen(
        f"<!doctype html><meta charset=utf-8><style>{style}</style><body>{body}",
        width,
        height,
        draws.choice((1, 1, 1.25, 1.5, 2, 3)),
        font,
    )


def fill(draws: random.Random, text: str) -> str:
    """Return a template with numbers and times put in."""
    hour = f"{draws.randrange(24):02d}:{draws.randrange(60):02d}"
    return text.replace("{n}", str(draws.randrange(12, 9800))).replace("{h}", hour)


def _messages(draws: random.Random) -> list[tuple[str, str, str]]:
    people = draws.sample(PEOPLE, draws.choice((2, 2, 3)))
    minute = draws.randrange(400, 1200)
    messages = []
    for _ in range(20):
        minute += draws.randrange(0, 9)
        words = (
            draws.choice(SHORT)
            if draws.random() < 0.35
            else f"{draws.choice(OPENINGS)} {draws.choice(TAILS)}"
        )
        messages.append(
            (draws.choice(people), f"{minute // 60 % 24:02d}:{minute % 60:02d}", fill(draws, words))
        )
    return messages


def _face(name: str, size: int) -> str:
    color = COLORS[sum(map(ord, name)) % len(COLORS)]
    return (
        f'<span class=face style="width:{size}px;height:{size}px;line-height:{size}px;background:{color}">'
        f"{html.escape(name[0])}</span>"
    )


def _marked(kind: str, text: str) -> str:
    return f'<span class="{kind}" data-kind={kind}>{html.escape(text)}</span>'


def _ledger(_draws: random.Random, messages: list[tuple[str, str, str]]) -> str:
    """Rows with a rule between them, the time in a column of its own."""
    rows = (
        f'<div data-row style="display:grid;grid-template-columns:4em 7em 1fr;padding:.45em 1em;'
        f'border-bottom:1px solid #8884">{_marked("time", time)}{_marked("name", name)}'
        f"{_marked('text', text)}</div>"
        for name, time, text in messages
    )
    return "".join(rows)


def _cards(draws: random.Random, messages: list[tuple[str, str, str]]) -> str:
    """A face, the name and time above the words, in cards with a shadow."""
    radius = draws.choice((4, 10, 16))
    rows = (
        f'<div data-row style="display:flex;gap:.7em;margin:.6em .8em;padding:.6em .8em;'
        "border:1px solid #8883;"
        f'border-radius:{radius}px;box-shadow:0 1px 3px #0003">{_face(name, 36)}<div>'
        f"{_marked('name', name)} {_marked('time', time)}<br>{_marked('text', text)}</div></div>"
        for name, time, text in messages
    )
    return "".join(rows)


def _bubbles(_draws: random.Random, messages: list[tuple[str, str, str]]) -> str:
    """Left and right, the time below the words."""
    me = messages[0][0]
    rows = []
    for name, time, text in messages:
        side, kind = ("flex-end", "own") if name == me else ("flex-start", "other")
        rows.append(
            f'<div data-row style="display:flex;justify-content:{side};padding:.25em .8em">'
            f'<div class={kind} style="max-width:70%;padding:.4em .9em;border-radius:1.1em;'
            'border:1px solid #8885">'
            f"{_marked('text', text)}<br>{_marked('time', time)}</div></div>"
        )
    return "".join(rows)
