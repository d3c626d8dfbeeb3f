"""What can be done with runs on a cluster: send, find, look at, wait for, cancel and go on with them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from sigh_batch import errors, intervals
from sigh_batch.runners.kubernetes.cluster import Cluster
from sigh_batch.runners.kubernetes.explain import explain
from sigh_batch.runners.kubernetes.objects import PART, RAY_API, RAY_JOB, Object, is_ray_job, phase
from sigh_batch.runners.kubernetes.render import render
from sigh_batch.runners.kubernetes.status import ENDED, Facts, Status
from sigh_batch.runners.kubernetes.template import OUT, QUEUE, RUN_LABEL

if TYPE_CHECKING:
    from sigh_batch.runners.kubernetes.submission import Submission

LOOK_SECONDS = 2.0
"""How often a run is looked at while somebody waits."""
GONE_SECONDS = 120.0
"""How long the pods of a run that is sent again may take to end."""
SOON_SECONDS = 60
"""A run that stays no longer after its end may go unseen, where the cluster does not answer for a while."""
LOOKED_AT = 200
"""Pods that are looked at to explain a run; what hinders thousands, hinders the first of them."""
INDEXES = "SIGH_INDEXES"

_OURS = ",".join(f"{name}={value}" for name, value in PART.items())


def submit(cluster: Cluster, submission: Submission, *, dry_run: bool = False) -> list[Object]:
    """Send a run; with `dry_run` the cluster checks it and keeps nothing. Return what it has become there.

    The same run is not sent twice: where it is there and has not failed, it is returned. Raises ConfigError
    when it has, or when the name is another run's.
    """
    bodies = [_placed(body, cluster) for body in render(submission)]
    # A Job and a RayJob of one name would be one study, twice.
    job = _found(cluster, submission.name) if submission.together else None
    if job is None:
        try:
            return [cluster.create(cluster.place_of(body), body, dry_run=dry_run) for body in bodies]
        except errors.ClusterConflict:
            job = find(cluster, submission.name)
    _check_same(explain(facts(cluster, job)), submission)
    return [job]


def _found(cluster: Cluster, name: str) -> Object | None:
    try:
        return cluster.run(name)
    except errors.ClusterNotFound:
        return None


def _placed(body: Object, cluster: Cluster) -> Object:
    return {**body, "metadata": {**body["metadata"], "namespace": cluster.namespace}}


def _check_same(status: Status, submission: Submission) -> None:
    """Raise ConfigError unless the run that is there is this one and has not failed."""
    name = status.run
    if status.command != submission.typed:
        raise errors.ConfigError(
            f"{name} is the name of another run ({status.command}); give this one another with --name"
        )
    if status.state == "failed":
        raise errors.ConfigError(
            f"run {name} failed: {status.why}; `sigh resume {name}` makes what is missing, "
            f"`sigh cancel {name}` makes room to send it anew"
        )


def runs(cluster: Cluster) -> Iterator[Status]:
    """Yield the runs of the namespace as far as their Jobs tell, and their RayJobs."""
    for job in cluster.runs(_OURS):
        yield explain(Facts(job=job))


def find(cluster: Cluster, name: str) -> Object:
    """Return the Job of a run, or its RayJob; raises UnknownName, with the nearest one there is."""
    job = _found(cluster, name)
    if job is not None:
        return job
    known = [status.run for status in runs(cluster)]
    hint = f"`sigh list` shows the runs of namespace {cluster.namespace!r}"
    raise errors.UnknownName("run", name, known, hint=hint)


def observe(cluster: Cluster, name: str) -> Status:
    """Return the state of a run and why it is so; raises UnknownName."""
    return explain(facts(cluster, find(cluster, name)))


def facts(cluster: Cluster, job: Object) -> Facts:
    """Return what the cluster knows of a run, as far as it is needed to explain it."""
    pods: list[Object] = []
    metadata = job["metadata"]
    selector = (
        f"{RUN_LABEL}={metadata['name']}"
        if is_ray_job(job)
        else f"batch.kubernetes.io/controller-uid={metadata['uid']}"
    )
    for pod in cluster.list(cluster.pods(), labelSelector=selector, fieldSelector="status.phase!=Succeeded"):
        pods.append(pod)
        if len(pods) == LOOKED_AT:
            break
    pods.sort(key=lambda pod: pod["metadata"].get("creationTimestamp") or "")
    waiting = [pod for pod in pods if phase(pod) == "Pending"][:3]
    about = [f"involvedObject.uid={thing['metadata']['uid']}" for thing in (job, *waiting)]
    if name := job.get("status", {}).get("rayClusterName"):
        about.append(f"involvedObject.kind=RayCluster,involvedObject.name={name}")
    events = [event for selector in about for event in _events(cluster, selector)]
    return Facts(job=job, pods=pods, events=events, workload=_workload(cluster, job))


def _events(cluster: Cluster, selector: str) -> list[Object]:
    found = list(cluster.list(cluster.events(), fieldSelector=selector))
    return sorted(found, key=lambda event: event.get("lastTimestamp") or event.get("eventTime") or "")


def _workload(cluster: Cluster, job: Object) -> Object | None:
    if QUEUE not in job["metadata"].get("labels", {}):
        return None
    selector = f"kueue.x-k8s.io/job-uid={job['metadata']['uid']}"
    try:
        return next(cluster.list(cluster.workloads(), labelSelector=selector), None)
    except errors.ClusterNotFound:  # Kueue is not installed
        return None


def wait(
    cluster: Cluster,
    name: str,
    *,
    timeout: float | None = None,
    patience: float = 120.0,
    watch: Callable[[Status], None] = lambda _status: None,
) -> Status:
    """Return the state of a run that is done; `watch` sees every state on the way.

    Raises RunFailed, RunGone when it is deleted meanwhile, RunStuck when it has waited for somebody's help
    for longer than `patience`, WaitedTooLong after `timeout`. A cluster that does not answer for a while is
    asked again.
    """
    started = time.monotonic()
    job = find(cluster, name)
    helpless: float | None = None
    while True:
        status = _look(cluster, job)
        watch(status)
        if status.state == "done":
            return status
        if status.state == "failed":
            raise errors.RunFailed(f"run {name} failed: {status.why}", status.exit_code)
        now = time.monotonic()
        helpless = (helpless or now) if status.stuck else None
        if helpless is not None and now - helpless >= patience:
            raise errors.RunStuck(f"run {name} cannot begin: {status.why}; `sigh cancel {name}` gives it up")
        if timeout is not None and now - started >= timeout:
            raise errors.WaitedTooLong(
                f"run {name} has not ended within {timeout:g} s and goes on ({status.state}): {status.why}"
            )
        time.sleep(LOOK_SECONDS)


def _look(cluster: Cluster, known: Object) -> Status:
    """Return how a run is now; raises RunGone where it is not there any more."""
    try:
        job = cluster.run(known["metadata"]["name"])
    except errors.ClusterNotFound:
        raise errors.RunGone(_gone(known)) from None
    if job["metadata"]["uid"] != known["metadata"]["uid"]:
        raise errors.RunGone(_gone(known))
    return explain(facts(cluster, job))


def _gone(job: Object) -> str:
    """Say why a run may be gone, and where to see what it made."""
    seconds = None if is_ray_job(job) else job["spec"].get("ttlSecondsAfterFinished")
    # One that stays longer is seen to end before it goes.
    ended = seconds is not None and seconds <= SOON_SECONDS
    lived = f", or ended and had its {seconds} s to live (kubernetes.ttl_seconds)"
    why = lived if ended else " before its end"
    out = job["metadata"].get("annotations", {}).get(OUT)
    made = f"`sigh status {out}` tells what it made" if out else "what it made is kept in its store"
    return f"run {job['metadata']['name']} was deleted{why}; {made}"


def cancel(cluster: Cluster, name: str) -> Status:
    """Delete a run and its pods, which are given their grace period; return how it stood."""
    job = find(cluster, name)
    cluster.delete(cluster.path_of(job), uid=job["metadata"]["uid"])
    return explain(Facts(job=job))


def resume(cluster: Cluster, name: str) -> Object | None:
    """Send what is missing of a failed run again, under its name; return the Job, or None where all is done.

    Raises ConfigError for a run that has not ended.
    """
    job = find(cluster, name)
    status = explain(Facts(job=job))
    if status.state == "done":
        return None
    if status.state not in ENDED:
        raise errors.ConfigError(f"run {name} has not ended ({status.state}); `sigh cancel {name}` stops it")
    again = _again(job)
    cluster.delete(cluster.path_of(job), uid=job["metadata"]["uid"])
    until = time.monotonic() + GONE_SECONDS
    while True:
        try:
            return cluster.create(cluster.place_of(again), again)
        except errors.ClusterConflict:
            if time.monotonic() > until:
                raise
            time.sleep(LOOK_SECONDS / 4)


def _again(job: Object) -> Object:
    """Return the Job that makes what this one has not, with the pods numbered as they were."""
    metadata = {name: job["metadata"][name] for name in ("name", "namespace", "labels", "annotations")}
    # What kubectl applied is not what is sent now.
    metadata["annotations"] = {
        name: value
        for name, value in metadata["annotations"].items()
        if not name.startswith("kubectl.kubernetes.io/")
    }
    if is_ray_job(job):
        spec = {**job["spec"], "suspend": False}
        return {"apiVersion": RAY_API, "kind": RAY_JOB, "metadata": metadata, "spec": spec}
    spec = {name: value for name, value in job["spec"].items() if name not in ("selector", "manualSelector")}
    template = spec["template"]
    labels = {
        name: value
        for name, value in template["metadata"]["labels"].items()
        if name not in ("controller-uid", "job-name") and not name.startswith("batch.kubernetes.io/")
    }
    (container,) = template["spec"]["containers"]
    kept: dict[str, Any] = {entry["name"]: entry for entry in container["env"]}
    numbers = _missing(job, kept.get(INDEXES, {}).get("value"))
    if "SIGH_PODS" in kept and not spec.get("successPolicy"):
        kept[INDEXES] = {"name": INDEXES, "value": intervals.write(numbers)}
    container = {**container, "env": list(kept.values())}
    spec |= {
        "completions": len(numbers),
        "parallelism": min(spec["parallelism"], len(numbers)),
        "suspend": False,
    }
    if spec.get("maxFailedIndexes") is not None:
        spec["maxFailedIndexes"] = min(spec["maxFailedIndexes"], len(numbers))
    spec["template"] = {
        **template,
        "metadata": {**template["metadata"], "labels": labels},
        "spec": {**template["spec"], "containers": [container]},
    }
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec}


def _missing(job: Object, named: str | None) -> list[int]:
    """Return the numbers of the pods that have not finished, as the worker counts them."""
    numbers = intervals.parse(named) if named is not None else list(range(job["spec"]["completions"]))
    if job["spec"].get("successPolicy"):
        return numbers  # pods that work together are all needed
    finished = set(intervals.parse(job.get("status", {}).get("completedIndexes") or ""))
    return [number for place, number in enumerate(numbers) if place not in finished]
