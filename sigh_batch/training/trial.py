"""What the default detector says of whole pictures that it did not learn from: each pair, one by one."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray

from sigh_batch.metrics.pixels import PixelCounts, count_pixels, no_pixels
from sigh_batch.metrics.ranking import Ranking, auc, tpr_at_fpr
from sigh_batch.models.tiles import TilesNetwork, look
from sigh_batch.rng import for_sample
from sigh_batch.training.calibration import HeldOut
from sigh_batch.training.crops import Pairs, decoded, mask_of

_DRAWN = 4096
_EVEN = 0.5


class Trial:
    """The answers to pictures, and what would have been right."""

    def __init__(self, network: TilesNetwork, pairs: Pairs, numbers: Iterable[int]) -> None:
        network.eval()
        self._logits: list[float] = []
        self._labels: list[bool] = []
        self._pixels: list[NDArray[np.float32]] = []
        self._changed: list[NDArray[np.bool_]] = []
        self._counts: PixelCounts = no_pixels(1)
        for number in numbers:
            self._look(network, pairs, int(pairs.forged[number]), forged=True)
            self._look(network, pairs, int(pairs.clean[number]), forged=False)

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

    def _look(self, network: TilesNetwork, pairs: Pairs, number: int, *, forged: bool) -> None:
        item = pairs.dataset[number]
        logit, _, changes = look(network, decoded(item))
        mask = mask_of(item) if forged else np.zeros(changes.shape, np.bool_)
        drawn = for_sample(0, "trial", number).generator().integers(0, changes.size, _DRAWN)
        self._logits.append(logit)
        self._labels.append(forged)
        self._pixels.append(changes.ravel()[drawn])
        self._changed.append(mask.ravel()[drawn])
        probabilities = torch.from_numpy(changes).sigmoid().numpy()
        self._counts = self._counts + count_pixels(probabilities, mask, (_EVEN,))
