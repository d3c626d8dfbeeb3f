"""Faults on purpose: a store, and a line to a server, that fail every tenth time."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

from sigh_batch.errors import Unreachable
from sigh_batch.rng import Draws
from sigh_batch.store import Stat, Store

T = TypeVar("T")


class FaultyStore:
    """A store that fails at a rate: half the time before it does anything, half after it did."""

    def __init__(self, store: Store, rate: float = 0.1, seed: int = 0) -> None:
        self.store = store
        self.url = store.url
        self.scratch = store.scratch
        self.failed = 0
        self._rate = rate
        self._draws = Draws(f"{seed}/faults", 0)
        self._lock = threading.Lock()

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        return self._maybe(lambda: self.store.get(key, start, length))

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        self._maybe(lambda: self.store.put(key, data, if_absent=if_absent))

    def put_file(self, key: str, path: Path, *, if_absent: bool = False) -> None:
        self._maybe(lambda: self.store.put_file(key, path, if_absent=if_absent))

    def stat(self, key: str) -> Stat | None:
        return self._maybe(lambda: self.store.stat(key))

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """Fail at a rate in every hundred objects."""
        for number, found in enumerate(self.store.list(prefix)):
            if number % 100 == 0:
                self._maybe(lambda: None)
            yield found

    def delete(self, key: str) -> None:
        self._maybe(lambda: self.store.delete(key))

    def _maybe(self, act: Callable[[], T]) -> T:
        with self._lock:
            before, after = (self._draws.chance(self._rate / 2) for _ in range(2))
        if before:
            self.failed += 1
            raise Unreachable("a fault on purpose, before", transient=True)
        result = act()
        if after:
            self.failed += 1
            raise Unreachable("a fault on purpose, after", transient=True)
        return result


@contextmanager
def lossy_line(port: int, rate: float = 0.1, seed: int = 0) -> Iterator[int]:
    """Yield a port that leads to `port`, and at a rate is busy, hangs up at once, or loses the answer."""
    draws = Draws(f"{seed}/line", 0)
    lock = threading.Lock()

    class Line(_Line):
        server_port = port

        def fate(self) -> str:
            with lock:
                return draws.choice(("busy", "cut", "lost")) if draws.chance(rate) else "well"

    with ThreadingHTTPServer(("127.0.0.1", 0), Line) as line:
        thread = threading.Thread(target=line.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield line.server_address[1]
        finally:
            line.shutdown()
            thread.join()


class _Line(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_port: int

    def fate(self) -> str:
        raise NotImplementedError

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fate = self.fate()
        if fate == "busy":
            self._answer(503, {}, b"<Error><Code>SlowDown</Code></Error>")
            return
        answer = None if fate == "cut" else self._forward(body)
        if answer is None or fate == "lost":
            self.close_connection = True
            return
        self._answer(*answer)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any  # noqa: N815 (named by http.server)

    def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes] | None:
        server = http.client.HTTPConnection("127.0.0.1", self.server_port, timeout=60)
        try:
            server.request(self.command, self.path, body, dict(self.headers))
            answer = server.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except ConnectionError:  # a server that refuses before it has read the body hangs up
            return None
        finally:
            server.close()

    def _answer(self, status: int, headers: dict[str, str], data: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        length = headers.get("Content-Length", "0") if self.command == "HEAD" else str(len(data))
        self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (named by http.server)
        """Keep quiet."""
