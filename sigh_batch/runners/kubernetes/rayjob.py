"""A study as KubeRay's operator is asked to look after it.

A RayJob has a head, where the command runs, workers, and a pod that hands the command over and repeats what
it says. The operator adds to them how Ray is started, and replaces those that die.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sigh_batch.config.tune import RAY_OBJECT_STORE
from sigh_batch.runners.kubernetes.objects import RAY_API, RAY_JOB, Object
from sigh_batch.runners.kubernetes.template import PART_LABEL, metadata, template, without_none

if TYPE_CHECKING:  # it brings plans and so Parquet, which no question about a run needs
    from sigh_batch.runners.kubernetes.submission import Submission

_WAITING = {"gpus": 0, "cpu": "100m", "memory": "512Mi", "ephemeral_storage": "256Mi", "shm": None}
"""The room of the pod that hands the command over: a Python that waits."""


def ray_job(submission: Submission) -> Object:
    """Return a study as KubeRay is asked for it."""
    config = submission.settings
    room = {
        "num-cpus": str(config.cores),
        "num-gpus": str(config.gpus),
        "object-store-memory": str(RAY_OBJECT_STORE),
    }
    return {
        "apiVersion": RAY_API,
        "kind": RAY_JOB,
        "metadata": metadata(submission),
        "spec": without_none(
            {
                "entrypoint": " ".join(submission.command),
                "submissionMode": "K8sJobMode",
                "submitterPodTemplate": _submitter(submission),
                # A head that comes again is handed the command again, and that by another pod each time.
                "submitterConfig": {"backoffLimit": config.retries},
                "backoffLimit": config.retries,
                "activeDeadlineSeconds": config.deadline_seconds,
                # Its nodes are free again at once; the RayJob itself stays, and tells how it ended.
                "shutdownAfterJobFinishes": True,
                "rayClusterSpec": {
                    "rayVersion": submission.ray_version,
                    # The operator makes a token for this study alone.
                    "authOptions": {"mode": "token"},
                    "headGroupSpec": {
                        "rayStartParams": {**room, "disable-usage-stats": "true"},
                        "template": _node(submission, "1"),
                    },
                    "workerGroupSpecs": [
                        {
                            "groupName": "workers",
                            "replicas": submission.pods - 1,
                            "minReplicas": submission.pods - 1,
                            "maxReplicas": submission.pods - 1,
                            "rayStartParams": room,
                            "template": _node(submission, "2"),
                        }
                    ],
                },
            }
        ),
    }


def _submitter(submission: Submission) -> Object:
    """Return the pod that hands the command over: as small as it can be, and where the others may be too."""
    waiting = submission.settings.model_copy(update=_WAITING)
    made = _node(replace(submission, settings=waiting), "0")
    tolerations = template(submission)["spec"].get("tolerations")
    return {**made, "spec": without_none({**made["spec"], "tolerations": tolerations})}


def _node(submission: Submission, part: str) -> Object:
    """Return a pod whose command the operator adds."""
    made = template(submission)
    (container,) = made["spec"]["containers"]
    del container["command"]
    made["metadata"]["labels"][PART_LABEL] = part
    return made
