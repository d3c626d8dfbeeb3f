"""Looking at a large picture strip by strip, by ONNX Runtime: memory is bounded, and the answer is the same.

The exported network is three graphs: `here` is a strip down to its tiles and back up to its pixels, `all`
compares the tiles of the whole picture, `end` is what follows from all.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sigh_batch.models.grid import STRIDE, Strip, part_of, strips_of, whole_tiles
from sigh_batch.models.scoring import Floats, Pixels
from sigh_batch.models.sights import times_of_array

_AT_ONCE = 4_194_304
"""Pixels of a strip: ONNX Runtime takes 200 bytes for each, and keeps them."""

Graph = Literal["here", "all", "end"]
GRAPHS: Mapping[Graph, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "here": (("pixels", "times", "compared"), ("tiles", "changed")),
    "all": (("tiles",), ("compared",)),
    "end": (("compared", "changed"), ("picture", "operations", "map")),
}
"""What goes into each graph, and what comes out of it."""


class Strips:
    """The open graphs."""

    def __init__(self, sessions: Mapping[Graph, Any], depth: int) -> None:
        self._sessions = sessions
        self._depth = depth

    def look(self, pixels: Pixels, at_once: int = _AT_ONCE) -> tuple[float, Floats, Floats]:
        """Return the log-odds of a picture, of each operation, and of each pixel (height x width)."""
        height, width = pixels.shape[:2]
        whole = whole_tiles(pixels)
        # Of features, N x C x H x W, and in brackets of pixels.
        axis = 2 if whole.shape[0] >= whole.shape[1] else 3
        strips = list(strips_of(whole.shape[axis - 2], whole.shape[3 - axis], at_once))
        times = times_of_array(whole)[None].astype(np.int32)

        def ask(strip: Strip, compared: Floats | None) -> tuple[Floats, Floats]:
            part = _part(whole, axis - 2, strip.taken).transpose(2, 0, 1)[None].astype(np.float32)
            if compared is None:
                size = (1, self._depth, part.shape[2] // STRIDE, part.shape[3] // STRIDE)
                compared = np.zeros(size, np.float32)
            tiles, changed = self._run("here", part, times, compared)
            return part_of(tiles, axis, strip.inner, STRIDE), part_of(changed, axis, strip.inner)

        tiles = np.concatenate([ask(strip, None)[0] for strip in strips], axis)
        (compared,) = self._run("all", tiles)
        changed = np.empty((1, 1, *whole.shape[:2]), np.float32)
        at = 0
        for strip in strips:
            found = ask(strip, part_of(compared, axis, strip.taken, STRIDE))[1]
            part_of(changed, axis, slice(at, at := at + found.shape[axis]))[:] = found
        picture, operations, changed = self._run("end", compared, changed)
        return float(picture[0]), operations[0], changed[0, :height, :width]

    def _run(self, graph: Graph, *inputs: NDArray[Any]) -> list[Floats]:
        found: list[Floats] = self._sessions[graph].run(
            None, dict(zip(GRAPHS[graph][0], map(np.ascontiguousarray, inputs), strict=True))
        )
        return found


def pack(graphs: Mapping[Graph, bytes]) -> bytes:
    """Return the graphs as one file; equal graphs give an equal file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in graphs.items():
            file.writestr(zipfile.ZipInfo(f"{name}.onnx"), data)
    return out.getvalue()


def unpack(data: bytes, open_graph: Callable[[bytes], Any]) -> Strips:
    """Return the opened graphs of a file; raises BadZipFile or KeyError when it holds something else."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        sessions = {name: open_graph(file.read(f"{name}.onnx")) for name in GRAPHS}
    return Strips(sessions, int(sessions["all"].get_inputs()[0].shape[1]))


def _part(pixels: Any, axis: int, taken: slice) -> Any:
    return pixels[taken] if axis == 0 else pixels[:, taken]
