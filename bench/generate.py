"""Drawing and encoding a chat of 800 x 600 with 8 messages, against the obvious Pillow script.

The peer draws an equivalent picture (avatars, names, times, wrapped texts, the same font files) as
anyone would: `ImageDraw.text` on cached fonts, `textlength` to wrap, `Image.save` with PNG's defaults.
The limit is encoding ready arrays with our encoder: a picture cannot take less. Texts are new in every
picture, from a vocabulary in which, as in a language, few words are frequent and many are rare.
Times are CPU milliseconds a picture on one core.
"""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.measure import Timing, arguments, interleave, save, table
from sigh_batch.render import encode
from sigh_batch.render.fonts import Catalogue, open_catalogue
from sigh_batch.render.painter import Painter, Pixels, TextMode, painters
from sigh_batch.render.typeset import TextStyle, Typesetter
from sigh_batch.rng import Draws, for_sample

WIDTH, HEIGHT, MESSAGES = 800, 600, 8
FAMILIES = ("Noto Sans", "Inter")
BACKGROUND, INK, FAINT = (255, 255, 255), (24, 26, 32), (120, 126, 140)
COLORS = ((200, 60, 60), (40, 120, 200), (30, 140, 90), (150, 80, 190))


@dataclass(frozen=True)
class Message:
    """One message of the picture."""

    author: int
    name: str
    time: str
    text: str


def make_words(draws: Draws, count: int) -> list[str]:
    """Return words of the lengths of a language, the frequent ones first."""
    letters = "eeeeeeetttttaaaaooooiiinnnssshhhrrrdddlllcccuuummmwwfffggyyppbbvvkjxqz"
    return [
        "".join(draws.choice(letters) for _ in range(1 + min(draws.integer(1, 6), draws.integer(1, 12))))
        for _ in range(count)
    ]


def make_chats(count: int) -> list[list[Message]]:
    """Return conversations of which about a word in five has not been seen before."""
    draws = for_sample(1, "bench", 0)
    words = make_words(draws, 20000)
    names = [word.title() for word in make_words(draws, 40)]
    return [
        [
            Message(
                author := draws.integer(0, 3),
                names[author],
                f"{draws.integer(0, 23):02}:{draws.integer(0, 59):02}",
                " ".join(words[int(20000 ** draws.random())] for _ in range(draws.integer(4, 20))),
            )
            for _ in range(MESSAGES)
        ]
        for _ in range(count)
    ]


def make_avatar(author: int) -> Pixels:
    """Return a picture of 40 x 40 with some texture."""
    rows, columns = np.mgrid[0:40, 0:40]
    wave = (np.sin(columns / (3 + author)) + np.cos(rows / 5.0)) * 30
    color = np.array([*COLORS[author], 255])
    return np.clip(color + wave[..., None] * [1, 1, 1, 0], 0, 255).astype(np.uint8)


def bundled(catalogue: Catalogue, family: str) -> dict[int, Path]:
    """Return the files of a family that come with the installation, by weight."""
    return {weight: catalogue.face(family, weight).path for weight in (400, 700)}


class Peer:
    """The obvious script, with these font files by weight."""

    def __init__(self, files: dict[int, Path]) -> None:
        self.fonts = {
            (weight, size): ImageFont.truetype(str(files[weight]), size)
            for weight, size in ((400, 15), (700, 15), (400, 12))
        }
        self.avatars = [Image.fromarray(make_avatar(author)) for author in range(4)]

    def wrap(self, draw: ImageDraw.ImageDraw, text: str, width: float) -> list[str]:
        """Return the text in lines."""
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if draw.textlength(longer, self.fonts[400, 15]) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def render(self, chat: list[Message]) -> Image.Image:
        """Return the picture of a chat."""
        image = Image.new("RGB", (WIDTH, HEIGHT), BACKGROUND)
        draw = ImageDraw.Draw(image)
        y = 12
        for message in chat:
            disc = Image.new("L", (40, 40))
            ImageDraw.Draw(disc).ellipse((0, 0, 39, 39), fill=255)
            image.paste(self.avatars[message.author], (16, y), disc)
            draw.text((72, y), message.name, COLORS[message.author], self.fonts[700, 15])
            left = 80 + draw.textlength(message.name, self.fonts[700, 15])
            draw.text((left, y + 3), message.time, FAINT, self.fonts[400, 12])
            for number, line in enumerate(self.wrap(draw, message.text, 480)):
                draw.text((72, y + 20 + 20 * number), line, INK, self.fonts[400, 15])
            y += 72
        return image

    def file(self, chat: list[Message]) -> bytes:
        """Return the PNG of a chat."""
        memory = io.BytesIO()
        self.render(chat).save(memory, "PNG")
        return memory.getvalue()


class Ours:
    """The same picture through the painter seam."""

    def __init__(self, catalogue: Catalogue, family: str, painter: Painter, mode: TextMode) -> None:
        self.typesetter = Typesetter(catalogue)
        self.painter = painter
        self.mode = mode
        self.name = TextStyle(family=family, size=15, weight=700)
        self.time = TextStyle(family=family, size=12)
        self.text = TextStyle(family=family, size=15, line_height=4 / 3)
        self.avatars = [make_avatar(author) for author in range(4)]

    def render(self, chat: list[Message]) -> Pixels:
        """Return the picture of a chat."""
        canvas = self.painter.begin(WIDTH, HEIGHT, BACKGROUND, self.mode)
        y = 12
        for message in chat:
            canvas.picture(self.avatars[message.author], 16, y, 40, 40, 20)
            name = self.typesetter.set(message.name, self.name)
            canvas.text(name, 72, y, COLORS[message.author])
            canvas.text(self.typesetter.set(message.time, self.time), 80 + name.width, y + 3, FAINT)
            canvas.text(self.typesetter.set(message.text, self.text, 480), 72, y + 20, INK)
            y += 72
        return canvas.rgba()

    def file(self, chat: list[Message]) -> bytes:
        """Return the PNG of a chat."""
        return encode.png(self.render(chat))


def measure(family: str, repeats: int, pictures: int) -> dict[str, Timing]:
    """Return the time of each case for one family."""
    catalogue = open_catalogue()
    rounds = iter(range(1 << 30))
    chats = make_chats(pictures * 8)
    peer = Peer(bundled(catalogue, family))
    skia = Ours(catalogue, family, painters.get("skia")(), TextMode())
    striped = Ours(catalogue, family, painters.get("skia")(), TextMode(edging="subpixel"))
    pillow = Ours(catalogue, family, painters.get("pillow")(), TextMode())
    arrays = [skia.render(chat)[:, :, :3].copy() for chat in chats[:pictures]]
    batch: list[list[Message]] = []

    def prepare(_name: str) -> None:
        start = next(rounds) % 8 * pictures
        batch[:] = chats[start : start + pictures]

    cases = {
        "Pillow script": lambda: [peer.file(chat) for chat in batch],
        "ours, skia": lambda: [skia.file(chat) for chat in batch],
        "ours, skia, sub-pixel": lambda: [striped.file(chat) for chat in batch],
        "ours, pillow": lambda: [pillow.file(chat) for chat in batch],
        "drawing alone, skia": lambda: [skia.render(chat) for chat in batch],
        "encoding ready arrays": lambda: [encode.png(array) for array in arrays],
    }
    return interleave(cases, repeats, prepare=prepare, clock=time.process_time)


def main() -> None:
    """Measure and print the tables."""
    parser = arguments(__doc__.splitlines()[0], repeats=7)
    parser.add_argument("--pictures", type=int, default=12, help="pictures a round")
    options = parser.parse_args()
    results: dict[str, dict[str, float]] = {}
    for family in FAMILIES:
        timings = measure(family, options.repeats, options.pictures)
        peer, limit = timings["Pillow script"], timings["encoding ready arrays"]
        rows = [
            [name, timing.median / options.pictures * 1e3, timing.speedup(peer), timing.speedup(limit)]
            for name, timing in timings.items()
        ]
        print(table(family, ["", "ms", "x script", "x encoding alone"], rows), end="\n\n")
        results[family] = {str(name): float(str(ms)) for name, ms, _, _ in rows}
    save(options.json, "generate", results)


if __name__ == "__main__":
    main()
