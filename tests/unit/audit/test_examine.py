"""An audit of small sets made by hand: a fair one passes, and every way of giving a label away is found."""

from __future__ import annotations

import functools
import io
import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sigh_batch.audit.check import Audit, Check
from sigh_batch.audit.examine import examine
from sigh_batch.config.audit import AuditConfig
from sigh_batch.data.plan import Plan
from sigh_batch.data.sample import Element, Sample
from sigh_batch.errors import ConfigError, DataError, NotFound
from sigh_batch.store import Store
from sigh_batch.store.memory import MemoryStore
from tests.sets import make_failure, mask, write_set

PAIRS = 300
CONFIG = AuditConfig(resamples=20, folds=2)


@functools.cache
def drawing(pair: int, forged: bool, quality: int = 80, size: int = 48) -> bytes:
    random = np.random.default_rng(pair)
    pixels = np.full((size, size, 3), random.integers(180, 255), np.uint8)
    for _ in range(12):
        x, y = random.integers(0, size - 4, 2)
        pixels[y : y + 5, x : x + 5] = random.integers(0, 90)
    if forged:
        pixels = pixels.transpose(1, 0, 2)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality)
    return out.getvalue()


def fair(index: int, **changes: Any) -> Sample:
    pair, second = divmod(index, 2)
    label = second ^ (pair * 2654435761 >> 16 & 1)
    split = ("train", "train", "train", "test")[pair % 4]
    box = (1.0, 1.0, 8.0, 4.0)
    sample = Sample(
        id=f"{index:08d}-{pair * 2654435761 % 2**32:08x}",
        index=index,
        seed=7,
        stage="distort",
        group=f"talk-{pair}",
        pair=f"pair-{pair}",
        split=split,
        label=label,
        format="jpg",
        width=48,
        height=48,
        image=drawing(pair, bool(label)),
        mask=mask(48, 48, 32 * label),
        mask_pixels=32 * label,
        encodes=({"codec": "jpg", "quality": 80, "subsampling": "4:2:0", "width": 48, "height": 48},),
        font={"train": "Inter", "test": "Lato"}[split],
        elements=(
            Element("author", *box, text=f"{split} {pair % 5}"),
            Element("text", *box, text=f"a message of some length, number {pair}"),
        ),
        drawn={"hand": {"skill": "careful"}} if label else {},
    )
    return replace(sample, **changes)


def audit_of(make: Any = fair, count: int = 2 * PAIRS, config: AuditConfig = CONFIG) -> Audit:
    store: Store = MemoryStore("set")
    write_set(store, Plan(count, 2), make)
    return examine(store, config)


def check(audit: Audit, name: str) -> Check:
    return next(found for found in audit.checks if found.name == name)


def broken(audit: Audit) -> set[str]:
    return {found.name for found in audit.checks if not found.passed}


def test_a_fair_set_passes() -> None:
    audit = audit_of()
    assert broken(audit) == set()
    assert audit.passed
    assert (audit.samples, audit.forged, audit.opened) == (2 * PAIRS, PAIRS, 2 * PAIRS)
    assert check(audit, "bytes_auc").low is not None


def test_another_quality_of_forged_pictures_is_found() -> None:
    def leaky(index: int) -> Sample:
        sample = fair(index)
        quality = 60 if sample.label else 80
        image = drawing(index // 2, bool(sample.label), quality)
        return replace(sample, image=image, encodes=({**sample.encodes[0], "quality": quality},))

    audit = audit_of(leaky)
    assert {"metadata_auc", "containers"} <= broken(audit)
    assert check(audit, "metadata_auc").value > 0.95
    assert "table_0" in check(audit, "metadata_auc").note


def test_a_set_whose_second_of_two_is_always_forged_is_found() -> None:
    def ordered(index: int) -> Sample:
        sample = fair(index)
        label = index % 2
        return replace(sample, label=label, mask=mask(48, 48, 32 * label), mask_pixels=32 * label)

    audit = audit_of(ordered)
    assert "metadata_auc" in broken(audit)
    assert "parity 1.000" in check(audit, "metadata_auc").note


def test_classes_out_of_balance_and_lone_forgeries_are_counted() -> None:
    def without(index: int) -> Sample:
        sample = fair(index)
        return replace(sample, pair=f"lone-{index}") if index < 6 else sample

    audit = audit_of(without, count=2 * PAIRS)
    assert check(audit, "twins").value == 3
    audit = audit_of(lambda index: fair(index, label=1) if index < 4 else fair(index))
    assert check(audit, "balance").value == 4
    assert check(audit, "twins").value == 4


def test_a_conversation_in_two_splits_is_found() -> None:
    def crossing(index: int) -> Sample:
        sample = fair(index)
        return replace(sample, group="talk-0") if index // 2 == 3 else sample

    assert check(audit_of(crossing), "groups").value == 1


def test_near_duplicates_names_and_fonts_over_splits_are_found() -> None:
    def copying(index: int) -> Sample:
        sample = fair(index)
        if index // 2 == 3:
            named = (sample.elements[0]._replace(text="train 0"), *sample.elements[1:])
            picture = drawing(0, bool(sample.label))
            return replace(sample, image=picture, font="Inter", elements=named)
        return sample

    audit = audit_of(copying)
    assert {"near_duplicates", "names", "fonts"} <= broken(audit)
    assert "00000000-" in check(audit, "near_duplicates").note
    assert "train 0" in check(audit, "names").note


def test_what_a_client_calls_its_owner_is_no_shared_name() -> None:
    def owned(index: int) -> Sample:
        sample = fair(index, locale="fr-FR")
        return replace(sample, elements=(sample.elements[0]._replace(text="Vous"), *sample.elements[1:]))

    assert check(audit_of(owned, count=80), "names").value == 0


def test_no_more_pictures_are_opened_than_asked_for_and_in_whole_pairs() -> None:
    audit = audit_of(config=AuditConfig(pictures=60, resamples=20, folds=2))
    assert audit.opened == 60
    assert audit.samples == 2 * PAIRS


def test_the_same_set_gives_the_same_findings() -> None:
    assert audit_of() == audit_of()


def test_parameters_of_the_forger_alone_are_told_after_what_both_classes_have() -> None:
    *others, last = audit_of().parameters
    assert (last.name, last.clean, last.distance) == ("drawn.hand.skill", "- 100 %", 1.0)
    assert {parameter.distance for parameter in others} == {0.0}


@pytest.mark.parametrize("label", [0, 1])
def test_a_set_of_one_class_is_refused(label: int) -> None:
    with pytest.raises(ConfigError, match=r"pictures alone .* sigh distort"):
        audit_of(lambda index: fair(index, label=label), count=8)


def test_a_set_without_any_picture_is_not_called_clean() -> None:
    with pytest.raises(ConfigError, match=r"has no pictures; the error_message of its rows says why"):
        audit_of(make_failure, count=4)


def test_a_set_that_is_too_small_to_tell_anything_is_not_called_fair() -> None:
    with pytest.raises(ConfigError, match=r"9 pairs of memory://set are too few .* at least 10, by a larger"):
        audit_of(count=18)
    with pytest.raises(ConfigError, match=r"2 pairs of memory://set are too few .* or audit\.pictures"):
        audit_of(config=AuditConfig(pictures=4))
    assert audit_of(count=20, config=AuditConfig(resamples=20, folds=20)).opened == 20


def test_a_value_beyond_its_limit_that_is_kept_says_why() -> None:
    audit = audit_of(count=24, config=AuditConfig(resamples=60))
    found = check(audit, "bytes_auc")
    assert found.value > 0.6
    assert found.passed
    assert found.note.startswith("no more than chance does to so few; telling most alone")
    assert not check(audit, "metadata_auc").note.startswith("no more")


def test_an_empty_list_is_told_as_none() -> None:
    audit = audit_of(lambda index: fair(index, drawn={"degradations": []}), count=40)
    (told,) = [parameter for parameter in audit.parameters if parameter.name == "drawn.degradations"]
    assert (told.clean, told.forged) == ("none 100 %", "none 100 %")


def test_where_there_is_no_set_it_says_so() -> None:
    with pytest.raises(NotFound, match="there is no data set"):
        examine(MemoryStore("none"), CONFIG)


def test_a_torn_picture_is_named() -> None:
    torn = itertools.count()

    def tearing(index: int) -> Sample:
        return fair(index, image=b"torn") if next(torn) == 5 else fair(index)

    with pytest.raises(DataError, match=r"00000005-.*cannot be decoded"):
        audit_of(tearing, count=40)
