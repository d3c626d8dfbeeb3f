"""A study in a bucket of a real S3 server, which is gone for half a minute."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from sigh_batch.tuning.job import tune
from tests import toy
from tests.servers import enter, serving
from tests.toy_studies import spec_of, write_classes

pytestmark = pytest.mark.s3

SECONDS = 30.0


def test_a_server_that_is_gone_for_half_a_minute_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write_classes(tmp_path)
    folder = tmp_path / "s3"
    folder.mkdir()
    back: list[float] = []
    with ExitStack() as first, ExitStack() as second:
        server = first.enter_context(serving(folder))

        def come_again() -> None:
            second.enter_context(serving(folder, server))
            back.append(time.monotonic())

        timer = threading.Timer(SECONDS, come_again)
        second.callback(timer.cancel)

        def watch(trial: Any) -> None:
            if (
                trial.number == 1
                and trial.user_attrs.get("epochs") == 2
                and not timer.is_alive()
                and not back
            ):
                first.close()
                timer.start()

        spec = spec_of(enter(server, monkeypatch), data, trials=4, epochs=3, stop_early="none")
        summary = tune(spec, watch, trainer=toy.train)
        assert back
        assert summary.counts == {"complete": 4}
        assert all(len(row.curve) == 3 for row in summary.trials)
