from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from torch import nn

from sigh_batch.errors import DataError, SighError
from sigh_batch.training.average import Average
from sigh_batch.training.learner import Learner, check_loss, take_weights
from sigh_batch.training.machine import Machine
from sigh_batch.training.optimiser import make_optimiser, optimiser_state, restore_optimiser
from sigh_batch.training.task import Assignment
from tests.toys import PlainToy, Toy, spec_of

CPU = Machine(device=torch.device("cpu"))


def learner(*sets: str, kind: type[Toy] = PlainToy) -> tuple[Learner, Toy]:
    settings = spec_of(Path("data"), "out", *sets).settings
    task = kind(Assignment(model="toy", data="data", settings=settings))
    return Learner(task, settings.train, CPU, settings.seed), task


def equal(one: Mapping[str, torch.Tensor], other: Mapping[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_gradients_that_are_accumulated_are_those_of_one_large_batch() -> None:
    (one, task), (other, _) = (learner("train.batch=24") for _ in range(2))
    batch = next(task.batches(0))
    parts = [{name: tensor[start::3] for name, tensor in batch.items()} for start in range(3)]
    one.update(0, 0.1, [batch])
    other.update(0, 0.1, parts)
    for mine, theirs in zip(one.model.parameters(), other.model.parameters(), strict=True):
        assert torch.allclose(mine, theirs, atol=1e-6)


@pytest.mark.parametrize("name", ["adamw", "sgd"])
def test_a_learner_that_is_restored_goes_on_to_the_bit(name: str) -> None:
    sets = (f"train.optimiser={name}", "train.ema=0.9")
    (one, task), (other, _) = (learner(*sets, kind=Toy) for _ in range(2))
    batches = list(task.batches(0))
    for step in range(3):
        one.update(step, 0.01, [batches[step]])
    other.restore({key: value.clone() for key, value in one.tensors().items()}, one.state())
    for step in range(3, 6):
        for each in (one, other):
            each.update(step, 0.01, [batches[step]])
    assert equal(one.tensors(), other.tensors())


def test_what_an_update_draws_follows_from_its_step_alone() -> None:
    (one, task), (other, _) = (learner(kind=Toy) for _ in range(2))
    batch = next(task.batches(0))
    torch.rand(7)
    one.update(5, 0.01, [batch])
    torch.rand(3)
    other.update(5, 0.01, [batch])
    assert equal(one.tensors(), other.tensors())


def test_norms_and_biases_are_not_pulled_towards_zero() -> None:
    made, _ = learner(kind=Toy)
    optimiser = make_optimiser(made.model, spec_of(Path("data"), "out").settings.train)
    names = {parameter: name for name, parameter in made.model.named_parameters()}
    decay = {names[p]: group["weight_decay"] for group in optimiser.param_groups for p in group["params"]}
    assert {name for name, value in decay.items() if value} == {"0.weight", "4.weight"}
    assert decay.keys() == set(names.values())


def test_the_average_follows_the_first_updates_fast_and_later_ones_slowly() -> None:
    model = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        model.weight.fill_(0)
        average = Average(model, 0.99)
        model.weight.fill_(1)
    average.follow(1)
    assert average.module.weight.item() == pytest.approx(1 - 2 / 11)  # type: ignore[operator]
    before = average.module.weight.item()  # type: ignore[operator]
    average.follow(10**6)
    assert average.module.weight.item() == pytest.approx(before + 0.01 * (1 - before))  # type: ignore[operator]


def test_the_average_has_the_statistics_of_norms_as_they_are() -> None:
    made, task = learner("train.ema=0.999", kind=Toy)
    made.update(0, 0.01, [next(task.batches(0))])
    for mine, theirs in zip(made.kept.buffers(), made.model.buffers(), strict=True):
        assert torch.equal(mine, theirs)
    assert made.kept is not made.model
    assert learner("train.ema=null")[0].kept.training


def test_long_gradients_are_clipped() -> None:
    made, task = learner("train.optimiser=sgd", "train.momentum=0", "train.weight_decay=0", "train.clip=0.01")
    before = {name: value.clone() for name, value in made.model.state_dict().items()}
    made.update(0, 1.0, [next(task.batches(0))])
    moved = sum(
        float((value - before[name]).square().sum()) for name, value in made.model.state_dict().items()
    )
    assert math.sqrt(moved) == pytest.approx(0.01, rel=1e-3)


def test_a_head_of_another_shape_is_fresh_and_nothing_in_common_is_a_fault() -> None:
    old = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))
    new = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 5))
    assert take_weights(new, old.state_dict()) == ["1.weight", "1.bias"]
    assert torch.equal(new[0].weight, old[0].weight)
    with pytest.raises(DataError, match="none of the model's weights fit"):
        take_weights(new, {"other": torch.zeros(1)})


def test_state_of_another_network_is_refused() -> None:
    made, _ = learner()
    tensors = made.tensors()
    with pytest.raises(DataError, match="the checkpoint is of another network"):
        made.restore({name: value for name, value in tensors.items() if "0." not in name}, made.state())
    optimiser = make_optimiser(made.model, spec_of(Path("data"), "out").settings.train)
    with pytest.raises(DataError, match="has state of 'other', which the network lacks"):
        restore_optimiser(optimiser, made.model, {"other/step": torch.zeros(1)}, {})
    assert optimiser_state(optimiser, made.model) == ({}, {})


def test_a_loss_that_is_no_number_is_named_with_its_step() -> None:
    check_loss([0.5, 2.0], 6, 0.1)
    with pytest.raises(SighError, match=r"the loss is inf at step 1,235 with a learning rate of 0\.1; lower"):
        check_loss([0.5, math.inf], 1234, 0.1)


def test_a_blend_lies_between_the_start_and_what_was_learned() -> None:
    start, _ = learner(kind=Toy)
    first = {name: value.clone() for name, value in start.model.state_dict().items()}
    fresh = first.pop("4.weight")
    settings = spec_of(Path("data"), "out", "train.ema=0.9", "train.blend=0.25").settings
    task = Toy(Assignment(model="toy", data="data", settings=settings))
    made = Learner(task, settings.train, CPU, settings.seed + 1, first)
    for step, batch in enumerate(task.batches(0)):
        made.update(step, 0.05, [batch])
    made.gather()
    assert made.average is not None
    learned, kept = made.average.module.state_dict(), made.kept.state_dict()
    assert not torch.equal(learned["0.weight"], first["0.weight"])
    for name, value in learned.items():
        plain = name == "4.weight" or not value.is_floating_point()
        expected = value if plain else 0.25 * first[name] + 0.75 * value
        assert torch.allclose(kept[name], expected, atol=1e-6), name
    assert not torch.equal(kept["4.weight"], fresh)
    again = Learner(task, settings.train, CPU, settings.seed + 1, first)
    again.restore({key: value.clone() for key, value in made.tensors().items()}, made.state())
    again.gather()
    assert equal(again.kept.state_dict(), kept)
    # What is put into it stays until the next time that it is gathered.
    made.kept.load_state_dict(learned)
    assert equal(made.kept.state_dict(), learned)
