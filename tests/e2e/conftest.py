"""The chart on the cluster of `make kind-up`, installed once for all tests here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from sigh_batch import __version__
from sigh_batch.store import open_store
from tests.e2e.chaos import BUSY
from tests.kind import BUCKET, RELEASE, STORE, Kind, eventually, open_kind, reached, remove
from tests.models import put_model, tiles_document
from tests.servers import ROOT

NAMESPACE = "sigh-e2e"
SMALL = {"cpu": "100m", "memory": "1Gi", "ephemeral_storage": "1Gi", "shm": None}
"""So little that four pods and an S3 server are at home on one small node."""
VALUES = {
    "image": {"tag": f"{__version__}-thin"},
    "objectStore": {"enabled": True, "persistence": {"size": "2Gi"}},
    "settings": {"kubernetes": SMALL},
    "networkPolicy": {"egress": [{"to": [{"podSelector": {"matchLabels": {"app": BUSY}}}]}]},
    "schedules": [
        {
            "name": "nightly",
            "schedule": "0 3 * * *",
            "kind": "generate",
            "args": ["--out", "s3://sigh/nightly/$(RUN)", "--count", "8", "--shards", "2"],
            "suspend": True,
        }
    ],
}
"""What the chart is told."""
CHART = str(ROOT / "charts" / "sigh-batch")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def kind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kind]:
    """A restricted namespace with the chart in it, and a user's folder as its notes want it."""
    found = open_kind(tmp_path_factory.mktemp("user"), NAMESPACE)
    (found.folder / "values.yaml").write_text(yaml.safe_dump(VALUES))
    install(found)
    settings = found.get("configmap", RELEASE)["data"]["sigh.yaml"]
    (found.folder / "sigh.yaml").write_text(settings)
    with reached(found) as user:
        yield user
    found.helm("uninstall", RELEASE, "--wait")
    left = eventually(lambda: found.get("pods"), lambda pods: all(RELEASE not in owner(pod) for pod in pods))
    assert all(owner(pod) != STORE for pod in left)
    # A user's data outlives the release; here they go with the namespace.
    assert found.get("persistentvolumeclaims")
    remove(found, "--wait=false")


@pytest.fixture(scope="session")
def model(kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a small model that pods without torch can open."""
    folder = tmp_path_factory.mktemp("model")
    put_model(open_store(str(folder)), tiles_document())
    kind.sigh("models", "export", str(folder), "--format", "onnx", "-q")
    for file in ("model.json", "model.onnx"):
        kind.s3.upload_file(str(folder / file), BUCKET, f"model/{file}")
    return f"s3://{BUCKET}/model"


def install(found: Kind, *words: str) -> str:
    """Install or upgrade the release."""
    values = str(found.folder / "values.yaml")
    return found.helm(
        "upgrade", "--install", RELEASE, CHART, "-f", values, "--wait", "--timeout", "10m", *words
    )


def owner(pod: dict[str, object]) -> str:
    """Return who made a pod."""
    metadata = pod["metadata"]
    assert isinstance(metadata, dict)
    return str(next((known["name"] for known in metadata.get("ownerReferences", ())), ""))
