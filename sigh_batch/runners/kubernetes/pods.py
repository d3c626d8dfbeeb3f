"""One pod at a time: why it does not work, and how it ended."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sigh_batch.runners.kubernetes.objects import Object, conditions, one_line, phase, sentence
from sigh_batch.runners.kubernetes.template import INDEX, PART_LABEL

HOPELESS = frozenset(
    {
        "ErrImageNeverPull",
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "CreateContainerConfigError",
        "CreateContainerError",
        "RunContainerError",
    }
)
"""Why a container does not start: somebody has to help. Room and quota come back by themselves."""

MEANINGS = {
    2: "its configuration is wrong",
    3: "some of its samples failed",
    4: "it has no right to its store",
    5: "its store, or the pod that leads it, did not answer",
    6: "a limit that was set is broken",
    65: "its work can never succeed",
    75: "its store did not answer, or is full",
    137: "it was killed",
    143: "it was stopped",
}
"""What a worker says by its exit code."""


_CLAIM = re.compile(r'persistentvolumeclaim "[^"]*" not found')


def hindrances(pods: Sequence[Object], events: Sequence[Object]) -> Iterator[tuple[str, bool]]:
    """Yield why pods do not work that were made, and whether somebody has to help."""
    for pod in pods:
        if phase(pod) != "Pending":
            continue
        scheduled = conditions(pod, holds=False).get("PodScheduled")
        if scheduled and scheduled["status"] == "False":
            yield _unplaced(sentence(scheduled))
            continue
        waiting = _container(pod).get("state", {}).get("waiting", {})
        reason = waiting.get("reason", "")
        if reason in HOPELESS:
            yield _unstartable(pod, reason, waiting.get("message", "")), True
        elif mount := last_event(events, pod, "FailedMount", "FailedAttachVolume"):
            yield f"a volume cannot be mounted: {mount}", True


def _unplaced(said: str) -> tuple[str, bool]:
    """Say why no node is found; a scheduler says so of a claim that is not there, which no node will have."""
    lacking = _CLAIM.search(said)
    if lacking:
        return f"a volume cannot be mounted: {lacking[0]}", True
    return f"no node takes its pods: {said}", False


def _unstartable(pod: Object, reason: str, message: str) -> str:
    image = pod["spec"]["containers"][0]["image"]
    if "Image" in reason:
        return f"the image {image} cannot be had: {one_line(message) or reason}"
    return f"its container cannot be started: {one_line(message) or reason}"


def ending(pod: Object) -> str:
    """Say how a pod that failed ended, or nothing of one that did not."""
    if phase(pod) != "Failed":
        return ""
    number = number_of(pod)
    who = f"pod {number}: " if number is not None else ""
    ended = terminated(pod)
    if ended.get("reason") == "OOMKilled":
        limit = pod["spec"]["containers"][0].get("resources", {}).get("limits", {}).get("memory", "its limit")
        return f"{who}it needed more memory than {limit} (OOMKilled); raise kubernetes.memory"
    if pod["status"].get("reason") == "Evicted":
        return f"{who}it was driven off its node: {one_line(pod['status'].get('message', ''))}"
    disrupted = conditions(pod).get("DisruptionTarget")
    if disrupted:
        return f"{who}it was driven off its node: {sentence(disrupted)}"
    if "exitCode" not in ended:
        return (
            f"{who}{one_line(pod['status'].get('message', '') or pod['status'].get('reason', 'it failed'))}"
        )
    return f"{who}{meaning(ended['exitCode'], ended.get('message', ''))}"


def number_of(pod: Object) -> int | None:
    """Return which of its run's pods it is."""
    labels = pod["metadata"].get("labels", {})
    number = labels.get(INDEX, labels.get(PART_LABEL))
    return None if number is None else int(number)


def meaning(code: int, message: str) -> str:
    """Say what a worker's exit code means, and the end of its log that says why."""
    said = _last_words(message)
    return f"{MEANINGS.get(code, 'it failed')} (exit code {code}){': ' if said else ''}{said}"


def _last_words(message: str) -> str:
    """Return the line of a log's end that says what went wrong."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    errors = [line.partition("error: ")[2] for line in lines if "error: " in line]
    return (errors or lines or [""])[-1][:600]


def last_event(events: Sequence[Object], about: Object, *reasons: str) -> str:
    """Return what the last event with one of these reasons said about an object, or nothing."""
    uid = about["metadata"].get("uid")
    found = [
        event
        for event in events
        if event.get("reason") in reasons and event.get("involvedObject", {}).get("uid") == uid
    ]
    return one_line(found[-1].get("message", "")) if found else ""


def _container(pod: Object) -> Object:
    statuses: list[Object] = pod["status"].get("containerStatuses") or [{}]
    return statuses[0]


def terminated(pod: Object) -> dict[str, Any]:
    """Return how the container of a pod ended, or nothing while it has not."""
    ended: dict[str, Any] = _container(pod).get("state", {}).get("terminated") or {}
    return ended
