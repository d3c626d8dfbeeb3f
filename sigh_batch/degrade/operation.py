"""The seam of this room: an operation draws its parameters and applies them, two separate steps.

Whoever has the parameters can do the same again: `apply` depends on the picture and the parameters
alone, and what is random in it comes from a seed among them. `draw` looks at the picture's size and at
the boxes of its elements. A forged picture and its clean twin therefore share one draw: draw once, then
apply to both.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from sigh_batch.data.sample import Json
from sigh_batch.degrade.picture import Picture
from sigh_batch.degrade.rules import Fields
from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.registry import Registry
from sigh_batch.rng import Draws


class Operation(ABC):
    """One thing that is done to pictures; its docstring says what it stands for in the world."""

    rules: ClassVar[Fields]
    """Its parameters."""
    unit: ClassVar[str]
    """What a level of the sweep is."""
    levels: ClassVar[tuple[float, ...]]
    """The sweep, from the mildest to the harshest."""
    identity: ClassVar[float | None] = None
    """The level at which not one pixel changes, where there is one."""
    limit: ClassVar[int] = 65_535
    """The longest side of a picture that it can take."""

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Return random parameters for pictures of this size and these elements, as plain JSON."""

    @abstractmethod
    def at(self, level: float) -> Json:
        """Return the parameters of one level of the sweep, for any picture; replace some for a variant."""

    @abstractmethod
    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Return the changed picture; the parameters are checked, and the history has its entry."""

    def fits(self, picture: Picture) -> bool:
        """Say whether the picture is small enough for it."""
        return max(picture.width, picture.height) <= self.limit

    def area(self, picture: Picture, params: Mapping[str, Any]) -> int:
        """Return how many pixels the picture comes to have: told beforehand by what may make it larger."""
        return picture.width * picture.height

    def apply(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Return the picture with it done and noted; equal arguments give equal bytes.

        Raises ConfigError for parameters that it does not take and for a picture that is too large.
        """
        self.rules.check(self.name, params)
        if not self.fits(picture):
            raise ConfigError(
                f"{self.name} takes pictures of at most {self.limit} pixels a side and this one is "
                f"{picture.width}x{picture.height}; leave it out or scale the picture down first"
            )
        return self.change(picture.noted({"type": self.name, "params": dict(params)}), params)


Kind = TypeVar("Kind", bound=type[Operation])

_WORLD = "sigh_batch.degrade.degradations"
_EDITS = "sigh_batch.degrade.benign"

degradations: Registry[Operation] = Registry(
    "degradation",
    {
        "blur": f"{_WORLD}.blur",
        "double_jpeg": f"{_WORLD}.double_jpeg",
        "grid_crop": f"{_WORLD}.grid_crop",
        "jpeg": f"{_WORLD}.jpeg",
        "messenger": f"{_WORLD}.messenger",
        "noise": f"{_WORLD}.noise",
        "palette": f"{_WORLD}.palette",
        "rescreenshot": f"{_WORLD}.rescreenshot",
        "resize": f"{_WORLD}.resize",
        "screen_photo": f"{_WORLD}.screen_photo",
        "sharpen": f"{_WORLD}.sharpen",
        "tone": f"{_WORLD}.tone",
        "webp": f"{_WORLD}.webp",
    },
)
benign: Registry[Operation] = Registry(
    "benign edit",
    {
        "arrow": f"{_EDITS}.arrow",
        "blurred_name": f"{_EDITS}.blurred_name",
        "circle": f"{_EDITS}.circle",
        "crop": f"{_EDITS}.crop",
        "highlighter": f"{_EDITS}.highlighter",
        "letterbox": f"{_EDITS}.letterbox",
        "redaction": f"{_EDITS}.redaction",
        "resave": f"{_EDITS}.resave",
        "rescale": f"{_EDITS}.rescale",
        "scroll_stitch": f"{_EDITS}.scroll_stitch",
        "watermark": f"{_EDITS}.watermark",
    },
)


def degradation(name: str) -> Callable[[Kind], Kind]:
    """Return the decorator that puts an operation among the degradations."""
    return _into(degradations, name)


def benign_edit(name: str) -> Callable[[Kind], Kind]:
    """Return the decorator that puts an operation among the benign edits."""
    return _into(benign, name)


def _into(family: Registry[Operation], name: str) -> Callable[[Kind], Kind]:
    def put(kind: Kind) -> Kind:
        family.register(name)(kind(name))
        return kind

    return put


def find(name: str) -> Operation:
    """Return the operation of either family; no name is in both.

    Raises UnknownName with the nearest name there is.
    """
    for family in (degradations, benign):
        if name in family.names():
            return family.get(name)
    raise UnknownName("operation", name, (*degradations.names(), *benign.names()))


def replay(picture: Picture, steps: Iterable[Mapping[str, Any]]) -> Picture:
    """Apply steps as a history has them (`type`, `params`); passing over encodings."""
    for step in steps:
        if "type" in step:
            picture = find(step["type"]).apply(picture, step["params"])
    return picture
