"""Everything stored looked at again: every hash, count, picture and mask, every row in all its copies.

A problem is a sentence, and one shard's problems hide none of another's. Nothing is changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa

from sigh_batch.data.catalog import Catalog
from sigh_batch.data.columns import Placement, RowsBuilder
from sigh_batch.data.document import parse_sample, stated_image
from sigh_batch.data.identity import Identity, read_claim
from sigh_batch.data.manifest import checked_rows, read_manifest
from sigh_batch.data.merged import Merged
from sigh_batch.data.pairs import pair_problems
from sigh_batch.data.pictures import picture_problems
from sigh_batch.data.plan import RECORDS, ROWS, SHARDS, Plan
from sigh_batch.data.record import Record, read_record
from sigh_batch.data.sample import Failure, Json, Sample
from sigh_batch.data.scan import TarScan
from sigh_batch.data.schema import SCHEMA
from sigh_batch.errors import DataError, NotFound, RunMismatch
from sigh_batch.store.protocol import Store

_TOGETHER = 64
_TOLD = 20
_LENGTHS = ["image_length", "mask_length", "source_length", "json_length"]
_NEEDED = ["id", "index", "seed", "stage", "format", *_LENGTHS, "error_code", "error_message"]


@dataclass(frozen=True, slots=True)
class Verified:
    """How far a verification is, and the problems found since the last word."""

    shards: int
    total: int
    samples: int
    samples_total: int
    problems: tuple[str, ...] = ()


def verify(store: Store, workers: int = 1) -> Iterator[Verified]:
    """Check a finished set; yields after every shard, in order. `workers` threads decode the pictures.

    Raises NotFound where there is no finished set, DataError when its manifest cannot be read at all.
    """
    catalog = Catalog(store)
    count = len(catalog)
    told = read_manifest(store)
    if told is None:
        raise NotFound(f"the manifest of {store.url} vanished while it was read")
    plan = told.plan
    identity, problems = _claimed(store, told)
    if count != plan.count:
        problems.append(f"the manifest has {count} rows and says that it has {plan.count}")
    problems += _strangers(store, plan)
    problems += pair_problems(catalog)
    yield Verified(0, len(plan), 0, plan.count, tuple(problems))
    with ThreadPoolExecutor(max(1, workers)) as pool:
        checks = _Checks(store, plan, identity, _ManifestRows(catalog), pool)
        for shard in range(len(plan)):
            found = tuple(checks.shard(shard))
            yield Verified(shard + 1, len(plan), plan.samples(shard).stop, plan.count, found)


def _claimed(store: Store, told: Merged) -> tuple[Identity, list[str]]:
    """Return the identity that records must have, and what is wrong with the claim."""
    try:
        identity = read_claim(store)
    except (DataError, NotFound) as error:
        first = read_record(store, told.plan, 0)
        return Identity(kind=first.kind, config_hash=first.config_hash, engine=first.engine), [str(error)]
    if (identity.kind, identity.config_hash) != (told.kind, told.config_hash):
        return identity, [
            f"the manifest is of a {told.kind} run with config hash {told.config_hash} and run.json of a "
            f"{identity.kind} run with {identity.config_hash}"
        ]
    return identity, []


def _strangers(store: Store, plan: Plan) -> Iterator[str]:
    """Yield a sentence for every object that no shard of the plan has."""
    for prefix, ending in ((SHARDS, ".tar"), (ROWS, ".parquet"), (RECORDS, ".json")):
        number = plan.reader(prefix, ending)
        for found in store.list(prefix):
            if number(found.key) is None:
                yield f"{found.key} in {store.url} belongs to no shard of this run; delete it"


@dataclass(frozen=True, slots=True)
class _Checks:
    """What the checks of all shards share."""

    store: Store
    plan: Plan
    identity: Identity
    manifest: _ManifestRows
    pool: ThreadPoolExecutor

    def shard(self, shard: int) -> Iterator[str]:
        """Yield the problems of one shard."""
        where = f"{self.plan.record_key(shard)} in {self.store.url}"
        try:
            record = read_record(self.store, self.plan, shard)
            record.check(self.plan, shard, self.identity, where)
        except (DataError, RunMismatch) as error:
            yield str(error)
            return
        scan = TarScan(self.store, self.plan.tar_key(shard))
        try:
            yield from self._rows(record, scan)
            scan.finish()
        except DataError as error:
            yield str(error)
        except NotFound as error:
            yield f"{error}, though its record is there"
            return
        digest = scan.sha256()
        if (scan.position, digest) != (record.bytes, record.sha256):
            key = self.plan.record_key(shard)
            yield (
                f"{scan.key} has {scan.position} bytes with sha256 {digest[:12]} and its record says "
                f"{record.bytes} with {record.sha256[:12]}; delete {key} and run again"
            )

    def _rows(self, record: Record, scan: TarScan) -> Iterator[str]:
        key = self.plan.rows_key(record.shard)
        at = record.first
        for table in checked_rows(self.store.get(key), record, self.plan, f"{key} in {self.store.url}"):
            yield from _differences(self.manifest.take(at, len(table)), table, "the manifest", key)
            at += len(table)
            rebuilt, readable = RowsBuilder(record.name), []
            for start in range(0, len(table), _TOGETHER):
                rows = table.slice(start, _TOGETHER).select(_NEEDED).to_pylist()
                for number, checked in enumerate(self._samples(rows, scan), start):
                    yield from checked.problems
                    if checked.add_to(rebuilt):
                        readable.append(number)
            yield from _differences(rebuilt.take(), table.take(readable), f"{record.name}.tar", key)

    def _samples(self, rows: list[Json], scan: TarScan) -> Iterator[_Checked]:
        """Read the members that rows tell of, in the order of the tar, and check them in the pool."""
        members = [
            None
            if row["error_code"]
            else (
                scan.member(f"{row['id']}.{row['format']}", row["image_length"]),
                scan.member(f"{row['id']}.mask.png", row["mask_length"]),
                scan.member(f"{row['id']}.source.png", row["source_length"])
                if row["source_length"]
                else None,
                scan.member(f"{row['id']}.json", row["json_length"]),
            )
            for row in rows
        ]
        return self.pool.map(_check, rows, members)


_Member = tuple[bytes, int]
_Members = tuple[_Member, _Member, _Member | None, _Member]


@dataclass(frozen=True, slots=True)
class _Checked:
    """What the members of one row turned out to be: a sample, a failure, or nothing that can be read."""

    made: Sample | Failure | None
    placement: Placement | None = None
    problems: tuple[str, ...] = ()

    def add_to(self, rows: RowsBuilder) -> bool:
        """Add the row that follows from the members; return whether there is one."""
        if isinstance(self.made, Sample) and self.placement:
            rows.add(self.made, self.placement)
        elif isinstance(self.made, Failure):
            rows.add_failure(self.made)
        return self.made is not None


def _check(row: Json, members: _Members | None) -> _Checked:
    if members is None:
        named = {name: row[name] for name in ("id", "index", "seed", "stage")}
        return _Checked(Failure(**named, code=row["error_code"], message=row["error_message"]))
    (image, image_at), (mask, mask_at), copied, (document, document_at) = members
    source, source_at = copied or (None, None)
    digest = hashlib.sha256(image).hexdigest()
    placement = Placement(
        digest,
        image_at,
        len(image),
        mask_at,
        len(mask),
        document_at,
        len(document),
        source_at,
        None if source is None else len(source),
    )
    try:
        sample = parse_sample(document, image, mask, source)
        stated = stated_image(document)
    except DataError as error:
        return _Checked(None, problems=(f"sample {row['id']}: {error}",))
    problems = picture_problems(sample)
    if stated != (len(image), digest):
        problems.append(f"sample {row['id']}: its JSON tells of another picture, of {stated[0]} bytes")
    return _Checked(sample, placement, tuple(problems))


class _ManifestRows:
    """The rows of the manifest from first to last, as many at a time as somebody asks for."""

    def __init__(self, catalog: Catalog) -> None:
        self._batches = catalog.scan(SCHEMA.names)
        self._rest = SCHEMA.empty_table()
        self._at = 0

    def take(self, first: int, count: int) -> pa.Table:
        """Return rows from `first` on, which lies behind what was taken last; fewer at the end."""
        parts, wanted = [], first + count
        while self._at < wanted:
            if not len(self._rest):
                batch = next(self._batches, None)
                if batch is None:
                    break
                self._rest = pa.Table.from_batches([batch], SCHEMA)
            skipped = min(max(first - self._at, 0), len(self._rest))
            used = min(wanted - self._at, len(self._rest))
            parts.append(self._rest.slice(skipped, used - skipped))
            self._rest = self._rest.slice(used)
            self._at += used
        return pa.concat_tables(parts) if parts else SCHEMA.empty_table()


def _differences(found: pa.Table, expected: pa.Table, who: str, key: str) -> Iterator[str]:
    """Yield a sentence for each sample that two tables tell of differently, up to a few."""
    if len(found) != len(expected):
        yield f"{who} ends {len(expected) - len(found)} rows before {key} does"
        return
    told: dict[int, str] = {}
    for name in SCHEMA.names:
        if found.column(name).equals(expected.column(name)):
            continue
        pairs = zip(found.column(name).to_pylist(), expected.column(name).to_pylist(), strict=True)
        for number, (one, other) in enumerate(pairs):
            if one != other and number not in told:
                sample = expected.column("id")[number].as_py()
                told[number] = (
                    f"sample {sample}: {who} has {name} {_short(one)} and {key} has {_short(other)}"
                )
    yield from islice(told.values(), _TOLD)
    if len(told) > _TOLD:
        yield f"{len(told) - _TOLD} more samples of {key} differ from {who}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
