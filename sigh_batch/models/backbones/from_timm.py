"""The networks of timm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import timm
from torch import nn

from sigh_batch.models.backbones import IMAGENET_MEAN, IMAGENET_STD, Backbone, libraries
from sigh_batch.models.document import Geometry


class Timm:
    """A library of networks."""

    def names(self) -> list[str]:
        """Return the names it has."""
        return list(timm.list_models())

    def find(self, name: str) -> Backbone | None:
        """Return the network of a name, which may say whose weights its input is that of, after a dot."""
        if not timm.is_model(name):
            return None
        known = timm.get_pretrained_cfg(name)
        told: Mapping[str, Any] = asdict(known) if known else {}
        _, height, width = told.get("input_size") or (3, 224, 224)
        return Backbone(
            name=f"timm/{name}",
            geometry=Geometry(
                mode="resize",
                height=height,
                width=width,
                interpolation="bilinear" if told.get("interpolation") == "bilinear" else "bicubic",
                mean=tuple(told.get("mean") or IMAGENET_MEAN),
                std=tuple(told.get("std") or IMAGENET_STD),
            ),
            fixed=bool(told.get("fixed_input_size")),
        )

    def build(self, name: str, classes: int, size: tuple[int, int], options: Mapping[str, Any]) -> nn.Module:
        """Return the network with fresh weights."""
        found = self.find(name)
        own = found and (found.geometry.height, found.geometry.width)
        more: dict[str, Any] = {"img_size": size} if found and found.fixed and own != size else {}
        network: nn.Module = timm.create_model(name, pretrained=False, num_classes=classes, **more)
        return network


libraries.register("timm")(Timm())
