"""The one way to a model: from what a user writes after `--model` to a detector that is ready to score."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from sigh_batch.data.trained import DEFAULT_NAME, MODEL_KEY
from sigh_batch.errors import ConfigError, MissingLibrary, NotFound
from sigh_batch.models.detector import Detector
from sigh_batch.models.document import ModelDocument
from sigh_batch.models.file import ONNX_KEY, WEIGHTS_KEY, check_name, read_document, read_model
from sigh_batch.store import Store, open_store
from sigh_batch.store.options import StoreOptions

Backend = Literal["auto", "torch", "onnx"]
Precision = Literal["float32", "bfloat16"]

DEFAULT = Path(__file__).with_name("default")
"""The folder of the model that comes with the package."""
_FILES = (MODEL_KEY, WEIGHTS_KEY, ONNX_KEY)


def open_model(
    url: str | None,
    store_config: StoreOptions | None = None,
    *,
    device: str = "auto",
    backend: Backend = "auto",
    precision: Precision = "float32",
    together: int = 1,
) -> Detector:
    """Open the model at a URL, or the default one, on a device.

    `backend` onnx computes by ONNX Runtime on the CPU, from the model.onnx that `sigh models export` put
    beside the document; auto and torch compute in torch, on a GPU where there is one. Of a model that reads
    pixels at their own size, torch on a processor looks at so many pictures `together`, with a core each.

    Raises NotFound where there is no model, ConfigError for a pickle, a device or torch not there or bfloat16
    by ONNX Runtime, DataError for files that are damaged or do not belong together.
    """
    store = model_store(url, store_config)
    if backend == "onnx":
        from sigh_batch.models.onnx import open_onnx

        if precision != "float32":
            raise ConfigError(f"precision is {precision!r} and backend onnx; torch alone computes in that")
        return open_onnx(store, read_document(store))
    if not find_spec("torch"):
        raise MissingLibrary(
            "this installation, or image, has no torch; score by ONNX Runtime: --set predict.backend=onnx, "
            "and a model that `sigh models export --format onnx` was given"
        )
    # torch gives memory back after every feature; in pages of 4 KB, a quarter of the time goes into that.
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
    from sigh_batch.models.networks import build_network, choose_device, load_state
    from sigh_batch.models.pytorch import answer_by_torch, look_by_torch, pool_of_cores
    from sigh_batch.models.scoring import ClassesDetector, TilesDetector

    place = choose_device(device)
    document, state = read_model(store)
    network = load_state(
        build_network(document.architecture, len(document.classes)), state, f"{WEIGHTS_KEY} in {store.url}"
    )
    if is_tiles(document):
        pool = pool_of_cores(together) if together > 1 and place.type == "cpu" else None
        return TilesDetector(document, look_by_torch(network, place, precision), pool)
    return ClassesDetector(document, answer_by_torch(network, place, precision))


def is_tiles(document: ModelDocument) -> bool:
    """Return whether a model reads pixels at their own size, and not pictures of one size."""
    return document.architecture.name == "tiles"


def model_store(url: str | None, store_config: StoreOptions | None = None) -> Store:
    """Return the store whose top is a model; the URL may also be that of one of its files.

    None and `default` stand for the model that came with the package. Raises NotFound where none did,
    ConfigError for a pickle.
    """
    if url is None or url == DEFAULT_NAME:
        if not (DEFAULT / MODEL_KEY).is_file():
            raise NotFound("this installation has no default model; name one with --model URL")
        return open_store(DEFAULT, create=False)
    folder, _, name = url.rpartition("/")
    if not (Path(url).is_dir() and Path(url, MODEL_KEY).is_file()):
        check_name(name)
    if name in _FILES:
        return open_store(folder or ("/" if url.startswith("/") else "."), store_config, create=False)
    if not url.strip():
        raise ConfigError("an empty URL of a model; name what `sigh train` wrote")
    return open_store(url, store_config, create=False)
