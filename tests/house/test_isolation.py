"""The guard that keeps tests apart from the machine and the network does guard."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
from pathlib import Path

import pytest

from tests.isolation import NetworkRefused, is_local, separate

OUTSIDE = "192.0.2.1"  # reserved for documentation: nothing is there


def test_a_connection_to_the_outside_is_refused() -> None:
    with socket.socket() as line, pytest.raises(NetworkRefused, match=r"may not reach '192\.0\.2\.1'"):
        line.connect((OUTSIDE, 80))


def test_a_datagram_to_the_outside_is_refused() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as line, pytest.raises(NetworkRefused):
        line.sendto(b"x", (OUTSIDE, 9))


def test_a_look_up_of_a_name_is_refused() -> None:
    with pytest.raises(NetworkRefused, match=r"example\.org"):
        socket.getaddrinfo("example.org", 80)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: server.accept()[0].close(), daemon=True).start()
        with socket.create_connection(("localhost", server.getsockname()[1]), timeout=5) as line:
            assert line.recv(1) == b""


def test_a_child_process_gets_nowhere_either() -> None:
    code = "import urllib.request; urllib.request.urlopen('http://192.0.2.1/', timeout=20)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert "Connection refused" in ended.stderr
    assert urllib.request.getproxies()["https"].startswith("http://127.0.0.1")


@pytest.mark.parametrize(
    ("host", "local"),
    [
        *(("127.0.0.1", True), ("127.8.9.10", True), ("::1", True), ("0.0.0.0", True)),
        *(("localhost", True), (b"localhost", True), (None, True)),
        *(("10.0.0.1", False), ("s3.local", False), ("::ffff:8.8.8.8", False)),
    ],
)
def test_what_counts_as_this_machine(host: str | bytes | None, local: bool) -> None:
    assert is_local(host) is local


def test_the_user_s_settings_are_out_of_sight() -> None:
    assert Path.home().is_relative_to(tempfile.gettempdir())
    # Tests before this one may have left what their libraries keep; nothing of it is of a user.
    assert not {".aws", ".kube", ".config"} & {path.name for path in Path.home().iterdir()}
    assert {name for name in os.environ if name.startswith("AWS_")} <= {"AWS_EC2_METADATA_DISABLED"}


def test_separate_takes_out_what_could_change_a_result(tmp_path: Path) -> None:
    environ = {
        "AWS_PROFILE": "work",
        "SIGH_RUN__WORKERS": "9",
        "SIGH_REQUIRE_S3": "1",
        "PATH": "/bin",
        "HOME": "/a",
    }
    separate(environ, tmp_path)
    assert environ["HOME"] == str(tmp_path)
    assert environ["XDG_CACHE_HOME"] == str(tmp_path / "cache")
    assert environ["SIGH_REQUIRE_S3"] == "1"
    assert environ["PATH"] == "/bin"
    assert not {"AWS_PROFILE", "SIGH_RUN__WORKERS"} & environ.keys()
