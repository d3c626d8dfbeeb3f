from __future__ import annotations

import numpy as np

from sigh_batch.degrade.degradations.tone import through_curve
from sigh_batch.degrade.operation import find
from sigh_batch.degrade.picture import picture_of

RAMP = np.repeat(np.arange(256, dtype=np.uint8).reshape(1, 256, 1), 3, 2)


def test_gamma_gains_contrast_and_brightness_do_what_they_say() -> None:
    assert through_curve(RAMP, 2.0, [1, 1, 1])[0, 128].tolist() == [64, 64, 64]
    assert through_curve(RAMP, 1.0, [1, 0.5, 0.25])[0, 200].tolist() == [200, 100, 50]
    contrasted = find("tone").at(1.0) | {"contrast": 2.0, "brightness": 10.0}
    done = find("tone").apply(picture_of(RAMP), contrasted).pixels[0, :, 0]
    assert done[127] == round((127 - 127.5) * 2 + 127.5 + 10)
    assert (done[0], done[255]) == (0, 255)
    assert (np.diff(done.astype(int)) >= 0).all()
