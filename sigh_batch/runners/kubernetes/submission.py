"""What is asked of a cluster: a container's command, its environment, and how many pods there are."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sigh_batch.config.base import Config
from sigh_batch.config.kubernetes import RAY_JOB_NAME, KubernetesConfig
from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import RunSpec
from sigh_batch.config.tune import TuneConfig
from sigh_batch.data.trained import DEFAULT_NAME
from sigh_batch.errors import ConfigError
from sigh_batch.run import plan_run
from sigh_batch.store import absolute_url

MOST_PODS = 10_000
"""How many pods a run has at most where nobody says it: more than that burden a control plane."""
RAY_PORT = 6379
"""Where Ray's head listens for other pods."""
LONGEST_SPEC = 100_000
"""Bytes of a specification: Linux takes 128 KiB a variable, and etcd 1.5 MB an object."""

WORKER = ("python", "-m", "sigh_batch.worker")
HOPELESS = (2, 3, 4, 6)
"""What a whole kind ends with when no retry can help: settings, failed samples, rights, broken limits."""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """One run as a cluster is asked for it."""

    kind: str
    out: str
    command: tuple[str, ...]
    """What a container runs."""
    typed: str
    """The command line that makes the same run on one machine."""
    settings: KubernetesConfig
    environment: Mapping[str, str] = field(default_factory=dict)
    pods: int = 1
    hopeless: tuple[int, ...]
    """Exit codes after which no pod of the run can succeed."""
    poisoned: tuple[int, ...] = ()
    """Exit codes after which this pod cannot succeed, and others may."""
    config_hash: str | None = None
    led: bool = False
    """Whether its pods work together, led by the first, whose end is the end of the run."""
    ray_version: str | None = None
    """Of a study that KubeRay's operator looks after: the version of Ray in the image."""

    @property
    def together(self) -> bool:
        """Whether its pods share one piece of work."""
        return self.led or self.ray_version is not None

    @property
    def name(self) -> str:
        """The run's name: the one that was asked for, or one that the same run always gets."""
        if self.settings.name:
            return self.settings.name
        return f"{self.kind}-{hashlib.sha256(self.typed.encode()).hexdigest()[:8]}"


def of_spec(spec: RunSpec) -> Submission:
    """Return the submission of a sharded run; neither what it reads nor what it writes is opened.

    Raises ConfigError for what a pod cannot do, such as read a file of this machine.
    """
    settings = spec.settings
    config = settings.kubernetes
    _check_places(config, *(url for url in (spec.source, spec.out) if url))
    section = getattr(settings, spec.kind)
    _check_places(config, *(url for url in getattr(section, "models", ()) if url != DEFAULT_NAME))
    _check_files(section, spec.kind, config)
    # What a run reads counts for its hash and not for its plan.
    known = not spec.source or spec.found is not None
    plan, identity = plan_run(spec if known else spec.model_copy(update={"source": None}))
    text = _spec_text(spec)
    if len(text.encode()) > LONGEST_SPEC:
        raise ConfigError(
            f"the settings are {len(text.encode()):,} bytes long and a pod takes {LONGEST_SPEC:,}; "
            "put long lists into a file of the image or of a mounted volume"
        )
    pods = config.pods or min(len(plan), MOST_PODS)
    if pods > len(plan):
        raise ConfigError(
            f"kubernetes.pods is {pods} and the run has {len(plan)} shards; ask for more shards or fewer pods"
        )
    return Submission(
        kind=spec.kind,
        out=spec.out,
        command=WORKER,
        typed=spec.to_command(),
        settings=config,
        environment={"SIGH_SPEC": text, "SIGH_PODS": str(pods)},
        pods=pods,
        hopeless=(2,),
        poisoned=(65,),
        config_hash=identity.config_hash if known else None,
    )


def of_command(
    kind: str, words: Sequence[str], urls: Sequence[str], out: str, settings: Settings
) -> Submission:
    """Return the submission of a whole kind: one pod that runs the command as a user would.

    `urls` are the places that the words name, and `out` is where the result goes.
    """
    config = settings.kubernetes
    if config.pods not in (None, 1):
        raise ConfigError(f"sigh {kind} is one piece of work; kubernetes.pods is {config.pods} and may be 1")
    _check_places(config, *urls)
    _check_files(settings, "", config)
    command = ("sigh", kind, *words)
    return Submission(
        kind=kind,
        out=out,
        command=command,
        typed=shlex.join(command),
        settings=config,
        hopeless=HOPELESS,
    )


def of_study(
    words: Sequence[str], urls: Sequence[str], out: str, settings: Settings, *, operator: bool = False
) -> Submission:
    """Return the submission of a study: one pod, or kubernetes.pods that share its trials by Ray.

    All of them run the same command; the first is Ray's head and asks for trials, the others join it. With
    `operator` KubeRay starts Ray in them, and the command in the first.
    """
    config = settings.kubernetes
    pods = config.pods or 1
    alone = settings.model_copy(update={"kubernetes": config.model_copy(update={"pods": None})})
    one = of_command("tune", words, urls, out, alone)
    if pods == 1:
        return one
    room = {"CPU": config.cores, "GPU": config.gpus}
    shared = replace(one, settings=config, pods=pods)
    if operator:
        return _operated(shared, settings.tune.shared_by(pods, room))
    return replace(
        shared,
        command=(*one.command, "--ray", "pods"),
        environment={
            "SIGH_PODS": str(pods),
            "SIGH_RAY_HEAD": f"{one.name}-0.{config.ray_service}:{RAY_PORT}",
            "SIGH_RAY_CPUS": str(room["CPU"]),
            "SIGH_RAY_GPUS": str(room["GPU"]),
        },
        led=True,
    )


def _operated(study: Submission, config: TuneConfig) -> Submission:
    """Return the study as KubeRay's operator looks after it.

    Two shells read the command on its way to Ray's head, so that settings go there as variables.
    """
    if len(study.name) > RAY_JOB_NAME:
        raise ConfigError(
            f"{study.name!r} has {len(study.name)} letters, and KubeRay takes {RAY_JOB_NAME}; "
            "give a shorter --name"
        )
    words: list[str] = []
    settings: dict[str, Any] = {"tune": {"concurrency": config.concurrency}}
    command = iter(study.command)
    for word in command:
        if word == "--set":
            path, _, value = next(command).partition("=")
            *above, last = path.split(".")
            reduce(lambda place, name: place.setdefault(name, {}), above, settings)[last] = json.loads(value)
        else:
            words.append(word)
    if strange := [word for word in words if shlex.quote(word) != word]:
        raise ConfigError(
            f"{strange[0]!r} has letters that mean something to a shell, which a RayJob's command goes "
            "through; choose another name, or send the study as a Job: --set kubernetes.study_as=Job"
        )
    return replace(
        study,
        command=(*words, "--ray", "auto"),
        environment={
            f"SIGH_{section.upper()}": json.dumps(values, ensure_ascii=False)
            for section, values in settings.items()
        },
        ray_version=study.settings.ray_version or _installed_ray(),
    )


def _installed_ray() -> str:
    try:
        return version("ray")
    except PackageNotFoundError:
        raise ConfigError(
            "kubernetes.ray_version is not set, and no Ray is installed here that would tell it; "
            "give the version in the image"
        ) from None


def _spec_text(spec: RunSpec) -> str:
    """Return the spec without the sections that say nothing to this kind."""
    default = Settings()
    sections = {
        name
        for name in type(default).model_fields
        if isinstance(value := getattr(default, name), Config)
        and name != spec.kind
        and getattr(spec.settings, name) == value
    }
    fields = spec.model_dump(mode="json", exclude={"settings": sections | {"kubernetes"}})
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False)


def _check_places(config: KubernetesConfig, *urls: str) -> None:
    for url in urls:
        if "://" in url and not url.startswith(("file://", "memory://")):
            continue
        if not _is_mounted(absolute_url(url).removeprefix("file://"), config):
            raise ConfigError(
                f"{url!r} is a folder of this machine, which pods do not see; name a bucket as in "
                "'s3://bucket/prefix', or mount a claim there with kubernetes.volumes"
            )


def _check_files(section: Any, path: str, config: KubernetesConfig) -> None:
    """Refuse settings that name files, unless they lie where a claim is mounted."""
    if isinstance(section, Config):
        for name in type(section).model_fields:
            _check_files(getattr(section, name), f"{path}.{name}".lstrip("."), config)
    elif isinstance(section, Path) and not _is_mounted(str(section), config):
        raise ConfigError(
            f"{path} is {str(section)!r}, a file of this machine, which pods do not see; "
            "mount a claim that has it with kubernetes.volumes"
        )
    elif isinstance(section, list | tuple):
        for value in section:
            _check_files(value, path, config)


def _is_mounted(path: str, config: KubernetesConfig) -> bool:
    return any(Path(path).is_relative_to(mount) for mount in config.volumes)
