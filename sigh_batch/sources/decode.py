"""A file of unknown origin -> RGB pixels, or one clear reason why not.

Nothing is believed before it is looked at: the content decides what a file is and not its name, and its size
is read and judged before a pixel is decoded. Whatever goes wrong is an UnreadablePicture.
"""

from __future__ import annotations

import io
import os
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sigh_batch.data.sample import Json
from sigh_batch.errors import UnreadablePicture
from sigh_batch.render.encode import read_png
from sigh_batch.sources.magic import CUT_OFF, READ, canvas_of_webp, ends_early, kind_of
from sigh_batch.sources.traces import entry_of, scans_of

_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_MOST_SCANS = 64
"""A decoder goes over the whole picture in every scan of a progressive JPEG; real ones have some ten."""
_DEEP = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})
_CONVERTED = frozenset({"1", "CMYK", "HSV", "L", "RGBX", "YCbCr"})
_CLEAR = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Which pictures are too large or too small to be worked on."""

    max_pixels: int = 64_000_000
    """More pixels than this are refused undecoded; decoding takes 10 to 20 bytes a pixel."""
    min_side: int = 32
    """A picture with a shorter side is refused: there is nothing on it to edit."""

    @property
    def max_bytes(self) -> int:
        """The largest file worth fetching: that of the deepest picture, and room for what is said of it."""
        return 8 * self.max_pixels + (64 << 20)

    def check_file(self, size: int, name: str) -> None:
        """Refuse a file by its size; raises UnreadablePicture."""
        if not size:
            raise UnreadablePicture("empty_file", f"{name} is empty")
        if size > self.max_bytes:
            raise UnreadablePicture(
                "too_large", f"{name} has {size:,} bytes and {self.max_bytes:,} are the most that are read"
            )

    def check_picture(self, width: int, height: int, name: str) -> None:
        """Refuse a picture by its size; raises UnreadablePicture."""
        if width * height > self.max_pixels:
            raise UnreadablePicture(
                "too_large",
                f"{name} says it is {width}x{height}, {width * height / 1e6:,.0f} megapixels; "
                f"{self.max_pixels / 1e6:,.0f} are the most that are decoded",
            )
        if min(width, height) < self.min_side:
            raise UnreadablePicture(
                "too_small", f"{name} is {width}x{height}; a side must have at least {self.min_side} pixels"
            )


LIMITS = Limits()
ANY_SIZE = Limits(min_side=1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decoded:
    """The pixels of a file, and what it says of itself."""

    pixels: NDArray[np.uint8]
    """Height x width x 3, RGB, read-only, as it is looked at: turned upright, on white where it was clear."""
    encodes: tuple[Json, ...]
    """One entry, as `Sample.encodes` has them."""
    facts: Json = field(default_factory=dict)
    """What had to be done to get there: `mode` it was converted from, `orientation`, `animated`."""


def size_of(data: bytes) -> int:
    """Return how many pixels a file says it has, or 0 where it does not say; nothing is decoded."""
    kind = kind_of(data)
    if kind not in READ:
        return 0
    try:
        if kind == "webp":
            return int(np.prod(canvas_of_webp(data)))
        with undisturbed():
            return int(np.prod(Image.open(io.BytesIO(data), formats=(READ[kind],)).size))
    except Exception:  # Whatever is wrong with it, decoding says.
        return 0


def decode(data: bytes, name: str, limits: Limits = LIMITS) -> Decoded:
    """Return the picture in the bytes of a file; `name` is for messages.

    Equal bytes give equal pixels. Several threads may decode at once.

    Raises UnreadablePicture with one of the codes empty_file, too_large, too_small, truncated_image,
    unsupported_image, unreadable_image.
    """
    limits.check_file(len(data), name)
    kind = kind_of(data)
    if kind not in READ:
        what = f"is of a kind that is not read ({kind})" if kind else "is not a picture of any known kind"
        code = "unsupported_image" if kind else "unreadable_image"
        raise UnreadablePicture(code, f"{name} {what}; convert it to PNG or JPEG")
    try:
        with undisturbed(), _silenced() if kind == "tiff" else nullcontext():
            return _decoded(data, kind, name, limits)
    except UnreadablePicture:
        raise
    except MemoryError as error:
        raise UnreadablePicture("too_large", f"{name} takes more memory to decode than there is") from error
    except Exception as error:  # A decoder may raise anything on damaged bytes.
        raise _unreadable(data, kind, name, error) from error


def decode_own_png(data: bytes, name: str) -> NDArray[np.uint8]:
    """Return the pixels of a PNG of ours, whose hash was found right.

    Raises UnreadablePicture.
    """
    pixels = read_png(data)
    if pixels is None:  # written by another version; opencv is the next fastest
        found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
        if found is None:
            raise UnreadablePicture("unreadable_image", f"{name} cannot be decoded")
        pixels = np.asarray(found, np.uint8)
    pixels.flags.writeable = False
    return pixels


class _Shared:
    """A state of the whole process that several threads need at once: the first sets it, the last ends it."""

    def __init__(self, state: Callable[[], AbstractContextManager[None]]) -> None:
        self._state = state
        self._lock = threading.Lock()
        self._inside = 0
        self._stack = ExitStack()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            if not self._inside:
                self._stack.enter_context(self._state())
            self._inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                if not self._inside:
                    self._stack.close()


@contextmanager
def _without_limits() -> Iterator[None]:
    """Take away Pillow's warnings, and its limit on the size: the limit here is the caller's own."""
    limit = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = limit


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what libtiff writes to standard error out of everybody's terminal; it asks nobody."""
    try:
        kept = os.dup(2)
    except OSError:  # there is no standard error
        yield
        return
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


undisturbed = _Shared(_without_limits)
"""The block in which Pillow neither warns nor judges sizes; for any number of threads."""
_silenced = _Shared(_silence)


def _decoded(data: bytes, kind: str, name: str, limits: Limits) -> Decoded:
    if kind == "webp":
        # Pillow's decoder of WebP takes the memory for the picture before it can be asked how large that is.
        limits.check_picture(*canvas_of_webp(data), name)
    if kind == "jpeg" and scans_of(data) > _MOST_SCANS:
        raise UnreadablePicture("unsupported_image", f"{name} is a JPEG of more than {_MOST_SCANS} scans")
    image = Image.open(io.BytesIO(data), formats=(READ[kind],))
    limits.check_picture(*image.size, name)
    facts: Json = {}
    if getattr(image, "is_animated", False) and kind != "tiff":
        facts["animated"] = True
        image.seek(0)
    width, height = image.size
    image.load()
    if image.mode != "RGB":
        facts["mode"] = image.mode
    turn = _orientation(image)
    rgb = _to_rgb(image, name)
    if turn in _TURNS:
        facts["orientation"] = turn
        rgb = rgb.transpose(_TURNS[turn])
    return Decoded(pixels=np.asarray(rgb), encodes=(entry_of(data, kind, width, height),), facts=facts)


def _to_rgb(image: Image.Image, name: str) -> Image.Image:
    """Return a decoded picture of any mode as RGB: transparent ones on white, deep ones scaled."""
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode in _DEEP:
        # 65535 becomes 255, and 255 * 257 is 65535: so the steps are equal.
        levels = (np.asarray(image).astype(np.uint32) + 128) // 257
        return Image.fromarray(levels.astype(np.uint8)).convert("RGB")
    if image.mode == "P" or image.mode in _CLEAR or "transparency" in image.info:
        if image.mode in ("La", "RGBa"):
            image = image.convert("LA" if image.mode == "La" else "RGBA")
        clear = image.convert("RGBA")
        page = Image.new("RGB", clear.size, "white")
        page.paste(clear, mask=clear)
        return page
    if image.mode in _CONVERTED:
        return image.convert("RGB")
    raise UnreadablePicture(
        "unsupported_image", f"{name} has pixels of a kind that is not read ({image.mode}); convert it to PNG"
    )


def _orientation(image: Image.Image) -> int:
    """Return how the camera was held; upright where that cannot be read."""
    try:
        turn = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # It parses what the file brings along, and the pixels are good.
        return 1
    return turn if isinstance(turn, int) else 1


def _unreadable(data: bytes, kind: str, name: str, error: Exception) -> UnreadablePicture:
    reason = str(error).partition("\n")[0].partition(" <_io")[0].strip(" .") or type(error).__name__
    if ends_early(data, kind) or any(word in reason.lower() for word in CUT_OFF):
        return UnreadablePicture(
            "truncated_image", f"{name} is cut off: its {len(data):,} bytes end before the picture does"
        )
    return UnreadablePicture("unreadable_image", f"{name} is damaged, not a whole {kind} file ({reason})")
