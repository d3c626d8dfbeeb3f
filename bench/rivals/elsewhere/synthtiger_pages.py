"""SynthTIGER's page of a hundred words, with the settings of its multi-line example, saved as it saves.

`synthtiger_pages.py WORDS FONTS FOLDER`: the words and fonts are ours, as its own are not in the package.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import synthtiger
from PIL import Image
from serving import serve
from synthtiger.components import RGB, BaseCorpus, BaseFont, FlowLayout
from synthtiger.layers import Group, RectLayer, TextLayer

WORDS_A_PAGE = 100


def main(words: str, fonts: str, folder: str) -> None:
    """Draw pages as asked."""
    corpus = BaseCorpus(
        paths=[words], weights=[1], min_length=1, max_length=25, textcase=["lower", "upper", "capitalize"]
    )
    font = BaseFont(paths=[fonts], weights=[1], size=[32, 64], bold=0.5)
    color = RGB(rgb=[[0, 0], [0, 0], [0, 0]], alpha=[1, 1], grayscale=0)
    layout = FlowLayout(
        length=[1024, 1024],
        space=[16, 32],
        line_space=[0, 16],
        align=["left", "center", "right", "justify"],
        line_align=["middle"],
    )

    def page() -> Image.Image:
        ink = color.data(color.sample())
        texts = [corpus.data(corpus.sample()) for _ in range(WORDS_A_PAGE)]
        group = Group([TextLayer(text, color=ink, **font.sample()) for text in texts])
        layout.apply(group)
        paper = RectLayer(group.size, (255, 255, 255, 255))
        paper.topleft = group.topleft
        return Image.fromarray((group + paper).output()[..., :3].astype(np.uint8))

    def pages(seed: int, count: int) -> list[int]:
        sizes = []
        for number in range(count):
            synthtiger.set_global_random_seed(seed * 1000 + number)
            image = page()
            image.save(Path(folder) / f"{number}.jpg", quality=95)
            sizes.append(image.width * image.height)
        return sizes

    serve({"pages": pages})


if __name__ == "__main__":
    main(*sys.argv[1:])
