"""A cluster: what a submission needs of it, asked as whoever submits, and nothing is left there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from sigh_batch.config.kubernetes import KubernetesConfig
from sigh_batch.config.settings import Settings
from sigh_batch.doctor.finding import Finding
from sigh_batch.errors import ClusterDenied, ClusterNotFound, ClusterUnreachable, ConfigError, SighError

if TYPE_CHECKING:
    from sigh_batch.runners.kubernetes.cluster import Cluster

OLDEST = (1, 34)
"""The first version of Kubernetes that has all that a run's Job asks for."""
FAR_SECONDS, TOO_FAR_SECONDS = 60.0, 900.0
"""Clocks this far apart are worth a word, and so far that S3 refuses what is signed by them."""
RIGHTS = (
    ("create", "batch", "jobs", "submit, resume"),
    ("get", "batch", "jobs", "status, wait, logs"),
    ("list", "batch", "jobs", "list"),
    ("delete", "batch", "jobs", "cancel, resume"),
    ("list", "", "pods", "status, logs"),
    ("get", "", "pods", "logs --follow"),
    ("get", "", "pods/log", "logs"),
    ("list", "", "events", "status, describe"),
)
"""What commands ask a cluster for, and which do: what the chart's role for submitters holds."""

RAY_JOB_VERBS = ("create", "get", "list", "delete")
"""The same of RayJobs, where KubeRay is."""

Check = Callable[["Cluster", KubernetesConfig], Finding]


def examine_cluster(settings: Settings) -> Iterator[Finding]:
    """Yield what is to be said of the cluster: nothing where none is named.

    One that is only in the kubeconfig and does not answer is a warning: not everybody who has one submits.
    """
    from sigh_batch.runners.kubernetes.cluster import Cluster

    config = settings.kubernetes
    asked = bool(config.context or config.namespace)
    if not asked and not Cluster.is_there(config):
        return
    try:
        cluster = Cluster.connect(config)
        version = cluster.version()
    except (ConfigError, ClusterUnreachable) as error:
        fix = (
            "choose another context with --context, or log in to it"
            if asked
            else "needed only to submit runs"
        )
        yield Finding("cluster", "fault" if asked else "warning", str(error), fix)
        return
    except SighError as error:
        yield Finding("cluster", "fault", str(error), "log in to it again")
        return
    yield _version(cluster, version)
    for what, check in _CHECKS.items():
        try:
            yield check(cluster, config)
        except SighError as error:
            yield Finding(what, "fault", str(error))


def _version(cluster: Cluster, told: dict[str, str]) -> Finding:
    detail = f"Kubernetes {told.get('gitVersion', '?')} at {cluster.host}, namespace {cluster.namespace}"
    digits = [told.get(name, "").rstrip("+") for name in ("major", "minor")]
    if all(digit.isdigit() for digit in digits) and tuple(map(int, digits)) < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        return Finding(
            "cluster", "warning", detail, f"runs ask for what came with Kubernetes {wanted}: upgrade"
        )
    return Finding("cluster", "ok", detail)


def _clock(cluster: Cluster, config: KubernetesConfig) -> Finding:
    del config
    ahead = cluster.clock()
    if ahead is None:
        return Finding("clock", "ok", "the cluster does not tell the time")
    detail = f"the cluster's is {abs(ahead):,.0f} s {'ahead' if ahead > 0 else 'behind'}"
    fix = "set this machine's clock by a time server; requests to S3 are signed with the time"
    if abs(ahead) > TOO_FAR_SECONDS:
        return Finding("clock", "fault", detail, fix)
    return (
        Finding("clock", "warning", detail, fix)
        if abs(ahead) > FAR_SECONDS
        else Finding("clock", "ok", detail)
    )


def _rights(cluster: Cluster, config: KubernetesConfig) -> Finding:
    del config
    missing = [
        f"{verb} {resource} ({verbs})"
        for verb, group, resource, verbs in RIGHTS
        if not cluster.may(verb, group, resource)
    ]
    if missing:
        fix = "install the chart, and bind its Role for submitters to whoever this is"
        return Finding("rights", "fault", f"not allowed here: {', '.join(missing)}", fix)
    return Finding("rights", "ok", f"all {len(RIGHTS)} that commands ask for")


def _admission(cluster: Cluster, config: KubernetesConfig) -> Finding:
    """Let the cluster check a Job as a run would send it: its schema, policies and webhooks."""
    from sigh_batch.runners.kubernetes.render import render
    from sigh_batch.runners.kubernetes.submission import Submission

    out = "s3://bucket/doctor"
    named = config.model_copy(update={"name": "sigh-doctor", "pods": None})
    trial = Submission(
        kind="generate", out=out, command=("sigh", "version"), typed="", settings=named, hopeless=(2,)
    )
    (job,) = render(trial)
    job["metadata"]["namespace"] = cluster.namespace
    try:
        cluster.create(cluster.jobs(), job, dry_run=True)
    except ClusterDenied as error:
        return Finding(
            "admission", "fault", str(error), "a right, quota or policy of the cluster is against it"
        )
    except (ConfigError, ClusterNotFound) as error:
        return Finding(
            "admission", "fault", str(error), "name a namespace that is there with -n, or mend kubernetes.*"
        )
    return Finding("admission", "ok", "a run's Job would be taken as the settings ask for it")


def _image(cluster: Cluster, config: KubernetesConfig) -> Finding:
    del cluster
    if "/" in config.image:
        return Finding("image", "ok", f"{config.image}; whether nodes can pull it, the first run tells")
    return Finding(
        "image",
        "warning",
        f"{config.image} names no registry: nodes must have it already, as after `kind load docker-image`",
        "push it to a registry, and name it there with --image or kubernetes.image",
    )


def _queue(cluster: Cluster, config: KubernetesConfig) -> Finding:
    there = cluster.serves("kueue.x-k8s.io/v1beta2")
    if config.queue is None:
        detail = (
            "Kueue is there, and no queue is asked for" if there else "none asked for: runs start at once"
        )
        return Finding("queue", "ok", detail)
    if not there:
        fix = "install Kueue 0.20 or newer, or leave kubernetes.queue out"
        return Finding(
            "queue", "fault", f"{config.queue}: the cluster has no Kueue (kueue.x-k8s.io/v1beta2)", fix
        )
    path = f"/apis/kueue.x-k8s.io/v1beta2/namespaces/{cluster.namespace}/localqueues/{config.queue}"
    try:
        queue = cluster.get(path)
    except ClusterNotFound:
        fix = "make a LocalQueue of that name (queue.create of the chart), or name another with --queue"
        return Finding(
            "queue", "fault", f"namespace {cluster.namespace} has no LocalQueue {config.queue!r}", fix
        )
    except ClusterDenied:
        return Finding("queue", "warning", f"{config.queue}: no right to look", "let somebody look who may")
    active = {found["type"]: found["status"] for found in queue.get("status", {}).get("conditions") or ()}
    if active.get("Active") == "False":
        fix = "its ClusterQueue is missing or stopped; ask who runs Kueue here"
        return Finding("queue", "fault", f"{config.queue} admits nothing", fix)
    return Finding("queue", "ok", f"{config.queue} is there")


def _operators(cluster: Cluster, config: KubernetesConfig) -> Finding:
    """Say what becomes of a study of several pods, and what is lacking for it."""
    from sigh_batch.runners.kubernetes.objects import RAY_API

    if not cluster.serves(RAY_API):
        if config.study_as == "RayJob":
            fix = "install KubeRay's operator, or leave kubernetes.study_as out"
            return Finding("operators", "fault", f"no KubeRay ({RAY_API}), which is asked for", fix)
        return Finding("operators", "ok", "KubeRay is not there: a study of several pods is an Indexed Job")
    if config.study_as == "Job":
        return Finding("operators", "ok", "KubeRay is there, and not asked for")
    missing = [verb for verb in RAY_JOB_VERBS if not cluster.may(verb, "ray.io", "rayjobs")]
    if missing:
        fix = "install the chart, whose Role has them, or send studies as Jobs by kubernetes.study_as=Job"
        detail = f"KubeRay is there, and not allowed here: {', '.join(missing)} rayjobs"
        return Finding("operators", "fault", detail, fix)
    return Finding("operators", "ok", "KubeRay is there: a study of several pods is a RayJob")


def _gpus(cluster: Cluster, config: KubernetesConfig) -> Finding:
    name = config.gpu_resource
    try:
        nodes = list(cluster.list("/api/v1/nodes"))
    except ClusterDenied:
        detail = f"no right to look at nodes for {name}"
        if not config.gpus:
            return Finding("gpus", "ok", detail)
        return Finding("gpus", "warning", detail, "`sigh status` tells when no node has what a run asks for")
    able = [
        node
        for node in nodes
        if int(node.get("status", {}).get("allocatable", {}).get(name, "0")) >= max(1, config.gpus)
    ]
    detail = f"{len(able)} of {len(nodes)} nodes offer {f'{config.gpus} ' if config.gpus > 1 else ''}{name}"
    if config.gpus and not able:
        fix = "install the device plugin, name kubernetes.gpu_resource, or have such nodes added on demand"
        return Finding("gpus", "warning", detail, fix)
    return Finding("gpus", "ok", detail)


_CHECKS: dict[str, Check] = {
    "clock": _clock,
    "rights": _rights,
    "admission": _admission,
    "image": _image,
    "queue": _queue,
    "operators": _operators,
    "gpus": _gpus,
}
