"""How far a run is, by what its store holds: no process and no cluster is asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sigh_batch.data.identity import RUN_KEY, read_document
from sigh_batch.data.merged import read_merged
from sigh_batch.data.plan import RECORDS, Plan
from sigh_batch.data.predictions import PREDICTIONS_KEY
from sigh_batch.data.record import read_record
from sigh_batch.data.sample import Json
from sigh_batch.data.schema import MANIFEST_KEY
from sigh_batch.data.searched import STATES, SUMMARY_KEY, TALLY_KEY, Tally, read_tally
from sigh_batch.data.trained import METRICS_KEY, MODEL_KEY
from sigh_batch.errors import DataError, NotFound
from sigh_batch.store import Stat, Store

WINDOW = timedelta(hours=1)
"""The rate is that of so much time before the newest record; a run that is silent for longer is at rest."""
MOST_READ = 500
"""Records that are read to count failed samples before the end; how many records there are tells the rest."""
_READERS = 16
_MERGED = {"predict": PREDICTIONS_KEY}
"""Where all shards become one file, of kinds whose file is no manifest."""
LOGS = "logs/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a run was when its store was looked at."""

    kind: str
    config_hash: str
    unit: str
    """What is counted: samples; of a training epochs, or updates where it has a number of them; of a study
    trials."""
    done: float
    total: int
    failed: int
    """Samples that are rows with a reason, of a long run that goes on at least so many; or failed trials."""
    failed_exact: bool
    """Whether every record was read for it."""
    shards_done: int
    shards: int
    """0 of a kind that has none."""
    finished: bool
    """Whether the result is whole."""
    began: str | None
    """When the first worker started."""
    latest: str | None
    """When the newest of what counts was written."""
    rate: float | None
    """Units a second in the hour before that; null while nothing is written."""
    seconds_left: float | None
    """Null at the end, and of a run at rest."""
    trials: dict[str, int] | None = None
    """Of a study, how many trials are in which state: complete, pruned, fail, running."""

    def as_json(self) -> dict[str, Any]:
        """Return the fields as plain values."""
        return asdict(self)


def look(store: Store, now: datetime | None = None) -> Standing:
    """Return how far the run in a store is.

    Raises NotFound where none has begun, DataError where the run is of a kind that tells nothing on its way.
    """
    moment = now or datetime.now(UTC)
    try:
        document = read_document(store, RUN_KEY)
    except NotFound:
        raise NotFound(f"nothing is written at {store.url} yet: it has no {RUN_KEY}") from None
    began = _began(store, moment)
    if document["kind"] == "train":
        return _learned(store, document, began, moment)
    if document["kind"] == "tune" and (tally := read_tally(store)):
        return _searched(store, document, tally, moment)
    values = document.get("values", {})
    if not {"count", "shards"} <= values.keys():
        raise DataError(
            f"the run at {store.url} is of kind {document['kind']}, which tells nothing on its way"
        )
    return _made(store, document, Plan(int(values["count"]), int(values["shards"])), began, moment)


def _began(store: Store, now: datetime) -> datetime:
    """Return when the first worker started; its log is called after that. The place is claimed later."""
    for found in islice(store.list(LOGS), 1):
        with suppress(ValueError):
            text = found.key[len(LOGS) :].partition("-")[0]
            return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    claimed = store.stat(RUN_KEY)
    return claimed.modified if claimed else now


def _made(store: Store, document: Json, plan: Plan, began: datetime, now: datetime) -> Standing:
    """Count the records of a sharded run."""
    number = plan.reader(RECORDS, ".json")
    found = {shard: stat for stat in store.list(RECORDS) if (shard := number(stat.key)) is not None}
    merged = read_merged(store, _MERGED.get(document["kind"], MANIFEST_KEY))
    read = [] if merged else list(islice(sorted(found), MOST_READ))
    failed = merged.failed if merged else _failed(store, plan, read)
    latest = max((stat.modified for stat in found.values()), default=None)
    return _standing(
        document,
        unit="samples",
        done=sum(len(plan.samples(shard)) for shard in found),
        total=plan.count,
        failed=failed,
        failed_exact=merged is not None or len(read) == len(found),
        shards_done=len(found),
        shards=len(plan),
        finished=merged is not None,
        began=began,
        latest=latest,
        rate=_rate(plan, found, began, latest),
        now=now,
    )


def _failed(store: Store, plan: Plan, shards: Sequence[int]) -> int:
    with ThreadPoolExecutor(_READERS) as pool:
        return sum(pool.map(lambda shard: read_record(store, plan, shard).failed, shards))


def _rate(plan: Plan, found: dict[int, Stat], began: datetime, latest: datetime | None) -> float | None:
    """Return samples a second in the hour that ended with the newest record."""
    if latest is None:
        return None
    since = max(began, latest - WINDOW)
    seconds = (latest - since).total_seconds()
    samples = sum(len(plan.samples(shard)) for shard, stat in found.items() if stat.modified > since)
    return samples / seconds if seconds > 0 and samples else None


def _learned(store: Store, document: Json, began: datetime, now: datetime) -> Standing:
    """Read how much of a training has been told of."""
    told = store.stat(METRICS_KEY)
    rows = [json.loads(line) for line in store.get(METRICS_KEY).splitlines()] if told else []
    asked = document["spec"]["settings"]["train"]
    by_updates = asked.get("steps") is not None
    done = max((float(row["step" if by_updates else "epoch"]) for row in rows if "epoch" in row), default=0.0)
    seconds = (told.modified - began).total_seconds() if told else 0.0
    return _standing(
        document,
        unit="updates" if by_updates else "epochs",
        done=round(done, 3),
        total=int(asked["steps"] if by_updates else asked["epochs"]),
        failed=0,
        failed_exact=True,
        shards_done=0,
        shards=0,
        finished=store.stat(MODEL_KEY) is not None,
        began=began,
        latest=told.modified if told else None,
        rate=done / seconds if seconds > 0 and done else None,
        now=now,
    )


def _searched(store: Store, document: Json, tally: Tally, now: datetime) -> Standing:
    """Tell what a study has written of its trials; its rate is that of the newest call."""
    told = store.stat(TALLY_KEY)
    latest = told.modified if told else None
    began = datetime.fromisoformat(tally.began)
    seconds = (latest - began).total_seconds() if latest else 0.0
    ended = tally.ended - tally.before
    return _standing(
        document,
        unit="trials",
        done=tally.ended,
        total=tally.wanted,
        failed=tally.fail,
        failed_exact=True,
        shards_done=0,
        shards=0,
        finished=not tally.running and store.stat(SUMMARY_KEY) is not None and tally.ended >= tally.wanted,
        began=began,
        latest=latest,
        rate=ended / seconds if seconds > 0 and ended else None,
        now=now,
        trials={name: getattr(tally, name) for name in STATES},
    )


def _standing(
    document: Json,
    *,
    began: datetime,
    latest: datetime | None,
    rate: float | None,
    now: datetime,
    **facts: Any,
) -> Standing:
    left = facts["total"] - facts["done"]
    at_rest = facts["finished"] or latest is None or now - latest > WINDOW
    return Standing(
        kind=document["kind"],
        config_hash=document["config_hash"],
        began=_text(began),
        latest=None if latest is None else _text(latest),
        rate=None if rate is None else round(rate, 6),
        seconds_left=None if at_rest or not rate else round(max(left, 0) / rate, 1),
        **facts,
    )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
