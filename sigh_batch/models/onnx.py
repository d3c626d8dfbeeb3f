"""Scoring by ONNX Runtime: the same answers on a CPU, without torch's network."""

from __future__ import annotations

import zipfile
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from sigh_batch.data.trained import MODEL_KEY
from sigh_batch.errors import DataError, MissingLibrary, NotFound
from sigh_batch.models.cores import count_cores
from sigh_batch.models.detector import Detector
from sigh_batch.models.document import ModelDocument
from sigh_batch.models.file import ONNX_KEY, STRIPS_KEY
from sigh_batch.models.grid import AT_ONCE, whole_tiles
from sigh_batch.models.opening import is_tiles
from sigh_batch.models.scoring import ClassesDetector, Floats, Look, Pixels, TilesDetector
from sigh_batch.models.strips import Strips, unpack
from sigh_batch.store import Store

if TYPE_CHECKING:
    from torch import Tensor

WEIGHTS_PROPERTY = "sigh.weights"
"""Under which an exported file names the hash of the weights that it was made from."""
INPUT = "pictures"
"""Name of the input of every exported network."""


def open_onnx(store: Store, document: ModelDocument) -> Detector:
    """Return a detector that computes by ONNX Runtime.

    Raises NotFound where nothing was exported, DataError where the file was exported from other weights,
    MissingLibrary without ONNX Runtime, or without torch where pictures are to be made of one size.
    """
    where = f"{ONNX_KEY} in {store.url}"
    try:
        data = store.get(ONNX_KEY)
    except NotFound:
        raise NotFound(
            f"there is no {where}; write one with: sigh models export {store.url} --format onnx"
        ) from None
    session = open_session(data, where)
    _check_origin(session, document, where)
    if is_tiles(document):
        return TilesDetector(document, _look(session, _strips(store, document)))
    if not find_spec("torch"):
        raise MissingLibrary(
            f"the network of {where} takes pictures of one size, which torch makes of others, and there is "
            "no torch here; install it, or take the image that has it"
        )
    return ClassesDetector(document, lambda pictures: _answer(session, pictures))


def open_session(data: bytes, where: str) -> Any:
    """Return ONNX Runtime's session over an exported file, with as many threads as there are cores for us."""
    if not find_spec("onnxruntime"):
        raise MissingLibrary(
            "scoring by ONNX Runtime needs onnxruntime; install it with: pip install 'sigh-batch[onnx]'"
        )
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = count_cores()
    # It would keep a plan of memory, and the memory, for every size of picture that it has seen.
    options.enable_mem_pattern = False
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # It has a class of its own for each fault, and none in common but this.
        reason = str(error).partition("\n")[0]
        raise DataError(
            f"{where} is damaged, not a network that can be run ({reason}); export it again"
        ) from error


def _check_origin(session: Any, document: ModelDocument, where: str) -> None:
    made_from = session.get_modelmeta().custom_metadata_map.get(WEIGHTS_PROPERTY)
    if document.weights is None or made_from != document.weights.sha256:
        raise DataError(f"{where} was not exported from the weights of its {MODEL_KEY}; export it again")


def _answer(session: Any, pictures: Tensor) -> Floats:
    return np.asarray(session.run(None, {INPUT: pictures.numpy()})[0], np.float32)


def _strips(store: Store, document: ModelDocument) -> Strips | None:
    """Return what looks at large pictures, of a model that was exported together with it."""
    where = f"{STRIPS_KEY} in {store.url}"

    def open_graph(data: bytes) -> Any:
        session = open_session(data, where)
        _check_origin(session, document, where)
        return session

    try:
        return unpack(store.get(STRIPS_KEY), open_graph)
    except NotFound:
        return None
    except (zipfile.BadZipFile, KeyError) as error:
        raise DataError(f"{where} is damaged ({error}); export it again") from error


def _look(session: Any, strips: Strips | None) -> Look:
    def look(pixels: Pixels) -> tuple[float, Floats, Floats]:
        height, width = pixels.shape[:2]
        if strips and height * width > AT_ONCE:
            return strips.look(pixels)
        whole = whole_tiles(pixels).transpose(2, 0, 1)[None].astype(np.float32)
        picture, operations, changed = session.run(None, {INPUT: whole})
        return float(picture[0]), operations[0], changed[0, :height, :width]

    return look
