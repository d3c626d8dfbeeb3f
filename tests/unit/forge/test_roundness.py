import numpy as np
import pytest

from sigh_batch.forge.box import Box
from sigh_batch.forge.pasting import blended, rounded
from sigh_batch.forge.roundness import roundness


@pytest.mark.parametrize("share", [0.0, 0.16, 0.22, 0.3, 0.5])
@pytest.mark.parametrize("side", [28, 40, 96])
def test_the_radius_is_seen(share: float, side: int) -> None:
    wall = np.full((140, 140, 3), (24, 26, 31), np.uint8)
    box = Box(20, 22, side, side)
    face = np.full((side, side, 3), (180, 60, 90), np.uint8)
    wall[box.window] = blended(wall[box.window], face, rounded(side, side, share * side))
    assert abs(roundness(wall, box) - share) <= 0.06
