"""Forging screenshots: index -> one of a pair, a forged picture and its clean twin.

Both come of one picture of the source and go the same way through the world: the same saves, the same
honest edit, the same degradations, the same last encoder, all drawn before it is known which is forged. So
nothing of the file tells the class, and the mask is exactly where the two differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import RunSpec
from sigh_batch.data.sample import Json, Sample
from sigh_batch.degrade.encode import encode
from sigh_batch.degrade.operation import replay
from sigh_batch.degrade.picture import Picture, picture_of
from sigh_batch.degrade.twins import SOURCE, Twins, marked
from sigh_batch.errors import NothingToForge
from sigh_batch.forge.case import Case
from sigh_batch.forge.hand import Hand
from sigh_batch.render.encode import mask_png
from sigh_batch.rng import Draws
from sigh_batch.sources import Original, Source
from sigh_batch.stages import stages
from sigh_batch.stages.annotations import Elements, boxes_of, moved, pruned
from sigh_batch.stages.forging import Forged, Forger, Plan
from sigh_batch.stages.material import Material, case_of, read_from
from sigh_batch.stages.pairs import Pairs
from sigh_batch.stages.scenes import Scenes, hindrance
from sigh_batch.stages.world import Steps, Way, World

_NO_PIXELS = np.empty((0, 0, 3), np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Deed:
    """What a forger did, and who it was; its pictures are elsewhere."""

    elements: Elements
    """What stands where and what it says afterwards."""
    ops: tuple[Json, ...]
    before: Steps
    """How the picture had been saved when the forger opened it."""
    hand: Hand | None = None
    """None where the conversation was changed."""
    donors: tuple[str, ...] = ()
    """Ids of other pictures that parts were taken from."""

    @property
    def told(self) -> Json:
        """What is recorded of it beside the operations."""
        return {"hand": self.hand.as_json(), "donors": list(self.donors)} if self.hand else {}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Story:
    """What happened to a pair, up to the moment when both are saved for the last time."""

    original: Original
    """Without its pixels."""
    elements: Elements
    """What stands where on the original."""
    deed: Deed
    twins: Twins
    drawn: Json
    benign: str | None


class Distort:
    """Makes pairs; every sample is a function of the settings, the source and its index."""

    def __init__(self, settings: Settings, source: Source) -> None:
        self._config = settings.distort
        self._source = source
        self._material = Material(source)
        self._pairs = Pairs(settings.seed, settings.count, len(source))
        self._plan = Plan(settings.distort, foreign=source.origin is None)
        self._world = World(settings.distort)
        self._scene_share = 0.0 if hindrance(source) else settings.distort.scene
        self._last: tuple[int, tuple[Sample, Sample]] | None = None

    def id_of(self, index: int) -> str:
        """Return the id of a sample, which tells nothing of its class."""
        return self._pairs.id_of(index)

    def make(self, index: int) -> Sample:
        """Return one of a pair.

        Raises UnreadablePicture when the picture of the pair cannot be read, NothingToForge when no edit
        finds a target on it: then neither of the two can be made.
        """
        number = index // 2
        if self._last is None or self._last[0] != number:
            self._last = None
            self._last = number, self._both(number)
        return self._last[1][index % 2]

    @cached_property
    def _scenes(self) -> Scenes:
        return Scenes(self._source)

    def _both(self, number: int) -> tuple[Sample, Sample]:
        """Return both samples of a pair in their order."""
        pair = self._pairs.of(2 * number)
        draws = self._pairs.draws(number)
        story = self._tell(draws, pair.picture)
        size = story.twins.clean.width, story.twins.clean.height
        codec, settings = self._world.codec(draws.fork("codec"), *size)
        first, second = (
            self._sample(2 * number + place, story, codec, settings, forged=place == pair.forged)
            for place in (0, 1)
        )
        return first, second

    def _tell(self, draws: Draws, picture: int) -> Story:
        """Forge a picture of the source and lead both through the world."""
        original = self._source.read(picture)
        case = case_of(original)
        elements = case.elements
        way, deed = self._forge(draws, original, case)
        # What a large picture was before need not lie beside all that becomes of it.
        original = replace(original, pixels=_NO_PIXELS)
        del case
        after = self._world.after(draws.fork("after"), way)
        honest = self._world.honest(draws.fork("benign"), way)
        degraded = self._world.degrade(draws.fork("degradations"), way)
        drawn = {
            **original.drawn,
            "source": {"id": original.id, "index": original.index},
            "before": deed.before,
            "after": after,
            "benign": honest,
            "degradations": degraded,
        }
        return Story(
            original=original,
            elements=elements,
            deed=deed,
            twins=way.twins,
            drawn=drawn,
            benign=next((step["type"] for step in honest if "skipped" not in step), None),
        )

    def _forge(self, draws: Draws, original: Original, case: Case) -> tuple[Way, Deed]:
        """Return the pair as the forger leaves it, and what he did."""
        clean = picture_of(
            case.pixels, boxes=boxes_of(case.elements), kinds=[element.kind for element in case.elements]
        )
        before = self._world.before(draws.fork("before"), clean)
        work = draws.fork("forgery")
        hand: Hand | None = None
        donors: tuple[str, ...] = ()
        forged = self._change_scene(work, original) if draws.fork("depth").chance(self._scene_share) else None
        if forged is not None:
            way = Way(_twins(clean, forged))
            before = self._world.redo(before, way)
        else:
            clean = replay(clean, before)
            forged, hand, donors = self._change_pixels(work, original, replace(case, pixels=clean.pixels))
            way = Way(_twins(clean, forged))
        return way, Deed(elements=forged.elements, ops=forged.ops, before=before, hand=hand, donors=donors)

    def _change_scene(self, draws: Draws, original: Original) -> Forged | None:
        """Return the picture of a changed conversation, or None where it shows no message to change."""
        weights = self._plan.scene_operations[original.split]
        count = self._plan.count(draws.fork("scene"))
        try:
            return self._scenes.forge(draws, original, weights, count, self._config.min_pixels)
        except NothingToForge:
            return None

    def _change_pixels(
        self, draws: Draws, original: Original, case: Case
    ) -> tuple[Forged, Hand, tuple[str, ...]]:
        """Return the picture as a forger leaves it, who it was, and the ids of whose parts he took."""
        hand = self._plan.hand(draws.fork("hand"), original.split)
        donors: list[str] = []
        forger = Forger(
            hand=hand,
            kit=self._material.kit(original, donors),
            weights=self._plan.operations[original.split],
            least=self._config.min_pixels,
        )
        return forger.work_on(draws, case, self._plan.count(draws)), hand, tuple(donors)

    def _sample(self, index: int, story: Story, codec: str, settings: Json, *, forged: bool) -> Sample:
        """Save one of a pair, and say all that is true of it."""
        original, deed = story.original, story.deed
        picture = story.twins.forged if forged else story.twins.clean
        encoded = encode(picture.pixels, codec, settings)
        mask = story.twins.mask if forged else np.zeros((picture.height, picture.width), np.bool_)
        source = (picture.mask & SOURCE) > 0
        elements, ops = (
            _placed(deed.elements, deed.ops, picture) if forged else _placed(story.elements, (), picture)
        )
        return Sample(
            id=self._pairs.id_of(index),
            index=index,
            seed=self._pairs.seed,
            stage="distort",
            group=original.group,
            pair=self._pairs.name(index // 2),
            split=original.split,
            label=int(forged),
            format=encoded.format,
            width=picture.width,
            height=picture.height,
            image=encoded.data,
            mask=mask_png(mask),
            mask_pixels=int(np.count_nonzero(mask)),
            source_mask=mask_png(source) if source.any() else None,
            scene_depth=deed.hand is None,
            benign=story.benign,
            ops=ops,
            encodes=(*original.encodes, *picture.encodes, encoded.entry),
            skin=original.skin,
            theme=original.theme,
            scale=original.scale,
            font=original.font,
            locale=original.locale,
            elements=elements,
            drawn={**story.drawn, **deed.told} if forged else story.drawn,
        )


@stages.register("distort")
def open_distort(spec: RunSpec) -> Distort:
    """Return the stage of a run."""
    return Distort(spec.settings, read_from(spec))


def _twins(clean: Picture, forged: Forged) -> Twins:
    """Return both pictures, with the places of elements and of edits to move along."""
    boxes = [*boxes_of(forged.elements), *(op[name] for op, name in _told_boxes(forged.ops))]
    kinds = [element.kind for element in forged.elements]
    kinds += ["edit"] * (len(boxes) - len(kinds))
    picture = replace(
        clean, pixels=forged.pixels, boxes=np.asarray(boxes, np.float64).reshape(-1, 4), kinds=tuple(kinds)
    )
    return Twins(clean=clean, forged=marked(picture, forged.mask, forged.source))


def _told_boxes(ops: Iterable[Json]) -> list[tuple[Json, str]]:
    """Return the operations with the names of the boxes that they tell of, in one order."""
    return [(op, name) for op in ops for name in ("box", "source") if op.get(name)]


def _placed(elements: Elements, ops: tuple[Json, ...], picture: Picture) -> tuple[Elements, tuple[Json, ...]]:
    """Return elements and operations with their places on the final picture."""
    ops = tuple(dict(op) for op in ops)
    count = len(elements)
    for (op, name), box in zip(_told_boxes(ops), picture.boxes[count:].tolist(), strict=True):
        op[name] = [round(side, 2) for side in box]
    return pruned(moved(elements, picture.boxes[:count]), ops)
