"""Which numbers are told of pictures: over all of them, over a slice, at a point of the sweep."""

from __future__ import annotations

from functools import partial

import numpy as np

from sigh_batch.config.evaluate import EvaluateConfig
from sigh_batch.evaluation.document import Value
from sigh_batch.evaluation.estimates import Floats, Material, OfOrder, estimate, number, scaled
from sigh_batch.evaluation.scores import CALIBRATED, FIXED, ORACLE
from sigh_batch.metrics.pixels import PixelCounts, iou_of
from sigh_batch.metrics.probability import brier, ece, mce, nll, reliability
from sigh_batch.metrics.ranking import (
    Ranking,
    auc,
    average_precision,
    equal_error_rate,
    threshold_at_fpr,
    tpr_at_fpr,
)
from sigh_batch.models.document import ModelDocument

_PIXELS = (("fixed", FIXED), ("calibrated", CALIBRATED), ("oracle", ORACLE))


class Measure:
    """Measures one model, as the settings say."""

    def __init__(self, model: ModelDocument, config: EvaluateConfig, seed: int) -> None:
        found = model.thresholds
        self._flags_at = found.high if found else 0.5
        self._stated = dict(found.at_fpr) if found else {}
        self._config = config
        self._estimate = partial(estimate, resamples=config.resamples, seed=seed)
        self._cuts: dict[str, float] = {}

    def whole(self, of: Material) -> dict[str, Value]:
        """Return every number over pictures that are not divided."""
        means = {
            "nll": nll(of.probability, of.labels),
            "brier": brier(of.probability, of.labels),
            **self._verdicts(of),
            **self._pixels(of),
        }
        for rate, threshold in self._stated.items():
            means[f"fpr_nominal_{rate}"] = of.share_of(~of.labels, threshold)
            means[f"tpr_nominal_{rate}"] = of.share_of(of.labels, threshold)
        order = {"auc": auc, "ap": average_precision, "eer": equal_error_rate, **self._rates(of)}
        return {**self._estimate(of, means, order), **self._calibration(of)} if len(of) else {}

    def set_cuts(self, whole: Material) -> None:
        """Take from all pictures the thresholds at which slices are compared: each has too few of its own."""
        ranking = Ranking(whole.logits, whole.labels)
        self._cuts = {
            f"tpr_at_fpr_{rate:g}": threshold_at_fpr(ranking, rate)
            for rate in self._config.rates
            if tells(whole.clean, rate)
        }

    def part(self, of: Material, *, honest: bool = False) -> dict[str, Value]:
        """Return the numbers of a slice; `honest` adds how its false alarms compare with the nominal rate."""
        means = {**self._verdicts(of), **self._pixels(of, only="calibrated")}
        for name, cut in self._cuts.items():
            means[name] = np.where(of.labels, of.logits >= cut, np.nan)
        nominal = self._stated.get(f"{self._config.nominal:g}")
        if honest and nominal is not None:
            means["fpr_nominal"] = of.share_of(~of.labels, nominal)
        found = self._estimate(of, means, {"auc": auc}) if len(of) else {}
        if "fpr_nominal" in found:
            found["alarm_ratio"] = scaled(found["fpr_nominal"], 1 / self._config.nominal)
        return found

    def point(self, of: Material) -> dict[str, Value]:
        """Return the numbers of a point of the sweep."""
        means = {**self._verdicts(of), **self._pixels(of)}
        return self._estimate(of, means, {"auc": auc, **self._rates(of)}) if len(of) else {}

    def _verdicts(self, of: Material) -> dict[str, Floats]:
        return {
            "recall": of.share_of(of.labels, self._flags_at),
            "fpr": of.share_of(~of.labels, self._flags_at),
        }

    def _pixels(self, of: Material, only: str | None = None) -> dict[str, Floats]:
        """Return what the maps find, picture by picture; nan for pictures without changed pixels."""
        found = {}
        for name, place in _PIXELS:
            if only in (None, name):
                f1 = of.rows["f1"][:, place].astype(np.float64)
                found[f"pixel_f1_{name}"] = f1
                if only is None:
                    found[f"pixel_iou_{name}"] = iou_of(f1)
        if only is None:
            found["pixel_auc"] = of.rows["area"].astype(np.float64)
        return found

    def _rates(self, of: Material) -> dict[str, OfOrder]:
        return {
            f"tpr_at_fpr_{rate:g}": partial(tpr_at_fpr, rate=rate)
            for rate in self._config.rates
            if tells(of.clean, rate)
        }

    def _calibration(self, of: Material) -> dict[str, Value]:
        """Return calibration errors: without intervals, since drawing again makes every gap larger."""
        by_width = reliability(of.probability, of.labels, self._config.bins)
        by_mass = reliability(of.probability, of.labels, self._config.bins, "mass")
        found = {
            "ece": ece(by_width),
            "ece_equal_mass": ece(by_mass),
            "mce": mce(by_width, self._config.least),
        }
        return {name: Value(value=number(value)) for name, value in found.items()}


def of_all_pixels(pixels: PixelCounts) -> dict[str, Value]:
    """Return the numbers over the pixels of all pictures together, clean ones with them."""
    if not pixels.changed.any():
        return {}
    f1, best = pixels.f1(), pixels.best_f1()
    found = {"fixed": float(f1[FIXED]), "calibrated": float(f1[CALIBRATED]), "oracle": best}
    numbers = {"pixel_auc_micro": pixels.area()}
    for name, value in found.items():
        numbers[f"pixel_f1_{name}_micro"] = value
        numbers[f"pixel_iou_{name}_micro"] = value / (2 - value)
    return {name: Value(value=number(value)) for name, value in numbers.items()}


def tells(clean: int, rate: float) -> bool:
    """Return whether so many clean pictures can tell a false-positive rate: half a false alarm at least."""
    return clean * rate >= 0.5
