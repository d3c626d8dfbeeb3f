from __future__ import annotations

import numpy as np
import pytest

from sigh_batch.degrade.operation import find
from sigh_batch.degrade.picture import picture_of
from sigh_batch.errors import ConfigError
from sigh_batch.rng import for_sample
from tests.chats import chat


def test_a_png_changes_no_pixel_and_is_noted() -> None:
    done = find("resave").apply(chat(), {"codec": "png", "settings": {}})
    assert np.array_equal(done.pixels, chat().pixels)
    assert done.encodes == ({"codec": "png", "width": 400, "height": 320},)


def test_a_tall_picture_is_never_drawn_a_codec_that_cannot_hold_it() -> None:
    tall = picture_of(np.zeros((17_000, 4, 3), np.uint8))
    drawn = {find("resave").draw(for_sample(1, "r", index), tall)["codec"] for index in range(120)}
    assert drawn == {"png", "jpg"}


def test_wrong_settings_of_the_codec_are_named() -> None:
    with pytest.raises(ConfigError, match="jpg lacks encoder"):
        find("resave").apply(chat(), {"codec": "jpg", "settings": {}})
