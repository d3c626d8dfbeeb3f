"""The default detector's network: any size, in strips or at once, folded or not."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sigh_batch.config.tiles import TilesNetworkConfig
from sigh_batch.models.grid import HALO, STRIDE, strips_of, whole_tiles
from sigh_batch.models.layers import Evidence, Peers, Verdict, fold, settle
from sigh_batch.models.tiles import TilesNetwork, build_tiles, look

SMALL = {"channels": [8, 8, 8, 16], "blocks": [1, 1, 1], "kinds": 3, "heads": 2, "operations": ["erase"]}


def lively() -> TilesNetwork:
    """Return a small network whose every weight and statistic counts."""
    torch.manual_seed(3)
    network = build_tiles(SMALL).eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(module.weight, 1, 0.2)
            module.running_mean = torch.randn_like(module.weight) * 0.2
            module.running_var = torch.rand_like(module.weight) * 1.5 + 0.5
    return network


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height * 1000 + width).integers(0, 256, (height, width, 3), np.uint8)


@settings(max_examples=15)
@given(st.integers(1, 70), st.integers(1, 70))
def test_a_picture_of_any_size_has_a_map_of_its_size(height: int, width: int) -> None:
    logit, operations, changed = look(lively(), noise(height, width))
    assert changed.shape == (height, width)
    assert operations.shape == (1,)
    assert np.isfinite([logit, *operations, changed.min(), changed.max()]).all()


@pytest.mark.parametrize("shape", [(1000, 40), (40, 1000)])
def test_strips_say_what_the_whole_says(shape: tuple[int, int]) -> None:
    network, pixels = lively(), noise(*shape) // 86 * 40
    logit, operations, changed = look(network, pixels)
    assert len(list(strips_of(1008, 48, 20_000))) > 3
    in_strips = look(network, pixels, 20_000)
    assert abs(in_strips[0] - logit) < 1e-4
    assert np.allclose(in_strips[1], operations, atol=1e-4)
    assert np.allclose(in_strips[2], changed, atol=1e-4)


def test_the_border_of_a_strip_is_wider_than_what_a_tile_is_judged_by() -> None:
    """Or strips would not say what the whole says: with the default shape, not the small one."""
    network = build_tiles({"channels": [4, 4, 4, 4], "context": 0, "heads": 1, "kinds": 1}).eval()
    pixels = torch.zeros(1, 3, STRIDE, 640, requires_grad=True)
    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.constant_(module.weight, 0.1)
        elif isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.constant_(module.weight, 1.0)
    *details, deep = network.encode(pixels + 128, torch.ones(1, 2, STRIDE, 640))
    network.decode(deep, details)[..., 320].sum().backward()
    assert pixels.grad is not None
    seen = pixels.grad.abs().sum((0, 1, 2)).nonzero().flatten()
    assert 64 < 320 - int(seen.min()) <= HALO
    assert 64 < int(seen.max()) - 320 <= HALO


def test_folded_norms_change_nothing() -> None:
    network = lively()
    folded = copy.deepcopy(network)
    fold(folded)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in folded.modules())
    one, other = look(network, noise(50, 60)), look(folded, noise(50, 60))
    assert abs(one[0] - other[0]) < 1e-5
    assert np.allclose(one[2], other[2], atol=1e-5)


def test_settled_norms_remember_and_do_not_learn() -> None:
    network = lively().train()
    settle(network)
    before = copy.deepcopy(network.state_dict())
    network(torch.from_numpy(noise(32, 32)).permute(2, 0, 1)[None].float())
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_evidence_shows_small_steps_and_no_edges() -> None:
    pixels = torch.full((1, 3, 4, 8), 100.0)
    for column, step in ((1, 1), (3, 2), (5, 5), (6, 40)):
        pixels[:, 0, :, column + 1 :] += step
    pixels[:, 1, 2:] -= 3
    found = Evidence(2.0)(pixels)[0]
    assert found.shape == (9, 4, 8)
    assert found[0, 0].tolist() == pytest.approx(
        [(value - 127.5) / 127.5 for value in pixels[0, 0, 0].tolist()]
    )
    assert found[3, 0, :7].tolist() == pytest.approx([0, -0.5, 0, -1, 0, -0.5, 0], abs=1e-5)
    assert found[7, :3, 0].tolist() == pytest.approx([0, 5 / 6, 0], abs=1e-5)
    assert Evidence(0.0)(pixels).shape == (1, 3, 4, 8)


def test_a_tile_is_compared_with_its_own_picture_alone() -> None:
    torch.manual_seed(0)
    peers = Peers(8, 3, 2).eval()
    one, other = torch.randn(1, 8, 5, 4), torch.randn(1, 8, 5, 4)
    together = peers(torch.cat([one, other]))
    assert torch.allclose(together[:1], peers(one), atol=1e-6)
    changed = one.clone()
    changed[..., 0, 0] += 3
    moved = (peers(changed) - peers(one)).abs().amax(1)[0]
    assert moved[4, 3] > 1e-5, "a tile far away is seen against the one that changed"


def test_whole_tiles_repeat_the_last_row_and_column() -> None:
    pixels = noise(17, 30)
    whole = whole_tiles(pixels)
    assert whole.shape == (32, 32, 3)
    assert np.array_equal(whole[:17, :30], pixels)
    assert (whole[17:, :30] == pixels[-1]).all()
    assert (whole[:17, 30:] == pixels[:, -1:]).all()


def test_the_default_network_is_small_enough_to_ship() -> None:
    network = TilesNetwork(TilesNetworkConfig())
    assert sum(tensor.numel() * tensor.element_size() for tensor in network.state_dict().values()) < 4 << 20


def test_what_all_tiles_share_says_nothing() -> None:
    network = lively()
    tiles_, changed = torch.randn(2, 16, 4, 3), torch.randn(2, 1, 64, 48)
    one = network.conclude(tiles_, changed)
    other = network.conclude(tiles_ + torch.randn(2, 16, 1, 1) * 9, changed - 20)
    for name in ("picture", "map", "tiles"):
        assert torch.allclose(getattr(one, name), getattr(other, name), atol=1e-4)
    single = network.conclude(tiles_[:, :, :1, :1], changed[..., :16, :16])
    assert torch.allclose(single.tiles, network.suspicion.bias.view(1, 1, 1).expand(2, 1, 1))


@pytest.mark.parametrize("tiles_", [1, 3, 100])
def test_a_picture_is_judged_by_its_strongest_tiles(tiles_: int) -> None:
    verdict = Verdict(8, 2).eval()
    said = torch.linspace(-4, 2, tiles_).flip(0).view(1, 1, 1, -1)
    picture, operations = verdict(torch.zeros(1, 8, 1, tiles_), said, said)
    wanted = sum(said[..., :count].mean() for count in (1, 4, 16, 64)) / 4 + verdict.picture.bias
    assert torch.allclose(picture, wanted.expand(1))
    assert operations.shape == (1, 2)


def test_how_many_tiles_there_are_is_told_beside_what_they_say() -> None:
    verdict = Verdict(8, 2).eval()
    torch.nn.init.constant_(verdict.size.weight, 0.5)
    plain, twice = (torch.zeros(1, 1, 1, tiles_) for tiles_ in (4096, 8192))
    said = [verdict(torch.zeros(1, 8, *one.shape[2:]), one, one)[0] for one in (plain, twice)]
    assert torch.allclose(said[0], verdict.picture.bias)
    assert torch.allclose(said[1] - said[0], torch.tensor(0.25))


def test_pieces_of_a_picture_do_not_see_across_their_borders_but_are_compared() -> None:
    network = lively()
    parts = [noise(32, 48 + number)[:, :48] for number in range(3)]
    counts = torch.randint(0, 64, (1, 2, 32, 144), dtype=torch.uint8)

    def said(order: tuple[int, ...], pieces: int) -> tuple[float, torch.Tensor]:
        pixels = (
            torch.from_numpy(np.hstack([parts[number] for number in order])).permute(2, 0, 1)[None].float()
        )
        told = torch.cat([counts[..., 48 * number : 48 * number + 48] for number in order], 3)
        with torch.inference_mode():
            answer = network(pixels, told, pieces)
        return float(answer.picture[0]), answer.map[0]

    picture, changed = said((0, 1, 2), 3)
    other, moved = said((2, 0, 1), 3)
    assert abs(picture - other) < 1e-4
    assert torch.allclose(moved[:, 48:], changed[:, :96], atol=1e-4)
    assert torch.allclose(moved[:, :48], changed[:, 96:], atol=1e-4)
    _, alone = said((0,), 1)
    assert not torch.allclose(alone, changed[:, :48], rtol=0, atol=1e-4)
    _, across = said((0, 1, 2), 1)
    assert not torch.allclose(across[:, 40:56], changed[:, 40:56], rtol=0, atol=1e-4)
