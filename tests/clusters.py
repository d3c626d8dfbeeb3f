"""An API server in this process that speaks as much of Kubernetes as runs need, and breaks when told to."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

Object = dict[str, Any]
TOKEN = "let-me-in"


class FakeCluster:
    """Objects by path, and what was asked for."""

    def __init__(self) -> None:
        self.jobs: dict[str, Object] = {}
        self.rayjobs: dict[str, Object] | None = None
        """None: there is no KubeRay."""
        self.pods: dict[str, Object] = {}
        self.events: list[Object] = []
        self.workloads: list[Object] | None = None
        self.served: dict[str, Object] = {"/version": {"major": "1", "minor": "35", "gitVersion": "v1.35.4"}}
        """Further objects by their path."""
        self.refused: set[tuple[str, str]] = set()
        """Rights that whoever asks does not have: a verb and a resource."""
        self.logs: dict[str, list[list[str]]] = {}
        """Pod -> what each connection to its log gives: lines with a time, and whatever follows breaks."""
        self.silent: set[str] = set()
        """Pods whose node does not answer."""
        self.faults: list[int] = []
        """Status codes of the next answers, in place of real ones."""
        self.asked: list[str] = []
        self.on_get: Callable[[str], None] = lambda _path: None
        self.server = ""
        self._uids = itertools.count()

    def add_job(self, body: Object, **status: Any) -> Object:
        name = body["metadata"]["name"]
        body = self._born(body)
        body["spec"].setdefault("suspend", False)
        body["spec"]["template"]["metadata"]["labels"]["batch.kubernetes.io/job-name"] = name
        body["status"] = status
        self.jobs[name] = body
        return body

    def add_ray_job(self, body: Object, **status: Any) -> Object:
        body = self._born(body) | {"status": status}
        self.rayjobs = (self.rayjobs or {}) | {body["metadata"]["name"]: body}
        return body

    def _born(self, body: Object) -> Object:
        body = json.loads(json.dumps(body))
        body["metadata"].setdefault("namespace", "forensics")
        body["metadata"] |= {"uid": f"uid-{next(self._uids)}", "creationTimestamp": "2026-01-01T00:00:00Z"}
        return body

    def add_ray_pod(self, job: Object, part: int, phase: str = "Running", **status: Any) -> Object:
        cluster = job["spec"]["rayClusterSpec"]
        templates = (
            job["spec"]["submitterPodTemplate"],
            cluster["headGroupSpec"]["template"],
            cluster["workerGroupSpecs"][0]["template"],
        )
        name = f"{job['metadata']['name']}-{len(self.pods):05d}"
        pod = self._born({"metadata": {"name": name, "labels": templates[part]["metadata"]["labels"]}})
        self.pods[name] = pod | {"spec": templates[part]["spec"], "status": {"phase": phase, **status}}
        return self.pods[name]

    def add_pod(self, job: Object, index: int, phase: str = "Running", **status: Any) -> Object:
        name = f"{job['metadata']['name']}-{index}-{len(self.pods):05d}"
        labels = {
            **job["spec"]["template"]["metadata"]["labels"],
            "batch.kubernetes.io/job-completion-index": str(index),
            "batch.kubernetes.io/controller-uid": job["metadata"]["uid"],
        }
        self.pods[name] = {
            "metadata": {
                "name": name,
                "uid": f"uid-{next(self._uids)}",
                "labels": labels,
                "creationTimestamp": f"2026-01-01T00:00:{len(self.pods):02d}Z",
            },
            "spec": job["spec"]["template"]["spec"],
            "status": {"phase": phase, **status},
        }
        return self.pods[name]

    def add_event(self, about: Object, reason: str, message: str) -> None:
        self.events.append(
            {
                "reason": reason,
                "message": message,
                "involvedObject": {"uid": about["metadata"]["uid"], "name": about["metadata"]["name"]},
                "lastTimestamp": f"2026-01-01T00:01:{len(self.events):02d}Z",
            }
        )


@contextmanager
def fake_cluster(folder: Path) -> Iterator[FakeCluster]:
    """Serve an empty cluster on loopback; its kubeconfig is `config` in the folder."""
    cluster = FakeCluster()
    handler = type("Handler", (_Handler,), {"cluster": cluster})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    cluster.server = f"http://127.0.0.1:{server.server_port}"
    (folder / "config").write_text(json.dumps(kubeconfig(cluster.server)))
    try:
        yield cluster
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def kubeconfig(server: str, token: str = TOKEN) -> Object:
    """Return a kubeconfig with one context, in namespace `forensics`."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": {"token": token}}],
        "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u", "namespace": "forensics"}}],
    }


class _Handler(BaseHTTPRequestHandler):
    cluster: FakeCluster
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server gives it
        pass

    def do_GET(self) -> None:
        path, query = self._enter()
        if path is None:
            return
        self.cluster.on_get(path)
        if path in self.cluster.served:
            self._answer(200, self.cluster.served[path])
            return
        *_, collection, name = (path if path.count("/") > 5 else f"{path}/").rsplit("/", 2)
        if path.endswith("/log"):
            self._log(path.split("/")[-2], query)
        elif path == "/apis/ray.io/v1" and self.cluster.rayjobs is not None:
            self._answer(200, {"kind": "APIResourceList"})
        elif collection in ("jobs", "pods", "rayjobs") and name and "/namespaces/" in path:
            found = (getattr(self.cluster, collection) or {}).get(name)
            self._answer(200, found) if found else self._refuse(404, f'{collection} "{name}" not found')
        elif path.endswith("/rayjobs") and self.cluster.rayjobs is not None:
            self._list(list(self.cluster.rayjobs.values()), query)
        elif not path.startswith(("/apis/batch/", "/api/v1/namespaces/")) and "workloads" not in path:
            self._refuse(404, "the server could not find the requested resource")
        elif path.endswith("/workloads"):
            known = self.cluster.workloads
            self._list(known, query) if known is not None else self._refuse(
                404, "the server could not find it"
            )
        else:
            things = getattr(self.cluster, path.rsplit("/", 1)[1])
            self._list(list(things.values()) if isinstance(things, dict) else things, query)

    def do_POST(self) -> None:
        path, query = self._enter()
        if path is None:
            return
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if path.endswith("/selfsubjectaccessreviews"):
            asked = body["spec"]["resourceAttributes"]
            resource = "/".join(filter(None, (asked["resource"], asked.get("subresource"))))
            allowed = (asked["verb"], resource) not in self.cluster.refused
            self._answer(201, {"status": {"allowed": allowed}})
            return
        name = body["metadata"]["name"]
        if path.endswith("/rayjobs"):
            self._take_ray_job(name, body, query)
        elif name in self.cluster.jobs:
            self._refuse(409, f'jobs.batch "{name}" already exists')
        elif body["spec"]["completions"] > 100_000:
            self._refuse(422, f'Job.batch "{name}" is invalid: spec.completions: must be less')
        else:
            job = self.cluster.add_job(body)
            if query.get("dryRun"):
                del self.cluster.jobs[name]
            self._answer(201, job)

    def _take_ray_job(self, name: str, body: Object, query: dict[str, str]) -> None:
        if self.cluster.rayjobs is None:
            self._refuse(404, "the server could not find the requested resource")
        elif name in self.cluster.rayjobs:
            self._refuse(409, f'rayjobs.ray.io "{name}" already exists')
        else:
            made = self.cluster.add_ray_job(body)
            if query.get("dryRun"):
                del self.cluster.rayjobs[name]
            self._answer(201, made)

    def do_DELETE(self) -> None:
        path, _ = self._enter()
        if path is None:
            return
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert body["propagationPolicy"] == "Background"
        *_, collection, name = path.rsplit("/", 2)
        job = getattr(self.cluster, collection).pop(name, None)
        self._answer(200, {}) if job else self._refuse(404, "not found")

    def _enter(self) -> tuple[str | None, dict[str, str]]:
        parts = urlsplit(self.path)
        self.cluster.asked.append(f"{self.command} {self.path}")
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._refuse(401, "Unauthorized")
            return None, {}
        if self.cluster.faults and (code := self.cluster.faults.pop(0)):
            self._refuse(code, f"told to answer {code}")
            return None, {}
        return parts.path, {name: values[-1] for name, values in parse_qs(parts.query).items()}

    def _list(self, things: list[Object], query: dict[str, str]) -> None:
        chosen = [thing for thing in things if _selected(thing, query)]
        begin = int(query.get("continue", 0))
        end = begin + min(int(query["limit"]), 3)
        more = {"continue": str(end)} if end < len(chosen) else {}
        self._answer(200, {"items": chosen[begin:end], "metadata": more})

    def _log(self, pod: str, query: dict[str, str]) -> None:
        if pod in self.cluster.silent:
            self._refuse(500, "dial tcp 10.0.0.9:10250: connect: connection refused")
            return
        connections = self.cluster.logs.get(pod, [])
        live = query.get("follow") == "true"
        lines = connections.pop(0) if live and len(connections) > 1 else (connections or [[]])[0]
        if not query.get("timestamps"):
            lines = [line.partition(" ")[2] for line in lines]
        if "tailLines" in query:
            lines = lines[-int(query["tailLines"]) :]
        # No length, so that an end and a broken connection look alike.
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write("".join(f"{line}\n" for line in lines).encode())
        self.close_connection = True

    def _refuse(self, code: int, message: str) -> None:
        self._answer(code, {"kind": "Status", "message": message})

    def _answer(self, code: int, body: Object) -> None:
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _selected(thing: Object, query: dict[str, str]) -> bool:
    labels = thing["metadata"].get("labels", {}) if "metadata" in thing else {}
    for term in filter(None, query.get("labelSelector", "").split(",")):
        name, _, value = term.partition("=")
        if labels.get(name) != value:
            return False
    match query.get("fieldSelector", "").partition("="):
        case "status.phase!", _, phase:
            return bool(thing["status"]["phase"] != phase)
        case "involvedObject.uid", _, uid:
            return bool(thing["involvedObject"].get("uid") == uid)
        case "involvedObject.kind", _, terms:
            kind, _, name = terms.partition(",involvedObject.name=")
            about = thing["involvedObject"]
            return (about.get("kind"), about["name"]) == (kind, name)
    return True
