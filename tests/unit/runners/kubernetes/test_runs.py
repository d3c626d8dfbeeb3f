from dataclasses import replace
from typing import Any

import pytest

from sigh_batch import errors
from sigh_batch.config.kubernetes import KubernetesConfig
from sigh_batch.runners.kubernetes import runs
from sigh_batch.runners.kubernetes.cluster import Cluster
from sigh_batch.runners.kubernetes.objects import Object
from sigh_batch.runners.kubernetes.render import render
from sigh_batch.runners.kubernetes.submission import Submission
from tests.clusters import FakeCluster
from tests.golden.manifests import submissions

RUN = submissions()["generate"]
DONE = {"conditions": [{"type": "Complete", "status": "True"}], "succeeded": 4, "completedIndexes": "0-3"}
FAILED = {
    "conditions": [
        {"type": "Failed", "status": "True", "reason": "FailedIndexes", "message": "indexes failed"}
    ],
    "succeeded": 2,
    "completedIndexes": "0,2",
    "failedIndexes": "1,3",
}


def job_of(submission: Submission) -> Object:
    return render(submission)[0]


def test_what_is_sent_is_what_is_printed(cluster: Cluster, fake: FakeCluster) -> None:
    (sent,) = runs.submit(cluster, RUN)
    assert sent["metadata"]["namespace"] == "forensics"
    (printed,) = render(RUN)
    assert sent["spec"]["completions"] == printed["spec"]["completions"]
    assert sent["spec"]["template"]["spec"] == printed["spec"]["template"]["spec"]
    assert list(fake.jobs) == [RUN.name]


def test_a_dry_run_leaves_nothing_behind(cluster: Cluster, fake: FakeCluster) -> None:
    assert runs.submit(cluster, RUN, dry_run=True)
    assert fake.jobs == {}
    assert fake.asked == ["POST /apis/batch/v1/namespaces/forensics/jobs?dryRun=All"]


@pytest.mark.parametrize("status", [{}, {"active": 1, "ready": 1}, DONE])
def test_the_same_run_is_not_sent_twice(cluster: Cluster, fake: FakeCluster, status: Object) -> None:
    there = fake.add_job(job_of(RUN), **status)
    (found,) = runs.submit(cluster, RUN)
    assert found["metadata"]["uid"] == there["metadata"]["uid"]


def test_a_failed_run_of_that_name_is_told_how_to_go_on(cluster: Cluster, fake: FakeCluster) -> None:
    fake.add_job(job_of(RUN), **FAILED)
    with pytest.raises(errors.ConfigError, match=f"`sigh resume {RUN.name}` makes what is missing"):
        runs.submit(cluster, RUN)


def test_a_name_that_another_run_has_is_refused(cluster: Cluster, fake: FakeCluster) -> None:
    fake.add_job(job_of(RUN))
    other = replace(RUN, typed="sigh generate --out s3://b/other", settings=KubernetesConfig(name=RUN.name))
    with pytest.raises(
        errors.ConfigError, match=r"is the name of another run .sigh generate --out s3://bucket"
    ):
        runs.submit(cluster, other)


def test_a_run_that_is_not_there_is_told_the_nearest(cluster: Cluster, fake: FakeCluster) -> None:
    fake.add_job(job_of(replace(RUN, settings=KubernetesConfig(name="nightly"))))
    foreign = fake.add_job(job_of(replace(RUN, settings=KubernetesConfig(name="foreign"))))
    del foreign["metadata"]["labels"]["app.kubernetes.io/name"]
    with pytest.raises(errors.UnknownName, match="unknown run 'nightli'; did you mean 'nightly'"):
        runs.observe(cluster, "nightli")
    with pytest.raises(errors.UnknownName, match="unknown run 'foreign'"):
        runs.cancel(cluster, "foreign")
    assert [status.run for status in runs.runs(cluster)] == ["nightly"]


def test_a_cancelled_run_is_gone(cluster: Cluster, fake: FakeCluster) -> None:
    fake.add_job(job_of(RUN), active=1, ready=1)
    assert runs.cancel(cluster, RUN.name).state == "running"
    assert fake.jobs == {}


def test_what_is_missing_is_sent_again_under_the_same_numbers(cluster: Cluster, fake: FakeCluster) -> None:
    fake.add_job(job_of(RUN), **FAILED)
    runs.resume(cluster, RUN.name)
    job = fake.jobs[RUN.name]
    assert environment(job) | {"SIGH_PODS": "4", "SIGH_INDEXES": "1,3"} == environment(job)
    assert (job["spec"]["completions"], job["spec"]["parallelism"]) == (2, 2)
    # The second of these two fails again: it is pod 3 of the whole run.
    job["status"] = {**FAILED, "completedIndexes": "0", "failedIndexes": "1"}
    runs.resume(cluster, RUN.name)
    assert environment(fake.jobs[RUN.name])["SIGH_INDEXES"] == "3"
    labels = fake.jobs[RUN.name]["spec"]["template"]["metadata"]["labels"]
    assert labels == job_of(RUN)["spec"]["template"]["metadata"]["labels"] | {
        "batch.kubernetes.io/job-name": RUN.name
    }


def test_a_failed_study_is_sent_again_with_all_its_pods(cluster: Cluster, fake: FakeCluster) -> None:
    run = submissions()["study"]
    sent = job_of(run)
    fake.add_job(sent, **(FAILED | {"completedIndexes": "", "failedIndexes": "1"}))
    runs.resume(cluster, run.name)
    spec = fake.jobs[run.name]["spec"]
    assert (spec["completions"], spec["parallelism"]) == (3, 3)
    assert spec["template"]["spec"]["containers"] == sent["spec"]["template"]["spec"]["containers"]


def environment(job: Object) -> dict[str, str]:
    (container,) = job["spec"]["template"]["spec"]["containers"]
    return {entry["name"]: entry["value"] for entry in container["env"]}


def test_only_an_ended_run_is_sent_again(cluster: Cluster, fake: FakeCluster) -> None:
    job = fake.add_job(job_of(RUN), active=1, ready=1)
    with pytest.raises(errors.ConfigError, match=r"has not ended .running."):
        runs.resume(cluster, RUN.name)
    job["status"] = DONE
    assert runs.resume(cluster, RUN.name) is None
    assert fake.jobs[RUN.name] is job


def scripted(fake: FakeCluster, job: Object, *steps: Any) -> None:
    """Let each look at the job find the next of these states; None deletes it."""
    left = list(steps)

    def on_get(path: str) -> None:
        if path.endswith(f"/jobs/{job['metadata']['name']}") and left:
            step = left.pop(0)
            if step is None:
                del fake.jobs[job["metadata"]["name"]]
            else:
                job["status"] = step

    fake.on_get = on_get


def test_waiting_ends_with_the_run(cluster: Cluster, fake: FakeCluster) -> None:
    job = fake.add_job(job_of(RUN))
    scripted(fake, job, {}, {"active": 2, "ready": 2}, {"active": 2, "ready": 2, "succeeded": 1}, DONE)
    seen: list[str] = []
    assert runs.wait(cluster, RUN.name, watch=lambda status: seen.append(status.state)).state == "done"
    assert seen == ["running", "running", "done"]


def test_waiting_outlives_a_cluster_that_is_away_for_a_moment(cluster: Cluster, fake: FakeCluster) -> None:
    job = fake.add_job(job_of(RUN))
    scripted(fake, job, {}, {"active": 1}, DONE)
    fake.faults = [0, 503, 503, 0, 500]
    assert runs.wait(cluster, RUN.name).state == "done"


@pytest.mark.parametrize(("code", "exit_code"), [(2, 2), (4, 4), (1, 1), (65, 1)])
def test_a_failed_run_ends_the_waiting_with_its_code(
    cluster: Cluster, fake: FakeCluster, code: int, exit_code: int
) -> None:
    job = fake.add_job(job_of(RUN), **FAILED)
    fake.add_pod(job, 1, "Failed", containerStatuses=[{"state": {"terminated": {"exitCode": code}}}])
    with pytest.raises(
        errors.RunFailed, match=r"2 of 4 pods failed for good .1,3.; the last: pod 1"
    ) as raised:
        runs.wait(cluster, RUN.name)
    assert raised.value.exit_code == exit_code


def test_a_deleted_run_ends_the_waiting(cluster: Cluster, fake: FakeCluster) -> None:
    job = fake.add_job(job_of(RUN))
    scripted(fake, job, {}, {"active": 1, "ready": 1}, None)
    with pytest.raises(errors.RunGone, match="was deleted before its end; `sigh status s3://") as raised:
        runs.wait(cluster, RUN.name)
    assert raised.value.exit_code == 7


def test_of_a_run_with_a_short_life_nobody_says_that_it_did_not_end(
    cluster: Cluster, fake: FakeCluster
) -> None:
    job = fake.add_job(job_of(RUN))
    job["spec"]["ttlSecondsAfterFinished"] = 5
    scripted(fake, job, {"active": 1, "ready": 1}, None)
    with pytest.raises(errors.RunGone, match="was deleted, or ended and had its 5 s to live"):
        runs.wait(cluster, RUN.name)


def test_a_run_of_the_same_name_in_its_place_is_another(cluster: Cluster, fake: FakeCluster) -> None:
    fake.add_job(job_of(RUN))
    looks = iter((None, None))

    def replace_it(path: str) -> None:
        if path.endswith(RUN.name) and next(looks, "over") == "over":
            fake.add_job(job_of(RUN), **DONE)

    fake.on_get = replace_it
    with pytest.raises(errors.RunGone):
        runs.wait(cluster, RUN.name)


def test_waiting_has_an_end(cluster: Cluster, fake: FakeCluster) -> None:
    fake.add_job(job_of(RUN), active=1, ready=1)
    with pytest.raises(errors.WaitedTooLong, match=r"within 0.05 s and goes on .running.") as raised:
        runs.wait(cluster, RUN.name, timeout=0.05)
    assert raised.value.exit_code == 8


def test_waiting_for_help_has_an_end(cluster: Cluster, fake: FakeCluster) -> None:
    job = fake.add_job(job_of(RUN), active=1)
    waiting = {"state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}
    fake.add_pod(job, 0, "Pending", containerStatuses=[waiting])
    with pytest.raises(
        errors.RunStuck, match=r"the image sigh-batch:\S+ cannot be had: no such image"
    ) as raised:
        runs.wait(cluster, RUN.name, patience=0.05)
    assert raised.value.exit_code == 9


def test_thousands_of_pods_are_not_all_looked_at(cluster: Cluster, fake: FakeCluster) -> None:
    job = fake.add_job(job_of(RUN), active=300)
    job["spec"]["completions"] = 300
    for index in range(250):
        fake.add_pod(job, index)
    found = runs.facts(cluster, job)
    assert len(found.pods) == runs.LOOKED_AT
