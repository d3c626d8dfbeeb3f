"""Scaled down or up for sending."""

from __future__ import annotations

from sigh_batch.data.sample import Json
from sigh_batch.degrade.degradations.resize import Resize
from sigh_batch.degrade.operation import benign_edit
from sigh_batch.degrade.picture import Picture
from sigh_batch.rng import Draws

_USUAL = (0.5, 0.6, 0.7071, 0.75, 0.8, 0.9, 1.25, 1.5, 2.0)


@benign_edit("rescale")
class Rescale(Resize):
    """A picture scaled by hand, with the smooth filters that editors offer."""

    levels = (1.0, 0.9, 0.75, 0.5, 1.5, 2.0)

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw a usual factor."""
        filter_name = draws.weighted(("bilinear", "bicubic", "lanczos", "area"), (0.3, 0.4, 0.2, 0.1))
        return {"factor": draws.choice(_USUAL), "filter": filter_name, "antialias": True}
