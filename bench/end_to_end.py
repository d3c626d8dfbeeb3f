"""`generate` from index to published shard, against the obvious Pillow script that saves PNG files.

Pictures of 800 x 600 with 8 messages of text, in one font family and one locale, anti-aliased in grey
with FreeType's coverage as Pillow's are. Ours composes the conversation, lays it out in a skin (with a
list of channels beside it in about half of the pictures), draws, encodes, annotates every word, hashes,
and writes tar, rows and record; the script draws ready texts and calls `Image.save`. The limit is
encoding ready arrays with our encoder. CPU milliseconds a picture.

The family's files here hold no hinting instructions. A row for the same script with the files as Debian
distributes them (fonts-noto-core) is there where they are found.

The second table is a default run: every skin, locale, family, size and scale, with attached pictures.
"""

from __future__ import annotations

import io
import operator
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from bench.generate import Peer, bundled, make_chats
from bench.measure import arguments, interleave, save, table
from sigh_batch.config.layers import read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.render import encode
from sigh_batch.render.fonts import open_catalogue
from sigh_batch.run import Run
from sigh_batch.stages import stages
from sigh_batch.worker import settle

FAMILY = "Noto Sans"
MORE = ("replies", "reactions", "threads", "cards", "pictures", "voices", "files")
"""What messages may have beside their text, and the script does not draw."""
FIXED = (
    "generate.skins=server",
    "generate.locales=en-US",
    f"generate.fonts=[{FAMILY}]",
    "generate.phone.weight=0",
    "generate.desktop={width: {min: 800, max: 800}, height: {min: 600, max: 600}, scales: null}",
    "generate.desktop.scales=1",
    "generate.conversation.messages={min: 8, max: 8}",
    *(f"generate.conversation.{name}=0" for name in MORE),
    "generate.text={preset: varied, edging: grey, hinting: slight, coverage: exact}",
)
ROUNDS = 64
NOTO = Path("/usr/share/fonts/truetype/noto")


def main() -> None:
    """Measure and print the table."""
    parser = arguments(__doc__.splitlines()[0], repeats=7)
    parser.add_argument("--pictures", type=int, default=60, help="pictures a round (default %(default)s)")
    parser.add_argument("--noto", type=Path, default=NOTO, help="folder of Noto's own files (%(default)s)")
    options = parser.parse_args()
    settle()
    cv2.setNumThreads(1)  # It was loaded before, so that the environment no longer counts.
    chats = make_chats(options.pictures)
    catalogue = open_catalogue()
    peer = Peer(bundled(catalogue, FAMILY))
    with tempfile.TemporaryDirectory() as folder:
        run = _open(Path(folder, "fixed"), options.pictures, FIXED)
        arrays = [_array(run, index) for index in range(options.pictures)]
        cases: dict[str, Callable[[], object]] = {
            "Pillow script": lambda: [peer.file(chat) for chat in chats],
            "generate to shards": _shards(run),
            "encoding ready arrays": lambda: [encode.png(array) for array in arrays],
        }
        files = {400: options.noto / "NotoSans-Regular.ttf", 700: options.noto / "NotoSans-Bold.ttf"}
        if all(path.exists() for path in files.values()):
            hinted = Peer(files)
            cases["Pillow script, Noto as distributed"] = lambda: [hinted.file(chat) for chat in chats]
        timings = interleave(cases, options.repeats, clock=time.process_time)
        whole = _Whole(_open(Path(folder, "whole"), options.pictures, ()))
        seconds = interleave({"default run": whole.make}, options.repeats, clock=time.process_time)
    script, limit = timings["Pillow script"], timings["encoding ready arrays"]
    rows = [
        [name, timing.median / options.pictures * 1e3, timing.speedup(script), timing.speedup(limit)]
        for name, timing in timings.items()
    ]
    print(table(FAMILY, ["", "ms", "x script", "x encoding alone"], rows), end="\n\n")
    speed = whole.megapixels / sum(seconds["default run"].runs)
    row = ["default run", seconds["default run"].median / options.pictures * 1e3, speed]
    print(table("Full variety, to shards", ["", "ms", "megapixels a second"], [row]))
    save(options.json, "end_to_end", {**timings, **seconds, "megapixels a second": speed})


def _open(folder: Path, pictures: int, sets: tuple[str, ...]) -> Run:
    settings = resolve([read_sets((*sets, f"count={pictures * ROUNDS}", f"shards={ROUNDS}"))]).settings
    return Run.open(RunSpec(kind="generate", out=str(folder), settings=settings))


def _shards(run: Run) -> Callable[[], object]:
    """Return the case that makes the next shard: every round has new texts."""
    numbers = iter(range(1, ROUNDS))
    return lambda: run.make_shard(next(numbers))


class _Whole:
    """Makes shard after shard of a default run, and counts pixels; the first warms it and does not count."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._numbers = iter(range(ROUNDS))
        self.megapixels = 0.0

    def make(self) -> None:
        """Make the next shard."""
        number = next(self._numbers)
        self._run.make_shard(number)
        rows = self._run.store.get(self._run.plan.rows_key(number))
        sizes = pq.read_table(pa.BufferReader(rows), columns=["width", "height"]).to_pydict()
        if number:
            self.megapixels += sum(map(operator.mul, sizes["width"], sizes["height"])) / 1e6


def _array(run: Run, index: int) -> np.ndarray:
    picture = Image.open(io.BytesIO(stages.get(run.spec.kind)(run.spec).make(index).image))
    return np.asarray(picture.convert("RGB"))


if __name__ == "__main__":
    main()
