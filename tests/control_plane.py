"""A real API server with its etcd, on loopback and without nodes, for what a cluster says of our objects."""

from __future__ import annotations

import json
import os
import pwd
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ROOT = Path(__file__).parents[1]
ADMIN = "admin-token"


@dataclass(frozen=True)
class ControlPlane:
    """An API server and what it is asked by."""

    server: str
    folder: Path

    def ask(self, method: str, path: str, body: Any = None, token: str = ADMIN) -> tuple[Any, list[str]]:
        """Return the answer to a request and the warnings that came with it; a refusal fails the test."""
        request = urllib.request.Request(f"{self.server}{path}", method=method)
        request.add_header("Authorization", f"Bearer {token}")
        request.add_header(
            "Content-Type", "application/merge-patch+json" if method == "PATCH" else "application/json"
        )
        data = None if body is None else json.dumps(body).encode()
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=_unverified())
        )
        try:
            with opener.open(request, data, timeout=30) as answer:
                return json.load(answer), answer.headers.get_all("Warning") or []
        except urllib.error.HTTPError as error:
            pytest.fail(f"{method} {path}: {error.code} {error.read().decode()}", pytrace=False)

    def create(self, body: Any, *, dry_run: bool = False) -> list[str]:
        """Make any of our objects, or have it checked, unknown fields refused; return the warnings."""
        group, kind = body["apiVersion"], body["kind"]
        plural = {"NetworkPolicy": "networkpolicies"}.get(kind, f"{kind.lower()}s")
        namespace = body["metadata"].get("namespace")
        place = f"/namespaces/{namespace}" if namespace else ""
        root = "/api/v1" if group == "v1" else f"/apis/{group}"
        query = f"?fieldValidation=Strict{'&dryRun=All' if dry_run else ''}"
        return self.ask("POST", f"{root}{place}/{plural}{query}", body)[1]

    def kubeconfig(self, name: str, token: str, namespace: str) -> Path:
        """Write a kubeconfig for a token and return its path."""
        path = self.folder / name
        cluster = {"server": self.server, "certificate-authority": f"{self.folder}/certs/apiserver.crt"}
        text = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "here",
            "clusters": [{"name": "c", "cluster": cluster}],
            "users": [{"name": "u", "user": {"token": token}}],
            "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u", "namespace": namespace}}],
        }
        path.write_text(json.dumps(text))
        return path

    def token_of(self, namespace: str, account: str) -> str:
        """Return a token of a ServiceAccount."""
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token"
        answer, _ = self.ask("POST", path, {"spec": {"expirationSeconds": 3600}})
        return str(answer["status"]["token"])


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """A running API server; skips in one line where it is not built."""
    folder = tmp_path_factory.mktemp("control-plane")
    with running(folder) as plane:
        yield plane


@pytest.fixture(scope="session")
def helm() -> str:
    """The path of Helm; skips in one line where it is not built."""
    return program("helm")


def program(name: str) -> str:
    """Return the path of a program of scripts/program; skips in one line where it is not built."""
    environ = {**os.environ, "HOME": pwd.getpwuid(os.getuid()).pw_dir}
    environ.pop("XDG_CACHE_HOME", None)
    command = [str(ROOT / "scripts/program"), name, "cached"]
    found = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip(found.stderr.strip())
    return found.stdout.strip()


@contextmanager
def running(folder: Path) -> Iterator[ControlPlane]:
    """Run an API server and its etcd that keep what they hold in a folder; skips where one is not built."""
    etcd, apiserver = program("etcd"), program("kube-apiserver")
    client, peer, secure = free_ports(3)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    (folder / "sa.key").write_bytes(pem)
    (folder / "tokens.csv").write_text(f'{ADMIN},admin,1,"system:masters"\n')
    store = f"http://127.0.0.1:{client}"
    commands = [
        [etcd, "--data-dir", f"{folder}/etcd", "--unsafe-no-fsync", "--listen-client-urls", store,
         "--advertise-client-urls", store, "--listen-peer-urls", f"http://127.0.0.1:{peer}"],
        [apiserver, "--etcd-servers", store, "--secure-port", str(secure), "--bind-address", "127.0.0.1",
         "--cert-dir", f"{folder}/certs", "--token-auth-file", f"{folder}/tokens.csv",
         "--authorization-mode", "RBAC", "--service-cluster-ip-range", "10.96.0.0/16",
         "--service-account-issuer", "https://kubernetes.default.svc", "--allow-privileged",
         "--service-account-key-file", f"{folder}/sa.key",
         "--service-account-signing-key-file", f"{folder}/sa.key"],
    ]  # fmt: skip
    plane = ControlPlane(f"https://127.0.0.1:{secure}", folder)
    with (folder / "log").open("wb") as log:
        processes = [subprocess.Popen(command, stdout=log, stderr=log) for command in commands]
        try:
            _wait_for(plane, processes)
            yield plane
        finally:
            for process in reversed(processes):
                process.kill()
                process.wait()


def _wait_for(plane: ControlPlane, processes: list[subprocess.Popen[bytes]]) -> None:
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=_unverified())
    )
    for _ in range(1200):
        if any(process.poll() is not None for process in processes):
            break
        request = urllib.request.Request(
            f"{plane.server}/readyz", headers={"Authorization": f"Bearer {ADMIN}"}
        )
        try:
            with opener.open(request, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"no API server: {(plane.folder / 'log').read_text()[-1000:]}", pytrace=False)


def _unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def free_ports(number: int) -> list[int]:
    """Return ports of loopback that nobody listens at."""
    with ExitStack() as stack:
        listeners = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [listener.getsockname()[1] for listener in listeners]
