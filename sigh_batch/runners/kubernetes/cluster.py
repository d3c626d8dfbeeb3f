"""The one way to a cluster's API: who we are there, requests as plain dicts, faults as errors of ours."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import urllib3
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException

from sigh_batch import errors
from sigh_batch.config.kubernetes import KubernetesConfig
from sigh_batch.runners.kubernetes.objects import RAY_API, Object, is_ours, is_ray_job, one_line

SECONDS = (5.0, 30.0)
"""How long a connection and an answer may take."""
TRIES = 4
"""How often a question is put to a cluster that does not answer or is busy."""
PAUSE_SECONDS = 0.25
"""How long is waited after the first try; twice as long after each further one."""
PAGE = 250
"""Objects in one answer: a list of thousands of pods at once would take hundreds of megabytes."""
CONNECTIONS = 80
"""How many are kept for the next question: as many pods as are followed at once, and some."""

_NAMESPACE_FILE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")


class Cluster:
    """A cluster as one user sees it, and the namespace that runs are in."""

    def __init__(self, api: client.ApiClient, namespace: str) -> None:
        self._api = api
        self.namespace = namespace

    @classmethod
    def connect(cls, settings: KubernetesConfig) -> Cluster:
        """Return the cluster of the settings' context, or the one that this process runs in.

        Raises ConfigError when there is none to be found.
        """
        configuration = client.Configuration()
        try:
            namespace = _log_in(configuration, settings.context)
        except (config.ConfigException, OSError) as error:
            raise errors.ConfigError(
                f"no cluster to speak to: {one_line(str(error))}; name a kubeconfig in KUBECONFIG, "
                "and a context of it with --context"
            ) from error
        configuration.retries = False  # ours say what happened
        configuration.connection_pool_maxsize = CONNECTIONS
        if not configuration.verify_ssl:  # the kubeconfig says so; to be told at each call helps nobody
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        return cls(client.ApiClient(configuration), settings.namespace or namespace)

    @staticmethod
    def is_there(settings: KubernetesConfig) -> bool:
        """Return whether a cluster is named, by the settings or by what surrounds this process.

        A pod without a token of the cluster's, as workers are, has none.
        """
        return bool(settings.context) or _has_kubeconfig() or _NAMESPACE_FILE.exists()

    @property
    def host(self) -> str:
        """The address of the API server."""
        return str(self._api.configuration.host)

    def jobs(self, name: str = "") -> str:
        """Return the path of the Jobs of the namespace, or of one."""
        return _path(f"/apis/batch/v1/namespaces/{self.namespace}/jobs", name)

    def ray_jobs(self, name: str = "") -> str:
        """Return the path of the RayJobs of the namespace, or of one."""
        return _path(f"/apis/{RAY_API}/namespaces/{self.namespace}/rayjobs", name)

    def place_of(self, run: Object) -> str:
        """Return the path of the runs that are what this one is."""
        return self.ray_jobs() if is_ray_job(run) else self.jobs()

    def path_of(self, run: Object) -> str:
        """Return the path of a run."""
        return _path(self.place_of(run), run["metadata"]["name"])

    def pods(self, name: str = "") -> str:
        """Return the path of the pods of the namespace, or of one."""
        return _path(f"/api/v1/namespaces/{self.namespace}/pods", name)

    def events(self) -> str:
        """Return the path of the namespace's events."""
        return f"/api/v1/namespaces/{self.namespace}/events"

    def workloads(self) -> str:
        """Return the path of what Kueue knows of the namespace's runs."""
        return f"/apis/kueue.x-k8s.io/v1beta2/namespaces/{self.namespace}/workloads"

    def run(self, name: str) -> Object:
        """Return the Job of ours of that name, or the RayJob; raises ClusterNotFound.

        A RayJob has a Job of its own name, by which the operator hands its command over.
        """
        with suppress(errors.ClusterNotFound):
            if is_ours(job := self.get(self.jobs(name))):
                return job
        with self._where_kuberay_is():
            if is_ours(study := self.get(self.ray_jobs(name))):
                return study
        raise errors.ClusterNotFound(f"there is no run {name!r} in namespace {self.namespace!r}")

    def runs(self, selector: str) -> Iterator[Object]:
        """Yield the Jobs with these labels, and the RayJobs."""
        yield from self.list(self.jobs(), labelSelector=selector)
        with self._where_kuberay_is():
            yield from self.list(self.ray_jobs(), labelSelector=selector)

    @contextmanager
    def _where_kuberay_is(self) -> Iterator[None]:
        """Take a no for an answer where there is no KubeRay: nobody needs a right to what is not there."""
        try:
            yield
        except errors.ClusterNotFound:
            return
        except errors.ClusterDenied:
            if self.serves(RAY_API):
                raise

    def serves(self, group: str) -> bool:
        """Return whether the cluster knows a group of objects in a version, such as ray.io/v1."""
        try:
            self.get(f"/apis/{group}")
        except errors.ClusterNotFound:
            return False
        return True

    def get(self, path: str, **query: Any) -> Object:
        """Return an object; asks again for a while when the cluster does not answer."""
        for tried in range(1, TRIES + 1):
            try:
                return self._ask("GET", path, query)
            except errors.ClusterUnreachable:
                if tried == TRIES:
                    raise
                time.sleep(PAUSE_SECONDS * 2**tried)
        raise AssertionError

    def version(self) -> Object:
        """Return which Kubernetes it is; asked once, so that a cluster that is away is soon known."""
        return self._ask("GET", "/version", {})

    def clock(self) -> float | None:
        """Return how many seconds the cluster's clock is ahead of ours, or None where it tells none."""
        asked = time.time()
        response = self._send("GET", "/version", {}).response
        said = response.headers.get("Date")
        response.read()
        if not said:
            return None
        # It tells whole seconds, cut off.
        return parsedate_to_datetime(said).timestamp() + 0.5 - (asked + time.time()) / 2

    def may(self, verb: str, group: str, resource: str) -> bool:
        """Return whether who asks has that right in the namespace; resource/part names a part of one."""
        name, _, part = resource.partition("/")
        attributes = {"namespace": self.namespace, "verb": verb, "group": group, "resource": name}
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes | ({"subresource": part} if part else {})},
        }
        answer = self.create("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body)
        return bool(answer["status"]["allowed"])

    def list(self, path: str, **query: Any) -> Iterator[Object]:
        """Yield objects, a page at a time."""
        query["limit"] = PAGE
        while True:
            page = self.get(path, **query)
            yield from page.get("items", ())
            query["continue"] = page.get("metadata", {}).get("continue")
            if not query["continue"]:
                return

    def create(self, path: str, body: Object, *, dry_run: bool = False) -> Object:
        """Make an object, or let the cluster say what it would make."""
        return self._ask("POST", path, {"dryRun": "All"} if dry_run else {}, body)

    def delete(self, path: str, *, uid: str | None = None) -> None:
        """Delete an object and, afterwards, what belongs to it; with `uid` only that very object."""
        body: Object = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        if uid:
            body["preconditions"] = {"uid": uid}
        self._ask("DELETE", path, {}, body)

    def lines(self, path: str, seconds: float, **query: Any) -> Iterator[str]:
        """Yield the lines of an answer as they come, until it ends or nothing comes for `seconds`.

        That a connection breaks is no error: whoever follows a log asks again from where he was.
        """
        response = self._send("GET", path, query, timeout=(SECONDS[0], seconds)).response
        kept = b""
        try:
            for chunk in response.stream(1 << 16, decode_content=True):
                *whole, kept = (kept + chunk).split(b"\n")
                for line in whole:
                    yield line.decode(errors="replace")
        except urllib3.exceptions.HTTPError:
            return
        finally:
            response.close()
        if kept:
            yield kept.decode(errors="replace")

    def _ask(self, method: str, path: str, query: Mapping[str, Any], body: Object | None = None) -> Object:
        response = self._send(method, path, query, body)
        try:
            found = json.loads(response.read())
        except urllib3.exceptions.HTTPError as error:
            raise self._unreachable(error) from error
        except ValueError:
            raise errors.ClusterError(f"{self.host} answered {path} with something that is no JSON") from None
        assert isinstance(found, dict)
        return found

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any],
        body: Object | None = None,
        timeout: tuple[float, float] = SECONDS,
    ) -> Any:
        given = [(name, value) for name, value in query.items() if value is not None]
        headers = {"Accept": "application/json, */*", "Content-Type": "application/json"}
        try:
            request = self._api.param_serialize(
                method,
                path,
                query_params=given,
                header_params=headers,
                body=body,
                auth_settings=["BearerToken"],
            )
            response = self._api.call_api(*request, _request_timeout=timeout)
            if response.status >= 400:
                raise _fault(response.status, response.read(), path)
        except (urllib3.exceptions.HTTPError, ApiException, OSError) as error:
            raise self._unreachable(error) from error
        return response

    def _unreachable(self, error: Exception) -> errors.ClusterUnreachable:
        reason = getattr(error, "reason", None) or error
        return errors.ClusterUnreachable(
            f"the cluster at {self.host} does not answer ({one_line(str(reason))}); is it the right context?"
        )


def _fault(status: int, body: bytes, path: str) -> errors.SighError:
    """Return the error that an answer stands for, in the words of the cluster."""
    try:
        said = json.loads(body).get("message") or body.decode(errors="replace")
    except (ValueError, AttributeError):
        said = body.decode(errors="replace")
    text = f"{one_line(said)[:600] or 'no reason given'} (HTTP {status} of {path})"
    match status:
        case 401:
            return errors.ClusterDenied(f"the cluster does not know who asks; log in to it again: {text}")
        case 403:
            return errors.ClusterDenied(f"the cluster refuses: {text}")
        case 404 | 410:
            return errors.ClusterNotFound(text)
        case 409:
            return errors.ClusterConflict(text)
        case 400 | 422:
            return errors.ConfigError(f"the cluster refuses the manifest: {text}")
        case 429 | 500 | 502 | 503 | 504:
            return errors.ClusterUnreachable(f"the cluster is not ready to answer: {text}")
    return errors.ClusterError(text)


def _log_in(configuration: client.Configuration, context: str | None) -> str:
    """Fill in address and identity; return the namespace that goes with them."""
    if context is None and not _has_kubeconfig() and "KUBERNETES_SERVICE_HOST" in os.environ:
        config.load_incluster_config(configuration)
        return _NAMESPACE_FILE.read_text(encoding="utf-8").strip()
    file = os.environ.get("KUBECONFIG") or None
    config.load_kube_config(file, context, configuration, persist_config=False)
    contexts, active = config.list_kube_config_contexts(file)
    chosen = next((known for known in contexts if known["name"] == context), active)
    return str(chosen.get("context", {}).get("namespace") or "default")


def _has_kubeconfig() -> bool:
    return bool(os.environ.get("KUBECONFIG")) or (Path.home() / ".kube" / "config").exists()


def _path(collection: str, name: str) -> str:
    return f"{collection}/{name}" if name else collection
