"""A folder with a subfolder a class, as `real/` and `ai/`; train and test folders may stand above them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from sigh_batch.config.backbone import BackboneConfig
from sigh_batch.data.objects import local_path
from sigh_batch.errors import ConfigError
from sigh_batch.sources.decode import Limits
from sigh_batch.sources.folder import FolderSource, split_of
from sigh_batch.store import Store
from sigh_batch.training.labelled import Labelled, order_of

_SPLITS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}
_READERS = 16


def labelled_folder(store: Store, config: BackboneConfig) -> Labelled:
    """Return the pictures of a folder with their classes; raises ConfigError where it has none."""
    source = FolderSource(store, limits=Limits(max_pixels=config.max_pixels, min_side=1))
    keys = source.keys
    given = _given_splits(keys)
    paths = [key.split("/")[given is not None :] for key in keys]
    named = {path[0] for path in paths if len(path) > 1}
    where = store.url
    if not named:
        raise ConfigError(
            f"there is no class folder in {where}; put the pictures of each class into a folder of its name, "
            "as in real/ and ai/"
        )
    classes = order_of(named, config, where)
    _check_empty(store, config, keys, depth=1 + (given is not None))
    kept = [number for number, path in enumerate(paths) if len(path) > 1 and path[0] in classes]
    labels = np.array([classes.index(paths[number][0]) for number in kept], np.int64)
    groups = _groups(store, [keys[number] for number in kept], config)
    shares = config.splits.model_dump()
    if given is None:
        splits = divided(groups, labels, shares)
    else:
        splits = _completed([given[number] for number in kept], groups, labels, shares)
    pictures = _FolderPictures(source, kept)
    return Labelled(
        url=where,
        classes=classes,
        labels=labels,
        groups=groups,
        splits=splits,
        read=pictures,
        names=pictures.name,
        notes=(*source.notes, *_odd(where, len(keys) - len(kept), groups, labels, config)),
    )


def divided(groups: Sequence[str], labels: NDArray[np.int64], shares: Mapping[str, float]) -> list[str]:
    """Return the split of each picture: a hash of its group, so that pictures added later move no other.

    Of a class that is too small to reach every split by chance, single groups are moved there.
    """
    place = {group: split_of(group, shares) for group in set(groups)}
    wanted = [split for split in ("train", "validation", "test") if shares.get(split, 0) > 0]
    for label in np.unique(labels):
        own = sorted({groups[at] for at in np.flatnonzero(labels == label).tolist()}, key=_hash)
        for split in wanted:
            having: dict[str, list[str]] = defaultdict(list)
            for group in own:
                having[place[group]].append(group)
            most = max(having.values(), key=len)
            if split not in having and len(most) > 1:
                place[most[0]] = split
    return [place[group] for group in groups]


class _FolderPictures:
    """Reads the pictures of a folder by number."""

    def __init__(self, source: FolderSource, kept: Sequence[int]) -> None:
        self._source = source
        self._kept = kept

    def __call__(self, number: int) -> NDArray[np.uint8]:
        return self._source.read(self._kept[number]).pixels

    def name(self, number: int) -> str:
        return self._source.keys[self._kept[number]]


def _given_splits(keys: Sequence[str]) -> list[str] | None:
    """Return the split that the top folder of each picture names, or None where they are not splits."""
    tops = {key.split("/")[0] for key in keys if "/" in key}
    known = {top: _SPLITS.get(top.lower().removesuffix("_dataset").removesuffix("_set")) for top in tops}
    if None in known.values() or "train" not in known.values() or any(key.count("/") < 2 for key in keys):
        return None
    return [known[key.split("/")[0]] or "" for key in keys]


def _completed(
    splits: list[str], groups: Sequence[str], labels: NDArray[np.int64], shares: Mapping[str, float]
) -> list[str]:
    """Return splits with a validation split, taken from the training split where the folder has none."""
    if "validation" in splits:
        return splits
    at = [number for number, split in enumerate(splits) if split == "train"]
    parts = {"train": shares["train"], "validation": shares["validation"]}
    found = dict(zip(at, divided([groups[number] for number in at], labels[at], parts), strict=True))
    return [found.get(number, split) for number, split in enumerate(splits)]


def _groups(store: Store, keys: Sequence[str], config: BackboneConfig) -> list[str]:
    """Return what never falls into different splits."""
    if config.grouping == "folder":
        return [key.rpartition("/")[0] for key in keys]
    if config.grouping == "file":
        return [key.rpartition("/")[2].partition(".")[0] for key in keys]
    with ThreadPoolExecutor(_READERS) as pool:
        return list(pool.map(lambda key: hashlib.sha256(store.get(key)).hexdigest()[:32], keys))


def _check_empty(store: Store, config: BackboneConfig, keys: Sequence[str], depth: int) -> None:
    """Refuse a folder beside those of the classes that has no pictures: it was meant to be one."""
    top = local_path(store)
    if config.classes is not None or top is None:
        return
    filled = {tuple(key.split("/")[:depth]) for key in keys}
    for folder in sorted(top.glob("/".join("*" * depth))):
        place = folder.relative_to(top)
        if folder.is_dir() and place.parts not in filled and not place.as_posix().startswith("."):
            raise ConfigError(
                f"the class folder {place.as_posix()!r} of {store.url} has no pictures; add some, or name "
                "the classes in backbone.classes"
            )


def _odd(
    where: str, left: int, groups: Sequence[str], labels: NDArray[np.int64], config: BackboneConfig
) -> list[str]:
    """Tell of pictures outside the classes, and of equal ones that are said to be of different classes."""
    notes = [f"{left:,} pictures of {where} are in no folder of a class, and are not read"] if left else []
    if config.grouping == "content":
        told: dict[str, set[int]] = defaultdict(set)
        for group, label in zip(groups, labels.tolist(), strict=True):
            told[group].add(label)
        twice = sum(len(found) > 1 for found in told.values())
        if twice:
            notes.append(f"{twice:,} files of {where} are in more than one class")
    return notes


def _hash(group: str) -> str:
    return hashlib.sha256(group.encode()).hexdigest()
