"""The page of a study, made from its tune.json: what was reached, when, by which settings."""

from __future__ import annotations

import itertools
import json

from sigh_batch import __version__
from sigh_batch.data.sample import Json
from sigh_batch.data.searched import STATES, SUMMARY_KEY, comparison_key
from sigh_batch.errors import NotFound
from sigh_batch.evaluation.document import EVALUATION_KEY, Evaluation, Value
from sigh_batch.report.contours import contours
from sigh_batch.report.page import render_page
from sigh_batch.report.plots import HEIGHT, WIDTH, Line, Mark, Plot, Scale, points_of
from sigh_batch.report.trials import axis_scale, mark_of, say, title_of, way_of
from sigh_batch.store import Store

PAGE_KEY = "report/tune.html"


def write_tune_page(store: Store) -> str:
    """Put the page of a finished study into its folder; return where it is. Raises NotFound without one."""
    try:
        study = json.loads(store.get(SUMMARY_KEY))
    except NotFound:
        raise NotFound(f"there is no finished study in {store.url}: it has no {SUMMARY_KEY}") from None
    store.put(PAGE_KEY, render_study(study, read_comparison(store, study["best"])))
    return f"{store.url.rstrip('/')}/{PAGE_KEY}"


def read_comparison(store: Store, best: int | None) -> Evaluation | None:
    """Return the evaluation in which the best trial stands beside the settings as they were, or None."""
    if best is None:
        return None
    try:
        return Evaluation.model_validate_json(store.get(f"{comparison_key(best)}/{EVALUATION_KEY}"))
    except NotFound:
        return None


def say_gain(found: Evaluation) -> str:
    """Say in a sentence whether the best trial is better by more than chance explains."""
    best, before = (model.metrics["auc"] for model in found.models)
    gain = found.comparisons[0].auc
    assert gain.low is not None
    assert gain.high is not None
    sure = "more than chance explains" if gain.low > 0 or gain.high < 0 else "no more than chance explains"
    return (
        f"On {found.models[0].pictures:,} pictures of the {found.split} split, which no trial has seen, its "
        f"AUC is {_with_interval(best)}, and with the settings as they were {_with_interval(before)}: a "
        f"difference of {_with_interval(gain)}, {sure}"
    )


def _with_interval(value: Value) -> str:
    return f"{value.value:.3f} ({value.low:.3f} to {value.high:.3f})"


def render_study(study: Json, compared: Evaluation | None = None) -> bytes:
    """Return the page."""
    name, mode = next(iter(study["objectives"].items()))
    done = [row for row in study["trials"] if row["state"] == "complete"]
    ranked = sorted(done, key=lambda row: (way_of(mode) * row["values"][name], row["number"]))
    return render_page(
        "tune.html",
        styles=["page.css", "tune.css"],
        scripts=[],
        data={},
        study=study,
        objective=name,
        states=STATES,
        best=ranked[0] if ranked else None,
        baseline=next((row for row in done if row["baseline"]), None),
        gain=say_gain(compared) if compared and compared.comparisons else None,
        plots=_plots(study, name, mode),
        slices=[_slice(study, axis, name) for axis in study["axes"]] if done else [],
        contours=contours(study, name, mode),
        parallel=_parallel(study, name, mode) if done else None,
        bars=_bars(study["importances"].get(name, {})),
        rows=[*ranked, *(row for row in study["trials"] if row["state"] != "complete")],
        say=say,
        version=__version__,
    )


def _plots(study: Json, name: str, mode: str) -> list[Plot]:
    done = [row for row in study["trials"] if row["state"] == "complete"]
    if not done:
        return []
    plots = [_history(study, name, mode), _distribution(done, name)]
    if any(len(row["curve"]) > 1 for row in study["trials"]):
        plots.append(_curves(study, name))
    if len(study["objectives"]) > 1:
        plots.append(_compromises(study, done))
    return plots


def _history(study: Json, name: str, mode: str) -> Plot:
    rows = [row for row in study["trials"] if name in row["values"] and row["state"] != "fail"]
    x = Scale.over([row["number"] for row in study["trials"]], WIDTH)
    y = Scale.over([row["values"][name] for row in rows], HEIGHT, turned=True)
    choose = max if mode == "max" else min
    done = [row for row in rows if row["state"] == "complete"]
    bests = itertools.accumulate((row["values"][name] for row in done), choose)
    line = [(x.place(row["number"]), y.place(best)) for row, best in zip(done, bests, strict=True)]
    marks = [
        mark_of(row, x.place(row["number"]), y.place(row["values"][name]), study["best"]) for row in rows
    ]
    return Plot(
        title="History",
        label=f"{name} of each trial in turn, and the best so far as a line",
        x="trial",
        y=name,
        x_ticks=x.ticks(whole=True),
        y_ticks=y.ticks(),
        marks=marks,
        lines=[Line(points=points_of(_stairs(line)), kind="best")],
    )


def _distribution(done: list[Json], name: str) -> Plot:
    values = sorted(row["values"][name] for row in done)
    x = Scale.over(values, WIDTH)
    y = Scale(0.0, 1.0, HEIGHT, turned=True)
    steps = [(x.place(value), y.place((count + 1) / len(values))) for count, value in enumerate(values)]
    return Plot(
        title="How many trials reach what",
        label=f"share of complete trials with at most this {name}",
        x=name,
        y="share of trials",
        x_ticks=x.ticks(),
        y_ticks=y.ticks(),
        lines=[Line(points=points_of(_stairs([(0.0, HEIGHT), *steps, (WIDTH, 0.0)])), kind="best")],
    )


def _curves(study: Json, name: str) -> Plot:
    rows = [row for row in study["trials"] if row["curve"]]
    points = [point for row in rows for point in row["curve"]]
    x = Scale.over([epoch for epoch, _ in points], WIDTH)
    y = Scale.over([value for _, value in points], HEIGHT, turned=True)
    ordered = sorted(rows, key=lambda row: row["number"] == study["best"])
    lines = [
        Line(
            points=points_of((x.place(epoch), y.place(value)) for epoch, value in row["curve"]),
            kind="best"
            if row["number"] == study["best"]
            else "good"
            if row["state"] == "complete"
            else "told",
            title=f"trial {row['number']}, {STATES[row['state']]}",
        )
        for row in ordered
    ]
    return Plot(
        title="How trials went",
        label=f"{name} by epoch, a line a trial",
        x="epoch",
        y=name,
        x_ticks=x.ticks(whole=True),
        y_ticks=y.ticks(),
        lines=lines,
    )


def _compromises(study: Json, done: list[Json]) -> Plot:
    first, second = list(study["objectives"])[:2]
    x = Scale.over([row["values"][second] for row in done], WIDTH)
    y = Scale.over([row["values"][first] for row in done], HEIGHT, turned=True)
    marks = [
        Mark(
            x=x.place(row["values"][second]),
            y=y.place(row["values"][first]),
            kind="best" if row["number"] in study["front"] else "good",
            title=title_of(row),
        )
        for row in done
    ]
    return Plot(
        title="Compromises",
        label=f"{first} against {second}; no other trial beats the marked ones in both",
        x=second,
        y=first,
        x_ticks=x.ticks(),
        y_ticks=y.ticks(),
        marks=marks,
    )


def _slice(study: Json, axis: Json, name: str) -> Plot:
    path = axis["path"]
    rows = [row for row in study["trials"] if path in row["params"] and name in row["values"]]
    rows = [row for row in rows if row["state"] in ("complete", "pruned")]
    x, ticks = axis_scale(axis, WIDTH / 2)
    y = Scale.over([row["values"][name] for row in rows], HEIGHT / 1.5, turned=True)
    marks = [
        mark_of(row, x(row["params"][path]), y.place(row["values"][name]), study["best"]) for row in rows
    ]
    return Plot(
        title=path,
        label=f"{name} by {path}",
        x=path,
        y=name,
        x_ticks=ticks,
        y_ticks=y.ticks(),
        marks=marks,
        width=WIDTH / 2,
        height=HEIGHT / 1.5,
    )


def _parallel(study: Json, name: str, mode: str) -> Json:
    """Return a line a complete trial over all axes, the best ones last and darkest."""
    axes = study["axes"]
    gap = 150.0
    scales = [axis_scale(axis, HEIGHT, turned=True) for axis in axes]
    done = [row for row in study["trials"] if row["state"] == "complete"]
    last = Scale.over([row["values"][name] for row in done], HEIGHT, turned=True)
    ordered = sorted(done, key=lambda row: -way_of(mode) * row["values"][name])
    lines = []
    for rank, row in enumerate(ordered, 1):
        pairs = [
            (number * gap, scale(row["params"][axis["path"]]))
            for number, (axis, (scale, _)) in enumerate(zip(axes, scales, strict=True))
            if axis["path"] in row["params"]
        ]
        pairs.append((len(axes) * gap, last.place(row["values"][name])))
        lines.append(
            {
                "points": points_of(pairs),
                "opacity": round(0.1 + 0.9 * (rank / len(ordered)) ** 3, 2),
                "title": title_of(row),
            }
        )
    columns = [
        {"x": number * gap, "name": axis["path"], "ticks": ticks}
        for number, (axis, (_, ticks)) in enumerate(zip(axes, scales, strict=True))
    ]
    columns.append({"x": len(axes) * gap, "name": name, "ticks": last.ticks()})
    return {"columns": columns, "lines": lines, "width": len(axes) * gap, "height": HEIGHT}


def _bars(shares: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(shares.items(), key=lambda pair: -pair[1])


def _stairs(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    found = points[:1]
    for before, (x, y) in itertools.pairwise(points):
        found += [(x, before[1]), (x, y)]
    return found
