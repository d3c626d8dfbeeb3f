"""Studies that KubeRay's operator looks after: what is sent, what its words mean, and the verbs over them."""

import json
import shlex
from dataclasses import replace
from typing import Any

import pytest
from kubernetes.client import V1PodTemplateSpec

from sigh_batch import errors
from sigh_batch.config.kubernetes import KubernetesConfig, Toleration
from sigh_batch.config.layers import find_layers
from sigh_batch.config.resolve import resolve
from sigh_batch.config.settings import Settings
from sigh_batch.runners.kubernetes import logs, runs
from sigh_batch.runners.kubernetes.cluster import Cluster
from sigh_batch.runners.kubernetes.explain import explain
from sigh_batch.runners.kubernetes.logs import Line
from sigh_batch.runners.kubernetes.objects import Object
from sigh_batch.runners.kubernetes.render import render
from sigh_batch.runners.kubernetes.status import Facts
from sigh_batch.runners.kubernetes.submission import Submission, of_study
from tests.clusters import FakeCluster
from tests.golden.manifests import submissions
from tests.unit.runners.kubernetes.test_render import known

STUDY = submissions()["study-rayjob"]
RUNNING = {"jobDeploymentStatus": "Running", "jobStatus": "RUNNING", "rayClusterName": "c"}
DONE = {"jobDeploymentStatus": "Complete", "jobStatus": "SUCCEEDED", "endTime": "2026-01-01T01:00:00Z"}
FAILED = {
    "jobDeploymentStatus": "Failed",
    "jobStatus": "FAILED",
    "reason": "AppFailed",
    "message": "Job entrypoint command failed with exit code 2, last available logs (truncated):\n"
    "tune: trial 0 begins\nerror: no setting 'train.lrr'; the nearest is 'train.lr'\n",
}


def templates(job: Object) -> list[Object]:
    cluster = job["spec"]["rayClusterSpec"]
    (workers,) = cluster["workerGroupSpecs"]
    return [
        job["spec"]["submitterPodTemplate"],
        cluster["headGroupSpec"]["template"],
        workers["template"],
    ]


def study_of(*words: str, **fields: Any) -> Submission:
    settings = Settings(kubernetes=KubernetesConfig(pods=2, ray_version="2.60.0", **fields))
    return of_study(words, (), "s3://bucket/study", settings, operator=True)


def test_every_pod_is_one_that_the_api_knows_and_has_no_right_it_does_not_need() -> None:
    (job,) = render(STUDY)
    for number, template in enumerate(templates(job)):
        model = V1PodTemplateSpec.from_dict(json.loads(json.dumps(template)))
        assert known(model.model_dump(mode="json", by_alias=True), template) == []
        (container,) = template["spec"]["containers"]
        assert "command" not in container, "the operator says how Ray is started"
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert template["spec"]["securityContext"]["runAsNonRoot"] is True
        assert template["spec"]["automountServiceAccountToken"] is False
        assert template["metadata"]["labels"]["sigh-batch/pod"] == str(number)
        assert template["metadata"]["labels"]["sigh-batch/run"] == STUDY.name
    cluster = job["spec"]["rayClusterSpec"]
    assert 1 + cluster["workerGroupSpecs"][0]["replicas"] == STUDY.pods
    assert cluster["authOptions"] == {"mode": "token"}
    assert job["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "team-a"
    assert job["spec"]["shutdownAfterJobFinishes"] is True, "Kueue takes no other"


def test_settings_reach_the_head_as_they_are_whatever_two_shells_make_of_words() -> None:
    space = {"train.lr": {"low": 1e-5, "high": 1e-3, "log": True}, "train.optimiser": ["muon", "adamw"]}
    study = study_of("--trials", "4", "--set", f"tune.space={json.dumps(space)}", "--set", "train.epochs=3")
    (job,) = render(study)
    assert job["spec"]["entrypoint"] == "sigh tune --trials 4 --ray auto"
    (container,) = job["spec"]["rayClusterSpec"]["headGroupSpec"]["template"]["spec"]["containers"]
    environment = {entry["name"]: entry["value"] for entry in container["env"]}
    there = resolve(find_layers(environment=environment)).settings
    sets = (f"tune.space={json.dumps(space)}", "train.epochs=3")
    here = resolve(find_layers(sets=sets, environment={})).settings
    assert there.tune.space == here.tune.space
    assert there.train == here.train
    assert there.tune.concurrency == 2, "when a head comes again, its workers are not there yet"


def test_a_word_that_a_shell_would_change_is_refused() -> None:
    with pytest.raises(errors.ConfigError, match=r"'s3://b/a b' has letters .* kubernetes.study_as=Job"):
        study_of("--data", "s3://b/a b")
    assert shlex.quote("s3://bucket/a-b_c.d/e") == "s3://bucket/a-b_c.d/e"


def test_a_name_that_kuberay_would_not_take_is_refused() -> None:
    assert study_of(name="s" * 47).name == "s" * 47
    with pytest.raises(errors.ConfigError, match="48 letters, and KubeRay takes 47; give a shorter --name"):
        study_of(name="s" * 48)


def test_a_trial_that_no_pod_can_hold_is_refused_before_anything_is_sent() -> None:
    settings = Settings(kubernetes=KubernetesConfig(pods=2, cpu="1", ray_version="2.60.0"))
    settings = settings.model_copy(update={"tune": settings.tune.model_copy(update={"cpus": 2.0})})
    with pytest.raises(errors.ConfigError, match=r"a trial asks for 2 cores .* a pod has 1 and 0"):
        of_study((), (), "s3://b/s", settings, operator=True)


def test_the_pod_that_hands_over_needs_no_gpu_and_may_be_where_the_others_are() -> None:
    spot = Toleration(key="spot")
    (job,) = render(study_of(gpus=1, tolerations=(spot,), node_selector={"pool": "gpu"}))
    submitter, head, _ = templates(job)
    limits = submitter["spec"]["containers"][0]["resources"]["limits"]
    assert "nvidia.com/gpu" not in limits
    assert head["spec"]["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == "1"
    assert submitter["spec"]["tolerations"] == head["spec"]["tolerations"]
    assert submitter["spec"]["nodeSelector"] == {"pool": "gpu"}


def test_one_pod_is_a_job_whoever_is_there() -> None:
    settings = Settings(kubernetes=KubernetesConfig(pods=1))
    (job,) = render(of_study((), (), "s3://b/s", settings, operator=True))
    assert job["kind"] == "Job"


def ray_job(**status: Any) -> Object:
    (body,) = render(STUDY)
    body["metadata"] |= {"uid": "j", "creationTimestamp": "2026-01-01T00:00:00Z"}
    body["spec"] |= {"activeDeadlineSeconds": 60}
    return {**body, "status": status}


def pod(phase: str, part: int = 1, **status: Any) -> Object:
    template = templates(ray_job())[part]
    metadata = {"name": f"study-{part}", "uid": f"p{part}", "labels": template["metadata"]["labels"]}
    return {"metadata": metadata, "spec": template["spec"], "status": {"phase": phase, **status}}


def unplaced() -> Object:
    said = {
        "type": "PodScheduled",
        "status": "False",
        "message": "0/2 nodes are available: 2 Insufficient cpu.",
    }
    return pod("Pending", 2, conditions=[said])


def killed() -> Object:
    state = {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}
    return pod("Failed", 2, containerStatuses=[{"state": state}])


def suspended(**status: Any) -> Object:
    body = ray_job(**status)
    return {**body, "spec": {**body["spec"], "suspend": True}}


QUOTA = {"reason": "FailedToCreateHeadPod", "message": "pods is forbidden: exceeded quota: small"}
CASES: dict[str, tuple[Facts, str, str]] = {
    "nobody looks": (
        Facts(job=ray_job()),
        "waiting",
        "KubeRay's operator has not looked at it; does it run, and does it watch this namespace?",
    ),
    "starting": (
        Facts(job=ray_job(jobDeploymentStatus="Initializing"), pods=[pod("Pending")]),
        "waiting",
        "its pods are starting",
    ),
    "no room": (
        Facts(job=ray_job(jobDeploymentStatus="Initializing"), pods=[pod("Running"), unplaced()]),
        "waiting",
        "no node takes its pods: 0/2 nodes are available: 2 Insufficient cpu.",
    ),
    "no quota": (
        Facts(job=ray_job(jobDeploymentStatus="Initializing"), events=[QUOTA]),
        "waiting",
        "its pods do not fit the quota: pods is forbidden: exceeded quota: small",
    ),
    "running": (
        Facts(job=ray_job(**RUNNING), pods=[pod("Running", 0), pod("Running", 1), pod("Running", 2)]),
        "running",
        "2 of 3 pods at work",
    ),
    "running after a try": (
        Facts(job=ray_job(**RUNNING, failed=1), pods=[pod("Running", 1), unplaced()]),
        "running",
        "1 of 3 pods at work; 1 wait: no node takes its pods: 0/2 nodes are available: 2 Insufficient cpu.; "
        "1 try of all its pods failed",
    ),
    "handed over": (
        Facts(job=ray_job(jobDeploymentStatus="Running"), pods=[pod("Running", 1)]),
        "running",
        "1 of 3 pods at work; its command is being handed over",
    ),
    "again": (
        Facts(job=ray_job(jobDeploymentStatus="Retrying", failed=2)),
        "waiting",
        "it is tried again, 2 tries of all its pods failed",
    ),
    "queued": (
        Facts(job=suspended(jobDeploymentStatus="Suspended"), workload={"status": {}}),
        "queued",
        "it is in queue 'team-a', and nothing more is known yet",
    ),
    "done": (Facts(job=ray_job(**DONE)), "done", "its command finished, whose end is the run's"),
    "stopped": (
        Facts(job=ray_job(**{**DONE, "jobStatus": "STOPPED", "message": "by a user"})),
        "failed",
        "Ray says that its command was stopped: by a user",
    ),
    "bad settings": (
        Facts(job=ray_job(**FAILED)),
        "failed",
        "its configuration is wrong (exit code 2): no setting 'train.lrr'; the nearest is 'train.lr'",
    ),
    "too late": (
        Facts(job=ray_job(jobDeploymentStatus="Failed", reason="DeadlineExceeded", message="x")),
        "failed",
        "it took longer than 60 s (kubernetes.deadline_seconds)",
    ),
    "out of memory": (
        Facts(job=ray_job(jobDeploymentStatus="Failed", message="head is gone"), pods=[killed()]),
        "failed",
        "head is gone; the last: pod 2: it needed more memory than 2Gi (OOMKilled); raise kubernetes.memory",
    ),
    "refused by the operator": (
        Facts(job=ray_job(jobDeploymentStatus="ValidationFailed", message="The spec is invalid")),
        "failed",
        "The spec is invalid",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_state_and_a_sentence(name: str) -> None:
    facts, state, why = CASES[name]
    status = explain(facts)
    assert (status.state, status.why) == (state, why)
    assert (status.run, status.kind, status.pods) == (STUDY.name, "tune", 3)
    assert status.stuck == (name == "nobody looks")
    assert status.exit_code == {"bad settings": 2}.get(name, 1 if state == "failed" else 0)


def test_a_study_is_sent_found_watched_and_given_up(cluster: Cluster, fake: FakeCluster) -> None:
    fake.rayjobs = {}
    (sent,) = runs.submit(cluster, STUDY)
    assert (sent["kind"], sent["metadata"]["namespace"]) == ("RayJob", "forensics")
    assert [status.run for status in runs.runs(cluster)] == [STUDY.name]
    assert runs.submit(cluster, STUDY)[0]["metadata"]["uid"] == sent["metadata"]["uid"], "not sent twice"
    fake.rayjobs[STUDY.name]["status"] = RUNNING
    # By this, of the same name, KubeRay hands the command over.
    fake.jobs[STUDY.name] = {"metadata": {"name": STUDY.name, "uid": "k", "labels": {}}, "status": {}}
    for part in range(3):
        fake.add_ray_pod(sent, part)
    fake.events.append({"involvedObject": {"kind": "RayCluster", "name": "c"}, "reason": "Made"})
    facts = runs.facts(cluster, runs.find(cluster, STUDY.name))
    assert len(facts.pods) == 3
    assert [event["reason"] for event in facts.events] == ["Made"]
    assert runs.observe(cluster, STUDY.name).why == "2 of 3 pods at work"
    with pytest.raises(errors.WaitedTooLong):
        runs.wait(cluster, STUDY.name, timeout=0.05)
    assert runs.cancel(cluster, STUDY.name).state == "running"
    assert fake.rayjobs == {}


def test_one_study_is_not_two_runs(cluster: Cluster, fake: FakeCluster) -> None:
    fake.rayjobs = {}
    job = submissions()["study"]
    operated = replace(STUDY, settings=STUDY.settings.model_copy(update={"name": job.name}), typed=job.typed)
    runs.submit(cluster, job)
    assert runs.submit(cluster, operated)[0]["kind"] == "Job"
    fake.jobs = {}
    runs.submit(cluster, operated)
    assert runs.submit(cluster, job)[0]["kind"] == "RayJob"
    assert fake.jobs == {}


def test_one_that_failed_is_sent_again_as_it_was(cluster: Cluster, fake: FakeCluster) -> None:
    failed = fake.add_ray_job(render(STUDY)[0], **FAILED)
    with pytest.raises(errors.RunFailed) as raised:
        runs.wait(cluster, STUDY.name)
    assert raised.value.exit_code == 2
    again = runs.resume(cluster, STUDY.name)
    assert again is not None
    assert again["spec"] == {**failed["spec"], "suspend": False}
    assert again["metadata"]["uid"] != failed["metadata"]["uid"]
    fake.rayjobs = {}
    fake.add_ray_job(render(STUDY)[0], **DONE)
    assert runs.resume(cluster, STUDY.name) is None


def test_its_pods_are_heard_by_their_part(cluster: Cluster, fake: FakeCluster) -> None:
    job = fake.add_ray_job(render(STUDY)[0], **DONE)
    for part, text in enumerate(("trial 0 begins", "ray started", "joined")):
        pod = fake.add_ray_pod(job, part, "Succeeded")
        fake.logs[pod["metadata"]["name"]] = [[f"2026-01-01T00:00:0{part}Z {text}"]]
    heard = [Line(0, "trial 0 begins"), Line(1, "ray started"), Line(2, "joined")]
    assert sorted(logs.follow(cluster, STUDY.name)) == heard
    assert list(logs.follow(cluster, STUDY.name, pod=1)) == heard[1:2]


def test_where_there_is_no_operator_nothing_is_asked_of_it_in_vain(
    cluster: Cluster, fake: FakeCluster
) -> None:
    fake.add_job(render(submissions()["generate"])[0])
    assert len(list(runs.runs(cluster))) == 1
    with pytest.raises(errors.UnknownName):
        runs.find(cluster, "nothing")
