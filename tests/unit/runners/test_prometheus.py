import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.runners.prometheus import exposition
from sigh_batch.runners.standing import Standing

RUN = Standing(
    kind="generate", config_hash="abc", unit="samples", done=20, total=40, failed=3, failed_exact=True,
    shards_done=2, shards=4, finished=False, began="2026-01-01T00:00:00Z", latest=None, rate=0.5,
    seconds_left=40.0,
)  # fmt: skip
SAMPLE = re.compile(r'(sigh_run_\w+)\{((?:\w+="(?:[^"\\\n]|\\[\\"n])*",?)*)\} (\S+)')
"""A line of numbers as the format is described: a name, labels with escaped values, a number."""


def numbers(text: str) -> dict[str, float]:
    """Return the numbers of a text by name; every other line is a comment on the one that follows."""
    lines = text.splitlines()
    found = {}
    for about, kind, line in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        matched = SAMPLE.fullmatch(line)
        assert matched, line
        name = matched[1]
        assert about.startswith(f"# HELP {name} ")
        assert kind == f"# TYPE {name} gauge"
        assert name not in found
        found[name] = float(matched[3])
    return found


def test_every_number_that_is_known_has_a_line() -> None:
    text = exposition({"run": "nightly", "out": "s3://b/ds"}, RUN, "running")
    assert numbers(text) == {
        "sigh_run_state": 1.0,
        "sigh_run_samples_planned": 40.0,
        "sigh_run_samples_done": 20.0,
        "sigh_run_samples_failed": 3.0,
        "sigh_run_shards_planned": 4.0,
        "sigh_run_shards_done": 2.0,
        "sigh_run_finished": 0.0,
        "sigh_run_samples_per_second": 0.5,
        "sigh_run_left_seconds": 40.0,
        "sigh_run_began_timestamp_seconds": 1767225600.0,
    }
    assert 'sigh_run_state{run="nightly",out="s3://b/ds",state="running"} 1\n' in text
    assert text.endswith("\n")


def test_a_study_has_a_line_for_every_state_of_its_trials() -> None:
    study = replace(RUN, kind="tune", unit="trials", shards=0, trials={"complete": 4, "running": 2})
    found = numbers(exposition({"out": "s"}, study))
    assert (found["sigh_run_trials_complete"], found["sigh_run_trials_running"]) == (4.0, 2.0)
    assert found["sigh_run_trials_done"] == 20.0


def test_a_run_whose_store_is_away_has_its_state() -> None:
    assert numbers(exposition({"run": "nightly"}, None, "failed")) == {"sigh_run_state": 1.0}


@given(st.text())
def test_whatever_a_place_is_called_the_text_can_be_read(place: str) -> None:
    text = exposition({"out": place.replace("\r", "")}, RUN)
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    assert len(lines) == 9
    assert all(SAMPLE.fullmatch(line) for line in lines)
