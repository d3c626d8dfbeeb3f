"""Going over the pictures: once as they are, and once for each point of the sweep, for all models at once.

What is done is kept in parts, written whole: an evaluation that is stopped goes on with the next part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigh_batch.config.evaluate import EvaluateConfig
from sigh_batch.config.predict import PredictConfig
from sigh_batch.data.sample import Json
from sigh_batch.degrade.twins import FORGED
from sigh_batch.errors import UnreadablePicture
from sigh_batch.evaluation.examples import choose_examples, keep_examples
from sigh_batch.evaluation.facts import Places
from sigh_batch.evaluation.reading import made_ahead
from sigh_batch.evaluation.rows import Verdicts, failed_row, join_rows, scored_row, write_rows
from sigh_batch.evaluation.scores import Scores, ScoresBuilder, joined, read_part, write_part
from sigh_batch.evaluation.subject import Shown, Subject
from sigh_batch.evaluation.sweep import Pair, Spot, degrade_pair
from sigh_batch.models.detector import Detector, Score
from sigh_batch.stages.verdicts import Judge
from sigh_batch.store import Store

PART = 500
"""Pictures of a part."""

Watch = Callable[[int, int, bool], None]
"""Hears how many more pictures are done, how many of them could not be read, and whether they were before."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A picture that could not be read, what rows tell of it, and why."""

    told: Json
    error: UnreadablePicture


class Passes:
    """Lets the models look at the pictures, and keeps what they say."""

    def __init__(
        self,
        subject: Subject,
        detectors: Sequence[Detector],
        store: Store,
        config: EvaluateConfig,
        *,
        seed: int,
        run: str,
        watch: Watch,
    ) -> None:
        self._subject = subject
        self._detectors = detectors
        self._models = [detector.document for detector in detectors]
        self._judges = [Judge(PredictConfig(), model) for model in self._models]
        self._store = store
        self._config = config
        self._seed = seed
        self._run = run
        self._watch = watch

    def pictures(self) -> list[Scores]:
        """Return what each model says of every picture as it is, and write predictions.parquet."""
        parts, rows = [], []
        for start in range(0, len(self._subject), PART):
            places = range(start, min(start + PART, len(self._subject)))
            name = f"parts/pictures/part-{start // PART:05d}"
            rows.append(f"{name}.parquet")
            found = read_part(self._store, f"{name}.npz", len(self._models))
            if found is None:
                found = self._look(places, name)
            else:
                self._watch(len(places), int((~found[0].scored).sum()), True)
            parts.append(found)
        scores = [joined(of_model) for of_model in zip(*parts, strict=True)]
        join_rows(self._store, rows, self._examples(scores[0]))
        return scores

    def sweep(self, spot: Spot, pairs: Places) -> list[Scores]:
        """Return what each model says of pairs after a degradation: two rows a pair, clean and forged."""
        found = read_part(self._store, spot.key, len(self._models))
        if found is None:
            found = self._look_after(spot, pairs)
            write_part(self._store, spot.key, found)
        else:
            self._watch(2 * len(pairs), 0, True)
        return found

    def _examples(self, scores: Scores) -> Mapping[str, Json]:
        """Keep map and mask of the pictures that stand for the first model; return what rows say of them."""
        facts, verdicts = self._subject.facts, Verdicts.of(self._models[0])
        if len(self._subject.classes) != 2 or not self._config.examples:
            return {}
        places = choose_examples(
            scores, facts.labels == 1, facts.scene_depth, verdicts, self._config.examples, self._seed
        )
        return keep_examples(self._store, self._subject, self._detectors[0], places)

    def _look(self, places: range, name: str) -> list[Scores]:
        """Score a part of the pictures."""
        builders = [ScoresBuilder(len(places), model) for model in self._models]
        rows: list[Json] = []
        shown = made_ahead(self._read, places, self._config.batch)
        at = 0
        for batch in _batches(shown, self._config.batch):
            pictures = [each for each in batch if isinstance(each, Shown)]
            asked = any(each.changed is not None for each in pictures)
            answers = self._asked([each.pixels for each in pictures], maps=asked)
            for each in batch:
                if isinstance(each, Unread):
                    rows += [failed_row(self._run, model, each.told, each.error) for model in self._models]
                else:
                    scene = bool(self._subject.facts.scene_depth[places[at]])
                    for number, score in enumerate(next(answers)):
                        builders[number].put(at, score, each.changed, counts=not scene)
                        judge, model = self._judges[number], self._models[number]
                        rows.append(scored_row(self._run, judge, model, each, score))
                at += 1
            self._watch(len(batch), len(batch) - len(pictures), False)
        found = [builder.build() for builder in builders]
        write_rows(self._store, f"{name}.parquet", rows)
        write_part(self._store, f"{name}.npz", found)
        return found

    def _look_after(self, spot: Spot, pairs: Places) -> list[Scores]:
        """Score the pairs after a degradation; those that it would spoil have no score."""
        builders = [ScoresBuilder(2 * len(pairs), model) for model in self._models]

        def degraded(places: NDArray[np.int64]) -> Pair | None:
            return degrade_pair(self._subject, places, spot, self._config, self._seed)

        for number, pair in enumerate(made_ahead(degraded, pairs, self._config.batch)):
            self._watch(2, 0, False)
            if pair is None:
                continue
            for twin, answer in enumerate(self._asked([each.pixels for each in pair], maps=True)):
                changed = pair[twin].mask & FORGED > 0
                for builder, score in zip(builders, answer, strict=True):
                    builder.put(2 * number + twin, score, changed)
        return [builder.build() for builder in builders]

    def _read(self, place: int) -> Shown | Unread:
        try:
            return self._subject.read(place)
        except UnreadablePicture as error:
            return Unread(self._subject.told(place), error)

    def _asked(self, pictures: Sequence[NDArray[np.uint8]], *, maps: bool) -> Iterator[tuple[Score, ...]]:
        """Yield for each picture what every model says of it."""
        if not pictures:
            return iter(())
        return zip(*(detector.score(pictures, maps=maps) for detector in self._detectors), strict=True)


def _batches(items: Iterable[Shown | Unread], size: int) -> Iterator[list[Shown | Unread]]:
    batch: list[Shown | Unread] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
