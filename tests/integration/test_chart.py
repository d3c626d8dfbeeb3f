"""The chart and the manifests that are committed: what the code gives, and what Helm takes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from scripts.manifests import JOBS, NAMESPACE, job
from scripts.values import Values, values_schema

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "sigh-batch"
CI = sorted((CHART / "ci").glob("*.yaml"))


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    """What checks values as Helm does."""
    return jsonschema.Draft202012Validator(values_schema())


def rendered(helm: str, *words: str) -> list[dict[str, Any]]:
    command = [helm, "template", "sigh", str(CHART), "--namespace", "forensics", *words]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [body for body in yaml.safe_load_all(done.stdout) if body]


def test_the_committed_schema_is_what_the_models_say() -> None:
    committed = json.loads((CHART / "values.schema.json").read_text())
    assert committed == values_schema(), "run `make manifests` and commit the result"


def test_the_values_that_are_listed_are_the_defaults() -> None:
    listed = yaml.safe_load((CHART / "values.yaml").read_text())
    assert Values.model_validate(listed) == Values()
    assert set(listed) == set(Values.model_fields)


@pytest.mark.parametrize("path", [CHART / "values.yaml", *CI], ids=lambda path: path.stem)
def test_the_schema_takes_what_is_shipped(path: Path, validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(yaml.safe_load(path.read_text()))


@pytest.mark.parametrize(
    "values",
    [
        {"objectStor": {}},
        {"store": {"endpoint": "host:9000"}},
        {"settings": {"kubernetes": {"memry": "1Gi"}}},
        {"schedules": [{"name": "a", "schedule": "* * * * *", "kind": "doctor"}]},
        {"image": {"digest": "latest"}},
    ],
    ids=str,
)
def test_the_schema_refuses_what_is_not_known(
    values: dict[str, Any], validator: jsonschema.Draft202012Validator
) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(values)


@pytest.mark.parametrize("name", sorted(JOBS))
def test_a_committed_job_is_what_its_command_prints(name: str) -> None:
    text = (ROOT / "k8s" / "jobs" / f"{name}.yaml").read_text()
    assert text == job(JOBS[name]), "run `make manifests` and commit the result"
    assert yaml.safe_load(text)["metadata"]["namespace"] == NAMESPACE


@pytest.mark.parametrize("path", CI, ids=lambda path: path.stem)
def test_settings_within_the_cluster_are_settings(helm: str, path: Path, tmp_path: Path) -> None:
    (config,) = (body for body in rendered(helm, "-f", str(path)) if body["kind"] == "ConfigMap")
    (tmp_path / "sigh.yaml").write_text(config["data"]["sigh.yaml"])
    shown = subprocess.run(
        [sys.executable, "-m", "sigh_batch", "config", "show", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert shown.returncode == 0, shown.stderr
    kubernetes = json.loads(shown.stdout)["kubernetes"]
    assert kubernetes["service_account"] == "sigh-worker"
    image = (
        "sigh-batch:0.1.0"
        if path.stem.startswith("dev")
        else "registry.example.org/sigh-batch@sha256:" + "0" * 64
    )
    assert kubernetes["image"] == image


def test_a_scheduled_run_is_a_command_that_sigh_takes(helm: str, tmp_path: Path) -> None:
    bodies = rendered(helm, "-f", str(CHART / "ci" / "development-values.yaml"))
    (schedule,) = (body for body in bodies if body["kind"] == "CronJob")
    (config,) = (body for body in bodies if body["kind"] == "ConfigMap")
    (tmp_path / "my.yaml").write_text(config["data"]["sigh.yaml"])
    (container,) = schedule["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    words = [*container["command"], *container["args"], "--dry-run"]
    told = [
        word.replace("$(RUN)", "nightly-29384720").replace("/etc/sigh/sigh.yaml", "my.yaml") for word in words
    ]
    done = subprocess.run(
        [sys.executable, "-m", "sigh_batch", *told[1:]], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    job = yaml.safe_load(done.stdout)
    assert job["metadata"]["name"] == "nightly-29384720-run"
    assert job["metadata"]["annotations"]["sigh-batch/out"] == "s3://sigh/nightly/nightly-29384720"


def test_an_upgrade_changes_nothing_that_may_not_change(helm: str) -> None:
    """Selectors and templates of volume claims are fixed for ever; a version is in neither."""
    bodies = rendered(helm, "-f", str(CHART / "ci" / "development-values.yaml"))
    (store,) = (body for body in bodies if body["kind"] == "StatefulSet")
    fixed = json.dumps([store["spec"]["selector"], store["spec"].get("volumeClaimTemplates")])
    assert "version" not in fixed
    assert "helm.sh/chart" not in json.dumps([body.get("spec") for body in bodies])
