"""Small chat pictures with true annotations, drawn with Pillow: samples for what shows samples."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from sigh_batch.data.sample import Element, Sample

LINES = (
    "Did the parcel arrive?",
    "Not yet, they said Friday.",
    "\u0645\u0631\u062d\u0628\u0627 \u0643\u064a\u0641 \u062d\u0627\u0644\u0643",
    "Call me at 18:30",
    "I sent 240 EUR, please check",
)
SIZES = ((430, 932, 2), (1120, 760, 1), (390, 760, 1))


def draw_chat(index: int, **changes: Any) -> Sample:
    """Return a picture of a conversation; `changes` replace fields of the sample."""
    width, height, scale = SIZES[index % len(SIZES)]
    dark = index % 2 == 1
    ground, ink = ("#17191d", "#e6e6e6") if dark else ("#f3f2ee", "#202020")
    picture = Image.new("RGB", (width * scale, height * scale), ground)
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(15 * scale)
    elements = [Element("header", 0, 0, width * scale, 52 * scale, f"Chat {index}")]
    pen.rectangle((0, 0, width * scale, 52 * scale), fill="#23262c" if dark else "#ffffff")
    pen.text((20 * scale, 16 * scale), f"Chat {index}", ink, font)
    y = 70 * scale
    number = 0
    while y < (height - 90) * scale:
        text = LINES[(index + number) % len(LINES)]
        mine = number % 2 == 1
        _draw_message(pen, elements, font, scale, number, text, mine, width, y, dark)
        y += 66 * scale
        number += 1
    fields: dict[str, Any] = {
        "id": f"{index:08d}",
        "index": index,
        "seed": 7,
        "stage": "generate",
        "group": f"conversation-{index // 2}",
        "pair": f"pair-{index}",
        "split": ("train", "train", "validation", "test")[index % 4],
        "label": 0,
        "format": "png",
        "width": width * scale,
        "height": height * scale,
        "image": encode_png(picture),
        "mask": encode_png(Image.new("1", (width * scale, height * scale))),
        "skin": ("sms", "server", "bubbles")[index % 3],
        "theme": "dark" if dark else "light",
        "scale": float(scale),
        "font": "Noto Sans",
        "locale": ("en-US", "ar-EG", "de-DE")[index % 3],
        "encodes": ({"codec": "png", "quality": None, "width": width * scale, "height": height * scale},),
        "elements": tuple(elements),
        "drawn": {"messages": number, "edging": "grey", "contrast": 0.25, "window": {"width": width}},
    }
    return Sample(**{**fields, **changes})


def draw_forged_chat(index: int) -> Sample:
    """Return a chat whose second message was edited, with its mask and operation."""
    clean = draw_chat(index)
    target, message = next(
        (number, element)
        for number, element in enumerate(clean.elements)
        if element.kind == "text" and element.message == 1
    )
    box = (message.x, message.y, message.width, message.height)
    mask = Image.new("1", (clean.width, clean.height))
    corner = (box[0], box[1], box[0] + box[2] - 1, box[1] + box[3] - 1)
    ImageDraw.Draw(mask).rectangle(corner, fill=1)
    return draw_chat(
        index,
        label=1,
        mask=encode_png(mask),
        mask_pixels=int(box[2]) * int(box[3]),
        ops=(
            {
                "type": "text_replace",
                "skill": "careful",
                "target": target,
                "old": message.text,
                "new": "something else",
                "box": box,
                "source": None,
                "params": {"size": 0.97},
            },
        ),
    )


def encode_png(picture: Image.Image) -> bytes:
    """Return a picture's PNG bytes."""
    buffer = io.BytesIO()
    picture.save(buffer, "png")
    return buffer.getvalue()


def _draw_message(
    pen: ImageDraw.ImageDraw,
    elements: list[Element],
    font: Any,
    scale: int,
    number: int,
    text: str,
    mine: bool,
    width: int,
    y: int,
    dark: bool,
) -> None:
    across = pen.textlength(text, font)
    x = (width - 24) * scale - across - 24 * scale if mine else 64 * scale
    colour = ("#2f5fd0" if mine else "#2b2f36") if dark else ("#cfe3ff" if mine else "#ffffff")
    bubble = (x, y, x + across + 24 * scale, y + 50 * scale)
    message = len(elements)
    elements.append(Element("message", x, y, across + 24 * scale, 50 * scale, text, None, number))
    elements.append(Element("bubble", x, y, across + 24 * scale, 50 * scale, None, None, number, message))
    pen.rounded_rectangle(bubble, 12 * scale, fill=colour)
    pen.text((x + 12 * scale, y + 8 * scale), text, "#e9e9e9" if dark else "#1a1a1a", font)
    inner = len(elements)
    elements.append(
        Element("text", x + 12 * scale, y + 8 * scale, across, 20 * scale, text, None, number, message)
    )
    start = x + 12 * scale
    for word in text.split():
        length = pen.textlength(word, font)
        elements.append(Element("word", start, y + 8 * scale, length, 20 * scale, word, None, number, inner))
        start += pen.textlength(word + " ", font)
    elements.append(
        Element(
            "time",
            x + 12 * scale,
            y + 30 * scale,
            40 * scale,
            14 * scale,
            f"18:{number:02d}",
            f"2024-03-05T18:{number:02d}:00",
            number,
            message,
        )
    )
    pen.text(
        (x + 12 * scale, y + 29 * scale), f"18:{number:02d}", "#888888", font.font_variant(size=12 * scale)
    )
    if not mine:
        circle = (16 * scale, y, 52 * scale, y + 36 * scale)
        pen.ellipse(circle, fill="#d97757")
        elements.append(
            Element("avatar", circle[0], y, 36 * scale, 36 * scale, None, "person-1", number, message)
        )
