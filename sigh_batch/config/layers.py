"""From where a setting comes: flags, --set, environment, files, defaults, in that order.

Every source becomes a Layer: a nested dict and, for each of its leaves, where it was written.
Layers are merged maps into maps; anything else replaces what lies below it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sigh_batch.errors import ConfigError

ENV_PREFIX = "SIGH_"
PROJECT_FILE = "sigh.yaml"

# Kubernetes puts the addresses of a namespace's services into every container: a service called
# sigh-something must not look like a setting.
_SERVICE_LINK = re.compile(r"_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)$")
RESERVED = frozenset(
    {
        "SIGH_SPEC",
        "SIGH_PODS",
        "SIGH_INDEXES",
        "SIGH_FEED",
        "SIGH_DEBUG",
        "SIGH_NODE_CACHE",
        "SIGH_RAY_HEAD",
        "SIGH_RAY_CPUS",
        "SIGH_RAY_GPUS",
        "SIGH_STUDY_PASSWORD",
        "SIGH_REQUIRE_S3",
        "SIGH_S3_SERVER",
    }
)
"""Variables that are not settings: what a worker is told, and some for those who develop."""

KeyPath = tuple[str, ...]


@dataclass(frozen=True)
class Layer:
    """One source of settings: its values and where each leaf of them was written."""

    values: dict[str, Any]
    origins: dict[KeyPath, str] = field(default_factory=dict)


def read_file(path: Path) -> Layer:
    """Read a YAML file, remembering the line of every key.

    Raises ConfigError when it cannot be read, is not YAML, or is not a map of settings.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"not UTF-8 text: {error}"
        raise ConfigError(f"cannot read the config file {str(path)!r}: {reason}") from error
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"the config file {str(path)!r} is not valid YAML: {_one_line(error)}") from error
    if values is None:
        return Layer({})
    if not isinstance(values, dict):
        raise ConfigError(
            f"the config file {str(path)!r} must hold a map of settings, not {type(values).__name__}"
        )
    origins: dict[KeyPath, str] = {}
    _note_lines(node, (), str(path), origins)
    return Layer(values, origins)


def read_environment(environment: Mapping[str, str]) -> Layer:
    """Read SIGH_A__B=value for the setting a.b; values are YAML."""
    layer = Layer({})
    for name in sorted(environment):
        if not name.startswith(ENV_PREFIX) or name in RESERVED or _SERVICE_LINK.search(name):
            continue
        path = tuple(name.removeprefix(ENV_PREFIX).lower().split("__"))
        _put(layer, path, parse_value(environment[name], name), f"environment variable {name}")
    return layer


def read_sets(assignments: Iterable[str]) -> Layer:
    """Read `a.b=value` assignments; a value is YAML, or @FILE for the text of a file."""
    layer = Layer({})
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        path = tuple(key.strip().split("."))
        if not equals or not all(path):
            raise ConfigError(f"--set {assignment!r} is not of the form a.b=value")
        origin = f"--set {assignment}"
        if text.startswith("@"):
            try:
                value: Any = Path(text[1:]).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(f"--set {assignment!r}: cannot read {text[1:]!r}: {error}") from error
        else:
            value = parse_value(text, origin)
        _put(layer, path, value, origin)
    return layer


def read_flags(flags: Mapping[str, Any]) -> Layer:
    """Turn command line options, keyed by setting (`run.workers`), into a layer; None means not given."""
    layer = Layer({})
    for key, value in flags.items():
        if value is not None:
            path = tuple(key.split("."))
            _put(layer, path, value, f"--{path[-1].replace('_', '-')}")
    return layer


def find_layers(
    files: Iterable[Path] = (),
    sets: Iterable[str] = (),
    flags: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> list[Layer]:
    """Return the layers of this call, lowest first: project file, files, environment, sets, flags."""
    project = (folder or Path.cwd()) / PROJECT_FILE
    layers = [read_file(project)] if project.is_file() else []
    layers += [read_file(path) for path in files]
    layers.append(read_environment(os.environ if environment is None else environment))
    layers.append(read_sets(sets))
    layers.append(read_flags(flags or {}))
    return layers


def merge(base: dict[str, Any], layers: Iterable[Layer]) -> tuple[dict[str, Any], dict[KeyPath, str]]:
    """Lay the layers over `base`; return the values and where each that was set comes from."""
    values = base
    origins: dict[KeyPath, str] = {}
    for layer in layers:
        values = _merge_maps(values, layer.values)
        for path, origin in layer.origins.items():
            for covered in [known for known in origins if known[: len(path)] == path]:
                del origins[covered]
            origins[path] = origin
    return values, origins


def parse_value(text: str, origin: str) -> Any:
    """Read a value written as YAML.

    Raises ConfigError that names where it was written.
    """
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{origin}: {text!r} is not a valid value: {_one_line(error)}") from error


def _merge_maps(lower: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    merged = dict(lower)
    for key, value in upper.items():
        below = merged.get(key)
        merged[key] = (
            _merge_maps(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
        )
    return merged


def _put(layer: Layer, path: KeyPath, value: Any, origin: str) -> None:
    here = layer.values
    for key in path[:-1]:
        below = here.get(key)
        if not isinstance(below, dict):
            below = here[key] = {}
        here = below
    here[path[-1]] = value
    layer.origins[path] = origin


def _note_lines(node: yaml.Node | None, path: KeyPath, file: str, origins: dict[KeyPath, str]) -> None:
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        here = (*path, str(key.value))
        if isinstance(value, yaml.MappingNode) and value.value:
            _note_lines(value, here, file, origins)
        else:
            origins[here] = f"{file}:{key.start_mark.line + 1}"


def _one_line(error: yaml.YAMLError) -> str:
    return " ".join(str(error).split())
