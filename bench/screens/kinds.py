"""Kinds of pages: chats, inboxes, articles, tables, forms, shops, logs and posts, as bodies of documents."""

from __future__ import annotations

import html
from collections.abc import Callable

from bench.screens.hand import Hand

STYLE = """
*{box-sizing:border-box} body{margin:0;overflow:hidden;background:var(--ground);color:var(--ink)}
svg{width:22px;height:22px;fill:none;flex:none} img{display:block}
.face{flex:none;object-fit:cover;display:grid;place-items:center;color:#fff}
.faint{color:var(--faint)} .small{font-size:.8em} .grow{flex:1;min-width:0}
.panel{background:var(--panel)} .accent{background:var(--accent);color:#fff}
.row{display:flex;gap:.8em;padding:.7em 1em;align-items:center}
.line{border-bottom:1px solid #8883} .round{border-radius:var(--round)}
.bubble{padding:.4em .7em;max-width:72%} .quote{border-left:3px solid var(--accent);padding-left:.5em}
.cut{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.grid{display:grid;gap:.8em;padding:.8em;grid-template-columns:repeat(auto-fill,minmax(170px,1fr))}
.card{border:1px solid #8884;overflow:hidden;box-shadow:0 2px 8px #0002} .card img{width:100%}
.text{max-width:46em;margin:auto;padding:1em} .log{white-space:pre} td,th{padding:.35em .8em;text-align:left}
.switch{width:38px;height:20px;border-radius:10px;padding:2px}
.switch i{display:block;width:16px;height:16px;border-radius:8px;background:#fff}
"""

Page = Callable[[Hand], str]


def thread(hand: Hand) -> str:
    """A chat, with faces, quotes, pictures, days and marks."""
    draws, me = hand.draws, False
    stripe = f"repeating-linear-gradient(45deg,#8881 0 2px,transparent 2px {draws.randrange(9, 30)}px)"
    wall = draws.choice(("none", "none", "none", stripe, stripe, f"url({hand.photo(300, 500)}) 0/cover"))
    rows = []
    for _ in range(30):
        me = me if draws.random() < 0.4 else not me
        if draws.random() < 0.08:
            rows.append(f'<p class="faint small" style="text-align:center">{hand.date("%A %d %B")}</p>')
        quote = f'<div class="quote small faint">{hand.words(3, 7)}</div>' if draws.random() < 0.12 else ""
        photo = f'<img class=round src="{hand.photo(220, 150)}" style="width:200px">'
        body = photo if draws.random() < 0.07 else hand.words(1, 16)
        face = hand.face(32) if not me and draws.random() < 0.5 else ""
        rows.append(
            f'<div class=row style="padding:.2em .7em;justify-content:{"end" if me else "start"}">{face}'
            f'<div class="bubble round {"accent" if me else "panel"}">{quote}{body}'
            f' <span class=small style="opacity:.6">{hand.time()}{" ✓" if me else ""}</span></div></div>'
        )
    return f'{_bar(hand)}<div style="background:{wall};padding:.5em 0">{"".join(rows)}</div>'


def inbox(hand: Hand) -> str:
    """Rows of a list, with faces, two lines and a number."""
    line = hand.draws.choice(("", "line"))

    def row() -> str:
        unread = f'<div class="accent round">&nbsp;{hand.draws.randrange(1, 40)}&nbsp;</div>'
        return (
            f'<div class="row {line}">{hand.face(44)}<div class=grow><b>{hand.name()}</b>'
            f'<div class="faint cut">{hand.words(4, 16)}</div></div>'
            f'<div class="faint small">{hand.time()}{unread if hand.draws.random() < 0.3 else ""}</div></div>'
        )

    return _bar(hand) + "".join(row() for _ in range(18))


def article(hand: Hand) -> str:
    """Headings, paragraphs, pictures, quotes."""
    set_in = hand.draws.choice(("left", "left", "justify"))
    kinds: tuple[Callable[[], str], ...] = (
        lambda: f'<img src="{hand.photo(600, 300)}" style="width:100%">',
        lambda: f"<blockquote class=quote><i>{hand.words(8, 20)}</i></blockquote>",
        lambda: f"<h3>{hand.words(2, 6)}</h3>",
        *[lambda: f'<p style="text-align:{set_in}">{hand.words(25, 80)}. {hand.words(10, 40)}.</p>'] * 5,
    )
    body = "".join(hand.draws.choice(kinds)() for _ in range(9))
    head = f"<h1>{hand.words(3, 8)}</h1><p class=faint>{hand.name()}, {hand.date()}</p>"
    return f"<div class=text>{head}{body}</div>"


def table(hand: Hand) -> str:
    """Rows of numbers under a head."""
    cells: tuple[Callable[[], str], ...] = (
        hand.price,
        hand.time,
        lambda: str(hand.draws.randrange(100_000)),
        lambda: hand.words(1, 3),
    )
    kinds = [hand.draws.choice(cells) for _ in range(hand.draws.randrange(3, 6))]
    head = "".join(f"<th>{hand.words(1, 1)}</th>" for _ in kinds)
    rows = "".join(
        f"<tr class={'panel' if number % 2 else 'plain'}>"
        f"{''.join(f'<td class=line>{kind()}</td>' for kind in kinds)}</tr>"
        for number in range(26)
    )
    return f'{_bar(hand)}<table style="border-collapse:collapse;width:100%"><tr>{head}</tr>{rows}</table>'


def settings(hand: Hand) -> str:
    """Switches, fields and buttons."""

    def control() -> str:
        on = hand.draws.random() < 0.5
        knob = f'<i style="margin-left:{18 if on else 0}px"></i>'
        return hand.draws.choice(
            (
                f'<div class="switch {"accent" if on else "panel"}">{knob}</div>',
                f'<input value="{hand.words(1, 2)}" style="font:inherit;width:9em">',
                f'<button style="font:inherit">{hand.words(1, 1)}</button>',
                f"<input type=checkbox {'checked' if on else ''}>",
                f"<span class=faint>{hand.words(1, 2)} &rsaquo;</span>",
            )
        )

    rows = (
        f'<div class="row panel round" style="margin:.3em .6em">{hand.sign()}'
        f"<div class=grow>{hand.words(1, 4)}"
        f'<div class="small faint">{hand.words(3, 9)}</div></div>{control()}</div>'
        for _ in range(14)
    )
    return _bar(hand) + "".join(rows)


def shop(hand: Hand) -> str:
    """Cards with a picture and a price."""
    cards = (
        f'<div class="card round"><img src="{hand.photo(240, 160)}">'
        f'<div style="padding:.6em"><b>{hand.words(1, 4)}</b>'
        f'<div class="faint small">{hand.words(4, 10)}</div>{hand.price()}</div></div>'
        for _ in range(12)
    )
    return f"{_bar(hand)}<div class=grid>{''.join(cards)}</div>"


def log(hand: Hand) -> str:
    """Lines of a terminal, in a font of one width."""
    colors = [hand.colors[name] for name in ("ink", "ink", "faint", "accent")]
    lines = (
        f'<div class=log style="color:{hand.draws.choice(colors)}">{hand.date("%H:%M:%S")} '
        f"{html.escape(hand.faker.file_path())} {hand.words(2, 9)}</div>"
        for _ in range(50)
    )
    family = hand.draws.choice(("Nimbus Mono PS", "Noto Sans Mono"))
    return f"<div style=\"font-family:'{family}';padding:.6em\">{''.join(lines)}</div>"


def posts(hand: Hand) -> str:
    """What people write below each other, with thumbs and counts."""

    def post() -> str:
        photo = f'<img class=round src="{hand.photo(360, 200)}" style="width:100%">'
        return (
            f'<div class="row line" style="align-items:start">{hand.face(40)}<div class=grow>'
            f"<b>{hand.name()}</b> <span class=faint>@{hand.faker.user_name()} · {hand.time()}</span>"
            f"<div>{hand.words(4, 30)}</div>"
            f"{photo if hand.draws.random() < 0.15 else ''}<div class='faint small row'>{hand.sign()}"
            f"{hand.draws.randrange(900)} {hand.sign()}{hand.draws.randrange(90)}</div></div></div>"
        )

    return _bar(hand) + "".join(post() for _ in range(14))


def _bar(hand: Hand) -> str:
    """The head of an app, which not all have."""
    if hand.draws.random() < 0.2:
        return ""
    look = hand.draws.choice(("panel", "accent"))
    signs = hand.sign() + hand.sign()
    return f"<div class='row {look}'>{hand.sign()}<b class=grow>{hand.words(1, 3)}</b>{signs}</div>"


PAGES: tuple[Page, ...] = (*(thread,) * 5, inbox, inbox, article, table, settings, shop, log, posts)
