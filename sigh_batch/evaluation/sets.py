"""The pictures of a set of ours, with their masks, twins and everything that was drawn for them."""

from __future__ import annotations

import hashlib
import json

from sigh_batch.config.evaluate import EvaluateConfig, UnseenConfig
from sigh_batch.data.document import stated_image
from sigh_batch.data.loader import Dataset, open_dataset
from sigh_batch.data.origins import origins_of
from sigh_batch.data.sample import Json
from sigh_batch.errors import UnreadablePicture
from sigh_batch.evaluation.facts import Facts, FactsBuilder, spread
from sigh_batch.evaluation.slices import (
    COLUMNS,
    edits_of,
    held_out,
    parts_of,
    together,
    told_of,
    unseen_of,
)
from sigh_batch.evaluation.subject import ALL, CLASSES, TEST, Shown, known_splits, lit_pixels
from sigh_batch.sources.decode import ANY_SIZE, decode
from sigh_batch.store import Store

_WHO = ("group", "pair", "scene_depth")


class SetSubject:
    """Samples of a split, in the order of the manifest."""

    def __init__(self, store: Store, config: EvaluateConfig) -> None:
        self.url = store.url
        self.split = config.split or TEST
        self.classes: tuple[str, ...] = CLASSES
        whole = open_dataset(store)
        found = whole if self.split == ALL else whole.where(split=self.split)
        if not len(found):
            raise known_splits(store, self.split, sorted(set(whole.column("split").to_pylist())))
        unseen = together(config.unseen, _held_out(store))
        facts = _read_facts(found, unseen)
        self._numbers = spread(facts.groups, config.pictures)
        self.facts = facts.at(self._numbers)
        self._dataset = found

    def __len__(self) -> int:
        return len(self.facts)

    def read(self, number: int) -> Shown:
        """Return a sample's picture, after its hash was found right."""
        item = self._dataset[int(self._numbers[number])]
        known = item.annotation
        path = f"{known['id']}.{known['format']}"
        size, sha256 = stated_image(item.json)
        if len(item.image) != size or hashlib.sha256(item.image).hexdigest() != sha256:
            raise UnreadablePicture(
                "unreadable_image", f"{path} is damaged: its sha256 is not the recorded one"
            )
        return Shown(
            path=path,
            data=item.image,
            pixels=decode(item.image, path, ANY_SIZE).pixels,
            changed=lit_pixels(item.mask, f"the mask of {path}"),
            told=_told(known),
        )

    def told(self, number: int) -> Json:
        """Return what rows tell of a sample."""
        known = self._dataset[int(self._numbers[number])].annotation
        return {"path": f"{known['id']}.{known['format']}", **_told(known)}


def _told(known: Json) -> Json:
    ops = json.dumps(known["ops"], ensure_ascii=False, separators=(",", ":")) if known["ops"] else None
    return {
        "label_true": CLASSES[known["label"]],
        "label_source": "manifest",
        "split": known["split"],
        "source_id": known["group"],
        "tamper_params": ops,
    }


def _read_facts(dataset: Dataset, unseen: UnseenConfig) -> Facts:
    facts = FactsBuilder()
    for stored in dataset.rows((*COLUMNS, *_WHO)):
        row = told_of(stored)
        parts, edits = list(parts_of(row)), list(edits_of(row)) if row["label"] else []
        facts.add(
            label=row["label"],
            group=row["group"],
            pair=row["pair"],
            scene_depth=bool(row["scene_depth"]),
            touched=("degradation", "none") not in parts or any(s["codec"] != "png" for s in row["encodes"]),
            parts=[*parts, *unseen_of(parts, unseen)],
            edits=[*edits, *unseen_of(edits, unseen)],
        )
    return facts.build()


def _held_out(store: Store) -> UnseenConfig:
    """Return what the run that made a set held out, and those before it as far as they can be read."""
    return together(*(held_out(spec.get("settings") or {}) for spec in origins_of(store)))
