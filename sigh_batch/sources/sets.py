"""The clean pictures of a set of ours, with all that its records tell of them."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sigh_batch.data.document import stated_image
from sigh_batch.data.identity import RUN_KEY, read_claim, read_document
from sigh_batch.data.loader import Dataset, open_dataset
from sigh_batch.data.sample import Json
from sigh_batch.data.schema import MANIFEST_KEY
from sigh_batch.errors import ConfigError, UnreadablePicture
from sigh_batch.sources import Original
from sigh_batch.sources.decode import ANY_SIZE, decode, decode_own_png
from sigh_batch.store import Store

_NONE = np.empty(0, np.int64)


class SetSource:
    """Samples of a finished set that are labelled clean; those that failed have no picture."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.url = store.url
        if store.stat(MANIFEST_KEY) is None:
            raise ConfigError(
                f"the set in {store.url} is not finished; finish it with: sigh resume {store.url}"
            )
        claimed = read_claim(store)
        self.identity: Json = {
            "kind": claimed.kind,
            "config_hash": claimed.config_hash,
            "engine": dict(claimed.engine),
        }
        kept: Any = read_document(store, RUN_KEY).get("spec")
        self.origin: Json | None = kept or None

    def __len__(self) -> int:
        return len(self._clean)

    @property
    def notes(self) -> tuple[str, ...]:
        """Say how many samples are not read, and why."""
        forged = len(self._whole) - len(self._clean)
        return (f"{forged:,} forged samples of {self.url} are not read",) if forged else ()

    @cached_property
    def _whole(self) -> Dataset:
        return open_dataset(self._store)

    @cached_property
    def _clean(self) -> Dataset:
        clean = self._whole.where(label=0)
        if not len(clean):
            raise ConfigError(f"the set in {self.url} has no clean picture to work on; name another")
        return clean

    def read(self, number: int) -> Original:
        """Return a sample's picture; raises UnreadablePicture when its bytes are not those of its record."""
        item = self._clean[number]
        sample = item.sample()
        name = f"sample {sample.id}"
        if stated_image(item.json) != (len(item.image), hashlib.sha256(item.image).hexdigest()):
            raise UnreadablePicture(
                "unreadable_image",
                f"{name} is damaged: its sha256 is not the recorded one",
            )
        return Original(
            id=sample.id,
            pixels=_pixels(item.image, sample.format, name),
            group=sample.group,
            split=sample.split,
            elements=sample.elements,
            skin=sample.skin,
            theme=sample.theme,
            scale=sample.scale,
            font=sample.font,
            locale=sample.locale,
            encodes=sample.encodes,
            drawn=sample.drawn,
            index=sample.index,
        )

    def alike(self, split: str, skin: str | None = None) -> NDArray[np.int64]:
        """Return the numbers of the samples of a split, in order; of one skin where one is named."""
        groups = self._kinds
        if skin is not None:
            return groups.get((split, skin), _NONE)
        return np.sort(np.concatenate([_NONE, *(found for (of, _), found in groups.items() if of == split)]))

    @cached_property
    def _kinds(self) -> dict[tuple[str, str | None], NDArray[np.int64]]:
        """The numbers of the samples of every split and skin."""
        columns = (self._clean.column(name).to_pylist() for name in ("split", "skin"))
        groups: dict[tuple[str, str | None], list[int]] = {}
        for number, kind in enumerate(zip(*columns, strict=True)):
            groups.setdefault(kind, []).append(number)
        return {kind: np.array(numbers, np.int64) for kind, numbers in groups.items()}


def _pixels(image: bytes, ending: str, name: str) -> NDArray[np.uint8]:
    if ending == "png":
        return decode_own_png(image, name)
    return decode(image, name, ANY_SIZE).pixels
