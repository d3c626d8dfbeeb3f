"""From what a cluster knows of a run to its state and one sentence that says why. Nothing is asked here."""

from __future__ import annotations

from sigh_batch import intervals
from sigh_batch.runners.kubernetes.objects import Object, conditions, is_ray_job, phase, sentence
from sigh_batch.runners.kubernetes.pods import ending, hindrances, last_event, terminated
from sigh_batch.runners.kubernetes.status import Facts, Status
from sigh_batch.runners.kubernetes.studies import explain_study
from sigh_batch.runners.kubernetes.waiting import hindered, queued, refused


def explain(facts: Facts) -> Status:
    """Return the state of a run and why it is so."""
    if is_ray_job(facts.job):
        return explain_study(facts)
    job, status = facts.job, facts.job.get("status", {})
    state, why, stuck, code = _state(facts)
    failed = status.get("failedIndexes") or ""
    return Status.of(
        job,
        state=state,
        why=why,
        pods=job["spec"].get("completions") or 1,
        done=status.get("succeeded", 0),
        failed=len(intervals.parse(failed)),
        active=status.get("active", 0),
        failed_pods=failed,
        ended=_ended(job),
        stuck=stuck,
        exit_code=code,
    )


def _state(facts: Facts) -> tuple[str, str, bool, int]:
    job, status = facts.job, facts.job.get("status", {})
    holds = conditions(job)
    if "Complete" in holds:
        return "done", _success(job), False, 0
    if "Failed" in holds:
        return "failed", _failure(facts, holds["Failed"]), False, _failure_code(facts)
    if "SuccessCriteriaMet" in holds:
        return "stopping", f"{_success(job)}; pods that are left end", False, 0
    if "FailureTarget" in holds:
        return "stopping", f"it fails: {_failure(facts, holds['FailureTarget'])}", False, 0
    if job["metadata"].get("deletionTimestamp"):
        return "stopping", "it is being deleted", False, 0
    if job["spec"].get("suspend"):
        return "queued", queued(facts), False, 0
    if _at_work(facts):
        return "running", _running(facts), False, 0
    why, stuck = _waiting(facts)
    return ("running" if status.get("succeeded", 0) and not stuck else "waiting"), why, stuck, 0


def _success(job: Object) -> str:
    if job["spec"].get("successPolicy"):
        return "its first pod finished, whose end is the run's"
    return f"all {_count(job)} finished"


def _count(job: Object) -> str:
    number = job["spec"].get("completions") or 1
    return f"{number} pods" if number > 1 else "of it"


def _at_work(facts: Facts) -> int:
    """Return how many pods work: what the Job counts comes some seconds after what its pods say."""
    counted = facts.job.get("status", {}).get("ready") or 0
    return max(counted, sum(phase(pod) == "Running" for pod in facts.pods))


def _finished(facts: Facts) -> str:
    total = facts.job["spec"].get("completions") or 1
    return f"{facts.job.get('status', {}).get('succeeded', 0)} of {total} pods finished"


def _running(facts: Facts) -> str:
    status = facts.job.get("status", {})
    parts = [f"{_finished(facts)}, {_at_work(facts)} at work"]
    failed = status.get("failedIndexes")
    if failed:
        parts.append(f"{len(intervals.parse(failed))} failed for good ({failed})")
    waiting = [reason for reason, _ in hindrances(facts.pods, facts.events)]
    if waiting:
        parts.append(f"{len(waiting)} wait: {waiting[0]}")
    tries = [text for pod in facts.pods if (text := ending(pod))]
    if tries:
        parts.append(f"{len(tries)} {'try' if len(tries) == 1 else 'tries'} failed, the last: {tries[-1]}")
    return "; ".join(parts)


def _waiting(facts: Facts) -> tuple[str, bool]:
    """Say why no pod of a run works, and whether somebody has to help."""
    if found := hindered(facts):
        return found
    tries = [text for pod in facts.pods if (text := ending(pod))]
    if tries and not any(phase(pod) in ("Running", "Pending") for pod in facts.pods):
        return f"it is tried again soon; the last try: {tries[-1]}", False
    said = last_event(facts.events, facts.job, "FailedCreate")
    if said and not facts.pods:
        return refused(said)
    if facts.pods:
        return "its pods are starting", False
    finished = facts.job.get("status", {}).get("succeeded", 0)
    # Others have ended as well and are not counted yet, or are not made yet.
    return f"{_finished(facts)}, none at work" if finished else "its pods are not there yet", False


def _failure(facts: Facts, condition: Object) -> str:
    """Say in one sentence why a run failed."""
    job = facts.job
    last = next((text for pod in reversed(facts.pods) if (text := ending(pod))), "")
    said = f"; the last: {last}" if last else ""
    failed = job.get("status", {}).get("failedIndexes")
    match condition.get("reason"):
        case "DeadlineExceeded":
            seconds = job["spec"].get("activeDeadlineSeconds")
            return f"it took longer than {seconds} s (kubernetes.deadline_seconds)"
        case "PodFailurePolicy":
            return last or sentence(condition)
        case "MaxFailedIndexesExceeded" | "FailedIndexes" if failed:
            number, total = len(intervals.parse(failed)), job["spec"].get("completions")
            return (
                f"{number} of {total} pods failed for good ({failed}){said}"
                if total != 1
                else last or "it failed"
            )
    return f"{sentence(condition)}{said}"


def _failure_code(facts: Facts) -> int:
    """Return the exit code that the run's own failure has in the tree of errors."""
    codes = [terminated(pod).get("exitCode") for pod in facts.pods]
    hopeless = [code for code in codes if code in (2, 3, 4, 6)]
    return hopeless[-1] if hopeless else 1


def _ended(job: Object) -> str | None:
    holds = conditions(job)
    condition = holds.get("Complete") or holds.get("Failed")
    return condition.get("lastTransitionTime") if condition else None
