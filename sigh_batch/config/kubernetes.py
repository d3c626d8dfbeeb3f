"""How a run is carried out on a cluster: what its Job asks for, and where its pods may go."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sigh_batch import __version__
from sigh_batch.config.base import Config

_LABEL = r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_HOST = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"

RUN_NAME = 52
"""Longest name of a run: its pods add the number of an index, and are hosts of at most 63 letters."""

RAY_JOB_NAME = 47
"""Longest name of a run that KubeRay looks after, which adds more to it."""

RAY_TOKEN = "RAY_AUTH_TOKEN"  # noqa: S105 -- the name of a variable
"""Variable of pods, and key of the secret, by which the pods of a study know each other."""

RunName = Annotated[str, Field(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=RUN_NAME)]
Namespace = Annotated[str, Field(pattern=rf"^{_HOST}$")]
Name = Annotated[str, Field(pattern=rf"^{_HOST}(\.{_HOST})*$", max_length=253)]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
LabelKey = Annotated[str, Field(pattern=rf"^({_HOST}(\.{_HOST})*/)?{_LABEL}$", max_length=317)]
LabelValue = Annotated[str, Field(pattern=rf"^({_LABEL})?$", coerce_numbers_to_str=True)]
Text = Annotated[str, Field(coerce_numbers_to_str=True)]
Quantity = Annotated[
    str, Field(pattern=r"^[0-9]+(\.[0-9]+)?(m|k|[MGTPE]|[KMGTPE]i)?$", coerce_numbers_to_str=True)
]
MountPath = Annotated[str, Field(pattern=r"^/[^:]+$")]


class Toleration(Config):
    """A taint of nodes that pods put up with."""

    key: LabelKey | None = None
    """Key of the taint; null means every key."""
    operator: Literal["Exists", "Equal"] = "Exists"
    """Whether the taint's value counts."""
    value: LabelValue | None = None
    """Value of the taint, with operator Equal."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """Effect of the taint; null means every effect."""


class KubernetesConfig(Config):
    """How a run is carried out on a cluster; nothing here changes a byte of what it makes."""

    context: str | None = None
    """Context of the kubeconfig; null takes the current one, or the cluster that the call itself runs in."""
    namespace: Namespace | None = None
    """Namespace of the run; null takes the context's."""
    name: RunName | None = None
    """Name of the run; null makes one of its settings, so that the same call finds the same run."""

    image: Annotated[
        str, Field(pattern=r"^[^\s:@]+(:\d+/[^\s:@]+)?(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$")
    ] = f"sigh-batch:{__version__}"
    """Image of the pods; the version of it should be the version that submits."""
    pull_policy: Literal["IfNotPresent", "Always", "Never"] = "IfNotPresent"
    """When a node pulls the image."""
    pull_secrets: tuple[Name, ...] = ()
    """Secrets that hold the registry's credentials."""
    service_account: Name | None = None
    """ServiceAccount of the pods, whose cloud identity reaches the store; null takes the default one."""
    env: dict[Variable, Text] = Field({})
    """Variables of the pods, such as AWS_ENDPOINT_URL; never credentials."""
    env_secrets: tuple[Name, ...] = ()
    """Secrets whose every key becomes a variable: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the like."""
    env_configs: tuple[Name, ...] = ()
    """ConfigMaps whose every key becomes a variable."""
    volumes: dict[MountPath, Name] = Field({})
    """Where PersistentVolumeClaims are mounted: a path, and the name of the claim."""

    pods: Annotated[int | None, Field(ge=1, le=100_000)] = None
    """How many pods the shards are dealt to; null is one a shard, and at most 10,000. Of a study: how many
    share its trials; null is one."""
    parallelism: Annotated[int, Field(ge=1, le=10_000)] = 8
    """How many pods work at once; those of a study always all."""
    retries: Annotated[int, Field(ge=0, le=100)] = 3
    """How often one pod's work is tried again; a pod that was driven off its node does not count."""
    max_failed: Annotated[int | None, Field(ge=0, le=100_000)] = None
    """Failed pods from which on the whole run is given up; null lets the others finish, but of a study none
    may fail for good."""
    deadline_seconds: Annotated[int | None, Field(ge=1)] = None
    """Longest time from the start of the run to its end; null sets no limit."""
    ttl_seconds: Annotated[int | None, Field(ge=0)] = 3 * 24 * 3600
    """How long a finished run stays in the cluster; null keeps it, and a RayJob is kept always. What it made
    stays in the store."""
    grace_seconds: Annotated[int, Field(ge=10, le=3600)] = 60
    """Time between the request to stop and the kill of a pod: more than a checkpoint takes to be stored."""

    cpu: Quantity = "1"
    """Processor time that a pod asks for; there is no limit on it."""
    memory: Quantity = "2Gi"
    """Memory that a pod asks for, and its limit."""
    ephemeral_storage: Quantity = "4Gi"
    """Room on the node's disk that a pod asks for, and its limit: the size of /tmp."""
    shm: Quantity | None = "1Gi"
    """Size of /dev/shm, by which loaders pass pictures on; it counts as memory once used. Null makes none."""
    gpus: Annotated[int, Field(ge=0, le=64)] = 0
    """GPUs of a pod; their taint is tolerated by itself."""
    gpu_resource: LabelKey = "nvidia.com/gpu"
    """What the cluster calls a GPU."""

    study_as: Literal["auto", "Job", "RayJob"] = "auto"
    """What several pods of a study are to the cluster: an Indexed Job, or a RayJob, which KubeRay's operator
    looks after. Auto is a RayJob where the cluster has that operator; a dry run by the client asks none."""
    ray_version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")] | None = None
    """Version of Ray in the image, which KubeRay wants to know; null is the one that is installed here."""
    ray_service: Namespace = "sigh-ray"
    """Headless Service of the namespace by which the pods of a study find the first of them, in a Job."""
    ray_secret: Name = "sigh-ray"  # noqa: S105 - the name of a secret
    """Secret whose key RAY_AUTH_TOKEN they know each other by, in a Job."""

    node_selector: dict[LabelKey, LabelValue] = Field({})
    """Labels that a node must have."""
    tolerations: tuple[Toleration, ...] = ()
    """Taints that the pods put up with."""
    spread: bool = True
    """Spread the pods over nodes, as far as there is room."""
    priority_class: Name | None = None
    """PriorityClass of the pods."""
    runtime_class: Name | None = None
    """RuntimeClass of the pods."""
    queue: LabelValue | None = None
    """LocalQueue of Kueue that admits the run; null starts it at once."""
    queue_priority: LabelValue | None = None
    """WorkloadPriorityClass of Kueue."""

    user: Annotated[int, Field(ge=1)] = 65532
    """Number of the user that pods run as, and of the group that owns volumes."""
    labels: dict[LabelKey, LabelValue] = Field({})
    """Further labels of the Job and its pods."""
    annotations: dict[LabelKey, Text] = Field({})
    """Further annotations of the Job and its pods."""

    @property
    def cores(self) -> int:
        """Whole processor cores of a pod, as Ray counts them."""
        number = float(self.cpu.removesuffix("m")) / (1000 if self.cpu.endswith("m") else 1)
        return max(1, int(number))
