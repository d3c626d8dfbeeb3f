"""A training that learns nothing, in the place of the real one: as quick and as wrong as is asked."""

from __future__ import annotations

import json
import math
import os
import signal
import time
from typing import Any

from sigh_batch.config.spec import RunSpec
from sigh_batch.data.identity import Identity, claim
from sigh_batch.errors import ConfigError, NotFound, StoreFull
from sigh_batch.store import Store, open_store
from sigh_batch.training.progress import Outcome, Progress, Watch

STATE_KEY = "state.json"


def train(spec: RunSpec, watch: Watch) -> Outcome:
    """Train as TOY, a JSON object in the environment, says: seconds an epoch, tricks by trial number."""
    told = json.loads(os.environ.get("TOY", "{}"))
    store = open_store(spec.out, spec.settings.store)
    config = spec.settings.train
    claim(store, Identity(kind="train", config_hash=f"{config.lr}", engine={}))
    state = _state(store)
    number = int(spec.out.rpartition("/")[2])
    _trick(told.get(str(number)), state.get("made", []))
    quality = -abs(math.log10(config.lr) + 3) + 0.01 * config.momentum
    made, validated = state.get("made", []), state.get("validated", 0)
    while validated < config.epochs:
        if validated == len(made):
            time.sleep(told.get("seconds", 0))
            made = [*made, validated + 1]
            _keep(store, made, validated)
        # As in real training, what a killed process had not told any more is told first of all.
        epoch = len(made)
        value = quality + epoch / 100 + spec.settings.seed % 7 / 1e4
        if not told.get("mute"):
            watch(_progress(epoch, config.epochs, value, validating=True))
            watch(_progress(epoch, config.epochs, value, validated=True))
        validated = epoch
        _keep(store, made, validated)
        _trick(told.get(f"{number}@{epoch}"), made)
    store.put("model.safetensors", b"weights")
    value = quality + config.epochs / 100 + spec.settings.seed % 7 / 1e4
    metrics = {} if told.get("mute") else {"auc": value}
    return Outcome(out=spec.out, name="toy", steps=config.epochs, best_step=1, metrics=metrics)


def _state(store: Store) -> dict[str, Any]:
    try:
        return dict(json.loads(store.get(STATE_KEY)))
    except NotFound:
        return {}


def _keep(store: Store, made: list[int], validated: int) -> None:
    store.put(STATE_KEY, json.dumps({"made": made, "validated": validated}).encode())


def _progress(epoch: int, epochs: int, value: float, **flags: bool) -> Progress:
    return Progress(
        step=epoch,
        steps=epochs,
        epoch=epoch,
        epochs=epochs,
        rate=2.0,
        metric="auc",
        value=value,
        best=value,
        metrics={"auc": value, "loss": -value},
        **flags,
    )


def _trick(trick: Any, made: list[int]) -> None:
    match trick:
        case "raise":
            raise ValueError("something is wrong")
        case "config":
            raise ConfigError("the settings do not go together")
        case "memory":
            raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
        case "full":
            raise StoreFull("no room is left for a checkpoint")
        case "hang":
            time.sleep(10**6)
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "die once" if not made:
            os.kill(os.getpid(), signal.SIGKILL)
