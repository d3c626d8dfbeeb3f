"""The rows of all shards as the files that people take away: Parquet, JSON lines, CSV and a submission.

Merging streams, so that ten million rows need as much memory as ten thousand.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from sigh_batch.data.identity import Identity
from sigh_batch.data.merged import (
    Merged,
    Watch,
    check_present,
    fetched,
    merged_facts,
    read_facts,
    read_merged,
)
from sigh_batch.data.names import original
from sigh_batch.data.objects import disk_faults, new_folder
from sigh_batch.data.plan import Plan
from sigh_batch.data.predictions import PREDICTION, PREDICTIONS_KEY
from sigh_batch.data.record import Record
from sigh_batch.data.sample import Json
from sigh_batch.data.scored import JOINT, open_rows
from sigh_batch.errors import DataError
from sigh_batch.store.protocol import Store

JSONL_KEY = "predictions.jsonl"
CSV_KEY = "predictions.csv"
SUBMISSION_KEY = "submission.csv"

_GROUP_ROWS = 32_768
_VERDICTS = "sigh.verdicts"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FLAT = tuple(
    field.name
    for field in PREDICTION
    if not pa.types.is_nested(field.type) and field.name not in ("schema_version", "tamper_params")
)
_DIGITS = 6


def merge_predictions(
    store: Store,
    plan: Plan,
    identity: Identity,
    *,
    raw: bool = False,
    watch: Watch = lambda _shards: None,
) -> Merged:
    """Write all files from all shards' rows, unless they are there; `raw` leaves cells of CSV as they are.

    Raises DataError when a shard is unfinished or damaged, RunMismatch when one is of another run.
    """
    present = read_merged(store, PREDICTIONS_KEY)
    if present is not None:
        check_present(present, PREDICTIONS_KEY, plan, identity, store)
        return present
    with disk_faults(store.scratch or "the system's temporary folder"), new_folder(store.scratch) as folder:
        with _Files(Path(folder), raw) as files:
            for shard, (record, data) in enumerate(fetched(store, plan, identity)):
                for table in _checked(data, record, plan, f"{plan.rows_key(shard)} in {store.url}"):
                    files.add(table)
                files.failed += record.failed
                watch(shard + 1)
            made = Merged(
                kind=identity.kind, config_hash=identity.config_hash, plan=plan, failed=files.failed
            )
            keys = files.close(made)
        # The Parquet file comes last: where it is, the others are.
        for key in keys:
            store.put_file(key, Path(folder, key))
    return made


def read_verdicts(store: Store) -> dict[str, int]:
    """Return how many pictures have each verdict, as predictions.parquet says; raises NotFound, DataError."""
    counts: dict[str, int] = json.loads(read_facts(store, PREDICTIONS_KEY).get(_VERDICTS, "{}"))
    return counts


def safe_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula: what could be one gets an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


class _Files:
    """The files under way."""

    def __init__(self, folder: Path, raw: bool) -> None:
        self.failed = 0
        self._raw = raw
        self._verdicts: Counter[str] = Counter()
        self._gathered: list[pa.Table] = []
        self._ids = 0
        self._stack = ExitStack()
        self._parquet: pq.ParquetWriter = self._stack.enter_context(open_rows(str(folder / PREDICTIONS_KEY)))
        self._jsonl = self._stack.enter_context((folder / JSONL_KEY).open("wb"))
        self._csv = csv.writer(self._text(folder / CSV_KEY))
        self._csv.writerow(_FLAT)
        self._submission = csv.writer(self._text(folder / SUBMISSION_KEY))
        self._submission.writerow(("id", "target"))

    def __enter__(self) -> _Files:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def add(self, table: pa.Table) -> None:
        """Write the rows of a table."""
        for row in table.to_pylist():
            self._add_row(row)
        self._gathered.append(table)
        if sum(map(len, self._gathered)) >= _GROUP_ROWS:
            self._flush()

    def close(self, made: Merged) -> tuple[str, ...]:
        """Finish the files, and return the keys of those that are to be kept, in the order of writing."""
        self._flush()
        verdicts = json.dumps(dict(sorted(self._verdicts.items())))
        self._parquet.add_key_value_metadata({**merged_facts(made), _VERDICTS: verdicts})
        self._stack.close()
        submission = (SUBMISSION_KEY,) if self._ids else ()
        return (*submission, CSV_KEY, JSONL_KEY, PREDICTIONS_KEY)

    def _add_row(self, row: Json) -> None:
        joint = JOINT not in row["row_id"]
        self._verdicts[row["verdict"]] += joint
        flat = {name: _short(row[name]) for name in _FLAT}
        nested = {
            **{name: _short(value) for name, value in row.items()},
            "class_probs": {name: _short(value) for name, value in row["class_probs"] or ()},
            "exif": dict(row["exif"] or ()),
            "regions": [
                {name: _short(value) for name, value in region.items()} for region in row["regions"] or ()
            ],
            "tamper_params": json.loads(row["tamper_params"]) if row["tamper_params"] else None,
        }
        self._jsonl.write(orjson.dumps(nested, option=orjson.OPT_APPEND_NEWLINE))
        self._csv.writerow([self._cell(value) for value in flat.values()])
        if joint and row["id"] is not None:
            self._ids += 1
            self._submission.writerow((self._cell(original(row["id"])), _short(row["p_tampered"])))

    def _cell(self, value: Any) -> Any:
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if self._raw else safe_cell(value)

    def _flush(self) -> None:
        if self._gathered:
            table = pa.concat_tables(self._gathered)
            self._parquet.write_table(table, row_group_size=len(table))
            self._gathered.clear()

    def _text(self, path: Path) -> TextIO:
        # Names of a table may hold bytes that are no text, and are given back as they came.
        return self._stack.enter_context(
            path.open("w", encoding="utf-8", newline="", errors="surrogateescape")
        )


def _checked(data: bytes, record: Record, plan: Plan, where: str) -> Iterator[pa.Table]:
    """Yield the rows of one shard in pieces; raises DataError when they are not what the record says."""
    advice = f"delete {plan.record_key(record.shard)} and run again"
    if hashlib.sha256(data).hexdigest() != record.rows_sha256:
        raise DataError(f"{where} is damaged: its sha256 is not the record's; {advice}")
    stored = pq.ParquetFile(pa.BufferReader(data))
    if not stored.schema_arrow.equals(PREDICTION):
        raise DataError(f"{where} has other columns than this version writes; {advice}")
    pictures = 0
    for group in range(stored.num_row_groups):
        table = stored.read_row_group(group)
        pictures += _pictures(table.column("row_id").to_pylist())
        yield table
    if pictures != record.count:
        raise DataError(f"{where} has {pictures} pictures and the record says {record.count}; {advice}")


def _pictures(row_ids: Iterable[str]) -> int:
    return sum(JOINT not in row_id for row_id in row_ids)


def _short(value: Any) -> Any:
    """Return a number with the digits that it was kept with: 32 bits have more, and they mean nothing."""
    return round(value, _DIGITS) if isinstance(value, float) else value
