"""Tables on a terminal."""

from __future__ import annotations

import pytest

from sigh_batch.cli.table import columns_of, print_table


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("chat", 4), ("会話", 4), ("café", 4), ("cafe\u0301", 4), ("a\u200bb", 2)]
)
def test_a_text_takes_as_many_columns_as_a_terminal_gives_it(text: str, columns: int) -> None:
    assert columns_of(text) == columns


def test_columns_stay_aligned_in_any_script(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "number"), [("会話", "1"), ("cafe\u0301 noir", "22")])
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["name       number", "会話       1", "cafe\u0301 noir  22"]
    print_table(("", ""), [("a", "b")])
    assert capsys.readouterr().out == "a  b\n"
