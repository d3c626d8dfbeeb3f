"""Muon: even updates of matrices, AdamW's of the rest, and a state that comes back."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from sigh_batch.config.train import TrainConfig
from sigh_batch.training.muon import is_matrix, orthogonal
from sigh_batch.training.optimiser import make_optimiser, optimiser_state, restore_optimiser


@pytest.mark.parametrize("shape", [(16, 16), (24, 216), (112, 40)])
def test_all_directions_come_out_about_equally_long(shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    uneven = torch.randn(shape) * torch.logspace(0, -2, shape[1])
    lengths = torch.linalg.svdvals(orthogonal(uneven))
    assert lengths.max() < 1.3
    assert lengths.median() > 0.6


def test_thin_matrices_and_vectors_are_updated_as_adamw_does() -> None:
    assert is_matrix(torch.zeros(24, 9, 3, 3))
    assert not is_matrix(torch.zeros(4, 24, 3, 3))
    assert not is_matrix(torch.zeros(64))
    vectors = [nn.Parameter(torch.ones(5)) for _ in range(2)]
    config = TrainConfig(weight_decay=0.1, lr=0.01)
    optimisers = [
        make_optimiser(nn.ParameterList([vector]), config.model_copy(update={"optimiser": name}))  # type: ignore[arg-type]
        for vector, name in zip(vectors, ("muon", "adamw"), strict=True)
    ]
    for number in range(5):
        for vector, optimiser in zip(vectors, optimisers, strict=True):
            vector.grad = torch.linspace(-1, 1, 5) * (number + 1)
            optimiser.step()
    torch.testing.assert_close(vectors[0], vectors[1], rtol=1e-5, atol=1e-6)


def _network() -> nn.Module:
    torch.manual_seed(1)
    return nn.Sequential(nn.Conv2d(3, 16, 3), nn.ReLU(), nn.Flatten(), nn.Linear(16 * 36, 2))


def _train(model: nn.Module, optimiser: torch.optim.Optimizer, steps: range) -> None:
    for step in steps:
        torch.manual_seed(step)
        inputs = torch.randn(8, 3, 8, 8)
        optimiser.zero_grad()
        nn.functional.cross_entropy(model(inputs), (inputs.mean((1, 2, 3)) > 0).long()).backward()
        optimiser.step()


def test_training_goes_on_from_its_state_as_if_nothing_had_happened() -> None:
    config = TrainConfig(optimiser="muon", lr=0.003)
    whole = _network()
    _train(whole, make_optimiser(whole, config), range(6))

    first = _network()
    optimiser = make_optimiser(first, config)
    _train(first, optimiser, range(3))
    second = _network()
    second.load_state_dict(first.state_dict())
    later = make_optimiser(second, config)
    restore_optimiser(later, second, *optimiser_state(optimiser, first))
    _train(second, later, range(3, 6))

    for one, other in zip(whole.parameters(), second.parameters(), strict=True):
        assert torch.equal(one, other)
