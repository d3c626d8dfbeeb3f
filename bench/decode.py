"""Reading pictures: ours out of a set, and anybody's with all that is checked, against Pillow and OpenCV.

Every reader gives an RGB array of 24 chats as `sigh generate` draws them; one thread, CPU time. Of our own
PNGs the hash is compared, and the layout is known. Anybody's pictures are judged before they are unpacked,
told what they say of their past, and turned upright; Pillow alone does none of that.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.measure import Timing, arguments, interleave, save, table
from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import RunSpec
from sigh_batch.sources.decode import decode, decode_own_png
from sigh_batch.stages import stages

PICTURES = 24
UNIT = 800 * 600

Pixels = NDArray[np.uint8]


def ours(data: bytes) -> Pixels:
    """Read as a set is read."""
    hashlib.sha256(data).hexdigest()
    return decode_own_png(data, "bench")


def anybodys(data: bytes) -> Pixels:
    """Read as a folder is read."""
    return decode(data, "bench").pixels


def pillow(data: bytes) -> Pixels:
    """Read with Pillow."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def opencv(data: bytes) -> Pixels:
    """Read with OpenCV."""
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB), np.uint8)


def saved(pixels: Pixels, kind: str) -> bytes:
    """Return a picture as Pillow saves it."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, quality=90)
    return out.getvalue()


def main() -> None:
    """Measure and print."""
    options = arguments(str(__doc__), repeats=9).parse_args()
    cv2.setNumThreads(1)
    stage = stages.get("generate")(RunSpec(kind="generate", out="", settings=Settings(seed=7)))
    own = [stage.make(index).image for index in range(PICTURES)]
    drawn = [pillow(data) for data in own]
    units = sum(pixels.size for pixels in drawn) / 3 / UNIT
    files = {
        "our PNG": own,
        "PNG by Pillow": [saved(pixels, "PNG") for pixels in drawn],
        "JPEG, quality 90": [saved(pixels, "JPEG") for pixels in drawn],
        "WebP, quality 90": [saved(pixels, "WEBP") for pixels in drawn],
    }
    results = {name: compare(written, written is own, options.repeats) for name, written in files.items()}
    rows = [
        (
            name,
            *(1e3 * timings[who].median / units for who in ("pillow", "opencv", "ours")),
            timings["ours"].speedup(timings["pillow"]),
            timings["ours"].speedup(timings["opencv"]),
        )
        for name, timings in results.items()
    ]
    print(table("Milliseconds of CPU time for 800x600 pixels", _COLUMNS, rows))
    save(options.json, "decode", results)


_COLUMNS = ("file", "Pillow", "OpenCV", "ours", "ours is faster than Pillow by", "than OpenCV by")


def compare(written: list[bytes], own: bool, repeats: int) -> dict[str, Timing]:
    """Time every reader on the same files."""

    def reading(read: Callable[[bytes], Pixels]) -> Callable[[], object]:
        return lambda: sum(len(read(data)) for data in written)

    readers = {"pillow": pillow, "opencv": opencv, "ours": ours if own else anybodys}
    cases = {who: reading(read) for who, read in readers.items()}
    return interleave(cases, repeats, clock=time.process_time)


if __name__ == "__main__":
    main()
