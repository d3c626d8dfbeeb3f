"""One small registry class; an instance a family (stages, skins, painters, ...).

A family is declared as a table `name -> module`. Listing the names imports nothing; an item
is imported when it is first looked up, and registers itself there by decorator.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from sigh_batch.errors import UnknownName

T = TypeVar("T")


class Registry(Generic[T]):
    """Named items of one family, each in a module that is imported on its first lookup."""

    def __init__(self, what: str, homes: Mapping[str, str]) -> None:
        self.what = what
        self._homes = dict(homes)
        self._items: dict[str, T] = {}

    def register(self, name: str) -> Callable[[T], T]:
        """Return the decorator that puts an item under `name`; a taken name is an error."""

        def put(item: T) -> T:
            if name in self._items:
                raise ValueError(f"{self.what} {name!r} is registered twice")
            self._items[name] = item
            return item

        return put

    def names(self) -> tuple[str, ...]:
        """Return all names, sorted, without importing anything."""
        return tuple(sorted(self._homes.keys() | self._items.keys()))

    def get(self, name: str) -> T:
        """Return the item called `name`.

        Raises UnknownName with the nearest name there is.
        """
        if name not in self._items:
            if name not in self._homes:
                raise UnknownName(self.what, name, self.names())
            importlib.import_module(self._homes[name])
        return self._items[name]
