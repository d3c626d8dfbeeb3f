"""The record of a shard: written last and whole, it says that the shard is there and what is in it.

It holds no time, host or path, so that two that make one shard write equal records.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from sigh_batch.data.identity import Identity, parse_document
from sigh_batch.data.plan import Plan
from sigh_batch.data.sample import SCHEMA_VERSION
from sigh_batch.errors import DataError, NotFound
from sigh_batch.store.protocol import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one finished shard holds."""

    kind: str
    shard: int
    name: str
    first: int
    """The index of its first sample."""
    count: int
    written: int
    failed: int
    bytes: int
    """The size of the tar."""
    sha256: str
    """The hash of the tar."""
    rows_bytes: int
    rows_sha256: str
    config_hash: str
    engine: Mapping[str, str]

    def check(self, plan: Plan, shard: int, identity: Identity, where: str) -> None:
        """Raise RunMismatch when it is of another run, DataError when it is not of this shard."""
        identity.check(Identity(kind=self.kind, config_hash=self.config_hash, engine=self.engine), where)
        samples = plan.samples(shard)
        stated = (self.shard, self.name, self.first, self.count)
        planned = (shard, plan.name(shard), samples.start, len(samples))
        if stated != planned:
            raise DataError(
                f"{where} says it holds {_span(*stated)}, where the plan has {_span(*planned)}; "
                "delete it and run again"
            )
        if self.written < 0 or self.failed < 0 or self.written + self.failed != self.count:
            raise DataError(
                f"{where} counts {self.written} written and {self.failed} failed of {self.count}; "
                "delete it and run again"
            )


def record_of(
    plan: Plan, shard: int, identity: Identity, *, failed: int, file: tuple[int, str], rows: tuple[int, str]
) -> Record:
    """Return the record of a finished shard; of its file and of its rows, the size and the hash."""
    samples = plan.samples(shard)
    return Record(
        kind=identity.kind,
        shard=shard,
        name=plan.name(shard),
        first=samples.start,
        count=len(samples),
        written=len(samples) - failed,
        failed=failed,
        bytes=file[0],
        sha256=file[1],
        rows_bytes=rows[0],
        rows_sha256=rows[1],
        config_hash=identity.config_hash,
        engine=dict(identity.engine),
    )


def record_json(record: Record) -> bytes:
    """Return the bytes of a record, as they are stored."""
    return (json.dumps({"schema": SCHEMA_VERSION, **asdict(record)}, indent=2) + "\n").encode()


def parse_record(data: bytes, where: str) -> Record:
    """Read a record's bytes; raises DataError when they are damaged."""
    document = parse_document(data, where)
    del document["schema"]
    problem = _wrong(document)
    if problem:
        raise DataError(f"{where} is damaged: {problem}; delete it and run again")
    return Record(**document)


def read_record(store: Store, plan: Plan, shard: int) -> Record:
    """Return a shard's record; raises DataError when it is damaged or not there."""
    key = plan.record_key(shard)
    where = f"{key} in {store.url}"
    try:
        return parse_record(store.get(key), where)
    except NotFound:
        raise DataError(f"{where} is missing: shard {shard} is not finished; run it again to go on") from None


def _wrong(document: Mapping[str, Any]) -> str:
    """Return what is wrong with a record's fields, or nothing."""
    for field in fields(Record):
        if field.name not in document:
            return f"it lacks {field.name!r}"
        value, kind = document[field.name], _TYPES.get(str(field.type), dict)
        if type(value) is not kind:
            return f"{field.name} is {value!r}"
    unknown = document.keys() - {field.name for field in fields(Record)}
    return f"it has an unknown field {min(unknown)!r}" if unknown else ""


def _span(shard: int, name: str, first: int, count: int) -> str:
    return f"{count} samples from {first} on as shard {shard}, {name}"


_TYPES = {"str": str, "int": int}
