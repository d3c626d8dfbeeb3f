"""Who forges: how skilled, and with which tools. Drawn once for a picture, used by every edit on it.

A careless forger takes another font, a size and a place by eye, and fills flat; a careful one has the
family right but draws with another rasteriser, off the pixel phase; an expert copies glyphs and background
out of the same picture. Every skill draws from the same kinds of tools, so that none names the skill.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Literal, get_args

from sigh_batch.data.sample import Json
from sigh_batch.errors import UnknownName
from sigh_batch.render.painter import CHROMIUM, PLAIN, Edging, Hinting, TextMode
from sigh_batch.rng import Draws

Skill = Literal["careless", "careful", "expert"]
Fill = Literal["flat", "sampled", "neighbours", "telea", "navier_stokes"]

SKILLS: tuple[str, ...] = get_args(Skill)
CHAINS = ("browser", "desktop_editor", "phone_editor", "script")
"""Kinds of tools: they differ in rasteriser, anti-aliasing, and where an edit may stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One forger at work; all lengths are in device pixels."""

    skill: Skill
    chain: str
    """The kind of tool."""
    painter: str
    """Rasteriser of new text."""
    edging: Edging
    hinting: Hinting
    subpixel_positioning: bool
    own_family: bool
    """Whether new text is set in another family than the picture's."""
    size_error: float
    """New text is so many times as large as it ought to be."""
    weight_error: bool
    """Whether new text is set in the wrong weight."""
    shift_x: float
    shift_y: float
    """Where new content lies, off its right place."""
    color_error: tuple[int, int, int]
    """Added to the colour of new text."""
    fill: Fill
    """How what was there is removed."""
    fill_error: tuple[int, int, int]
    """Added to the colour of a fill."""
    feather: float
    """Deviation of the Gaussian that softens the edges of pasted regions; 0 for hard edges."""
    glyphs: bool
    """Whether glyphs are copied out of the same picture where it has them."""
    zoom: float
    """The picture was enlarged so many times for the edit and reduced again, 1 for not."""

    @property
    def mode(self) -> TextMode:
        """How the glyphs of new text become pixels: in browsers as in Chromium, elsewhere plainly."""
        return replace(
            CHROMIUM if self.chain == "browser" else PLAIN,
            edging=self.edging,
            hinting=self.hinting,
            subpixel_positioning=self.subpixel_positioning,
        )

    def as_json(self) -> Json:
        """Return the fields as plain values."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()
        }


_EDGINGS: dict[str, tuple[tuple[Edging, ...], tuple[Hinting, ...], float]] = {
    "browser": (("grey", "grey", "subpixel"), ("none", "slight", "slight"), 0.9),
    "desktop_editor": (("grey", "grey", "none"), ("none", "full", "normal"), 0.4),
    "phone_editor": (("grey",), ("none", "slight"), 0.8),
    "script": (("grey",), ("normal", "full", "none"), 0.1),
}
_PAINTERS = {"browser": 1.0, "desktop_editor": 0.3, "phone_editor": 0.9, "script": 0.1}
"""Share of each chain that draws with skia; the rest draws with Pillow's FreeType."""


def draw_hand(draws: Draws, skill: str, chain: str | None = None) -> Hand:
    """Return a forger of this skill.

    Raises UnknownName for a skill or chain that there is not.
    """
    if skill not in SKILLS:
        raise UnknownName("skill", skill, SKILLS)
    chain = chain or draws.choice(CHAINS)
    if chain not in CHAINS:
        raise UnknownName("tool chain", chain, CHAINS)
    edgings, hintings, positioning = _EDGINGS[chain]
    careless, expert = skill == "careless", skill == "expert"
    return Hand(
        skill=skill,  # type: ignore[arg-type]
        chain=chain,
        painter="skia" if draws.chance(_PAINTERS[chain]) else "pillow",
        edging=draws.choice(edgings),
        hinting=draws.choice(hintings),
        subpixel_positioning=draws.chance(positioning),
        own_family=careless and draws.chance(0.7),
        size_error=_error(draws, 0.06, 0.15) if careless else (1.0 if expert else _error(draws, 0.0, 0.03)),
        weight_error=careless and draws.chance(0.3),
        shift_x=draws.uniform(-3, 3) if careless else draws.uniform(-0.5, 0.5),
        shift_y=draws.uniform(-2.5, 2.5) if careless else (0.0 if expert else draws.uniform(-0.5, 0.5)),
        color_error=_tint(draws, 40) if careless else (0, 0, 0) if expert else _tint(draws, 6),
        fill=_fill(draws, skill),
        fill_error=_tint(draws, 6) if careless and draws.chance(0.5) else (0, 0, 0),
        feather=draws.choice((0.0, 0.0, 0.7, 1.5)) if not careless else draws.choice((0.0, 0.0, 3.0)),
        glyphs=expert and draws.chance(0.75),
        zoom=draws.choice((1.25, 1.5, 2.0, 3.0)) if not expert and draws.chance(0.15) else 1.0,
    )


def _error(draws: Draws, least: float, most: float) -> float:
    size = draws.uniform(least, most)
    return 1.0 + (size if draws.chance(0.5) else -size)


def _tint(draws: Draws, most: int) -> tuple[int, int, int]:
    return draws.integer(-most, most), draws.integer(-most, most), draws.integer(-most, most)


def _fill(draws: Draws, skill: str) -> Fill:
    fills: dict[str, tuple[Fill, ...]] = {
        "careless": ("flat", "flat", "sampled"),
        "careful": ("sampled", "sampled", "telea", "navier_stokes", "neighbours"),
        "expert": ("neighbours", "neighbours", "sampled"),
    }
    return draws.choice(fills[skill])
