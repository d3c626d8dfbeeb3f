"""What tests of scoring share: models that need no weights, pictures, and runs in this process."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from sigh_batch.config.layers import read_flags
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.kinds.predictions import list_pictures
from sigh_batch.models import opening
from sigh_batch.models.document import Architecture, Geometry, ModelDocument, Thresholds
from sigh_batch.models.file import write_document
from sigh_batch.run import Run
from sigh_batch.store import open_store
from tests.runs import TINY


def write_tiny_model(folder: Path, shade: float = 0.0) -> str:
    """Write the document of a model that the tiny detector stands for; return its URL."""
    document = ModelDocument(
        name=f"tiny-{folder.name}",
        architecture=Architecture(name="tiny", options={"shade": shade}),
        classes=("clean", "forged"),
        operations=("erase", "splice"),
        geometry=Geometry(mode="native"),
        thresholds=Thresholds(low=0.4, high=0.6, at_fpr={}),
    )
    write_document(open_store(folder), document)
    return str(folder)


def use_tiny_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process open the tiny detector in place of any model."""
    found = importlib.util.spec_from_file_location("tiny_detector", TINY / "tiny_detector.py")
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    monkeypatch.setattr(opening, "open_model", module.open_tiny)


def write_greys(folder: Path, count: int = 9) -> Path:
    """Write pictures from black to white, each of its own width."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        level = 255 * number // max(1, count - 1)
        Image.new("RGB", (32 + number, 24), (level,) * 3).save(folder / f"{number:03d}.png")
    return folder


def predict_spec(source: Path | str, out: Path | str, *models: str, **flags: Any) -> RunSpec:
    """Return the spec of a small scoring run; settings are keyed with __ for the dot."""
    given = {"run__workers": 2, "run__progress": "none", "predict__models": list(models), **flags}
    layer = read_flags({key.replace("__", "."): value for key, value in given.items()})
    return RunSpec(kind="predict", source=str(source), out=str(out), settings=resolve([layer]).settings)


def begin(spec: RunSpec) -> Run:
    """List the pictures of a run and claim its place; return it ready to make shards."""
    with list_pictures(spec) as listed:
        run = Run.open(listed.spec)
        listed.keep(run)
    return run


def score_here(spec: RunSpec) -> Run:
    """Carry a scoring run out in this process."""
    run = begin(spec)
    for shard in run.remaining():
        run.make_shard(shard)
    run.merge()
    return run
