"""Reading a data set: any sample by its number, in any order, from a folder or from S3.

The manifest gives every member's offset, so a sample is one short read, and a filter over any
column gives a smaller data set of the same kind. Nothing here needs torch; a `Dataset` is what its
DataLoader takes, and a part of an `Order` is the sampler to go with it:

    train = open_dataset("./ds").where(split="train", label=1)
    loader = DataLoader(train, sampler=Order(len(train), seed=7).part(rank, ranks), collate_fn=...)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sigh_batch.data.catalog import Catalog, equal_to
from sigh_batch.data.document import parse_sample
from sigh_batch.data.plan import SHARDS
from sigh_batch.data.reader import ShardReader, open_reader
from sigh_batch.data.sample import Json, Sample
from sigh_batch.data.ustar import BLOCK
from sigh_batch.errors import DataError
from sigh_batch.store import Store, open_store

_PLACE = np.dtype("u4, u4, i8, u4, u4, u4, u4")
_PLACE.names = ("row", "shard", "offset", "image", "mask", "source", "json")
_MEMBERS = ("image", "mask", "source", "json")
_PLACE_COLUMNS = ("index", "shard", *(f"{name}_{what}" for name in _MEMBERS for what in ("offset", "length")))
_SCAN_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class Item:
    """A sample as it is stored: the bytes of its picture, of its mask PNG and of its JSON.

    `source` is the PNG of the pixels that content was copied from within the picture, where there is one.
    """

    image: bytes
    mask: bytes
    json: bytes
    source: bytes | None = None

    @property
    def annotation(self) -> Json:
        """The JSON, read anew on every access."""
        return orjson.loads(self.json)  # type: ignore[no-any-return]

    def sample(self) -> Sample:
        """Return the sample as its stage made it; raises DataError when its JSON is damaged."""
        return parse_sample(self.json, self.image, self.mask, self.source)


def open_dataset(source: str | Store) -> Dataset:
    """Return the data set of a finished run, by URL or from an open store.

    Samples that failed have no picture and are left out. Raises NotFound where there is no manifest.
    """
    store = open_store(source, create=False) if isinstance(source, str) else source
    catalog = Catalog(store)
    names, places = _read_places(catalog)
    return Dataset(catalog, open_reader(store), names, places)


class Dataset:
    """Samples by number, in the order of the manifest; holds 32 bytes a sample and opens the rest when asked.

    It pickles, and may be read from several threads at once.
    """

    def __init__(
        self, catalog: Catalog, reader: ShardReader, keys: Sequence[str], places: NDArray[np.void]
    ) -> None:
        self._catalog = catalog
        self._reader = reader
        self._keys = keys
        self._places = places

    @property
    def url(self) -> str:
        """Where it lies, for messages."""
        return self._catalog.store.url

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, number: int) -> Item: ...
    @overload
    def __getitem__(self, number: slice) -> Dataset: ...
    def __getitem__(self, number: int | slice) -> Item | Dataset:
        """Return one sample, or for a slice the data set of those samples."""
        if isinstance(number, slice):
            if (number.step or 1) < 1:
                raise ValueError(f"a slice with step {number.step} would turn the manifest's order round")
            return self._with(self._places[number])
        _, shard, offset, image, mask, source, document = self._places[number].item()
        read = self._reader.read_members
        if not source:
            return Item(*read(self._keys[shard], offset, (image, mask, document)))
        picture, changed, copied, told = read(self._keys[shard], offset, (image, mask, source, document))
        return Item(picture, changed, told, copied)

    def __getitems__(self, numbers: Sequence[int]) -> list[Item]:
        """Return several samples, fetched at once from a remote store; torch's loader calls this."""
        return list(self.stream(numbers))

    def __iter__(self) -> Iterator[Item]:
        return self.stream(range(len(self)))

    def image(self, number: int) -> bytes:
        """Return the picture alone of one sample."""
        _, shard, offset, length, *_ = self._places[number].item()
        return self._reader.read(self._keys[shard], offset, length)

    def stream(self, order: Iterable[int], ahead: int = 16) -> Iterator[Item]:
        """Yield samples in the given order; from a remote store, the next `ahead` are under way."""
        if not self._reader.remote:
            yield from map(self.__getitem__, order)
            return
        with ThreadPoolExecutor(ahead) as pool:
            waiting: deque[Future[Item]] = deque()
            try:
                for number in order:
                    waiting.append(pool.submit(self.__getitem__, number))
                    if len(waiting) > ahead:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for read in waiting:
                    read.cancel()

    def where(self, expression: pc.Expression | None = None, **values: Any) -> Dataset:
        """Return the samples that fulfil an expression and whose columns have these values.

        A value may be a list of allowed ones, or None. Raises UnknownName for a column that no
        manifest has, ConfigError for an expression that it cannot answer.
        """
        wanted = equal_to(**values)
        if expression is not None:
            wanted &= expression
        batches = self._catalog.scan(["index"], wanted, _SCAN_ROWS)
        found = [batch.column("index").to_numpy() for batch in batches]
        rows = np.concatenate(found) if found else np.empty(0, np.int64)
        return self._with(self._places[np.isin(self._places["row"], rows, assume_unique=True)])

    def column(self, name: str) -> pa.ChunkedArray:
        """Return a column of the manifest, a value for each sample in order."""
        return self._catalog.column(name).take(pa.array(self._places["row"]))

    def rows(self, columns: Iterable[str] | None = None) -> Iterator[Json]:
        """Yield the manifest row of each sample, in order, as plain Python values."""
        for table in self._catalog.rows(self._places["row"], columns):
            yield from table.to_pylist()

    def walk(self, columns: Iterable[str] | None = None) -> Iterator[tuple[Json, Item]]:
        """Yield each sample with its manifest row."""
        return zip(self.rows(columns), self, strict=True)

    def _with(self, places: NDArray[np.void]) -> Dataset:
        return Dataset(self._catalog, self._reader, self._keys, places)


def _read_places(catalog: Catalog) -> tuple[list[str], NDArray[np.void]]:
    """Return the keys of the shards and where each good sample lies in them."""
    names: dict[str, int] = {}
    places = np.empty(len(catalog), _PLACE)
    at = 0
    for batch in catalog.scan(_PLACE_COLUMNS, pc.field("error_code").is_null(), _SCAN_ROWS):
        shards = batch.column("shard").dictionary_encode()
        codes = [names.setdefault(name, len(names)) for name in shards.dictionary.to_pylist()]
        part = places[at : at + len(batch)]
        part["shard"] = np.array(codes, np.uint32)[shards.indices.to_numpy()]
        part["row"], part["offset"] = (
            batch.column("index").to_numpy(),
            batch.column("image_offset").to_numpy(),
        )
        ends = part["offset"]
        for member in _MEMBERS:
            # Of a sample without a source mask, both are null: there is no such member to pass.
            offset, length = (
                pc.fill_null(batch.column(f"{member}_{what}"), 0).to_numpy() for what in ("offset", "length")
            )
            there = length > 0
            if not (~there | (offset == ends)).all():
                raise DataError(
                    f"the members of samples in {catalog.store.url} are apart; it is not of this product"
                )
            part[member] = length
            ends = np.where(there, offset + length + -length % BLOCK + BLOCK, ends)
        at += len(batch)
    return [f"{SHARDS}{name}.tar" for name in names], places[:at]
