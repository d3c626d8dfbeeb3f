"""Samples for benches: random bytes of a screenshot's size, and annotations of a chat's usual number."""

from __future__ import annotations

from sigh_batch.data.sample import Element, Sample
from sigh_batch.rng import Draws, for_sample

_KINDS = ("message", "bubble", "avatar", "author", "time", "text", "line", "word")


def make_samples(
    count: int, image_bytes: int = 80_000, elements: int = 150, different: int = 64
) -> list[Sample]:
    """Return samples of which `different` have bytes and elements of their own; the rest share them."""
    images, boxes = [], []
    for number in range(min(count, different)):
        draws = for_sample(1, "bench", number)
        size = image_bytes + draws.integer(-image_bytes // 16, image_bytes // 16)
        images.append(draws.generator().bytes(size))
        boxes.append(tuple(_element(draws, place) for place in range(elements)))
    mask = bytes(range(150))
    return [
        Sample(
            id=f"{index:08d}",
            index=index,
            seed=7,
            stage="generate",
            group=f"{index // 2:08d}",
            pair=f"{index // 2:08d}",
            split="train" if index % 10 else "test",
            label=index % 2,
            format="png",
            width=800,
            height=600,
            image=images[index % different],
            mask=mask,
            encodes=({"codec": "png", "width": 800, "height": 600},),
            skin="sms",
            theme="dark",
            scale=2.0,
            font="Noto Sans",
            locale="en",
            elements=boxes[index % different],
            drawn={"hour": index % 24, "battery": 0.5},
        )
        for index in range(count)
    ]


def _element(draws: Draws, place: int) -> Element:
    x, y, width = (draws.integer(0, 80_000) / 100 for _ in range(3))
    word = f"word{draws.integer(0, 5000)}"
    return Element(draws.choice(_KINDS), x, y, width, 18.0, word, None, place // 19, place // 3)
