"""Several models over the same pictures: where they agree, and which pictures they quarrel about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from sigh_batch.report.predictions.subject import CLEAN, FORGED, Subject
from sigh_batch.report.predictions.table import PredictionTable, float_values, hash_names
from sigh_batch.report.predictions.tally import LABELS, VERDICTS, codes_of

CELLS = 40
"""Cells a side of the picture of two models' scores."""
DISPUTED = 0.1
"""Models whose scores of a picture lie less apart than this do not quarrel about it."""
MOST_MODELS = 6
"""Models that are compared; the first ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """What one model says, sorted by the pictures' numbers."""

    model: str
    pictures: NDArray[np.uint64]
    scores: NDArray[np.float32]
    """nan where it could not say."""
    verdicts: NDArray[np.int8]
    labels: NDArray[np.int8]

    def look_up(self, pictures: NDArray[np.uint64]) -> list[tuple[float, str] | None]:
        """Return score and verdict of some pictures; None where there is none."""
        if not len(self.pictures):
            return [None] * len(pictures)
        places = np.minimum(np.searchsorted(self.pictures, pictures), len(self.pictures) - 1)
        return [
            (float(self.scores[at]), VERDICTS[self.verdicts[at]])
            if self.pictures[at] == picture and not np.isnan(self.scores[at])
            else None
            for at, picture in zip(places, pictures, strict=True)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two models side by side."""

    first: str
    second: str
    pictures: int
    """Pictures that both could read."""
    cells: NDArray[np.int64]
    """Pictures by score of the first (row) and of the second (column), in equal steps."""
    verdicts: NDArray[np.int64]
    """Pictures by verdict of the first (row) and of the second (column): flagged, uncertain, clean."""

    @property
    def agreement(self) -> float | None:
        """The share of the pictures of which both say the same; None where there are none."""
        return float(np.trace(self.verdicts)) / self.pictures if self.pictures else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Every model's opinions, every pair of them, and what they disagree about most."""

    opinions: tuple[Opinions, ...]
    pairs: tuple[Pair, ...]
    disputed: tuple[int, ...]
    """Rows of the pictures with the largest range of scores, the largest first."""


def compare_models(table: PredictionTable, subject: Subject, room: int) -> Comparison | None:
    """Return how the models of a table compare, or None where there is but one."""
    if len(subject.models) < 2:
        return None
    names = subject.models[:MOST_MODELS]
    parts: dict[str, list[tuple[NDArray[np.generic], ...]]] = {name: [] for name in names}
    own: list[tuple[NDArray[np.uint64], NDArray[np.int64]]] = []
    for start, batch in table.scan(("path", "model_id", "p_tampered", "verdict", "label_true")):
        pictures = hash_names(batch.column("path"))
        columns = (
            pictures,
            float_values(batch.column("p_tampered")).astype(np.float32),
            codes_of(batch.column("verdict"), VERDICTS).astype(np.int8),
            codes_of(batch.column("label_true"), LABELS[:2]).astype(np.int8),
        )
        models = batch.column("model_id")
        for name in names:
            mine = np.asarray(
                pc.fill_null(pc.equal(models, name), False).to_numpy(zero_copy_only=False), bool
            )
            if mine.any():
                parts[name].append(tuple(column[mine] for column in columns))
        picked = subject.pick(batch)
        own.append((pictures[picked], start + np.flatnonzero(picked)))
    opinions = tuple(_opinions(name, parts.pop(name)) for name in names)
    return Comparison(
        opinions=opinions,
        pairs=tuple(_pair(first, second) for first, second in combinations(opinions, 2)),
        disputed=tuple(_disputed(opinions, own, room)),
    )


def _opinions(name: str, parts: Sequence[tuple[NDArray[np.generic], ...]]) -> Opinions:
    pictures, scores, verdicts, labels = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(pictures, kind="stable")
    return Opinions(
        model=name,
        pictures=pictures[order],
        scores=scores[order],
        verdicts=verdicts[order],
        labels=labels[order],
    )


def _pair(first: Opinions, second: Opinions) -> Pair:
    _, one, two = np.intersect1d(first.pictures, second.pictures, return_indices=True)
    read = ~np.isnan(first.scores[one]) & ~np.isnan(second.scores[two])
    one, two = one[read], two[read]
    cells, _, _ = np.histogram2d(
        first.scores[one], second.scores[two], bins=CELLS, range=((0.0, 1.0), (0.0, 1.0))
    )
    spoken = len(VERDICTS) - 1
    told = np.bincount(
        first.verdicts[one].astype(np.int64) * len(VERDICTS) + second.verdicts[two],
        minlength=len(VERDICTS) ** 2,
    ).reshape(len(VERDICTS), len(VERDICTS))
    return Pair(
        first=first.model,
        second=second.model,
        pictures=len(one),
        cells=cells.astype(np.int64),
        verdicts=told[:spoken, :spoken],
    )


def _disputed(
    opinions: Sequence[Opinions], own: Sequence[tuple[NDArray[np.uint64], NDArray[np.int64]]], room: int
) -> Iterator[int]:
    pictures = opinions[0].pictures
    least = opinions[0].scores.copy()
    most = opinions[0].scores.copy()
    for other in opinions[1:]:
        if not len(other.pictures):
            continue
        at = np.minimum(np.searchsorted(other.pictures, pictures), len(other.pictures) - 1)
        scores = np.where(other.pictures[at] == pictures, other.scores[at], np.float32("nan"))
        np.fmin(least, scores, out=least)
        np.fmax(most, scores, out=most)
    spans = np.nan_to_num(most - least)
    best = np.lexsort((pictures, -spans))[:room]
    best = best[spans[best] >= DISPUTED]
    hashes = np.concatenate([one for one, _ in own])
    rows = np.concatenate([two for _, two in own])
    wanted = pictures[best]
    places = np.flatnonzero(np.isin(hashes, wanted))
    found = dict(zip(hashes[places].tolist(), rows[places].tolist(), strict=True))
    for picture in wanted.tolist():
        if picture in found:
            yield found[picture]


def labelled_scores(opinions: Opinions) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return score and label of the pictures that have both."""
    known = ~np.isnan(opinions.scores) & (opinions.labels < len((CLEAN, FORGED)))
    return opinions.scores[known], opinions.labels[known] == LABELS.index(FORGED)
