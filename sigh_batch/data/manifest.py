"""The manifest: the rows of all shards in one Parquet file, merged by whoever finishes last.

Merging streams: it holds a few shards' rows at a time, whatever their number. It trusts nothing:
every record and every rows file is checked against the plan and the run's identity.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sigh_batch.data.identity import Identity
from sigh_batch.data.objects import disk_faults, new_folder, open_object, parquet_faults
from sigh_batch.data.plan import SHARDS, Plan, finished
from sigh_batch.data.record import Record, read_record
from sigh_batch.data.sample import SCHEMA_VERSION
from sigh_batch.data.schema import MANIFEST_KEY, SCHEMA, open_writer
from sigh_batch.errors import AlreadyExists, ConfigError, DataError, NotFound, RunMismatch
from sigh_batch.store.protocol import Store

_GROUP_ROWS = 32_768
_GROUP_BYTES = 64 << 20
_AHEAD_SHARDS = 8
_AHEAD_SAMPLES = 32_768

Watch = Callable[[int], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a manifest says of itself, without reading a row."""

    kind: str
    config_hash: str
    plan: Plan
    failed: int


def merge_if_complete(store: Store, plan: Plan, identity: Identity, made: int = 0) -> Merged | None:
    """Merge when every shard has its record, else return None; called after each record that is written.

    The writer of the last record sees them all, so no set is left without a manifest by a run that
    ends; several may see that at once, and the first manifest stays. `made` is the shard just
    written, if any: to list the records of all after each of n shards would cost n^2, so shards that
    are likely to be late are asked for first, and all are listed only when those are there.
    """
    last = len(plan) - 1
    for shard in (last, (made + 1) % len(plan), (made + last) % len(plan), last // 2):
        if store.stat(plan.record_key(shard)) is None:
            return None
    return merge(store, plan, identity) if finished(store, plan).all() else None


def merge(store: Store, plan: Plan, identity: Identity, watch: Watch = lambda _shards: None) -> Merged:
    """Write the manifest from all shards' rows, unless it is there; `watch` hears how many are read.

    Raises DataError when a shard is unfinished or damaged, RunMismatch when one is of another run.
    """
    present = read_manifest(store)
    if present is not None:
        _check_present(present, plan, identity, store)
        return present
    with disk_faults(store.scratch or "the system's temporary folder"), new_folder(store.scratch) as folder:
        path = Path(folder, MANIFEST_KEY)
        made = _write_all(path, store, plan, identity, watch)
        with suppress(AlreadyExists):
            store.put_file(MANIFEST_KEY, path, if_absent=True)
    return made


def _write_all(path: Path, store: Store, plan: Plan, identity: Identity, watch: Watch) -> Merged:
    sizes = _tar_sizes(store, plan)
    gathered: list[pa.Table] = []
    failed = 0
    with open_writer(path) as writer:
        for shard, (record, data) in enumerate(_fetched(store, plan, identity)):
            _check_tar(record, sizes[shard], plan, store)
            for table in checked_rows(data, record, plan, f"{plan.rows_key(shard)} in {store.url}"):
                gathered = _write_full(writer, [*gathered, table])
            failed += record.failed
            watch(shard + 1)
        _write(writer, gathered)
        made = Merged(kind=identity.kind, config_hash=identity.config_hash, plan=plan, failed=failed)
        writer.add_key_value_metadata(_facts(made))
    return made


def read_manifest(store: Store) -> Merged | None:
    """Return what the manifest says of itself, or None where there is none yet.

    Raises DataError when it is damaged.
    """
    where = f"{MANIFEST_KEY} in {store.url}"
    try:
        with open_object(store, MANIFEST_KEY) as source, parquet_faults(where):
            facts = pq.ParquetFile(source).metadata.metadata or {}
    except NotFound:
        return None
    told = {name.decode(errors="replace"): value.decode(errors="replace") for name, value in facts.items()}
    try:
        return Merged(
            kind=told["sigh.kind"],
            config_hash=told["sigh.config_hash"],
            plan=Plan(int(told["sigh.count"]), int(told["sigh.shards"])),
            failed=int(told["sigh.failed"]),
        )
    except (KeyError, ValueError, ConfigError) as error:
        raise DataError(f"{where} does not say what run it is of ({error}); another tool wrote it") from error


def checked_rows(data: bytes, record: Record, plan: Plan, where: str) -> Iterator[pa.Table]:
    """Yield the rows of one shard in pieces; raises DataError when they are not what the record says."""
    advice = f"delete {plan.record_key(record.shard)} and run again"
    if hashlib.sha256(data).hexdigest() != record.rows_sha256:
        raise DataError(f"{where} is damaged: its sha256 is not the record's; {advice}")
    stored = pq.ParquetFile(pa.BufferReader(data))
    if not stored.schema_arrow.equals(SCHEMA):
        raise DataError(f"{where} has other columns than this version writes; {advice}")
    at, failed = record.first, 0
    for group in range(stored.num_row_groups):
        table = stored.read_row_group(group)
        indexes = table.column("index").to_numpy()
        if not np.array_equal(indexes, np.arange(at, at + len(indexes))):
            raise DataError(
                f"{where} does not hold samples {at} to {at + len(indexes) - 1} in order; {advice}"
            )
        if not pc.all(pc.equal(table.column("shard"), record.name)).as_py():
            raise DataError(f"{where} holds rows of another shard than {record.name}; {advice}")
        at += len(indexes)
        failed += len(indexes) - table.column("error_code").null_count
        yield table
    if (at - record.first, failed) != (record.count, record.failed):
        raise DataError(
            f"{where} has {at - record.first} rows with {failed} failures and the record says {record.count} "
            f"with {record.failed}; {advice}"
        )


def _fetched(store: Store, plan: Plan, identity: Identity) -> Iterator[tuple[Record, bytes]]:
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


def _write_full(writer: pq.ParquetWriter, gathered: list[pa.Table]) -> list[pa.Table]:
    """Write what was gathered once it fills a row group; return what is still to be written."""
    rows = sum(map(len, gathered))
    if rows < _GROUP_ROWS and sum(table.nbytes for table in gathered) < _GROUP_BYTES:
        return gathered
    _write(writer, gathered)
    return []


def _write(writer: pq.ParquetWriter, gathered: list[pa.Table]) -> None:
    if gathered:
        table = pa.concat_tables(gathered)
        writer.write_table(table, row_group_size=len(table))


def _facts(manifest: Merged) -> dict[str, str]:
    return {
        "sigh.schema": str(SCHEMA_VERSION),
        "sigh.kind": manifest.kind,
        "sigh.config_hash": manifest.config_hash,
        "sigh.shards": str(manifest.plan.shards),
        "sigh.count": str(manifest.plan.count),
        "sigh.failed": str(manifest.failed),
    }


def _check_present(present: Merged, plan: Plan, identity: Identity, store: Store) -> None:
    stated = (present.kind, present.config_hash, present.plan)
    if stated != (identity.kind, identity.config_hash, plan):
        raise RunMismatch(
            f"{MANIFEST_KEY} in {store.url} is of a {present.kind} run of {present.plan.count} samples with "
            f"config hash {present.config_hash}, and this is a {identity.kind} run of {plan.count} with "
            f"{identity.config_hash}; write to another place"
        )


def _tar_sizes(store: Store, plan: Plan) -> list[int | None]:
    sizes: list[int | None] = [None] * len(plan)
    number = plan.reader(SHARDS, ".tar")
    for found in store.list(SHARDS):
        shard = number(found.key)
        if shard is not None:
            sizes[shard] = found.size
    return sizes


def _check_tar(record: Record, size: int | None, plan: Plan, store: Store) -> None:
    if size != record.bytes:
        found = "is missing" if size is None else f"has {size} bytes and its record says {record.bytes}"
        raise DataError(
            f"{plan.tar_key(record.shard)} in {store.url} {found}; "
            f"delete {plan.record_key(record.shard)} and run again"
        )
