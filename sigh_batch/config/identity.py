"""The config hash: one hash of everything in the configuration that decides bytes.

Worker counts, progress and the paths of files have no part in it; the content of a corpus,
font or avatar file does. Two runs with one hash and one engine make the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sigh_batch.config.predict import HOW as PREDICT_HOW
from sigh_batch.config.settings import Settings
from sigh_batch.errors import ConfigError

_HOW = {"predict": PREDICT_HOW}
"""Of a kind whose section also says how it is carried out: the names of those settings."""


def deciding_values(
    kind: str, settings: Settings, shards: int, source: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return what decides the bytes of a run of `kind`, with each file replaced by its content's hash.

    `source` is the identity of what the run reads, where it reads something.
    """
    section: BaseModel = getattr(settings, kind)
    read = {"source": dict(source)} if source is not None else {}
    how = _HOW.get(kind, frozenset())
    decides = {name: value for name, value in _with_contents(section).items() if name not in how}
    return {
        "kind": kind,
        "seed": settings.seed,
        "count": settings.count,
        "shards": shards,
        **read,
        kind: decides,
    }


def whole_values(
    kind: str,
    settings: Settings,
    source: Mapping[str, Any],
    how: Set[str] = frozenset(),
    beside: Sequence[str] = (),
) -> dict[str, Any]:
    """Return what decides the result of a kind that is no series of samples: its section, its data, the seed.

    `how` names the settings of the section that decide nothing, `beside` sections that have a part in it.
    """
    told = {name: value for name, value in _with_contents(getattr(settings, kind)).items() if name not in how}
    values = {"kind": kind, "seed": settings.seed, "source": dict(source), kind: told}
    return values | {name: _with_contents(getattr(settings, name)) for name in beside}


def config_hash(values: dict[str, Any]) -> str:
    """Return the hash of deciding values, as 16 hex digits."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _with_contents(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return {name: _with_contents(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Path):
        return content_hash(value)
    if isinstance(value, dict):
        return {str(key): _with_contents(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_with_contents(below) for below in value]
    return value


def content_hash(path: Path) -> str:
    """Return the hash of a file's bytes, or of a folder's file names and bytes.

    Raises ConfigError when it is not there or cannot be read.
    """
    try:
        if path.is_dir():
            digest = hashlib.sha256()
            for file in sorted(entry for entry in path.rglob("*") if entry.is_file()):
                digest.update(f"{file.relative_to(path).as_posix()}\0{_file_hash(file)}\n".encode())
            return digest.hexdigest()
        return _file_hash(path)
    except OSError as error:
        raise ConfigError(f"cannot read {str(path)!r}: {error.strerror}") from error


def _file_hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
