from __future__ import annotations

from sigh_batch.degrade.operation import find
from tests.chats import chat


def test_the_long_side_is_a_ceiling_and_the_shape_stays() -> None:
    operation = find("messenger")
    small = operation.apply(chat(), {**operation.at(640), "long_side": 100})
    assert small.pixels.shape == (80, 100, 3)
    assert operation.apply(chat(), operation.at(640)).pixels.shape == (320, 400, 3)


def test_it_is_saved_as_was_asked() -> None:
    operation = find("messenger")
    progressive = operation.apply(chat(), {**operation.at(640), "progressive": True, "subsampling": "4:2:2"})
    (entry,) = progressive.encodes
    assert (entry["codec"], entry["subsampling"], entry["params"]["progressive"]) == ("jpg", "4:2:2", True)
    (entry,) = operation.apply(chat(), {**operation.at(640), "codec": "webp"}).encodes
    assert (entry["codec"], entry["quality"]) == ("webp", 75)
