from typing import Any

import pytest

from sigh_batch import cli


@pytest.fixture
def sigh(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command line in this process; return its exit code and what it said on either stream."""

    def run(*words: str) -> tuple[int, str, str]:
        code = cli.run([*words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
