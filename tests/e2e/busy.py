"""A server before an S3 server that is busy when it is told to be. A pod runs this file; nothing imports it.

python busy.py HOST:PORT    passes everything on to that server
GET /busy/SECONDS           for so long, everything is answered by 503, as S3 does under load
"""

from __future__ import annotations

import http.client
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

PORT = 7070
_SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
_OF_A_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "expect"})


class Handler(BaseHTTPRequestHandler):
    """Answers a connection."""

    protocol_version = "HTTP/1.1"
    target: ClassVar[str] = ""
    busy_until: ClassVar[float] = 0.0

    def handle_any(self) -> None:
        """Pass a request on, or say that we are busy."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/busy/"):
            Handler.busy_until = time.monotonic() + float(self.path.removeprefix("/busy/"))
            self._answer(200, {}, b"busy\n")
        elif "chunked" in self.headers.get("Transfer-Encoding", ""):
            self._answer(501, {}, b"")
        elif time.monotonic() < self.busy_until:
            self._answer(503, {"Content-Type": "application/xml"}, _SLOW_DOWN)
        else:
            self._pass_on(body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any  # noqa: N815 -- names that are looked for

    def log_message(self, *what: object) -> None:
        """Say nothing."""

    def _pass_on(self, body: bytes) -> None:
        connection = http.client.HTTPConnection(self.target, timeout=120)
        try:
            # The signature covers the name of the server that was asked: ours.
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _OF_A_CONNECTION:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            found = answer.read()
        except (OSError, http.client.HTTPException):
            self.close_connection = True  # as it looks when that server is gone
            return
        finally:
            connection.close()
        headers = {
            name: value for name, value in answer.headers.items() if name.lower() not in _OF_A_CONNECTION
        }
        length = answer.headers.get("Content-Length")
        self._answer(answer.status, headers, found, length if self.command == "HEAD" else None)

    def _answer(self, status: int, headers: dict[str, str], body: bytes, length: str | None = None) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", length or str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """Takes as many connections as pods open at once."""

    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    Handler.target = sys.argv[1]
    Server(("", PORT), Handler).serve_forever()
