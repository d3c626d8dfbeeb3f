"""The manifest: the rows of all shards in one Parquet file, merged by whoever finishes last.

Merging streams: it holds a few shards' rows at a time, whatever their number. It trusts nothing:
every record and every rows file is checked against the plan and the run's identity.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sigh_batch.data.identity import Identity
from sigh_batch.data.merged import (
    Merged,
    Watch,
    check_present,
    fetched,
    is_complete,
    merged_facts,
    read_merged,
)
from sigh_batch.data.objects import disk_faults, new_folder
from sigh_batch.data.plan import SHARDS, Plan
from sigh_batch.data.record import Record
from sigh_batch.data.schema import MANIFEST_KEY, SCHEMA, open_writer
from sigh_batch.errors import AlreadyExists, DataError
from sigh_batch.store.protocol import Store

_GROUP_ROWS = 32_768
_GROUP_BYTES = 64 << 20


def merge_if_complete(store: Store, plan: Plan, identity: Identity, made: int = 0) -> Merged | None:
    """Merge when every shard has its record, else return None; called after each record that is written.

    The writer of the last record sees them all, so no set is left without a manifest by a run that
    ends; several may see that at once, and the first manifest stays. `made` is the shard just
    written, if any.
    """
    return merge(store, plan, identity) if is_complete(store, plan, made) else None


def read_manifest(store: Store) -> Merged | None:
    """Return what the manifest says of itself, or None where there is none yet.

    Raises DataError when it is damaged.
    """
    return read_merged(store, MANIFEST_KEY)


def merge(store: Store, plan: Plan, identity: Identity, watch: Watch = lambda _shards: None) -> Merged:
    """Write the manifest from all shards' rows, unless it is there; `watch` hears how many are read.

    Raises DataError when a shard is unfinished or damaged, RunMismatch when one is of another run.
    """
    present = read_manifest(store)
    if present is not None:
        check_present(present, MANIFEST_KEY, plan, identity, store)
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
        for shard, (record, data) in enumerate(fetched(store, plan, identity)):
            _check_tar(record, sizes[shard], plan, store)
            for table in checked_rows(data, record, plan, f"{plan.rows_key(shard)} in {store.url}"):
                gathered = _write_full(writer, [*gathered, table])
            failed += record.failed
            watch(shard + 1)
        _write(writer, gathered)
        made = Merged(kind=identity.kind, config_hash=identity.config_hash, plan=plan, failed=failed)
        writer.add_key_value_metadata(merged_facts(made))
    return made


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
