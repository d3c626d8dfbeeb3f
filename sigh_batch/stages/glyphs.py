"""How a device sets text: its families, by split, and the way its glyphs become pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from sigh_batch.config.generate import TextConfig
from sigh_batch.render.fonts import Catalogue
from sigh_batch.render.painter import CHROMIUM, TextMode
from sigh_batch.rng import Draws
from sigh_batch.scene.pools import SPLITS

Families: TypeAlias = dict[str, tuple[tuple[str, ...], tuple[float, ...]]]
"""Split -> names of families, and how often each is drawn."""

CHOICES = {
    "preset": ("chromium", "varied"),
    "edging": ("none", "grey", "subpixel"),
    "hinting": ("none", "slight", "normal", "full"),
    "coverage": ("exact", "sampled"),
}
"""What each setting of `generate.text` that holds names may hold."""
_STYLE_WEIGHT = {"system": 2.0, "rounded": 0.5, "serif": 0.15, "mono": 0.1}
"""How often families of a style are drawn, beside 1 for the others: clients take what the system has."""
_PAGE_FONTS = 0.4
"""Share of Chromium's pictures that are set in fonts of the page: it hints them at every scale."""
_PHASES = (-0.25, 0.25, 0.5)


def divided_families(catalogue: Catalogue, names: Sequence[str]) -> Families:
    """Return which of the families each split draws from.

    A family has one split for ever; where the wanted ones leave a split without any, all splits share all.
    """
    faces = {face.family: face for face in catalogue.faces}
    shares = {split: [name for name in names if faces[name].split == split] for split in SPLITS}
    if not all(shares.values()):
        shares = {split: list(names) for split in SPLITS}
    return {
        split: (tuple(share), tuple(_STYLE_WEIGHT.get(faces[name].style, 1.0) for name in share))
        for split, share in shares.items()
    }


def draw_mode(draws: Draws, text: TextConfig, form: str, scale: float) -> TextMode:
    """Return how the glyphs of a device become pixels."""
    phase = draws.choice(_PHASES) if draws.chance(text.phase) else 0.0
    if _pick(draws, text.preset) == "chromium":
        return _chromium(draws, scale, phase)
    edging, hinting = _pick(draws, text.edging), _pick(draws, text.hinting)
    if edging == "subpixel" and (scale > 1 or form == "phone"):
        edging = "grey"
    if hinting == "full" and scale > 1:
        hinting = "slight"
    free = draws.chance(text.subpixel_positioning)
    return TextMode(
        edging=edging,
        hinting=hinting,
        subpixel_positioning=free,
        contrast=round(draws.uniform(text.contrast.min, text.contrast.max), 2),
        gamma=round(draws.uniform(text.gamma.min, text.gamma.max), 2),
        coverage=_pick(draws, text.coverage),
        phase=phase if free else 0.0,
    )


def _chromium(draws: Draws, scale: float, phase: float) -> TextMode:
    """Return Chromium's way at that scale; its lines start between pixels at fractional scales only."""
    hinted = draws.chance(_PAGE_FONTS) or scale == 1
    whole = scale == int(scale)
    return replace(CHROMIUM, hinting="slight" if hinted else "none", phase=0.0 if whole else phase)


def _pick(draws: Draws, weights: dict[str, float]) -> Any:
    return draws.weighted(list(weights), list(weights.values()))
