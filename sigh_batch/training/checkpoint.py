"""What a training needs to go on as if nothing had happened: one safetensors file a checkpoint.

Tensors are tensors, everything else is JSON in the file's header, and nothing is ever unpickled. A file is
written whole or not at all, in any store. The best weights are a file of their own, named by their step, and
outlive the checkpoints that name them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save_file

from sigh_batch.data.objects import disk_faults, new_folder
from sigh_batch.data.sample import Json
from sigh_batch.errors import DataError
from sigh_batch.store import Store

FOLDER = "checkpoints/"
SCHEMA_VERSION = 1

Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A training at one moment, between two updates."""

    step: int
    """How many updates were made."""
    tensors: Tensors
    """Weights, their average, what the optimiser remembers."""
    state: Json
    """Everything else."""


def step_key(step: int) -> str:
    """Return the key of the checkpoint after `step` updates."""
    return f"{FOLDER}step-{step:09d}.safetensors"


def best_key(step: int) -> str:
    """Return the key of the weights that were the best after `step` updates."""
    return f"{FOLDER}best-{step:09d}.safetensors"


def write_checkpoint(store: Store, checkpoint: Checkpoint) -> None:
    """Write a checkpoint."""
    head = {"schema": SCHEMA_VERSION, "step": checkpoint.step, "state": checkpoint.state}
    _put(store, step_key(checkpoint.step), checkpoint.tensors, {"checkpoint": json.dumps(head)})


def write_best(store: Store, step: int, weights: Mapping[str, torch.Tensor]) -> None:
    """Write the weights that are the best so far."""
    _put(store, best_key(step), weights, {})


def read_best(store: Store, step: int) -> Tensors:
    """Return the weights that were the best after `step` updates; raises DataError when they are damaged."""
    key = best_key(step)
    return _parse(store.get(key), f"{key} in {store.url}")


def read_latest(store: Store, say: Callable[[str], None]) -> Checkpoint | None:
    """Return the newest checkpoint that can be read, or None; `say` hears of those that cannot."""
    keys = sorted((found.key for found in store.list(f"{FOLDER}step-")), reverse=True)
    for key in keys:
        data = store.get(key)
        where = f"{key} in {store.url}"
        try:
            head = json.loads(_header(data, where)["checkpoint"])
            if head["schema"] != SCHEMA_VERSION:
                raise DataError(
                    f"{where} has schema {head['schema']}, and this version reads {SCHEMA_VERSION}"
                )
            return Checkpoint(int(head["step"]), _parse(data, where), head["state"])
        except (DataError, ValueError, KeyError, TypeError) as error:
            say(f"left out: {error}" if isinstance(error, DataError) else f"left out: {where} is damaged")
    return None


def retain(store: Store, keep: int, best: int | None) -> None:
    """Delete all but the last `keep` checkpoints, and all but the best weights."""
    steps = sorted(found.key for found in store.list(f"{FOLDER}step-"))
    others = [found.key for found in store.list(f"{FOLDER}best-")]
    old = steps[:-keep] + [key for key in others if best is None or key != best_key(best)]
    for key in old:
        store.delete(key)


def _put(store: Store, key: str, tensors: Mapping[str, torch.Tensor], header: dict[str, str]) -> None:
    """Write tensors through a file, as they may be larger than what fits into memory twice."""
    apart = {name: tensor.detach().to("cpu").contiguous() for name, tensor in tensors.items()}
    _unshare(apart)
    with disk_faults(store.url), new_folder(store.scratch) as folder:
        path = Path(folder, "tensors")
        path.touch()
        mode = path.stat().st_mode
        save_file(apart, path, header)
        # The format's writer lets nobody else read its files; these are as readable as any other.
        path.chmod(mode)
        store.put_file(key, path)


def _unshare(tensors: Tensors) -> None:
    """Copy tensors that share memory, as tied weights do: the format stores each on its own."""
    seen: set[int] = set()
    for name, tensor in tensors.items():
        place = tensor.untyped_storage().data_ptr()
        if tensor.numel() and place in seen:
            tensors[name] = tensor.clone()
        seen.add(place)


def _header(data: bytes, where: str) -> dict[str, str]:
    """Return the texts of a safetensors header: a length of eight bytes, then JSON."""
    length = int.from_bytes(data[:8], "little")
    if length > len(data):
        raise DataError(f"{where} is damaged: it is cut off")
    found: dict[str, str] = json.loads(data[8 : 8 + length])["__metadata__"]
    return found


def _parse(data: bytes, where: str) -> Tensors:
    try:
        return load(data)
    except SafetensorError as error:
        raise DataError(f"{where} is damaged: {error}") from error
