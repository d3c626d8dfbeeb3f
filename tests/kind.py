"""The cluster of `make kind-up` as tests use it: kubectl, Helm, our commands, and the chart's S3 server."""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import io
import json
import os
import pwd
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from sigh_batch import cli
from tests.runs import bytes_of
from tests.servers import ROOT, Server, free_port

CLUSTER = "sigh"
CONTROL, WORKER = f"{CLUSTER}-control-plane", f"{CLUSTER}-worker"
"""The nodes, which are containers."""
RELEASE = "sigh"
STORE = f"{RELEASE}-object-store"
BUCKET = "sigh"
LONGEST = 900.0
"""Seconds that anything may take on a machine that has other work to do."""


class Said(NamedTuple):
    """What a command printed."""

    out: str
    err: str


@dataclass(frozen=True)
class Kind:
    """One namespace of the cluster, and a folder in which a user of it works."""

    folder: Path
    namespace: str
    environ: dict[str, str] = field(default_factory=dict)
    """What opens the store of the chart that is installed there."""

    def kubectl(self, *words: str, stdin: str | None = None, check: bool = True) -> str:
        """Return what kubectl says in the namespace; that it fails fails the test."""
        return run([program("kubectl"), *self._where, *words], stdin, check=check)

    def helm(self, *words: str) -> str:
        """Return what Helm says in the namespace; that it fails fails the test."""
        return run([program("helm"), *self._where, *words])

    def get(self, *words: str) -> Any:
        """Return an object, or a list of objects."""
        found = json.loads(self.kubectl("get", *words, "-o", "json"))
        return found.get("items", found)

    def sigh(self, *words: str, code: int = 0) -> Said:
        """Run our command as a user does in his folder, and check what it ends with."""
        ended = subprocess.run(
            [sys.executable, "-m", "sigh_batch", *words],
            cwd=self.folder,
            env=self.whole_environ,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        assert ended.returncode == code, f"{words}: {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
        assert "Traceback" not in ended.stderr
        return Said(ended.stdout, ended.stderr)

    @property
    def whole_environ(self) -> dict[str, str]:
        """The variables of a user who knows the cluster and the store."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("SIGH_")}
        return own | {"KUBECONFIG": str(self.folder / "kubeconfig")} | self.environ

    def status(self, name: str) -> Any:
        """Return what `sigh status` says of a run; asked often, and so without a process of its own."""
        said = io.StringIO()
        with (
            contextlib.chdir(self.folder),
            mock.patch.dict(os.environ, self.whole_environ, clear=True),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            assert cli.run(["status", name, "--json"]) == 0, said.getvalue()
        return json.loads(said.getvalue())

    def until(self, name: str, holds: Callable[[Any], bool]) -> Any:
        """Return the status of a run once something holds of it."""
        return eventually(lambda: self.status(name), holds)

    @functools.cached_property
    def s3(self) -> Any:
        """A client of the store."""
        port = int(self.environ["AWS_ENDPOINT_URL"].rpartition(":")[2])
        return Server(port, self.environ["AWS_ACCESS_KEY_ID"], self.environ["AWS_SECRET_ACCESS_KEY"]).client

    def await_store(self) -> None:
        """Wait until the S3 server answers, which may have been killed."""

        def answers() -> bool:
            try:
                self.s3.head_bucket(Bucket=BUCKET)
            except (BotoCoreError, ClientError):
                return False
            return True

        eventually(answers, bool)

    def keys(self, prefix: str) -> list[str]:
        """Return the names of what is stored below a prefix of the bucket."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{prefix}/")
        return [
            found["Key"].removeprefix(f"{prefix}/") for page in pages for found in page.get("Contents", ())
        ]

    def made(self, prefix: str) -> dict[str, str]:
        """Return the hash of everything below a prefix but logs, to be compared with `made_here`."""
        files = {
            key: self.read(f"{prefix}/{key}") for key in self.keys(prefix) if not key.startswith("logs/")
        }
        hashes = {key: hashlib.sha256(data).hexdigest() for key, data in files.items()}
        return hashes | {"run.json": _identity(files["run.json"])}

    def read(self, key: str) -> bytes:
        """Return what is stored under a name."""
        return bytes(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())

    @property
    def _where(self) -> list[str]:
        return ["--kubeconfig", str(self.folder / "kubeconfig"), "-n", self.namespace]


def open_kind(folder: Path, namespace: str) -> Kind:
    """Return a namespace of the cluster, made anew at the restricted level; fails where no cluster is up."""
    kubeconfig = run([program("kind"), "get", "kubeconfig", "--name", CLUSTER])
    (folder / "kubeconfig").write_text(kubeconfig)
    kind = Kind(folder, namespace)
    remove(kind)
    labels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}}
    kind.kubectl("create", "-f", "-", stdin=json.dumps(body))
    kind.kubectl("config", "set-context", "--current", f"--namespace={namespace}")
    return kind


def remove(kind: Kind, *how: str) -> None:
    """Delete the namespace and all in it."""
    # A Job of which a pod waits for its next try may not let go of its pods when its namespace goes first.
    kind.kubectl("delete", "jobs", "--all")
    kind.kubectl("delete", "namespace", kind.namespace, "--ignore-not-found", *how)


@contextlib.contextmanager
def reached(kind: Kind) -> Iterator[Kind]:
    """Yield the namespace with the keys of its S3 server, which answers on this machine meanwhile."""
    secret = kind.get("secret", STORE)["data"]
    keys = {
        name: base64.b64decode(value).decode() for name, value in secret.items() if name.startswith("AWS_")
    }
    port = free_port()
    over = threading.Event()
    forwarder = threading.Thread(target=_forward, args=(kind, port, over))
    forwarder.start()
    endpoint = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_REGION": "us-east-1"}
    try:
        yield Kind(kind.folder, kind.namespace, keys | endpoint)
    finally:
        over.set()
        forwarder.join()


def _forward(kind: Kind, port: int, over: threading.Event) -> None:
    """Forward a port to the S3 server, anew whenever the server has been killed."""
    where = ["--kubeconfig", str(kind.folder / "kubeconfig"), "-n", kind.namespace]
    command = [program("kubectl"), *where, "port-forward", f"service/{STORE}", f"{port}:7070"]
    while not over.is_set():
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            assert process.stdout
            watcher = threading.Thread(target=_end_when_broken, args=(process,))
            watcher.start()
            while process.poll() is None and not over.wait(0.2):
                pass
            process.kill()
            watcher.join()


def _end_when_broken(process: subprocess.Popen[str]) -> None:
    """End a forwarder that has lost the pod it forwards to: it would go on and say so to every connection."""
    assert process.stdout
    for line in process.stdout:
        if "error" in line.lower() or "lost connection" in line:
            process.kill()


def made_here(folder: Path) -> dict[str, str]:
    """Return what `Kind.made` tells of a prefix, of a folder."""
    return bytes_of(folder) | {"run.json": _identity((folder / "run.json").read_bytes())}


def _identity(document: bytes) -> str:
    """Return what decides the bytes of a run; beside it is written how it was called, which may differ."""
    told = json.loads(document)
    return json.dumps([told["kind"], told["config_hash"], told["engine"]], sort_keys=True)


def eventually(look: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:
    """Look until something holds, and return what was seen."""
    until = time.monotonic() + LONGEST
    while not holds(found := look()):
        assert time.monotonic() < until, f"still {found}"
        time.sleep(1)
    return found


def on_node(*command: str, node: str = WORKER, check: bool = True) -> str:
    """Return what a command says that is run on a node."""
    return run(["docker", "exec", node, *command], check=check)


def run(command: list[str], stdin: str | None = None, *, check: bool = True) -> str:
    """Return what a command prints; that it fails fails the test."""
    ended = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=LONGEST, check=False)
    assert not check or ended.returncode == 0, f"{command}: {ended.stdout}\n{ended.stderr}"
    return ended.stdout


def at_home(environ: dict[str, str]) -> dict[str, str]:
    """Return variables with the user's home, where programs are kept; tests have one of their own."""
    home = {"HOME": pwd.getpwuid(os.getuid()).pw_dir}
    return {name: value for name, value in environ.items() if name != "XDG_CACHE_HOME"} | home


@functools.cache
def program(name: str) -> str:
    """Return the path of a program that `make kind-up` has built."""
    command = [str(ROOT / "scripts" / "program"), name, "cached"]
    found = subprocess.run(
        command, env=at_home(dict(os.environ)), capture_output=True, text=True, check=False
    )
    if found.returncode:
        pytest.fail(f"{found.stderr.strip()}; make e2e does it", pytrace=False)
    return found.stdout.strip()
