"""From what KubeRay's operator says of a study to its state and one sentence that says why."""

from __future__ import annotations

import re

from sigh_batch.runners.kubernetes.objects import Object, one_line, phase
from sigh_batch.runners.kubernetes.pods import ending, hindrances, meaning, number_of
from sigh_batch.runners.kubernetes.status import Facts, Status
from sigh_batch.runners.kubernetes.waiting import hindered, queued, refused

_CODE = re.compile(r"exit code (\d+)")
_REFUSED = "FailedToCreate"
"""How the operator's events begin that tell of a pod that it could not make."""
_OVER = frozenset({"Complete", "Failed", "ValidationFailed"})


def explain_study(facts: Facts) -> Status:
    """Return the state of a RayJob and why it is so."""
    told = facts.job.get("status", {})
    state, why, stuck = _over(facts) if told.get("jobDeploymentStatus") in _OVER else _under_way(facts)
    pods = _pods(facts.job)
    return Status.of(
        facts.job,
        state=state,
        why=why,
        pods=pods,
        done=pods if state == "done" else 0,
        failed=0,
        active=_at_work(facts),
        failed_pods="",
        ended=told.get("endTime"),
        stuck=stuck,
        exit_code=_exit_code(told) if state == "failed" else 0,
    )


def _pods(job: Object) -> int:
    """Return how many pods hold trials."""
    groups = job["spec"].get("rayClusterSpec", {}).get("workerGroupSpecs") or ()
    return 1 + sum(int(group.get("replicas", 0)) for group in groups)


def _at_work(facts: Facts) -> int:
    return sum(bool(number_of(pod)) and phase(pod) == "Running" for pod in facts.pods)


def _over(facts: Facts) -> tuple[str, str, bool]:
    told = facts.job["status"]
    if told["jobDeploymentStatus"] != "Complete":
        return "failed", _failure(facts), False
    if told.get("jobStatus") == "SUCCEEDED":
        return "done", "its command finished, whose end is the run's", False
    return "failed", f"Ray says that its command was stopped: {one_line(told.get('message', ''))}", False


def _under_way(facts: Facts) -> tuple[str, str, bool]:
    job, told = facts.job, facts.job.get("status", {})
    if job["metadata"].get("deletionTimestamp"):
        return "stopping", "it is being deleted", False
    if job["spec"].get("suspend"):
        return "queued", queued(facts), False
    match told.get("jobDeploymentStatus"):
        case "Running":
            return "running", _running(facts), False
        case "Retrying":
            return "waiting", f"it is tried again, {_failed_tries(told)}", False
        case None | "":
            said = "KubeRay's operator has not looked at it; does it run, and does it watch this namespace?"
            return "waiting", said, True
    return _starting(facts)


def _running(facts: Facts) -> str:
    parts = [f"{_at_work(facts)} of {_pods(facts.job)} pods at work"]
    if not facts.job["status"].get("jobStatus"):
        parts.append("its command is being handed over")
    waiting = [reason for reason, _ in hindrances(facts.pods, facts.events)]
    if waiting:
        parts.append(f"{len(waiting)} wait: {waiting[0]}")
    if facts.job["status"].get("failed"):
        parts.append(_failed_tries(facts.job["status"]))
    return "; ".join(parts)


def _failed_tries(told: Object) -> str:
    number = told.get("failed") or 0
    return f"{number} {'try' if number == 1 else 'tries'} of all its pods failed"


def _starting(facts: Facts) -> tuple[str, str, bool]:
    """Say why the pods of a study do not work yet."""
    if found := hindered(facts):
        return "waiting", *found
    tries = [text for pod in facts.pods if (text := ending(pod))]
    if tries:
        return "waiting", f"its pods are started again; the last: {tries[-1]}", False
    told = [event for event in facts.events if event.get("reason", "").startswith(_REFUSED)]
    if told and not facts.pods:
        return "waiting", *refused(one_line(told[-1].get("message", "")))
    return "waiting", "its pods are starting" if facts.pods else "its pods are not there yet", False


def _failure(facts: Facts) -> str:
    """Say in one sentence why a study failed."""
    told = facts.job["status"]
    message = told.get("message", "")
    code = _CODE.search(message)
    if told.get("reason") == "DeadlineExceeded":
        seconds = facts.job["spec"].get("activeDeadlineSeconds")
        return f"it took longer than {seconds} s (kubernetes.deadline_seconds)"
    if code:
        return meaning(int(code[1]), message)
    said = one_line(message)[:600] or str(told.get("reason") or "no reason given")
    last = next((text for pod in reversed(facts.pods) if (text := ending(pod))), "")
    return f"{said}{'; the last: ' if last else ''}{last}"


def _exit_code(told: Object) -> int:
    """Return the exit code that the run's own failure has in the tree of errors."""
    found = _CODE.search(told.get("message", ""))
    return int(found[1]) if found and int(found[1]) in (2, 3, 4, 6) else 1
