from __future__ import annotations

import numpy as np
import pytest

from sigh_batch.degrade.operation import find
from sigh_batch.rng import for_sample
from tests.chats import chat


@pytest.mark.parametrize("style", ["gaussian", "mosaic"])
def test_a_name_becomes_unreadable_and_nothing_else_changes(style: str) -> None:
    place = [0.15, 0.05, 0.175, 0.0625]  # 60, 16 to 130, 36: the first name
    done = find("blurred_name").apply(chat(), {"places": [place], "style": style, "strength": 0.4})
    old, new = chat().pixels[16:36, 60:130], done.pixels[16:36, 60:130]
    assert new.std() < 0.6 * old.std()
    assert abs(new.mean() - old.mean()) < 4
    rest = np.ones((320, 400), bool)
    rest[16:36, 60:130] = False
    assert np.array_equal(done.pixels[rest], chat().pixels[rest])
    assert np.array_equal(done.mask, chat().mask)


def test_it_draws_names_and_avatars() -> None:
    picture, hit = chat(), 0
    for index in range(20):
        params = find("blurred_name").draw(for_sample(1, "b", index), picture)
        for x, y, wide, high in params["places"]:
            middle = ((x + wide / 2) * 400, (y + high / 2) * 320)
            inside = [
                kind
                for kind, (left, top, width, height) in zip(
                    picture.kinds, picture.boxes.tolist(), strict=True
                )
                if left <= middle[0] <= left + width and top <= middle[1] <= top + height
            ]
            assert set(inside) & {"author", "avatar"}
            hit += 1
    assert hit > 40
