"""Screenshots that are in no set: each is drawn when it is read, as often as it is read."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import HOW
from sigh_batch.data.sample import Json
from sigh_batch.errors import MissingGlyph, UnreadablePicture
from sigh_batch.sources import Original
from sigh_batch.stages.engine import engine_of
from sigh_batch.stages.generate import Generate
from sigh_batch.stages.scenes import draw_scene

_DONORS = 256
"""So many are offered to be taken from: to know their skins, what they show has to be drawn up."""


class Screenshots:
    """A source of as many pictures as the settings count, none of which is stored."""

    notes: tuple[str, ...] = ()

    def __init__(self, settings: Settings) -> None:
        self._generate = Generate(settings)
        self._count = settings.count
        self.identity: Json = {"kind": "generate", "engine": engine_of("generate", settings)}
        self.origin: Json | None = {
            "kind": "generate",
            "settings": settings.model_dump(mode="json", exclude=HOW),
        }

    def __len__(self) -> int:
        return self._count

    def read(self, number: int) -> Original:
        """Draw a picture; raises UnreadablePicture where no font has a character of the user's own text."""
        scene = self._generate.scene(number)
        try:
            drawn = draw_scene(self._generate, scene)
        except MissingGlyph as error:
            raise UnreadablePicture("unreadable_image", str(error)) from None
        drawn.pixels.flags.writeable = False
        identity = self._generate.id_of(number)
        return Original(
            id=identity,
            pixels=drawn.pixels,
            group=identity,
            split=scene.split,
            elements=drawn.elements,
            skin=scene.skin,
            theme=scene.theme,
            scale=scene.device.scale,
            font=scene.device.family,
            locale=scene.conversation.locale,
            index=number,
        )

    def alike(self, split: str, skin: str | None = None) -> NDArray[np.int64]:
        """Return the numbers of some pictures of a split, in order; of one skin where one is named."""
        found = [
            number for number, kind in enumerate(self._kinds) if kind[0] == split and skin in (None, kind[1])
        ]
        return np.array(found, np.int64)

    @cached_property
    def _kinds(self) -> list[tuple[str, str]]:
        """The split and the skin of each picture that is offered to be taken from."""
        scenes = map(self._generate.scene, range(min(_DONORS, self._count)))
        return [(scene.split, scene.skin) for scene in scenes]
