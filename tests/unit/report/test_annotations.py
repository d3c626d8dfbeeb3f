"""What a page says of a sample is all that its record says."""

from __future__ import annotations

import hashlib

import pytest

from sigh_batch.data.sample import Element
from sigh_batch.report.annotations import _FURTHER, _KINDS, describe_kinds, describe_sample, facet_values
from tests.pictures import draw_chat, draw_forged_chat


def luminance(colour: str) -> float:
    levels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4 for level in levels]
    return sum(share * level for share, level in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("colour", [*(colour for colour, _ in _KINDS.values()), *_FURTHER])
def test_every_box_is_seen_on_white_and_on_black(colour: str) -> None:
    light = luminance(colour)
    assert 1.05 / (light + 0.05) >= 3
    assert (light + 0.05) / 0.05 >= 3


def test_no_two_kinds_share_a_colour() -> None:
    colours = [*(colour for colour, _ in _KINDS.values()), *_FURTHER]
    assert len(set(colours)) == len(colours) == 30


def test_boxes_are_the_elements_in_their_order_with_their_strings() -> None:
    sample = draw_chat(2)
    boxes = describe_sample(sample, "")["boxes"]
    assert len(boxes) == len(sample.elements) > 40
    for box, element in zip(boxes, sample.elements, strict=True):
        assert box[0] == element.kind
        assert box[1:5] == pytest.approx(element[1:5], abs=0.051)
        assert box[5:] == list(element[5:])


def test_operations_add_what_they_changed_and_where_from() -> None:
    sample = draw_forged_chat(1)
    op = {**sample.ops[0], "source": (1, 2, 3, 4)}
    boxes = describe_sample(draw_chat(1, ops=(op,)), "")["boxes"][len(sample.elements) :]
    assert [box[0] for box in boxes] == ["edit", "source"]
    assert boxes[0][1:5] == pytest.approx(op["box"], abs=0.051)
    assert boxes[1][1:5] == [1, 2, 3, 4]
    assert boxes[0][5:] == ["text_replace", f"{op['old']} \u2192 something else", None, op["target"]]


def test_kinds_come_in_a_fixed_order_and_unknown_ones_last() -> None:
    extra = Element("sparkle", 0, 0, 1, 1)
    samples = [draw_chat(0, elements=(extra, *draw_chat(0).elements)), draw_forged_chat(1)]
    kinds = describe_kinds(samples)
    assert [kind["name"] for kind in kinds] == [
        *("message", "bubble", "avatar", "time", "text", "word", "header", "edit", "sparkle"),
    ]
    assert [kind["name"] for kind in kinds if not kind["shown"]] == ["bubble", "word"]
    assert len({kind["colour"] for kind in kinds}) == len(kinds)


def test_facts_hold_everything_that_the_record_says() -> None:
    sample = draw_forged_chat(4)
    facts = {title: dict(rows) for title, rows in describe_sample(sample, "")["facts"]}
    assert facts["Sample"] == {
        "id": "00000004",
        "index": "4",
        "seed": "7",
        "stage": "generate",
        "split": "train",
        "label": "1 (forged)",
        "group": "conversation-2",
        "pair": "pair-4",
        "changed pixels": f"{sample.mask_pixels:,}",
    }
    assert facts["Look"] == {
        "skin": "server",
        "theme": "light",
        "scale": "1",
        "font": "Noto Sans",
        "locale": "ar-EG",
    }
    assert facts["File"]["sha256"] == hashlib.sha256(sample.image).hexdigest()
    assert facts["File"]["size"] == "1120 \u00d7 760 px"
    assert facts["File"]["bytes"].startswith(f"{len(sample.image):,} (")
    assert facts["Operation 1: text_replace"]["params.size"] == "0.97"
    assert facts["Encode 1: png"] == {"codec": "png", "width": "1120", "height": "760"}
    assert facts["Drawn"] == {
        "messages": str(sample.drawn["messages"]),
        "edging": "grey",
        "contrast": "0.25",
        "window.width": "1120",
    }


def test_values_of_any_shape_are_said() -> None:
    drawn = {"on": True, "off": False, "many": [1, "two", [3.5]], "none": None, "map": {"a": {"b": 1e-7}}}
    facts = dict(describe_sample(draw_chat(0, drawn=drawn), "")["facts"])
    assert facts["Drawn"] == [("on", "yes"), ("off", "no"), ("many", "1, two, 3.5"), ("map.a.b", "1e-07")]


def test_facets_are_what_a_sample_is_filtered_by() -> None:
    forged = draw_forged_chat(4)
    twice = draw_chat(4, label=1, ops=forged.ops * 2, skin=None, benign="crop")
    assert facet_values(forged) == (
        ("train",),
        ("forged",),
        ("server",),
        ("light",),
        ("ar-EG",),
        ("text_replace",),
        ("careful",),
        (),
    )
    assert facet_values(twice)[2] == ()
    assert facet_values(twice)[5:] == (("text_replace",), ("careful",), ("crop",))
