"""A whole training: the same to the bit however often it is interrupted, and idempotent."""

from __future__ import annotations

import functools
import itertools
import os
import signal
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sigh_batch.errors import ConfigError, Interrupted, RunMismatch, SighError
from sigh_batch.models.file import read_model
from sigh_batch.store import open_store
from sigh_batch.store.memory import MemoryStore, shared
from sigh_batch.training.job import train
from sigh_batch.training.plan import render
from sigh_batch.training.progress import Progress
from sigh_batch.training.stopping import Halt
from sigh_batch.training.task import Batch
from tests.toys import Toy, spec_of, toy_environment

RESULT = ("card.md", "metrics.jsonl", "model.json", "model.safetensors")
SETS = ("train.log_steps=4", "train.accumulate=2", "train.schedule=plateau", "train.plateau_patience=0")
_names = (f"job-{number}" for number in itertools.count())


class Killed(BaseException):
    """Stands for a power cut: nothing can be saved on the way out."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a picture: what a training reads must be there, though the toy makes up its own."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "a.png").write_bytes(b"\x89PNG")
    return folder


@pytest.fixture(scope="module")
def whole(data: Path) -> dict[str, bytes]:
    """What an undisturbed training leaves."""
    train(spec_of(data, "memory://whole", *SETS))
    return kept("whole")


def kept(name: str) -> dict[str, bytes]:
    return {key: shared(name).get(key) for key in RESULT}


@settings(max_examples=8)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=3), st.integers(1, 3))
@example([1, 1, 2, 3], 1)
def test_a_training_that_is_killed_and_called_again_is_the_same_to_the_bit(
    data: Path, whole: dict[str, bytes], writes: list[int], every: int
) -> None:
    name = next(_names)
    asked = spec_of(data, f"memory://{name}", *SETS, f"train.checkpoint_steps={every}")
    for number in writes:
        with killed_at_write(number):
            train(asked)
    train(asked)
    assert kept(name) == whole


@pytest.mark.parametrize("report", range(1, 12))
def test_a_training_that_is_stopped_by_whoever_listens_goes_on_the_same(data: Path, report: int) -> None:
    name = next(_names)
    reports = itertools.count(1)

    def listen(progress: Progress) -> None:
        if next(reports) == report:
            raise Halt

    asked = spec_of(data, f"memory://{name}", *SETS, "train.log_steps=1")
    with pytest.raises(Interrupted):
        train(asked, watch=listen)
    train(asked)
    assert kept(name) == fine(data)


@functools.cache
def fine(data: Path) -> dict[str, bytes]:
    """What an undisturbed training leaves that tells of every update."""
    train(spec_of(data, "memory://fine", *SETS, "train.log_steps=1"))
    return kept("fine")


class killed_at_write:  # noqa: N801
    """Ends what is done within at its n-th write: nothing of that object is there, nor of any later one."""

    def __init__(self, number: int) -> None:
        self._left = number
        self._put = MemoryStore.put

    def __enter__(self) -> None:
        put = self._put

        def dying(store: MemoryStore, key: str, content: bytes, *, if_absent: bool = False) -> None:
            self._left -= 1
            if self._left <= 0:
                raise Killed
            put(store, key, content, if_absent=if_absent)

        MemoryStore.put = dying  # type: ignore[method-assign]

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        MemoryStore.put = self._put  # type: ignore[method-assign]
        return kind is Killed


@pytest.mark.parametrize("when", ["between", "validating", "calibrating"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_followed_by_a_checkpoint_and_then_heard_by_whoever_listened(
    data: Path, whole: dict[str, bytes], when: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = []
    held_out = Toy.held_out

    def calibrate(*words: Any) -> Any:
        os.kill(os.getpid(), number)
        return held_out(*words)

    if when == "calibrating":
        monkeypatch.setattr(Toy, "held_out", calibrate)

    def listen(received: int, frame: FrameType | None) -> None:
        heard.append(received)

    def watch(progress: Progress) -> None:
        if progress.step == (4 if when == "between" else 6) and progress.validating == (when == "validating"):
            os.kill(os.getpid(), number)

    name = next(_names)
    before = signal.signal(number, listen)
    try:
        with pytest.raises(Interrupted, match=r"stopped at step \d of 9; the same command again goes on"):
            train(spec_of(data, f"memory://{name}", *SETS), watch)
        assert signal.getsignal(number) is listen
    finally:
        signal.signal(number, before)
    assert heard == [number]
    monkeypatch.undo()
    train(spec_of(data, f"memory://{name}", *SETS))
    assert kept(name) == whole


def test_a_training_that_is_done_says_so_and_another_one_is_refused(
    data: Path, whole: dict[str, bytes]
) -> None:
    outcome = train(spec_of(data, "memory://whole", *SETS, "train.threads=1", "train.keep=1"))
    assert outcome.already
    assert outcome.metrics["auc"] > 0.6
    with pytest.raises(RunMismatch, match=r"train\.lr: 0\.001 there, 0\.5 here"):
        train(spec_of(data, "memory://whole", *SETS, "train.lr=0.5"))
    assert kept("whole") == whole


def test_what_would_be_done_touches_nothing(data: Path, tmp_path: Path) -> None:
    plan = render(spec_of(data, tmp_path / "out"))
    assert plan["network"] == "toy"
    assert not (tmp_path / "out").exists()


def test_a_model_of_two_classes_is_calibrated_and_says_how_it_was_trained(whole: dict[str, bytes]) -> None:
    document, weights = read_model(shared("whole"))
    assert document.calibration is not None
    assert document.calibration.pictures == 256
    assert document.thresholds is not None
    assert document.thresholds.low <= document.thresholds.high
    assert document.training["schedule"] == "plateau"
    assert document.training["steps_made"] == 9
    assert document.data["identity"]["files"] == 1
    assert "torch" in document.versions
    assert set(weights) == set(Toy.network().state_dict())


def test_a_loss_that_is_no_number_ends_a_training_in_a_sentence(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loss(self: Toy, model: torch.nn.Module, batch: Batch) -> tuple[torch.Tensor, dict[str, float]]:
        return model(batch["points"]).sum() * float("nan"), {}

    monkeypatch.setattr(Toy, "loss", loss)
    name = next(_names)
    with pytest.raises(SighError, match=r"the loss is nan at step 1 with a learning rate of 0\.001; lower"):
        train(spec_of(data, f"memory://{name}"))
    assert not list(shared(name).list("checkpoints/"))


def test_training_ends_early_when_validation_no_longer_improves(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = iter([0.5, 0.7, 0.7005, 0.6, 0.9])
    monkeypatch.setattr(Toy, "validate", lambda *_: {"auc": next(values)})
    name = next(_names)
    sets = ("train.epochs=5", "train.patience=2", "train.min_delta=0.01")
    outcome = train(spec_of(data, f"memory://{name}", *sets))
    assert outcome.steps == 24
    assert outcome.metrics == {"auc": 0.7005}
    assert outcome.best_step == 18


def test_the_last_weights_are_kept_where_asked_for(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = iter([0.7, 0.9, 0.6])
    monkeypatch.setattr(Toy, "validate", lambda *_: {"auc": next(values)})
    name = next(_names)
    outcome = train(spec_of(data, f"memory://{name}", "train.epochs=3", "train.weights=last"))
    assert outcome.best_step == outcome.steps == 18
    assert outcome.metrics == {"auc": 0.6}


def test_a_model_is_trained_further_and_a_part_that_does_not_fit_is_fresh(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = spec_of(data, tmp_path / "first")
    train(first)
    further = spec_of(data, tmp_path / "further", f"train.model={tmp_path / 'first'}", "train.lr=1e-9")
    train(further)
    (began, old), (document, new) = (read_model(open_store(tmp_path / name)) for name in ("first", "further"))
    assert began.weights is not None
    assert document.training["model"] == began.weights.sha256
    assert document.architecture == began.architecture
    for name in ("0.weight", "4.bias"):
        assert torch.allclose(old[name], new[name], atol=1e-4)


def test_a_blend_is_the_same_after_a_kill_and_needs_a_model_to_start_from(data: Path) -> None:
    train(spec_of(data, "memory://before", "train.epochs=1"))
    sets = ("train.blend=0.5", "train.weights=last", "train.checkpoint_steps=2", "seed=9")
    whole, halted = next(_names), next(_names)
    train(spec_of(data, f"memory://{whole}", *sets, model="memory://before"))
    with killed_at_write(4):
        train(spec_of(data, f"memory://{halted}", *sets, model="memory://before"))
    train(spec_of(data, f"memory://{halted}", *sets, model="memory://before"))
    assert kept(whole) == kept(halted)
    alone = next(_names)
    train(spec_of(data, f"memory://{alone}", "train.weights=last", "seed=9", model="memory://before"))
    before, after, learned = (read_model(shared(name))[1]["0.weight"] for name in ("before", whole, alone))
    assert torch.allclose(after, (before + learned) / 2, atol=1e-6)
    with pytest.raises(ConfigError, match="no model; name one with --model"):
        train(spec_of(data, "memory://nothing", *sets))


@pytest.mark.slow
def test_two_processes_learn_from_the_same_batches_as_one(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", toy_environment()["PYTHONPATH"])
    # What draws, and what looks at a whole batch, would differ between one process and two.
    sets = ("train.precision=fp32", "train.epochs=1", "train.threads=1")
    weights = []
    for devices in (1, 2):
        asked = spec_of(data, tmp_path / str(devices), *sets, f"train.devices={devices}", model="plain")
        train(asked)
        weights.append(read_model(open_store(tmp_path / str(devices)))[1])
    for name, one in weights[0].items():
        assert torch.allclose(one, weights[1][name], atol=1e-5), name
