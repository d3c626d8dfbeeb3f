"""A side of a comparison: a process that is asked for rounds of pictures, and what its rounds took."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

_ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    "OPENCV_FOR_THREADS_NUM": "1",
    "MPLBACKEND": "Agg",
    "NO_ALBUMENTATIONS_UPDATE": "1",  # It would ask the network for its newest version.
}

Round = Mapping[str, float]
"""`cpu` seconds, `pictures`, `pixels`, `failed`."""


class Process:
    """A process that serves (`elsewhere/serving.py`); it ends when its standard input does."""

    def __init__(self, python: str | Path, *words: object, folder: Path) -> None:
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115 (as long as the process)
        self._child = subprocess.Popen(
            [str(python), *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            env=os.environ | _ENVIRONMENT,
            cwd=folder,
        )
        self.rounds: dict[str, list[Round]] = {}

    def wait(self) -> None:
        """Return when it is ready to work."""
        self._answer()

    def ask(self, case: str, seed: int, count: int, keep: bool = True) -> None:
        """Let it do a round of so many pictures, and keep what it took."""
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps({"case": case, "seed": seed, "count": count}) + "\n")
        self._child.stdin.flush()
        found = self._answer()
        if keep:
            self.rounds.setdefault(case, []).append(found)

    def stop(self) -> None:
        """End it."""
        self._child.kill()
        self._child.communicate()
        self._said.close()

    def speeds(self, case: str) -> list[float]:
        """Return the megapixels a second of every round."""
        return [found["pixels"] / 1e6 / found["cpu"] for found in self.rounds[case]]

    def row(self, case: str) -> list[float]:
        """Return pictures a second, megapixels a picture and megapixels a second, of one core."""
        found = self.rounds[case]
        pictures = statistics.median(one["pictures"] / one["cpu"] for one in found)
        size = sum(one["pixels"] for one in found) / sum(one["pictures"] for one in found) / 1e6
        return [pictures, size, statistics.median(self.speeds(case))]

    def milliseconds(self, case: str) -> float:
        """Return the median CPU milliseconds of a picture."""
        return statistics.median(found["cpu"] / found["pictures"] * 1e3 for found in self.rounds[case])

    def _answer(self) -> Round:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            code = self._child.wait()
            self._said.seek(0)
            last = (self._said.read().strip() or "nothing").splitlines()[-1]
            raise RuntimeError(f"{self._child.args} ended with code {code} and said last: {last}")
        found: Round = json.loads(line)
        return found
