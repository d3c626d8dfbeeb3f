import numpy as np
import pytest

from sigh_batch.errors import UnknownName
from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Case
from sigh_batch.forge.hand import draw_hand
from sigh_batch.forge.operation import pixel_forgeries
from sigh_batch.rng import Draws
from tests.cases import kit, written

BOX = Box(30, 30, 80, 20)
PAGE = Case(pixels=written(np.full((90, 150, 3), 250, np.uint8), BOX))
HAND = draw_hand(Draws("blur", 0), "careful")
PARAMS = {"target": None, "box": [26, 26, 88, 28], "strength": 2.0, "angle": 20.0, "feather": 1.0}


def _detail(pixels: np.ndarray) -> float:
    return float(np.abs(np.diff(pixels[BOX.window].astype(int), axis=1)).mean())


@pytest.mark.parametrize("style", ["gaussian", "motion", "smudge"])
def test_detail_is_lost_and_the_harder_the_more(style: str) -> None:
    forgery = pixel_forgeries.get("blur")
    soft, softer = (
        forgery.carry_out(PAGE, {**PARAMS, "style": style, "strength": strength}, HAND, kit()).pixels
        for strength in (0.8, 4.0)
    )
    assert _detail(soft) < _detail(PAGE.pixels)
    assert _detail(softer) < _detail(soft)


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(UnknownName, match="did you mean 'motion'"):
        pixel_forgeries.get("blur").carry_out(PAGE, {**PARAMS, "style": "moton"}, HAND, kit())
