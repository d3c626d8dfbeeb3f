from typing import Any

import pytest

from sigh_batch.runners.kubernetes.explain import explain
from sigh_batch.runners.kubernetes.objects import Object
from sigh_batch.runners.kubernetes.render import render
from sigh_batch.runners.kubernetes.status import Facts
from sigh_batch.runners.kubernetes.template import QUEUE
from tests.golden.manifests import submissions


def job(queue: str | None = None, *, suspend: bool = False, pods: int = 4, **status: Any) -> Object:
    (body,) = render(submissions()["generate"])
    body["metadata"] |= {"uid": "j", "creationTimestamp": "2026-01-01T00:00:00Z"}
    if queue:
        body["metadata"]["labels"] = {**body["metadata"]["labels"], QUEUE: queue}
    body["spec"] |= {"completions": pods, "suspend": suspend, "activeDeadlineSeconds": 60}
    return {**body, "status": status}


def study(**status: Any) -> Object:
    body = job(**status)
    body["spec"]["successPolicy"] = render(submissions()["study"])[0]["spec"]["successPolicy"]
    return body


def pod(phase: str, number: int = 3, **status: Any) -> Object:
    template = job()["spec"]["template"]
    labels = {"batch.kubernetes.io/job-completion-index": str(number)}
    metadata = {"name": f"generate-{number}", "uid": f"p{number}", "labels": labels}
    return {"metadata": metadata, "spec": template["spec"], "status": {"phase": phase, **status}}


def waits(reason: str, message: str = "") -> Object:
    state = {"waiting": {"reason": reason, "message": message}}
    return pod("Pending", containerStatuses=[{"state": state}])


def ended(code: int, message: str = "", reason: str = "Error") -> Object:
    state = {"terminated": {"exitCode": code, "message": message, "reason": reason}}
    return pod("Failed", containerStatuses=[{"state": state}])


def condition(kind: str, reason: str = "", message: str = "", status: str = "True") -> Object:
    return {"type": kind, "status": status, "reason": reason, "message": message}


def event(uid: str, reason: str, message: str) -> Object:
    return {"involvedObject": {"uid": uid, "name": "x"}, "reason": reason, "message": message}


def failed(reason: str, message: str = "", **status: Any) -> Object:
    return job(conditions=[condition("FailureTarget"), condition("Failed", reason, message)], **status)


UNSCHEDULABLE = pod(
    "Pending",
    conditions=[
        condition("PodScheduled", "Unschedulable", "0/2 nodes are available: 2 Insufficient cpu.", "False")
    ],
)
LOG = "2026-01-01T00:00:00Z shard 3: begun\nerror: run.json in s3://b has config hash 1 and this run has 2\n"

CASES: dict[str, tuple[Facts, str, str]] = {
    "done": (Facts(job=job(conditions=[condition("Complete")], succeeded=4)), "done", "all 4 pods finished"),
    "a study that is done": (
        Facts(job=study(conditions=[condition("SuccessCriteriaMet"), condition("Complete")], succeeded=1)),
        "done",
        "its first pod finished, whose end is the run's",
    ),
    "a study whose helpers end": (
        Facts(job=study(conditions=[condition("SuccessCriteriaMet")], succeeded=1, active=2)),
        "stopping",
        "its first pod finished, whose end is the run's; pods that are left end",
    ),
    "running": (
        Facts(job=job(active=3, ready=2, succeeded=1), pods=[pod("Running"), UNSCHEDULABLE]),
        "running",
        "1 of 4 pods finished, 2 at work; 1 wait: no node takes its pods: 0/2 nodes are available: "
        "2 Insufficient cpu.",
    ),
    "running, and its Job has not counted that yet": (
        Facts(job=job(active=2), pods=[pod("Running"), pod("Running")]),
        "running",
        "0 of 4 pods finished, 2 at work",
    ),
    "running after trouble": (
        Facts(
            job=job(active=1, ready=1, failedIndexes="0,2"),
            pods=[pod("Running"), ended(137, "", "OOMKilled")],
        ),
        "running",
        "0 of 4 pods finished, 1 at work; 2 failed for good (0,2); 1 try failed, the last: pod 3: it needed "
        "more memory than 2Gi (OOMKilled); raise kubernetes.memory",
    ),
    "between two pods": (
        Facts(job=job(active=1, succeeded=3)),
        "running",
        "3 of 4 pods finished, none at work",
    ),
    "no pods yet": (Facts(job=job()), "waiting", "its pods are not there yet"),
    "starting": (
        Facts(job=job(active=1), pods=[waits("ContainerCreating")]),
        "waiting",
        "its pods are starting",
    ),
    "no room": (
        Facts(job=job(active=1), pods=[UNSCHEDULABLE]),
        "waiting",
        "no node takes its pods: 0/2 nodes are available: 2 Insufficient cpu.",
    ),
    "image": (
        Facts(
            job=job(active=1), pods=[UNSCHEDULABLE, waits("ImagePullBackOff", 'Back-off pulling image "x"')]
        ),
        "waiting (help)",
        'the image sigh-batch:0.1.0 cannot be had: Back-off pulling image "x"',
    ),
    "secret": (
        Facts(job=job(active=1), pods=[waits("CreateContainerConfigError", 'secret "store" not found')]),
        "waiting (help)",
        'its container cannot be started: secret "store" not found',
    ),
    "claim": (
        Facts(
            job=job(active=1),
            pods=[waits("ContainerCreating")],
            events=[event("p3", "FailedMount", 'persistentvolumeclaim "pictures"\n not found')],
        ),
        "waiting (help)",
        'a volume cannot be mounted: persistentvolumeclaim "pictures" not found',
    ),
    "claim, as the scheduler says it": (
        Facts(
            job=job(active=1),
            pods=[
                pod(
                    "Pending",
                    conditions=[
                        condition(
                            "PodScheduled",
                            "Unschedulable",
                            '0/2 nodes are available: persistentvolumeclaim "pictures" not found. not found',
                            "False",
                        )
                    ],
                )
            ],
        ),
        "waiting (help)",
        'a volume cannot be mounted: persistentvolumeclaim "pictures" not found',
    ),
    "quota": (
        Facts(job=job(), events=[event("j", "FailedCreate", "pods is forbidden: exceeded quota: small")]),
        "waiting",
        "its pods do not fit the quota: pods is forbidden: exceeded quota: small",
    ),
    "admission": (
        Facts(job=job(), events=[event("j", "FailedCreate", 'serviceaccount "sigh-worker" not found')]),
        "waiting (help)",
        'its pods are refused: serviceaccount "sigh-worker" not found',
    ),
    "tried again": (
        Facts(job=job(), pods=[ended(75, "error: the store does not answer")]),
        "waiting",
        "it is tried again soon; the last try: pod 3: its store did not answer, or is full (exit code 75): "
        "the store does not answer",
    ),
    "suspended": (
        Facts(job=job(suspend=True)),
        "queued",
        "it is suspended, and nothing in the cluster is asked to start it; set suspend to false",
    ),
    "queue unknown": (
        Facts(job=job("team-a", suspend=True)),
        "queued",
        "queue 'team-a' knows nothing of it; does Kueue run, and has the namespace that LocalQueue?",
    ),
    "queue full": (
        Facts(
            job=job("team-a", suspend=True),
            workload={
                "status": {
                    "conditions": [
                        condition(
                            "QuotaReserved",
                            "Pending",
                            "insufficient unused quota for cpu, 2 more needed",
                            "False",
                        )
                    ]
                }
            },
        ),
        "queued",
        "queue 'team-a' has no room yet: insufficient unused quota for cpu, 2 more needed",
    ),
    "preempted": (
        Facts(
            job=job("team-a", suspend=True),
            workload={
                "status": {
                    "conditions": [
                        condition("QuotaReserved", "Pending", "waiting", "False"),
                        condition(
                            "Evicted", "Preempted", "Preempted to accommodate a workload of higher priority"
                        ),
                    ]
                }
            },
        ),
        "queued",
        "it had to make room: Preempted to accommodate a workload of higher priority",
    ),
    "deleting": (
        Facts(job=job() | {"metadata": job()["metadata"] | {"deletionTimestamp": "2026-01-01T00:00:00Z"}}),
        "stopping",
        "it is being deleted",
    ),
    "bad configuration": (
        Facts(job=failed("PodFailurePolicy", "Container worker for pod x failed"), pods=[ended(2, LOG)]),
        "failed 2",
        "pod 3: its configuration is wrong (exit code 2): run.json in s3://b has config hash 1 and "
        "this run has 2",
    ),
    "bad configuration, pods gone": (
        Facts(job=failed("PodFailurePolicy", "Container worker for pod x failed with exit code 2")),
        "failed 1",
        "Container worker for pod x failed with exit code 2",
    ),
    "poisoned": (
        Facts(
            job=failed("FailedIndexes", failedIndexes="3", succeeded=3),
            pods=[ended(65, "error: shard 3: 2 failed")],
        ),
        "failed 1",
        "1 of 4 pods failed for good (3); the last: pod 3: its work can never succeed (exit code 65): "
        "shard 3: 2 failed",
    ),
    "too long": (
        Facts(job=failed("DeadlineExceeded")),
        "failed 1",
        "it took longer than 60 s (kubernetes.deadline_seconds)",
    ),
    "evicted": (
        Facts(
            job=failed("FailedIndexes", failedIndexes="3"),
            pods=[
                pod("Failed", reason="Evicted", message="The node was low on resource: ephemeral-storage.")
            ],
        ),
        "failed 1",
        "1 of 4 pods failed for good (3); the last: pod 3: it was driven off its node: The node was low on "
        "resource: ephemeral-storage.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_one_sentence_says_why(name: str) -> None:
    facts, state, why = CASES[name]
    status = explain(facts)
    assert status.why == why
    code = f" {status.exit_code}" if status.exit_code else ""
    assert f"{status.state}{code}{' (help)' if status.stuck else ''}" == state
    assert (status.run, status.kind, status.out) == (
        facts.job["metadata"]["name"],
        "generate",
        "s3://bucket/ds",
    )
