"""What every pod of a run is, whoever looks after it: its labels, its container, its room and its rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sigh_batch import __version__
from sigh_batch.config.kubernetes import RAY_TOKEN, KubernetesConfig
from sigh_batch.runners.kubernetes.objects import PART, Object

if TYPE_CHECKING:  # it brings plans and so Parquet, which no question about a run needs
    from sigh_batch.runners.kubernetes.submission import Submission

RUN_LABEL = "sigh-batch/run"
KIND_LABEL = "sigh-batch/kind"
OUT, COMMAND, CONFIG_HASH, VERSION = (
    "sigh-batch/out",
    "sigh-batch/command",
    "sigh-batch/config-hash",
    "sigh-batch/version",
)
"""Annotations: where the result goes, the same run as a command, the hash of its settings, who sent it."""
CONTAINER = "worker"
INDEX = "batch.kubernetes.io/job-completion-index"
PART_LABEL = "sigh-batch/pod"
"""Which pod of a RayJob it is, where no index tells: 0 hands the command over, 1 is the head, 2 any other."""
QUEUE = "kueue.x-k8s.io/queue-name"
QUEUE_PRIORITY = "kueue.x-k8s.io/priority-class"


def metadata(submission: Submission) -> Object:
    """Return what a run is called and known by."""
    config = submission.settings
    queue = {QUEUE: config.queue, QUEUE_PRIORITY: config.queue_priority}
    return without_none(
        {
            "name": submission.name,
            "namespace": config.namespace,
            "labels": _labels(submission) | without_none(queue),
            "annotations": _annotations(submission),
        }
    )


def template(submission: Submission) -> Object:
    """Return what the pods of a run are made from."""
    annotations = dict(submission.settings.annotations)
    return {
        "metadata": {
            "labels": _labels(submission),
            **({"annotations": annotations} if annotations else {}),
        },
        "spec": _pod(submission),
    }


def _pod(submission: Submission) -> Object:
    config = submission.settings
    return without_none(
        {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": config.grace_seconds,
            "serviceAccountName": config.service_account,
            # With it the first pod has a name that others find it by.
            "subdomain": config.ray_service if submission.led else None,
            # Workers never speak to the cluster; an identity at the cloud has a token of its own.
            "automountServiceAccountToken": False,
            # The addresses of the namespace's services would come among the variables.
            "enableServiceLinks": False,
            "priorityClassName": config.priority_class,
            "runtimeClassName": config.runtime_class,
            "imagePullSecrets": [{"name": name} for name in config.pull_secrets] or None,
            "nodeSelector": dict(config.node_selector) or None,
            "tolerations": _tolerations(config) or None,
            "topologySpreadConstraints": [_spread(submission.name)] if config.spread else None,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": config.user,
                "runAsGroup": config.user,
                "fsGroup": config.user,
                "fsGroupChangePolicy": "OnRootMismatch",
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [_container(submission)],
            "volumes": _volumes(config),
        }
    )


def _container(submission: Submission) -> Object:
    config = submission.settings
    env = {"HOME": "/tmp", **config.env, **submission.environment}  # noqa: S108 - the one place that can be written
    sources = [
        *({"configMapRef": {"name": name}} for name in config.env_configs),
        *({"secretRef": {"name": name}} for name in config.env_secrets),
    ]
    mounts = [{"name": "tmp", "mountPath": "/tmp"}]  # noqa: S108
    if config.shm:
        mounts.append({"name": "shm", "mountPath": "/dev/shm"})  # noqa: S108
    mounts += [{"name": f"claim-{number}", "mountPath": path} for number, path in enumerate(config.volumes)]
    return without_none(
        {
            "name": CONTAINER,
            "image": config.image,
            "imagePullPolicy": config.pull_policy,
            "command": list(submission.command),
            "env": [*({"name": name, "value": value} for name, value in env.items()), *_token(submission)],
            "envFrom": sources or None,
            "resources": _resources(config),
            # The last lines of a pod that failed are its reason, wherever the store is.
            "terminationMessagePolicy": "FallbackToLogsOnError",
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            },
            "volumeMounts": mounts,
        }
    )


def _token(submission: Submission) -> list[Object]:
    if not submission.led:
        return []
    secret = {"name": submission.settings.ray_secret, "key": RAY_TOKEN}
    return [
        {"name": "RAY_AUTH_MODE", "value": "token"},
        {"name": RAY_TOKEN, "valueFrom": {"secretKeyRef": secret}},
    ]


def _resources(config: KubernetesConfig) -> Object:
    limits = {"memory": config.memory, "ephemeral-storage": config.ephemeral_storage}
    if config.gpus:
        limits[config.gpu_resource] = str(config.gpus)
    return {"requests": {"cpu": config.cpu, **limits}, "limits": limits}


def _tolerations(config: KubernetesConfig) -> list[Object]:
    given = [toleration.model_dump(mode="json", exclude_none=True) for toleration in config.tolerations]
    gpu = {"key": config.gpu_resource, "operator": "Exists", "effect": "NoSchedule"}
    return [*given, gpu] if config.gpus and gpu not in given else given


def _spread(run: str) -> Object:
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {RUN_LABEL: run}},
    }


def _volumes(config: KubernetesConfig) -> list[Object]:
    volumes: list[Object] = [{"name": "tmp", "emptyDir": {"sizeLimit": config.ephemeral_storage}}]
    if config.shm:
        volumes.append({"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": config.shm}})
    for number, claim in enumerate(config.volumes.values()):
        volumes.append({"name": f"claim-{number}", "persistentVolumeClaim": {"claimName": claim}})
    return volumes


def _labels(submission: Submission) -> dict[str, str]:
    ours = {**PART, "app.kubernetes.io/managed-by": "sigh"}
    return {
        **submission.settings.labels,
        **ours,
        KIND_LABEL: submission.kind,
        RUN_LABEL: submission.name,
    }


def _annotations(submission: Submission) -> dict[str, str]:
    ours = {
        OUT: submission.out,
        COMMAND: submission.typed,
        CONFIG_HASH: submission.config_hash,
        VERSION: __version__,
    }
    return {**submission.settings.annotations, **without_none(ours)}


def without_none(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that are set."""
    return {name: value for name, value in fields.items() if value is not None}
