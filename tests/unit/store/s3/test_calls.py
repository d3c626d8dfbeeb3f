"""A signal ends a call that waits for a server, and the process with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sigh_batch.store.s3.calls import interruptibly
from tests.canned import Canned, canned_server


@pytest.fixture
def canned() -> Iterator[Canned]:
    with canned_server() as server:
        yield server


STUCK = """
import signal, sys
from pathlib import Path
from sigh_batch.store import S3Options
from sigh_batch.store.s3 import S3Store

def stop(*_):
    sys.exit(143)

signal.signal(signal.SIGTERM, stop)
store = S3Store("s3://bucket/ds", S3Options(endpoint=sys.argv[1]))
path = Path(sys.argv[2])
path.write_bytes(bytes(40 << 20))
print("ready", flush=True)
acts = {
    "get": lambda: store.get("k"),
    "put": lambda: store.put("k", b"x"),
    "put_file": lambda: store.put_file("k", path),
    "stat": lambda: store.stat("k"),
    "delete": lambda: store.delete("k"),
    "list": lambda: list(store.list()),
}
acts[sys.argv[3]]()
"""


@pytest.mark.parametrize(
    ("operation", "number", "code"),
    [
        ("get", signal.SIGTERM, 143),
        ("put_file", signal.SIGTERM, 143),
        ("list", signal.SIGTERM, 143),
        ("get", signal.SIGINT, -signal.SIGINT),
    ],
)
def test_a_server_that_hangs_does_not_hold_up_the_end(
    operation: str, number: int, code: int, canned: Canned, tmp_path: Path
) -> None:
    canned.silent = True
    command = [sys.executable, "-c", STUCK, canned.endpoint, str(tmp_path / "file"), operation]
    environ = {**os.environ, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        while not canned.requests:
            time.sleep(0.01)
        began = time.monotonic()
        process.send_signal(number)
        _, complaint = process.communicate(timeout=20)
    assert time.monotonic() - began < 4
    assert process.returncode == code
    assert number == signal.SIGINT or complaint == b""


def test_results_and_errors_come_through() -> None:
    assert interruptibly(lambda: 41 + 1) == 42
    with pytest.raises(ZeroDivisionError):
        interruptibly(lambda: 1 // 0)
    with pytest.raises(KeyboardInterrupt):
        interruptibly(lambda: exec("raise KeyboardInterrupt"))


def test_only_the_main_thread_lets_another_do_it() -> None:
    names = [interruptibly(lambda: threading.current_thread().name) for _ in range(3)]
    assert set(names) == {"store-call"}

    def work() -> None:
        names.append(interruptibly(lambda: threading.current_thread().name))

    worker = threading.Thread(target=work, name="worker")
    worker.start()
    worker.join()
    assert names[3] == "worker"


def test_a_handler_may_call_while_a_call_waits() -> None:
    """As when a run that is told to stop writes down how far it came."""
    free = threading.Event()
    seen: list[int] = []

    def handle(*_: object) -> None:
        seen.append(interruptibly(lambda: 7))
        free.set()

    before = signal.signal(signal.SIGUSR1, handle)
    try:
        threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGUSR1)).start()
        assert interruptibly(lambda: free.wait(10)) is True
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert seen == [7]
    assert interruptibly(lambda: 8) == 8
