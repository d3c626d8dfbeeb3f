"""`generate` and `distort` of default settings, to shards, against the generators and augmenters there are.

Every peer runs in an environment of its own, with the versions that it needs, and is asked for a round of
pictures in turn with ours; one process and one core each, CPU time, median of the rounds. Ratios are of
megapixels a second, round by round. What is made:

- generate: whole shards of full variety (all families, looks, locales and scales), with every word
  annotated; PNG, hashes, rows and record are in the time.
- SynthTIGER 1.2.1: its multi-line example (a hundred black words on white, 1024 wide, saved as JPEG) over
  20,000 made-up words in the same font files, as its own are not in the package. No boxes, no masks.
- Pillow script: `ImageDraw.text` on cached fonts of the same families, wrapped by `textlength`, saved as PNG
  by `Image.save`: 800x600 with 8 messages, avatars, names and times, in one plain look.
- distort: whole shards of full variety over a generated set: read, forged in pairs, with masks, degraded,
  saved by the codec that is drawn; as megapixels of what is written.
- Augraphy 8.2.6: its default pipeline on pictures in memory, neither read nor saved. Its times vary from
  0.1 to 20 seconds a picture, so that its rounds differ; its compiler has run on a dozen pictures before.
- albumentations 2.0.8: blur, noise, JPEG and resizing of equal strength, with a mask along.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from bench.degrade import CHAINS, GRAIN, QUALITY, SIGMA, SIZE, draw_picture
from bench.generate import make_words
from bench.measure import arguments, save, table
from bench.rivals.environment import ROOT, Missing, open_environment
from bench.rivals.process import Process
from sigh_batch.config.layers import read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.data.loader import open_dataset
from sigh_batch.render.fonts import open_catalogue
from sigh_batch.rng import for_sample
from sigh_batch.runners import local

ELSEWHERE = Path(__file__).parent / "rivals" / "elsewhere"
BOTH_CHAINS = tuple(CHAINS)[:2]
CASES = (
    ("ours", "generate", 48),
    ("SynthTIGER", "pages", 6),
    ("ours", "script", 32),
    ("Augraphy", "chat", 8),
    ("ours", "distort", 24),
    ("Augraphy", "generated", 4),
    *((side, chain, 40) for chain in BOTH_CHAINS for side in ("ours", "albumentations")),
)
"""Who makes what, and how many pictures, in the order of a round."""
WARM = {"chat": 12}
"""Pictures before the rounds where a round's own number is not enough: Augraphy compiles as it goes."""
SOURCE = 96


def main() -> None:
    """Measure and print the tables."""
    options = arguments(__doc__.splitlines()[0]).parse_args()
    sides: dict[str, Process] = {}
    with tempfile.TemporaryDirectory() as folder:
        try:
            _start(Path(folder), sides)
            _measure(sides, options.repeats)
        finally:
            for side in sides.values():
                side.stop()
    print("\n\n".join(_tables(sides)))
    save(options.json, "peers", {name: side.rounds for name, side in sides.items()})


def _start(folder: Path, sides: dict[str, Process]) -> None:
    """Start all that can be had here, each with what it works on."""
    source, folders = _pictures(folder)
    counts = json.dumps({case: count for _, case, count in CASES})
    sides["ours"] = Process(sys.executable, "-m", "bench.rivals.ours", source, folder, counts, folder=ROOT)
    wanted = {
        "SynthTIGER": (
            ("synthtiger", "synthtiger==1.2.1", "pillow==9.5.0", "numpy==1.26.4"),
            ("synthtiger_pages.py", *_words_and_fonts(folder)),
        ),
        "Augraphy": (
            ("augraphy", "augraphy==8.2.6", "numpy==1.26.4"),
            ("augraphy_default.py", *folders),
        ),
        "albumentations": (
            ("albumentations", "albumentations==2.0.8"),
            ("albumentations_chains.py", *_chains(folder)),
        ),
    }
    for name, (packages, (script, *words)) in wanted.items():
        try:
            sides[name] = Process(open_environment(*packages), ELSEWHERE / script, *words, folder=folder)
        except Missing as why:
            print(f"peers: no {name} here: {why}", file=sys.stderr)
    for side in sides.values():
        side.wait()


def _pictures(folder: Path) -> tuple[Path, tuple[Path, Path]]:
    """Return a generated set, and folders of PNGs: the chat that benches draw, and the set's."""
    source, chat, generated = (folder / name for name in ("source", "chat", "generated"))
    sets = (f"count={SOURCE}", "seed=11", "run.workers=1", "run.progress=none")
    local.run(RunSpec(kind="generate", out=str(source), settings=resolve([read_sets(sets)]).settings))
    chat.mkdir()
    generated.mkdir()
    Image.fromarray(draw_picture().pixels).save(chat / "0.png")
    for number, item in enumerate(open_dataset(str(source))):
        (generated / f"{number:03}.png").write_bytes(item.image)
    return source, (chat, generated)


def _words_and_fonts(folder: Path) -> tuple[Path, Path, Path]:
    """Return words, font files of the bundled families, and a folder for pages."""
    words, fonts, pages = (folder / name for name in ("words.txt", "fonts", "pages"))
    words.write_text("\n".join(make_words(for_sample(1, "bench", 0), 20_000)) + "\n")
    fonts.mkdir()
    pages.mkdir()
    catalogue = open_catalogue()
    for family in catalogue.families():
        shutil.copy(catalogue.face(family).path, fonts)
    return words, fonts, pages


def _chains(folder: Path) -> tuple[Path, str]:
    """Return the chat with its mask, and what is done to it."""
    path, drawn = folder / "chat.npz", draw_picture()
    np.savez(path, pixels=drawn.pixels, mask=drawn.mask)
    chains = {name: CHAINS[name] for name in BOTH_CHAINS}
    how = {"size": SIZE, "sigma": SIGMA, "quality": QUALITY, "grain": GRAIN, "chains": chains}
    return path, json.dumps(how)


def _measure(sides: dict[str, Process], repeats: int) -> None:
    """Let everybody do a round to warm up, and then all rounds in turn."""
    cases = [case for case in CASES if case[0] in sides]
    for side, case, count in cases:
        sides[side].ask(case, 1000, WARM.get(case, count), keep=False)
    for number in range(repeats):
        for side, case, count in cases:
            sides[side].ask(case, number, count)


def _tables(sides: dict[str, Process]) -> list[str]:
    """Return the tables of all that was measured."""
    mine = sides["ours"]
    columns = ("one core", "pictures/s", "Mpx a picture", "Mpx/s", "ours is faster by")
    groups = {
        "generate": {"SynthTIGER": ("SynthTIGER", "pages"), "Pillow script": ("ours", "script")},
        "distort": {
            "Augraphy, 800x600": ("Augraphy", "chat"),
            "Augraphy, generated pictures": ("Augraphy", "generated"),
        },
    }
    tables = []
    for own, others in groups.items():
        rows: list[list[object]] = [[own, *mine.row(own), 1.0]]
        for label, (side, case) in others.items():
            if side in sides:
                rows.append([label, *sides[side].row(case), _ratio(mine, own, sides[side], case)])
        tables.append(table(f"{own}, full variety, to shards", columns, rows))
    if "albumentations" in sides:
        tables.append(_chain_table(mine, sides["albumentations"]))
    return tables


def _chain_table(mine: Process, theirs: Process) -> str:
    rows = [
        [name, mine.milliseconds(name), theirs.milliseconds(name), _ratio(mine, name, theirs, name)]
        for name in BOTH_CHAINS
    ]
    return table("Four degradations", ("800x600, ms", "ours", "albumentations", "ours is faster by"), rows)


def _ratio(mine: Process, own: str, theirs: Process, case: str) -> float:
    """Return how many times the megapixels a second ours makes: the median of the rounds' ratios."""
    pairs = zip(mine.speeds(own), theirs.speeds(case), strict=True)
    return statistics.median(one / two for one, two in pairs)


if __name__ == "__main__":
    main()
