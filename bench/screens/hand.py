"""What pages of many kinds are made of: words, names, numbers, colours, faces, signs, photos."""

from __future__ import annotations

import base64
import datetime
import functools
import html
import io
import random

import numpy as np
from faker import Faker
from PIL import Image

LANGUAGES = (
    "en_US",
    "en_GB",
    "de_DE",
    "fr_FR",
    "es_ES",
    "pl_PL",
    "pt_BR",
    "it_IT",
    "nl_NL",
    "tr_TR",
    "ru_RU",
)
_LATEST = datetime.datetime(2026, 1, 1)
"""No date is after it: Faker draws up to the present, so that a page made again would be another."""
_SIGNS = (
    '<circle cx="12" cy="12" r="8"/><path d="M12 7v6l4 2"/>',
    '<path d="M4 12l5 5L20 6"/>',
    '<rect x="4" y="6" width="16" height="12" rx="2"/><path d="M4 8l8 6 8-6"/>',
    '<path d="M3 11l9-8 9 8v10h-6v-6h-6v6H3z"/>',
)
_BLOBS = ((3, 45), (9, 25), (30, 12))
"""How many patches a side, and how much they differ, in the layers of a photo."""


class Hand:
    """Draws all that one page shows."""

    def __init__(self, draws: random.Random) -> None:
        self.draws = draws
        self.faker = _faker(draws.choice(LANGUAGES))
        self.faker.seed_instance(draws.randrange(2**32))
        hue, dark = draws.randrange(360), draws.random() < 0.4
        ground, ink = draws.randrange(4, 16) if dark else draws.randrange(92, 101), 90 if dark else 14
        panel = draws.randrange(16, 26) if dark else draws.randrange(84, 97)
        accent = f"hsl({draws.randrange(360)} {draws.randrange(40, 95)}% {draws.randrange(35, 60)}%)"
        self.colors = {
            "ground": f"hsl({hue} {draws.randrange(30)}% {ground}%)",
            "ink": f"hsl({hue} {draws.randrange(20)}% {ink}%)",
            "faint": f"hsl({hue} {draws.randrange(20)}% {draws.randrange(45, 65)}%)",
            "panel": f"hsl({hue} {draws.randrange(40)}% {panel}%)",
            "accent": accent,
        }
        self.round = draws.choice((0, 3, 6, 10, 18))

    def words(self, least: int, most: int) -> str:
        """Return a sentence."""
        return html.escape(" ".join(self.faker.words(self.draws.randint(least, most)))).capitalize()

    def name(self) -> str:
        """Return somebody's name."""
        return html.escape(self.faker.name())

    def time(self) -> str:
        """Return a time, a date or an age, as apps write them."""
        kind = self.draws.choice(("%H:%M", "%I:%M %p", "%d %b", ""))
        return self.date(kind) if kind else f"{self.draws.randrange(1, 59)} min"

    def date(self, pattern: str = "%Y-%m-%d") -> str:
        """Return a moment in the past, written so."""
        return self.faker.date(pattern, end_datetime=_LATEST)

    def price(self) -> str:
        """Return an amount."""
        return f"{self.draws.choice('€$£')}{self.draws.randrange(1, 4000):,}.{self.draws.randrange(100):02d}"

    def face(self, size: int) -> str:
        """Return an avatar: a photo or a letter."""
        style = f"width:{size}px;height:{size}px;border-radius:{self.draws.choice(('50%', '30%', '4px'))}"
        if self.draws.random() < 0.5:
            return f'<img class=face src="{self.photo(size * 2, size * 2)}" style="{style}">'
        style += f";font-size:{size // 2}px;background:hsl({self.draws.randrange(360)} 50% 45%)"
        return f'<div class=face style="{style}">{self.faker.random_uppercase_letter()}</div>'

    def sign(self) -> str:
        """Return a small drawn sign."""
        points = " ".join(f"{self.draws.randrange(2, 22)},{self.draws.randrange(2, 22)}" for _ in range(4))
        shape = self.draws.choice((*_SIGNS, f'<polyline points="{points}"/>'))
        color = self.colors[self.draws.choice(("faint", "accent", "ink"))]
        width = self.draws.choice((1.5, 2, 2.5))
        return f'<svg viewBox="0 0 24 24" stroke="{color}" stroke-width="{width}">{shape}</svg>'

    def photo(self, width: int, height: int) -> str:
        """Return what a camera might have taken: soft shapes, noise, a JPEG's traces."""
        noise = np.random.default_rng(self.draws.randrange(2**32))
        total = 128 + noise.normal(0, self.draws.choice((1, 3, 7)), (height, width, 3))
        for cells, by in _BLOBS:
            grey = noise.normal(0, by, (cells, cells, 1))
            patches = (grey + noise.normal(0, by / 3, (cells, cells, 3))).astype(np.float32)
            layers = [
                np.asarray(Image.fromarray(layer).resize((width, height), Image.Resampling.BICUBIC))
                for layer in np.moveaxis(patches, 2, 0)
            ]
            total += np.stack(layers, 2)
        out = io.BytesIO()
        picture = Image.fromarray(np.clip(total, 0, 255).astype(np.uint8))
        picture.save(out, "JPEG", quality=self.draws.randrange(60, 95))
        return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()


@functools.cache
def _faker(language: str) -> Faker:
    return Faker(language)
