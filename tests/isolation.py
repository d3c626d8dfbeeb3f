"""Keeps a test run apart from the machine and the network (a pytest plugin).

The user's settings cannot change a result: HOME and the XDG folders are empty and temporary, and
AWS_* and SIGH_* variables are gone. Nothing leaves the machine: a connection or a look-up that
is not for loopback fails, in Python by an audit hook, in native code and in child processes by
proxies that lead nowhere.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

# Said by whoever runs the tests (`make test-s3`), not by whoever uses the product.
KEPT = {"SIGH_KILLS", "SIGH_PODS", "SIGH_REQUIRE_S3", "SIGH_S3_SERVER"}
NOWHERE = "http://127.0.0.1:9"
LOCAL_NAMES = {"localhost", "localhost.localdomain", "", None}

_temporary: list[Path] = []


class NetworkRefused(RuntimeError):
    """A test tried to leave the machine. It is no OSError, so that no retry swallows it."""


def pytest_configure(config: pytest.Config) -> None:
    """Separate this process, and every process it starts, before any test module is imported."""
    del config
    home = Path(tempfile.mkdtemp(prefix="sigh-batch-home-"))
    _temporary.append(home)
    separate(os.environ, home)
    sys.addaudithook(refuse_network)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the temporary home."""
    del config
    while _temporary:
        shutil.rmtree(_temporary.pop(), ignore_errors=True)


def separate(environ: Any, home: Path) -> None:
    """Take out of `environ` what could change a result, and point its folders into `home`."""
    for name in list(environ):
        if name.startswith(("AWS_", "SIGH_")) and name not in KEPT:
            del environ[name]
    environ["HOME"] = str(home)
    for name in ("CONFIG", "CACHE", "DATA", "STATE"):
        environ[f"XDG_{name}_HOME"] = str(home / name.lower())
    environ["AWS_EC2_METADATA_DISABLED"] = "true"
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        environ[name] = environ[name.upper()] = NOWHERE
    environ["no_proxy"] = environ["NO_PROXY"] = "localhost,127.0.0.1,::1"


def refuse_network(event: str, args: tuple[Any, ...]) -> None:
    """Fail a connection, a datagram or a name look-up that is not for this machine."""
    if event in ("socket.connect", "socket.sendto"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None  # a str is a Unix socket
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    if not is_local(host):
        raise NetworkRefused(f"a test may not reach {host!r}: tests run without a network")


def is_local(host: str | bytes | None) -> bool:
    """Say whether a host is this machine."""
    if isinstance(host, bytes):
        host = host.decode()
    if host in LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(str(host))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
