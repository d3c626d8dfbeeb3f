"""The manifests of some submissions; `make golden` writes them again after a change that is meant."""

from dataclasses import replace
from pathlib import Path

import yaml

from sigh_batch.config.kubernetes import KubernetesConfig, Toleration
from sigh_batch.config.settings import Settings
from sigh_batch.runners.kubernetes.render import render
from sigh_batch.runners.kubernetes.submission import Submission, of_command, of_spec, of_study
from tests.runs import spec_of

FOLDER = Path(__file__).parent / "k8s"

EVERYTHING = KubernetesConfig(
    namespace="forensics",
    name="nightly",
    image="registry.example.org:5000/sigh-batch:0.1.0-gpu",
    pull_policy="Always",
    pull_secrets=("registry",),
    service_account="sigh-worker",
    env={"AWS_ENDPOINT_URL": "https://s3.example.org"},
    env_secrets=("store",),
    env_configs=("places",),
    volumes={"/data": "pictures"},
    pods=2,
    parallelism=2,
    retries=1,
    max_failed=1,
    deadline_seconds=3600,
    ttl_seconds=None,
    grace_seconds=120,
    cpu="4",
    memory="16Gi",
    ephemeral_storage="20Gi",
    shm="8Gi",
    gpus=1,
    node_selector={"nvidia.com/gpu.product": "NVIDIA-L4"},
    tolerations=(Toleration(key="spot", operator="Equal", value="true", effect="NoSchedule"),),
    priority_class="batch",
    runtime_class="nvidia",
    queue="team-a",
    queue_priority="low",
    user=10001,
    labels={"team": "forensics"},
    annotations={"cost-center": "42"},
)


def submissions() -> dict[str, Submission]:
    """Return what is submitted, by the name of its file, whatever the defaults of its kind are."""
    full = spec_of("/data/ds")
    settings = full.settings.model_copy(update={"kubernetes": EVERYTHING})
    words = ("--data", "s3://bucket/ds", "--out", "s3://bucket/model", "--set", "train.epochs=3")
    three = Settings(kubernetes=KubernetesConfig(pods=3, cpu="3500m", gpus=1))
    rayed = Settings(
        kubernetes=KubernetesConfig(pods=3, cpu="3500m", gpus=1, ray_version="2.60.0", queue="team-a")
    )
    searched = ("--data", "s3://bucket/ds", "--out", "s3://bucket/study", "--trials", "20")
    return {
        "generate": _without_settings(of_spec(spec_of("s3://bucket/ds"))),
        "everything": _without_settings(of_spec(full.model_copy(update={"settings": settings}))),
        "train": of_command("train", words, ("s3://bucket/ds",), "s3://bucket/model", Settings()),
        "study": of_study(searched, ("s3://bucket/ds",), "s3://bucket/study", three),
        "study-rayjob": of_study(
            (*searched, "--set", "train.epochs=3"),
            ("s3://bucket/ds",),
            "s3://bucket/study",
            rayed,
            operator=True,
        ),
    }


def _without_settings(submission: Submission) -> Submission:
    environment = {**submission.environment, "SIGH_SPEC": "{}"}
    return replace(submission, environment=environment, config_hash="0123456789abcdef")


def text_of(submission: Submission) -> str:
    """Return the manifest as it is printed."""
    return yaml.safe_dump_all(render(submission), sort_keys=False, allow_unicode=True, width=100)


def write() -> None:
    """Write every manifest."""
    for name, submission in submissions().items():
        (FOLDER / f"{name}.yaml").write_text(text_of(submission))


if __name__ == "__main__":
    write()
