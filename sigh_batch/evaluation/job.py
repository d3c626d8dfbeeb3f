"""A whole evaluation: from models and pictures to evaluation.json, called as often as need be."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import numpy as np

from sigh_batch.config.evaluate import HOW, EvaluateConfig
from sigh_batch.config.identity import config_hash, whole_values
from sigh_batch.config.resolve import leaves
from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import HOW as HOW_AND_WHERE
from sigh_batch.config.spec import RunSpec
from sigh_batch.data.identity import Identity, check_claim, claim
from sigh_batch.data.sample import Json
from sigh_batch.data.trained import absolute_model
from sigh_batch.errors import ConfigError
from sigh_batch.evaluation.document import (
    EVALUATION_KEY,
    Comparison,
    Evaluated,
    Evaluation,
    Value,
    read_evaluation,
)
from sigh_batch.evaluation.findings import Case, find
from sigh_batch.evaluation.passes import Passes
from sigh_batch.evaluation.rows import Verdicts
from sigh_batch.evaluation.scores import Scores
from sigh_batch.evaluation.subject import Subject, data_identity, open_subject
from sigh_batch.evaluation.sweep import choose_pairs, chosen_spots
from sigh_batch.evaluation.targets import check_targets, reach_targets
from sigh_batch.metrics.compare import auc_difference, mcnemar
from sigh_batch.models.cores import count_cores
from sigh_batch.models.detector import Detector
from sigh_batch.models.document import ModelDocument
from sigh_batch.models.file import read_document
from sigh_batch.models.opening import model_store, open_model
from sigh_batch.store import Store, absolute_url, open_store

REVISION = 1
"""Raised whenever the same settings would find other numbers than before."""
_PACKAGES = ("numpy", "opencv-python-headless", "Pillow", "simplejpeg", "torch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an evaluation would do, before anything is written."""

    spec: RunSpec
    data: str
    identity: Identity
    models: tuple[ModelDocument, ...]

    @property
    def config(self) -> EvaluateConfig:
        """The settings of the evaluation."""
        return self.spec.settings.evaluate


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an evaluation has come to."""

    evaluation: Evaluation
    already: bool
    """Whether it was done before this call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it is: pictures looked at, over all passes."""

    done: int
    failed: int
    resumed: int
    """How many had been looked at before this call."""
    total: int


Watch = Callable[[Progress], None]


def plan_evaluation(spec: RunSpec) -> Plan:
    """Look at the data and at the models; raises ConfigError, NotFound when they are not there."""
    settings = spec.settings
    if spec.source is None:
        raise ConfigError(
            "an evaluation needs data; name a set or a folder with a subfolder a class by --data"
        )
    data, out = (f"{absolute_url(url).rstrip('/')}/" for url in (spec.source, spec.out))
    if out.startswith(data):
        raise ConfigError(f"{spec.out} lies in {spec.source}, which is read; write to another place")
    check_targets(settings.evaluate.targets)
    chosen_spots(settings.evaluate)
    models = tuple(read_document(model_store(url, settings.store)) for url in _urls(settings.evaluate))
    values = whole_values("evaluate", settings, data_identity(spec.source, settings.store), HOW)
    values["evaluate"]["models"] = [model.weights.sha256 if model.weights else None for model in models]
    return Plan(
        spec=spec,
        data=spec.source,
        identity=Identity(kind="evaluate", config_hash=config_hash(values), engine=_engine(), values=values),
        models=models,
    )


def render(spec: RunSpec) -> dict[str, Any]:
    """Return what `evaluate` would do, without touching the output."""
    plan = plan_evaluation(spec)
    subject = open_subject(plan.data, plan.config, plan.models, spec.settings.store)
    pairs = choose_pairs(subject.facts, plan.config.sweep_pairs)
    return {
        "kind": spec.kind,
        "data": spec.source,
        "out": spec.out,
        "models": [model.name for model in plan.models],
        "split": subject.split,
        "pictures": len(subject),
        "sweep": {"pairs": len(pairs), "points": len(chosen_spots(plan.config))},
        "config_hash": plan.identity.config_hash,
        "engine": dict(plan.identity.engine),
        "settings": spec.settings.model_dump(mode="json"),
    }


def evaluate(spec: RunSpec, watch: Watch = lambda _progress: None) -> Outcome:
    """Evaluate to the end, or find that it was done; what was begun here is gone on with.

    Raises RunMismatch when the output is of another run.
    """
    plan = plan_evaluation(spec)
    store = open_store(spec.out, spec.settings.store)
    if check_claim(store, plan.identity) and (found := read_evaluation(store)):
        return Outcome(evaluation=found, already=True)
    subject = open_subject(plan.data, plan.config, plan.models, spec.settings.store)
    detectors = _open_models(plan)
    claim(store, plan.identity, _kept(spec))
    found = _carry_out(plan, subject, detectors, store, watch)
    text = json.dumps(found.model_dump(mode="json"), indent=1, ensure_ascii=False)
    store.put(EVALUATION_KEY, f"{text}\n".encode())
    return Outcome(evaluation=found, already=False)


def _carry_out(
    plan: Plan, subject: Subject, detectors: Sequence[Detector], store: Store, watch: Watch
) -> Evaluation:
    config, seed = plan.config, plan.spec.settings.seed
    pairs = choose_pairs(subject.facts, config.sweep_pairs)
    spots = chosen_spots(config) if len(pairs) else []
    total = len(subject) + 2 * len(pairs) * len(spots)
    counted = Counter[str]()

    def count(done: int, failed: int, resumed: bool) -> None:
        counted.update(done=done, failed=failed, resumed=done * resumed)
        watch(Progress(total=total, **{name: counted[name] for name in ("done", "failed", "resumed")}))

    passes = Passes(subject, detectors, store, config, seed=seed, run=plan.identity.config_hash, watch=count)
    scores = passes.pictures()
    swept = [(spot, passes.sweep(spot, pairs)) for spot in spots]
    case = Case(facts=subject.facts, classes=subject.classes, config=config, seed=seed, pairs=pairs)
    models = tuple(
        find(case, model, scores[at], [(spot, found[at]) for spot, found in swept])
        for at, model in enumerate(plan.models)
    )
    return Evaluation(
        data=plan.data,
        data_identity=_identity_of(plan.identity.values["source"]),
        split=subject.split,
        models=models,
        targets=tuple(reach_targets(config.targets, models[0])) if len(subject.classes) == 2 else (),
        comparisons=tuple(_comparisons(case, models, scores, plan.models)),
        groups=len(np.unique(subject.facts.groups)),
        sweep_pairs=len(pairs),
        sweep_untouched=int((~subject.facts.touched[pairs].any(axis=1)).sum()) if len(pairs) else 0,
        command=to_command(plan.spec),
    )


def _comparisons(
    case: Case, found: Sequence[Evaluated], scores: Sequence[Scores], models: Sequence[ModelDocument]
) -> Iterator[Comparison]:
    """Yield the first model beside each other one, over the pictures that both scored."""
    flags = [
        each.rows["probability"] >= Verdicts.of(model).high
        for each, model in zip(scores, models, strict=True)
    ]
    for at in range(1, len(models)):
        kept = scores[0].scored & scores[at].scored & ~case.facts.scene_depth
        labels, groups = case.positive[kept], case.facts.groups[kept]
        if labels.all() or not labels.any():
            continue
        first, second = (scores[place].rows["logit"][kept] for place in (0, at))
        gain = auc_difference(first, second, labels, groups, resamples=case.config.resamples, seed=case.seed)
        apart = mcnemar(flags[0][kept], flags[at][kept], labels)
        yield Comparison(
            model=found[at].model,
            auc=Value(value=gain.value, low=gain.low, high=gain.high),
            first_alone=apart.first_alone,
            second_alone=apart.second_alone,
            p_value=apart.p_value,
        )


def to_command(spec: RunSpec) -> str:
    """Return the command line that evaluates the same again."""
    settings = spec.settings
    words = ["sigh", "evaluate"]
    for url in settings.evaluate.models:
        words += ["--model", url]
    words += ["--data", spec.source or "", "--out", spec.out]
    defaults = dict(leaves(Settings().model_dump(mode="json", exclude=HOW_AND_WHERE)))
    for path, value in leaves(settings.model_dump(mode="json", exclude=HOW_AND_WHERE)):
        if defaults.get(path) == value or path == ("evaluate", "models"):
            continue
        text = json.dumps(value, ensure_ascii=False)
        words += ["--seed", text] if path == ("seed",) else ["--set", f"{'.'.join(path)}={text}"]
    return shlex.join(words)


def _open_models(plan: Plan) -> list[Detector]:
    config, options = plan.config, plan.spec.settings.store
    together = min(config.together, count_cores())
    return [
        open_model(
            url,
            options,
            device=config.device,
            backend=config.backend,
            precision=config.precision,
            together=together,
        )
        for url in _urls(config)
    ]


def _urls(config: EvaluateConfig) -> tuple[str | None, ...]:
    return config.models or (None,)


def _identity_of(source: Json) -> str:
    """Return the hash that a set or a folder has of itself."""
    return str(source.get("config_hash") or source.get("listing"))


def _engine() -> dict[str, str]:
    return {"revision": f"evaluate/{REVISION}", **{name: metadata.version(name) for name in _PACKAGES}}


def _kept(spec: RunSpec) -> Json:
    """Return what run.json keeps: enough to go on from any working folder."""
    settings = spec.settings.model_dump(mode="json", exclude=HOW_AND_WHERE)
    settings["evaluate"]["models"] = [*map(absolute_model, spec.settings.evaluate.models)]
    return {"kind": spec.kind, "source": absolute_url(spec.source or ""), "settings": settings}
