"""How much a model is known to find: what must stand beside its verdicts.

Whoever reads "no traces found" takes it for "genuine", unless the page says how many forged pictures the
model lets pass. The best measurement that is at hand is told: an evaluation, the labels of the pictures
themselves where there are enough, or what the model's own document says.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sigh_batch.data.identity import RUN_KEY, read_document
from sigh_batch.errors import DataError, NotFound
from sigh_batch.evaluation.document import Evaluated, Evaluation, Value
from sigh_batch.report.predictions.rates import rate_verdicts
from sigh_batch.report.predictions.subject import CLEAN, FORGED, Subject
from sigh_batch.store import Store

ENOUGH = 100
"""Pictures of either class that labels need before rates are told of them alone."""
SCARCE = 0.01
"""A share of forged pictures as it may well be among those that somebody looks through."""
UNKNOWN = Value(value=None)
_RATES = ("0.001", "0.01", "0.05")
_STATED = "0.01"
_EVEN = 0.5
_SAME = 1e-4
_LITTLE, _MUCH = 0.5, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What one model, or several by their joint verdict, flag of forged and of genuine pictures."""

    model: str | None
    """Its name; None for the joint verdict of several."""
    found: Value = UNKNOWN
    """Share of forged pictures that are flagged; without a value where nobody measured it."""
    alarms: Value = UNKNOWN
    """Share of genuine pictures that are flagged at the same threshold."""
    auc: float | None = None
    """How well its scores are in order: 0.5 is guessing."""
    measured: str = ""
    """On what, in words that go on after "measured"."""

    @property
    def grade(self) -> str:
        """`unknown`, `little`, `some` or `much`, by the share that is found."""
        share = self.found.value
        if share is None or self.alarms.value is None:
            return "unknown"
        return "little" if share < _LITTLE else "some" if share < _MUCH else "much"

    @property
    def missed(self) -> str | None:
        """How many forged pictures are not flagged, in words."""
        return None if self.found.value is None else _of_hundred(1 - self.found.value)

    @property
    def sentence(self) -> str:
        """What it flags, in a sentence."""
        name = f"the model {self.model}" if self.model else "the joint verdict"
        if self.grade == "unknown":
            return f"How many forged pictures {name} flags is not known."
        found, alarms = _ranged(self.found), _ranged(self.alarms)
        return f"{name[0].upper()}{name[1:]} flags {found} forged pictures, and {alarms} genuine ones."

    @property
    def conclusion(self) -> str:
        """What follows for a picture that is not flagged."""
        return _CONCLUSIONS[self.grade]

    @property
    def source(self) -> str:
        """Where that comes from."""
        if not self.measured:
            return "Nothing beside these predictions tells. An evaluation on labelled pictures would."
        order = "" if self.auc is None else f" AUC {self.auc:.2f}: 0.5 is guessing, 1 is never wrong."
        return f"Measured {self.measured}. Pictures of other kinds may fare worse.{order}"

    @property
    def mistaken(self) -> str | None:
        """How many flagged pictures are genuine where forged ones are scarce, in words."""
        if self.found.value is None or self.alarms.value is None:
            return None
        false, true = (1 - SCARCE) * self.alarms.value, SCARCE * self.found.value
        return _of_hundred(false / (false + true)) if false + true else None

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "model": self.model,
            "found": self.found.model_dump(),
            "false_alarms": self.alarms.model_dump(),
            "auc": self.auc,
            "measured": self.measured or None,
        }


_CONCLUSIONS = {
    "unknown": "So nothing follows from a picture not being flagged.",
    "little": "Most forged pictures are not flagged: \u201cnot flagged\u201d does not mean genuine.",
    "some": "Many forged pictures are not flagged: \u201cnot flagged\u201d does not mean genuine.",
    "much": "Some forged pictures are not flagged all the same.",
}


def known_reaches(
    store: Store,
    subject: Subject,
    outcomes: Mapping[tuple[str, str], int],
    auc: float | None,
    evaluation: Evaluation | None,
) -> tuple[Reach, ...]:
    """Return what is known of each model that had a part in the verdicts, or of what they say together.

    `outcomes` counts pictures by label and verdict, and `auc` is of the same ones.
    """
    measured = {one.model_sha256: one for one in evaluation.models} if evaluation else {}
    models = subject.models if subject.model is None else (subject.model,)
    labelled = _of_labels(subject.model, outcomes, auc)
    if labelled and (subject.model is None or subject.hashes.get(subject.model) not in measured):
        return (labelled,)
    told = told_reaches(store)
    found = []
    for model in models:
        one = measured.get(subject.hashes.get(model, ""))
        own = [reach for reach in told if reach.model == model]
        if one and evaluation:
            found.append(_of_evaluation(one, evaluation, subject.high))
        else:
            found.append(own[0] if own else Reach(model=model))
    return tuple(found)


def told_reaches(store: Store) -> list[Reach]:
    """Return what the documents of a run's models say of them, as its run.json keeps it."""
    return [_of_document(told) for told in _told_models(store)]


def known_pixel(store: Store, evaluation: Evaluation | None) -> float:
    """Return the probability from which on a pixel counts as changed; 0.5 where nothing says."""
    told = [limit for model in _told_models(store) if (limit := _number(model.get("pixel"))) is not None]
    if not told and evaluation and evaluation.models:
        told = [evaluation.models[0].thresholds.get("pixel", _EVEN)]
    return math.fsum(told) / len(told) if told else _EVEN


def _told_models(store: Store) -> list[Mapping[str, Any]]:
    try:
        values = read_document(store, RUN_KEY).get("values")
    except (NotFound, DataError):
        return []
    source = values.get("source") if isinstance(values, dict) else None
    models = source.get("models") if isinstance(source, dict) else None
    return [told for told in models or () if isinstance(told, dict)]


def warn(reaches: Sequence[Reach]) -> str:
    """Return in a line what must be known of verdicts before they are used."""
    if not reaches:
        return f"How many forged pictures would be flagged is not known. {_CONCLUSIONS['unknown']}"
    said = " ".join(reach.sentence for reach in reaches)
    worst = min(reaches, key=lambda reach: reach.found.value or 0.0)
    return f"{said} {worst.conclusion}"


def _of_labels(model: str | None, outcomes: Mapping[tuple[str, str], int], auc: float | None) -> Reach | None:
    counts = {
        label: sum(
            count for (name, verdict), count in outcomes.items() if name == label and verdict != "error"
        )
        for label in (FORGED, CLEAN)
    }
    if min(counts.values()) < ENOUGH:
        return None
    rates = rate_verdicts(outcomes)
    return Reach(
        model=model,
        found=Value(value=rates["recall"]),
        alarms=Value(value=rates["fpr"]),
        auc=auc,
        measured=f"on these very pictures: {counts[FORGED]:,} labelled forged and {counts[CLEAN]:,} clean",
    )


def _of_evaluation(one: Evaluated, evaluation: Evaluation, high: float | None) -> Reach:
    """Return what an evaluation found; its verdicts count where the rows have its threshold."""
    metrics, own = one.metrics, one.thresholds.get("high")
    auc = metrics["auc"].value if "auc" in metrics else None
    measured = (
        f"by sigh evaluate on {one.pictures - one.failed - one.scene_depth_pictures:,} pictures of the split "
        f"{evaluation.split!r}, {one.forged:,} of them forged"
    )
    same = own is None or high is None or abs(own - high) < _SAME
    if same and "recall" in metrics and "fpr" in metrics:
        found, alarms = metrics["recall"], metrics["fpr"]
    else:
        found, alarms = metrics.get(f"tpr_at_fpr_{_STATED}", UNKNOWN), Value(value=float(_STATED))
    return Reach(model=one.model, found=found, alarms=alarms, auc=auc, measured=measured)


def _of_document(told: Mapping[str, Any]) -> Reach:
    """Return what a model's document says, as the run that used it wrote it down."""
    metrics = told.get("metrics")
    if not isinstance(metrics, dict):
        metrics = {}
    rate = told.get("flags_at_fpr") if told.get("flags_at_fpr") in _RATES else _STATED
    found, order = _number(metrics.get(f"tpr_at_fpr_{rate}")), _number(metrics.get("auc"))
    known = found is not None or order is not None
    return Reach(
        model=str(told.get("name")),
        found=Value(value=found),
        alarms=Value(value=None if found is None else float(str(rate))),
        auc=order,
        measured="when it was trained, on its validation split" if known else "",
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _ranged(share: Value) -> str:
    assert share.value is not None
    words = _of_hundred(share.value)
    if share.low is None or share.high is None:
        return words
    low, high = round(100 * share.low), round(100 * share.high)
    return words if low == high else f"{words} ({low} to {high}{'' if 'of 100' in words else ' of 100'})"


def _of_hundred(share: float) -> str:
    """Return a share as people count: about 7 of 100."""
    if share >= 0.0095:
        return f"about {round(100 * share)} of 100" if share < 0.995 else "nearly all of 100"
    return f"about {round(1000 * share)} of 1,000" if share >= 0.0005 else "hardly any"
