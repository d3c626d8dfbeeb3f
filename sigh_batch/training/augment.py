"""How a picture is changed before a classifier learns from it: whole recipes by name.

Each takes a picture of bytes of any size and returns one of the network's size. All that is drawn comes from
the draws it is given, so that an epoch shows the same pictures whoever loads them.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping

import simplejpeg  # type: ignore[import-untyped]  # it ships none
import torch
from torch import Tensor
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional

from sigh_batch.errors import UnknownName
from sigh_batch.models.document import Geometry
from sigh_batch.models.inputs import fitted, greyed, squeezed, to_tensor
from sigh_batch.rng import Draws

Recipe = Callable[[Tensor, Geometry, Draws], Tensor]

_PADDED_CROP = 625
_TRIES = 10


def augmented(picture: Tensor, geometry: Geometry, weights: Mapping[str, float], draws: Draws) -> Tensor:
    """Return a picture changed by one of the recipes, each drawn as often as its weight says."""
    names = sorted(weights)
    name = draws.weighted(names, [weights[each] for each in names])
    if name not in RECIPES:
        raise UnknownName("augmentation", name, RECIPES)
    return RECIPES[name](picture, geometry, draws.fork(name))


def _seed0(picture: Tensor, geometry: Geometry, draws: Draws) -> Tensor:
    """Mirror, turn by up to 15 degrees, change brightness and contrast by a fifth."""
    picture = _mirrored(fitted(picture, geometry), draws, 0.5)
    picture = functional.rotate(picture, draws.uniform(-15, 15))
    return _lit(picture, draws, 0.2)


def _seed1(picture: Tensor, geometry: Geometry, draws: Draws) -> Tensor:
    """Cut out a square of 625, mirror both ways, blur, take the colours, erase a box."""
    height, width = picture.shape[1:]
    right, below = max(0, _PADDED_CROP - width), max(0, _PADDED_CROP - height)
    if right or below:
        # Half on each side, and the odd pixel at the end.
        sides = [right // 2, below // 2, right - right // 2, below - below // 2]
        picture = functional.pad(picture, sides)
    top = draws.integer(0, picture.shape[1] - _PADDED_CROP)
    left = draws.integer(0, picture.shape[2] - _PADDED_CROP)
    picture = _sized(picture[:, top : top + _PADDED_CROP, left : left + _PADDED_CROP], geometry)
    picture = _mirrored(picture, draws, 0.5)
    if draws.chance(0.5):
        picture = functional.vertical_flip(picture)
    if draws.chance(0.5):
        sigma = draws.uniform(0.1, 5)
        picture = functional.gaussian_blur(picture, [5, 9], [sigma, sigma])
    if draws.chance(0.5):
        picture = greyed(picture)
    return _erased(picture, draws) if draws.chance(0.2) else picture


def _seed2(picture: Tensor, geometry: Geometry, draws: Draws) -> Tensor:
    """Cut out a box of 8 to 100 % of the picture, squeeze it, mirror."""
    height, width = picture.shape[1:]
    box = _box(height, width, draws, (0.08, 1), (3 / 4, 4 / 3))
    top, left, tall, wide = box or (0, 0, height, width)
    return _mirrored(_sized(picture[:, top : top + tall, left : left + wide], geometry), draws, 0.5)


def _autoaugment(picture: Tensor, geometry: Geometry, draws: Draws) -> Tensor:
    """Apply one of the policies that were found best for ImageNet."""
    # The policies draw from torch's own generator, which is given back as it was.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(draws.integer(0, 2**63 - 1))
        found: Tensor = _policies()(fitted(picture, geometry))
        return found


def _ood6(picture: Tensor, geometry: Geometry, draws: Draws) -> Tensor:
    """Mirror, light, turn, blur, shift colours and tilt, each now and then."""
    picture = _mirrored(fitted(picture, geometry), draws, 0.1)
    if draws.chance(0.5):
        picture = _lit(picture, draws, 0.2)
    if draws.chance(0.3):
        picture = functional.rotate(picture, draws.uniform(-20, 20))
    if draws.chance(0.3):
        size = draws.choice((3, 5, 7))
        picture = functional.gaussian_blur(picture, [size, size])
    if draws.chance(0.2):
        picture = functional.adjust_hue(picture, draws.uniform(-30, 30) / 180)
        picture = functional.adjust_saturation(picture, draws.uniform(1 - 30 / 255, 1 + 30 / 255))
        picture = functional.adjust_brightness(picture, draws.uniform(1 - 20 / 255, 1 + 20 / 255))
    return _tilted(picture, draws) if draws.chance(0.3) else picture


def _screenshot(picture: Tensor, geometry: Geometry, draws: Draws) -> Tensor:
    """Crop, shrink and save as people do with screenshots; never mirrored, since text is not."""
    height, width = picture.shape[1:]
    tall, wide = (math.ceil(side * draws.uniform(0.7, 1)) for side in (height, width))
    top, left = draws.integer(0, height - tall), draws.integer(0, width - wide)
    picture = picture[:, top : top + tall, left : left + wide]
    if draws.chance(0.3):
        share = draws.uniform(0.5, 1)
        picture = squeezed(picture, max(1, round(tall * share)), max(1, round(wide * share)), "bilinear")
    if draws.chance(0.5):
        picture = _saved(picture, draws.integer(50, 95))
    return _sized(picture, geometry)


RECIPES: dict[str, Recipe] = {
    "none": lambda picture, geometry, _draws: fitted(picture, geometry),
    "seed0": _seed0,
    "seed1": _seed1,
    "seed2": _seed2,
    "autoaugment": _autoaugment,
    "ood6": _ood6,
    "screenshot": _screenshot,
}
"""Every recipe by its name."""


def _sized(picture: Tensor, geometry: Geometry) -> Tensor:
    """Return a picture at the network's size, whole."""
    return fitted(picture, geometry.model_copy(update={"crop": 1.0}))


def _mirrored(picture: Tensor, draws: Draws, share: float) -> Tensor:
    return functional.horizontal_flip(picture) if draws.chance(share) else picture


def _lit(picture: Tensor, draws: Draws, most: float) -> Tensor:
    """Change brightness and contrast, in either order."""
    for change in draws.shuffled((functional.adjust_brightness, functional.adjust_contrast)):
        picture = change(picture, draws.uniform(1 - most, 1 + most))
    return picture


def _erased(picture: Tensor, draws: Draws) -> Tensor:
    height, width = picture.shape[1:]
    box = _box(height, width, draws, (0.02, 0.2), (0.3, 3.3))
    return functional.erase(picture, *box, torch.zeros(3, 1, 1, dtype=torch.uint8)) if box else picture


def _saved(picture: Tensor, quality: int) -> Tensor:
    """Save a picture as a JPEG and read it again."""
    pixels = picture.permute(1, 2, 0).contiguous().numpy()
    saved = simplejpeg.encode_jpeg(pixels, quality, "RGB", "420")
    return to_tensor(simplejpeg.decode_jpeg(saved, "RGB"))


def _tilted(picture: Tensor, draws: Draws) -> Tensor:
    """Move each corner inwards, typically by 5 to 10 % of the sides."""
    height, width = picture.shape[1:]
    corners = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
    share = draws.uniform(0.05, 0.1)

    def inwards(place: int, side: int) -> int:
        step = min(side // 3, round(abs(draws.normal(0, share)) * side))
        return place - step if place else step

    moved = [[inwards(x, width), inwards(y, height)] for x, y in corners]
    found: Tensor = functional.perspective(picture, corners, moved)
    return found


def _box(
    height: int, width: int, draws: Draws, share: tuple[float, float], aspect: tuple[float, float]
) -> tuple[int, int, int, int] | None:
    """Return the top, left, height and width of a box of a drawn area and form, or None where none fits."""
    for _ in range(_TRIES):
        area = draws.uniform(*share) * height * width
        form = math.exp(draws.uniform(math.log(aspect[0]), math.log(aspect[1])))
        tall, wide = round(math.sqrt(area / form)), round(math.sqrt(area * form))
        if 0 < tall <= height and 0 < wide <= width:
            return draws.integer(0, height - tall), draws.integer(0, width - wide), tall, wide
    return None


@functools.cache
def _policies() -> v2.AutoAugment:
    return v2.AutoAugment()
