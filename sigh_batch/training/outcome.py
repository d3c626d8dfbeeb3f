"""What is left of a training: a calibrated model with its document, written where `--model` finds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from sigh_batch.data.sample import Json
from sigh_batch.data.trained import MODEL_KEY
from sigh_batch.models.document import ModelDocument
from sigh_batch.models.file import read_document, write_model
from sigh_batch.store import Store
from sigh_batch.training.calibration import calibrate
from sigh_batch.training.task import Calibrated, Task


def write_outcome(
    store: Store,
    task: Task,
    model: nn.Module,
    device: torch.device,
    *,
    training: Json,
    data: Json,
    versions: Mapping[str, str],
    metrics: Mapping[str, float],
) -> ModelDocument:
    """Calibrate the model where its task can, and write it; model.json comes last and says it is done."""
    model.eval()
    document = task.document(training)
    found: dict[str, Any] = {
        "data": {**document.data, **data},
        "versions": {**document.versions, **versions},
        "metrics": {**document.metrics, **metrics},
    }
    if isinstance(task, Calibrated):
        with torch.no_grad():
            fitted = calibrate(task.held_out(model, device))
        if fitted:
            found |= {"calibration": fitted[0], "thresholds": fitted[1]}
    return write_model(store, document.model_copy(update=found), model.state_dict())


def written_outcome(store: Store) -> ModelDocument | None:
    """Return the document of a training that is done, or None."""
    return read_document(store) if store.stat(MODEL_KEY) is not None else None
