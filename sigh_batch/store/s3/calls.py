"""Calls of native code that signals can interrupt.

obstore waits for the network without looking at signals, so in the main thread, where Python runs
their handlers, SIGTERM or Ctrl-C would wait for a server that hangs. There the call is made in
another thread, and the main one waits in a way that signals wake. Other threads call directly.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class _Hand:
    """A thread that makes calls for the main one; a daemon, so that it never holds up the end."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = SimpleQueue()
        threading.Thread(target=self._work, name="store-call", daemon=True).start()

    def ask(self, call: Callable[[], T]) -> Future[T]:
        """Have a call made."""
        answer: Future[T] = Future()
        self._asked.put((call, answer))
        return answer

    def _work(self) -> None:
        while True:
            call, answer = self._asked.get()
            try:
                answer.set_result(call())
            except BaseException as error:  # it is the caller's to handle
                answer.set_exception(error)
            del call, answer


_free: _Hand | None = None


def interruptibly(call: Callable[[], T]) -> T:
    """Return what `call` returns, or raise what it raises; a signal's handler may raise meanwhile.

    The call then goes on by itself, and what it ends in is lost.
    """
    global _free
    if threading.current_thread() is not threading.main_thread():
        return call()
    # Only the main thread comes here, and a handler that calls again finds no free hand and gets a new one.
    hand, _free = _free or _Hand(), None
    answer = hand.ask(call)
    try:
        return answer.result()
    finally:
        if answer.done():
            _free = hand
