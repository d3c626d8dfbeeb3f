"""S3 servers for tests, on loopback, each started once a session when a test first asks (a pytest plugin).

`real_s3` and `moto_s3` put the credentials and the endpoint into the environment, where a child
process finds them too, and give the url of a new empty bucket.
"""

from __future__ import annotations

import functools
import http.client
import itertools
import os
import pwd
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

ROOT = Path(__file__).parents[1]
_numbers = itertools.count()


@dataclass(frozen=True)
class Server:
    """A running S3 server and the key to it."""

    port: int
    key: str
    secret: str

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environ(self) -> dict[str, str]:
        """Return what a client finds the server by."""
        return {
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": "us-east-1",
        }

    def new_bucket(self) -> str:
        """Make an empty bucket and return its url."""
        name = f"bucket-{os.getpid()}-{next(_numbers)}"
        self.client.create_bucket(Bucket=name)
        return f"s3://{name}"

    @functools.cached_property
    def client(self) -> Any:
        """A client of boto3, for what a test must do or see past the store."""
        import boto3

        return boto3.client(
            "s3",
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
            endpoint_url=self.endpoint,
            region_name="us-east-1",
        )


@pytest.fixture(scope="session")
def real_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that stores in a folder (versitygw); skips in one line where it is not built."""
    with serving(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(scope="session")
def moto_server() -> Iterator[Server]:
    """A server that imitates S3 in memory (moto); it looks at no signature."""
    server = Server(free_port(), "any", "secret")
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(server.port)]
    with _running(command, {}, server.port):
        yield server


@pytest.fixture
def real_s3(real_server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """The url of a new bucket on the real server."""
    return enter(real_server, monkeypatch)


@pytest.fixture
def moto_s3(moto_server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """The url of a new bucket on the imitation."""
    return enter(moto_server, monkeypatch)


@contextmanager
def serving(folder: Path, before: Server | None = None) -> Iterator[Server]:
    """Run a real server over a folder while the block lasts; as the one before where one is named."""
    server = before or Server(free_port(), secrets.token_hex(8), secrets.token_hex(16))
    address = f"127.0.0.1:{server.port}"
    command = [_find_server(), "--port", address, "--keep-alive", "--quiet", "posix", str(folder)]
    environ = {"ROOT_ACCESS_KEY": server.key, "ROOT_SECRET_KEY": server.secret}
    with _running(command, environ, server.port):
        yield server


def enter(server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make a new bucket, and let it be found by variables as users set them; return its url."""
    for name, value in server.environ().items():
        monkeypatch.setenv(name, value)
    return server.new_bucket()


def _find_server() -> str:
    if "SIGH_S3_SERVER" in os.environ:
        return os.environ["SIGH_S3_SERVER"]
    # Tests have a HOME of their own; the cache is in the user's.
    environ = {**os.environ, "HOME": pwd.getpwuid(os.getuid()).pw_dir}
    environ.pop("XDG_CACHE_HOME", None)
    found = subprocess.run(
        [str(ROOT / "scripts/program"), "versitygw", "cached"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode == 0:
        return found.stdout.strip()
    reason = found.stderr.strip()
    if os.environ.get("SIGH_REQUIRE_S3") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@contextmanager
def _running(command: list[str], environ: Mapping[str, str], port: int) -> Iterator[None]:
    # A file takes all that a server says; a pipe that nobody reads would stop it.
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env={**os.environ, **environ}, stdout=said, stderr=said)
        try:
            _wait_for(process, port, said)
            yield
        finally:
            process.kill()
            process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int, said: IO[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            said.seek(0)
            pytest.fail(f"the S3 server ended at once: {said.read().decode()[-500:]}", pytrace=False)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse()
            return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    pytest.fail("the S3 server does not answer", pytrace=False)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
