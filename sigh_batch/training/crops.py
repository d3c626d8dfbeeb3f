"""Crops of forged pictures and of their clean twins: what the default detector learns from.

The same crop of both stands in one batch, so that nothing but the forgery tells them apart. Crops keep
their place on the grid of tiles, and with it on the grid of a JPEG.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.config.tiles import TilesConfig
from sigh_batch.data.loader import Dataset
from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError, UnreadablePicture
from sigh_batch.models.grid import STRIDE
from sigh_batch.models.sights import counts_of_array, times_of_array
from sigh_batch.rng import Draws
from sigh_batch.training.retouch import edges_of, retouched, saved, unusual

Pixels = NDArray[np.uint8]
_Kind = TypeVar("_Kind", bound=np.generic)

_Look = Callable[[NDArray[Any]], NDArray[Any]]

_UNUSUAL = 0.35
"""How often all of a crop is made unusual before a piece of it is retouched."""
_SAVED = 0.35
"""How often both crops are then saved as JPEG."""
_LEAST = 8
"""A crop with fewer changed pixels than this shows nothing, and counts as clean."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """The pairs of a split: where the forged sample and its clean twin are in a data set."""

    dataset: Dataset
    forged: NDArray[np.int64]
    """Number of the forged sample of each pair."""
    clean: NDArray[np.int64]
    """Number of its twin."""
    edits: Sequence[Sequence[Json]]
    """What was done to each forged sample: `type` and `box`."""
    groups: Sequence[str]
    """The group of each pair."""
    plain: NDArray[np.int64]
    """Which pairs were never compressed with a loss, nor degraded; all, where there is none."""

    def __len__(self) -> int:
        return len(self.forged)

    def clean_of(self, number: int) -> Pixels:
        """Return the clean picture of a pair."""
        return read_pixels(self.dataset[int(self.clean[number])].image)

    def open(self, number: int) -> Twins:
        """Return the pictures of a pair."""
        forged = self.dataset[int(self.forged[number])]
        boxes = [
            (
                edit["type"],
                (box["x"], box["y"], box["width"], box["height"]) if (box := edit["box"]) else None,
            )
            for edit in self.edits[number]
        ]
        return Twins(read_pixels(forged.image), read_mask(forged.mask), self.clean_of(number), boxes)


@dataclass(frozen=True, slots=True, eq=False)
class Twins:
    """A forged picture and its clean twin."""

    forged: Pixels
    mask: NDArray[np.bool_]
    """Which pixels of the forged one were changed."""
    clean: Pixels
    edits: Sequence[tuple[str, Sequence[float] | None]]
    """Each operation and where it was: left, top, width, height; None is everywhere."""


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """A piece of a picture, what of it was changed, and by what."""

    pixels: Pixels
    """Side x side x 3, RGB."""
    mask: NDArray[np.bool_]
    """Side x side; which pixels were changed."""
    operations: frozenset[str] | None
    """Operations that reach into it; none of a clean one, and None where it shows no operation."""
    counts: Pixels
    """SIGHTS x side x side; in how many parts of its picture what each pixel shows is seen."""

    @property
    def forged(self) -> bool:
        """Whether enough of it was changed to be seen."""
        return bool(np.count_nonzero(self.mask) >= _LEAST)


def pairs_of(dataset: Dataset, split: str) -> Pairs:
    """Return the pairs of a split, those aside whose forgery leaves no trace in the pixels.

    Raises ConfigError when there are none.
    """
    part = dataset.where(split=split, scene_depth=False)
    places: dict[str, dict[int, int]] = {}
    labels = part.column("label").to_pylist()
    for number, (pair, label) in enumerate(zip(part.column("pair").to_pylist(), labels, strict=True)):
        if pair is not None:
            places.setdefault(pair, {})[label] = number
    both = [place for place in places.values() if len(place) == 2]
    if not both:
        raise ConfigError(
            f"{dataset.url} has no forged picture with its clean twin in the split {split!r}; "
            "make some with sigh distort"
        )
    told = list(part.rows(["ops", "group", "encodes", "drawn"]))
    forged = [place[1] for place in both]
    plain = [number for number, place in enumerate(both) if _is_plain(told[place[0]])]
    return Pairs(
        part,
        np.array(forged),
        np.array([place[0] for place in both]),
        [told[number]["ops"] for number in forged],
        [told[number]["group"] for number in forged],
        np.array(plain or range(len(both))),
    )


def read_pixels(image: bytes) -> Pixels:
    """Return the pixels of a sample's picture, RGB."""
    return _read(image, cv2.IMREAD_COLOR_RGB)


def read_mask(mask: bytes) -> NDArray[np.bool_]:
    """Return which pixels of a sample were changed."""
    return _read(mask, cv2.IMREAD_GRAYSCALE) > 0


def cut(twins: Twins, side: int, pieces: Sequence[Draws], config: TilesConfig) -> Iterator[Crop]:
    """Yield crops of the forged picture of a pair, and of its clean twin: the same ones, if paired.

    Side 0 is the whole picture.
    """
    mask, forged, twin = twins.mask, twins.forged, twins.clean
    around, beyond = Surroundings(forged), Surroundings(twin)
    shape, places = forged.shape, _Places(mask, twin, config)
    for place, draws in enumerate(pieces):
        top, left = _corner(shape, side, draws, places.choose(draws))
        look = _disguise(pieces[place - place % config.collage].fork("disguise"), config.disguised)
        inside = _window(mask, top, left, side)
        found = _operations(twins.edits, top, left, side or max(mask.shape))
        yield _shown(look, _window(forged, top, left, side), inside, found, around)
        if not config.paired:
            top, left = _corner(shape, side, draws, None)
        yield _shown(look, _window(twin, top, left, side), np.zeros_like(inside), frozenset(), beyond)


def cut_retouched(
    clean: Pixels, side: int, pieces: Sequence[Draws], config: TilesConfig, *, easy: bool
) -> Iterator[Crop]:
    """Yield crops of a clean picture with a piece drawn in another way, and as they were.

    An easy one has nothing else about it. Of a collage some crops are retouched, and all treated alike.
    """
    whole = Surroundings(clean)
    edges = np.flatnonzero(edges_of(clean))
    for first in range(0, len(pieces), config.collage):
        together, leader = pieces[first : first + config.collage], pieces[first]
        odd, stored = (not easy and leader.chance(share) for share in (_UNUSUAL, _SAVED))
        shown: list[Pixels] = []
        masks: list[NDArray[np.bool_]] = []
        for draws in together:
            changes = config.collage == 1 or draws.chance(config.changed)
            busy = len(edges) and (changes or draws.chance(config.busy))
            top, left = _corner(clean.shape, side, draws, edges if busy else None)
            crop = _window(clean, top, left, side)
            if odd:
                crop = unusual(crop, leader.fork("overall"))
            forged, mask = crop, np.zeros(crop.shape[:2], np.bool_)
            if changes:
                forged, mask = retouched(crop, draws.fork("retouch"))
            both = [forged, crop]
            both = saved(both, leader.fork("saved")) if stored else both
            shown += both
            # A loss may have taken the little that was changed.
            masks.append(mask & (both[0] != both[1]).any())
        # What was treated all over is common in the crops alone.
        around = Surroundings(np.hstack(shown[1::2])) if odd or stored else whole
        look = _disguise(leader.fork("disguise"), config.disguised)
        for forged, crop, mask in zip(shown[::2], shown[1::2], masks, strict=True):
            yield _shown(look, forged, mask, None, around)
            yield _shown(look, crop, np.zeros_like(mask), None, around)


def beside(crops: Sequence[Crop]) -> Crop:
    """Return crops of one picture as one, beside each other."""
    if len(crops) == 1:
        return crops[0]
    told = [crop.operations for crop in crops if crop.operations is not None]
    return Crop(
        np.hstack([crop.pixels for crop in crops]),
        np.hstack([crop.mask for crop in crops]),
        frozenset().union(*told) if told else None,
        np.concatenate([crop.counts for crop in crops], 2),
    )


class _Places:
    """Where on a picture crops are laid: over changes, over what is to be seen, or anywhere."""

    def __init__(self, mask: NDArray[np.bool_], twin: Pixels, config: TilesConfig) -> None:
        self._changed = np.flatnonzero(mask)
        self._edges = np.flatnonzero(edges_of(twin)) if config.busy else np.empty(0, np.int64)
        self._config = config

    def choose(self, draws: Draws) -> NDArray[np.int64] | None:
        """Return the pixels of which the next crop holds one, or None where it lies anywhere."""
        if draws.chance(self._config.changed):
            return self._changed
        if self._config.busy and draws.chance(self._config.busy) and len(self._edges):
            return self._edges
        return None


class Surroundings:
    """A picture, as that in which things are common or rare."""

    def __init__(self, picture: Pixels) -> None:
        self._times = times_of_array(_window(picture, 0, 0, 0))

    def counts(self, piece: Pixels) -> Pixels:
        """Return in how many parts of the picture what each pixel of a piece shows is seen, at least one."""
        return np.maximum(counts_of_array(piece, self._times), 1)


def _shown(
    look: _Look, pixels: Pixels, mask: NDArray[np.bool_], found: frozenset[str] | None, around: Surroundings
) -> Crop:
    """Return a crop as it is shown, and how common what it shows is in its surroundings."""
    counts = np.stack([look(sight) for sight in around.counts(pixels)])
    return Crop(look(pixels), look(mask), found, counts)


def _disguise(draws: Draws, share: float) -> _Look:
    """Return what shows the crops of a pair, and their mask, in another way that leaves traces alone."""
    shown = draws.chance(share)
    mirrored, inverted = shown and draws.chance(0.5), shown and draws.chance(0.5)
    colours = draws.shuffled((0, 1, 2)) if shown else [0, 1, 2]

    def look(picture: NDArray[Any]) -> NDArray[Any]:
        if picture.ndim == 3:
            picture = picture[..., colours]
            picture = np.asarray(255 - picture, picture.dtype) if inverted else picture
        return np.ascontiguousarray(picture[:, ::-1] if mirrored else picture)

    return look


def _is_plain(row: Json) -> bool:
    drawn = json.loads(row["drawn"])
    return not drawn.get("degradations") and all(entry["codec"] == "png" for entry in row["encodes"])


def _read(data: bytes, how: int) -> Pixels:
    found = cv2.imdecode(np.frombuffer(data, np.uint8), how)
    if found is None:
        raise UnreadablePicture("unreadable_image", "a picture of the training set cannot be decoded")
    return np.asarray(found, np.uint8)


def _corner(
    shape: tuple[int, ...], side: int, draws: Draws, places: NDArray[np.int64] | None
) -> tuple[int, int]:
    """Return the corner of a crop: one that holds one of these pixels, drawn at random, or any."""
    height, width = shape[:2]
    if not side:
        return 0, 0
    if places is not None:
        row, column = divmod(int(places[draws.integer(0, len(places) - 1)]), width)
        top, left = (at - draws.integer(side // 8, side - side // 8) for at in (row, column))
    else:
        top, left = draws.integer(0, max(0, height - side)), draws.integer(0, max(0, width - side))
    return _aligned(top, height - side), _aligned(left, width - side)


def _aligned(start: int, last: int) -> int:
    """Return the start of a whole tile, not after the last at which a crop lies within the picture."""
    return max(0, min(start, -(-last // STRIDE) * STRIDE) // STRIDE * STRIDE)


def _window(picture: NDArray[_Kind], top: int, left: int, side: int) -> NDArray[_Kind]:
    """Return a square of a picture; where it ends earlier, its last row and column are repeated.

    Side 0 is all of it, in whole tiles.
    """
    part = picture[top : top + side, left : left + side] if side else picture
    rows, columns = ((side or -(-length // STRIDE) * STRIDE) - length for length in part.shape[:2])
    if not rows and not columns:
        return part
    around = [(0, rows), (0, columns)] + [(0, 0)] * (part.ndim - 2)
    if part.dtype == np.bool_:
        return np.pad(part, around)
    return np.pad(part, around, "edge")


def _operations(
    edits: Iterable[tuple[str, Sequence[float] | None]], top: int, left: int, side: int
) -> frozenset[str]:
    """Return the operations that reach into a square."""
    return frozenset(
        name
        for name, box in edits
        if box is None
        or (box[0] < left + side and left < box[0] + box[2] and box[1] < top + side and top < box[1] + box[3])
    )
