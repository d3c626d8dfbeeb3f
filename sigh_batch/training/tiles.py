"""Teaching the default detector: batches of crops, what is wrong about an answer, and how far it has come."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from sigh_batch.data.loader import open_dataset
from sigh_batch.data.order import Permutation
from sigh_batch.models.document import Architecture, Geometry, ModelDocument
from sigh_batch.models.grid import STRIDE
from sigh_batch.models.layers import settle
from sigh_batch.models.tiles import Answer, TilesNetwork, build_tiles
from sigh_batch.rng import Draws, for_sample
from sigh_batch.training.calibration import HeldOut, is_for_calibration
from sigh_batch.training.crops import Crop, beside, cut, cut_retouched, pairs_of
from sigh_batch.training.fresh import Fresh, settings_beside
from sigh_batch.training.honest import Honest
from sigh_batch.training.task import Assignment, Batch
from sigh_batch.training.tasks import tasks
from sigh_batch.training.trial import Trial

_STAGE = "tiles"
_AHEAD = 2
_EASY = 0.5


class _Block(NamedTuple):
    """Batches that are cut of the same pairs."""

    first: int
    """Number of the first batch."""
    batches: int
    late: bool
    """Whether they belong to the end of training."""
    side: int
    """Of the crops; 0 is the whole picture."""
    at: int
    """How many pairs of the epoch are in blocks before."""
    pairs: list[int]


@tasks.register("tiles")
class TilesTask:
    """The default detector's lesson."""

    metric = "auc"
    higher_is_better = True

    def __init__(self, assignment: Assignment) -> None:
        self._settings = assignment.settings
        self._config = assignment.settings.tiles
        self._data = open_dataset(assignment.data)
        self._train = pairs_of(self._data, "train")
        self._held = pairs_of(self._data, "validation")
        honest = self._config.honest
        self._honest = Honest(honest, assignment.settings.store) if honest else None
        self._fresh = Fresh(settings_beside(self._settings, assignment.data)) if self._config.fresh else None
        start = assignment.start
        shape = self._config.network.model_dump(mode="json")
        known = dict(start.architecture.options) if start else {}
        # The view of the whole picture stands beside the rest, so that a network can be given it later.
        later = {"commonness": known.get("commonness") or shape["commonness"]}
        self._options = shape | known | later
        self._operations = tuple(self._options["operations"])
        weights = self._config.crops
        pairs = sum(weight * self._pairs_a_block(_side(name)) for name, weight in weights.items())
        blocks = len(self._train) * sum(weights.values()) / pairs
        self.steps_per_epoch = max(1, round(blocks * self._config.together))
        train = assignment.settings.train
        batches = train.steps * train.accumulate if train.steps else train.epochs * self.steps_per_epoch
        self._late_from = batches - round(batches * self._config.late)

    def build(self) -> nn.Module:
        """Return the network with fresh weights."""
        network = build_tiles(self._options)
        if self._config.learns == "verdict":
            network.requires_grad_(False)
            network.verdict.requires_grad_(True)
        return network

    def batches(self, epoch: int, start: int = 0, rank: int = 0, ranks: int = 1) -> Iterator[Batch]:
        """Yield the batches of an epoch from number `start` on."""
        size = self._config.together
        plan = list(self._plan(epoch, ranks))[start // size :]
        skipped = start % size
        with ThreadPoolExecutor(max(1, self._settings.train.workers)) as pool:
            ready: deque[Future[list[Batch]]] = deque()
            waiting = iter(plan)
            try:
                while True:
                    while len(ready) < _AHEAD and (next_one := next(waiting, None)):
                        ready.append(pool.submit(self._batches, next_one, epoch, rank, ranks))
                    if not ready:
                        return
                    yield from ready.popleft().result()[skipped:]
                    skipped = 0
            finally:
                for future in ready:
                    future.cancel()

    def loss(self, model: nn.Module, batch: Batch) -> tuple[torch.Tensor, Mapping[str, float | torch.Tensor]]:
        """Return how wrong the answers to a batch are: of the picture, of its pixels, of the operations."""
        # Where all crops of a batch are of a picture or two, norms would go by those.
        if batch["late"] or self._config.learns == "verdict" or self._config.collage > 1:
            settle(model)
        answer: Answer = model(
            batch["pixels"].permute(0, 3, 1, 2).float(), batch["counts"], int(batch["pieces"])
        )
        mask = batch["mask"].float()
        picture = functional.binary_cross_entropy_with_logits(answer.picture.float(), batch["label"])
        operations = functional.binary_cross_entropy_with_logits(
            answer.operations.float(), batch["operations"], weight=batch["told"]
        )
        logits = answer.map.float()
        pixels = _even(logits, mask)
        tiles = _even(answer.tiles.float(), functional.max_pool2d(mask, STRIDE))
        dice = _dice(logits, mask, batch["label"])
        config = self._config
        total = (
            config.picture_weight * picture
            + config.map_weight * pixels
            + config.tile_weight * tiles
            + config.dice_weight * dice
            + config.operation_weight * operations
        )
        told = {
            "picture": picture,
            "pixels": pixels,
            "tiles": tiles,
            "dice": dice,
            "operations": operations,
        }
        return total, told

    def validate(self, model: nn.Module, device: torch.device) -> dict[str, float]:
        """Return what the network reaches on whole pictures."""
        numbers = self._half(calibration=False)
        return Trial(cast("TilesNetwork", model), self._held, numbers[: self._config.validation]).metrics()

    def held_out(self, model: nn.Module, device: torch.device) -> HeldOut:
        """Return what the network says of the whole pictures that are kept for calibration."""
        return Trial(cast("TilesNetwork", model), self._held, self._half(calibration=True)).held_out()

    def document(self, training: dict[str, Any]) -> ModelDocument:
        """Return the document of the model."""
        return ModelDocument(
            name="tiles",
            architecture=Architecture(name="tiles", options=self._options),
            classes=("clean", "forged"),
            operations=self._operations,
            geometry=Geometry(mode="native"),
            data={"pairs": len(self._train)},
            training=training,
        )

    def _half(self, *, calibration: bool) -> list[int]:
        """Return the pairs of validation for one of its two uses; all of them where one would have none."""
        groups = self._held.groups
        halves = [is_for_calibration(group) for group in groups]
        if len(set(halves)) < 2:
            return list(range(len(groups)))
        return [number for number, half in enumerate(halves) if half is calibration]

    def _plan(self, epoch: int, ranks: int) -> Iterator[_Block]:
        """Yield the blocks of an epoch: batches that are cut of the same pairs."""
        order = Permutation(len(self._train), self._settings.seed, epoch)
        at = 0
        for first in range(0, self.steps_per_epoch, self._config.together):
            step = epoch * self.steps_per_epoch + first
            late = step >= self._late_from
            crops = self._config.late_crops if late else self._config.crops
            draws = for_sample(self._settings.seed, _STAGE, step)
            side = _side(draws.weighted(list(crops), list(crops.values())))
            count = -(-self._pairs_a_block(side) // ranks) * ranks
            positions = np.arange(at, at + count) % len(self._train)
            batches = min(self._config.together, self.steps_per_epoch - first)
            yield _Block(first, batches, late, side, at, order(positions).tolist())
            at += count

    def _pairs_a_block(self, side: int) -> int:
        return max(1, self._crops_a_block(side) // self._pieces(side))

    def _crops_a_block(self, side: int) -> int:
        collage = self._collage(side)
        collages = self._config.pixels // (2 * side * side * collage) if side else 1
        return self._config.together * max(1, collages) * collage

    def _pieces(self, side: int) -> int:
        """Return how many crops of that side are taken of a pair: no more than fit into a block."""
        return min(self._config.pieces, self._crops_a_block(side))

    def _batches(self, block: _Block, epoch: int, rank: int, ranks: int) -> list[Batch]:
        """Return the part of a block that a rank learns from; every batch has crops of all its pairs."""
        step = epoch * self.steps_per_epoch + block.first
        shown: list[tuple[Crop, Crop]] = []
        collage = self._collage(block.side)
        for place, pair in list(enumerate(block.pairs))[rank::ranks]:
            draws = for_sample(self._settings.seed, f"{_STAGE}/{pair}", step)
            cut_now = list(self._crops(pair, place, block, epoch, draws))
            for at in range(0, len(cut_now), 2 * collage):
                both = cut_now[at : at + 2 * collage]
                shown.append((beside(both[::2]), beside(both[1::2])))
        size = self._config.together
        dealt = [shown[number::size] or [shown[number % len(shown)]] for number in range(block.batches)]
        return [
            self._batch([crop for both in pairs for crop in both], collage, late=block.late)
            for pairs in dealt
        ]

    def _collage(self, side: int) -> int:
        return self._config.collage if side else 1

    def _batch(self, crops: list[Crop], pieces: int, *, late: bool) -> Batch:
        known = self._operations
        return {
            "late": torch.tensor(late),
            "pieces": torch.tensor(pieces),
            "pixels": torch.from_numpy(np.stack([crop.pixels for crop in crops])),
            "counts": torch.from_numpy(np.stack([crop.counts for crop in crops])),
            "mask": torch.from_numpy(np.stack([crop.mask for crop in crops])),
            "label": torch.tensor([float(crop.forged) for crop in crops]),
            "told": torch.tensor([[float(crop.operations is not None)] for crop in crops]),
            "operations": torch.tensor(
                [[float(crop.forged and name in (crop.operations or ())) for name in known] for crop in crops]
            ),
        }

    def _crops(self, pair: int, place: int, block: _Block, epoch: int, draws: Draws) -> Iterator[Crop]:
        """Return the crops of a pair; in an easy epoch perhaps of another one, whose traces nothing hides."""
        config = self._config
        easy = draws.chance(config.easy[epoch]) if epoch < len(config.easy) else False
        if easy:
            pair = int(self._train.plain[pair % len(self._train.plain)])
        retouched = _EASY if easy else 0.0 if block.late else config.retouched
        pieces = [draws.fork(f"piece/{number}") for number in range(self._pieces(block.side))]
        if self._honest is not None and draws.chance(config.honest_share):
            return cut_retouched(self._honest.picture(draws), block.side, pieces, config, easy=False)
        fresh = None
        if self._fresh is not None and not easy and draws.chance(config.fresh):
            fresh = self._fresh.make(epoch, block.at + place)
        if draws.chance(retouched):
            clean = fresh.clean if fresh else self._train.clean_of(pair)
            return cut_retouched(clean, block.side, pieces, config, easy=easy)
        return cut(fresh or self._train.open(pair), block.side, pieces, config)


def _side(name: str) -> int:
    return 0 if name == "whole" else int(name)


def _even(logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Return the loss of many yes or no questions, in which the few that are true are not lost.

    What was changed counts a quarter, and so do the same places of the clean twins, so that nothing is won
    by knowing where people forge; all that is left counts half.
    """
    loss = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    twins = truth.view(-1, 2, *truth.shape[1:]).flip(1).view_as(truth) * (1 - truth)
    parts = ((truth, 0.25), (twins, 0.25), (1 - truth - twins, 0.5))
    return torch.stack([share * _mean(loss, where) for where, share in parts]).sum()


def _mean(loss: torch.Tensor, where: torch.Tensor) -> torch.Tensor:
    return (loss * where).sum() / where.sum().clamp(min=1)


def _dice(logits: torch.Tensor, mask: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """Return how little the map and what was changed overlap, over the crops with a change."""
    found = logits.sigmoid()
    shared = (found * mask).sum((1, 2))
    overlap = (2 * shared + 1) / (found.sum((1, 2)) + mask.sum((1, 2)) + 1)
    return ((1 - overlap) * label).sum() / label.sum().clamp(min=1)
