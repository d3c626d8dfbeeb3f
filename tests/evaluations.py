"""What tests of evaluations share: a set of pairs whose edits are red, and a detector that sees red."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sigh_batch.config.evaluate import CurveConfig
from sigh_batch.config.layers import read_flags
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.data.plan import Plan
from sigh_batch.data.sample import Sample
from sigh_batch.evaluation import job
from sigh_batch.models.detector import Score
from sigh_batch.models.document import (
    Architecture,
    Calibration,
    Geometry,
    ModelDocument,
    Thresholds,
    Weights,
)
from sigh_batch.store import Store
from tests.sets import make_sample, write_set

WIDTH, HEIGHT = 64, 48
OPERATIONS = ("erase", "splice", "text_replace")
SWEEP = {
    "jpeg": CurveConfig(operation="jpeg", levels=(90, 65)),
    "crop": CurveConfig(operation="grid_crop", levels=(4,)),
}


def png(pixels: NDArray[Any]) -> bytes:
    """Return an array as a PNG; a boolean one as 1 bit."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def changed_of(pair: int) -> NDArray[np.bool_]:
    """Return the changed pixels of a pair."""
    changed = np.zeros((HEIGHT, WIDTH), np.bool_)
    changed[10:26, 8 + pair % 20 : 28 + pair % 20] = True
    return changed


def pixels_of(pair: int, forged: bool) -> NDArray[np.uint8]:
    """Return the pixels of one of a pair."""
    pixels = np.full((HEIGHT, WIDTH, 3), 80 + pair % 90, np.uint8)
    if forged:
        pixels[changed_of(pair)] = (230, 20, 20)
    return pixels


def make_pair_sample(index: int, **changes: Any) -> Sample:
    """Return the sample of an index: even ones are clean, each followed by its twin; of ten pairs one is of
    scene depth, and its pictures do not differ."""
    pair, forged = index // 2, bool(index % 2)
    scene = pair % 10 == 9
    operation = OPERATIONS[pair % 3]
    values: dict[str, Any] = {
        "group": f"talk-{pair}",
        "pair": f"pair-{pair}",
        "split": "test" if pair % 5 else "train",
        "label": int(forged),
        "scene_depth": scene,
        "format": "png",
        "width": WIDTH,
        "height": HEIGHT,
        "image": png(pixels_of(pair, forged and not scene)),
        "mask": png(changed_of(pair) & forged),
        "mask_pixels": int(changed_of(pair).sum()) * forged,
        "source_mask": None,
        "benign": "crop" if pair % 4 == 1 else None,
        "ops": ({"type": operation, "skill": "careful", "params": {}},) if forged else (),
        "encodes": ({"codec": "png", "width": WIDTH, "height": HEIGHT},),
        "drawn": {
            "degradations": [{"type": "jpeg", "params": {}}] if pair % 3 == 2 else [],
            "hand": {"skill": "careful", "chain": "browser"},
        },
    }
    return make_sample(index, **(values | changes))


def write_pairs(store: Store, pairs: int = 40, make: Any = make_pair_sample) -> None:
    """Write a whole set of pairs."""
    write_set(store, Plan(2 * pairs, 1), make)


def document_of(name: str = "red", **changes: Any) -> ModelDocument:
    """Return the document of a detector of red."""
    values: dict[str, Any] = {
        "name": name,
        "architecture": Architecture(name="tiles"),
        "classes": ("clean", "forged"),
        "operations": OPERATIONS,
        "geometry": Geometry(mode="native"),
        "calibration": Calibration(id="c1", scale=1.0, shift=0.0, split="validation", pictures=100),
        "thresholds": Thresholds(
            low=0.3, high=0.7, at_fpr={"0.001": 0.9, "0.01": 0.8, "0.05": 0.6}, pixel=0.4
        ),
        "weights": Weights(sha256=name.encode().hex().ljust(64, "0"), bytes=1, parameters=1),
    }
    return ModelDocument(**(values | changes))


class Red:
    """A detector that holds red to be forged; it counts what it is asked, and may be stopped."""

    def __init__(self, document: ModelDocument, *, stop_after: int | None = None) -> None:
        self.document = document
        self.asked = 0
        self._stop_after = stop_after

    def score(self, pictures: Sequence[NDArray[np.uint8]], *, maps: bool = False) -> list[Score]:
        """Return a score for each picture."""
        return [self._score(pixels, maps) for pixels in pictures]

    def _score(self, pixels: NDArray[np.uint8], maps: bool) -> Score:
        self.asked += 1
        if self._stop_after is not None and self.asked > self._stop_after:
            raise KeyboardInterrupt
        red, green, blue = np.moveaxis(pixels.astype(np.int16), -1, 0)
        lit = np.where((red - green > 90) & (red - blue > 90), 0.9, 0.01).astype(np.float32)
        logit = 3.0 * (lit > 0.5).any() - 1.5 + float(pixels.mean()) / 1000
        probability = float(1 / (1 + np.exp(-logit)))
        return Score(
            logit=logit,
            probability=probability,
            classes=(1 - probability, probability),
            operations=(0.1, 0.2, 0.7),
            map=lit if maps else None,
        )


def give(monkeypatch: pytest.MonkeyPatch, *detectors: Any) -> None:
    """Let evaluations find these detectors by their names."""
    known = {detector.document.name: detector for detector in detectors}
    monkeypatch.setattr(job, "model_store", lambda url, _options: url)
    monkeypatch.setattr(job, "read_document", lambda url: known[url].document)
    monkeypatch.setattr(job, "open_model", lambda url, _options, **_how: known[url])


def spec_of(data: str, out: str, *models: str, **flags: Any) -> RunSpec:
    """Return the spec of a small evaluation; its settings by name."""
    told = {"resamples": 50, "sweep_pairs": 4, "least": 2, "models": list(models) or ["red"]} | flags
    layer = read_flags({f"evaluate.{name}": value for name, value in told.items() if name != "sweep"})
    settings = resolve([layer]).settings
    config = settings.evaluate.model_copy(update={"sweep": told.get("sweep", SWEEP)})
    return RunSpec(
        kind="evaluate", source=data, out=out, settings=settings.model_copy(update={"evaluate": config})
    )
