"""Pairs that are in no set: the stages that make sets make each of them when it is to be learned from."""

from __future__ import annotations

import threading

from sigh_batch.config.generate import SplitsConfig
from sigh_batch.config.identity import whole_values
from sigh_batch.config.settings import Settings
from sigh_batch.data.origins import origins_of
from sigh_batch.data.sample import Json
from sigh_batch.errors import NothingToForge, UnreadablePicture
from sigh_batch.stages.distort import Distort
from sigh_batch.stages.engine import engine_of
from sigh_batch.stages.screenshots import Screenshots
from sigh_batch.store import open_store
from sigh_batch.training.crops import Twins, read_mask, read_pixels

_SECTIONS = ("generate", "distort")
_EPOCH = 2**30
"""More pairs than an epoch has."""
_MANY = 2**40


class Fresh:
    """Pairs by number, as `sigh generate` and `sigh distort` make them: the same ones whenever they are made.

    People, words and font families of the other splits are in none of them, nor what the settings hold out,
    nor forgeries that leave no trace in the pixels.
    """

    def __init__(self, settings: Settings) -> None:
        every = {"splits": SplitsConfig(train=1, validation=0, test=0)}
        drawn = settings.model_copy(
            update={"count": _MANY, "generate": settings.generate.model_copy(update=every)}
        )
        forged = drawn.model_copy(
            update={"count": 2 * _MANY, "distort": settings.distort.model_copy(update={"scene": 0.0})}
        )
        self._stage = Distort(forged, Screenshots(drawn))
        self._lock = threading.Lock()

    def make(self, epoch: int, number: int) -> Twins | None:
        """Return a pair of an epoch; None where no forger finds anything to change."""
        index = 2 * (epoch * _EPOCH + number)
        try:
            # A stage remembers what it draws with, and is one thread's.
            with self._lock:
                one, other = self._stage.make(index), self._stage.make(index + 1)
        except (NothingToForge, UnreadablePicture):
            return None
        forged, clean = (one, other) if one.label else (other, one)
        edits = [(edit["type"], edit["box"]) for edit in forged.ops]
        return Twins(read_pixels(forged.image), read_mask(forged.mask), read_pixels(clean.image), edits)


def settings_beside(settings: Settings, data: str) -> Settings:
    """Return the settings by which pairs are made beside a set: what it holds out, they hold out too."""
    values = settings.model_dump()
    for spec in origins_of(open_store(data, settings.store, create=False), settings.store):
        for section in _SECTIONS:
            held = values[section]["hold_out"]
            kept = (spec.get("settings") or {}).get(section) or {}
            for name, names in kept.get("hold_out", {}).items():
                held[name] = tuple(sorted({*held[name], *names}))
    return Settings.model_validate(values)


def fresh_values(settings: Settings, data: str) -> Json:
    """Return what decides the fresh pairs of a training, as plain values; nothing where it has none."""
    if not settings.tiles.fresh:
        return {}
    beside = settings_beside(settings, data)
    sections = {name: whole_values(name, beside, {})[name] for name in _SECTIONS}
    return {**sections, "made_by": engine_of("distort", beside)}
