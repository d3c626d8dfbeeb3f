"""Quantisation tables: the published ones, and families derived from them, at any quality.

Cameras, phones, editors and messengers differ in their tables more than in anything else, and a sweep of
one library's quality setting does not stand in for that. The families span how real tables differ: in
the steepness from low to high frequencies, in a ceiling, in how chroma relates to luma. None claims to
be the table of a product.
"""

from __future__ import annotations

import functools
import math

from sigh_batch.degrade.jpeg_file import Table

# ITU-T T.81, tables K.1 and K.2.
_LUMA: Table = (
    *(16, 11, 10, 16, 24, 40, 51, 61),
    *(12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77),
    *(24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101),
    *(72, 92, 95, 98, 112, 100, 103, 99),
)
_CHROMA: Table = (
    *(17, 18, 24, 47, 99, 99, 99, 99),
    *(18, 21, 26, 66, 99, 99, 99, 99),
    *(24, 26, 56, 99, 99, 99, 99, 99),
    *(47, 66, 99, 99, 99, 99, 99, 99),
    *(99,) * 32,
)
# ISO/IEC 13818-2, default matrix of intra blocks.
_INTRA: Table = (
    *(8, 16, 19, 22, 26, 27, 29, 34),
    *(16, 16, 22, 24, 27, 29, 34, 37),
    *(19, 22, 26, 27, 29, 34, 34, 38),
    *(22, 22, 26, 27, 29, 34, 37, 40),
    *(22, 26, 27, 29, 32, 35, 40, 48),
    *(26, 27, 29, 32, 35, 40, 48, 58),
    *(26, 27, 29, 34, 38, 46, 56, 69),
    *(27, 29, 35, 38, 46, 56, 69, 83),
)
_CEILING = 40
_SOFTNESS = 0.6
_CYCLES = 32.0  # a degree of sight, at the highest frequency of a block


def _softened(table: Table) -> Table:
    """Return a flatter table whose entries at 16 stay 16: finer detail is kept, at equal strength."""
    return tuple(round(16 * (step / 16) ** _SOFTNESS) for step in table)


def _seen() -> Table:
    """Return steps inversely to how well the eye sees a frequency (Mannos and Sakrison's formula)."""

    def sensitivity(cycles: float) -> float:
        return 2.6 * (0.0192 + 0.114 * cycles) * math.exp(-((0.114 * cycles) ** 1.1))

    peak = max(sensitivity(cycles / 10) for cycles in range(1, 400))
    steps = []
    for place in range(64):
        cycles = _CYCLES * math.hypot(place // 8, place % 8) / 7
        # Below its peak the curve falls again; coding that coarsely would show as blocks.
        seen = peak if cycles < 8 else sensitivity(cycles)
        steps.append(min(121, round(12 * peak / seen)))
    return tuple(steps)


_FAMILIES: dict[str, tuple[Table, Table]] = {
    "annex_k": (_LUMA, _CHROMA),
    "annex_k_luma": (_LUMA, _LUMA),
    "capped": (tuple(min(_CEILING, step) for step in _LUMA), tuple(min(_CEILING, step) for step in _CHROMA)),
    "flat": ((16,) * 64, (16,) * 64),
    "mpeg_intra": (_INTRA, _INTRA),
    "softened": (_softened(_LUMA), _softened(_CHROMA)),
    "visibility": (_seen(), tuple(min(121, 2 * step) for step in _seen())),
}
FAMILIES = {
    "annex_k": "the example tables K.1 and K.2 of the standard, which most libraries scale",
    "annex_k_luma": "K.1 for luma and chroma alike",
    "capped": "K.1 and K.2 with a ceiling, so that high frequencies survive",
    "flat": "one step for all frequencies",
    "mpeg_intra": "the default matrix of MPEG-2 for both, as motion-JPEG hardware uses it",
    "softened": "K.1 and K.2 made less steep by a power, as high-quality editors' tables are",
    "visibility": "steps inverse to the eye's contrast sensitivity, chroma twice as coarse",
}


@functools.lru_cache(maxsize=1024)
def jpeg_tables(family: str, quality: int, chroma_quality: int) -> tuple[Table, Table]:
    """Return the tables of luma and chroma, row by row, scaled as the reference implementation does it."""
    luma, chroma = _FAMILIES[family]
    return _scaled(luma, quality), _scaled(chroma, chroma_quality)


def _scaled(table: Table, quality: int) -> Table:
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    return tuple(min(255, max(1, (step * percent + 50) // 100)) for step in table)
