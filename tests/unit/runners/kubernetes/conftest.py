from collections.abc import Iterator
from pathlib import Path

import pytest

from sigh_batch.config.kubernetes import KubernetesConfig
from sigh_batch.runners.kubernetes.cluster import Cluster
from tests.clusters import FakeCluster, fake_cluster


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCluster]:
    """An empty cluster, which the environment leads to."""
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    for module in ("runs", "logs"):
        monkeypatch.setattr(f"sigh_batch.runners.kubernetes.{module}.LOOK_SECONDS", 0.01)
    monkeypatch.setattr("sigh_batch.runners.kubernetes.cluster.PAUSE_SECONDS", 0.001)
    with fake_cluster(tmp_path) as found:
        yield found


@pytest.fixture
def cluster(fake: FakeCluster) -> Cluster:
    """That cluster as runs see it."""
    return Cluster.connect(KubernetesConfig())
