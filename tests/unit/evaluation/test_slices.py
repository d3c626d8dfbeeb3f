"""From manifest rows to slices."""

from __future__ import annotations

import json
from typing import Any

from sigh_batch.config.evaluate import UnseenConfig
from sigh_batch.evaluation.slices import edits_of, held_out, parts_of, together, told_of, unseen_of


def row(**changes: Any) -> dict[str, Any]:
    drawn = {
        "degradations": [
            {"type": "blur", "params": {}},
            {"type": "webp", "params": {}, "skipped": "it hides the edit"},
        ],
        "before": [{"type": "jpeg", "params": {}}],
        "hand": {"skill": "expert", "chain": "script"},
    }
    values = {
        "label": 1,
        "benign": "crop",
        "format": "jpg",
        "width": 1000,
        "height": 1500,
        "mask_pixels": 3000,
        "skin": "sms",
        "theme": "dark",
        "scale": 2.0,
        "font": "Karla",
        "locale": "de-DE",
        "drawn": json.dumps(drawn),
        "ops": [{"type": "splice", "skill": "expert"}],
        "encodes": [{"codec": "png", "quality": None}, {"codec": "jpg", "quality": 64}],
    }
    return told_of(values | changes)


def test_what_both_of_a_pair_belong_to() -> None:
    assert set(parts_of(row())) == {
        ("skin", "sms"),
        ("theme", "dark"),
        ("font", "Karla"),
        ("locale", "de-DE"),
        ("scale", "2"),
        ("size", "1 to 2 MP"),
        ("codec", "jpg"),
        ("quality", "50 to 64"),
        ("lossy saves", "1"),
        ("degradation", "blur"),
        ("degradations", "1"),
        ("saved before", "jpeg"),
        ("benign", "crop"),
        ("benign", "any"),
    }


def test_what_is_known_of_nothing() -> None:
    bare = dict.fromkeys(("skin", "theme", "scale", "font", "locale", "benign"))
    found = dict(parts_of(row(**bare, drawn='{"file": "phone/a.jpg"}', encodes=[])))
    assert found["benign"] == found["degradation"] == "none"
    assert found["source"] == "phone"
    assert "quality" not in found
    assert "skin" not in found


def test_what_the_forgery_belongs_to() -> None:
    assert set(edits_of(row())) == {
        ("operation", "splice"),
        ("edits", "1"),
        ("skill", "expert"),
        ("chain", "script"),
        ("changed", "0.1 to 0.5 %"),
    }
    twice = [{"type": "splice", "skill": "careful"}, {"type": "erase", "skill": "careful"}]
    found = dict(edits_of(row(ops=twice, drawn="{}", mask_pixels=10**6)))
    assert found == {"operation": "several", "edits": "2", "skill": "careful", "changed": "over 10 %"}


def test_what_was_held_out() -> None:
    told = held_out(
        {
            "generate": {"hold_out": {"skins": ["sms"], "fonts": []}},
            "distort": {"hold_out": {"operations": ["splice"]}},
        }
    )
    both = together(told, UnseenConfig(operations=("erase",)))
    assert both == UnseenConfig(operations=("erase", "splice"), skins=("sms",))
    members = [*parts_of(row()), *edits_of(row())]
    assert list(unseen_of(members, both)) == [
        ("unseen operation", "splice"),
        ("unseen operation", "any"),
        ("unseen skin", "sms"),
        ("unseen skin", "any"),
    ]
    assert held_out({}) == UnseenConfig()
