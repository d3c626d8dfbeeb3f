"""Pictures with a class, a group and a split each: of a set, or of a folder with a subfolder a class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigh_batch.config.backbone import BackboneConfig
from sigh_batch.data.loader import open_dataset
from sigh_batch.data.schema import MANIFEST_KEY
from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.sources.decode import ANY_SIZE, decode, decode_own_png
from sigh_batch.sources.magic import kind_of
from sigh_batch.store import Store
from sigh_batch.training.calibration import is_for_calibration

Pixels = NDArray[np.uint8]
Numbers = NDArray[np.int64]

LABELS = ("clean", "forged")
"""What the labels 0 and 1 of a set are called."""
POSITIVE = ("generated", "synthetic", "ai", "fake", "deepfake", "tampered", "edited", "altered", "forged")
"""Names of classes that belong last, the surest one at the end."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labelled:
    """Pictures by number, and what each of them is."""

    url: str
    classes: tuple[str, ...]
    labels: Numbers
    """The place of each picture's class in `classes`."""
    groups: Sequence[str]
    splits: Sequence[str]
    read: Callable[[int], Pixels]
    """Returns a picture, and raises UnreadablePicture; it pickles."""
    names: Callable[[int], str]
    """Returns what a picture is called, for messages; it pickles."""
    notes: tuple[str, ...] = ()
    """What is not read, and what is odd: a sentence each."""

    def numbers(self, split: str) -> Numbers:
        """Return the numbers of the pictures of a split, in order."""
        return np.flatnonzero(np.array(self.splits) == split)

    def halves(self) -> tuple[Numbers, Numbers]:
        """Return the validation split's halves, for stopping and for calibration.

        Where a half would lack a class, as of a few pictures, both are the whole split.
        """
        whole = self.numbers("validation")
        second = np.array([is_for_calibration(self.groups[number]) for number in whole], np.bool_)
        halves = whole[~second], whole[second]
        if any(len(set(self.labels[half].tolist())) < len(self.classes) for half in halves):
            return whole, whole
        return halves

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many pictures of each class are in each split."""
        found = Counter(zip(self.splits, self.labels.tolist(), strict=True))
        return {
            split: {name: found[split, place] for place, name in enumerate(self.classes)}
            for split in sorted(set(self.splits))
        }


def open_labelled(store: Store, config: BackboneConfig) -> Labelled:
    """Return the pictures at a store with their classes.

    Raises ConfigError where they cannot teach: no class folder, one class only, a class or a split without
    pictures.
    """
    if store.stat(MANIFEST_KEY) is not None:
        found = _of_set(store, config)
    else:
        from sigh_batch.training.folders import labelled_folder

        found = labelled_folder(store, config)
    for split in ("train", "validation"):
        for place, name in enumerate(found.classes):
            if not (found.labels[found.numbers(split)] == place).any():
                raise ConfigError(
                    f"the class {name!r} of {found.url} has no picture in the split {split!r}; add some, or "
                    "divide the data in another way"
                )
    return found


def order_of(names: set[str], config: BackboneConfig, where: str) -> tuple[str, ...]:
    """Return the classes in the order of the outputs: as told, or by name with the positive one last.

    Raises ConfigError where there are not two, UnknownName for one that the data has not.
    """
    if config.classes is not None:
        for name in config.classes:
            if name not in names:
                raise UnknownName("class", name, names, f"those of {where}")
        return config.classes
    if len(names) < 2:
        only = f"one class only, {next(iter(names))!r}" if names else "no classes"
        raise ConfigError(f"{where} has {only}; at least two are needed to tell apart")
    return tuple(sorted(names, key=lambda name: (_rank(name), name)))


def _rank(name: str) -> int:
    return POSITIVE.index(name.lower()) if name.lower() in POSITIVE else -1


class _SetPictures:
    """Reads the pictures of a set by number."""

    def __init__(self, store: Store, places: Numbers) -> None:
        self._dataset = open_dataset(store)
        self._places = places

    def __call__(self, number: int) -> Pixels:
        image = self._dataset.image(int(self._places[number]))
        if kind_of(image) == "png":
            return decode_own_png(image, self.name(number))
        return decode(image, self.name(number), ANY_SIZE).pixels

    def name(self, number: int) -> str:
        return f"sample {self._places[number]} of {self._dataset.url}"


def _of_set(store: Store, config: BackboneConfig) -> Labelled:
    dataset = open_dataset(store)
    if not len(dataset):
        raise ConfigError(f"the set in {store.url} has labels and no pictures: every sample of it failed")
    values = dataset.column(config.label).to_pylist()
    if config.label == "label":
        values = [None if value is None else LABELS[value] for value in values]
    # A forgery without pixel traces can teach nothing but the wrong thing.
    depths = dataset.column("scene_depth").to_pylist()
    kept = [
        at
        for at, (value, deep) in enumerate(zip(values, depths, strict=True))
        if value is not None and not deep
    ]
    names = {str(values[at]) for at in kept}
    classes = order_of(names, config, f"the set in {store.url}, by its column {config.label!r},")
    kept = [at for at in kept if str(values[at]) in classes]
    groups, splits = (dataset.column(name).to_pylist() for name in ("group", "split"))
    pictures = _SetPictures(store, np.array(kept, np.int64))
    left = len(values) - len(kept)
    return Labelled(
        url=store.url,
        classes=classes,
        labels=np.array([classes.index(str(values[at])) for at in kept], np.int64),
        groups=[groups[at] for at in kept],
        splits=[splits[at] for at in kept],
        read=pictures,
        names=pictures.name,
        notes=(f"{left:,} samples of {store.url} are not read: without a class, or forged without a trace",)
        if left
        else (),
    )
