"""Classification networks of other libraries, by name: torchvision, timm and Hugging Face transformers.

Nothing is fetched: a network is built with fresh weights, and weights come from files that the user names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from sigh_batch.errors import UnknownName
from sigh_batch.models.document import Geometry
from sigh_batch.registry import Registry

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True, kw_only=True)
class Backbone:
    """A network that a library knows, and the input it was made for."""

    name: str
    """With its library: `torchvision/resnet50`."""
    geometry: Geometry
    """Its own input size and normalisation."""
    fixed: bool = False
    """Whether it is built for one size of input."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What else it is built with, as plain values."""


class Library(Protocol):
    """A library of networks."""

    def names(self) -> list[str]:
        """Return the names it has, for messages."""

    def find(self, name: str) -> Backbone | None:
        """Return the network of a name, or None where it has none."""

    def build(self, name: str, classes: int, size: tuple[int, int], options: Mapping[str, Any]) -> nn.Module:
        """Return the network with fresh weights: normalised pictures of that size in, logits out."""


libraries: Registry[Library] = Registry(
    "library of backbones",
    {
        "torchvision": "sigh_batch.models.backbones.from_torchvision",
        "timm": "sigh_batch.models.backbones.from_timm",
        "hf": "sigh_batch.models.backbones.from_hf",
    },
)
"""Libraries by the word before the slash."""

_SEARCHED = ("torchvision", "timm", "hf")
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


def find_backbone(name: str) -> Backbone:
    """Return the backbone of a name such as `timm/vit_base_patch16_224`, or of a bare one such as `resnet50`.

    A bare name is looked for in torchvision, then timm, then transformers. Raises UnknownName with the
    nearest one, MissingLibrary where transformers is asked for and not installed.
    """
    word, slash, rest = name.partition("/")
    if slash:
        library = libraries.get(word)
        found = library.find(rest)
        if found is None:
            raise UnknownName("backbone", name, (f"{word}/{known}" for known in library.names()))
        return found
    names: list[str] = []
    for word in _SEARCHED:
        library = libraries.get(word)
        known = library.names()
        found = library.find(name) if known else None
        if found is not None:
            return found
        names += known
    raise UnknownName("backbone", name, names, "or name the library, as in torchvision/resnet50")
