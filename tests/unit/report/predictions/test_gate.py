"""Limits of a pipeline: read, held against numbers, named when they are broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.errors import ConfigError, GateFailed, UnknownName
from sigh_batch.report.predictions.gate import check_limits, raise_broken, read_limit

NUMBERS = {"auc": 0.9, "failed_files": 3, "fpr": 0.02, "pixel_auc": None}


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("auc<0.95", False),
        ("auc < .9", True),
        ("auc<=0.9", False),
        ("failed_files>0", False),
        ("failed_files != 3", True),
        ("failed_files==3", False),
        ("fpr>1%", False),
        ("fpr>=2e-2", False),
        ("fpr>5 %", True),
    ],
)
def test_a_limit_fails_where_it_holds(text: str, passes: bool) -> None:
    (checked,) = check_limits([read_limit(text)], NUMBERS)
    assert checked.passed is passes


def test_every_broken_limit_is_named_with_its_value() -> None:
    checked = check_limits([read_limit(text) for text in ("auc<0.95", "fpr>1", "failed_files>0")], NUMBERS)
    with pytest.raises(GateFailed) as caught:
        raise_broken(checked)
    assert str(caught.value).splitlines() == ["auc is 0.9: auc<0.95", "failed_files is 3: failed_files>0"]
    assert caught.value.exit_code == 6
    raise_broken(check_limits([read_limit("auc<0.5")], NUMBERS))


@pytest.mark.parametrize(
    "text", ["", "auc", "auc<", "<0.9", "auc<high", "auc=<1", "auc<0.9 or fpr>1", "auc<nan"]
)
def test_what_is_no_limit_is_said_in_a_sentence(text: str) -> None:
    with pytest.raises(ConfigError, match="not a limit") as caught:
        read_limit(text)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=30))
def test_any_text_is_a_limit_or_a_sentence(text: str) -> None:
    try:
        limit = read_limit(text)
    except ConfigError:
        return
    assert limit.metric in text


def test_a_number_nobody_knows_has_its_nearest_name() -> None:
    with pytest.raises(UnknownName, match="did you mean 'auc'") as caught:
        check_limits([read_limit("acu<1")], NUMBERS)
    assert "failed_files" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("recall<0.9", "true labels"), ("targets_missed>0", "--evaluation"), ("pixel_auc<0.9", "no value")],
)
def test_a_number_that_is_not_to_be_had_is_an_error_that_says_why(text: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        check_limits([read_limit(text)], NUMBERS)
