"""Generated pictures to forge, a few for all tests."""

from __future__ import annotations

import functools
import io

import numpy as np
from PIL import Image

from sigh_batch.config.layers import read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.forge.case import Case, Kit
from sigh_batch.render.fonts import open_catalogue
from sigh_batch.scene.locale import locale
from sigh_batch.stages.generate import Generate

LOCALES = ("en-US", "de-DE", "ar-EG", "he-IL", "hi-IN", "ja-JP", "ko-KR", "fr-FR")


@functools.cache
def case_in(code: str, index: int = 0) -> Case:
    """Return a small screenshot in a language, with all that is known of it."""
    sets = (
        "seed=5",
        f"generate.locales={code}",
        "generate.phone.scales=1.5",
        "generate.desktop.scales=1",
        "generate.phone.height.max=720",
        "generate.desktop.height.max=720",
    )
    sample = Generate(resolve([read_sets(sets)]).settings).make(index)
    return Case(
        pixels=np.array(Image.open(io.BytesIO(sample.image)).convert("RGB")),
        elements=sample.elements,
        scale=sample.scale or 1.0,
        font=sample.font,
        locale=code,
        rtl=locale(code).direction == "rtl",
    )


@functools.cache
def kit() -> Kit:
    """Return what a forger of the training split works with."""
    return Kit(split="train", families=open_catalogue().families())
