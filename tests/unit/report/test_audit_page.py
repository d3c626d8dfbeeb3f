"""The page of an audit."""

from __future__ import annotations

import json

from sigh_batch.audit.check import Audit, Check, Parameter
from sigh_batch.report.audit import render_audit, write_audit
from sigh_batch.store.memory import MemoryStore

KEPT = Check(name="balance", title="Both classes are equally many", value=0, limit=1, note="2 and 2")
BROKEN = Check(
    name="bytes_auc",
    title="Bytes tell nothing",
    value=0.7,
    limit=0.55,
    low=0.66,
    high=0.74,
    note="<b>byte_00",
)
CHANCE = Check(name="metadata_auc", title="Files tell nothing", value=0.6, limit=0.55, low=0.42, high=0.78)
TOLD = Check(name="look_auc", title="How well colours tell", value=0.6, low=0.55, high=0.65)


def audit(*checks: Check) -> Audit:
    return Audit(
        url="memory://<script>alert(1)</script>",
        config_hash="00c0ffee",
        samples=4,
        forged=2,
        opened=4,
        checks=checks,
        parameters=(Parameter(name="drawn.hand.skill", clean="-", forged="careful", distance=1.0),),
    )


def test_an_estimate_breaks_its_limit_only_where_chance_cannot_explain_it() -> None:
    assert not BROKEN.passed
    assert CHANCE.passed
    assert TOLD.passed
    assert not Check(name="groups", title="", value=1, limit=0).passed


def test_the_page_names_what_is_broken_and_escapes_every_string() -> None:
    page = render_audit(audit(KEPT, BROKEN)).decode()
    assert "1 of 2 checks breaks its limit: bytes_auc" in page
    assert "&lt;b&gt;byte_00" in page
    assert "<script>alert" not in page
    assert "drawn.hand.skill" in page


def test_the_page_of_a_good_set_says_so() -> None:
    assert "Every limit is kept" in render_audit(audit(KEPT, CHANCE, TOLD)).decode()


def test_page_and_json_lie_in_the_set() -> None:
    store = MemoryStore("set")
    assert write_audit(store, audit(KEPT)) == "memory://set/report/audit.html"
    found = json.loads(store.get("report/audit.json"))
    assert found["passed"] is True
    assert found["checks"][0]["value"] == 0
