"""Forgeries in the conversation: what is said is changed, and the client that drew it draws it anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sigh_batch.config.spec import RunSpec
from sigh_batch.data.sample import Element, Json
from sigh_batch.degrade.picture import Pixels
from sigh_batch.degrade.twins import differing
from sigh_batch.errors import ConfigError, DataError, MissingGlyph, NothingToForge
from sigh_batch.forge.operation import scene_forgeries
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation, Message
from sigh_batch.sources import Original, Source
from sigh_batch.stages.engine import engine_of
from sigh_batch.stages.forging import Forged
from sigh_batch.stages.generate import Generate, Scene
from sigh_batch.stages.shares import pick

_TRIES = 24
_FURTHER_TRIES = 4


def hindrance(source: Source) -> str | None:
    """Return why conversations of a source cannot be drawn anew, or None when they can."""
    try:
        spec = _origin_of(source)
    except ConfigError:
        return "it was made by another version of this product"
    if spec is None:
        return "it is no set of generated screenshots"
    if source.identity.get("engine") != engine_of(spec.kind, spec.settings):
        return "it was made by other versions of what draws it"
    return None


def _origin_of(source: Source) -> RunSpec | None:
    """Return the spec of the run that generated a source; raises ConfigError when it cannot be read."""
    if source.origin is None or source.origin.get("kind") != "generate":
        return None
    return RunSpec.from_json(json.dumps({**source.origin, "out": "the source"}))


class Drawn(NamedTuple):
    """A scene and the picture of it."""

    scene: Scene
    pixels: Pixels
    elements: tuple[Element, ...]


def draw_scene(generate: Generate, scene: Scene) -> Drawn:
    """Return the picture of a scene; raises MissingGlyph when no font has a character of it."""
    page = generate.paint(scene)
    return Drawn(scene, np.ascontiguousarray(page.canvas.rgba()[..., :3]), tuple(page.elements))


class Scenes:
    """Draws the conversations of a generated set anew."""

    def __init__(self, source: Source) -> None:
        spec = _origin_of(source)
        assert spec is not None, "no generated set"
        self._generate = Generate(spec.settings)

    def forge(
        self, draws: Draws, original: Original, weights: Mapping[str, float], count: int, least: int
    ) -> Forged:
        """Return the picture of a conversation after `count` edits, or fewer where it offers no more.

        Raises NothingToForge when not one can be made, DataError when the untouched conversation is not
        drawn as it is stored.
        """
        clean = now = self.draw(original)
        if not np.array_equal(clean.pixels, original.pixels):
            raise DataError(
                f"sample {original.id} is drawn otherwise than it is stored, though by the same versions; "
                "avatars, fonts or a corpus may have changed: set distort.scene to 0"
            )
        deeds: list[_Deed] = []
        for number in range(count):
            tries = _FURTHER_TRIES if deeds else _TRIES
            edit = self._edit(draws.fork(f"edit{number}"), now, weights, least, tries)
            if edit is not None:
                now, deed = edit
                deeds.append(deed)
        mask = differing(clean.pixels, now.pixels)
        if not deeds or np.count_nonzero(mask) < least:
            raise NothingToForge(
                f"none of the drawn edits finds a message to change in sample {original.id}; "
                "give other distort.scene_operations"
            )
        ops = tuple(deed.entry_on(now) for deed in deeds)
        return Forged(pixels=now.pixels, elements=now.elements, ops=ops, mask=mask)

    def draw(self, original: Original) -> Drawn:
        """Return a picture of the set as it is drawn again, nothing changed."""
        assert original.index is not None, "a generated picture"
        return draw_scene(self._generate, self._generate.scene(original.index))

    def _edit(
        self, draws: Draws, now: Drawn, weights: Mapping[str, float], least: int, tries: int
    ) -> tuple[Drawn, _Deed] | None:
        """Return what is drawn after one edit, and what was done; None when none can be made."""
        visible = frozenset(e.message for e in now.elements if e.kind == "message" and e.message is not None)
        for attempt in range(tries):
            own = draws.fork(str(attempt))
            forgery = scene_forgeries.get(pick(own, weights))
            changed = forgery.change(own, now.scene.conversation, visible, now.scene.split)
            if changed is None:
                continue
            conversation, entry = changed
            try:
                drawn = draw_scene(self._generate, replace(now.scene, conversation=conversation))
            except MissingGlyph:
                continue
            if np.count_nonzero(differing(now.pixels, drawn.pixels)) >= least:
                number = entry["params"]["message"]
                message = None if number is None or not forgery.shows else conversation.messages[number]
                return drawn, _Deed(entry, forgery.shows, message)
        return None


class _Deed(NamedTuple):
    """One edit: its entry, and what to look for where it is drawn."""

    entry: Json
    kinds: tuple[str, ...]
    message: Message | None
    """What it was done to, if that is still there."""

    def entry_on(self, drawn: Drawn) -> Json:
        """Return the entry with its target, its box, and the number that its message has in the end."""
        params = self.entry["params"]
        if self.message is not None:
            params = {**params, "message": _number_of(self.message, drawn.scene.conversation)}
        person = params.get("person")
        for kind in self.kinds:
            for target, element in enumerate(drawn.elements):
                same = element.value == person if person else element.message == params["message"]
                if element.kind == kind and same:
                    return {**self.entry, "params": params, "target": target, "box": list(element[1:5])}
        return {**self.entry, "params": params}


def _number_of(message: Message, conversation: Conversation) -> int | None:
    """Return where a message has come to: the very same one, or at least one that says the same."""
    alike = None
    for number, other in enumerate(conversation.messages):
        if other is message:
            return number
        if alike is None and (other.author, other.text) == (message.author, message.text):
            alike = number
    return alike
