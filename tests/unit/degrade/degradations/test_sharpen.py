from __future__ import annotations

import numpy as np

from sigh_batch.degrade.degradations.blur import blurred
from sigh_batch.degrade.operation import find
from tests.chats import chat


def test_it_adds_the_difference_from_a_blur_exactly() -> None:
    picture = chat()
    params = {"radius": 1.3, "amount": 0.7, "threshold": 3}
    done = find("sharpen").apply(picture, params).pixels.astype(int)
    old = picture.pixels.astype(int)
    difference = old - blurred(picture.pixels, 1.3)
    added = np.where(np.abs(difference) < 3, 0, np.rint(difference * 0.7)).astype(int)
    assert np.array_equal(done, np.clip(old + added, 0, 255))
    assert (done != old).mean() > 0.02
