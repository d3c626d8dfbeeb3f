"""A submission becomes the objects that are sent: plain dicts, and nothing is asked of a cluster.

What is printed, what is committed as an example and what is sent come from here, so they are equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sigh_batch.runners.kubernetes.objects import Object
from sigh_batch.runners.kubernetes.rayjob import ray_job
from sigh_batch.runners.kubernetes.template import CONTAINER, metadata, template, without_none

if TYPE_CHECKING:  # it brings plans and so Parquet, which no question about a run needs
    from sigh_batch.runners.kubernetes.submission import Submission


def render(submission: Submission) -> list[Object]:
    """Return the objects of a run, in the order in which they are sent."""
    return [ray_job(submission) if submission.ray_version else _job(submission)]


def _job(submission: Submission) -> Object:
    config = submission.settings
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata(submission),
        "spec": without_none(
            {
                "completionMode": "Indexed",
                "completions": submission.pods,
                "parallelism": _at_once(submission),
                "backoffLimitPerIndex": config.retries,
                "maxFailedIndexes": _most_failed(submission),
                # The others wait for the first, and never end by themselves.
                "successPolicy": {"rules": [{"succeededIndexes": "0"}]} if submission.led else None,
                "podReplacementPolicy": "Failed",
                "podFailurePolicy": {"rules": _failure_rules(submission)},
                "activeDeadlineSeconds": config.deadline_seconds,
                "ttlSecondsAfterFinished": config.ttl_seconds,
                "template": template(submission),
            }
        ),
    }


def _at_once(submission: Submission) -> int:
    return submission.pods if submission.led else min(submission.settings.parallelism, submission.pods)


def _most_failed(submission: Submission) -> int | None:
    most = submission.settings.max_failed
    if most is None and submission.led:
        return 0  # without its first pod a run would wait for ever
    return most if most is None else min(most, submission.pods)


def _failure_rules(submission: Submission) -> list[Object]:
    """Say what an end of a pod means; the first rule that fits counts.

    A pod that was driven off its node is started again and not counted; then come the exit codes that
    no retry can change. Whatever else happens counts as one try.
    """
    rules: list[Object] = [
        {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
    ]
    for action, codes in (("FailJob", submission.hopeless), ("FailIndex", submission.poisoned)):
        if codes:
            exits = {"containerName": CONTAINER, "operator": "In", "values": sorted(codes)}
            rules.append({"action": action, "onExitCodes": exits})
    return rules
