"""The page of a report, from what was found and the cards: one for moderators and for engineers alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sigh_batch import __version__
from sigh_batch.report.page import format_count, render_page
from sigh_batch.report.predictions.album import Card
from sigh_batch.report.predictions.findings import Findings
from sigh_batch.report.predictions.gate import Checked
from sigh_batch.report.predictions.quality import DRAWN, Quality, judge, say_metric
from sigh_batch.report.predictions.tally import FACETS
from sigh_batch.report.predictions.words import (
    C2PA_WORDS,
    ERROR_WORDS,
    POOL_WORDS,
    TARGET_WORDS,
    VERDICT_WORDS,
    Verdict,
    say_operation,
)

STYLES = ("page.css", "gallery.css", "scored.css")
SCRIPTS = ("dom.js", "band.js", "shots.js", "zoom.js", "opened.js", "charts.js", "sheet.js")
_MIDDLE = (0.5, 0.5)
_TABLE_ROWS = 8
_FACET_TITLES = {
    "predicted_tamper_type": "Most like (kind of edit)",
    "mime": "File kind",
    "split": "Split",
    "c2pa_status": "Content credentials",
    "digital_source_type": "Digital source type",
    "software_tag": "Software",
}
_MODEL_NUMBERS = ("auc", "ap", "tpr_at_fpr_0.01", "ece", "brier")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Everything that is printed."""

    findings: Findings
    checked: Sequence[Checked]
    failures: Sequence[Mapping[str, Any]]
    """Rows that failed, as many as are listed."""
    commands: Sequence[tuple[str, str]]
    """What made the predictions and this report, each with a title."""
    inputs: Sequence[tuple[str, str, str]]
    """What it is made of: a title, a place, a hash."""

    def render(
        self,
        cards: Sequence[Card],
        chosen: int,
        *,
        page: int = 1,
        pages: Sequence[str] = ("",),
        images: str = "data:",
    ) -> bytes:
        """Return one page; `chosen` is how many pictures all pages show together."""
        findings = self.findings
        quality = judge(findings) if page == 1 else None
        verdicts = _verdicts(findings, cards)
        return render_page(
            "scored.html",
            styles=STYLES,
            scripts=SCRIPTS,
            images=images,
            data=self._data(cards, quality, page),
            name=findings.url.rstrip("/").rpartition("/")[2] or findings.url,
            page=page,
            pages=pages,
            page_images="page" if images == "data:" else "files",
            findings=findings,
            lead=_lead(findings),
            verdicts=verdicts,
            reaches=findings.reaches,
            limits=self.checked,
            cards=cards,
            chosen_words=_chosen_words(findings, cards, chosen, len(pages)),
            masks=sum(card.shot.truth is not None for card in cards),
            filters=_filters(cards),
            several=findings.comparison is not None,
            quality=quality,
            comparison=findings.comparison.pairs if findings.comparison else (),
            model_numbers=_model_numbers(findings),
            composition=_composition(findings),
            errors=findings.tally.errors.most_common(),
            error_words=ERROR_WORDS,
            target_words=TARGET_WORDS,
            failures=self.failures,
            commands=self.commands,
            inputs=self.inputs,
            ways=self._ways(quality),
            version=__version__,
        )

    def _ways(self, quality: Quality | None) -> list[tuple[str, str]]:
        findings = self.findings
        ways = [
            ("scores", "Scores", True),
            ("pictures", "Pictures", True),
            ("quality", "How right it is", quality is not None),
            ("models", "Models", findings.comparison is not None),
            ("batch", "The batch", True),
            ("failures", "Failures", findings.failed > 0),
            ("limits", "Limits", True),
            ("repeat", "Repeat", True),
        ]
        return [(name, title) for name, title, there in ways if there]

    def _data(self, cards: Sequence[Card], quality: Quality | None, page: int) -> dict[str, Any]:
        """Return what the page's script reads."""
        findings = self.findings
        subject, tally = findings.subject, findings.tally
        stored = subject.low is not None and subject.high is not None
        pairs = findings.comparison.pairs if findings.comparison and page == 1 else ()
        empty: dict[str, Any] = {name: [] for name in DRAWN}
        return {
            "words": {verdict.name: verdict.title for verdict in VERDICT_WORDS},
            "meanings": {verdict.name: _meaning(verdict, findings) for verdict in VERDICT_WORDS},
            "band": (subject.low, subject.high) if stored else _MIDDLE,
            "stored": stored,
            "labelled": subject.labelled,
            "same_pictures": findings.evaluation_url in (None, findings.url),
            "edges": tally.edges.tolist(),
            "bins": tally.bins.tolist(),
            "filters": [entry["name"] for entry in _filters(cards)],
            "shots": [card.data for card in cards],
            "pairs": [
                {"first": pair.first, "second": pair.second, "cells": pair.cells.tolist()} for pair in pairs
            ],
            **(quality.as_data() if quality else empty),
        }


def _lead(findings: Findings) -> str:
    """Return the report in a sentence or two."""
    counts, total = findings.tally.verdicts, findings.pictures
    if not total:
        return "There are no pictures in these predictions."
    parts = [
        f"Of {format_count(total)} {'picture' if total == 1 else 'pictures'}, "
        f"{format_count(counts['flagged'])} {'looks' if counts['flagged'] == 1 else 'look'} edited"
    ]
    if counts["uncertain"]:
        parts.append(f"{format_count(counts['uncertain'])} cannot be decided")
    if findings.failed:
        parts.append(f"{format_count(findings.failed)} could not be read")
    sentence = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{sentence}. In {format_count(counts['clean'])} no traces were found."


def _meaning(verdict: Verdict, findings: Findings) -> str:
    """Return what a verdict means; of "no traces found" with how many forged pictures share it."""
    if verdict.name == "clean" and len(findings.reaches) == 1 and (missed := findings.reaches[0].missed):
        return f"The model sees none. It does not flag {missed} forged pictures, so that is no proof."
    return verdict.meaning


def _verdicts(findings: Findings, cards: Sequence[Card]) -> list[dict[str, Any]]:
    shown = Counter(card.data["verdict"] for card in cards)
    found = []
    before = 0.0
    for verdict in VERDICT_WORDS:
        share = findings.share(verdict.name)
        found.append(
            {
                "name": verdict.name,
                "title": verdict.title,
                "meaning": _meaning(verdict, findings),
                "count": findings.tally.verdicts[verdict.name],
                "share": share,
                "before": before,
                "shown": shown[verdict.name],
            }
        )
        before += share
    return found


def _chosen_words(findings: Findings, cards: Sequence[Card], chosen: int, pages: int) -> str:
    read = findings.pictures - findings.failed
    if not read:
        return "No picture could be read."
    if chosen == read:
        words = f"All {format_count(chosen)} pictures that could be read."
    else:
        words = (
            f"{format_count(chosen)} of {format_count(read)} pictures: the highest scores, those between the "
            "thresholds and some by chance of the rest; predictions.parquet has every one."
        )
    small = sum(card.thumb is not None and card.data["view"] is None for card in cards)
    if pages == 1 and small and small < len(cards):
        words += f" {format_count(small)} of them are here only as small copies, to keep the page small."
    return words


def _filters(cards: Sequence[Card]) -> list[dict[str, Any]]:
    """Return what can be filtered by: each choice with its values on this page, in words and with counts."""
    titles = {verdict.name: verdict.title for verdict in VERDICT_WORDS}
    choices: list[tuple[str, str, Mapping[str, str]]] = [
        ("verdict", "Verdict", titles),
        ("label", "Truth", {}),
        ("mask", "True mask", {"kept": "is at hand"}),
        ("type", "Most like", {}),
        ("mime", "File kind", {}),
        ("pool", "Why it is here", POOL_WORDS),
    ]
    found = []
    for name, title, words in choices:
        counts = Counter(card.data[name] for card in cards if card.data[name] is not None)
        ordered = [key for key in words if key in counts] if words else sorted(counts)
        if name == "verdict":
            ordered = [verdict for verdict in titles if verdict != "error"]
        if len(ordered) > (0 if name in ("verdict", "label", "mask") else 1):
            values = [(key, words.get(key, key), counts[key]) for key in ordered]
            found.append({"name": name, "title": title, "values": values})
    return found


def _model_numbers(findings: Findings) -> tuple[list[str], list[tuple[str, list[float | None]]]] | None:
    """Return the numbers of every single model, where labels give some and no evaluation does."""
    if not findings.model_rates or findings.evaluation:
        return None
    rows = [
        (model, [numbers.get(name) for name in _MODEL_NUMBERS])
        for model, numbers in findings.model_rates.items()
    ]
    return [say_metric(name) for name in _MODEL_NUMBERS], rows


def _composition(findings: Findings) -> list[dict[str, Any]]:
    """Return the tables of what a batch is made of, each value with how many look edited."""
    tables = []
    for facet in FACETS:
        totals: Counter[str] = Counter()
        flagged: Counter[str] = Counter()
        for (value, verdict), count in findings.tally.facets[facet].items():
            totals[value] += count
            if verdict == "flagged":
                flagged[value] += count
        if totals:
            rows = [
                (_say_value(facet, value), count, flagged[value]) for value, count in totals.most_common()
            ]
            tables.append(
                {
                    "title": _FACET_TITLES[facet],
                    "rows": rows[:_TABLE_ROWS],
                    "most": rows[0][1],
                    "more": max(0, len(rows) - _TABLE_ROWS),
                }
            )
    return tables


def _say_value(facet: str, value: str) -> str:
    if facet == "predicted_tamper_type":
        return say_operation(value)
    return C2PA_WORDS.get(value, value).partition(" (")[0] if facet == "c2pa_status" else value
