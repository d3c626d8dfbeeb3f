"""Listing where there is nothing: nothing on standard output, and a line of talk."""

from __future__ import annotations

from pathlib import Path

import pytest

from sigh_batch.cli import run


@pytest.mark.parametrize(("verb", "things"), [("data", "sets"), ("models", "models")])
def test_where_nothing_is_the_list_is_empty(
    verb: str, things: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([verb, "ls", str(tmp_path), "-q"]) == 0
    assert capsys.readouterr().out == ""
    assert run([verb, "ls", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert f"no {things} at {tmp_path}" in told.err
