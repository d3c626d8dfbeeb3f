"""What befalls a pair beside the forgery, drawn before anyone knows which of the two is forged."""

from __future__ import annotations

from dataclasses import dataclass

from sigh_batch.config.distort import DistortConfig
from sigh_batch.data.sample import Json
from sigh_batch.degrade.encode import LONGEST, draw_settings
from sigh_batch.degrade.operation import benign, degradations, find
from sigh_batch.degrade.picture import Picture
from sigh_batch.degrade.twins import Step, Twins
from sigh_batch.rng import Draws
from sigh_batch.stages.shares import check_names, pick

_SAVES = {"jpeg": 0.8, "webp": 0.2}
_BENIGN_TRIES = 4
_HIDING = frozenset({"blurred_name", "redaction"})
"""Honest edits that take strings out of sight, in places that their parameters name."""
_STRINGS = frozenset({"author", "header", "line", "separator", "system", "text", "time", "word"})

Steps = list[Json]
"""What was done in order: `type`, `params`, and `skipped` with the reason where it was not."""


@dataclass(slots=True)
class Way:
    """A pair on its way through the world.

    It alone holds the pictures of the pair, so that those of a step are gone as soon as the next one is done.
    """

    twins: Twins
    """What the pair looks like now."""

    def follow(self, step: Step) -> Json:
        """Go a step, and return what is told of it."""
        self.twins = step.twins
        return step.told


class World:
    """Draws saves, honest edits, degradations and the last codec.

    Raises UnknownName for settings that name what there is not.
    """

    def __init__(self, config: DistortConfig) -> None:
        check_names("benign edit", config.benign, benign.names())
        check_names("degradation", config.degradations, degradations.names())
        check_names("format", config.formats, LONGEST)
        self._config = config

    def before(self, draws: Draws, picture: Picture) -> Steps:
        """Return how the picture had been saved when the forger opens it; nothing is done yet."""
        if not draws.chance(self._config.saved_before):
            return []
        name = pick(draws, _SAVES)
        if not find(name).fits(picture):
            return []
        return [{"type": name, "params": find(name).draw(draws, picture)}]

    def redo(self, steps: Steps, way: Way) -> Steps:
        """Do steps whose parameters are drawn with a pair whose forged one was there before them."""
        least = self._config.min_pixels
        return [way.follow(way.twins.follow(entry["type"], entry["params"], least)) for entry in steps]

    def after(self, draws: Draws, way: Way) -> Steps:
        """Do what the forger does with the whole picture when he is done."""
        config, least = self._config, self._config.min_pixels
        steps: Steps = []
        for name, share in (("rescreenshot", config.captured_after), (None, config.saved_after)):
            own = draws.fork(name or "save")
            if own.chance(share):
                steps.append(way.follow(way.twins.after(name or pick(own, _SAVES), own, least)))
        return steps

    def honest(self, draws: Draws, way: Way) -> Steps:
        """Do an honest edit or none; one that hides the forgery is drawn again, a few times."""
        steps: Steps = []
        if not draws.chance(self._config.honest):
            return steps
        for attempt in range(_BENIGN_TRIES):
            own = draws.fork(str(attempt))
            name = pick(own, self._config.benign)
            step = way.twins.after(name, own, self._config.min_pixels)
            steps.append(way.follow(step))
            if step.done:
                if name in _HIDING:
                    way.twins = way.twins.hiding(step.told["params"]["places"], _STRINGS)
                break
        return steps

    def degrade(self, draws: Draws, way: Way) -> Steps:
        """Do some degradations, none of them twice."""
        steps: Steps = []
        weights = dict(self._config.degradations)
        for number in range(int(pick(draws, self._config.steps))):
            if sum(weights.values()) <= 0:
                break
            own = draws.fork(str(number))
            name = pick(own, weights)
            del weights[name]
            steps.append(way.follow(way.twins.after(name, own, self._config.min_pixels)))
        return steps

    def codec(self, draws: Draws, width: int, height: int) -> tuple[str, Json]:
        """Return what the pair is stored as: a codec that holds pictures of this size, and its settings."""
        fitting = {
            name: weight
            for name, weight in self._config.formats.items()
            if max(width, height) <= LONGEST[name]
        }
        codec = pick(draws, fitting) if sum(fitting.values()) > 0 else "png"
        return codec, draw_settings(draws, codec, self._config.quality.min, self._config.quality.max)
