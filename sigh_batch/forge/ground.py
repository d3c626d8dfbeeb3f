"""Removing what stands in a box, in the ways that forgers have: by eye, by pipette, by brush, by copying.

All arithmetic that decides a byte is on whole numbers, but for OpenCV's inpainting.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.errors import UnknownName
from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Mask
from sigh_batch.forge.hand import Fill
from sigh_batch.forge.likeness import like_place
from sigh_batch.render.painter import Pixels

FILLS: tuple[str, ...] = get_args(Fill)
_METHODS = {"telea": cv2.INPAINT_TELEA, "navier_stokes": cv2.INPAINT_NS}
_LARGEST = 12_000
"""More pixels than these are inpainted on a reduced picture: the result is as smooth, and comes in time."""
_SAME = 1
"""Levels by which pixels of one colour may differ."""


def fill(pixels: Pixels, box: Box, how: str, error: Sequence[int] = (0, 0, 0), *, radius: int = 3) -> Pixels:
    """Return new pixels for a box, without what stands in it.

    `flat` is the commonest colour around the box; `sampled` follows a gradient too; `neighbours` continues
    rows or columns that agree on both sides, and otherwise copies the place whose surroundings are most
    alike; `telea` and `navier_stokes` are OpenCV's, with that radius. The error is added to every pixel.

    Raises UnknownName for any other way.
    """
    if how not in FILLS:
        raise UnknownName("fill", how, FILLS)
    box = box.inside(pixels.shape[1], pixels.shape[0])
    if how == "flat":
        made = _plain(box, common_color(around(pixels, box, 3)))
    elif how == "sampled":
        made = _sampled(pixels, box)
    elif how == "neighbours":
        made = _continued(pixels, box)
    else:
        made = _inpainted(pixels, box, how, radius)
    return tinted(made, error)


def ground_color(pixels: Pixels, box: Box) -> tuple[int, int, int]:
    """Return the commonest colour inside a box: what text there stands on."""
    red, green, blue = common_color(pixels[box.window].reshape(-1, 3)).tolist()
    return red, green, blue


def ink_color(pixels: Pixels, box: Box) -> tuple[int, int, int]:
    """Return the colour in a box that is farthest from its ground: what text there is drawn in."""
    flat = pixels[box.window].reshape(-1, 3)
    far = np.abs(flat.astype(np.int16) - np.array(ground_color(pixels, box), np.int16)).sum(axis=1)
    red, green, blue = flat[int(far.argmax())].tolist()
    return red, green, blue


def ink_of(pixels: Pixels, box: Box, tolerance: int = 24) -> Mask:
    """Return which pixels of a box are not its ground: they differ from its commonest colour by so much."""
    ground = np.array(ground_color(pixels, box), np.int16)
    far = np.abs(pixels[box.window].astype(np.int16) - ground).max(axis=2)
    return np.asarray(far > tolerance, np.bool_)


def around(pixels: Pixels, box: Box, depth: int) -> Pixels:
    """Return the pixels just outside a box, n x 3; those of its own edge where the picture ends all round."""
    strips = _strips(pixels, box, depth)
    found = [strip.reshape(-1, 3) for strip in strips if strip.size]
    if not found:
        inner = pixels[box.window]
        found = [side.reshape(-1, 3) for side in (inner[:1], inner[-1:], inner[:, :1], inner[:, -1:])]
    return np.concatenate(found)


def common_color(pixels: Pixels) -> Pixels:
    """Return the commonest colour of n x 3 pixels; of equally common ones the one of the lowest value."""
    packed = pixels.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    values, counts = np.unique(packed, return_counts=True)
    most = int(values[int(counts.argmax())])
    return np.array([most >> 16, most >> 8 & 255, most & 255], np.uint8)


def tinted(pixels: Pixels, error: Sequence[int]) -> Pixels:
    """Return pixels with a colour added, within black and white."""
    if not any(error):
        return pixels
    return np.clip(pixels.astype(np.int16) + np.array(error, np.int16), 0, 255).astype(np.uint8)


def _strips(pixels: Pixels, box: Box, depth: int) -> tuple[Pixels, Pixels, Pixels, Pixels]:
    """Return what lies above, below, left and right of a box; empty beyond the picture."""
    across, down = slice(box.x, box.right), slice(box.y, box.bottom)
    return (
        pixels[max(0, box.y - depth) : box.y, across],
        pixels[box.bottom : box.bottom + depth, across],
        pixels[down, max(0, box.x - depth) : box.x],
        pixels[down, box.right : box.right + depth],
    )


def _plain(box: Box, color: Pixels) -> Pixels:
    made = np.empty((box.height, box.width, 3), np.uint8)
    made[...] = color
    return made


def _sampled(pixels: Pixels, box: Box) -> Pixels:
    """Return one colour, or a colour a row (a column) where the ground changes from top to bottom."""
    colors = [common_color(side.reshape(-1, 3)) if side.size else None for side in _strips(pixels, box, 3)]
    for first, second, upright in ((colors[0], colors[1], True), (colors[2], colors[3], False)):
        if first is None or second is None or _apart(first, second) <= _SAME:
            continue
        if _apart(first, second) <= 48:  # more than that is another surface, no gradient
            return _ramp(pixels, box, upright)
    return _plain(box, common_color(around(pixels, box, 3)))


def _ramp(pixels: Pixels, box: Box, upright: bool) -> Pixels:
    if not upright:
        turned = _ramp(pixels.transpose(1, 0, 2), Box(box.y, box.x, box.height, box.width), True)
        return np.ascontiguousarray(turned.transpose(1, 0, 2))
    strips = _strips(pixels, box, 4)
    beside = np.concatenate([strips[2], strips[3]], axis=1)
    if not beside.size:
        return _plain(box, common_color(around(pixels, box, 3)))
    beside = np.sort(beside, axis=1)[:, beside.shape[1] // 2]
    window = min(31, box.height // 4) * 2 + 1
    smooth = cv2.medianBlur(np.ascontiguousarray(beside[:, None]), window) if window > 1 else beside[:, None]
    made = np.empty((box.height, box.width, 3), np.uint8)
    made[...] = smooth.reshape(-1, 1, 3)
    return made


def _continued(pixels: Pixels, box: Box) -> Pixels:
    ring = around(pixels, box, 2)
    color = common_color(ring)
    if _mostly(np.abs(ring.astype(np.int16) - color).max(axis=1) <= _SAME, 0.97):
        return _plain(box, color)
    above, below, left, right = _strips(pixels, box, 1)
    if left.size and right.size and _agree(left, right):
        return _spread(left[:, 0], right[:, 0], box.width)
    if above.size and below.size and _agree(above, below):
        return np.ascontiguousarray(_spread(above[0], below[0], box.height).transpose(1, 0, 2))
    place = like_place(pixels, box)
    if place is None:
        return _sampled(pixels, box)
    return tinted(pixels[place.window].copy(), _difference(pixels, box, place))


def _agree(one: Pixels, other: Pixels) -> bool:
    return _mostly(np.abs(one.astype(np.int16) - other).max(axis=-1) <= 2 * _SAME, 0.95)


def _mostly(said: NDArray[np.bool_], share: float) -> bool:
    return int(np.count_nonzero(said)) >= share * said.size


def _spread(first: Pixels, last: Pixels, count: int) -> Pixels:
    """Return lines from one column of pixels to the other: n x count x 3."""
    weight = np.arange(1, count + 1)[None, :, None]
    mixed = first[:, None].astype(np.int32) * (count + 1 - weight) + last[:, None].astype(np.int32) * weight
    return ((mixed + (count + 1) // 2) // (count + 1)).astype(np.uint8)


def _difference(pixels: Pixels, box: Box, place: Box) -> tuple[int, int, int]:
    """Return by how much the surroundings of a box are brighter than those of another, at most 12 levels."""
    pairs = zip(_strips(pixels, box, 2), _strips(pixels, place, 2), strict=True)
    found = [
        (here.astype(np.int16) - there).reshape(-1, 3) for here, there in pairs if here.shape == there.shape
    ]
    if not found or not sum(part.size for part in found):
        return 0, 0, 0
    every = np.sort(np.concatenate(found), axis=0)
    red, green, blue = (min(max(int(level), -12), 12) for level in every[len(every) // 2])
    return red, green, blue


def _apart(one: Pixels, other: Pixels) -> int:
    return int(np.abs(one.astype(np.int16) - other).max())


def _inpainted(pixels: Pixels, box: Box, how: str, radius: int) -> Pixels:
    height, width = pixels.shape[:2]
    room = box.grown(2 * radius + 2).inside(width, height)
    crop = pixels[room.window]
    hole = np.zeros(crop.shape[:2], np.uint8)
    hole[box.y - room.y : box.bottom - room.y, box.x - room.x : box.right - room.x] = 255
    return inpainted(crop, hole, how, radius)[
        box.y - room.y : box.bottom - room.y, box.x - room.x : box.right - room.x
    ]


def inpainted(pixels: Pixels, hole: NDArray[np.uint8], how: str, radius: int = 3) -> Pixels:
    """Return pixels with the hole (255) filled by one of OpenCV's two methods; the others stay."""
    count = int(np.count_nonzero(hole))
    if not count or count == hole.size:
        return pixels.copy()
    step = 1
    while count > _LARGEST * step * step and min(hole.shape) // (step + 1) > 2 * radius + 2:
        step += 1
    height, width = hole.shape
    if step == 1:
        return np.asarray(cv2.inpaint(pixels, hole, radius, _METHODS[how]), np.uint8)
    size = (max(1, width // step), max(1, height // step))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_NEAREST)
    reduced = cv2.resize(hole, size, interpolation=cv2.INTER_NEAREST)
    smooth = cv2.inpaint(small, reduced, radius, _METHODS[how])
    large = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.where(hole[:, :, None] == 255, large, pixels).astype(np.uint8)
