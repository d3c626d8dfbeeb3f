import pytest

from sigh_batch.sources.traces import entry_of, scans_of
from tests.unit.sources.files import every_kind, written


def test_a_jpeg_tells_its_sampling_and_tables() -> None:
    tables = [[7] * 64, [9] * 64]
    entry = entry_of(written("JPEG", qtables=tables, subsampling="4:2:2", progressive=True), "jpeg", 64, 48)
    assert entry == {
        "codec": "jpg",
        "width": 64,
        "height": 48,
        "subsampling": "4:2:2",
        "params": {"progressive": True, "quantisation": tables},
    }


@pytest.mark.parametrize(("name", "lossless"), [("lossy.webp", False), ("lossless.webp", True)])
def test_a_webp_tells_whether_it_lost_anything(name: str, lossless: bool) -> None:
    assert entry_of(every_kind()[name], "webp", 64, 48)["params"] == {"lossless": lossless}


def test_a_jpeg_that_ends_early_tells_its_size_alone() -> None:
    assert entry_of(every_kind()["plain.jpg"][:-40], "jpeg", 64, 48) == {
        "codec": "jpg",
        "width": 64,
        "height": 48,
    }


def test_scans_are_counted_up_to_the_end_of_the_picture() -> None:
    data = every_kind()["plain.jpg"]
    assert scans_of(data) == scans_of(data + b"\xff\xda" * 90) == 1
    assert scans_of(every_kind()["progressive.jpg"]) > 5
    assert scans_of(data[:-2] + b"\xff\xda" * 90) >= 90
