"""Merged layers become Settings, or one error that lists everything wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from sigh_batch.config.layers import KeyPath, Layer, merge
from sigh_batch.config.settings import Settings
from sigh_batch.errors import ConfigError, nearest_name

_PASSWORD = re.compile(r"(://[^\s/:@]*):[^\s@]*@")
"""A password within a URL, which no message may repeat."""


@dataclass(frozen=True)
class Origin:
    """One setting, its value, and where that value was written."""

    path: str
    value: Any
    origin: str


@dataclass(frozen=True)
class Resolved:
    """Settings that have been checked, and where each came from."""

    settings: Settings
    written: dict[KeyPath, str]

    def origins(self) -> Iterator[Origin]:
        """Yield every setting with its value and its origin, in the order of the tree."""
        for path, value in leaves(self.settings.model_dump(mode="json")):
            yield Origin(".".join(path), value, _origin_of(self.written, path) or "default")

    def where(self, name: str) -> str | None:
        """Return the path and the origin of the setting in which somebody wrote a name, where one did."""
        for path, origin in self.written.items():
            value: Any = self.settings.model_dump()
            above = path[:-1] if path[-1] == name else path
            for part in above:
                value = value.get(part) if isinstance(value, dict) else None
            if name in (value if isinstance(value, dict | list | tuple) else [value]):
                return f"{'.'.join(above)}, {origin}"
        return None


def resolve(layers: Sequence[Layer]) -> Resolved:
    """Merge the layers over the defaults and check the result.

    Raises ConfigError that names every wrong setting with its path and where it was written.
    """
    values, written = merge(Settings().model_dump(), layers)
    try:
        return Resolved(Settings.model_validate(values), written)
    except ValidationError as error:
        told = "\n".join(_describe(problem, written) for problem in error.errors())
        # Without the context, a traceback of which would repeat what was hidden.
        raise ConfigError(_PASSWORD.sub(r"\1:***@", told)) from None


def _describe(problem: Any, written: dict[KeyPath, str]) -> str:
    path = tuple(str(part) for part in problem["loc"])
    origin = _origin_of(written, path) or _origin_below(written, path)
    where = f" ({origin})" if origin else ""
    name = ".".join(path)
    if problem["type"] == "extra_forbidden":
        fields = _fields_at(path[:-1])
        near = nearest_name(path[-1], fields)
        hint = (
            f"did you mean {'.'.join((*path[:-1], near))!r}?" if near else f"known here: {', '.join(fields)}"
        )
        return f"unknown setting {name!r}{where}; {hint}"
    message = problem["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    value = problem["input"]
    shown = "" if isinstance(value, dict) else f", got {value!r}"
    return f"{name}: {message[0].lower()}{message[1:]}{shown}{where}"


def _origin_of(written: dict[KeyPath, str], path: KeyPath) -> str | None:
    for length in range(len(path), 0, -1):
        if path[:length] in written:
            return written[path[:length]]
    return None


def _origin_below(written: dict[KeyPath, str], path: KeyPath) -> str | None:
    return next((origin for known, origin in written.items() if known[: len(path)] == path), None)


def types_at(path: KeyPath) -> list[Any]:
    """Return the types that the setting at a path may have, or none where there is no such setting."""
    found: list[Any] = [Settings]
    for part in path:
        fields = [kind.model_fields[part].annotation for kind in found if _has_field(kind, part)]
        maps = [get_args(kind)[1] for kind in found if get_origin(kind) is dict]
        found = [kind for annotation in [*fields, *maps] for kind in _alternatives(annotation)]
    return found


def _fields_at(path: KeyPath) -> list[str]:
    """Return the names a setting may have below `path`."""
    return sorted({name for kind in types_at(path) if _is_model(kind) for name in kind.model_fields})


def _alternatives(annotation: Any) -> Iterator[Any]:
    """Yield the types that an annotation allows: unions taken apart, a literal as the types of its values."""
    if get_origin(annotation) is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif get_origin(annotation) is Literal:
        yield from {type(value) for value in get_args(annotation)}
    elif get_origin(annotation) in (Union, UnionType):
        for part in get_args(annotation):
            yield from _alternatives(part)
    else:
        yield annotation


def _has_field(kind: Any, name: str) -> bool:
    return _is_model(kind) and name in kind.model_fields


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def leaves(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Yield every value of nested maps that is not a map itself, with its path."""
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from leaves(below, (*path, str(key)))
    else:
        yield path, value
