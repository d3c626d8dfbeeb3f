"""Pictures that nobody forged, of any kind and from anywhere, as a user knows them to be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError, UnreadablePicture
from sigh_batch.rng import Draws
from sigh_batch.sources.decode import Limits
from sigh_batch.sources.folder import FolderSource
from sigh_batch.store import open_store
from sigh_batch.store.options import StoreOptions

_MOST = 6_000_000
"""Pixels of a picture, of which a batch holds several copies."""


class Honest:
    """The pictures of a folder. Raises ConfigError where there are none."""

    def __init__(self, url: str, options: StoreOptions | None = None) -> None:
        self._source = FolderSource(open_store(url, options, create=False), limits=Limits(max_pixels=_MOST))
        self._url = url

    @property
    def identity(self) -> Json:
        """What tells these pictures from others, wherever they lie."""
        return self._source.identity

    def picture(self, draws: Draws) -> NDArray[np.uint8]:
        """Return one of them; raises ConfigError where it cannot be read."""
        number = draws.integer(0, len(self._source) - 1)
        try:
            return self._source.read(number).pixels
        except UnreadablePicture as error:
            key = self._source.keys[number]
            told = f"a picture of tiles.honest ({self._url}) cannot be used: {error}; take {key} away"
            raise ConfigError(told) from None
