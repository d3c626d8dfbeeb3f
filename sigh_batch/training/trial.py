"""What the default detector says of whole pictures that it did not learn from: each pair, one by one."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from sigh_batch.metrics.pixels import PixelCounts, count_pixels, no_pixels
from sigh_batch.metrics.ranking import Ranking, auc, tpr_at_fpr
from sigh_batch.models.cores import count_cores
from sigh_batch.models.pytorch import pool_of_cores
from sigh_batch.models.tiles import TilesNetwork, look
from sigh_batch.rng import for_sample
from sigh_batch.training.calibration import HeldOut
from sigh_batch.training.crops import Pairs, read_mask, read_pixels

_DRAWN = 4096
_EVEN = 0.5
_TOGETHER = 4
"""Most pictures that are looked at side by side, each of which needs memory of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What was said of one picture, and what would have been right."""

    logit: float
    forged: bool
    pixels: NDArray[np.float32]
    changed: NDArray[np.bool_]
    counts: PixelCounts


class Trial:
    """The answers to pictures, and what would have been right."""

    def __init__(self, network: TilesNetwork, pairs: Pairs, numbers: Iterable[int]) -> None:
        network.eval()
        self._logits: list[float] = []
        self._labels: list[bool] = []
        self._pixels: list[NDArray[np.float32]] = []
        self._changed: list[NDArray[np.bool_]] = []
        self._counts: PixelCounts = no_pixels(1)
        for seen in _look_at_all(network, pairs, numbers):
            self._logits.append(seen.logit)
            self._labels.append(seen.forged)
            self._pixels.append(seen.pixels)
            self._changed.append(seen.changed)
            self._counts = self._counts + seen.counts

    def metrics(self) -> dict[str, float]:
        """Return how well forged and clean pictures, and changed and other pixels, were told apart."""
        counts = Ranking(self._logits, self._labels).counts()
        forged, clean = np.array(self._logits[::2]), np.array(self._logits[1::2])
        return {
            "auc": float(auc(counts)),
            "tpr_at_fpr_0.01": float(tpr_at_fpr(counts, 0.01)),
            "twin_below": float((forged > clean).mean()),
            "pixel_auc": self._counts.area(),
            "pixel_f1_0.5": float(self._counts.f1()[0]),
            "pixel_f1_best": self._counts.best_f1(),
        }

    def held_out(self) -> HeldOut:
        """Return the answers for calibration, with a fair draw of the pixels of every picture."""
        return HeldOut(
            logits=np.array(self._logits),
            labels=np.array(self._labels),
            map_logits=np.concatenate(self._pixels).astype(np.float64),
            map_labels=np.concatenate(self._changed),
        )


def _look_at_all(network: TilesNetwork, pairs: Pairs, numbers: Iterable[int]) -> Iterator[_Seen]:
    """Look at the forged and the clean picture of each pair; side by side on a CPU, a core each."""
    on_cpu = next(network.parameters()).device.type == "cpu"
    wanted = [(number, forged) for number in numbers for forged in (True, False)]
    threads = torch.get_num_threads()
    pool = pool_of_cores(min(_TOGETHER, count_cores()) if on_cpu else 1)
    try:
        yield from pool.map(functools.partial(_look, network, pairs), *zip(*wanted, strict=True))
    finally:
        pool.shutdown(cancel_futures=True)
        # Threads that start later would take the number over, and here training goes on.
        torch.set_num_threads(threads)


def _look(network: TilesNetwork, pairs: Pairs, number: int, forged: bool) -> _Seen:
    at = int((pairs.forged if forged else pairs.clean)[number])
    item = pairs.dataset[at]
    logit, _, changes = look(network, read_pixels(item.image))
    mask = read_mask(item.mask) if forged else np.zeros(changes.shape, np.bool_)
    drawn = for_sample(0, "trial", at).generator().integers(0, changes.size, _DRAWN)
    counts = count_pixels(torch.from_numpy(changes).sigmoid().numpy(), mask, (_EVEN,))
    return _Seen(logit, forged, changes.ravel()[drawn], mask.ravel()[drawn], counts)
