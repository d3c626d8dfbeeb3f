"""What is evaluated on: the pictures of a set of ours, or of a folder with a subfolder a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sigh_batch.config.evaluate import EvaluateConfig
from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError
from sigh_batch.evaluation.facts import Facts
from sigh_batch.models.document import ModelDocument
from sigh_batch.sources.decode import ANY_SIZE, decode
from sigh_batch.sources.opening import is_set, open_source
from sigh_batch.store import Store, open_store
from sigh_batch.store.options import StoreOptions

ALL = "all"
TEST = "test"
CLASSES = ("clean", "forged")
"""The classes of a set of ours."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """One picture, as it is stored and decoded."""

    path: str
    data: bytes
    pixels: NDArray[np.uint8]
    """Height x width x 3, RGB."""
    changed: NDArray[np.bool_] | None = None
    """The changed pixels, where that is known; of a clean picture none."""
    told: Json = field(default_factory=dict)
    """What rows tell of it: sha256, split, source_id, label_true, tamper_params."""


class Subject(Protocol):
    """Pictures by number, and what is known of them."""

    url: str
    split: str
    """Which split they are, or `all`."""
    classes: tuple[str, ...]
    """Names of the labels; of two, the second is the positive one."""
    facts: Facts

    def __len__(self) -> int: ...

    def read(self, number: int) -> Shown:
        """Return a picture; raises UnreadablePicture."""

    def told(self, number: int) -> Json:
        """Return what rows tell of a picture that cannot be read: path, label_true and the like."""


def open_subject(
    url: str,
    config: EvaluateConfig,
    models: Sequence[ModelDocument],
    options: StoreOptions | None = None,
) -> Subject:
    """Open what is to be scored; raises ConfigError where there is nothing that the models could be asked."""
    store = open_store(url, options, create=False)
    if is_set(store):
        from sigh_batch.evaluation.sets import SetSubject

        for model in models:
            if len(model.classes) != 2:
                raise ConfigError(
                    f"{model.name} tells {', '.join(model.classes)} apart, and the set in {url} has clean "
                    "and forged pictures; evaluate it on a folder with a subfolder a class"
                )
        return SetSubject(store, config)
    from sigh_batch.evaluation.folders import FolderSubject

    return FolderSubject(store, config, models, data_identity(url, options))


def data_identity(url: str, options: StoreOptions | None = None) -> Json:
    """Return what decides the pictures at a URL, as runs that read them keep it."""
    return open_source(url, options).identity


def lit_pixels(mask: bytes, name: str) -> NDArray[np.bool_]:
    """Return the pixels that a mask's file has lit; raises UnreadablePicture."""
    found: NDArray[np.bool_] = decode(mask, name, ANY_SIZE).pixels[..., 0] > 127
    return found


def known_splits(store: Store, split: str, there: Sequence[str]) -> ConfigError:
    """Return the error that a split has no pictures."""
    return ConfigError(
        f"{store.url} has no pictures in split {split!r}; it has {', '.join(sorted(there)) or 'none'}, "
        f"and --split {ALL} scores every picture"
    )
