"""A stage of 8x8 pictures that can be told to misbehave, for tests of what carries stages out.

TINY is a JSON object: index -> "fail" | "config" | "die" | seconds to sleep.
"""

from __future__ import annotations

import io
import json
import os
import signal
import time

from PIL import Image

from sigh_batch import rng
from sigh_batch.config.spec import RunSpec
from sigh_batch.data.sample import Element, Sample
from sigh_batch.errors import ConfigError
from sigh_batch.stages import stages


@stages.register("generate")
class Tiny:
    def __init__(self, spec: RunSpec) -> None:
        self.seed = spec.settings.seed
        self.tricks = json.loads(os.environ.get("TINY", "{}"))

    def id_of(self, index: int) -> str:
        return f"tiny-{index:06d}"

    def make(self, index: int) -> Sample:
        match self.tricks.get(str(index), self.tricks.get("all")):
            case "fail":
                raise ValueError(f"cannot draw with {object()}")
            case "config":
                raise ConfigError("the settings are wrong for every sample")
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case int() | float() as seconds:
                time.sleep(seconds)
        draws = rng.for_sample(self.seed, "tiny", index)
        pixels = bytes(draws.integer(0, 255) for _ in range(8 * 8 * 3))
        return Sample(
            id=self.id_of(index),
            index=index,
            seed=self.seed,
            stage="generate",
            group=f"g{index}",
            pair=f"p{index}",
            split="train",
            label=0,
            format="png",
            width=8,
            height=8,
            image=png(Image.frombytes("RGB", (8, 8), pixels)),
            mask=png(Image.new("1", (8, 8))),
            elements=(Element("text", 1, 1, 4, 2, text=f"number {index}"),),
        )


def png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()
