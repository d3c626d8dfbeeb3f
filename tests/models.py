"""Small models that tests share: real networks of a few thousand weights, written to a store."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sigh_batch.models.document import Architecture, Calibration, Geometry, ModelDocument
from sigh_batch.models.file import write_model
from sigh_batch.models.networks import build_network
from sigh_batch.store import Store

SIDE = 32
TILES: dict[str, Any] = {
    "channels": (8, 8, 8, 8),
    "blocks": (1, 1, 1),
    "context": 1,
    "kinds": 2,
    "heads": 2,
    "operations": ["text_replace", "splice"],
}


def classes_document(classes: tuple[str, ...] = ("clean", "forged"), **changes: Any) -> ModelDocument:
    """Return the document of a small network over pictures of 32 x 32."""
    values: dict[str, Any] = {
        "name": "small",
        "architecture": Architecture(name="timm/test_resnet", options={"size": [SIDE, SIDE]}),
        "classes": classes,
        "geometry": Geometry(mode="resize", height=SIDE, width=SIDE, crop=0.9),
    }
    return ModelDocument(**(values | changes))


def tiles_document(**changes: Any) -> ModelDocument:
    """Return the document of a small network over tiles."""
    values: dict[str, Any] = {
        "name": "small tiles",
        "architecture": Architecture(name="tiles", options=TILES),
        "classes": ("clean", "forged"),
        "operations": tuple(TILES["operations"]),
        "geometry": Geometry(mode="native"),
    }
    return ModelDocument(**(values | changes))


def put_model(store: Store, document: ModelDocument) -> ModelDocument:
    """Write a model with weights that make it say something else of every picture."""
    torch.manual_seed(1)
    network = build_network(document.architecture, len(document.classes))
    state = {
        name: tensor + 0.1 * torch.randn_like(tensor)
        if tensor.is_floating_point() and "running" not in name
        else tensor
        for name, tensor in network.state_dict().items()
    }
    return write_model(store, document, state)


def calibration(**changes: Any) -> Calibration:
    """Return a calibration that changes every number."""
    values: dict[str, Any] = {
        "id": "c",
        "scale": 0.5,
        "shift": -1.0,
        "map_scale": 2.0,
        "map_shift": 0.25,
        "split": "validation",
        "pictures": 10,
    }
    return Calibration(**(values | changes))


def pictures(count: int = 5, seed: int = 3) -> list[NDArray[np.uint8]]:
    """Return read-only pictures of different sizes."""
    draws = np.random.Generator(np.random.Philox(seed))
    found = []
    for number in range(count):
        height, width = 33 + 7 * number, 60 - 5 * number
        coarse = draws.integers(0, 256, (height // 4 + 1, width // 4 + 1, 3), np.uint8)
        pixels = coarse.repeat(4, 0).repeat(4, 1)[:height, :width].copy()
        pixels.flags.writeable = False
        found.append(pixels)
    return found
