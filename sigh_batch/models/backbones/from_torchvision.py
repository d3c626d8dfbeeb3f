"""The classification networks of torchvision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn
from torchvision import models

from sigh_batch.models.backbones import Backbone, libraries
from sigh_batch.models.document import Geometry

_AUXILIARY = frozenset({"googlenet", "inception_v3"})
"""Networks that have further heads in training, which nothing here would teach."""


class Torchvision:
    """A library of networks."""

    def names(self) -> list[str]:
        """Return the names it has."""
        return list(models.list_models(module=models))

    def find(self, name: str) -> Backbone | None:
        """Return the network of a name, with the input of its published weights."""
        if name not in self.names():
            return None
        preset = models.get_model_weights(name).DEFAULT.transforms()
        side = preset.crop_size[0]
        return Backbone(
            name=f"torchvision/{name}",
            geometry=Geometry(
                mode="resize",
                height=side,
                width=side,
                interpolation="bicubic" if preset.interpolation.value == "bicubic" else "bilinear",
                mean=tuple(preset.mean),
                std=tuple(preset.std),
            ),
            fixed=name.startswith(("vit_", "maxvit_")),
        )

    def build(self, name: str, classes: int, size: tuple[int, int], options: Mapping[str, Any]) -> nn.Module:
        """Return the network with fresh weights."""
        more: dict[str, Any] = {}
        if name in _AUXILIARY:
            more = {"aux_logits": False, "init_weights": True}
        elif name.startswith("vit_"):
            more = {"image_size": size[0]}
        elif name.startswith("maxvit_"):
            more = {"input_size": size}
        network: nn.Module = models.get_model(name, weights=None, num_classes=classes, **more)
        return network


libraries.register("torchvision")(Torchvision())
