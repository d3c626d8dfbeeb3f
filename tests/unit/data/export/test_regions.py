import io
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as coco

from sigh_batch.data.export.regions import encode_runs, regions

# pycocotools hands numpy an array in an older way.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

Mask = NDArray[np.bool_]


def op(box: tuple[float, float, float, float] | None, kind: str = "erase") -> dict[str, Any]:
    names = ("x", "y", "width", "height")
    return {"type": kind, "box": None if box is None else dict(zip(names, box, strict=True))}


def png(mask: Mask) -> bytes:
    out = io.BytesIO()
    Image.fromarray(mask).save(out, "PNG")
    return out.getvalue()


def decoded(runs: dict[str, Any]) -> Mask:
    return coco.decode({**runs, "counts": runs["counts"].encode()}).astype(bool)


@given(arrays.arrays(bool, st.tuples(st.integers(1, 40), st.integers(1, 40)), elements=st.booleans()))
def test_the_reference_reads_every_mask_back(mask: Mask) -> None:
    assert (decoded(encode_runs(mask)) == mask).all()
    assert encode_runs(mask)["counts"] == coco.encode(np.asfortranarray(mask, np.uint8))["counts"].decode()


def test_long_runs_take_several_letters() -> None:
    mask = np.zeros((700, 900), bool)
    mask[3:500, 100:850] = True
    assert (decoded(encode_runs(mask)) == mask).all()


@pytest.fixture
def changed() -> Mask:
    mask = np.zeros((30, 40), bool)
    mask[2:5, 3:9] = mask[20:22, 30:40] = True
    return mask


def test_one_operation_has_the_whole_mask_and_its_own_box(changed: Mask) -> None:
    (found,) = regions([op((3.5, 2.5, 4.0, 1.0))], png(changed))
    assert (found.box, found.area) == ((3.5, 2.5, 4.0, 1.0), 38)
    assert (decoded(found.runs) == changed).all()


def test_one_without_a_box_has_the_bounds_of_what_it_did(changed: Mask) -> None:
    (found,) = regions([op(None)], png(changed))
    assert found.box == (3.0, 2.0, 37.0, 20.0)
    assert orjson.loads(orjson.dumps([found.box, found.area])) == [[3.0, 2.0, 37.0, 20.0], 38]


def test_of_several_each_has_the_pixels_in_its_box(changed: Mask) -> None:
    first, second = regions([op((2.2, 1.7, 9.0, 4.0), "cover"), op(None)], png(changed))
    assert (first.op["type"], first.area, first.box) == ("cover", 18, (2.2, 1.7, 9.0, 4.0))
    assert (second.op["type"], second.area, second.box) == ("erase", 20, (30.0, 20.0, 10.0, 2.0))


def test_pixels_beside_a_box_belong_to_the_nearest(changed: Mask) -> None:
    near = [op((3.0, 2.0, 3.0, 3.0), "cover"), op((36.0, 21.0, 4.0, 1.0))]
    first, second = regions(near, png(changed))
    assert (first.area, second.area) == (18, 20)
    assert not (decoded(first.runs) & decoded(second.runs)).any()


def test_one_that_left_no_trace_is_no_region(changed: Mask) -> None:
    found = list(regions([op((0.0, 10.0, 5.0, 1.0)), op((-5.0, -5.0, 99.0, 99.0))], png(changed)))
    assert [(region.area, region.box[0]) for region in found] == [(38, -5.0)]
    assert list(regions([op(None)], png(np.zeros((4, 4), bool)))) == []
    assert list(regions([op(None), op((0.0, 0.0, 2.0, 2.0))], png(np.zeros((4, 4), bool)))) == []
