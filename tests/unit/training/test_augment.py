"""Recipes: what comes out has the network's size, and depends on the draws alone."""

from __future__ import annotations

import pytest
import torch

from sigh_batch.config.backbone import AUGMENTATIONS
from sigh_batch.errors import UnknownName
from sigh_batch.models.document import Geometry
from sigh_batch.models.inputs import fitted, to_tensor
from sigh_batch.rng import for_sample
from sigh_batch.training.augment import RECIPES, augmented
from tests.models import pictures

GEOMETRY = Geometry(mode="resize", height=48, width=40, crop=0.9)


def test_every_recipe_that_may_be_named_is_there() -> None:
    assert tuple(RECIPES) == AUGMENTATIONS
    with pytest.raises(UnknownName, match="did you mean 'seed"):
        augmented(to_tensor(pictures(1)[0]), GEOMETRY, {"seed": 1.0}, for_sample(0, "t", 0))


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_draws_from_its_draws_alone(name: str) -> None:
    shown = [torch.randint(0, 256, (3, *size), dtype=torch.uint8) for size in ((1, 1), (30, 700), (900, 640))]
    before = torch.random.get_rng_state()
    made = [
        [augmented(picture, GEOMETRY, {name: 1.0}, for_sample(5, "t", index)) for index in range(12)]
        for picture in shown
    ]
    assert torch.equal(torch.random.get_rng_state(), before)
    for picture, found in zip(shown, made, strict=True):
        assert all(one.shape == (3, 48, 40) and one.dtype == torch.uint8 for one in found)
        again = augmented(picture, GEOMETRY, {name: 1.0}, for_sample(5, "t", 7))
        assert torch.equal(again, found[7])
    plain = fitted(shown[2], GEOMETRY)
    changed = [not torch.equal(one, plain) for one in made[2]]
    assert any(changed) == (name != "none")


def test_a_weight_for_none_leaves_that_share_alone() -> None:
    picture = to_tensor(pictures(1)[0])
    plain = fitted(picture, GEOMETRY)
    weights = {"seed2": 0.25, "none": 0.75}
    same = sum(
        torch.equal(augmented(picture, GEOMETRY, weights, for_sample(1, "t", index)), plain)
        for index in range(200)
    )
    assert 130 <= same <= 170
