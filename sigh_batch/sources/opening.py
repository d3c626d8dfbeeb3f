"""From what a user writes after `--in` to a source of pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sigh_batch.data.identity import RUN_KEY
from sigh_batch.data.schema import MANIFEST_KEY
from sigh_batch.errors import NotFound
from sigh_batch.sources import Source
from sigh_batch.store import Store, open_store
from sigh_batch.store.options import StoreOptions

if TYPE_CHECKING:
    from sigh_batch.sources.decode import Limits
    from sigh_batch.sources.folder import Grouping


def open_source(
    url: str,
    options: StoreOptions | None = None,
    *,
    splits: Mapping[str, float] | None = None,
    grouping: Grouping = "file",
    limits: Limits | None = None,
) -> Source:
    """Open the set or the folder of pictures at a URL.

    `splits` and `grouping` say how foreign pictures are divided, and `limits` which are not read; none of
    them is part of the identity, since they are settings of the run that reads.

    Raises ConfigError when there is nothing to read, or when it is a set that is not finished.
    """
    store = open_store(url, options, create=False)
    if is_set(store):
        from sigh_batch.sources.sets import SetSource

        return SetSource(store)
    from sigh_batch.sources.decode import LIMITS
    from sigh_batch.sources.folder import FolderSource

    return FolderSource(store, splits=splits, grouping=grouping, limits=limits or LIMITS)


def is_set(store: Store) -> bool:
    """Return whether a run of ours was begun there; anybody's pictures may have a run.json of their own."""
    try:
        document = json.loads(store.get(RUN_KEY))
    except NotFound:
        return store.stat(MANIFEST_KEY) is not None
    except ValueError:
        document = None
    return (isinstance(document, dict) and "config_hash" in document) or store.stat(MANIFEST_KEY) is not None
