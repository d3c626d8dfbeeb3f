"""Where pictures come from that a run works on: a set of ours, or a folder of anybody's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sigh_batch.data.sample import Element, Json


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Original:
    """One picture as it was found, decoded to RGB."""

    id: str
    pixels: NDArray[np.uint8]
    """Height x width x 3, RGB, read-only."""
    group: str
    """Pictures of one group never fall into different splits."""
    split: str
    elements: tuple[Element, ...] = ()
    skin: str | None = None
    theme: str | None = None
    scale: float | None = None
    font: str | None = None
    locale: str | None = None
    encodes: tuple[Json, ...] = ()
    """How it had been saved before it came here, as far as its bytes tell."""
    drawn: Json = field(default_factory=dict)
    index: int | None = None
    """Its index in the run that generated it; None of a foreign picture."""


class Source(Protocol):
    """Pictures by number; every process opens its own."""

    identity: Json
    """What decides its pictures, as plain values; part of the config hash of a run that reads it."""
    origin: Json | None
    """The kept spec (`kind`, `settings`) of the run that generated it; None of foreign pictures."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know before a run: a sentence for what is not read of it."""

    def __len__(self) -> int: ...

    def read(self, number: int) -> Original:
        """Return a picture.

        Raises UnreadablePicture, which becomes the sample's row, when it cannot be decoded.
        """

    def alike(self, split: str, skin: str | None = None) -> NDArray[np.int64]:
        """Return the numbers of the pictures of a split, in order; of one skin where one is named."""
