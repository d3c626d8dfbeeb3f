"""Pictures that stand for an evaluation: what the model missed most, its worst false alarms, some by chance.

Of these alone the tamper map and the true mask are kept, so that people see where the model looked and
where it should have. They are as many for ten thousand pictures as for ten million.
"""

from __future__ import annotations

import hashlib
import json

import numpy as np

from sigh_batch.data.sample import Json
from sigh_batch.errors import NotFound
from sigh_batch.evaluation.estimates import Flags
from sigh_batch.evaluation.facts import Places
from sigh_batch.evaluation.rows import Verdicts, row_id
from sigh_batch.evaluation.scores import Scores
from sigh_batch.evaluation.subject import Subject
from sigh_batch.models.detector import Detector
from sigh_batch.render.encode import mask_png
from sigh_batch.rng import for_sample
from sigh_batch.stages.verdicts import map_png
from sigh_batch.store import Store

EXAMPLES_KEY = "parts/examples.json"
_MAPS, _MASKS = "maps", "masks"


def choose_examples(
    scores: Scores, positive: Flags, left_out: Flags, verdicts: Verdicts, most: int, seed: int
) -> Places:
    """Return the places of at most `most` pictures: a third missed, a third false alarms, others by chance.

    The worst come first: forged pictures that seem clean, clean ones that are surest to be flagged.
    """
    known = scores.scored & ~left_out
    said = scores.rows["probability"]
    missed = np.flatnonzero(known & positive & (said < verdicts.low))
    alarms = np.flatnonzero(known & ~positive & (said >= verdicts.high))
    third = most // 3
    worst = [
        *missed[np.argsort(said[missed], kind="stable")][:third],
        *alarms[np.argsort(-said[alarms], kind="stable")][:third],
    ]
    others = np.setdiff1d(np.flatnonzero(known), worst)
    draws = for_sample(seed, "evaluate/examples", 0).generator()
    chance = draws.choice(others, min(most - len(worst), len(others)), replace=False)
    return np.array([*worst, *np.sort(chance)], np.int64)


def keep_examples(store: Store, subject: Subject, detector: Detector, places: Places) -> dict[str, Json]:
    """Write map and mask of each picture, once, and return what its row says of them, by the row's id."""
    try:
        kept: dict[str, Json] = json.loads(store.get(EXAMPLES_KEY))
    except NotFound:
        kept = {}
        for place in places:
            shown = subject.read(int(place))
            (score,) = detector.score([shown.pixels], maps=True)
            name = row_id(shown.path, detector.document)
            kept[name] = {}
            if score.map is not None:
                kept[name] |= _written(store, "heatmap", f"{_MAPS}/{name}.png", map_png(score.map))
            if shown.changed is not None:
                kept[name] |= _written(store, "truth", f"{_MASKS}/{name}.png", mask_png(shown.changed))
        store.put(EXAMPLES_KEY, f"{json.dumps(kept)}\n".encode())
    return kept


def _written(store: Store, what: str, key: str, data: bytes) -> Json:
    store.put(key, data)
    return {f"{what}_path": key, f"{what}_sha256": hashlib.sha256(data).hexdigest()}
