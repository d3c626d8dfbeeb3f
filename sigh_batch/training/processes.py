"""Several processes that train one model: this one, and those that it starts beside itself.

Each reads its part of every batch, and torch shares the gradients. This one alone validates, writes and is
told to stop.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

import torch.distributed as dist

_GRACE = 10.0
_LOOK = 0.5
_DIED = b"error: a process of this training died; the same command goes on from the last checkpoint\n"

Part = Callable[[int], None]
"""What a process of a given rank does; it must pickle."""


@contextmanager
def side_by_side(part: Part, ranks: int, backend: str) -> Iterator[None]:
    """Start processes of rank 1 and up that do `part`, and let this one be rank 0 while the context lasts.

    When one of them dies, so does this one: it would wait for its gradients for ever.
    """
    if ranks == 1:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="sigh-train-") as folder:
        meeting = f"file://{folder}/meeting"
        context = multiprocessing.get_context("spawn")
        # No daemons: those may have no processes that load pictures.
        others = [
            context.Process(target=_take_part, args=(part, rank, ranks, backend, meeting), daemon=False)
            for rank in range(1, ranks)
        ]
        ended = threading.Event()
        try:
            for process in others:
                process.start()
            threading.Thread(target=_watch, args=(others, ended), daemon=True).start()
            dist.init_process_group(backend, init_method=meeting, rank=0, world_size=ranks)
            yield
        finally:
            ended.set()
            _end(others)
            if dist.is_initialized():
                dist.destroy_process_group()


def _take_part(part: Part, rank: int, ranks: int, backend: str, meeting: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    dist.init_process_group(backend, init_method=meeting, rank=rank, world_size=ranks)
    try:
        part(rank)
    finally:
        dist.destroy_process_group()


def _watch(others: Sequence[BaseProcess], ended: threading.Event) -> None:
    """End this process when another one died: in the middle of a sum it cannot be reached otherwise."""
    while not ended.wait(_LOOK):
        if any(process.exitcode for process in others):
            time.sleep(_GRACE)
            if not ended.is_set():
                os.write(2, _DIED)
                os._exit(1)


def _end(others: Sequence[BaseProcess]) -> None:
    deadline = time.monotonic() + _GRACE
    for process in others:
        if process.pid is None:
            continue
        process.join(max(0.0, deadline - time.monotonic()))
        if process.is_alive():
            process.kill()
