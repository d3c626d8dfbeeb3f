"""Writes what of Kubernetes is made from code: the schema of the chart's values, k8s/base and k8s/jobs.

`make manifests` runs it with the path of Helm, and `make verify` compares the result with what is committed.
"""

from __future__ import annotations

import contextlib
import io
import json
import shlex
import subprocess
import sys
from pathlib import Path

import yaml

from scripts.values import values_schema
from sigh_batch import cli
from sigh_batch.config.layers import find_layers
from sigh_batch.config.resolve import resolve
from sigh_batch.runners.kubernetes.render import render
from sigh_batch.runners.kubernetes.submission import of_command

ROOT = Path(__file__).parents[1]
CHART = ROOT / "charts" / "sigh-batch"
K8S = ROOT / "k8s"
NAMESPACE = "sigh"
MADE = "# made by `make manifests`: change the chart\n"

CLUSTER = "-c jobs/configs/cluster.yaml"
JOBS = {
    "generate": f"generate -c jobs/configs/generate-chat.yaml {CLUSTER} --out s3://sigh/chat",
    "distort": f"distort -c jobs/configs/distort-chat.yaml {CLUSTER} --in s3://sigh/chat --count 40000 "
    "--out s3://sigh/forged",
    "train": f"train {CLUSTER} --data s3://sigh/forged --out s3://sigh/model --set kubernetes.gpus=1 "
    "--set kubernetes.cpu=4 --set kubernetes.memory=16Gi --set kubernetes.shm=8Gi",
    "tune": f"tune -c jobs/configs/tune.yaml {CLUSTER} --data s3://sigh/forged --out s3://sigh/study "
    "--pods 3 --set kubernetes.gpus=1 --set kubernetes.cpu=4 --set kubernetes.memory=16Gi "
    "--set kubernetes.shm=8Gi",
    "tune-rayjob": f"tune -c jobs/configs/tune.yaml {CLUSTER} --data s3://sigh/forged --out s3://sigh/study "
    "--pods 3 --set kubernetes.study_as=RayJob --set kubernetes.gpus=1 --set kubernetes.cpu=4 "
    "--set kubernetes.memory=16Gi --set kubernetes.shm=8Gi",
    "evaluate": f"evaluate {CLUSTER} --model s3://sigh/model --data s3://sigh/forged "
    "--out s3://sigh/evaluation --set kubernetes.gpus=1 --set kubernetes.cpu=4 --set kubernetes.memory=16Gi "
    "--set kubernetes.shm=8Gi",
    "report": f"report {CLUSTER} s3://sigh/scores --evaluation s3://sigh/evaluation "
    "--set kubernetes.memory=4Gi",
    "audit": f"audit {CLUSTER} s3://sigh/forged --set kubernetes.memory=8Gi",
}
"""The runs whose manifests are committed: the words after `sigh submit`."""
PREDICT = ("--in", "s3://sigh/pictures", "--out", "s3://sigh/scores")
PREDICT_HEAD = """\
# One pod that lists the pictures itself. This lists them first, and deals them to many:
# sigh submit predict -c jobs/configs/cluster.yaml --in s3://sigh/pictures --out s3://sigh/scores --shards 64
"""


def main(helm: str, root: Path = ROOT) -> None:
    """Write every file below a root."""
    schema = json.dumps(values_schema(), indent=2, ensure_ascii=False) + "\n"
    write(root / "charts" / "sigh-batch" / "values.schema.json", schema)
    write(root / "k8s" / "base" / "00-namespace.yaml", MADE + yaml.safe_dump(namespace(), sort_keys=False))
    write(root / "k8s" / "base" / "10-sigh.yaml", MADE + base(helm))
    for name, words in JOBS.items():
        write(root / "k8s" / "jobs" / f"{name}.yaml", job(words))
    write(root / "k8s" / "jobs" / "predict.yaml", predict())


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def namespace() -> dict[str, object]:
    """Return the namespace, which lets no pod have more rights than ours need."""
    labels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}


def base(helm: str) -> str:
    """Return what the chart makes of its default values, without its test and without a secret."""
    command = [helm, "template", "sigh", str(CHART), "--namespace", NAMESPACE, "--skip-tests"]
    command += ["--set", "studies.existingSecret=sigh-ray"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def job(words: str) -> str:
    """Return what `sigh submit` prints, headed by its command."""
    said = io.StringIO()
    with contextlib.chdir(ROOT), contextlib.redirect_stdout(said):
        code = cli.run(["submit", *shlex.split(words), "--dry-run", "-o", "yaml"])
    if code:
        raise SystemExit(f"sigh submit {words} ended with {code}")
    return f"# sigh submit {words}\n{said.getvalue()}"


def predict() -> str:
    """Return a Job for whatever pictures there are: to deal them to pods, they must be known."""
    settings = resolve(find_layers([ROOT / "jobs" / "configs" / "cluster.yaml"], environment={})).settings
    (made,) = render(of_command("predict", PREDICT, PREDICT[1::2], PREDICT[-1], settings))
    return PREDICT_HEAD + yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=100)


if __name__ == "__main__":
    main(sys.argv[1])
