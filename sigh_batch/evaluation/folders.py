"""Pictures of a folder with a subfolder a class, and what may lie beside them: masks, and a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sigh_batch.config.backbone import BackboneConfig
from sigh_batch.config.evaluate import EvaluateConfig
from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError, NotFound
from sigh_batch.evaluation.facts import Facts, FactsBuilder, spread
from sigh_batch.evaluation.slices import Member
from sigh_batch.evaluation.subject import ALL, CLASSES, TEST, Shown, known_splits, lit_pixels
from sigh_batch.models.document import ModelDocument
from sigh_batch.sources.decode import ANY_SIZE, decode
from sigh_batch.sources.folder import BESIDE, ENDINGS
from sigh_batch.store import Store

MASKS = "masks"
"""The folder of masks: a PNG of the same stem for each picture of the last class."""
TABLE = "pairs.csv"
"""A table whose column `id` is the stem of pictures; its other columns become slices."""

_SPLITS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "validation"),
    **dict.fromkeys(("test", "testing"), TEST),
}
_LOSSY = frozenset({".jpg", ".jpeg", ".webp"})


class File(NamedTuple):
    """A picture of the folder."""

    key: str
    folder: str
    """Name of its class folder."""
    split: str

    @property
    def stem(self) -> str:
        """Its name without folder and ending, which twins in class folders share."""
        return PurePosixPath(self.key).stem


class FolderSubject:
    """Pictures by the folder that they lie in: `<class>/...`, or `<split>/<class>/...`."""

    def __init__(
        self, store: Store, config: EvaluateConfig, models: Sequence[ModelDocument], identity: Json
    ) -> None:
        self.url = store.url
        self._store = store
        self._masks = _masks_of(store)
        files, divided = _list_files(store)
        trained = [model for model in models if model.data.get("identity") == identity]
        self.split = config.split or (TEST if divided or trained else ALL)
        if self.split != ALL:
            if trained or not divided:
                files = _as_trained(store, files, trained[0] if trained else models[0])
            there = sorted({file.split for file in files})
            files = [file for file in files if file.split == self.split]
            if not files:
                raise known_splits(store, self.split, there)
        self.classes, places = _classes(files, models, config.positive, store.url)
        facts = _facts_of(files, places, _read_table(store))
        kept = spread(facts.groups, config.pictures)
        self._files = [files[place] for place in kept.tolist()]
        self.facts = facts.at(kept)

    def __len__(self) -> int:
        return len(self._files)

    def read(self, number: int) -> Shown:
        """Return a picture; where there are masks, with its changed pixels."""
        file = self._files[number]
        data = self._store.get(file.key)
        pixels = decode(data, file.key, ANY_SIZE).pixels
        return Shown(
            path=file.key,
            data=data,
            pixels=pixels,
            changed=self._changed(file, number, pixels),
            told=self.told(number),
        )

    def told(self, number: int) -> Json:
        """Return what rows tell of a picture."""
        file = self._files[number]
        return {
            "path": file.key,
            "label_true": self.classes[self.facts.labels[number]],
            "label_source": "folder",
            "split": file.split if self.split != ALL else None,
            "source_id": file.stem,
        }

    def _changed(self, file: File, number: int, pixels: NDArray[np.uint8]) -> NDArray[np.bool_] | None:
        if not self._masks:
            return None
        if self.facts.labels[number] != len(self.classes) - 1:
            return np.zeros(pixels.shape[:2], np.bool_)
        key = self._masks.get(file.stem)
        if key is None:
            return None
        changed = lit_pixels(self._store.get(key), key)
        return changed if changed.shape == pixels.shape[:2] else None


def _list_files(store: Store) -> tuple[list[File], bool]:
    """Return the pictures in class folders, and whether folders above these are splits."""
    paths = [PurePosixPath(found.key) for found in store.list() if _is_picture(found.key)]
    inner = [path for path in paths if len(path.parts) > 1 and path.parts[0] != MASKS]
    divided = bool(inner) and all(path.parts[0] in _SPLITS and len(path.parts) > 2 for path in inner)
    if not inner:
        raise ConfigError(
            f"{store.url} has no folder with pictures of a class; put them into a subfolder a class, "
            "or name a set of ours"
        )
    if divided:
        return [File(str(path), path.parts[1], _SPLITS[path.parts[0]]) for path in inner], True
    return [File(str(path), path.parts[0], ALL) for path in inner], False


def _as_trained(store: Store, files: Sequence[File], model: ModelDocument) -> list[File]:
    """Return the pictures in the splits that they had when a model learned from them."""
    from sigh_batch.training.folders import labelled_folder

    config = BackboneConfig.model_validate(model.training.get("backbone") or {})
    folders = {file.folder for file in files}
    if folders <= set(model.classes):
        config = config.model_copy(update={"classes": model.classes})
    labelled = labelled_folder(store, config)
    split_of = {labelled.names(number): split for number, split in enumerate(labelled.splits)}
    return [file._replace(split=split_of[file.key]) for file in files if file.key in split_of]


def _is_picture(key: str) -> bool:
    path = PurePosixPath(key)
    hidden = any(part.startswith(".") for part in path.parts)
    return not hidden and not key.endswith(BESIDE) and path.suffix.lower() in ENDINGS


def _classes(
    files: Sequence[File], models: Sequence[ModelDocument], positive: str | None, url: str
) -> tuple[tuple[str, ...], Mapping[str, int]]:
    """Return the names of the classes, and the number of the class of each folder."""
    folders = sorted({file.folder for file in files})
    first = models[0].classes
    if any(len(model.classes) != len(first) for model in models):
        raise ConfigError("the models do not have the same number of classes; evaluate them one by one")
    if positive is not None:
        if positive not in folders or len(first) != 2:
            what = (
                f"no folder of {url}, which has {', '.join(folders)}"
                if positive not in folders
                else "for two classes"
            )
            raise ConfigError(f"evaluate.positive is {positive!r}, and that is {what}")
        others = [folder for folder in folders if folder != positive]
        return (" and ".join(others) or "others", positive), {
            folder: int(folder == positive) for folder in folders
        }
    names = CLASSES if set(folders) <= set(CLASSES) and len(first) == 2 else first
    strange = [folder for folder in folders if folder not in names]
    if strange:
        advice = (
            f"; say which is the positive one by evaluate.positive={strange[0]}" if len(first) == 2 else ""
        )
        raise ConfigError(
            f"{url} has a folder {strange[0]!r} and the classes of {models[0].name} are "
            f"{', '.join(first)}{advice}"
        )
    return names, {folder: names.index(folder) for folder in folders}


def _facts_of(
    files: Sequence[File], places: Mapping[str, int], table: Mapping[str, Sequence[Member]]
) -> Facts:
    facts = FactsBuilder()
    for file in files:
        ending = PurePosixPath(file.key).suffix.lower()
        parts = [("codec", "jpg" if ending == ".jpeg" else ending[1:]), *table.get(file.stem, ())]
        facts.add(
            label=places[file.folder],
            group=file.stem,
            pair=file.stem,
            touched=ending in _LOSSY,
            parts=parts,
        )
    return facts.build()


def _read_table(store: Store) -> dict[str, list[Member]]:
    """Return the slices that a table beside the pictures tells of, by stem."""
    try:
        text = store.get(TABLE).decode("utf-8-sig")
    except NotFound:
        return {}
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{TABLE} in {store.url} is no UTF-8 text; save it as that, or take it away"
        ) from error
    rows = csv.DictReader(io.StringIO(text))
    if "id" not in (rows.fieldnames or ()):
        raise ConfigError(
            f"{TABLE} in {store.url} has no column 'id'; name the pictures by their stems in it"
        )
    return {
        row["id"]: [(name, str(value)) for name, value in row.items() if name != "id" and value]
        for row in rows
    }


def _masks_of(store: Store) -> dict[str, str]:
    """Return the keys of the masks by stem: of a folder of them, or beside exported samples."""
    found = {PurePosixPath(stat.key).stem: stat.key for stat in store.list(f"{MASKS}/")}
    ending = BESIDE[0]
    beside = {
        PurePosixPath(stat.key).name.removesuffix(ending): stat.key
        for stat in store.list()
        if stat.key.endswith(ending)
    }
    return {**beside, **found}
