"""What a study came to, as people and tools read it: tune.json, tune.parquet, best.yaml and a text."""

from __future__ import annotations

import io
import json
import math
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import optuna
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from sigh_batch.config.resolve import leaves
from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import RunSpec
from sigh_batch.config.tune import Mode, TuneConfig
from sigh_batch.data.sample import Json
from sigh_batch.data.searched import BEST_KEY, SUMMARY_KEY
from sigh_batch.errors import NotFound
from sigh_batch.store import Store
from sigh_batch.tuning.grid import count_trials, gather_cells
from sigh_batch.tuning.retention import best_compromises, kept_trials, rank, trial_key
from sigh_batch.tuning.space import Space, Values, sections

SCHEMA_VERSION = 1
TABLE_KEY = "tune.parquet"
TEXT_KEY = "hyperparameter_study.txt"
TWIN_KEY = "hyperparameter_study.json"
_FEWEST = 4
"""Complete trials below which nothing is said of what matters most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One trial."""

    number: int
    state: str
    """complete, pruned, fail, or running of a study that was stopped."""
    values: dict[str, float]
    """The objectives: where it ended early, as they last were."""
    params: Values
    epochs: int
    seconds: float
    pictures_per_second: float | None
    node: str | None
    reason: str | None
    """Why it ended early or failed."""
    curve: list[tuple[int, float]]
    """The objective by epoch, of a study that has one."""
    metrics: dict[str, float]
    """All that training reported at its best."""
    began: str | None
    ended: str | None
    baseline: bool
    """Whether it had the settings as they are."""
    cell: int | None
    repeat: int | None
    model: str | None
    """Where its model is, of one that was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A study."""

    url: str
    data: str
    name: str
    config_hash: str
    seed: int
    search: str
    objectives: dict[str, str]
    wanted: int
    counts: dict[str, int]
    """Trials by state."""
    seconds: float
    """What all trials took together."""
    best: int | None
    """Number of the best trial, by the first objective."""
    front: list[int]
    """Of several objectives, the best compromises."""
    importances: dict[str, dict[str, float]]
    """How much each setting matters to each objective, as shares of 1 (PED-ANOVA)."""
    axes: list[Json]
    """What was searched."""
    cells: list[Json]
    """Of a grid: combinations with scores, mean, deviation and best trial, the best mean first."""
    trials: list[Row]

    def trial(self, number: int | None = None) -> Row:
        """Return a trial, or the best one; raises NotFound where there is none."""
        wanted = self.best if number is None else number
        for row in self.trials:
            if row.number == wanted:
                return row
        if number is None:
            raise NotFound(f"no trial of the study in {self.url} has ended by itself yet")
        raise NotFound(f"the study in {self.url} has no trial {number}")

    def baseline(self) -> Row:
        """Return the trial that had the settings as they were, to be measured beside the best one.

        Raises NotFound where that cannot be.
        """
        row = next((row for row in self.trials if row.baseline), None)
        if row is None or row.state != "complete":
            raise NotFound(f"the study in {self.url} has no complete trial with the settings as they were")
        if row.number == self.best:
            raise NotFound(
                f"the best trial of the study in {self.url} is the one with the settings as they were"
            )
        if row.model is None or self.trial().model is None:
            raise NotFound(f"the study in {self.url} kept no models to measure (tune.keep)")
        return row


def summarise(
    study: Study, config: TuneConfig, space: Space, cells: tuple[Values, ...], spec: RunSpec, config_hash: str
) -> Summary:
    """Return what is known of a study now."""
    trials = study.get_trials(deepcopy=False)
    complete = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    ranked = rank(complete, config)
    kept = kept_trials(trials, config, len(cells))
    rows = [_row(trial, config, spec.out, kept) for trial in trials if trial.state != TrialState.WAITING]
    states = [row.state for row in rows]
    several = len(config.objectives) > 1
    scores = [(trial.number, trial.user_attrs["cell"], trial.values[0]) for trial in complete if cells]
    mode = next(iter(config.objectives.values()))
    found = gather_cells(cells, scores, higher_is_better=mode == "max")
    return Summary(
        url=spec.out,
        data=spec.source or "",
        name=study.study_name,
        config_hash=config_hash,
        seed=spec.settings.seed,
        search=config.search,
        objectives=dict(config.objectives),
        wanted=count_trials(config, cells),
        counts={state: states.count(state) for state in dict.fromkeys(sorted(states))},
        seconds=round(math.fsum(row.seconds for row in rows), 3),
        best=ranked[0].number if ranked else None,
        front=[trial.number for trial in best_compromises(complete, config)] if several else [],
        importances=_importances(study, config, len(complete)),
        axes=[
            {
                "path": axis.path,
                "whole": axis.whole,
                **axis.dimension.model_dump(mode="json", exclude_defaults=True),
            }
            for axis in space.axes
        ],
        cells=[{**asdict(cell), "mean": cell.mean, "deviation": cell.deviation} for cell in found],
        trials=rows,
    )


def write_summary(store: Store, summary: Summary, space: Space) -> None:
    """Write everything that is made of a study but its page."""
    store.put(TABLE_KEY, _table(summary))
    if summary.best is not None:
        best = summary.trial()
        store.put(BEST_KEY, best_settings(summary, best, space).encode())
        text, twin = _ancestors(summary, best)
        store.put(TEXT_KEY, text.encode())
        store.put(TWIN_KEY, _dump(twin))
    store.put(SUMMARY_KEY, _dump({"schema": SCHEMA_VERSION, **asdict(summary)}))


def read_summary(store: Store) -> Summary:
    """Return what a study came to, as it was written; raises NotFound where there is none."""
    try:
        document = json.loads(store.get(SUMMARY_KEY))
    except NotFound:
        raise NotFound(f"there is no finished study in {store.url}: it has no {SUMMARY_KEY}") from None
    del document["schema"]
    rows = [
        Row(**{**row, "curve": [(step, value) for step, value in row["curve"]]})
        for row in document.pop("trials")
    ]
    return Summary(**document, trials=rows)


def best_settings(summary: Summary, row: Row, space: Space) -> str:
    """Return the YAML with which `sigh train -c` trains as a trial did."""
    told: Json = {"seed": summary.seed} if summary.seed else {}
    settings = space.apply(row.params).model_dump(mode="json", include=set(sections()))
    defaults = dict(leaves(Settings().model_dump(mode="json", include=set(sections()))))
    for path, value in leaves(settings):
        if value != defaults.get(path) or ".".join(path) in row.params:
            here = told
            for part in path[:-1]:
                here = here.setdefault(part, {})
            here[path[-1]] = value
    reached = ", ".join(f"{name} {value:.6g}" for name, value in row.values.items())
    head = [
        "# sigh train -c best.yaml --data URL --out URL",
        "#",
        f"# Trial {row.number} of the study {summary.name}: {reached}.",
        "",
    ]
    return "\n".join(head) + "\n" + yaml.safe_dump(told, sort_keys=False, allow_unicode=True)


def _row(trial: FrozenTrial, config: TuneConfig, out: str, kept: set[int]) -> Row:
    told = trial.user_attrs
    names = list(config.objectives)
    curve = sorted(trial.intermediate_values.items())
    if trial.state == TrialState.COMPLETE:
        values = dict(zip(names, trial.values, strict=True))
    else:
        metrics = told.get("metrics", {})
        values = {name: metrics[name] for name in names if name in metrics}
    return Row(
        number=trial.number,
        state=trial.state.name.lower(),
        values=values,
        params=dict(trial.params),
        epochs=int(told.get("epochs", 0)),
        seconds=float(told.get("seconds", 0.0)),
        pictures_per_second=told.get("pictures_per_second"),
        node=told.get("node"),
        reason=told.get("reason"),
        curve=curve,
        metrics=told.get("metrics", {}),
        began=_moment(trial.datetime_start),
        ended=_moment(trial.datetime_complete),
        baseline=bool(told.get("baseline", False)),
        cell=told.get("cell"),
        repeat=told.get("repeat"),
        model=f"{out.rstrip('/')}/{trial_key(trial.number)}" if trial.number in kept else None,
    )


def _importances(study: Study, config: TuneConfig, complete: int) -> dict[str, dict[str, float]]:
    if complete < _FEWEST:
        return {}
    found = {}
    for index, (name, mode) in enumerate(config.objectives.items()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            warnings.filterwarnings("ignore", "PedAnovaImportanceEvaluator computes", UserWarning)
            try:
                shares = optuna.importance.get_param_importances(study, target=_cost(index, mode))
            except (ValueError, RuntimeError):
                # Values that are all equal have no cause.
                continue
        found[name] = {path: round(float(share), 6) for path, share in shares.items()}
    return found


def _cost(index: int, mode: Mode) -> Callable[[FrozenTrial], float]:
    """Return what is low of good trials: PED-ANOVA asks what the lowest have in common."""
    way = -1.0 if mode == "max" else 1.0
    return lambda trial: way * float(trial.values[index])


def _table(summary: Summary) -> bytes:
    """Return a row a trial; parameters and objectives are columns of their own."""
    paths = [axis["path"] for axis in summary.axes]
    rows: list[Json] = []
    for row in summary.trials:
        plain = {
            name: value
            for name, value in asdict(row).items()
            if name not in ("params", "values", "metrics", "curve")
        }
        rows.append(
            {
                **plain,
                **{f"value.{name}": row.values.get(name) for name in summary.objectives},
                **{f"param.{path}": row.params.get(path) for path in paths},
                "metrics": json.dumps(row.metrics),
                "steps": [step for step, _ in row.curve],
                "curve": [value for _, value in row.curve],
            }
        )
    sink = io.BytesIO()
    pq.write_table(pa.table(_columns(rows)), sink)
    return sink.getvalue()


def _columns(rows: list[Json]) -> dict[str, Any]:
    """Return columns; choices of several types become text."""
    columns: dict[str, Any] = {}
    for name in rows[0] if rows else ():
        values = [row[name] for row in rows]
        try:
            columns[name] = pa.array(values)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            columns[name] = pa.array([None if value is None else str(value) for value in values])
    return columns


def _ancestors(summary: Summary, best: Row) -> tuple[str, Json]:
    """Return the text that people of the first tool know, and the same as JSON."""
    complete = summary.counts.get("complete", 0)
    twin: Json = {
        "date": best.ended,
        "study": summary.name,
        "trials": sum(summary.counts.values()),
        "complete": complete,
        "pruned": summary.counts.get("pruned", 0),
        "failed": summary.counts.get("fail", 0),
        "best_trial": best.number,
        "best_values": best.values,
        "best_parameters": best.params,
    }
    rule = "=" * 60
    lines = [
        rule,
        "Hyperparameter study",
        rule,
        f"Date: {best.ended}",
        f"Study: {summary.name}",
        f"Trials: {twin['trials']}, of them {complete} complete, {twin['pruned']} stopped early, "
        f"{twin['failed']} failed",
        f"Best trial: {best.number}",
        *(f"Best {name}: {value:.6g}" for name, value in best.values.items()),
        "Best parameters:",
        *(f"  {path}: {value}" for path, value in best.params.items()),
        rule,
        "",
    ]
    return "\n".join(lines), twin


def _dump(value: Json) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _moment(moment: Any) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
