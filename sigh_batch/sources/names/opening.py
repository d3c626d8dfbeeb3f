"""From what a user writes after `--in` of predict to the names of pictures."""

from __future__ import annotations

import sys
from pathlib import Path

from sigh_batch.errors import SighError
from sigh_batch.sources.names import Found
from sigh_batch.sources.names.archives import PACKED_TARS, find_in_archive
from sigh_batch.sources.names.lists import find_in_list, find_in_table
from sigh_batch.sources.names.places import WILD, find_by_pattern, find_in_place, find_one
from sigh_batch.sources.names.sets import find_in_set
from sigh_batch.sources.opening import is_set
from sigh_batch.store import Store, open_store
from sigh_batch.store.options import StoreOptions

STDIN = "-"
_ARCHIVES = (".zip", ".tar", *PACKED_TARS)
_TABLES = (".csv", ".parquet")


def find_names(
    source: str,
    options: StoreOptions | None = None,
    *,
    root: str | None = None,
    column: str = "id",
    split: str | None = None,
) -> Found:
    """Return the pictures that a URL names.

    A folder or prefix, a set of ours, one picture, a pattern, a zip or tar, a CSV or Parquet with a column
    of names; `-` is a list on standard input. `root` is what listed names are relative to. Raises ConfigError
    for what is none of these.
    """
    if source == STDIN:
        return find_in_list(sys.stdin.buffer, root or str(Path.cwd()))
    parent, name = _halves(source)
    if WILD.search(source) and not _is_file(parent, name, options) and not Path(source).exists():
        head = WILD.split(source, maxsplit=1)[0].rpartition("/")[0]
        return find_by_pattern(
            open_store(head or ("/" if source.startswith("/") else "."), options, create=False),
            source[len(head) :].lstrip("/"),
        )
    if name and _is_file(parent, name, options):
        return _find_in_file(open_store(parent, options, create=False), parent, name, root, column)
    store = open_store(source, options, create=False)
    if is_set(store):
        return find_in_set(store, split)
    return find_in_place(store)


def _find_in_file(store: Store, parent: str, name: str, root: str | None, column: str) -> Found:
    if name.lower().endswith(_ARCHIVES):
        return find_in_archive(store, name)
    if name.lower().endswith(_TABLES):
        return find_in_table(store, name, column, root or parent)
    return find_one(store, name)


def _halves(source: str) -> tuple[str, str]:
    """Return the folder or prefix that a URL lies in, and its name there; none where it is a whole store."""
    text = source.rstrip("/") or "/"
    head, slash, name = text.rpartition("/")
    if not slash:
        return ".", text
    return head or "/", ("" if head.endswith(":/") else name)


def _is_file(parent: str, name: str, options: StoreOptions | None) -> bool:
    try:
        return bool(name) and open_store(parent, options, create=False).stat(name) is not None
    except SighError:
        return False
