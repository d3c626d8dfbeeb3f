"""Whose prefix this is: the identity of a run, claimed once in run.json and compared ever after.

Everything below a prefix comes from one configuration and one set of libraries. This module keeps
it so; it knows shards only as records that carry an identity.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sigh_batch.data.sample import SCHEMA_VERSION, Json
from sigh_batch.errors import AlreadyExists, DataError, NotFound, RunMismatch
from sigh_batch.store.protocol import Store

RUN_KEY = "run.json"
_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What decides the bytes of a run: two runs of one identity make the same ones."""

    kind: str
    config_hash: str
    engine: Mapping[str, str]
    """Names and versions of the code that decides bytes."""
    values: Json = field(default_factory=dict, compare=False)
    """What the hash covers, so that a mismatch can say where two runs differ."""

    def check(self, found: Identity, where: str, *, versions: bool = True) -> None:
        """Raise RunMismatch when what is stored at `where` comes from another identity.

        Without `versions` that of libraries is not asked for.
        """
        if found == self:
            return
        advice = "write to another place, or go on as that run was begun"
        if found.kind != self.kind:
            raise RunMismatch(f"{where} is of a {found.kind} run and this is a {self.kind} run; {advice}")
        if found.config_hash != self.config_hash:
            raise RunMismatch(
                f"{where} has config hash {found.config_hash} and this run has {self.config_hash}"
                f"{_told(found.values, self.values)}; {advice}"
            )
        if not versions:
            return
        raise RunMismatch(
            f"{where} was made with other library versions{_told(found.engine, self.engine)}, "
            f"and their bytes may differ; use those versions, or write to another place"
        )


def claim(store: Store, identity: Identity, spec: Json | None = None) -> None:
    """Make the prefix this run's: write run.json, or find that it is there already.

    Called before the first shard is written; of several pods that claim at once, one writes and the
    others compare. `spec` is kept for people and tools and is not compared.

    Raises RunMismatch when the prefix belongs to another run.
    """
    if check_claim(store, identity):
        return
    document = {
        "schema": SCHEMA_VERSION,
        "kind": identity.kind,
        "config_hash": identity.config_hash,
        "engine": dict(identity.engine),
        "values": identity.values,
        "spec": spec or {},
    }
    text = json.dumps(document, indent=2, ensure_ascii=False, sort_keys=False) + "\n"
    try:
        store.put(RUN_KEY, text.encode(), if_absent=True)
    except AlreadyExists:
        check_claim(store, identity)


def check_claim(store: Store, identity: Identity, *, versions: bool = True) -> bool:
    """Return whether the prefix is claimed, by this identity; without `versions`, by any libraries' versions.

    Where run.json is missing but records are not (somebody deleted it), every record is compared.
    Raises RunMismatch when the prefix belongs to another run.
    """
    try:
        found = read_claim(store)
    except NotFound:
        for where, stored in _recorded(store):
            identity.check(stored, where, versions=versions)
        return False
    identity.check(found, f"{RUN_KEY} in {store.url}", versions=versions)
    return True


def read_claim(store: Store) -> Identity:
    """Return the identity that run.json states.

    Raises NotFound, and DataError when run.json is damaged.
    """
    return _identity(read_document(store, RUN_KEY), f"{RUN_KEY} in {store.url}")


def read_document(store: Store, key: str) -> Json:
    """Return a stored JSON object; raises NotFound, and DataError when it is damaged."""
    return parse_document(store.get(key), f"{key} in {store.url}")


def parse_document(data: bytes, where: str) -> Json:
    """Return a JSON object of this schema; raises DataError when it is damaged or of another schema."""
    try:
        document = json.loads(data)
    except ValueError as error:
        raise DataError(f"{where} is damaged: not JSON ({error}); delete it and run again") from error
    if not isinstance(document, dict):
        raise DataError(f"{where} is damaged: not a JSON object; delete it and run again")
    if document.get("schema") != SCHEMA_VERSION:
        raise DataError(
            f"{where} has schema {document.get('schema')!r} and this version reads {SCHEMA_VERSION}; "
            "use the version that wrote it"
        )
    return document


def _identity(document: Json, where: str) -> Identity:
    try:
        kind, config_hash, engine = document["kind"], document["config_hash"], document["engine"]
        values = document.get("values", {})
    except KeyError as error:
        raise DataError(f"{where} is damaged: it lacks {error}; delete it and run again") from error
    if not (isinstance(kind, str) and isinstance(config_hash, str) and isinstance(engine, dict)):
        raise DataError(
            f"{where} is damaged: its kind, config_hash or engine is none; delete it and run again"
        )
    return Identity(kind=kind, config_hash=config_hash, engine=engine, values=values)


def _recorded(store: Store) -> Iterator[tuple[str, Identity]]:
    for found in store.list("records/"):
        where = f"{found.key} in {store.url}"
        yield where, _identity(read_document(store, found.key), where)


def _told(there: Mapping[str, Any], here: Mapping[str, Any]) -> str:
    """Name the first differences of two mappings as JSON sees them, or nothing where they are not known."""
    if not there or not here:
        return ""
    before, after = dict(_leaves(there)), dict(_leaves(here))
    pairs = {name: (before.get(name, "absent"), after.get(name, "absent")) for name in before | after}
    unlike = sorted((name, *pair) for name, pair in pairs.items() if pair[0] != pair[1])
    told = [f"{name}: {_short(one)} there, {_short(other)} here" for name, one, other in unlike[:_SHOWN]]
    if len(unlike) > _SHOWN:
        told.append(f"{len(unlike) - _SHOWN} more")
    return f" ({'; '.join(told)})" if told else ""


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _leaves(values: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the dotted name and the JSON of every value that is no mapping."""
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", json.dumps(value, ensure_ascii=False, default=str)
