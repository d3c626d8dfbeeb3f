"""What the chart can be told: the models behind values.schema.json, which refuses every other name."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from sigh_batch.config.base import Config
from sigh_batch.config.kubernetes import Name, Quantity, Text
from sigh_batch.config.settings import Settings

Empty = Annotated[str, Field(max_length=0)]
Object = dict[str, Any]


class Image(Config):
    """The image of workers, of scheduled submissions and of `helm test`."""

    repository: Annotated[str, Field(min_length=1)] = "sigh-batch"
    """Name of the image, with its registry."""
    tag: str = ""
    """Tag of the image; empty means the version of the chart."""
    digest: Annotated[str, Field(pattern="^(sha256:[0-9a-f]{64})?$")] = ""
    """Digest of the image, which wins over the tag."""
    pullPolicy: Annotated[str, Field(pattern="^(IfNotPresent|Always|Never)$")] = "IfNotPresent"  # noqa: N815
    """When a node pulls it."""
    pullSecrets: tuple[Name, ...] = ()  # noqa: N815
    """Secrets with the registry's credentials."""


class Store(Config):
    """Where runs read and write."""

    existingSecret: Empty | Name = ""  # noqa: N815
    """Secret whose keys become variables."""
    endpoint: Annotated[str, Field(pattern="^(https?://.+)?$")] = ""
    """URL of an S3-compatible server; empty for AWS."""
    region: Annotated[str, Field(min_length=1)] = "us-east-1"
    """Region of the buckets."""
    testUrl: Annotated[str, Field(pattern="^(s3://.+[^/])?$")] = ""  # noqa: N815
    """Where `helm test` writes."""


class ServiceAccount(Config):
    """An identity of pods."""

    create: bool = True
    """Whether the chart makes it."""
    name: Empty | Name = ""
    """Its name; empty for one made of the release's."""
    annotations: dict[str, Text] = Field({})
    """Its annotations, by which clouds give it a role."""


class Worker(Config):
    """The pods of runs."""

    serviceAccount: ServiceAccount = ServiceAccount()  # noqa: N815
    """Their identity."""


class Schedule(Config):
    """A run at certain times."""

    name: Annotated[str, Field(pattern="^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=30)]
    """Part of the name of its runs."""
    schedule: Annotated[str, Field(min_length=1)]
    """When, as cron writes it."""
    timeZone: str = ""  # noqa: N815
    """Whose clock counts; empty for the cluster's."""
    kind: Annotated[str, Field(pattern="^(generate|distort|predict|train|tune|evaluate|audit)$")]
    """What is run."""
    args: tuple[str, ...] = ()
    """Options of the kind; $(RUN) is replaced by a name that is new every time."""
    suspend: bool = False
    """Whether it rests."""


class Studies(Config):
    """Studies of several pods."""

    enabled: bool = True
    """Whether pods can find each other."""
    existingSecret: Empty | Name = ""  # noqa: N815
    """Secret with the token by which they know each other; empty for a random one."""


class Queue(Config):
    """A LocalQueue of Kueue."""

    create: bool = False
    """Whether the chart makes it."""
    name: Empty | Name = ""
    """Its name; empty for the release's."""
    clusterQueue: Empty | Name = ""  # noqa: N815
    """The ClusterQueue that it draws from."""


class NetworkPolicy(Config):
    """What pods may reach."""

    enabled: bool = True
    """Whether there are policies."""
    egress: tuple[Object, ...] = ()
    """Further rules of workers and submitters."""
    apiServerPorts: tuple[Annotated[int, Field(ge=1, le=65535)], ...] = (443, 6443)  # noqa: N815
    """Ports of API servers, for submitters."""


class Persistence(Config):
    """The disk of the S3 server."""

    enabled: bool = True
    """Whether it outlives the pod."""
    size: Quantity = "20Gi"
    """Its size."""
    storageClass: Empty | Name = ""  # noqa: N815
    """Its class; empty for the cluster's default."""


class ObjectStore(Config):
    """An S3 server for development."""

    enabled: bool = False
    """Whether there is one."""
    image: Annotated[str, Field(min_length=1)] = "ghcr.io/versity/versitygw:v1.8.0"
    """Its image."""
    imagePullPolicy: Annotated[str, Field(pattern="^(IfNotPresent|Always|Never)$")] = "IfNotPresent"  # noqa: N815
    """When a node pulls it."""
    bucket: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")] = "sigh"
    """The bucket that it has."""
    existingSecret: Empty | Name = ""  # noqa: N815
    """Secret with its keys; empty for random ones."""
    persistence: Persistence = Persistence()
    """Its disk."""
    resources: Object = Field({"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "1Gi"}})
    """What its pod asks for."""


class Values(Config):
    """Everything that the chart can be told."""

    nameOverride: str = ""  # noqa: N815
    """Added to the release's name in the names of objects."""
    fullnameOverride: Empty | Name = ""  # noqa: N815
    """What the names of objects begin with."""
    image: Image = Image()
    """The image of pods."""
    store: Store = Store()
    """Where runs read and write."""
    worker: Worker = Worker()
    """The pods of runs."""
    submitter: ServiceAccount = ServiceAccount()
    """Who may send runs from within the cluster."""
    settings: Settings | Object = Field({})
    """What `sigh config show` knows, for runs that are sent from within the cluster."""
    schedules: tuple[Schedule, ...] = ()
    """Runs at certain times."""
    studies: Studies = Studies()
    """Studies of several pods."""
    queue: Queue = Queue()
    """A LocalQueue of Kueue."""
    quota: dict[str, Text] = Field({})
    """A ResourceQuota of the namespace."""
    networkPolicy: NetworkPolicy = NetworkPolicy()  # noqa: N815
    """What pods may reach."""
    objectStore: ObjectStore = ObjectStore()  # noqa: N815
    """An S3 server for development."""


def values_schema() -> dict[str, Any]:
    """Return the JSON Schema of the chart's values."""
    schema = Values.model_json_schema()
    # A part of the settings is enough; the rest has its defaults.
    schema["properties"]["settings"] = {
        "$ref": "#/$defs/Settings",
        "description": schema["properties"]["settings"]["description"],
    }
    # Helm merges what charts above this one share, whether or not it is asked for.
    schema["properties"]["global"] = {"type": "object", "description": "Values of the charts above this one."}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
