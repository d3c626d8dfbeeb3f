"""Our manifests and commands before a real API server without nodes: tests play the controllers."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sigh_batch import cli
from tests.control_plane import ControlPlane
from tests.kind import eventually

pytestmark = pytest.mark.cluster

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "sigh-batch"
NAMESPACE = "sigh"
GENERATE = (
    "submit",
    "generate",
    "--out",
    "s3://bucket/ds",
    "--count",
    "20",
    "--shards",
    "4",
    "--name",
    "nightly",
)

STUDY = (
    *("submit", "tune", "--data", "s3://bucket/ds", "--out", "s3://bucket/study"),
    *("--pods", "2", "--name", "study", "--set", "tune.space={train.lr: [0.1, 0.2]}"),
)


def bodies(path: Path) -> list[dict[str, Any]]:
    return [body for body in yaml.safe_load_all(path.read_text()) if body]


@pytest.fixture(scope="module")
def plane(control_plane: ControlPlane) -> ControlPlane:
    """The API server with k8s/base applied, of which nothing may be warned about, and RayJobs known."""
    for body in bodies(ROOT / "tests" / "rayjobs.yaml"):
        assert control_plane.create(body) == []
    served = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/rayjobs.ray.io"
    eventually(lambda: control_plane.ask("GET", served)[0], _is_established)
    for path in sorted((ROOT / "k8s" / "base").glob("*.yaml")):
        for body in bodies(path):
            assert control_plane.create(body) == [], body["metadata"]["name"]
    return control_plane


def _is_established(definition: Any) -> bool:
    conditions = definition["status"].get("conditions") or ()
    return any(found["type"] == "Established" and found["status"] == "True" for found in conditions)


@pytest.fixture
def sigh(plane: ControlPlane, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """The command line as the chart's submitter: it has the rights that the chart gives, and no others."""
    token = plane.token_of(NAMESPACE, "sigh-submitter")
    monkeypatch.setenv("KUBECONFIG", str(plane.kubeconfig("submitter", token, NAMESPACE)))
    monkeypatch.setattr("sigh_batch.runners.kubernetes.runs.LOOK_SECONDS", 0.05)

    def run(*words: str) -> tuple[int, str, str]:
        code = cli.run([*words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def job(plane: ControlPlane, sigh: Any) -> Iterator[str]:
    """The path of a run that was sent, gone after the test."""
    code, _, err = sigh(*GENERATE)
    assert code == 0, err
    yield f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs/nightly"
    sigh("cancel", "nightly")


@pytest.mark.parametrize("path", sorted((ROOT / "k8s" / "jobs").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_committed_job_passes_restricted_pod_security_without_a_warning(
    plane: ControlPlane, path: Path
) -> None:
    (body,) = bodies(path)
    assert plane.create(body, dry_run=True) == []


def test_the_pods_of_a_committed_rayjob_pass_too(plane: ControlPlane) -> None:
    (body,) = bodies(ROOT / "k8s" / "jobs" / "tune-rayjob.yaml")
    cluster = body["spec"]["rayClusterSpec"]
    templates = [
        body["spec"]["submitterPodTemplate"],
        cluster["headGroupSpec"]["template"],
        *(group["template"] for group in cluster["workerGroupSpecs"]),
    ]
    assert len(templates) == 3
    for number, template in enumerate(templates):
        metadata = {**template["metadata"], "name": f"part-{number}", "namespace": NAMESPACE}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}
        assert plane.create(pod, dry_run=True) == []


def test_a_field_that_kuberay_does_not_have_is_refused(plane: ControlPlane) -> None:
    (body,) = bodies(ROOT / "k8s" / "jobs" / "tune-rayjob.yaml")
    body["spec"]["backofLimit"] = 3
    with pytest.raises(pytest.fail.Exception, match="backofLimit"):
        plane.create(body, dry_run=True)


@pytest.mark.parametrize("path", sorted((CHART / "ci").glob("*.yaml")), ids=lambda path: path.stem)
def test_what_the_chart_makes_passes_too(plane: ControlPlane, helm: str, path: Path) -> None:
    command = [helm, "template", "other", str(CHART), "--namespace", NAMESPACE, "-f", str(path)]
    made = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = [body for body in yaml.safe_load_all(made) if body]
    assert len(found) > 7
    for body in found:
        if body["kind"] == "Pod":
            # A pod needs the ServiceAccount to be there, and no controller makes the namespace's own here.
            body["spec"]["serviceAccountName"] = "sigh-worker"
        assert plane.create(body, dry_run=True) == [], body["metadata"]["name"]


def test_a_violation_would_be_warned_about(plane: ControlPlane) -> None:
    (body,) = bodies(ROOT / "k8s" / "jobs" / "generate.yaml")
    del body["spec"]["template"]["spec"]["securityContext"]
    assert "would violate PodSecurity" in plane.create(body, dry_run=True)[0]


def test_a_run_by_the_rights_of_the_chart(plane: ControlPlane, sigh: Any, job: str) -> None:
    assert sigh(*GENERATE[:-1], "other", "--dry-run=server", "-o", "name")[1] == "job.batch/other\n"
    assert sigh("list", "-q")[1] == "nightly\n"
    code, out, err = sigh("status", "nightly", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["state"] == "waiting"
    assert sigh("logs", "nightly")[0] == 0
    assert "its pods are not there yet" in sigh("describe", "nightly")[1]
    code, _, err = sigh("wait", "nightly", "--timeout", "0.1")
    assert code == 8
    assert sigh(*GENERATE)[0] == 0, "the same run is not sent twice"
    code, _, err = sigh(*GENERATE, "--seed", "1")
    assert code == 2
    assert "is the name of another run" in err


def test_a_study_is_a_rayjob_where_kuberay_is(plane: ControlPlane, sigh: Any) -> None:
    assert sigh(*STUDY, "--dry-run=server", "-o", "name")[1] == "rayjob.ray.io/study\n"
    assert sigh(*STUDY, "--dry-run=client", "-o", "name")[1] == "job.batch/study\n"
    as_job = ("--set", "kubernetes.study_as=Job", "--dry-run=server", "-o", "name")
    assert sigh(*STUDY, *as_job)[1] == "job.batch/study\n"
    assert sigh(*STUDY)[:2] == (0, "study\n")
    assert sigh("list", "-q")[1] == "study\n"
    code, out, _ = sigh("status", "study", "--json")
    assert (code, json.loads(out)["state"]) == (0, "waiting")
    path = f"/apis/ray.io/v1/namespaces/{NAMESPACE}/rayjobs/study"
    message = "Job entrypoint command failed with exit code 2, last logs:\nerror: no such setting"
    failed = {
        "jobDeploymentStatus": "Failed",
        "jobStatus": "FAILED",
        "reason": "AppFailed",
        "message": message,
    }
    plane.ask("PATCH", f"{path}/status", {"status": failed})
    code, _, err = sigh("wait", "study")
    assert (code, "its configuration is wrong (exit code 2): no such setting" in err) == (2, True)
    code, out, err = sigh("resume", "study")
    assert (code, out) == (0, "study\n"), err
    assert "status" not in plane.ask("GET", path)[0]
    assert sigh("cancel", "study")[0] == 0
    assert sigh("list", "-q")[1] == ""


def test_doctor_finds_no_fault_in_the_rights_of_the_chart(plane: ControlPlane, sigh: Any) -> None:
    code, out, err = sigh("doctor", "--json", "--set", "kubernetes.service_account=sigh-worker")
    assert code == 0, out + err
    found = {finding["what"]: finding for finding in json.loads(out)}
    told = ("cluster", "clock", "rights", "admission", "image", "queue", "operators", "gpus")
    assert {name: found[name]["state"] for name in told} == dict.fromkeys(told, "ok") | {"image": "warning"}
    assert found["gpus"]["detail"] == "no right to look at nodes for nvidia.com/gpu"
    assert sigh("list", "-q")[1] == "", "nothing is left there"
    code, out, _ = sigh("doctor", "--json", "-n", "elsewhere")
    states = {finding["what"]: finding["state"] for finding in json.loads(out)}
    assert (code, states["rights"], states["admission"]) == (1, "fault", "fault")


def test_what_is_missing_is_sent_again_as_the_cluster_takes_it(
    plane: ControlPlane, sigh: Any, job: str
) -> None:
    moment = "2026-01-01T00:00:00Z"
    failed = [
        {"type": kind, "status": "True", "reason": "FailedIndexes", "lastTransitionTime": moment}
        for kind in ("FailureTarget", "Failed")
    ]
    status = {
        "startTime": moment, "conditions": failed, "succeeded": 2, "failed": 2, "completedIndexes": "0,2",
        "failedIndexes": "1,3", "uncountedTerminatedPods": {}, "ready": 0, "terminating": 0,
    }  # fmt: skip
    plane.ask("PATCH", f"{job}/status", {"status": status})
    code, _, err = sigh("wait", "nightly")
    assert code == 1
    assert "2 of 4 pods failed for good (1,3)" in err
    # No garbage collector runs here; the finalizer of a Job that is deleted is its controller's to take.
    assert sigh("resume", "nightly")[:2] == (0, "nightly\n")
    again, _ = plane.ask("GET", job)
    assert again["spec"]["completions"] == 2
    env = {
        entry["name"]: entry["value"] for entry in again["spec"]["template"]["spec"]["containers"][0]["env"]
    }
    assert env["SIGH_INDEXES"] == "1,3"


def test_a_deleted_run_ends_the_waiting(plane: ControlPlane, sigh: Any, job: str) -> None:
    def watch(_status: Any) -> None:
        plane.ask("DELETE", job, {"propagationPolicy": "Background"})

    from sigh_batch import errors
    from sigh_batch.config.kubernetes import KubernetesConfig
    from sigh_batch.runners.kubernetes import runs
    from sigh_batch.runners.kubernetes.cluster import Cluster

    with pytest.raises(errors.RunGone):
        runs.wait(Cluster.connect(KubernetesConfig()), "nightly", watch=watch)


def test_what_the_cluster_refuses_is_one_sentence(sigh: Any) -> None:
    code, _, err = sigh(*GENERATE, "-n", "elsewhere")
    assert code == 4
    assert 'cannot create resource "jobs" in API group "batch" in the namespace "elsewhere"' in err
    code, _, err = sigh(*GENERATE, "--set", 'kubernetes.volumes={"/tmp": claim}', "--dry-run=server")
    assert code == 2
    assert "the cluster refuses the manifest" in err
    assert "must be unique" in err


@pytest.mark.parametrize(
    ("resource", "verb"),
    [
        ("jobs.batch", "create"),
        ("jobs.batch", "get"),
        ("jobs.batch", "list"),
        ("jobs.batch", "delete"),
        ("pods", "list"),
        ("events", "list"),
        ("rayjobs.ray.io", "create"),
        ("rayjobs.ray.io", "get"),
        ("rayjobs.ray.io", "list"),
        ("rayjobs.ray.io", "delete"),
    ],
)
def test_no_right_of_the_chart_is_more_than_is_needed(
    plane: ControlPlane, sigh: Any, job: str, resource: str, verb: str
) -> None:
    path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{NAMESPACE}/roles/sigh-submitter"
    role, _ = plane.ask("GET", path)
    name = resource.partition(".")[0]
    rules = [
        {**rule, "verbs": [known for known in rule["verbs"] if known != verb] or ["watch"]}
        if rule["resources"] == [name]
        else rule
        for rule in role["rules"]
    ]
    plane.ask("PATCH", path, {"rules": rules})
    try:
        codes = [
            sigh(*words)[0]
            for words in (
                *(GENERATE, ("status", "nightly"), ("cancel", "nightly")),
                *(STUDY, ("status", "study"), ("cancel", "study")),
                ("list",),
            )
        ]
    finally:
        plane.ask("PATCH", path, {"rules": role["rules"]})
    assert 4 in codes
    sigh("cancel", "study")
    assert sigh(*GENERATE)[0] == 0


def test_submitters_read_no_secrets(plane: ControlPlane) -> None:
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {"namespace": NAMESPACE, "verb": "get", "resource": "secrets"}},
    }
    for account in ("sigh-submitter", "sigh-worker"):
        token = plane.token_of(NAMESPACE, account)
        answer, _ = plane.ask("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review, token)
        assert answer["status"]["allowed"] is False
