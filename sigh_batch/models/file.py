"""The files of a model in any store: model.safetensors, card.md, and model.json, which is written last.

Nothing of the weights is read as anything before their hash is found to be the document's. A pickle can run
code when it is opened, so none ever is, whatever it is called.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from sigh_batch.data.trained import MODEL_KEY
from sigh_batch.errors import ConfigError, DataError, NotFound
from sigh_batch.models.document import SCHEMA_VERSION, ModelDocument, Weights
from sigh_batch.store.protocol import Store

if TYPE_CHECKING:
    from torch import Tensor

WEIGHTS_KEY = "model.safetensors"
ONNX_KEY = "model.onnx"
STRIPS_KEY = "model.strips.zip"
"""The same network cut where a large picture has to be, for `sigh_batch.models.strips`."""
PROGRAM_KEY = "model.pt2"
CARD_KEY = "card.md"
PICKLES = frozenset({".bin", ".ckpt", ".joblib", ".pickle", ".pkl", ".pt", ".pth"})
"""Endings of files that are pickles, in lower case."""

_BUFFERS = (
    "num_batches_tracked",
    "relative_coords_table",
    "relative_position_index",
    "running_mean",
    "running_var",
)
"""Ends of the names of stored tensors that are not learned."""
_ADVICE = "they can run code when they are opened; save the weights as safetensors"
_LOOKED_AT = 1000


def write_model(
    store: Store, document: ModelDocument, state: Mapping[str, Tensor], prefix: str = ""
) -> ModelDocument:
    """Write the weights and then the document that vouches for them; return it with their hash.

    Equal tensors and an equal document give equal bytes. `prefix` is a folder within the store, with its
    slash.
    """
    from safetensors.torch import save

    data = save({name: tensor.detach().cpu().contiguous().clone() for name, tensor in state.items()})
    learned = sum(
        tensor.numel()
        for name, tensor in state.items()
        if tensor.is_floating_point() and not name.endswith(_BUFFERS)
    )
    weights = Weights(sha256=hashlib.sha256(data).hexdigest(), bytes=len(data), parameters=learned)
    whole = document.model_copy(update={"weights": weights})
    store.put(f"{prefix}{WEIGHTS_KEY}", data)
    write_document(store, whole, prefix)
    return whole


def write_document(store: Store, document: ModelDocument, prefix: str = "") -> None:
    """Write the document and its card alone, as after a calibration: the weights stay what they are."""
    from sigh_batch.models.card import card_of

    store.put(f"{prefix}{CARD_KEY}", card_of(document).encode())
    text = json.dumps(document.model_dump(mode="json", by_alias=True), indent=2, ensure_ascii=False)
    store.put(f"{prefix}{MODEL_KEY}", f"{text}\n".encode())


def read_model(store: Store, prefix: str = "") -> tuple[ModelDocument, dict[str, Tensor]]:
    """Return a model's document and its weights, whose hash was found right.

    Raises NotFound where there is no model, ConfigError where there is only a pickle, DataError when the
    files are damaged or do not belong together.
    """
    document = read_document(store, prefix)
    return document, read_weights(store, document, prefix)


def read_document(store: Store, prefix: str = "") -> ModelDocument:
    """Return a model's document; raises NotFound, ConfigError and DataError as `read_model` does."""
    where = f"{prefix}{MODEL_KEY} in {store.url}"
    try:
        data = store.get(f"{prefix}{MODEL_KEY}")
    except NotFound:
        raise _absent(store, prefix) from None
    try:
        found = json.loads(data)
    except ValueError as error:
        raise DataError(
            f"{where} is damaged: not JSON ({error}); take the model from its origin again"
        ) from error
    if not isinstance(found, dict) or "schema" not in found:
        raise DataError(f"{where} is no document of a model: it lacks 'schema'; name another")
    if found["schema"] != SCHEMA_VERSION:
        raise DataError(
            f"{where} has schema {found['schema']!r} and this version reads {SCHEMA_VERSION}; "
            "use the version that wrote it"
        )
    return _parsed(found, where)


def read_weights(store: Store, document: ModelDocument, prefix: str = "") -> dict[str, Tensor]:
    """Return the tensors that belong to a document; raises DataError when they are others."""
    where = f"{prefix}{WEIGHTS_KEY} in {store.url}"
    stated = document.weights
    if stated is None:
        raise DataError(f"{prefix}{MODEL_KEY} in {store.url} states no weights; it was never finished")
    try:
        data = store.get(f"{prefix}{WEIGHTS_KEY}")
    except NotFound:
        raise NotFound(f"{where} is missing, and its {MODEL_KEY} is there; copy both files") from None
    check_pickle(data, where)
    if len(data) != stated.bytes:
        raise DataError(
            f"{where} has {len(data):,} bytes and its {MODEL_KEY} says {stated.bytes:,}; "
            "copy both files from one model"
        )
    found = hashlib.sha256(data).hexdigest()
    if found != stated.sha256:
        raise DataError(
            f"{where} has sha256 {found[:12]} and its {MODEL_KEY} says {stated.sha256[:12]}; "
            "copy both files from one model"
        )
    return parse_weights(data, where)


def parse_weights(data: bytes, where: str) -> dict[str, Tensor]:
    """Return the tensors of a safetensors file; raises ConfigError for a pickle, DataError for damage."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    check_pickle(data, where)
    try:
        return load(data)
    except (SafetensorError, ValueError) as error:
        raise DataError(
            f"{where} is damaged, not a whole safetensors file ({error}); take another"
        ) from error


def check_name(name: str) -> None:
    """Refuse a pickle by its name; raises ConfigError."""
    if PurePosixPath(name).suffix.lower() in PICKLES:
        raise ConfigError(f"pickles such as {name} are not read: {_ADVICE}")


def check_pickle(data: bytes, where: str) -> None:
    """Refuse a pickle by its first bytes, bare or in the zip that torch puts it in; raises ConfigError."""
    # A safetensors file begins with a length of eight bytes, which may look like anything, and a brace.
    bare = data[:1] == b"\x80" and data[1:2] in (b"\2", b"\3", b"\4", b"\5")
    if (bare or data.startswith(b"PK\3\4")) and data[8:9] != b"{":
        raise ConfigError(f"{where} is a pickle, and pickles are not read: {_ADVICE}")


def find_models(store: Store) -> Iterator[tuple[str, ModelDocument]]:
    """Yield the URL and the document of the model that this store is, and of those below it.

    A model.json that is none of ours, or damaged, is passed by.
    """
    for found in store.list():
        folder, slash, name = found.key.rpartition("/")
        if name != MODEL_KEY:
            continue
        try:
            document = read_document(store, f"{folder}{slash}")
        except DataError:
            continue
        yield place_of(store, folder), document


def place_of(store: Store, prefix: str = "") -> str:
    """Return the URL of a folder within a store."""
    folder = prefix.rstrip("/")
    if not folder:
        return store.url
    return f"{store.url}{folder}" if store.url.endswith("/") else f"{store.url}/{folder}"


def _parsed(found: dict[str, Any], where: str) -> ModelDocument:
    try:
        return ModelDocument.model_validate(found)
    except ValueError as error:
        problem: Any = error.errors()[0]  # type: ignore[attr-defined]
        name = ".".join(map(str, problem["loc"]))
        if problem["type"] == "missing":
            fault = f"it lacks {name!r}"
        elif problem["type"] == "extra_forbidden":
            fault = f"{name!r} is not known"
        else:
            fault = f"{name}: {problem['msg'].lower()}, got {problem['input']!r}"
        raise DataError(f"{where} is damaged: {fault}; take the model from its origin again") from error


def _absent(store: Store, prefix: str) -> Exception:
    """Say that there is no model, and what is there in its place where that is a pickle."""
    where = place_of(store, prefix)
    beside = (found.key for found in islice(store.list(prefix), _LOOKED_AT))
    pickle = next((key for key in beside if PurePosixPath(key).suffix.lower() in PICKLES), None)
    if pickle:
        return ConfigError(
            f"{where} has no {MODEL_KEY}, and pickles such as {pickle} are not read: {_ADVICE}"
        )
    return NotFound(f"there is no model in {where}: it has no {MODEL_KEY}; name what `sigh train` wrote")
