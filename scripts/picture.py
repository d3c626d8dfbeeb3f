"""Makes docs/images/screenshots.webp, the picture of the README: screenshots side by side, one annotated.

Run it when the looks change: `.venv/bin/python scripts/picture.py`.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw

from sigh_batch.config.layers import read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.data.sample import Sample
from sigh_batch.stages.generate import Generate

TARGET = Path(__file__).parents[1] / "docs" / "images" / "screenshots.webp"
HEIGHT, GAP, GROUND = 760, 16, (236, 238, 242)
SHOWN = (
    # What is drawn, which sample of it, and whether its boxes are drawn over it.
    (("generate.skins=bubbles", "generate.themes=light", "generate.locales=en-GB"), 3, False),
    (("generate.skins=bubbles", "generate.themes=light", "generate.locales=en-GB"), 3, True),
    (("generate.skins=sms", "generate.themes=dark", "generate.locales=ar-EG"), 4, False),
    (("generate.skins=server", "generate.themes=dark", "generate.locales=en-US"), 2, False),
    (("generate.skins=sms", "generate.themes=light", "generate.locales=ja-JP"), 1, False),
)
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
    phone = ("seed=7", "generate.desktop.weight=0", "generate.phone.scales=2")
    stage = Generate(resolve([read_sets((*phone, *sets))]).settings)
    sample = stage.make(index)
    picture = Image.open(io.BytesIO(sample.image)).convert("RGB")
    return annotate(picture, sample) if boxes else picture


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
