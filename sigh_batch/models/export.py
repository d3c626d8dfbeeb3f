"""A trained network as a file that other engines run: ONNX, or torch's own exported program.

No file is written before it was found to say what the network says, to 1e-4, of pictures that the tracing
never saw: of other sizes, and in other numbers at a time.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram

from sigh_batch.errors import ConfigError, MissingLibrary, SighError
from sigh_batch.models.commonness import look_up, sights_of
from sigh_batch.models.document import ModelDocument
from sigh_batch.models.file import (
    ONNX_KEY,
    PROGRAM_KEY,
    STRIPS_KEY,
    WEIGHTS_KEY,
    place_of,
    read_model,
    write_document,
)
from sigh_batch.models.grid import STRIDE, whole_tiles
from sigh_batch.models.inputs import inputs_of, normalised
from sigh_batch.models.networks import build_network, load_state
from sigh_batch.models.onnx import INPUT, WEIGHTS_PROPERTY, open_session
from sigh_batch.models.opening import is_tiles
from sigh_batch.models.sights import BUCKETS, SIGHTS
from sigh_batch.models.strips import GRAPHS, Graph, pack, unpack
from sigh_batch.models.tiles import TilesNetwork, look
from sigh_batch.rng import for_sample
from sigh_batch.store import Store

Format = Literal["onnx", "pt2"]
Pixels = NDArray[np.uint8]
Run = Callable[[Tensor], Sequence[NDArray[np.float32]]]

TOLERANCE = 1e-4
"""Largest difference of a logit, or share of it where it is above 1."""
_KEYS = {"onnx": ONNX_KEY, "pt2": PROGRAM_KEY}
_DRAWN = ((96, 64), (144, 208), (64, 176))
_LARGEST = 2**20
_LONG = ((1024, 64), (64, 1024))
_CUT = 32_768
"""So few pixels at once cut such pictures into several strips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written."""

    url: str
    bytes: int
    difference: float
    """Largest difference that was found."""
    compared: int
    """How many pictures were compared."""


def export_model(store: Store, out: Store, form: Format, pictures: Sequence[Pixels] = ()) -> Exported:
    """Write the model at the top of `store` into `out`, and its document beside where that is another place.

    `pictures` are what the answers are compared on, beside some that are drawn. Raises SighError when the
    exported network says something else, or cannot be exported at all.
    """
    document, state = read_model(store)
    network = load_state(
        build_network(document.architecture, len(document.classes)), state, f"{WEIGHTS_KEY} in {store.url}"
    ).eval()
    plain = _Plain(network) if isinstance(network, TilesNetwork) else network
    shown = [*map(draw_picture, _DRAWN), *pictures]
    data = _onnx(_traced(plain, document), document) if form == "onnx" else _saved(_traced(plain, document))
    difference = _compare(plain, _runner(data, form), batches_of(shown, document))
    key = _KEYS[form]
    _check_difference(difference, document, form)
    if form == "onnx" and isinstance(network, TilesNetwork) and network.commonness:
        out.put(STRIPS_KEY, _export_strips(network, document))
    out.put(key, data)
    if out.url != store.url:
        write_document(out, document)
    return Exported(url=place_of(out, key), bytes=len(data), difference=difference, compared=len(shown))


def batches_of(pictures: Sequence[Pixels], document: ModelDocument) -> list[Tensor]:
    """Return pictures as a network takes them: all together where they have one size, else one by one."""
    if is_tiles(document):
        return [
            torch.from_numpy(whole_tiles(pixels)).permute(2, 0, 1)[None].float().contiguous()
            for pixels in pictures
        ]
    grey = bool(document.architecture.options.get("grayscale", False))
    together = normalised(inputs_of(pictures, document.geometry, grey), document.geometry)
    return [together, together[:1]]


def draw_picture(size: tuple[int, int]) -> Pixels:
    """Return a picture of a height and width with what screenshots have: grounds, boxes, strokes, a photo."""
    draws = for_sample(0, "export", size[0] * 4096 + size[1]).generator()
    height, width = size
    pixels = np.full((height, width, 3), draws.integers(200, 256, 3), np.uint8)
    for _ in range(6):
        top, left = draws.integers(0, height - 8), draws.integers(0, width - 8)
        pixels[top : top + 12, left : left + 40] = draws.integers(0, 256, 3)
        strokes = draws.random((6, 30)) < 0.4
        part = pixels[top + 1 : top + 7, left + 1 : left + 31]
        part[strokes[: part.shape[0], : part.shape[1]]] = draws.integers(0, 90)
    photo = pixels[height // 2 : height // 2 + 24, width // 2 : width // 2 + 24]
    photo[:] = draws.integers(0, 256, photo.shape, np.uint8)
    return pixels


class _Plain(nn.Module):
    """The network over tiles, answering with what a score is made of alone."""

    def __init__(self, network: TilesNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the log-odds of pictures, of their operations and of their pixels."""
        answer = self.network(pictures)
        return answer.picture, answer.operations, answer.map


class _Here(nn.Module):
    """A strip of a picture: down to its tiles, and up to its pixels by what these were compared with."""

    def __init__(self, network: TilesNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor, times: Tensor, compared: Tensor) -> tuple[Tensor, Tensor]:
        """Return the strip's tiles, and the log-odds of its pixels."""
        *details, tiles = self.network.encode(pixels, look_up(sights_of(pixels), times.long()))
        return tiles, self.network.decode(compared, details)


class _End(nn.Module):
    """What follows for a picture from its tiles and pixels."""

    def __init__(self, network: TilesNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, compared: Tensor, changed: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the log-odds of the picture, of its operations and of its pixels."""
        answer = self.network.conclude(compared, changed)
        return answer.picture, answer.operations, answer.map


def _export_strips(network: TilesNetwork, document: ModelDocument) -> bytes:
    """Return the network for large pictures; raises SighError when it says something else of one."""
    rows, columns = (Dim(name, min=1, max=_LARGEST // STRIDE) for name in ("rows", "columns"))
    tiles = torch.zeros(1, network.config.channels[-1], 6, 4)
    times = torch.ones(1, SIGHTS, BUCKETS, dtype=torch.int32)
    of_tiles: Any = {2: rows, 3: columns}
    of_pixels: Any = {2: STRIDE * rows, 3: STRIDE * columns}
    steps: dict[Graph, tuple[nn.Module, tuple[Tensor, ...], Any]] = {
        "here": (
            _Here(network),
            (torch.zeros(1, 3, 6 * STRIDE, 4 * STRIDE), times, tiles),
            (of_pixels, {}, of_tiles),
        ),
        "all": (network.context, (tiles,), (of_tiles,)),
        "end": (_End(network), (tiles, torch.zeros(1, 1, 6 * STRIDE, 4 * STRIDE)), (of_tiles, of_pixels)),
    }
    data = pack(
        {
            name: _onnx(_program(step, examples, shapes, document), document, *GRAPHS[name])
            for name, (step, examples, shapes) in steps.items()
        }
    )
    strips = unpack(data, lambda graph: open_session(graph, STRIPS_KEY))
    for size in _LONG:
        pixels = draw_picture(size)
        both = zip(look(network, pixels), strips.look(pixels, _CUT), strict=True)
        _check_difference(max(_apart(*map(np.asarray, pair)) for pair in both), document, "strips")
    return data


def _traced(network: nn.Module, document: ModelDocument) -> ExportedProgram:
    """Return the network as a graph: of any number of pictures, and of any size where it takes that."""
    if is_tiles(document):
        example = torch.zeros(2, 3, 6 * STRIDE, 4 * STRIDE)
        most = _LARGEST // STRIDE
        shape: Any = {
            0: Dim("pictures", min=1, max=65536),
            2: STRIDE * Dim("rows", min=1, max=most),
            3: STRIDE * Dim("columns", min=1, max=most),
        }
    else:
        geometry = document.geometry
        example = torch.zeros(2, 3, geometry.height or 0, geometry.width or 0)
        shape = {0: Dim.DYNAMIC, 2: Dim.AUTO, 3: Dim.AUTO}
    return _program(network, (example,), (shape,), document)


def _program(
    step: nn.Module, examples: tuple[Tensor, ...], shapes: tuple[Any, ...], document: ModelDocument
) -> ExportedProgram:
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # what libraries say of their own code
            return torch.export.export(step, examples, dynamic_shapes=shapes)
    except Exception as error:  # What cannot be traced says so in many ways.
        raise _refused(document, error) from error


def _onnx(
    program: ExportedProgram,
    document: ModelDocument,
    inputs: Sequence[str] = (INPUT,),
    outputs: Sequence[str] | None = None,
) -> bytes:
    if not (find_spec("onnxscript") and find_spec("onnx")):
        raise MissingLibrary("exporting to ONNX needs onnx; install it with: pip install 'sigh-batch[onnx]'")
    assert document.weights
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what libraries say of their own code
            made = torch.onnx.export(
                program, dynamo=True, input_names=inputs, output_names=outputs, verbose=False
            )
    except Exception as error:  # What has no counterpart in ONNX says so in many ways.
        raise _refused(document, error) from error
    assert made is not None
    made.model.metadata_props[WEIGHTS_PROPERTY] = document.weights.sha256
    with TemporaryDirectory() as folder:
        path = Path(folder, ONNX_KEY)
        made.save(str(path), external_data=False)
        return path.read_bytes()


def _saved(program: ExportedProgram) -> bytes:
    out = io.BytesIO()
    torch.export.save(program, out)
    return out.getvalue()


def _runner(data: bytes, form: Format) -> Run:
    """Return what runs exported bytes as a stranger would, from nothing but them."""
    if form == "onnx":
        session = open_session(data, ONNX_KEY)

        def run_onnx(pictures: Tensor) -> Sequence[NDArray[np.float32]]:
            found: Sequence[NDArray[np.float32]] = session.run(None, {INPUT: pictures.numpy()})
            return found

        return run_onnx
    module = torch.export.load(io.BytesIO(data)).module()
    return lambda pictures: _arrays(module(pictures))


def _compare(network: nn.Module, run: Run, batches: Sequence[Tensor]) -> float:
    """Return the largest difference between what the network and what the exported one says."""
    worst = 0.0
    with torch.no_grad():
        for pictures in batches:
            for here, there in zip(_arrays(network(pictures)), run(pictures), strict=True):
                worst = max(worst, _apart(here, there))
    return worst


def _apart(here: NDArray[Any], there: NDArray[Any]) -> float:
    apart = np.abs(here - there) / np.maximum(1, np.abs(here))
    return float(apart.max()) if np.isfinite(apart).all() else float("inf")


def _check_difference(difference: float, document: ModelDocument, form: str) -> None:
    if difference > TOLERANCE:
        raise SighError(
            f"{document.name} exported as {form} differs by {difference:.2g} from the network, more than "
            f"{TOLERANCE:g}; it was not written"
        )


def _arrays(answers: Any) -> list[NDArray[np.float32]]:
    return [answer.detach().numpy() for answer in (answers if isinstance(answers, tuple) else (answers,))]


def _refused(document: ModelDocument, error: Exception) -> ConfigError:
    reason = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return ConfigError(f"{document.architecture.name} cannot be exported: {reason[:200]}")
