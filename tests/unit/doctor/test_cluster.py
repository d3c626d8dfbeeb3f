from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from sigh_batch.config.kubernetes import KubernetesConfig
from sigh_batch.config.settings import Settings
from sigh_batch.doctor.cluster import RAY_JOB_VERBS, RIGHTS, examine_cluster
from sigh_batch.doctor.finding import Finding
from sigh_batch.runners.kubernetes.cluster import Cluster
from tests.clusters import FakeCluster, fake_cluster

QUEUES = "/apis/kueue.x-k8s.io/v1beta2/namespaces/forensics/localqueues/team"


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCluster]:
    """A cluster of one node, with Kueue and a queue, which the environment leads to."""
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    monkeypatch.setattr("sigh_batch.runners.kubernetes.cluster.PAUSE_SECONDS", 0.001)
    with fake_cluster(tmp_path) as found:
        found.served["/api/v1/nodes"] = {"items": [{"status": {"allocatable": {"nvidia.com/gpu": "2"}}}]}
        found.served["/apis/kueue.x-k8s.io/v1beta2"] = {}
        found.served[QUEUES] = {"status": {"conditions": [{"type": "Active", "status": "True"}]}}
        yield found


def findings(**told: Any) -> dict[str, Finding]:
    found = list(examine_cluster(Settings(kubernetes=KubernetesConfig(**told))))
    assert len({finding.what for finding in found}) == len(found)
    return {finding.what: finding for finding in found}


def test_a_machine_without_a_cluster_hears_nothing_of_clusters() -> None:
    assert findings() == {}
    assert findings(context="mine")["cluster"].state == "fault"


def test_a_pod_without_a_token_of_its_cluster_hears_nothing_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1")
    assert findings() == {}


def test_a_cluster_that_sleeps_is_a_fault_only_for_who_asked(fake: FakeCluster) -> None:
    fake.faults = [503] * 2  # one a call: nobody who only checks waits for long
    sleeping = findings()
    assert [(finding.what, finding.state) for finding in sleeping.values()] == [("cluster", "warning")]
    assert findings(namespace="forensics")["cluster"].state == "fault"


def test_a_whole_cluster_has_no_faults_and_nothing_is_left_there(fake: FakeCluster) -> None:
    found = findings(queue="team", gpus=1, image="registry.example.org/sigh:1")
    assert [finding for finding in found.values() if finding.state != "ok"] == []
    assert found["cluster"].detail == f"Kubernetes v1.35.4 at {fake.server}, namespace forensics"
    assert found["rights"].detail == f"all {len(RIGHTS)} that commands ask for"
    assert found["gpus"].detail == "1 of 1 nodes offer nvidia.com/gpu"
    assert fake.jobs == {}
    assert not [line for line in fake.asked if line.startswith("DELETE")]


def test_rights_that_are_missing_are_named_with_the_commands_that_need_them(fake: FakeCluster) -> None:
    fake.refused = {("create", "jobs"), ("get", "pods/log")}
    found = findings()["rights"]
    assert (found.state, found.detail) == (
        "fault",
        "not allowed here: create jobs (submit, resume), get pods/log (logs)",
    )
    assert found.fix


def test_the_rights_that_are_looked_for_are_those_of_the_chart() -> None:
    base = Path(__file__).parents[3] / "k8s" / "base" / "10-sigh.yaml"
    (role,) = (body for body in yaml.safe_load_all(base.read_text()) if body["kind"] == "Role")
    granted = {
        (verb, group, resource)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
        if group != "kueue.x-k8s.io"  # of those who have queues
    }
    asked = {(verb, group, resource) for verb, group, resource, _ in RIGHTS}
    assert granted == asked | {(verb, "ray.io", "rayjobs") for verb in RAY_JOB_VERBS}


def test_where_kuberay_is_its_runs_must_be_allowed(fake: FakeCluster) -> None:
    fake.served["/apis/ray.io/v1"] = {}
    fake.refused = {("create", "rayjobs")}
    found = findings()["operators"]
    assert (found.state, found.detail) == ("fault", "KubeRay is there, and not allowed here: create rayjobs")
    assert "kubernetes.study_as=Job" in str(found.fix)


@pytest.mark.parametrize(
    ("changed", "told", "what", "state", "detail"),
    [
        (
            {"/version": {"major": "1", "minor": "33+", "gitVersion": "v1.33"}},
            {},
            "cluster",
            "warning",
            "v1.33",
        ),
        ({}, {"image": "sigh-batch:0.1.0"}, "image", "warning", "names no registry"),
        ({QUEUES: None}, {"queue": "team"}, "queue", "fault", "forensics has no LocalQueue 'team'"),
        (
            {QUEUES: {"status": {"conditions": [{"type": "Active", "status": "False"}]}}},
            {"queue": "team"},
            "queue",
            "fault",
            "team admits nothing",
        ),
        ({"/apis/kueue.x-k8s.io/v1beta2": None}, {"queue": "team"}, "queue", "fault", "has no Kueue"),
        ({"/apis/kueue.x-k8s.io/v1beta2": None}, {}, "queue", "ok", "runs start at once"),
        ({}, {}, "operators", "ok", "a study of several pods is an Indexed Job"),
        ({}, {"study_as": "RayJob"}, "operators", "fault", "no KubeRay (ray.io/v1)"),
        ({"/apis/ray.io/v1": {}}, {}, "operators", "ok", "a study of several pods is a RayJob"),
        ({"/apis/ray.io/v1": {}}, {"study_as": "Job"}, "operators", "ok", "and not asked for"),
        ({}, {"gpus": 4}, "gpus", "warning", "0 of 1 nodes offer 4 nvidia.com/gpu"),
        ({}, {"gpus": 1, "gpu_resource": "amd.com/gpu"}, "gpus", "warning", "0 of 1 nodes offer amd.com/gpu"),
    ],
)
def test_what_a_run_would_stumble_over_is_told(
    fake: FakeCluster, changed: dict[str, Any], told: dict[str, Any], what: str, state: str, detail: str
) -> None:
    for path, body in changed.items():
        if body is None:
            del fake.served[path]
        else:
            fake.served[path] = body
    found = findings(**told)[what]
    assert found.state == state
    assert detail in found.detail
    assert bool(found.fix) == (state != "ok")


def test_a_job_that_the_cluster_would_not_take_is_told(
    fake: FakeCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = Cluster.create

    def refuse(self: Cluster, path: str, body: Any, **how: Any) -> Any:
        if path.endswith("/jobs"):
            fake.faults = [422]
        return create(self, path, body, **how)

    monkeypatch.setattr(Cluster, "create", refuse)
    found = findings()["admission"]
    assert found.state == "fault"
    assert "told to answer 422" in found.detail


def test_clocks_that_differ_are_told(fake: FakeCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    assert findings()["clock"].state == "ok"
    for seconds, state in ((300, "warning"), (-2000, "fault")):
        said = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
        monkeypatch.setattr(
            "http.server.BaseHTTPRequestHandler.date_time_string", lambda _self, said=said: said
        )
        found = findings()["clock"]
        assert found.state == state
        assert ("ahead" if seconds > 0 else "behind") in found.detail
