"""A picture like a chat's for trying operations on: text, flat walls, marks and boxes."""

from __future__ import annotations

import functools

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from sigh_batch.degrade.picture import Picture, picture_of

_LINES = (
    ("Ana Prado", "Can you send me the invoice from Monday?"),
    ("Tomas", "Sure: 1,250.00, paid on 3 March"),
    ("Ana Prado", "That is not what the bank says."),
    ("Tomas", "Then look at the second page, please"),
)


@functools.cache
def chat(width: int = 400, height: int = 320) -> Picture:
    """Return a small chat: an amount is marked by bit 0 (forged), another place by bit 1."""
    image = Image.new("RGB", (width, height), (244, 246, 250))
    pen = ImageDraw.Draw(image)
    name, text = ImageFont.load_default(size=15), ImageFont.load_default(size=17)
    boxes: list[tuple[float, float, float, float]] = []
    kinds: list[str] = []
    mask = np.zeros((height, width), np.uint8)
    for row, (author, words) in enumerate(_LINES):
        top, left = 16 + row * 74, 14 if row % 2 == 0 else 60
        bubble = left + 44, top + 20, left + 44 + 270, top + 60
        pen.ellipse((left, top, left + 36, top + 36), fill=((90, 140, 220), (220, 120, 90))[row % 2])
        pen.text((left + 46, top), author, fill=(60, 70, 160), font=name)
        pen.rounded_rectangle(bubble, 10, fill=((255, 255, 255), (214, 240, 205))[row % 2])
        pen.text((left + 54, top + 29), words, fill=(20, 22, 26), font=text)
        for kind, (x0, y0, x1, y1) in (
            ("avatar", (left, top, left + 36, top + 36)),
            ("author", (left + 46, top, left + 46 + 70, top + 18)),
            ("bubble", bubble),
            ("line", (left + 54, top + 29, left + 300, top + 50)),
        ):
            boxes.append((x0, y0, x1 - x0, y1 - y0))
            kinds.append(kind)
    mask[119:141, 150:220] |= 1
    mask[193:214, 70:140] |= 2
    return picture_of(np.asarray(image).copy(), mask, boxes, kinds)
