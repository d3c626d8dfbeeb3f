"""What a forger has before him, what he works with, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sigh_batch.data.sample import Element, Json
from sigh_batch.render.painter import Pixels
from sigh_batch.rng import Draws

Mask: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """A finished picture and what is known about it; its arrays are never written to."""

    pixels: Pixels
    """Height x width x 3, RGB."""
    elements: tuple[Element, ...] = ()
    """What stands where. Of a foreign picture: lines without strings, found by `finder`."""
    scale: float = 1.0
    """Device pixels a logical pixel."""
    font: str | None = None
    """Family of the interface, where it is known."""
    locale: str = "en-US"
    rtl: bool = False

    @property
    def height(self) -> int:
        """Rows of pixels."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Columns of pixels."""
        return int(self.pixels.shape[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What a forger may take from: only what the split of the picture may use."""

    split: str = "train"
    families: tuple[str, ...] = ()
    """Font families."""
    donor: Callable[[Draws, bool], Case | None] = field(default=lambda _draws, _same: None)
    """Give another screenshot, of the same look or of another; None when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edit:
    """What one operation made of a picture."""

    pixels: Pixels
    entry: Json
    """As `Sample.ops` has it: type, skill, target, old, new, box, source, params."""
    source: Mask | None = None
    """The pixels that the new content was taken from, where it was taken from this picture."""
    elements: tuple[Element, ...] | None = None
    """What stands where afterwards, where anything moved, went, came or says something else; None for as
    before. No element changes its number: one that is gone has no size, and new ones stand at the end."""
