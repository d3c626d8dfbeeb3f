"""What every merge of shards shares: all their rows in order, and what the merged file says of itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pyarrow.parquet as pq

from sigh_batch.data.identity import Identity
from sigh_batch.data.objects import open_object, parquet_faults
from sigh_batch.data.plan import Plan, finished
from sigh_batch.data.record import Record, read_record
from sigh_batch.data.sample import SCHEMA_VERSION
from sigh_batch.errors import ConfigError, DataError, NotFound, RunMismatch
from sigh_batch.store.protocol import Store

_AHEAD_SHARDS = 8
_AHEAD_SAMPLES = 32_768

Watch = Callable[[int], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a merged file says of itself, without reading a row."""

    kind: str
    config_hash: str
    plan: Plan
    failed: int


def is_complete(store: Store, plan: Plan, made: int = 0) -> bool:
    """Return whether every shard has its record; asked after each record that is written.

    `made` is the shard just written, if any: to list the records of all after each of n shards would cost
    n^2, so shards that are likely to be late are asked for first, and all are listed only when those are
    there.
    """
    last = len(plan) - 1
    for shard in (last, (made + 1) % len(plan), (made + last) % len(plan), last // 2):
        if store.stat(plan.record_key(shard)) is None:
            return False
    return bool(finished(store, plan).all())


def read_merged(store: Store, key: str) -> Merged | None:
    """Return what a merged file says of itself, or None where there is none yet.

    Raises DataError when it is damaged.
    """
    where = f"{key} in {store.url}"
    try:
        told = read_facts(store, key)
    except NotFound:
        return None
    try:
        return Merged(
            kind=told["sigh.kind"],
            config_hash=told["sigh.config_hash"],
            plan=Plan(int(told["sigh.count"]), int(told["sigh.shards"])),
            failed=int(told["sigh.failed"]),
        )
    except (KeyError, ValueError, ConfigError) as error:
        raise DataError(f"{where} does not say what run it is of ({error}); another tool wrote it") from error


def read_facts(store: Store, key: str) -> dict[str, str]:
    """Return what a Parquet file says of itself; raises NotFound, and DataError when it is damaged."""
    with open_object(store, key) as source, parquet_faults(f"{key} in {store.url}"):
        facts = pq.ParquetFile(source).metadata.metadata or {}
    return {name.decode(errors="replace"): value.decode(errors="replace") for name, value in facts.items()}


def merged_facts(merged: Merged) -> dict[str, str]:
    """Return what a merged file is to say of itself."""
    return {
        "sigh.schema": str(SCHEMA_VERSION),
        "sigh.kind": merged.kind,
        "sigh.config_hash": merged.config_hash,
        "sigh.shards": str(merged.plan.shards),
        "sigh.count": str(merged.plan.count),
        "sigh.failed": str(merged.failed),
    }


def check_present(present: Merged, key: str, plan: Plan, identity: Identity, store: Store) -> None:
    """Raise RunMismatch when a merged file that is there is of another run."""
    stated = (present.kind, present.config_hash, present.plan)
    if stated != (identity.kind, identity.config_hash, plan):
        raise RunMismatch(
            f"{key} in {store.url} is of a {present.kind} run of {present.plan.count} samples with "
            f"config hash {present.config_hash}, and this is a {identity.kind} run of {plan.count} with "
            f"{identity.config_hash}; write to another place"
        )


def fetched(store: Store, plan: Plan, identity: Identity) -> Iterator[tuple[Record, bytes]]:
    """Yield every shard's record and rows file in order, a few of them fetched ahead."""
    per_shard = -(-plan.count // len(plan))
    window = max(1, min(_AHEAD_SHARDS, _AHEAD_SAMPLES // per_shard))
    with ThreadPoolExecutor(window) as pool:
        waiting: deque[Future[tuple[Record, bytes]]] = deque()
        try:
            for shard in range(len(plan)):
                waiting.append(pool.submit(_fetch, store, plan, shard, identity))
                if len(waiting) > window:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for fetch in waiting:
                fetch.cancel()


def _fetch(store: Store, plan: Plan, shard: int, identity: Identity) -> tuple[Record, bytes]:
    record = read_record(store, plan, shard)
    record.check(plan, shard, identity, f"{plan.record_key(shard)} in {store.url}")
    try:
        return record, store.get(plan.rows_key(shard))
    except NotFound:
        raise DataError(
            f"{plan.rows_key(shard)} in {store.url} is missing though its record is there; "
            f"delete {plan.record_key(shard)} and run again"
        ) from None
