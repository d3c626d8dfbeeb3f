"""`generate` from index to published shard, against the obvious Pillow script that saves PNG files.

Pictures of 800 x 600 with 8 messages, in one font family and one locale. Ours composes the conversation,
lays it out in a skin (with a list of channels beside it in about half of the pictures), draws, encodes,
annotates every word, hashes, and writes tar, rows and record; the script draws ready texts and calls
`Image.save`. The limit is encoding ready arrays with our encoder. CPU milliseconds a picture.
"""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from bench.generate import Peer, make_chats
from bench.measure import arguments, interleave, save, table
from sigh_batch.config.layers import read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.render import encode
from sigh_batch.render.fonts import open_catalogue
from sigh_batch.run import Run
from sigh_batch.worker import settle

FAMILY = "Noto Sans"
FIXED = (
    "generate.skins=server",
    "generate.locales=en-US",
    f"generate.fonts=[{FAMILY}]",
    "generate.phone.weight=0",
    "generate.desktop={width: {min: 800, max: 800}, height: {min: 600, max: 600}, scales: null}",
    "generate.desktop.scales=1",
    "generate.conversation.messages={min: 8, max: 8}",
    "generate.text={edging: grey, hinting: slight}",
)
ROUNDS = 64


def main() -> None:
    """Measure and print the table."""
    parser = arguments(__doc__.splitlines()[0], repeats=7)
    parser.add_argument("--pictures", type=int, default=60, help="pictures a round (default %(default)s)")
    options = parser.parse_args()
    settle()
    cv2.setNumThreads(1)  # It was loaded before, so that the environment no longer counts.
    chats = make_chats(options.pictures)
    peer = Peer(open_catalogue(), FAMILY)
    with tempfile.TemporaryDirectory() as folder:
        run = _open(Path(folder), options.pictures)
        arrays = [_array(run, index) for index in range(options.pictures)]
        cases: dict[str, Callable[[], object]] = {
            "Pillow script": lambda: [peer.file(chat) for chat in chats],
            "generate to shards": _shards(run),
            "encoding ready arrays": lambda: [encode.png(array) for array in arrays],
        }
        timings = interleave(cases, options.repeats, clock=time.process_time)
    script, limit = timings["Pillow script"], timings["encoding ready arrays"]
    rows = [
        [name, timing.median / options.pictures * 1e3, timing.speedup(script), timing.speedup(limit)]
        for name, timing in timings.items()
    ]
    print(table(FAMILY, ["", "ms", "x script", "x encoding alone"], rows))
    save(options.json, "end_to_end", dict(timings))


def _open(folder: Path, pictures: int) -> Run:
    settings = resolve([read_sets((*FIXED, f"count={pictures * ROUNDS}", f"shards={ROUNDS}"))]).settings
    return Run.open(RunSpec(kind="generate", out=str(folder / "ds"), settings=settings))


def _shards(run: Run) -> Callable[[], object]:
    """Return the case that makes the next shard: every round has new texts."""
    numbers = iter(range(1, ROUNDS))
    return lambda: run.make_shard(next(numbers))


def _array(run: Run, index: int) -> np.ndarray:
    picture = Image.open(io.BytesIO(run.stage.make(index).image))
    return np.asarray(picture.convert("RGB"))


if __name__ == "__main__":
    main()
