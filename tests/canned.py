"""A server that gives one answer to everything, or none, and remembers what it was asked."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Request:
    """What a client asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Canned:
    """A running server; its answer may be changed while it runs."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"ETag": '"1"'})
    hangs_up: bool = False
    """Take the request and close the connection."""
    silent: bool = False
    """Take the request and never answer it."""
    endpoint: str = ""
    only: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """Status and body for single methods."""
    requests: list[Request] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def refuse(self, status: int, code: str = "", message: str = "") -> None:
        """Answer as S3 does when it refuses."""
        self.status = status
        inside = f"<Code>{code}</Code><Message>{message}</Message><RequestId>42</RequestId>"
        self.body = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inside}</Error>'.encode() if code else b""
        )


@contextmanager
def canned_server(host: str = "127.0.0.1", certificate: Path | None = None) -> Iterator[Canned]:
    """Run a canned server; with a certificate (and its key in the same file) it speaks TLS."""
    canned = Canned()

    class Handler(_Handler):
        pass

    Handler.canned = canned
    with ThreadingHTTPServer((host, 0), Handler) as server:
        if certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "http" if certificate is None else "https"
        canned.endpoint = f"{scheme}://{host}:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield canned
        finally:
            canned.stop.set()
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    canned: Canned

    def handle_any(self) -> None:
        canned = self.canned
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        canned.requests.append(Request(self.command, self.path, dict(self.headers), body))
        if canned.silent:
            canned.stop.wait(60)
        if canned.silent or canned.hangs_up:
            self.close_connection = True
            return
        status, answer = canned.only.get(self.command, (canned.status, canned.body))
        self.send_response(status)
        for name, value in canned.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any  # noqa: N815 (named by http.server)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (named by http.server)
        """Keep quiet."""
