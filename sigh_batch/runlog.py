"""The log of one worker, written to the run's store as it goes, so that it outlives the process."""

from __future__ import annotations

import os
import socket
import sys
import time
from datetime import UTC, datetime

from sigh_batch.errors import StoreError
from sigh_batch.store.protocol import Store

FLUSH_SECONDS = 5.0
"""Longest time that a line stays unwritten while lines keep coming."""
SEGMENT_BYTES = 1 << 20
"""Size at which a new object is begun, since an object can only be written whole."""


class RunLog:
    """Lines with a time, under `logs/` of the run, a name a worker."""

    def __init__(self, store: Store, *, echo: bool) -> None:
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        self._store = store
        self._echo = echo
        self._name = f"logs/{moment}-{socket.gethostname()}-{os.getpid()}"
        self._segment = 0
        self._text = bytearray()
        self._dirty = False
        self._flushed = time.monotonic()

    def say(self, text: str) -> None:
        """Add a line, and write it now and then."""
        line = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {text}\n"
        if self._echo:
            sys.stderr.write(line)
        self._text += line.encode()
        self._dirty = True
        if time.monotonic() - self._flushed >= FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what is not written yet; a store that fails costs the log, never the run."""
        if not self._dirty:
            return
        try:
            self._store.put(f"{self._name}.{self._segment:03d}.log", bytes(self._text))
        except StoreError as error:
            sys.stderr.write(f"the log could not be written: {error}\n")
        self._dirty = False
        self._flushed = time.monotonic()
        if len(self._text) >= SEGMENT_BYTES:
            self._segment += 1
            self._text.clear()
