from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from sigh_batch.errors import ConfigError
from sigh_batch.render.avatars import Avatars, AvatarStyle, draw_avatar_style, list_pictures
from sigh_batch.rng import for_sample
from sigh_batch.scene.conversation import Person
from tests.unit.render.pages import blank_page

ANN = Person(id="p1", name="Ann Lee", short="Ann", handle="ann", hue=0.3, avatar=123_456_789_123)


def picture(
    kind: str, person: Person = ANN, roundness: float = 0.5, pictures: tuple[Path, ...] = ()
) -> np.ndarray:
    page = blank_page(60, 60)
    Avatars(AvatarStyle(kinds=(kind,), roundness=roundness), pictures).draw(
        page, person, 10, 10, 40, message=3
    )
    assert page.elements[-1][:5] == ("avatar", 10, 10, 40, 40)
    assert page.elements[-1].value == person.id
    return page.canvas.pixels()


@pytest.mark.parametrize("kind", ["initials", "blocks", "face", "view", "blank"])
def test_an_avatar_follows_from_the_person(kind: str) -> None:
    one = picture(kind)
    assert np.array_equal(one, picture(kind))
    assert (one[0:9] == 255).all()
    assert (one[10, 10] == 255).all()
    assert (one[30, 12] != 255).any()
    other = replace(ANN, avatar=987_654_321_987, hue=0.8, name="Bo")
    assert kind == "blank" or not np.array_equal(one, picture(kind, other))


def test_a_square_avatar_fills_its_corners() -> None:
    assert (picture("view", roundness=0.0)[10, 10] != 255).any()


@pytest.mark.parametrize(
    "name",
    [
        "\u0939\u0930\u0940\u0936 \u0915\u0941\u092e\u093e\u0930",
        "\u0623\u062d\u0645\u062f",
        "\u6797\u3055\u304f\u3089",
        "lucky_owl",
        "J",
        "Dad \u2764\ufe0f",
    ],
)
def test_initials_can_be_drawn_of_any_name(name: str) -> None:
    pixels = picture("initials", replace(ANN, name=name))
    inside = pixels[22:38, 20:40].reshape(-1, 3)
    assert len(np.unique(inside, axis=0)) > 3


def test_kinds_are_the_same_all_over_a_page_and_differ_between_people() -> None:
    avatars = Avatars(draw_avatar_style(for_sample(1, "t", 5), pictures=False))
    people = [replace(ANN, avatar=7919 * number) for number in range(40)]
    kinds = [avatars.kind(person) for person in people]
    assert kinds == [avatars.kind(person) for person in people]


def test_own_pictures_are_cut_square_and_scaled(tmp_path: Path) -> None:
    wide = np.zeros((30, 90, 3), np.uint8)
    wide[:, 30:60] = (0, 0, 255)
    cv2.imwrite(str(tmp_path / "a.png"), wide)
    found = list_pictures(tmp_path)
    pixels = picture("picture", roundness=0.0, pictures=found)
    assert (pixels[30, 30] == (255, 0, 0)).all()


def test_a_bad_avatar_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no such avatar folder: .*/none; make it, or leave"):
        list_pictures(tmp_path / "none")
    with pytest.raises(ConfigError, match=r"no pictures in the avatar folder .*; put \.png, \.jpg"):
        list_pictures(tmp_path)
    broken = tmp_path / "b.png"
    broken.write_bytes(b"not a picture")
    with pytest.raises(ConfigError, match=r"not a picture that can be read: .*/b\.png; remove it"):
        picture("picture", pictures=list_pictures(tmp_path))
