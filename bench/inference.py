"""Scoring a folder: against the bare forward pass, and against timm's `inference.py`.

- Forward pass: what a worker of `sigh predict` does with files (fetch, decode, resize, hash, rows, verdicts),
  over `network(batch)` on tensors that lie in memory; one compute thread both, wall time, ResNet-50 at 224.
- timm: the whole command on the same folder and backbone, all cores, wall time; `--timm PATH` names the
  script, which its package does not bring. Its own defaults but for `-b 32`; the start of Python is in both.
  Both with bfloat16 too, which neither takes by itself.
- Default detector: one picture of 1080 x 1920 on one thread, CPU time, with each precision.

Weights are random, which costs the same.
"""

from __future__ import annotations

import functools
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
import torch
from PIL import Image

from bench.degrade import draw_picture
from bench.measure import arguments, interleave, save, table
from sigh_batch.config.predict import PredictConfig
from sigh_batch.config.tiles import TilesNetworkConfig
from sigh_batch.data.names import Name
from sigh_batch.models.document import Architecture, Geometry, ModelDocument
from sigh_batch.models.file import write_model
from sigh_batch.models.networks import build_network
from sigh_batch.models.opening import Precision, open_model
from sigh_batch.sources.decode import Limits
from sigh_batch.sources.names.reading import NameReader
from sigh_batch.stages.predict import Predict
from sigh_batch.store import open_store

BACKBONES = ("resnet18", "resnet50")
SIDE = 224
BATCH = 32
SIZES = {"small": (400, 300), "phone": (1920, 1080)}
"""Height and width of the pictures."""
TIMM_HALF = ("--amp", "--amp-dtype", "bfloat16")


def write_backbone(out: Path, name: str) -> None:
    """Write a model of two classes with random weights."""
    architecture = Architecture(name=f"timm/{name}", options={"size": [SIDE, SIDE]})
    document = ModelDocument(
        name=name,
        architecture=architecture,
        classes=("clean", "forged"),
        geometry=Geometry(mode="resize", height=SIDE, width=SIDE),
    )
    state = build_network(architecture, 2).state_dict()
    write_model(open_store(out), document, state)
    torch.save(state, out / "timm.pth")


def write_tiles(out: Path) -> None:
    """Write the default detector with random weights."""
    options = TilesNetworkConfig().model_dump(mode="json")
    architecture = Architecture(name="tiles", options=options)
    document = ModelDocument(
        name="tiles",
        architecture=architecture,
        classes=("clean", "forged"),
        operations=tuple(options["operations"]),
        geometry=Geometry(mode="native"),
    )
    write_model(open_store(out), document, build_network(architecture, 2).state_dict())


def write_pictures(folder: Path, count: int, height: int, width: int) -> list[str]:
    """Write JPEGs of a chat, no two alike, and return their names."""
    folder.mkdir()
    chat = Image.fromarray(draw_picture().pixels).resize((width, height))
    for number in range(count):
        chat.putpixel((number % width, number // width), (255, 0, 0))
        chat.save(folder / f"{number:05d}.jpg", quality=88)
    return sorted(path.name for path in folder.iterdir())


def forward_rows(root: Path, count: int, repeats: int) -> list[tuple[str, str, float, float]]:
    """Return how near a worker comes to the bare forward pass, by size of the pictures."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)  # As a worker does, which stands beside others.
    rows = []
    for size, shape in SIZES.items():
        names = write_pictures(root / size, count, *shape)
        detector = open_model(str(root / "resnet50"), device="cpu")
        config = PredictConfig(batch=BATCH, batch_pixels=BATCH * 4_000_000)
        worker = Predict(config, [detector], NameReader("files", str(root / size), Limits()))
        network = build_network(Architecture(name="timm/resnet50", options={"size": [SIDE, SIDE]}), 2).eval()
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        batch = torch.randn(BATCH, 3, SIDE, SIDE).contiguous(memory_format=torch.channels_last)

        def bare(network: torch.nn.Module = network, batch: torch.Tensor = batch) -> None:
            with torch.inference_mode():
                for _ in range(count // BATCH):
                    network(batch)

        def ours(worker: Predict = worker, names: list[str] = names) -> None:
            for scored in worker.score(Name(path=name) for name in names):
                assert scored.fault is None, scored.fault

        timings = interleave({"bare forward": bare, "sigh": ours}, repeats)
        for case, timing in timings.items():
            share = timing.speedup(timings["bare forward"])
            rows.append((f"{shape[1]} x {shape[0]}", case, count / timing.median, share))
    return rows


def command_rows(root: Path, script: Path, repeats: int) -> list[tuple[str, str, float, float]]:
    """Return how whole commands compare, by backbone and size of the pictures."""
    rows = []
    for size, shape in SIZES.items():
        folder = root / size
        count = len(list(folder.iterdir()))
        for name in BACKBONES:
            timm = [
                *(sys.executable, str(script), "--data-dir", str(folder), "--model", name),
                *("--num-classes", "2", "-b", str(BATCH), "--device", "cpu", "--img-size", str(SIDE)),
                *("--checkpoint", str(root / name / "timm.pth")),
                *("--results-dir", str(root / "timm"), "--no-console-results"),
            ]
            sigh = [
                *(sys.executable, "-m", "sigh_batch", "predict", "--in", str(folder), "-q"),
                *("--model", str(root / name)),
            ]
            (root / "timm").mkdir(exist_ok=True)
            places = (str(root / f"{size}-{name}-{number}") for number in range(1000))
            half = ["--set", "predict.precision=bfloat16"]
            cases = {
                "timm inference.py": functools.partial(_run, timm, iter(())),
                "timm, bfloat16": functools.partial(_run, [*timm, *TIMM_HALF], iter(())),
                "sigh predict": functools.partial(_run, [*sigh, "--out"], places),
                "sigh predict, bfloat16": functools.partial(_run, [*sigh, *half, "--out"], places),
            }
            timings = interleave(cases, repeats, warm=False)
            for case, timing in timings.items():
                speedup = timing.speedup(timings["timm inference.py"])
                rows.append((f"{name}, {shape[1]} x {shape[0]}", case, count / timing.median, speedup))
    return rows


def _run(words: list[str], places: Iterator[str]) -> None:
    """Run a command to its end, into the next place if it asks for one."""
    done = subprocess.run([*words, *islice(places, 1)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{words[1]} failed:\n{done.stderr[-2000:]}")


def detector_rows(root: Path, repeats: int) -> list[tuple[str, float, float]]:
    """Return the CPU milliseconds of the default detector for a phone's picture, by precision."""
    torch.set_num_threads(1)
    height, width = SIZES["phone"]
    picture = np.asarray(Image.fromarray(draw_picture().pixels).resize((width, height)))
    cases = {}
    for precision in get_args(Precision):
        detector = open_model(str(root / "tiles"), device="cpu", precision=precision)
        cases[precision] = functools.partial(detector.score, [picture])
    timings = interleave(cases, repeats, clock=time.process_time)
    return [(name, 1000 * timing.median, 1 / timing.median) for name, timing in timings.items()]


def main() -> None:
    """Print a table each."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--count", type=int, default=320, help="pictures (default %(default)s)")
    parser.add_argument("--timm", type=Path, metavar="PATH", help="timm's inference.py")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in BACKBONES:
            write_backbone(root / name, name)
        write_tiles(root / "tiles")
        rows = forward_rows(root, options.count, options.repeats)
        print(table("A worker", ("pictures", "case", "pictures a second", "share of bare"), rows))
        numbers = {f"{row[0]}: {row[1]}": row[3] for row in rows}
        if options.timm:
            rows = command_rows(root, options.timm, options.repeats)
            print()
            print(table("Whole commands", ("backbone", "case", "pictures a second", "times timm"), rows))
            numbers |= {f"{row[0]}: {row[1]}": row[3] for row in rows}
        rows = detector_rows(root, options.repeats)
        print()
        print(table("Default detector", ("precision", "CPU ms a picture", "pictures a second"), rows))
        numbers |= {f"tiles, {row[0]}": row[1] for row in rows}
    save(options.json, "inference", numbers)


if __name__ == "__main__":
    main()
