"""Reading the API's plain objects: phases, conditions and messages."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]

PART = {"app.kubernetes.io/name": "sigh-batch", "app.kubernetes.io/component": "worker"}
"""Labels that every run of this product has."""
RAY_API, RAY_JOB = "ray.io/v1", "RayJob"


def is_ours(run: Object) -> bool:
    """Return whether an object is a run of this product."""
    labels: dict[str, str] = run["metadata"].get("labels", {})
    return labels.items() >= PART.items()


def is_ray_job(run: Object) -> bool:
    """Return whether a run is a RayJob and no Job."""
    return run.get("kind") == RAY_JOB


def phase(pod: Object) -> str:
    """Return the phase of a pod."""
    return str(pod.get("status", {}).get("phase", "Pending"))


def conditions(thing: Object, *, holds: bool = True) -> dict[str, Object]:
    """Return the conditions of an object by type; with `holds`, those that are true."""
    found = thing.get("status", {}).get("conditions") or ()
    return {condition["type"]: condition for condition in found if not holds or condition["status"] == "True"}


def sentence(condition: Object) -> str:
    """Return what a condition says, in its own words."""
    return one_line(condition.get("message", "")) or str(condition.get("reason", "no reason given"))


def one_line(text: str) -> str:
    """Return a text without line breaks."""
    return " ".join(text.split())
