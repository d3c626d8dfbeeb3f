"""Samples in, manifest columns out: on the hot path of every stage.

Values are gathered as they come and turned into Arrow columns a few dozen samples at a time, while
they are still in the cache. It knows where members lie only as numbers it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sigh_batch.data.document import compact_json
from sigh_batch.data.sample import Failure, Json, Sample
from sigh_batch.data.schema import ELEMENT, ENCODE, OP, SCALARS, SCHEMA
from sigh_batch.errors import DataError

_BATCH = 64

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the members of one sample lie in their shard, and the hash of its image."""

    sha256: str
    image_offset: int
    image_length: int
    mask_offset: int
    mask_length: int
    json_offset: int
    json_length: int
    source_offset: int | None = None
    source_length: int | None = None


class RowsBuilder:
    """Gathers the rows of one shard."""

    def __init__(self, shard: str) -> None:
        self._shard = shard
        self._batches: list[pa.RecordBatch] = []
        self._scalars: list[Row] = []
        self._lists = {
            "ops": _ListColumn(OP),
            "encodes": _ListColumn(ENCODE),
            "elements": _ListColumn(ELEMENT),
        }
        self._turned = 0

    def __len__(self) -> int:
        return self._turned + len(self._scalars)

    def add(self, sample: Sample, at: Placement) -> None:
        """Add the row of a sample."""
        self._lists["ops"].append([_op_row(op, sample) for op in sample.ops])
        self._lists["encodes"].append([_encode_row(encode, sample) for encode in sample.encodes])
        self._lists["elements"].append(sample.elements)
        self._append(
            (
                sample.id,
                sample.index,
                sample.seed,
                sample.stage,
                sample.group,
                sample.pair,
                sample.split,
                sample.label,
                sample.scene_depth,
                sample.benign,
                sample.format,
                sample.width,
                sample.height,
                len(sample.image),
                at.sha256,
                sample.mask_pixels,
                sample.skin,
                sample.theme,
                sample.scale,
                sample.font,
                sample.locale,
                compact_json(sample.drawn, sample),
                self._shard,
                at.image_offset,
                at.image_length,
                at.mask_offset,
                at.mask_length,
                at.source_offset,
                at.source_length,
                at.json_offset,
                at.json_length,
                None,
                None,
            )
        )

    def add_failure(self, failure: Failure) -> None:
        """Add the row of a sample that could not be made: who it was to be, and the reason."""
        for column in self._lists.values():
            column.append(())
        known = {
            "id": failure.id,
            "index": failure.index,
            "seed": failure.seed,
            "stage": failure.stage,
            "shard": self._shard,
            "error_code": failure.code,
            "error_message": failure.message,
        }
        self._append(tuple(known.get(name) for name in SCALARS))

    def take(self) -> pa.Table:
        """Return the rows gathered so far as a table, and start anew."""
        self._turn()
        table = pa.Table.from_batches(self._batches, SCHEMA)
        self._batches, self._turned = [], 0
        return table

    def _append(self, row: Row) -> None:
        self._scalars.append(row)
        if len(self._scalars) == _BATCH:
            self._turn()

    def _turn(self) -> None:
        """Turn what was gathered into columns."""
        if not self._scalars:
            return
        columns = dict(zip(SCALARS, zip(*self._scalars, strict=True), strict=True))
        try:
            arrays = {name: pa.array(values, SCHEMA.field(name).type) for name, values in columns.items()}
            arrays |= {name: column.take() for name, column in self._lists.items()}
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
            first, last = columns["id"][0], columns["id"][-1]
            raise DataError(
                f"one of the samples {first!r} to {last!r} has a value that its column cannot hold: {error}"
            ) from error
        self._batches.append(pa.RecordBatch.from_pydict(arrays, schema=SCHEMA))
        self._turned += len(self._scalars)
        self._scalars.clear()


class _ListColumn:
    """A column of lists of structs, gathered by field: each row is turned while it is in the cache."""

    def __init__(self, kind: pa.StructType) -> None:
        self._kind = kind
        self._fields: list[list[Any]] = [[] for _ in kind]
        self._ends = [0]

    def append(self, rows: Sequence[Row]) -> None:
        for field, values in zip(self._fields, zip(*rows, strict=True), strict=bool(rows)):
            field.extend(values)
        self._ends.append(self._ends[-1] + len(rows))

    def take(self) -> pa.Array:
        """Return what was gathered as an Arrow array, and start anew."""
        arrays = [
            _box_array(values, field.type) if pa.types.is_struct(field.type) else pa.array(values, field.type)
            for field, values in zip(self._kind, self._fields, strict=True)
        ]
        ends = pa.array(self._ends, pa.int32())
        self._fields, self._ends = [[] for _ in self._kind], [0]
        return pa.ListArray.from_arrays(ends, pa.StructArray.from_arrays(arrays, fields=list(self._kind)))


def _box_array(boxes: Sequence[Row | None], kind: pa.StructType) -> pa.Array:
    nowhere = (None,) * len(kind)
    columns = list(zip(*[box or nowhere for box in boxes], strict=True)) or [()] * len(kind)
    arrays = [pa.array(values, field.type) for field, values in zip(kind, columns, strict=True)]
    absent = pa.array([box is None for box in boxes], pa.bool_())
    return pa.StructArray.from_arrays(arrays, fields=list(kind), mask=absent)


_OP_FIELDS = frozenset(OP.names)
_ENCODE_FIELDS = frozenset(ENCODE.names)


def _op_row(op: Json, sample: Sample) -> Row:
    _check_fields(op, _OP_FIELDS, "an operation", sample)
    get = op.get
    return (
        op["type"],
        get("skill"),
        get("target"),
        get("old"),
        get("new"),
        get("box"),
        get("source"),
        compact_json(get("params") or {}, sample),
    )


def _encode_row(encode: Json, sample: Sample) -> Row:
    _check_fields(encode, _ENCODE_FIELDS, "an encode step", sample)
    get = encode.get
    return (
        encode["codec"],
        get("quality"),
        get("subsampling"),
        get("width"),
        get("height"),
        compact_json(get("params") or {}, sample),
    )


def _check_fields(given: Json, known: frozenset[str], what: str, sample: Sample) -> None:
    unknown = given.keys() - known
    needed = "type" if "type" in known else "codec"
    if unknown or needed not in given:
        problem = f"an unknown field {min(unknown)!r}" if unknown else f"no {needed!r}"
        raise DataError(
            f"sample {sample.id!r} has {what} with {problem}; what is special belongs in 'params'"
        )
