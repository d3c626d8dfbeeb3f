"""Makes docs/images/screenshots.webp, the picture of the README: screenshots, and a twin beside its forgery.

Run it when the looks change: `.venv/bin/python scripts/picture.py`.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

from sigh_batch.config.layers import read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.data.sample import Sample
from sigh_batch.run import Run
from sigh_batch.stages import stages
from sigh_batch.stages.generate import Generate

TARGET = Path(__file__).parents[1] / "docs" / "images" / "screenshots.webp"
HEIGHT, GAP, GROUND = 760, 16, (236, 238, 242)
PHONE = (
    "seed=7",
    "generate.desktop.weight=0",
    "generate.phone.scales=2",
    "generate.phone.height={min: 780, max: 800}",
)
SHOWN = (
    # What is drawn, which sample of it, and whether its boxes are drawn over it.
    (("generate.skins=[crowd]", "generate.themes=light", "generate.locales=en-GB"), 3, False),
    (("generate.skins=[workplace]", "generate.themes=dark", "generate.locales=en-US"), 4, True),
    (("generate.skins=[modern]", "generate.themes=light", "generate.locales=ar-EG"), 6, False),
    (("generate.skins=[sms]", "generate.themes=dark", "generate.locales=ja-JP"), 1, False),
)
FORGED = (
    "generate.skins=[bubbles]",
    "generate.themes=light",
    "generate.locales=en-US",
    "count=12",
    "shards=1",
)
FORGING = (
    *(
        "count=24",
        "seed=7",
        "distort.operations=[text_replace]",
        "distort.skills=[expert]",
        "distort.scene=0",
    ),
    *("distort.honest=0", "distort.steps=[0]", "distort.saved_before=0", "distort.saved_after=0"),
    *("distort.captured_after=0", "distort.formats=png", "distort.edits=[1]"),
)
PAIR = 1
TINT = (230, 0, 122)
COLOURS = {
    "message": (37, 99, 235),
    "avatar": (217, 119, 6),
    "author": (190, 24, 93),
    "time": (22, 163, 74),
    "word": (124, 58, 237),
    "separator": (146, 64, 14),
}


def main() -> None:
    """Draw the picture."""
    pictures = [shrink(draw(sets, index, boxes)) for sets, index, boxes in SHOWN]
    pictures += map(shrink, draw_pair())
    width = sum(picture.width for picture in pictures) + GAP * (len(pictures) + 1)
    sheet = Image.new("RGB", (width, HEIGHT + 2 * GAP), GROUND)
    left = GAP
    for picture in pictures:
        sheet.paste(picture, (left, GAP))
        left += picture.width + GAP
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(TARGET, quality=82, method=6)


def draw(sets: tuple[str, ...], index: int, boxes: bool) -> Image.Image:
    """Make one phone's screenshot, with its boxes where asked."""
    sample = Generate(resolve([read_sets((*PHONE, *sets))]).settings).make(index)
    picture = opened(sample.image)
    return annotate(picture, sample) if boxes else picture


def draw_pair() -> tuple[Image.Image, Image.Image]:
    """Return a clean picture and its forgery, on which the mask is shown."""
    with tempfile.TemporaryDirectory() as folder:
        made = RunSpec(
            kind="generate", out=f"{folder}/ds", settings=resolve([read_sets((*PHONE, *FORGED))]).settings
        )
        run = Run.open(made)
        run.make_shard(0)
        run.merge()
        forging = resolve([read_sets(FORGING)]).settings
        stage = stages.get("distort")(
            RunSpec(kind="distort", source=made.out, out="unused", settings=forging)
        )
        clean, forged = sorted(
            (stage.make(2 * PAIR), stage.make(2 * PAIR + 1)), key=lambda sample: sample.label
        )
    picture, mask = opened(forged.image), Image.open(io.BytesIO(forged.mask)).convert("L")
    left, top, right, bottom = mask.getbbox() or (0, 0, 1, 1)
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((left - 14, top - 12, right + 14, bottom + 12), 10, None, TINT, 5)
    return opened(clean.image), picture


def opened(data: bytes) -> Image.Image:
    """Decode a picture."""
    return Image.open(io.BytesIO(data)).convert("RGB")


def annotate(picture: Image.Image, sample: Sample) -> Image.Image:
    """Draw the boxes of a sample's elements over its picture."""
    pen = ImageDraw.Draw(picture)
    for element in sample.elements:
        if element.kind in COLOURS:
            x, y = element.x, element.y
            pen.rectangle((x, y, x + element.width, y + element.height), None, COLOURS[element.kind], 3)
    return picture


def shrink(picture: Image.Image) -> Image.Image:
    """Return the picture at the height of the sheet."""
    width = round(picture.width * HEIGHT / picture.height)
    return picture.resize((width, HEIGHT), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
