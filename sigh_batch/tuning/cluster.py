"""Ray: started on this machine or joined, and whether it can ever hold a trial."""

from __future__ import annotations

import atexit
import logging
import math
import os
import re
import socket
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import ray
from ray._private import ray_constants
from ray._private import worker as ray_worker
from ray._raylet import GcsClient  # type: ignore[attr-defined]  # compiled, without types
from ray.autoscaler.sdk import request_resources
from ray.exceptions import AuthenticationError, RayError

from sigh_batch.config.tune import RAY_OBJECT_STORE, TuneConfig, fit
from sigh_batch.errors import ClusterDenied, ConfigError, SighError, Unreachable

_CONNECT_SECONDS = 5.0
_ADDRESS = re.compile(r"[^\s/]+:\d+")
_VERSIONS = re.compile(r"Ray: (\S+)\s+Python: (\S+)")
"""How Ray tells of the versions of a cluster, and then of its own."""
_POLL_SECONDS = 2.0
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_DEDUP_LOGS": "0",
    "RAY_AIR_NEW_OUTPUT": "0",
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "TUNE_DISABLE_STRICT_METRIC_CHECKING": "1",
    "TUNE_FORCE_TRIAL_CLEANUP_S": "10",
    "TUNE_GLOBAL_CHECKPOINT_S": "1000000",
    "TUNE_PRINT_ALL_TRIAL_ERRORS": "0",
    "TUNE_RESULT_BUFFER_LENGTH": "1",
    "TUNE_WARN_THRESHOLD_S": "60",
}
"""What Ray and Tune are told by variables: no talk, no calls home, no state of their own in files."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a trial gets of a cluster."""

    cpus: float
    gpus: float
    slots: int | None
    """Trials that fit at a time, or None where a cluster may grow."""


@contextmanager
def join(config: TuneConfig, say: Callable[[str], None]) -> Iterator[Share]:
    """Start or join Ray, and leave it as it was found.

    Raises Unreachable when there is none at the address, ClusterDenied when it does not take our token,
    ConfigError when it is of another version or can never hold a trial, SighError when it does not start.
    """
    hush()
    mine = not ray.is_initialized()
    if mine:
        _start(config)
    try:
        yield _share(config, say)
    finally:
        if mine:
            _leave()


def head_address() -> str:
    """Return HOST:PORT of the head of the Ray that this process has joined."""
    return str(ray.get_runtime_context().gcs_address)


def listens(address: str) -> bool:
    """Return whether anybody listens at HOST:PORT."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), _CONNECT_SECONDS).close()
    except OSError:
        return False
    return True


def patience(config: TuneConfig) -> float:
    """Return the seconds of silence after which Ray is gone.

    One that was started here does not come again. The head of another may; after a minute Ray itself would
    end this process, and not in a sentence.
    """
    return 5.0 if config.ray == "local" else 45.0


def _leave() -> None:
    """End Ray, or leave it; of one that is gone, which would be waited for, end what is left of it here."""
    if listens(head_address()):
        ray.shutdown()
        return
    node: Any = ray_worker._global_node  # noqa: SLF001 -- what ray.shutdown ends last
    if node is not None:
        node.kill_all_processes(check_alive=False, allow_graceful=False)
    # It would tell of an error that nobody catches, and wait for an answer.
    sys.excepthook = ray_worker.normal_excepthook
    atexit.register(_end)


def _end() -> None:
    """End this process, which Ray's own code would hold up for a minute to wait for what is gone."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(Unreachable.exit_code)


def hush() -> None:
    """Tell Ray's processes to be quiet, and to keep what they know to themselves."""
    os.environ.update({name: os.environ.get(name, value) for name, value in _QUIET.items()})


def _start(config: TuneConfig) -> None:
    where = config.ray
    named = os.environ.get("RAY_ADDRESS", "") if where == "auto" else where
    if _ADDRESS.fullmatch(named):
        _knock(named)
    elif where not in ("local", "auto"):
        raise ConfigError(
            f"not an address of Ray: {where!r}; use HOST:PORT as in 10.0.0.7:6379, auto, or local"
        )
    local: dict[str, Any] = {
        "num_cpus": _cores(config),
        "include_dashboard": False,
        "object_store_memory": RAY_OBJECT_STORE,
    }
    _mute()
    try:
        with warnings.catch_warnings(), _on_loopback(where == "local"):
            # Ray's own use of what Python has given up.
            warnings.simplefilter("ignore")
            ray.init(
                address=where,
                log_to_driver=False,
                logging_level=logging.ERROR,
                configure_logging=False,
                **(local if where == "local" else {}),
            )
    except Exception as error:
        raise _refusal(where, error) from error
    _mute()


@contextmanager
def _on_loopback(wanted: bool) -> Iterator[None]:
    """Let a Ray that is started here listen to this machine alone, as it does where it cannot be a cluster.

    It would take the machine's address on the network, open its ports there, and be lost when that changes.
    """
    before = ray_constants.ENABLE_RAY_CLUSTER
    ray_constants.ENABLE_RAY_CLUSTER = before and not wanted
    try:
        yield
    finally:
        ray_constants.ENABLE_RAY_CLUSTER = before


def _mute() -> None:
    """Let Ray's loggers tell of errors alone; starting it sets some of them anew."""
    for name in ("ray", "ray.tune", "ray.data", "ray.train"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _knock(address: str) -> None:
    """Find out in seconds what Ray itself finds out in a minute, or tells as something else."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), _CONNECT_SECONDS).close()
    except OSError as error:
        raise Unreachable(
            f"no Ray answers at {address}: {error.strerror or error}; is it running?"
        ) from error
    try:
        GcsClient(address=address)
    except AuthenticationError as error:
        raise _denied(address) from error
    except RayError as error:
        raise Unreachable(f"no Ray answers at {address}: {_first(error)}; is it running?") from error


def _refusal(where: str, error: Exception) -> SighError:
    """Return in a sentence what kept Ray from being started or joined; it has no class for most of it."""
    if isinstance(error, AuthenticationError):
        return _denied(where)
    versions = _VERSIONS.findall(str(error))
    if len(versions) == 2:
        theirs, ours = (f"Ray {ray_version} on Python {python}" for ray_version, python in versions)
        return ConfigError(
            f"the Ray at {where} is {theirs}, and this is {ours}; "
            "use one image for all its nodes and for this"
        )
    if where == "local":
        return SighError(
            f"Ray does not start on this machine: {_first(error)}; it has half a minute, so try again "
            "when the machine is less busy, or do without it by --ray none"
        )
    return Unreachable(f"no Ray answers at {where}: {_first(error)}; start one, or use --ray local")


def _denied(where: str) -> ClusterDenied:
    return ClusterDenied(
        f"the Ray at {where} does not take the token of this machine; set RAY_AUTH_MODE=token, and "
        "RAY_AUTH_TOKEN to the token of its head"
    )


def _cores(config: TuneConfig) -> int:
    """Return how many cores Ray gets of this machine: its own, or what the trials asked for need."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(found, math.ceil(config.cpus * (config.concurrency or 1)))


def _share(config: TuneConfig, say: Callable[[str], None]) -> Share:
    """Return what a trial gets; waits for a cluster that cannot hold one yet, but not for ever.

    A cluster that grows by itself is asked for a node, since it starts none that nothing waits for.
    """
    gpus, nodes, slots = _room(config)
    if not slots and config.ray != "local" and config.wait_minutes:
        say(f"no node can hold a trial yet; waiting {config.wait_minutes:g} minutes for one")
        request_resources(bundles=[{"CPU": config.cpus, **({"GPU": gpus} if gpus else {})}])
        try:
            until = time.monotonic() + 60 * config.wait_minutes
            while not slots and time.monotonic() < until:
                time.sleep(_POLL_SECONDS)
                gpus, nodes, slots = _room(config)
        finally:
            request_resources()
    if not slots:
        raise ConfigError(_too_much(config, gpus, nodes))
    if config.concurrency:
        slots = min(slots, config.concurrency) if config.ray == "local" else config.concurrency
    return Share(cpus=config.cpus, gpus=gpus, slots=slots)


def _room(config: TuneConfig) -> tuple[float, list[dict[str, float]], int]:
    """Return the GPUs of a trial, what each node has, and how many trials fit now."""
    found: list[dict[str, Any]] = ray.nodes()  # type: ignore[no-untyped-call]
    nodes = [node["Resources"] for node in found if node["Alive"]]
    gpus = config.gpus
    if gpus is None:
        gpus = 1.0 if any(node.get("GPU") for node in nodes) else 0.0
    return gpus, nodes, sum(fit(node, config.cpus, gpus) for node in nodes)


def _too_much(config: TuneConfig, gpus: float, nodes: list[dict[str, float]]) -> str:
    most = {kind: max((node.get(kind, 0.0) for node in nodes), default=0.0) for kind in ("CPU", "GPU")}
    where = "this machine has" if config.ray == "local" else f"the largest of {len(nodes)} nodes has"
    return (
        f"a trial asks for {config.cpus:g} cores and {gpus:g} GPUs (tune.cpus, tune.gpus), and {where} "
        f"{most['CPU']:g} and {most['GPU']:g}; ask for less, or add a node"
    )


def _first(error: Exception) -> str:
    with suppress(IndexError):
        return str(error).splitlines()[0].rstrip(".")
    return type(error).__name__
