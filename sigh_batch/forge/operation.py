"""The seam of this room: a forgery draws what it will do, and does it, two separate steps.

`draw` looks at the picture and chooses a target; `carry_out` depends on the picture, the parameters, the
hand and the kit alone, so that a record is enough to do it again. What is random in `carry_out` comes
from a seed among the parameters.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from sigh_batch.data.sample import Json
from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.hand import Hand
from sigh_batch.registry import Registry
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation


class PixelForgery(ABC):
    """One thing that forgers do to finished pictures; its docstring says what it stands for."""

    foreign: ClassVar[bool] = False
    """Whether it needs no strings, so that it works on any picture with regions that look like text."""
    borrows: ClassVar[bool] = False
    """Whether it always takes from another picture, so that there must be one."""

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Return random parameters as plain JSON, or None when the picture offers no target."""

    @abstractmethod
    def carry_out(self, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
        """Return the forged picture; equal arguments give equal bytes.

        Raises ConfigError for parameters that do not fit the picture.
        """

    def entry(
        self,
        params: Mapping[str, Any],
        hand: Hand,
        box: Box,
        *,
        source: Box | None = None,
        old: str | None = None,
        new: str | None = None,
    ) -> Json:
        """Return what `Sample.ops` says of one edit; the target is a parameter of every operation."""
        return {
            "type": self.name,
            "skill": hand.skill,
            "target": params.get("target"),
            "old": old,
            "new": new,
            "box": list(box),
            "source": None if source is None else list(source),
            "params": {name: value for name, value in params.items() if name != "target"},
        }


class SceneForgery(ABC):
    """One thing that is changed in what is said, before the client draws it."""

    shows: ClassVar[tuple[str, ...]]
    """Kinds of elements in which the change is to be seen, the best first."""

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def change(
        self, draws: Draws, conversation: Conversation, visible: frozenset[int], split: str
    ) -> tuple[Conversation, Json] | None:
        """Return the changed conversation and the entry for `Sample.ops`; None when nothing fits.

        `visible` are the numbers of the messages that the clean picture shows: only these are worth forging.
        The entry's `params.message` is the number of the message.
        """


_PIXEL = "sigh_batch.forge.pixel"
_SCENE = "sigh_batch.forge.scene"

pixel_forgeries: Registry[PixelForgery] = Registry(
    "forgery",
    {
        name: f"{_PIXEL}.{name}"
        for name in (
            "avatar_swap",
            "blur",
            "copy_move",
            "cover",
            "erase",
            "glyph_damage",
            "inpaint",
            "message_delete",
            "message_insert",
            "message_reorder",
            "name_edit",
            "rerender",
            "resample",
            "splice",
            "text_replace",
            "time_edit",
        )
    },
)
scene_forgeries: Registry[SceneForgery] = Registry(
    "scene forgery",
    {
        name: f"{_SCENE}.{name}"
        for name in (
            "avatar_swap",
            "message_delete",
            "message_insert",
            "message_reorder",
            "name_edit",
            "text_replace",
            "time_edit",
        )
    },
)

PixelKind = TypeVar("PixelKind", bound=type[PixelForgery])
SceneKind = TypeVar("SceneKind", bound=type[SceneForgery])


def pixel_forgery(name: str) -> Callable[[PixelKind], PixelKind]:
    """Return the decorator that puts an operation among the forgeries of finished pictures."""

    def put(kind: PixelKind) -> PixelKind:
        pixel_forgeries.register(name)(kind(name))
        return kind

    return put


def scene_forgery(name: str) -> Callable[[SceneKind], SceneKind]:
    """Return the decorator that puts an operation among the forgeries of conversations."""

    def put(kind: SceneKind) -> SceneKind:
        scene_forgeries.register(name)(kind(name))
        return kind

    return put
