"""What is counted over all pictures: verdicts, scores in narrow bins, failures, and which ones to show.

One pass, in memory that does not grow with the rows but for 5 bytes of each that has a true label: exact
curves need every score.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sigh_batch.errors import DataError
from sigh_batch.report.predictions.choice import SHARES, Best
from sigh_batch.report.predictions.subject import CLEAN, FORGED, Subject
from sigh_batch.report.predictions.table import PredictionTable, float_values, hash_names

GRID = 1000
"""Bins of scores; the thresholds in use are edges as well, so that counts at them are exact."""
LABELS = (CLEAN, FORGED, "unknown")
"""What a picture truly is, in the order of the bins."""
VERDICTS = ("flagged", "uncertain", "clean", "error")
FACETS = ("predicted_tamper_type", "mime", "split", "c2pa_status", "digital_source_type", "software_tag")
"""Columns whose values are counted by verdict."""
MOST_VALUES = 200
"""Values of a column that are counted; a column may have as many as there are pictures."""
_COLUMNS = (
    *("path", "model_id", "error_code", "p_tampered", "verdict", "bytes", "label_true", "truth_path"),
    *FACETS,
)


@dataclass(slots=True)
class Tally:
    """The counts of a whole table."""

    edges: NDArray[np.float64]
    """Edges of the bins: a score at an edge belongs to the bin above it."""
    bins: NDArray[np.int64]
    """Pictures by true label and bin."""
    room: int
    """How many pictures a page may show."""
    pictures: int = 0
    bytes: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Pictures by true label and stored verdict."""
    errors: Counter[str] = field(default_factory=Counter)
    facets: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    """By column: pictures by value and verdict."""
    pools: dict[str, Best] = field(default_factory=dict)
    """Rows that may be shown, by what they stand for."""
    failures: list[int] = field(default_factory=list)
    """The first rows that failed."""
    scores: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    """Score of every picture that has a true label and could be read."""
    forged: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool))
    """Whether each of those is forged."""


def count_rows(table: PredictionTable, subject: Subject, room: int) -> Tally:
    """Go over a table and count; `room` is how many pictures may be shown."""
    grid = np.arange(GRID + 1) / GRID
    own = [edge for edge in (subject.low, subject.high) if edge is not None and 0 < edge < 1]
    edges = np.unique(np.concatenate([grid, own]))
    tally = Tally(edges, np.zeros((len(LABELS), len(edges) - 1), np.int64), room)
    tally.pools = {name: Best(room) for name, _ in SHARES if name != "disputed"}
    tally.facets = {name: Counter() for name in FACETS}
    scores: list[NDArray[np.float32]] = []
    forged: list[NDArray[np.bool_]] = []
    for start, batch in table.scan(_COLUMNS):
        picked = subject.pick(batch)
        rows = start + np.flatnonzero(picked)
        mine = batch if picked.all() else batch.filter(pa.array(picked))
        if len(mine):
            known = _count_batch(tally, mine, rows)
            scores.append(known[0])
            forged.append(known[1])
    if scores:
        tally.scores, tally.forged = np.concatenate(scores), np.concatenate(forged)
    return tally


def _count_batch(
    tally: Tally, batch: pa.RecordBatch, rows: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Count some rows; return score and label of those that have both."""
    verdicts = codes_of(batch.column("verdict"), VERDICTS)
    if len(VERDICTS) in verdicts:
        strange = batch.column("verdict")[int(np.argmax(verdicts))].as_py()
        raise DataError(f"not a verdict: {strange!r}; a row of predictions has one of {', '.join(VERDICTS)}")
    labels = codes_of(batch.column("label_true"), LABELS[:2])
    scores = float_values(batch.column("p_tampered"))
    scored = ~np.isnan(scores) & (verdicts < VERDICTS.index("error"))
    tally.pictures += len(batch)
    tally.bytes += pc.sum(batch.column("bytes")).as_py() or 0
    for name, count in _counted(batch.column("verdict")):
        tally.verdicts[name] += count
    failed = ~scored
    for name, count in _counted(batch.column("error_code").filter(pa.array(failed)).fill_null("unknown")):
        tally.errors[name] += count
    tally.failures += [int(row) for row in rows[failed][: max(0, tally.room - len(tally.failures))]]
    places = np.searchsorted(tally.edges, scores[scored], side="right") - 1
    flat = labels[scored] * tally.bins.shape[1] + np.clip(places, 0, tally.bins.shape[1] - 1)
    tally.bins += np.bincount(flat, minlength=tally.bins.size).reshape(tally.bins.shape)
    pairs = np.bincount(labels * len(VERDICTS) + verdicts, minlength=len(LABELS) * len(VERDICTS))
    for at in np.flatnonzero(pairs):
        tally.outcomes[LABELS[at // len(VERDICTS)], VERDICTS[at % len(VERDICTS)]] += int(pairs[at])
    for name, counts in tally.facets.items():
        _count_facet(counts, batch.column(name), verdicts)
    _offer(tally, batch, rows, verdicts, labels, scores, scored)
    known = scored & (labels < 2)
    return scores[known].astype(np.float32), labels[known] == LABELS.index(FORGED)


def _offer(
    tally: Tally,
    batch: pa.RecordBatch,
    rows: NDArray[np.int64],
    verdicts: NDArray[np.int64],
    labels: NDArray[np.int64],
    scores: NDArray[np.float64],
    scored: NDArray[np.bool_],
) -> None:
    """Offer rows to the pools: the highest scores first, clean ones by chance, missed ones the lowest."""
    flagged, uncertain, clean = (scored & (verdicts == at) for at in range(3))
    chance = hash_names(batch.column("path")).astype(np.float64)
    kept = scored & np.asarray(pc.is_valid(batch.column("truth_path")).to_numpy(zero_copy_only=False))
    pools = {
        "example": (kept, chance),
        "flagged": (flagged, -scores),
        "uncertain": (uncertain, -scores),
        "clean": (clean, chance),
        "missed": (clean & (labels == LABELS.index(FORGED)), scores),
        "false_alarm": (flagged & (labels == LABELS.index(CLEAN)), -scores),
    }
    for name, (belongs, keys) in pools.items():
        if belongs.any():
            tally.pools[name].offer(keys[belongs], rows[belongs])


def _count_facet(
    counts: Counter[tuple[str, str]], column: pa.Array[Any], verdicts: NDArray[np.int64]
) -> None:
    if column.null_count == len(column):
        return
    coded = pc.dictionary_encode(column)
    codes = np.asarray(coded.indices.fill_null(-1).to_numpy(zero_copy_only=False), np.int64)
    present = codes >= 0
    names = coded.dictionary.to_pylist()
    pairs = np.bincount(
        codes[present] * len(VERDICTS) + verdicts[present], minlength=len(names) * len(VERDICTS)
    ).reshape(-1, len(VERDICTS))
    for name, row in zip(names, pairs.tolist(), strict=True):
        if len(counts) >= MOST_VALUES * len(VERDICTS) and (name, VERDICTS[0]) not in counts:
            continue
        for verdict, count in zip(VERDICTS, row, strict=True):
            counts[name, verdict] += count


def codes_of(column: pa.Array[Any], names: tuple[str, ...]) -> NDArray[np.int64]:
    """Return the place of every value among `names`, and their number for any other."""
    found = pc.index_in(column, value_set=pa.array(names, pa.string()))
    return np.asarray(found.fill_null(len(names)).to_numpy(zero_copy_only=False), np.int64)


def _counted(column: pa.Array[Any]) -> list[tuple[str, int]]:
    return [(found["values"], found["counts"]) for found in pc.value_counts(column).to_pylist()]
