"""The columns of a manifest: one row a sample, every annotation typed, so that SQL can filter on anything.

The same schema serves the rows beside each shard's record and the merged manifest. Columns may be
added; the names here never change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sigh_batch.data.sample import SCHEMA_VERSION

MANIFEST_KEY = "manifest.parquet"

_BOX = [pa.field(name, pa.float32()) for name in ("x", "y", "width", "height")]

ELEMENT = pa.struct(
    [
        pa.field("kind", pa.string()),
        *_BOX,
        pa.field("text", pa.string()),
        pa.field("value", pa.string()),
        pa.field("message", pa.int32()),
        pa.field("parent", pa.int32()),
    ]
)
OP = pa.struct(
    [
        pa.field("type", pa.string()),
        pa.field("skill", pa.string()),
        pa.field("target", pa.int32()),
        pa.field("old", pa.string()),
        pa.field("new", pa.string()),
        pa.field("box", pa.struct(_BOX)),
        pa.field("source", pa.struct(_BOX)),
        pa.field("params", pa.string()),
    ]
)
ENCODE = pa.struct(
    [
        pa.field("codec", pa.string()),
        pa.field("quality", pa.int32()),
        pa.field("subsampling", pa.string()),
        pa.field("width", pa.int32()),
        pa.field("height", pa.int32()),
        pa.field("params", pa.string()),
    ]
)

SCHEMA = pa.schema(
    [
        pa.field("id", pa.string()),
        pa.field("index", pa.int64()),
        pa.field("seed", pa.int64()),
        pa.field("stage", pa.string()),
        pa.field("group", pa.string()),
        pa.field("pair", pa.string()),
        pa.field("split", pa.string()),
        pa.field("label", pa.int8()),
        pa.field("scene_depth", pa.bool_()),
        pa.field("benign", pa.string()),
        pa.field("format", pa.string()),
        pa.field("width", pa.int32()),
        pa.field("height", pa.int32()),
        pa.field("bytes", pa.int64()),
        pa.field("sha256", pa.string()),
        pa.field("mask_pixels", pa.int64()),
        pa.field("skin", pa.string()),
        pa.field("theme", pa.string()),
        pa.field("scale", pa.float64()),
        pa.field("font", pa.string()),
        pa.field("locale", pa.string()),
        pa.field("drawn", pa.string()),
        pa.field("shard", pa.string()),
        pa.field("image_offset", pa.int64()),
        pa.field("image_length", pa.int64()),
        pa.field("mask_offset", pa.int64()),
        pa.field("mask_length", pa.int64()),
        pa.field("source_offset", pa.int64()),
        pa.field("source_length", pa.int64()),
        pa.field("json_offset", pa.int64()),
        pa.field("json_length", pa.int64()),
        pa.field("error_code", pa.string()),
        pa.field("error_message", pa.string()),
        pa.field("ops", pa.list_(OP)),
        pa.field("encodes", pa.list_(ENCODE)),
        pa.field("elements", pa.list_(ELEMENT)),
    ]
)
LISTS = ("ops", "encodes", "elements")
SCALARS = tuple(name for name in SCHEMA.names if name not in LISTS)

_PLAIN = {
    "id",
    "index",
    "sha256",
    "drawn",
    "image_offset",
    "mask_offset",
    "source_offset",
    "json_offset",
    "json_length",
}
"""Columns whose values hardly repeat, so that a dictionary of them only costs time; boxes are such too."""


def open_writer(sink: Any, metadata: Mapping[str, str] | None = None) -> pq.ParquetWriter:
    """Return a Parquet writer of this schema; equal rows written alike give equal bytes."""
    described = {"sigh.schema": str(SCHEMA_VERSION), **(metadata or {})}
    return pq.ParquetWriter(
        sink,
        SCHEMA.with_metadata(described),
        version="2.6",
        compression="zstd",
        compression_level=1,
        use_dictionary=[p for p, kind in _leaves(SCHEMA) if p not in _PLAIN and kind != pa.float32()],
        write_statistics=list(SCALARS),
    )


def _leaves(fields: Iterable[pa.Field[Any]], under: str = "") -> Iterator[tuple[str, pa.DataType]]:
    """Yield the columns as Parquet counts them: the leaves of every struct, by path."""
    for field in fields:
        if pa.types.is_list(field.type):
            yield from _leaves(field.type.value_type, f"{under}{field.name}.list.element.")
        elif pa.types.is_struct(field.type):
            yield from _leaves(field.type, f"{under}{field.name}.")
        else:
            yield f"{under}{field.name}", field.type
