"""Data brought to a node once, where all trials on it read it as files."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sigh_batch.data.objects import local_path
from sigh_batch.errors import NotFound, StoreFull
from sigh_batch.store import Stat, Store, StoreOptions, open_store

FOLDER = "SIGH_NODE_CACHE"
"""Variable that names the folder on a node where data is kept, in place of its folder for temporary files."""
_LEFT_OUT = ("logs/", "report/")
_AT_A_TIME = 8
_CHUNK = 16 << 20


def bring_near(url: str, options: StoreOptions) -> str:
    """Return where data can be read as files: where it lies already, or a copy on this node.

    Of several processes that ask for the same data, one copies and the others wait. Data that changed since
    is copied anew. Raises StoreFull when the node has no room for it.
    """
    store = open_store(url, options, create=False)
    if local_path(store) is not None or url.startswith("memory:"):
        return url
    objects = [found for found in store.list() if not found.key.startswith(_LEFT_OUT)]
    if not objects:
        raise NotFound(f"there is no data at {url}")
    folder = cache_folder() / _name(url, objects)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            _copy(store, objects, folder)
    return str(folder)


def cache_folder() -> Path:
    """Return the folder of this node's copies."""
    named = os.environ.get(FOLDER)
    return Path(named) if named else Path(tempfile.gettempdir(), f"sigh-data-{os.getuid()}")


def _copy(store: Store, objects: list[Stat], folder: Path) -> None:
    half = folder.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir()

    def fetch(found: Stat) -> None:
        target = half / found.key
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            for start in range(0, found.size, _CHUNK):
                file.write(store.get(found.key, start, _CHUNK))

    needed = sum(found.size for found in objects)
    try:
        free = shutil.disk_usage(folder.parent).free
        if free < needed:
            raise StoreFull(_no_room(store, needed, folder, free))
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            list(pool.map(fetch, objects))
    except OSError as error:
        shutil.rmtree(half, ignore_errors=True)
        raise StoreFull(
            f"the data of {store.url} cannot be copied to {folder.parent}: {error.strerror}"
        ) from error
    half.rename(folder)


def _no_room(store: Store, needed: int, folder: Path, free: int) -> str:
    return (
        f"the data of {store.url} takes {needed / 1e9:.1f} GB, and {folder.parent} has {free / 1e9:.1f} GB; "
        f"name a larger folder in {FOLDER}, or read from the store with tune.copy_data=false"
    )


def _name(url: str, objects: list[Stat]) -> str:
    digest = hashlib.sha256(url.encode())
    for found in objects:
        digest.update(f"\0{found.key}\0{found.size}\0{found.modified.isoformat()}".encode())
    return digest.hexdigest()[:24]
