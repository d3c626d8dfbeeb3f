from __future__ import annotations

import pytest
import torch

from sigh_batch.config.train import TrainConfig
from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.training import machine
from sigh_batch.training.machine import choose_machine, count_ranks


def test_the_forward_pass_computes_in_half_the_bits_only_where_the_processor_is_made_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for can, half in ((True, torch.bfloat16), (False, None)):
        monkeypatch.setattr(machine, "_has_bf16", lambda _device, can=can: can)
        assert choose_machine(TrainConfig(device="cpu")).half is half
    assert choose_machine(TrainConfig(device="cpu", precision="bf16")).half is torch.bfloat16
    monkeypatch.setattr(machine, "_has_bf16", lambda _device: True)
    assert choose_machine(TrainConfig(device="cpu", precision="fp32")).half is None


def test_numbers_that_a_device_cannot_train_in_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"train\.precision is fp16, and cpu cannot train in it; use auto"):
        choose_machine(TrainConfig(device="cpu", precision="fp16"))


def test_a_device_that_is_not_there_is_said_in_a_sentence() -> None:
    with pytest.raises(ConfigError, match=r"there is no device 'cuda:99' here \(.+\); use auto") as caught:
        choose_machine(TrainConfig(device="cuda:99"))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200
    with pytest.raises(UnknownName, match=r"unknown device 'cuba:1'; did you mean 'cuda'\?"):
        choose_machine(TrainConfig(device="cuba:1"))


def test_processes_are_as_many_as_asked_for_and_each_knows_its_place() -> None:
    assert count_ranks(TrainConfig(device="cpu")) == 1
    assert count_ranks(TrainConfig(device="cpu", devices=3)) == 3
    made = choose_machine(TrainConfig(device="cpu", precision="fp32"), rank=2, ranks=3)
    assert (made.rank, made.ranks, made.name) == (2, 3, "3 x cpu, fp32")
