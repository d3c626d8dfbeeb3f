"""Being told to stop: SIGTERM and Ctrl-C become a flag that is looked at between two updates."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Halt(BaseException):
    """Training was told to stop; not an Exception, so that no task can swallow it."""


class StopFlag:
    """Holds signals back while an update is under way; a second one is not held back any more.

    A context manager. Outside the main thread, where Python has no say in signals, it holds nothing back.
    """

    def __init__(self) -> None:
        self.signal: int | None = None
        self._at_once = False
        self._before: dict[int, Any] = {}

    def __bool__(self) -> bool:
        return self.signal is not None

    def __enter__(self) -> StopFlag:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._receive) for number in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """While this lasts, a signal raises Halt: what is under way changes nothing and can be done again."""
        self._at_once = True
        try:
            if self:
                raise Halt
            yield
        finally:
            self._at_once = False

    def pass_on(self) -> None:
        """Let whoever listened before hear the signal too, now that all is saved."""
        self._restore()
        if self.signal is not None:
            with suppress(KeyboardInterrupt):
                signal.raise_signal(self.signal)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self.signal = number
        # Whoever is asked twice is in a hurry.
        self._restore()
        if self._at_once:
            raise Halt

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}
