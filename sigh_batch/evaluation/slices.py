"""What divides the pictures of a set into parts: from a manifest row to the slices that it belongs to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from sigh_batch.config.evaluate import UnseenConfig
from sigh_batch.data.sample import Json

Member = tuple[str, str]
"""What divides, and which part."""

COLUMNS = (
    "label",
    "benign",
    "format",
    "width",
    "height",
    "mask_pixels",
    "skin",
    "theme",
    "scale",
    "font",
    "locale",
    "drawn",
    "ops",
    "encodes",
)
"""The columns of the manifest that slices are made from."""

_PLAIN = ("skin", "theme", "font", "locale")
_MEGAPIXELS = ((0.5, "under 0.5 MP"), (1.0, "0.5 to 1 MP"), (2.0, "1 to 2 MP"), (4.0, "2 to 4 MP"))
_QUALITIES = ((50, "under 50"), (65, "50 to 64"), (80, "65 to 79"), (90, "80 to 89"))
_SHARES = ((0.001, "under 0.1 %"), (0.005, "0.1 to 0.5 %"), (0.02, "0.5 to 2 %"), (0.1, "2 to 10 %"))
_UNSEEN = {
    "operations": "operation",
    "chains": "chain",
    "skills": "skill",
    "skins": "skin",
    "fonts": "font",
    "locales": "locale",
}
"""What may be held out, and the slices that it shows in."""


def told_of(row: Json) -> Json:
    """Return a manifest row with `drawn` read."""
    return {**row, "drawn": json.loads(row["drawn"] or "{}")}


def parts_of(row: Json) -> Iterator[Member]:
    """Yield the slices of a picture that its twin shares: how it looks and what became of both."""
    for name in _PLAIN:
        if row[name] is not None:
            yield name, str(row[name])
    if row["scale"] is not None:
        yield "scale", f"{row['scale']:g}"
    yield "size", _bucket(row["width"] * row["height"] / 1e6, _MEGAPIXELS, "over 4 MP")
    yield "codec", row["format"]
    last = row["encodes"][-1] if row["encodes"] else {}
    if last.get("quality") is not None:
        yield "quality", _bucket(last["quality"], _QUALITIES, "90 and more")
    yield "lossy saves", str(sum(step["codec"] != "png" for step in row["encodes"]))
    yield from _degradations(row["drawn"])
    yield "benign", row["benign"] or "none"
    if row["benign"]:
        yield "benign", "any"
    if (file := row["drawn"].get("file")) and "/" in file:
        yield "source", file.split("/", 1)[0]


def edits_of(row: Json) -> Iterator[Member]:
    """Yield the slices that a forged picture brings its clean twin into: what was done, by whom, how much."""
    kinds = {op["type"] for op in row["ops"]}
    yield "operation", kinds.pop() if len(kinds) == 1 else "several"
    yield "edits", str(len(row["ops"]))
    hand = row["drawn"].get("hand") or {}
    skill = hand.get("skill") or next((op["skill"] for op in row["ops"] if op["skill"]), None)
    if skill:
        yield "skill", skill
    if hand.get("chain"):
        yield "chain", hand["chain"]
    share = row["mask_pixels"] / max(1, row["width"] * row["height"])
    yield "changed", _bucket(share, _SHARES, "over 10 %")


def unseen_of(members: Iterable[Member], unseen: UnseenConfig) -> Iterator[Member]:
    """Yield the slices of what training never saw, of those that a picture belongs to."""
    for what, by in _UNSEEN.items():
        names = getattr(unseen, what)
        found = [name for kind, name in members if kind == by and name in names]
        for name in (*found, *(("any",) if found else ())):
            yield f"unseen {by}", name


def held_out(settings: Json) -> UnseenConfig:
    """Return what a run of ours kept for its test split, as its settings in run.json say."""
    looks = (settings.get("generate") or {}).get("hold_out") or {}
    edits = (settings.get("distort") or {}).get("hold_out") or {}
    return UnseenConfig(**{what: tuple({**looks, **edits}.get(what, ())) for what in _UNSEEN})


def together(*lists: UnseenConfig) -> UnseenConfig:
    """Return what any of them names."""
    return UnseenConfig(
        **{what: tuple(sorted({name for told in lists for name in getattr(told, what)})) for what in _UNSEEN}
    )


def stem_of(key: str) -> str:
    """Return the name of a file without its folder and ending, which twins in class folders share."""
    return PurePosixPath(key).stem


def _degradations(drawn: Json) -> Iterator[Member]:
    done = [step["type"] for step in drawn.get("degradations", ()) if "skipped" not in step]
    for name in sorted(set(done)) or ["none"]:
        yield "degradation", name
    yield "degradations", str(len(done))
    for when in ("before", "after"):
        for step in drawn.get(when, ()):
            if "skipped" not in step:
                yield f"saved {when}", step["type"]


def _bucket(value: float, ends: Iterable[tuple[float, str]], beyond: str) -> str:
    return next((name for end, name in ends if value < end), beyond)
