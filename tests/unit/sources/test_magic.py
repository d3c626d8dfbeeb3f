import pytest
from PIL import Image

from sigh_batch.sources.magic import READ, canvas_of_webp, ends_early, kind_of
from tests.unit.sources.files import every_kind, written

ENDINGS = {"jpg": "jpeg", "tif": "tiff"}


@pytest.mark.parametrize("name", every_kind())
def test_a_file_is_known_by_its_first_bytes(name: str) -> None:
    ending = name.rpartition(".")[2]
    assert kind_of(every_kind()[name][:16]) == ENDINGS.get(ending, ending)
    assert kind_of(every_kind()[name]) in READ


def test_text_is_no_picture() -> None:
    assert kind_of(b"BMW is a car maker") is None
    assert kind_of(b"RIFF....WAVE") is None


@pytest.mark.parametrize(
    "options", [{}, {"lossless": True}, {"exif": b"Exif\0\0MM"}, {"lossless": True, "exif": b"x"}]
)
@pytest.mark.parametrize("size", [(1, 1), (300, 7), (5, 16_383)])
def test_a_webp_states_its_size_up_front(size: tuple[int, int], options: dict[str, object]) -> None:
    data = written("WEBP", Image.new("RGB", size), **options)
    assert canvas_of_webp(data) == size
    for end in range(12, 30):
        with pytest.raises(ValueError, match="states no size"):
            canvas_of_webp(data[:end][:19])


@pytest.mark.parametrize("name", [name for name in every_kind() if not name.endswith(".tif")])
def test_a_whole_file_has_its_end_and_a_cut_one_has_not(name: str) -> None:
    data = every_kind()[name]
    kind = kind_of(data)
    assert kind is not None
    assert not ends_early(data, kind)
    assert ends_early(data[:-12], kind)
