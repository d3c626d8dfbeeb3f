"""Why a run does not begin: what its pods lack, what refuses them, what Kueue, or nobody, says of it."""

from __future__ import annotations

from sigh_batch.runners.kubernetes.objects import conditions, sentence
from sigh_batch.runners.kubernetes.pods import hindrances
from sigh_batch.runners.kubernetes.status import Facts
from sigh_batch.runners.kubernetes.template import QUEUE


def hindered(facts: Facts) -> tuple[str, bool] | None:
    """Return why pods that were made do not work, and whether somebody has to help: such a reason first."""
    return min(hindrances(facts.pods, facts.events), key=lambda hindrance: not hindrance[1], default=None)


def refused(said: str) -> tuple[str, bool]:
    """Say that no pods can be made, and whether somebody has to help: a quota has room again by itself."""
    quota = "quota" in said
    return f"its pods {'do not fit the quota' if quota else 'are refused'}: {said}", not quota


def queued(facts: Facts) -> str:
    """Say why a run that is suspended does not start."""
    queue = facts.job["metadata"].get("labels", {}).get(QUEUE)
    if not queue:
        return "it is suspended, and nothing in the cluster is asked to start it; set suspend to false"
    if facts.workload is None:
        return f"queue {queue!r} knows nothing of it; does Kueue run, and has the namespace that LocalQueue?"
    known = conditions(facts.workload, holds=False)
    for kind, words in (
        ("Evicted", "it had to make room"),
        ("QuotaReserved", f"queue {queue!r} has no room yet"),
        ("Admitted", f"queue {queue!r} has room and waits for checks"),
    ):
        condition = known.get(kind)
        if condition and (condition["status"] == "True") == (kind == "Evicted"):
            return f"{words}: {sentence(condition)}"
    return f"it is in queue {queue!r}, and nothing more is known yet"
