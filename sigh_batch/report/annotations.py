"""Annotations as a page shows them: boxes with their strings, facts in groups, values to filter by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sigh_batch.data.sample import Json, Sample
from sigh_batch.report.facts import LABELS
from sigh_batch.report.page import format_bytes, format_count

Fact = tuple[str, str]
Box = list[Any]
"""kind, x, y, width, height, text, value, message, parent."""

EDIT = "edit"
SOURCE = "source"

_KINDS = {
    "message": ("#2f78e0", True),
    "bubble": ("#0b8a80", False),
    "avatar": ("#cf5f0a", True),
    "author": ("#d13a86", True),
    "time": ("#2f8f3e", True),
    "text": ("#8457f0", True),
    "line": ("#0a83a6", False),
    "word": ("#85800f", False),
    "separator": ("#a0640b", True),
    "header": ("#6b7385", True),
    "input": ("#6065ea", True),
    "system": ("#c0503a", True),
    "quote": ("#a35bd0", True),
    "reaction": ("#b8761a", True),
    "card": ("#2f7fa0", True),
    "picture": ("#5a8a2a", True),
    "voice": ("#bd4f86", True),
    "file": ("#1f8d5f", True),
    "thread": ("#5a76c8", True),
    "edited": ("#8a7434", False),
    "unread": ("#c2455f", True),
    "typing": ("#4c8a8f", True),
    EDIT: ("#e4262c", True),
    SOURCE: ("#9a6bb5", True),
}
"""Colour of each kind, seen on white and on black alike, and whether it is drawn from the start."""

_FURTHER = ("#4f8a10", "#b0509a", "#3f7fae", "#b3661e", "#7a6ff0", "#2a8c74")


class Facet(NamedTuple):
    """Something that samples can be filtered and counted by; the counts of SetFacts have the same names."""

    name: str
    title: str
    values: Callable[[Sample], Iterable[str | None]]
    always: bool = True
    """Whether it is offered even where no sample has a value."""


FACETS = (
    Facet("split", "Split", lambda sample: [sample.split]),
    Facet("label", "Label", lambda sample: [LABELS[sample.label]]),
    Facet("skin", "Skin", lambda sample: [sample.skin]),
    Facet("theme", "Theme", lambda sample: [sample.theme]),
    Facet("locale", "Locale", lambda sample: [sample.locale]),
    Facet(
        "operation", "Operation", lambda sample: dict.fromkeys(op["type"] for op in sample.ops), always=False
    ),
    Facet("skill", "Skill", lambda sample: dict.fromkeys(op.get("skill") for op in sample.ops), always=False),
    Facet("benign", "Benign edit", lambda sample: [sample.benign], always=False),
)


def facet_values(sample: Sample) -> tuple[tuple[str, ...], ...]:
    """Return a sample's values of every facet, in the order of FACETS."""
    return tuple(tuple(value for value in facet.values(sample) if value) for facet in FACETS)


def describe_kinds(samples: Iterable[Sample]) -> list[Json]:
    """Return the kinds of boxes that these samples have: name, colour, and whether drawn from the start."""
    found = {box[0] for sample in samples for box in _boxes(sample)}
    known = [kind for kind in _KINDS if kind in found]
    new = sorted(found - _KINDS.keys())
    colours = {kind: _FURTHER[number % len(_FURTHER)] for number, kind in enumerate(new)}
    return [
        *({"name": kind, "colour": _KINDS[kind][0], "shown": _KINDS[kind][1]} for kind in known),
        *({"name": kind, "colour": colours[kind], "shown": True} for kind in new),
    ]


def describe_sample(sample: Sample, again: str) -> Json:
    """Return what the page's script needs of a sample, without its pictures."""
    return {
        "id": sample.id,
        "index": sample.index,
        "label": LABELS[sample.label],
        "pair": sample.pair,
        "width": sample.width,
        "height": sample.height,
        "boxes": _boxes(sample),
        "facts": _facts(sample),
        "again": again,
    }


def _boxes(sample: Sample) -> list[Box]:
    """Return the elements in their order, then the boxes that operations left."""
    boxes: list[Box] = [
        [element.kind, *map(_shorten, element[1:5]), *element[5:]] for element in sample.elements
    ]
    for op in sample.ops:
        change = " \u2192 ".join(str(part) for part in (op.get("old"), op.get("new")) if part is not None)
        for kind, key in ((EDIT, "box"), (SOURCE, "source")):
            if (box := op.get(key)) is not None:
                boxes.append([kind, *map(_shorten, box), op["type"], change or None, None, op.get("target")])
    return boxes


def _shorten(pixels: float) -> float:
    """Round to a tenth of a pixel: the page shows it, nothing measures by it."""
    rounded = round(pixels, 1)
    return int(rounded) if rounded == int(rounded) else rounded


def _facts(sample: Sample) -> list[tuple[str, list[Fact]]]:
    """Return everything the record says of a sample, in groups with a title."""
    groups = [
        ("Sample", _sample_facts(sample)),
        ("Look", _look_facts(sample)),
        ("File", _file_facts(sample)),
        *((f"Operation {number}: {op['type']}", _flat(op)) for number, op in enumerate(sample.ops, 1)),
        *(
            (f"Encode {number}: {step['codec']}", _flat(step))
            for number, step in enumerate(sample.encodes, 1)
        ),
        ("Drawn", _flat(sample.drawn)),
    ]
    return [(title, facts) for title, facts in groups if facts]


def _sample_facts(sample: Sample) -> list[Fact]:
    facts = {
        "id": sample.id,
        "index": sample.index,
        "seed": sample.seed,
        "stage": sample.stage,
        "split": sample.split,
        "label": f"{sample.label} ({LABELS[sample.label]})",
        "group": sample.group,
        "pair": sample.pair,
        "benign edit": sample.benign,
        "scene depth": "yes" if sample.scene_depth else None,
        "changed pixels": format_count(sample.mask_pixels) if sample.mask_pixels else None,
    }
    return [(name, str(value)) for name, value in facts.items() if value is not None]


def _look_facts(sample: Sample) -> list[Fact]:
    facts = {"skin": sample.skin, "theme": sample.theme, "scale": sample.scale, "font": sample.font}
    facts["locale"] = sample.locale
    return [(name, _say(value)) for name, value in facts.items() if value is not None]


def _file_facts(sample: Sample) -> list[Fact]:
    return [
        ("format", sample.format),
        ("size", f"{sample.width} \u00d7 {sample.height} px"),
        ("bytes", f"{format_count(len(sample.image))} ({format_bytes(len(sample.image))})"),
        ("sha256", hashlib.sha256(sample.image).hexdigest()),
    ]


def _flat(values: Json, under: str = "") -> list[Fact]:
    """Return nested values as a list, with dots between the names."""
    facts: list[Fact] = []
    for name, value in values.items():
        path = f"{under}{name}"
        if isinstance(value, dict):
            facts += _flat(value, f"{path}.")
        elif value is not None:
            facts.append((path, _say(value)))
    return facts


def _say(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Sequence):
        return ", ".join(_say(part) for part in value)
    return json.dumps(value, ensure_ascii=False, default=str)
