"""`sigh report`: reads predictions, and puts page, summaries and numbers where they belong."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sigh_batch.data.identity import RUN_KEY
from sigh_batch.data.predictions import PREDICTIONS_KEY
from sigh_batch.data.schema import MANIFEST_KEY
from sigh_batch.errors import NotFound
from sigh_batch.evaluation.document import EVALUATION_KEY, read_evaluation
from sigh_batch.report.predictions.album import FOLDER, ONE_FILE, Card, Room, keep_inside, make_cards
from sigh_batch.report.predictions.findings import Findings, find
from sigh_batch.report.predictions.gate import Checked, Limit, check_limits
from sigh_batch.report.predictions.originals import find_originals
from sigh_batch.report.predictions.paper import Paper
from sigh_batch.report.predictions.shots import Darkroom
from sigh_batch.report.predictions.summaries import junit_xml, report_json, summary_markdown
from sigh_batch.report.predictions.table import PredictionTable
from sigh_batch.report.predictions.texts import write_model_list
from sigh_batch.store import Store, open_store
from sigh_batch.store.options import StoreOptions

Layout = Literal["file", "dir"]
FOLDER_KEY = "report/"
_VIEW_PIXELS = {"file": 420_000, "dir": 1_000_000}
_PAGE_CARDS = 500
_FAILURES_LISTED = 200
_BESIDE = "data: 'self' file:"
"""Where the pictures of a report in a folder come from: the folder itself, opened from a disk or a server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user asked for."""

    url: str
    evaluation: str | None = None
    pictures: str | None = None
    out: str | None = None
    layout: Layout = "file"
    limits: Sequence[Limit] = ()
    made_by: str = ""
    """The command that made the predictions."""
    command: str = ""
    """The command that makes this report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was found, and where the page is."""

    findings: Findings
    checked: Sequence[Checked]
    page: str
    shown: int


def write_report(asked: Asked, options: StoreOptions | None = None) -> Written:
    """Make a report and write it; limits that are broken are in it, and are the caller's to raise.

    Raises NotFound where there are no predictions, ConfigError where a limit cannot be checked: before
    anything is written.
    """
    store = open_store(asked.url, options, create=False)
    room = ONE_FILE if asked.layout == "file" else FOLDER
    where = open_store(asked.evaluation, options, create=False) if asked.evaluation else store
    evaluation = read_evaluation(where)
    if asked.evaluation and evaluation is None:
        raise NotFound(f"there is no evaluation in {where.url}: it has no {EVALUATION_KEY}")
    table, findings = find(store, evaluation, where.url if evaluation else None, room.pictures)
    checked = check_limits(asked.limits, findings.numbers)
    originals, source = find_originals(store, asked.pictures, options)
    darkroom = Darkroom(originals, store, _VIEW_PIXELS[asked.layout], findings.pixel)
    paper = Paper(
        findings=findings,
        checked=checked,
        failures=_failures(table, findings),
        commands=_commands(asked, findings),
        inputs=_inputs(store, where, findings, source),
    )
    target = open_store(asked.out, options) if asked.out else store
    prefix = "" if asked.out else FOLDER_KEY
    name = f"{prefix}{_page_name(store, asked)}"
    if asked.layout == "file":
        cards = make_cards(table, findings, darkroom, room, keep_inside)
        target.put(name, paper.render(cards, len(cards)))
    else:
        cards = _write_folder(target, prefix, name, paper, table, darkroom, room)
    target.put(f"{prefix}report.json", report_json(findings, checked, asked.command))
    target.put(f"{prefix}summary.md", summary_markdown(findings, checked).encode("utf-8", "replace"))
    target.put(f"{prefix}junit.xml", junit_xml(findings, checked).encode("utf-8", "replace"))
    write_model_list(target, f"{prefix}multi_model_predictions.txt", table, findings, source)
    return Written(
        findings=findings, checked=checked, page=f"{target.url.rstrip('/')}/{name}", shown=len(cards)
    )


def _page_name(store: Store, asked: Asked) -> str:
    """A data set has a page of its own at report/index.html, which stays."""
    own = asked.out is None and store.stat(MANIFEST_KEY) is not None
    return "predictions.html" if own else "index.html"


def _write_folder(
    target: Store,
    prefix: str,
    name: str,
    paper: Paper,
    table: PredictionTable,
    darkroom: Darkroom,
    room: Room,
) -> list[Card]:
    """Write pictures as files and as many pages as they need."""

    def place(stem: str, codec: str, data: bytes) -> str:
        target.put(f"{prefix}assets/{stem}.{codec}", data)
        return f"assets/{stem}.{codec}"

    cards = make_cards(table, paper.findings, darkroom, room, place)
    first = name.removeprefix(prefix)
    parts = [cards[start : start + _PAGE_CARDS] for start in range(0, len(cards), _PAGE_CARDS)] or [[]]
    pages = [first, *(f"page-{number:04d}.html" for number in range(2, len(parts) + 1))]
    for number, part in enumerate(parts, 1):
        data = paper.render(part, len(cards), page=number, pages=pages, images=_BESIDE)
        target.put(f"{prefix}{pages[number - 1]}", data)
    return cards


def _failures(table: PredictionTable, findings: Findings) -> list[dict[str, Any]]:
    numbers = findings.tally.failures[:_FAILURES_LISTED]
    rows = table.rows(np.array(numbers, np.int64))
    return [rows[number] for number in numbers]


def _commands(asked: Asked, findings: Findings) -> list[tuple[str, str]]:
    made = asked.made_by or (findings.evaluation.command if findings.evaluation else "")
    commands = [("The predictions again:", made)] if made else []
    if findings.evaluation and findings.evaluation.command not in ("", made):
        commands.append(("The evaluation again:", findings.evaluation.command))
    return [*commands, ("This report again:", asked.command)] if asked.command else commands


def _inputs(
    store: Store, evaluated: Store, findings: Findings, source: str | None
) -> list[tuple[str, str, str]]:
    """Return what a report is made of, with the hashes that tell whether it is still the same."""
    subject = findings.subject
    found = [("Predictions", f"{store.url.rstrip('/')}/{PREDICTIONS_KEY}", findings.sha256)]
    for name in subject.models:
        found.append(("Model", name, subject.hashes.get(name, "")))
    for title, where, key in (("Run", store, RUN_KEY), ("Evaluation", evaluated, EVALUATION_KEY)):
        try:
            data = where.get(key)
        except NotFound:
            continue
        found.append((title, f"{where.url.rstrip('/')}/{key}", hashlib.sha256(data).hexdigest()))
    if findings.evaluation:
        found.append(("Set of the evaluation", findings.evaluation.data, findings.evaluation.data_identity))
    if source:
        found.append(("Pictures", source, "each by the sha256 of its row"))
    return found
