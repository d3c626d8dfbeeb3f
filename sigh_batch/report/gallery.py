"""The page behind `sigh data show`: pictures of a set with every annotation drawn over them.

It shows what is stored and computes nothing but sizes, hashes and smaller pictures. The samples
come one after another, so that a page of any set needs the memory of one page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sigh_batch import __version__
from sigh_batch.data.sample import Sample
from sigh_batch.report.annotations import FACETS, describe_kinds, describe_sample, facet_values
from sigh_batch.report.facts import SetFacts, sort_counts
from sigh_batch.report.page import inert_json, render_page
from sigh_batch.report.pictures import SOURCE_TINT, TINT, Pictures, Unreadable, shrink_pictures

_ROWS = 6
_COLUMNS = 2
"""How many values of a column the tables list: this many rows, this many times."""
_MARKUP = 1200
"""Bytes of markup around one sample, above what its own strings take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large pictures and page may become."""

    page_bytes: int = 15_000_000
    thumb_pixels: int = 250_000
    """Area of a picture in the grid: 340 x 737 for one of a phone."""
    view_pixels: int = 1_000_000
    """Area of the opened picture: 680 x 1473 for one of a phone, on which text is easily read."""
    quality: int = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """A finished page, and what is on it."""

    html: bytes
    shown: int
    cut: bool
    """Whether samples were left out because the page would have become too large."""


@dataclass(frozen=True, slots=True)
class _Card:
    """One sample on the page."""

    sample: Sample
    pictures: Pictures | None
    problem: str
    facets: tuple[tuple[str, ...], ...]
    data: Mapping[str, Any]

    @property
    def size(self) -> int:
        pictures = self.pictures.size if self.pictures else 0
        return _MARKUP + pictures + len(inert_json(self.data).encode("utf-8", "replace"))


def render_gallery(
    facts: SetFacts,
    samples: Iterable[Sample],
    *,
    command: str = "",
    again: Callable[[Sample], str] | None = None,
    limits: Limits | None = None,
) -> Gallery:
    """Return the page of a set; it stops taking samples when the page is full.

    `command` makes the set again, and `again` says which one makes a sample again. A picture that
    cannot be decoded gets its place and the reason.
    """
    limits = limits or Limits()
    cards: list[_Card] = []
    room = limits.page_bytes - len(_render(facts, [], command, cut=True, limits=limits))
    cut = False
    for sample in samples:
        card = _make_card(sample, again(sample) if again else "", limits)
        room -= card.size
        if room < 0:
            cut = True
            break
        cards.append(card)
    return Gallery(html=_render(facts, cards, command, cut=cut, limits=limits), shown=len(cards), cut=cut)


def _make_card(sample: Sample, again: str, limits: Limits) -> _Card:
    try:
        pictures, problem = (
            shrink_pictures(
                sample,
                thumb_pixels=limits.thumb_pixels,
                view_pixels=limits.view_pixels,
                quality=limits.quality,
            ),
            "",
        )
    except Unreadable as error:
        pictures, problem = None, str(error)
    facets = facet_values(sample)
    return _Card(sample, pictures, problem, facets, describe_sample(sample, again))


def _render(facts: SetFacts, cards: Sequence[_Card], command: str, *, cut: bool, limits: Limits) -> bytes:
    kinds = describe_kinds(card.sample for card in cards)
    twins = _twins(cards)
    data = {
        "kinds": kinds,
        "facets": [facet.name for facet in FACETS],
        "tint": f"rgb{TINT}",
        "source": f"rgb{SOURCE_TINT}",
        "samples": [
            {
                **card.data,
                "twin": twins[number],
                "facets": card.facets,
                "view": card.pictures.view if card.pictures else None,
                "mask": card.pictures.mask if card.pictures else None,
            }
            for number, card in enumerate(cards)
        ],
    }
    return render_page(
        "gallery.html",
        styles=["page.css", "gallery.css"],
        scripts=["dom.js", "overlay.js", "gallery.js", "zoom.js", "opened.js", "viewer.js"],
        data=data,
        facts=facts,
        cards=cards,
        kinds=kinds,
        filters=_filters(cards),
        composition=_composition(facts),
        command=command,
        version=__version__,
        cut=cut,
        limits=limits,
    )


def _twins(cards: Sequence[_Card]) -> list[int | None]:
    """Return the place of each sample's twin, where that is on the page."""
    places: dict[str, list[int]] = {}
    for number, card in enumerate(cards):
        places.setdefault(card.sample.pair, []).append(number)
    return [
        next((other for other in places[card.sample.pair] if other != number), None)
        for number, card in enumerate(cards)
    ]


def _filters(cards: Sequence[_Card]) -> list[dict[str, Any]]:
    """Return what can be filtered by: each facet with its values on this page and their counts."""
    filters = []
    for number, facet in enumerate(FACETS):
        counts: dict[str, int] = {}
        for card in cards:
            for value in card.facets[number]:
                counts[value] = counts.get(value, 0) + 1
        if facet.always or counts:
            filters.append({"name": facet.name, "title": facet.title, "values": sort_counts(counts)})
    return filters


def _composition(facts: SetFacts) -> list[dict[str, Any]]:
    """Return the tables of what the whole set is made of; a long one goes on beside itself."""
    tables = []
    for facet in FACETS:
        values = sort_counts(facts.counts.get(facet.name, {}))
        for start in range(0, min(len(values), _ROWS * _COLUMNS), _ROWS):
            tables.append(
                {
                    "title": f"{facet.title}, continued" if start else facet.title,
                    "rows": values[start : start + _ROWS],
                    "most": values[0][1],
                    "more": max(0, len(values) - _ROWS * _COLUMNS) if start else 0,
                }
            )
    return tables
