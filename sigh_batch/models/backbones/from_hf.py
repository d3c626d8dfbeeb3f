"""The image classifiers of Hugging Face transformers: by the name of their kind, or from a folder.

A kind such as `hf/vit` is built as its configuration comes; `hf/PATH` reads config.json in a folder, and
preprocessor_config.json beside it. The configuration is kept in the model's document, so that the folder is
needed no more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from sigh_batch.errors import ConfigError, DataError, MissingLibrary
from sigh_batch.models.backbones import IMAGENET_MEAN, IMAGENET_STD, Backbone, libraries
from sigh_batch.models.document import Geometry

_CONFIG = "config.json"
_INPUT = "preprocessor_config.json"
_BICUBIC = 3
_SIDE = 224


class Transformers:
    """A library of networks."""

    def names(self) -> list[str]:
        """Return the kinds it has; none where it is not installed."""
        if not find_spec("transformers"):
            return []
        from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES

        return list(MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES)

    def find(self, name: str) -> Backbone | None:
        """Return the network of a kind, or that of a folder."""
        folder = Path(name).expanduser()
        if (folder / _CONFIG).is_file():
            return _of_folder(folder)
        transformers = _library()
        if name not in self.names():
            return None
        config = transformers.AutoConfig.for_model(name)
        return Backbone(
            name=f"hf/{name}",
            geometry=_geometry(config.to_dict(), {}),
            fixed="image_size" in config.to_dict(),
            options={"config": _plain(config)},
        )

    def build(self, name: str, classes: int, size: tuple[int, int], options: Mapping[str, Any]) -> nn.Module:
        """Return the network with fresh weights."""
        transformers = _library()
        values = dict(options["config"])
        kind = values.pop("model_type")
        if "image_size" in values:
            values["image_size"] = size[0] if size[0] == size[1] else list(size)
        config = transformers.AutoConfig.for_model(kind, **values)
        config.num_labels = classes
        return Logits(transformers.AutoModelForImageClassification.from_config(config))


class Logits(nn.Module):
    """A network of transformers that answers with its logits alone."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> Tensor:
        """Return the logits of normalised pictures."""
        logits: Tensor = self.network(pixel_values=pictures).logits
        return logits


def _library() -> Any:
    if not find_spec("transformers"):
        raise MissingLibrary(
            "backbones named hf/... need transformers; install it with: pip install 'sigh-batch[hf]'"
        )
    import transformers

    return transformers


def _of_folder(folder: Path) -> Backbone:
    config = _read(folder / _CONFIG)
    kind = config.get("model_type")
    transformers = _library()
    if kind not in Transformers().names():
        raise ConfigError(
            f"{folder / _CONFIG} is of model_type {kind!r}, which transformers has no image classifier of; "
            "name another"
        )
    beside = folder / _INPUT
    built = transformers.AutoConfig.for_model(
        **{key: value for key, value in config.items() if key not in ("id2label", "label2id", "num_labels")}
    )
    return Backbone(
        name=f"hf/{kind}",
        geometry=_geometry(config, _read(beside) if beside.is_file() else {}),
        fixed="image_size" in built.to_dict(),
        options={"config": _plain(built)},
    )


def _geometry(config: Mapping[str, Any], told: Mapping[str, Any]) -> Geometry:
    """Return the input that a folder tells of, or else its network's configuration."""
    size = told.get("crop_size") or told.get("size") or config.get("image_size") or _SIDE
    if isinstance(size, Mapping):
        side = size.get("shortest_edge", _SIDE)
        size = size.get("height", side), size.get("width", side)
    height, width = (size, size) if isinstance(size, int) else size
    return Geometry(
        mode="resize",
        height=height,
        width=width,
        interpolation="bicubic" if told.get("resample", _BICUBIC) == _BICUBIC else "bilinear",
        mean=tuple(told.get("image_mean") or IMAGENET_MEAN),
        std=tuple(told.get("image_std") or IMAGENET_STD),
    )


def _plain(config: Any) -> dict[str, Any]:
    """Return a configuration as JSON has it, without the names of its classes: those are the document's."""
    values: dict[str, Any] = json.loads(config.to_json_string())
    return {key: value for key, value in values.items() if key not in ("id2label", "label2id", "num_labels")}


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path} cannot be read as JSON ({error}); take the model from its origin again"
        ) from error
    if not isinstance(found, dict):
        raise DataError(f"{path} is no JSON object; take the model from its origin again")
    return found


libraries.register("hf")(Transformers())
