"""Tables on a terminal: columns that stay aligned, whatever script their cells are written in."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import click

_WIDE = frozenset("WF")
_NO_WIDTH = frozenset(("Mn", "Me", "Cf"))


def print_table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print aligned columns, with their heads unless these are empty."""
    lines = [heads, *rows] if any(heads) else list(rows)
    widths = [max((columns_of(line[column]) for line in lines), default=0) for column in range(len(heads))]
    for line in lines:
        cells = (
            f"{cell}{' ' * (width - columns_of(cell))}" for cell, width in zip(line, widths, strict=True)
        )
        click.echo("  ".join(cells).rstrip())


def columns_of(text: str) -> int:
    """Return how many columns of a terminal a text takes: two for an ideograph, none for a mark."""
    if text.isascii():
        return len(text)
    shown = (letter for letter in text if unicodedata.category(letter) not in _NO_WIDTH)
    return sum(1 + (unicodedata.east_asian_width(letter) in _WIDE) for letter in shown)
