"""Workers of this machine."""

from __future__ import annotations

import pytest

from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.runners.pool import worker_environment

SPEC = RunSpec(kind="generate", out="unused", settings=resolve([]).settings)


def test_a_worker_knows_its_run_and_gives_large_buffers_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MALLOC_MMAP_THRESHOLD_", raising=False)
    monkeypatch.setenv("AWS_PROFILE", "mine")
    environment = worker_environment(SPEC)
    assert RunSpec.from_json(environment["SIGH_SPEC"]) == SPEC
    assert environment["AWS_PROFILE"] == "mine"
    assert int(environment["MALLOC_MMAP_THRESHOLD_"]) > 0


def test_the_users_own_word_on_memory_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALLOC_MMAP_THRESHOLD_", "65536")
    assert worker_environment(SPEC)["MALLOC_MMAP_THRESHOLD_"] == "65536"
