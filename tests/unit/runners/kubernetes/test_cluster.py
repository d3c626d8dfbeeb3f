import json
import socket
from pathlib import Path

import pytest

from sigh_batch import errors
from sigh_batch.config.kubernetes import KubernetesConfig
from sigh_batch.runners.kubernetes.cluster import Cluster
from tests.clusters import FakeCluster, kubeconfig
from tests.golden.manifests import submissions
from tests.unit.runners.kubernetes.test_runs import job_of


def test_namespace_and_identity_come_from_the_context(cluster: Cluster, fake: FakeCluster) -> None:
    assert cluster.namespace == "forensics"
    assert cluster.host == fake.server
    assert list(cluster.list(cluster.jobs())) == []
    assert fake.asked == ["GET /apis/batch/v1/namespaces/forensics/jobs?limit=250"]
    assert Cluster.connect(KubernetesConfig(namespace="other")).namespace == "other"


def test_lists_come_in_pages(cluster: Cluster, fake: FakeCluster) -> None:
    job = fake.add_job(job_of(submissions()["generate"]))
    names = [fake.add_pod(job, index)["metadata"]["name"] for index in range(8)]
    assert [pod["metadata"]["name"] for pod in cluster.list(cluster.pods())] == names
    assert len(fake.asked) == 3


def test_a_cluster_that_is_busy_is_asked_again(cluster: Cluster, fake: FakeCluster) -> None:
    fake.faults = [503, 429, 500]
    assert list(cluster.list(cluster.jobs())) == []
    fake.faults = [503] * 9
    with pytest.raises(errors.ClusterUnreachable, match="told to answer 503"):
        list(cluster.list(cluster.jobs()))
    assert len(fake.asked) == 8


def test_what_changes_something_is_sent_once(cluster: Cluster, fake: FakeCluster) -> None:
    fake.faults = [503]
    with pytest.raises(errors.ClusterUnreachable):
        cluster.create(cluster.jobs(), job_of(submissions()["generate"]))
    assert len(fake.asked) == 1


@pytest.mark.parametrize(
    ("code", "error", "exit_code"),
    [
        (401, errors.ClusterDenied, 4),
        (403, errors.ClusterDenied, 4),
        (404, errors.ClusterNotFound, 1),
        (409, errors.ClusterConflict, 1),
        (422, errors.ConfigError, 2),
        (418, errors.ClusterError, 1),
    ],
)
def test_refusals_are_errors_of_ours(
    cluster: Cluster, fake: FakeCluster, code: int, error: type[errors.SighError], exit_code: int
) -> None:
    fake.faults = [code]
    with pytest.raises(error, match=f"told to answer {code}") as raised:
        cluster.get(cluster.jobs("x"))
    assert type(raised.value) is error
    assert raised.value.exit_code == exit_code
    assert "\n" not in str(raised.value)


def test_a_token_that_is_no_longer_good_is_said_so(
    fake: FakeCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old").write_text(json.dumps(kubeconfig(fake.server, token="old")))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "old"))
    with pytest.raises(errors.ClusterDenied, match="does not know who asks; log in to it again"):
        list(Cluster.connect(KubernetesConfig()).list("/api/v1/namespaces/x/pods"))


def test_nobody_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    (tmp_path / "config").write_text(json.dumps(kubeconfig(f"http://127.0.0.1:{port}")))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    monkeypatch.setattr("sigh_batch.runners.kubernetes.cluster.PAUSE_SECONDS", 0.001)
    with pytest.raises(errors.ClusterUnreachable, match=f"127.0.0.1:{port} does not answer") as raised:
        list(Cluster.connect(KubernetesConfig()).list("/api/v1/namespaces/x/pods"))
    assert raised.value.exit_code == 5
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "context", "words"),
    [
        (None, None, "no cluster to speak to"),
        ("", None, "no cluster to speak to"),
        (json.dumps(kubeconfig("http://127.0.0.1:9")), "elsewhere", "elsewhere"),
    ],
)
def test_no_cluster_or_context_is_a_wrong_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, context: str | None, words: str
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    if text is not None:
        (tmp_path / "config").write_text(text)
    with pytest.raises(errors.ConfigError, match=words):
        Cluster.connect(KubernetesConfig(context=context))
