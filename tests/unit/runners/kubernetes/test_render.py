import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubernetes.client import V1Job
from pydantic import ValidationError

from sigh_batch.config.kubernetes import KubernetesConfig, Toleration
from sigh_batch.runners.kubernetes.render import render
from sigh_batch.runners.kubernetes.submission import Submission
from tests.golden.manifests import FOLDER, submissions, text_of

HOST = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")

names = st.from_regex(r"[a-z][a-z0-9-]{0,40}[a-z0-9]", fullmatch=True)
values = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,30}[A-Za-z0-9])?", fullmatch=True)
quantities = st.from_regex(r"[1-9][0-9]{0,3}(m|Mi|Gi)?", fullmatch=True)
configs = st.builds(
    KubernetesConfig,
    namespace=st.none() | names,
    name=st.none() | names,
    service_account=st.none() | names,
    env_secrets=st.lists(names, max_size=2).map(tuple),
    env=st.dictionaries(st.from_regex(r"[A-Z_]{1,9}", fullmatch=True), st.text(max_size=9), max_size=2),
    volumes=st.dictionaries(st.from_regex(r"/[a-z]{1,9}", fullmatch=True), names, max_size=2),
    parallelism=st.integers(1, 10_000),
    retries=st.integers(0, 100),
    max_failed=st.none() | st.integers(0, 100_000),
    ttl_seconds=st.none() | st.integers(0, 10**6),
    cpu=quantities,
    memory=quantities,
    shm=st.none() | quantities,
    gpus=st.integers(0, 8),
    node_selector=st.dictionaries(values, values, max_size=2),
    tolerations=st.lists(st.builds(Toleration, key=values), max_size=2).map(tuple),
    queue=st.none() | values,
    labels=st.dictionaries(values, values, max_size=2),
)
submitted = st.builds(
    Submission,
    kind=st.sampled_from(("generate", "distort", "train")),
    out=st.just("s3://bucket/ds"),
    command=st.just(("python", "-m", "sigh_batch.worker")),
    typed=st.text(max_size=20),
    settings=configs,
    pods=st.integers(1, 100_000),
    hopeless=st.just((2,)),
    poisoned=st.sampled_from(((), (65,))),
    environment=st.dictionaries(st.just("SIGH_SPEC"), st.text(max_size=20)),
    led=st.booleans(),
)


@pytest.mark.parametrize("name", sorted(submissions()))
def test_a_manifest_is_literally_this(name: str) -> None:
    assert text_of(submissions()[name]) == (FOLDER / f"{name}.yaml").read_text()


@given(submitted)
def test_whatever_is_set_becomes_a_job_that_the_api_knows(submission: Submission) -> None:
    (job,) = render(submission)
    # The client's models are strict about types and about what must be there; unknown names they drop.
    model = V1Job.from_dict(json.loads(json.dumps(job)))
    assert known(model.model_dump(mode="json", by_alias=True), job) == []
    spec, template = job["spec"], job["spec"]["template"]
    assert 1 <= spec["parallelism"] <= spec["completions"] == submission.pods
    assert spec["podReplacementPolicy"] == "Failed"
    assert template["spec"]["restartPolicy"] == "Never"
    assert spec["podFailurePolicy"]["rules"][0]["action"] == "Ignore"
    assert HOST.fullmatch(f"{job['metadata']['name']}-{spec['completions'] - 1}")
    for label, value in {**job["metadata"]["labels"], **template["metadata"]["labels"]}.items():
        assert len(value) <= 63
        assert len(label.rpartition("/")[2]) <= 63
    mounted = {mount["name"] for mount in template["spec"]["containers"][0]["volumeMounts"]}
    assert mounted == {volume["name"] for volume in template["spec"]["volumes"]}


@given(submitted)
def test_pods_have_no_right_they_do_not_need(submission: Submission) -> None:
    pod = render(submission)[0]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert set(container["resources"]["limits"]) >= {"memory", "ephemeral-storage"}


def known(back: Any, sent: Any, path: str = "") -> list[str]:
    """Return the paths of what was sent and the API's own model does not have."""
    if isinstance(sent, dict) and isinstance(back, dict):
        return [line for key in sent for line in known(back.get(key), sent[key], f"{path}.{key}")]
    if isinstance(sent, list) and isinstance(back, list):
        pairs = enumerate(zip(back, sent, strict=True))
        return [line for number, (one, other) in pairs for line in known(one, other, f"{path}[{number}]")]
    return [] if back == sent else [path]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Upper"},
        {"name": "a" * 53},
        {"namespace": "a.b"},
        {"image": "two words"},
        {"image": ""},
        {"memory": "2 GB"},
        {"cpu": "-1"},
        {"labels": {"a b": "c"}},
        {"labels": {"a": "c" * 64}},
        {"env": {"A=B": "c"}},
        {"volumes": {"relative": "claim"}},
        {"pods": 0},
        {"parallelism": 0},
        {"user": 0},
        {"grace_seconds": 1},
        {"unknown": 1},
    ],
    ids=str,
)
def test_what_the_cluster_would_refuse_is_refused_here(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        KubernetesConfig(**fields)


@pytest.mark.parametrize(
    "image",
    [
        "sigh-batch",
        "sigh-batch:0.1.0",
        "registry.example.org:5000/team/sigh:0.1.0-gpu",
        "ghcr.io/a/b@sha256:" + "0" * 64,
        "ghcr.io/a/b:1@sha256:" + "0" * 64,
    ],
)
def test_images_are_named_as_registries_name_them(image: str) -> None:
    assert KubernetesConfig(image=image).image == image


def test_a_gpu_is_limited_requested_and_tolerated() -> None:
    everything = render(submissions()["everything"])[0]["spec"]["template"]["spec"]
    (container,) = everything["containers"]
    assert container["resources"]["limits"]["nvidia.com/gpu"] == "1"
    assert container["resources"]["requests"]["nvidia.com/gpu"] == "1"
    assert [toleration["key"] for toleration in everything["tolerations"]] == ["spot", "nvidia.com/gpu"]


def test_a_study_ends_with_its_first_pod_which_others_find_and_trust() -> None:
    (job,) = render(submissions()["study"])
    spec, pod = job["spec"], job["spec"]["template"]["spec"]
    assert spec["completions"] == spec["parallelism"] == 3
    assert spec["successPolicy"] == {"rules": [{"succeededIndexes": "0"}]}
    assert spec["maxFailedIndexes"] == 0
    (container,) = pod["containers"]
    env = {entry["name"]: entry.get("value") or entry["valueFrom"] for entry in container["env"]}
    # The Indexed Job calls pod 0 so, and the headless Service gives the name an address.
    assert env["SIGH_RAY_HEAD"] == f"{job['metadata']['name']}-0.{pod['subdomain']}:6379"
    assert (env["SIGH_RAY_CPUS"], env["SIGH_RAY_GPUS"]) == ("3", "1")
    assert env["RAY_AUTH_MODE"] == "token"
    assert env["RAY_AUTH_TOKEN"] == {"secretKeyRef": {"name": "sigh-ray", "key": "RAY_AUTH_TOKEN"}}
    assert container["command"][-2:] == ["--ray", "pods"]
    assert "--ray" not in job["metadata"]["annotations"]["sigh-batch/command"]
