"""The pictures of a report, made one after another until there are enough of them or no more room."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from sigh_batch.report.pictures import data_address
from sigh_batch.report.predictions.cards import describe_row
from sigh_batch.report.predictions.choice import share_room
from sigh_batch.report.predictions.findings import Findings
from sigh_batch.report.predictions.shots import Darkroom, Shot
from sigh_batch.report.predictions.table import PredictionTable, hash_names
from sigh_batch.report.predictions.words import VERDICT_WORDS

Place = Callable[[str, str, bytes], str]
"""Takes a stem, a codec and a picture's bytes, and returns the address that a page shows it by."""

_TITLES = {verdict.name: verdict.title for verdict in VERDICT_WORDS}
_FIRST_GUESS = 12_000
_VIEW_GUESS = 90_000


@dataclass(frozen=True, slots=True)
class Room:
    """How many pictures a report shows."""

    pictures: int
    bytes: int | None
    """Room for the addresses of pictures on one page; None where they are files beside it."""


ONE_FILE = Room(600, 12_000_000)
FOLDER = Room(5_000, None)


@dataclass(frozen=True, slots=True)
class Card:
    """One picture on a page."""

    data: Mapping[str, Any]
    shot: Shot
    thumb: str | None
    verdict: str
    """In words."""


def make_cards(
    table: PredictionTable, findings: Findings, darkroom: Darkroom, room: Room, place: Place
) -> list[Card]:
    """Return the cards of the pictures that stand for the batch, the highest score first.

    Where the room for bytes ends, the foremost of every pool are there.
    """
    chosen = _chosen(findings, room.pictures)
    rows = table.rows(np.array(list(chosen), np.int64))
    opinions = _opinions(findings, [rows[number]["path"] for number in chosen])
    cards: list[Card] = []
    used = small = 0
    for done, ((number, pool), others) in enumerate(zip(chosen.items(), opinions, strict=True)):
        row = rows[number]
        left = (small / done if done else _FIRST_GUESS) * (len(chosen) - done)
        view = room.bytes is None or used + left + _VIEW_GUESS < room.bytes
        shot = darkroom.develop(row, view=view)
        card, size = _make_card(row, pool, shot, others, f"{done + 1:05d}", place)
        used += size
        small += size - len(card.data["view"] or "")
        if room.bytes is not None and used > room.bytes:
            break
        cards.append(card)
    return sorted(cards, key=lambda card: (-(card.data["p"] or 0.0), card.data["path"]))


def keep_inside(stem: str, codec: str, data: bytes) -> str:
    """Return an address that holds the picture itself."""
    del stem
    return data_address(codec, data)


def _chosen(findings: Findings, room: int) -> dict[int, str]:
    pools: dict[str, Sequence[int]] = {name: best.rows for name, best in findings.tally.pools.items()}
    if findings.comparison:
        pools["disputed"] = findings.comparison.disputed
    return share_room(pools, room)


def _make_card(
    row: Mapping[str, Any],
    pool: str,
    shot: Shot,
    others: Sequence[tuple[str, float, str]],
    stem: str,
    place: Place,
) -> tuple[Card, int]:
    """Return a card, and the bytes that its addresses take on a page."""
    thumb = place(stem, "webp", shot.thumb) if shot.thumb else None
    view = place(f"{stem}-large", "webp", shot.view) if shot.view else None
    overlay = place(f"{stem}-map", "png", shot.overlay) if shot.overlay else None
    truth = place(f"{stem}-truth", "png", shot.truth) if shot.truth else None
    addresses = {"view": view, "map": overlay, "truth": truth}
    data = {**describe_row(row, pool, shot, others), "pool": pool, **addresses}
    size = sum(len(address) for address in (thumb, *addresses.values()) if address)
    return Card(data, shot, thumb, _TITLES[row["verdict"]]), size


def _opinions(findings: Findings, paths: Sequence[str]) -> Iterator[list[tuple[str, float, str]]]:
    """Yield for each path what every single model says of it."""
    if not findings.comparison or not paths:
        yield from ([] for _ in paths)
        return
    numbers = hash_names(pa.array(paths, pa.string()))
    told = [(one.model, one.look_up(numbers)) for one in findings.comparison.opinions]
    for at in range(len(paths)):
        yield [(model, *said[at]) for model, said in told if said[at] is not None]  # type: ignore[misc]
