"""The report for machines and pull requests: report.json, summary.md and junit.xml."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from sigh_batch import __version__
from sigh_batch.report.predictions.findings import Findings
from sigh_batch.report.predictions.gate import Checked
from sigh_batch.report.predictions.reach import Reach
from sigh_batch.report.predictions.words import TARGET_WORDS, VERDICT_WORDS

SCHEMA_VERSION = 1
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKUP = re.compile(r"([\\`*_{}\[\]#+!|~])")


def report_json(findings: Findings, checked: Sequence[Checked], command: str) -> bytes:
    """Return the numbers of a report as JSON."""
    subject = findings.subject
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "version": __version__,
        "url": findings.url,
        "rows": findings.rows,
        "predictions_sha256": findings.sha256,
        "models": list(subject.models),
        "model": subject.model,
        "thresholds": {"low": subject.low, "high": subject.high},
        "numbers": findings.numbers,
        "errors": dict(sorted(findings.tally.errors.items())),
        "outcomes": _outcomes(findings),
        "by_model": findings.model_rates,
        "reaches": [reach.as_json() for reach in findings.reaches],
        "agreement": [
            {"models": [pair.first, pair.second], "pictures": pair.pictures, "agreement": pair.agreement}
            for pair in (findings.comparison.pairs if findings.comparison else ())
        ],
        "evaluation": findings.evaluation_url,
        "limits": [
            {"expression": one.limit.text, "value": one.value, "passed": one.passed} for one in checked
        ],
        "passed": all(one.passed for one in checked),
        "command": command,
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _outcomes(findings: Findings) -> dict[str, int] | None:
    """Return the pictures by true label and verdict, or None where nothing is labelled."""
    if not findings.subject.labelled:
        return None
    return {
        f"{label}.{verdict}": count for (label, verdict), count in sorted(findings.tally.outcomes.items())
    }


def summary_markdown(findings: Findings, checked: Sequence[Checked]) -> str:
    """Return a summary for a pull request."""
    lines = [f"### sigh report: {_plain(_name(findings))}", ""]
    if checked:
        broken = [one for one in checked if not one.passed]
        lines += [
            f"**{len(broken)} of {len(checked)} limits broken.**" if broken else "All limits are kept.",
            "",
            "| limit: fails on | value | |",
            "|---|--:|---|",
            *(
                f"| {_plain(one.limit.text)} | {one.value:.6g} | {'✓ kept' if one.passed else '✗ broken'} |"
                for one in checked
            ),
            "",
        ]
    lines += ["| verdict | pictures | share |", "|---|--:|--:|"]
    for verdict in VERDICT_WORDS:
        count = findings.tally.verdicts[verdict.name]
        lines.append(f"| {verdict.title} | {count:,} | {findings.share(verdict.name):.1%} |")
    lines += ["", *(f"- {_plain(_told(reach))}" for reach in findings.reaches), ""]
    lines += _measured(findings)
    lines.append("A score is no proof, and a picture without traces may be forged all the same.")
    return "\n".join(lines) + "\n"


def _told(reach: Reach) -> str:
    return f"{reach.sentence} {reach.conclusion} {reach.source}"


def _measured(findings: Findings) -> list[str]:
    evaluation = findings.evaluation
    if evaluation and evaluation.targets:
        rows = [
            f"| {_plain(target.name)} | {'≥' if target.at_least else '≤'} {target.wanted:g} | "
            f"{'none' if target.reached.value is None else f'{target.reached.value:.4g}'} | "
            f"{TARGET_WORDS[target.met]} |"
            for target in evaluation.targets
        ]
        return ["| target | wanted | reached | |", "|---|--:|--:|---|", *rows, ""]
    names = ("auc", "tpr_at_fpr_0.01", "fpr", "recall", "precision", "ece")
    found = [(name, findings.numbers.get(name)) for name in names]
    told = [f"{name} {value:.4f}" for name, value in found if value is not None]
    if not told:
        return ["No picture has a true label, so nothing is said of how often these verdicts are right.", ""]
    return [f"Against true labels: {', '.join(told)}.", ""]


def junit_xml(findings: Findings, checked: Sequence[Checked]) -> str:
    """Return the limits as test cases; a report without limits has one, that it was written."""
    broken = sum(not one.passed for one in checked)
    suite = quoteattr(_clean(f"sigh report {_name(findings)}"))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites tests="{max(1, len(checked))}" failures="{broken}">',
        f'<testsuite name={suite} tests="{max(1, len(checked))}" failures="{broken}" errors="0">',
    ]
    for one in checked:
        case = f'<testcase classname="sigh.report" name={quoteattr(_clean(one.limit.text))}'
        if one.passed:
            lines.append(f"{case}/>")
        else:
            message = quoteattr(f"{one.limit.metric} is {one.value:.6g}")
            text = escape(_clean(f"The limit is broken: {one.limit.text}"))
            lines.append(f"{case}><failure message={message}>{text}</failure></testcase>")
    if not checked:
        lines.append('<testcase classname="sigh.report" name="written"/>')
    return "\n".join([*lines, "</testsuite>", "</testsuites>"]) + "\n"


def _name(findings: Findings) -> str:
    return findings.url.rstrip("/").rpartition("/")[2] or findings.url


def _clean(text: str) -> str:
    """Return the text without the characters that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def _plain(text: str) -> str:
    """Return the text so that Markdown takes none of it for markup."""
    return escape(_MARKUP.sub(r"\\\1", " ".join(text.split())))
