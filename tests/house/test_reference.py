"""The reference that is committed is the one the code gives."""

from __future__ import annotations

from pathlib import Path

from scripts.reference import REFERENCE, main


def test_the_committed_reference_is_what_the_code_says(tmp_path: Path) -> None:
    main(tmp_path)
    made = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert len(made) >= 5
    committed = {path.name: path.read_text(encoding="utf-8") for path in REFERENCE.iterdir()}
    assert made == committed, "run `make docs` and commit docs/reference"
