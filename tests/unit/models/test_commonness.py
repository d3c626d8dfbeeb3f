"""How common a colour or a pattern is in its picture: counted by parts, and only what is exactly the same."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.models.commonness import (
    PARTS,
    Commonness,
    commonness_of,
    look_up,
    sights_of,
    times_of,
)
from sigh_batch.models.sights import counts_of_array, sights_of_array, times_of_array

GROUND = (240.0, 241.0, 242.0)


def page(height: int = 64, width: int = 96) -> torch.Tensor:
    return torch.tensor(GROUND)[None, :, None, None].expand(1, 3, height, width).clone()


def test_a_ground_is_everywhere_and_a_colour_of_its_own_in_one_part() -> None:
    pixels = page()
    pixels[0, 2, 20, 30] += 1
    counts = commonness_of(pixels)[0]
    assert counts.shape == (2, 64, 96)
    assert counts[0, 20, 30] == 1
    assert counts[0, 0, 0] == counts[0, 63, 95] == PARTS * PARTS
    assert (counts[0] == PARTS * PARTS).sum() == 64 * 96 - 1
    rare = {tuple(place) for place in (counts[1] == 1).nonzero().tolist()}
    assert rare == {(19, 29), (19, 30), (20, 29), (20, 30)}, "the patterns that the pixel is part of"


def test_parts_are_counted_and_not_pixels() -> None:
    pixels = page()
    pixels[0, 0, 0:8, 0:12] = 7
    assert commonness_of(pixels)[0, 0, 3, 3] == 1
    pixels[0, 0, 63, 95] = 7
    assert commonness_of(pixels)[0, 0, 3, 3] == 2


def test_different_colours_have_different_numbers_nearly_always() -> None:
    drawn = np.unique(np.random.default_rng(5).integers(0, 256, (3000, 3)), axis=0)
    near = np.stack(np.meshgrid(np.arange(120, 136), np.arange(64, 80), np.arange(16)), -1).reshape(-1, 3)
    for colours in (drawn, near, np.arange(256)[:, None].repeat(3, 1)):
        sights = sights_of(torch.from_numpy(colours).float().T[None, :, :, None])
        for sight in sights[0]:
            assert len(sight.unique()) > 0.97 * len(colours)


def test_a_piece_is_looked_up_in_its_whole_picture() -> None:
    pixels = torch.from_numpy(np.random.default_rng(3).integers(0, 3, (1, 3, 64, 96)) * 40).float()
    times = times_of(sights_of(pixels))
    piece = look_up(sights_of(pixels[..., 16:48, 32:80]), times)
    assert torch.equal(piece[..., :-1, :-1], commonness_of(pixels)[..., 16:47, 32:79])


@given(st.integers(1, 90), st.integers(1, 40), st.integers(2, 200), st.integers(0, 2**32))
def test_it_is_counted_the_same_without_torch(height: int, width: int, levels: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, levels, (height, width, 3)).astype(np.uint8)
    sights = sights_of(torch.from_numpy(pixels).permute(2, 0, 1)[None].float())
    times = times_of(sights)
    assert np.array_equal(sights_of_array(pixels), sights[0].numpy())
    assert np.array_equal(times_of_array(pixels), times[0].numpy())
    assert np.array_equal(counts_of_array(pixels, times_of_array(pixels)), look_up(sights, times)[0].numpy())


def test_pictures_of_a_batch_do_not_mix() -> None:
    one = page()
    other = one.flip(1)
    other[..., :8, :12] = one[..., :8, :12]
    counts = commonness_of(torch.cat([one, other]))
    assert torch.equal(counts[:1], commonness_of(one))
    assert torch.equal(counts[1:], commonness_of(other))


@pytest.mark.parametrize("kind", [torch.uint8, torch.int32])
def test_what_has_not_learned_says_nothing(kind: torch.dtype) -> None:
    network = Commonness(4, 6).eval()
    found = network(torch.randint(1, 65, (2, 2, 32, 16)).to(kind))
    assert found.shape == (2, 6, 16, 8)
    assert not found.any()
