"""Scaling pixels by every filter that viewers and messengers use, smoothed before it or not.

With `antialias` a filter widens as the picture shrinks, as browsers and editors do it (Pillow, whole
numbers throughout); without, it looks at a fixed number of neighbours, as graphics hardware and many phone
applications do it (OpenCV). `nearest` has no such choice and `area` is always the mean over the area.
"""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from sigh_batch.degrade.picture import Pixels, pixels_of
from sigh_batch.render.arithmetic import own_arithmetic

_PLAIN = {
    "nearest": cv2.INTER_NEAREST,
    "bilinear": cv2.INTER_LINEAR,
    "bicubic": cv2.INTER_CUBIC,
    "lanczos": cv2.INTER_LANCZOS4,
}
_SMOOTH = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
    "area": Image.Resampling.BOX,
}
FILTERS = ("nearest", "bilinear", "bicubic", "lanczos", "area")


def resample(pixels: Pixels, width: int, height: int, filter_name: str, antialias: bool) -> Pixels:
    """Return the pixels at another size."""
    height_before, width_before = pixels.shape[:2]
    grows = width >= width_before and height >= height_before
    same_either_way = filter_name == "nearest" or (filter_name == "bilinear" and grows)
    if filter_name == "area" or (antialias and not same_either_way):
        return pixels_of(Image.fromarray(pixels).resize((width, height), _SMOOTH[filter_name]))
    with own_arithmetic():
        plain = cv2.resize(pixels, (width, height), interpolation=_PLAIN[filter_name])
    return np.asarray(plain, np.uint8)
