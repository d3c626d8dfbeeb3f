import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sigh_batch.config.spec import RunSpec
from sigh_batch.run import Run
from sigh_batch.store import Store
from tests.clusters import FakeCluster, fake_cluster
from tests.scores import write_greys
from tests.unit.runners.test_standing import record
from tests.unit.runners.test_standing import store as begun

__all__ = ["begun"]  # a fixture

GENERATE = ("submit", "generate", "--out", "s3://bucket/ds", "--count", "20", "--shards", "4")
DONE = {"conditions": [{"type": "Complete", "status": "True"}], "succeeded": 4, "completedIndexes": "0-3"}
FAILED = {
    "conditions": [
        {"type": "Failed", "status": "True", "reason": "FailedIndexes", "message": "indexes failed"}
    ],
    "completedIndexes": "0-2",
    "succeeded": 3,
    "failedIndexes": "3",
}


@pytest.fixture(autouse=True)
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCluster]:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    for module in ("runs", "logs"):
        monkeypatch.setattr(f"sigh_batch.runners.kubernetes.{module}.LOOK_SECONDS", 0.01)
    with fake_cluster(tmp_path) as found:
        yield found


def test_a_dry_run_of_the_client_needs_no_cluster(sigh: Any, fake: FakeCluster) -> None:
    code, out, err = sigh(*GENERATE, "--dry-run", "-o", "yaml")
    (job,) = yaml.safe_load_all(out)
    assert (code, err, fake.asked) == (0, "", [])
    assert (job["kind"], job["spec"]["completions"]) == ("Job", 4)
    assert json.loads(sigh(*GENERATE, "--dry-run=client", "-o", "json")[1]) == job


def test_what_a_dry_run_prints_is_what_is_sent(sigh: Any, fake: FakeCluster) -> None:
    (printed,) = yaml.safe_load_all(sigh(*GENERATE, "--dry-run")[1])
    code, out, err = sigh(*GENERATE)
    name = printed["metadata"]["name"]
    assert (code, out) == (0, f"{name}\n")
    assert f"{name} is in namespace forensics: 4 pods, into s3://bucket/ds" in err
    assert fake.jobs[name]["spec"]["template"]["spec"] == printed["spec"]["template"]["spec"]
    assert "dryRun=All" in (sigh(*GENERATE, "--dry-run=server", "--name", "other"), fake.asked[-1])[1]
    assert list(fake.jobs) == [name]


def test_flags_of_the_kind_and_of_the_cluster_go_together(sigh: Any, fake: FakeCluster) -> None:
    flags = (
        "--name",
        "nightly",
        "--pods",
        "2",
        "--image",
        "a/b:1",
        "--queue",
        "team",
        "-n",
        "else",
        "--seed",
        "7",
    )
    code, out, _ = sigh(*GENERATE, *flags, "--set", "kubernetes.memory=8Gi", "--json")
    assert code == 0
    assert json.loads(out) == {"run": "nightly", "namespace": "else", "pods": 2, "out": "s3://bucket/ds"}
    job = fake.jobs["nightly"]
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "a/b:1"
    assert container["resources"]["limits"]["memory"] == "8Gi"
    assert job["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "team"
    assert job["metadata"]["annotations"]["sigh-batch/command"].endswith("--seed 7 --count 20 --shards 4")


def test_pictures_are_listed_where_they_are_sent_from_and_scored_by_the_versions_of_the_pods(
    sigh: Any, fake: FakeCluster, tmp_path: Path
) -> None:
    write_greys(tmp_path / "greys", 3)
    claim = f'kubernetes.volumes={{"{tmp_path}": "claim"}}'
    words = ("predict", "--in", str(tmp_path / "greys"), "--out", str(tmp_path / "scores"), "--set", claim)
    assert sigh("submit", *words, "--shards", "2", "--name", "scores")[0] == 0
    assert [path.name for path in (tmp_path / "scores").iterdir() if path.is_file()] == ["names.parquet"]
    # A pod has begun the run with libraries of its own.
    (job,) = fake.jobs.values()
    environ = {
        known["name"]: known.get("value") for known in job["spec"]["template"]["spec"]["containers"][0]["env"]
    }
    Run.open(RunSpec.from_json(environ["SIGH_SPEC"])).claim()
    document = json.loads((tmp_path / "scores" / "run.json").read_text())
    document["engine"]["numpy"] = "1.0"
    (tmp_path / "scores" / "run.json").write_text(json.dumps(document))
    assert sigh("submit", *words, "--shards", "2", "--name", "scores")[0] == 0
    code, _, err = sigh("submit", *words, "--shards", "3", "--name", "scores")
    assert code == 2
    assert "config hash" in err


def test_a_whole_kind_is_sent_as_the_command_with_its_settings_written_out(sigh: Any, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text("train: {batch: 4}\nkubernetes: {gpus: 1}\n")
    words = (
        "submit",
        "train",
        "--data",
        "s3://b/d",
        "--out",
        "s3://b/m",
        "--epochs",
        "2",
        "-c",
        "my.yaml",
        "--dry-run",
    )
    code, out, err = sigh(*words)
    assert code == 0, err
    (job,) = yaml.safe_load_all(out)
    (container,) = job["spec"]["template"]["spec"]["containers"]
    expected = "sigh train --data s3://b/d --out s3://b/m --epochs 2 --set train.batch=4"
    assert " ".join(container["command"]) == expected
    assert container["resources"]["limits"]["nvidia.com/gpu"] == "1"
    assert job["metadata"]["annotations"]["sigh-batch/out"] == "s3://b/m"


def test_a_study_is_sent_as_pods_that_share_it(sigh: Any, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(
        "tune:\n  space: {train.lr: {low: 1.0e-4, high: 0.1}, tiles.dice_weight: [0, 1]}\n"
    )
    words = ("submit", "tune", "--data", "s3://b/d", "--out", "s3://b/s", "--trials", "9", "-c", "my.yaml")
    code, out, err = sigh(*words, "--pods", "3", "--dry-run")
    assert code == 0, err
    (job,) = yaml.safe_load_all(out)
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["command"][:8] == [
        "sigh",
        "tune",
        "--data",
        "s3://b/d",
        "--out",
        "s3://b/s",
        "--trials",
        "9",
    ]
    (space,) = (word for word in container["command"] if word.startswith("tune.space="))
    assert json.loads(space.partition("=")[2]) == {
        "train.lr": {"low": 1e-4, "high": 0.1},
        "tiles.dice_weight": {"choices": [0, 1]},
    }
    (alone,) = yaml.safe_load_all(sigh(*words, "--dry-run")[1])
    assert (alone["spec"]["completions"], "successPolicy" in alone["spec"]) == (1, False)
    assert "--ray" not in alone["spec"]["template"]["spec"]["containers"][0]["command"]
    assert "--ray" not in sigh("submit", "tune", "--help")[1]


def test_a_study_is_a_rayjob_where_the_cluster_or_somebody_says_so(sigh: Any, fake: FakeCluster) -> None:
    space = ("--set", "tune.space={train.lr: [1, 2]}")
    words = ("submit", "tune", "--data", "s3://b/d", "--out", "s3://b/s", *space)
    shown = (*words, "--pods", "2", "--dry-run", "-o", "json")
    wanted = ("--set", "kubernetes.study_as=RayJob", "--set", "kubernetes.ray_version=2.60.0")
    assert json.loads(sigh(*shown, *wanted)[1])["kind"] == "RayJob"
    assert json.loads(sigh(*shown)[1])["kind"] == "Job"
    code, _, err = sigh(*words, "--pods", "2", *wanted)
    assert (code, "the cluster has no KubeRay (ray.io/v1)" in err) == (2, True)
    fake.rayjobs = {}
    assert sigh(*words, "--pods", "2", "--name", "a")[0] == 0
    assert sigh(*words, "--pods", "2", "--name", "b", "--set", "kubernetes.study_as=Job")[0] == 0
    assert sigh(*words, "--pods", "1", "--name", "c")[0] == 0
    assert (list(fake.rayjobs), sorted(fake.jobs)) == (["a"], ["b", "c"])
    assert sorted(sigh("list", "-q")[1].split()) == ["a", "b", "c"]


def test_a_report_is_a_run_of_one_pod(sigh: Any) -> None:
    words = ("report", "s3://b/scores", "--evaluation", "s3://b/e", "--fail-on", "auc<0.9")
    code, out, err = sigh("submit", *words, "--dry-run", "-o", "json")
    assert code == 0, err
    job = json.loads(out)
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["command"] == ["sigh", *words[:4], "--layout", "file", *words[4:]]
    assert job["metadata"]["annotations"]["sigh-batch/out"] == "s3://b/scores"


@pytest.mark.parametrize(
    ("kind", "model"),
    [
        ("train", "resnet50"),
        ("train", "timm/vit_tiny_patch16_224"),
        ("train", "default"),
        ("tune", "default"),
        ("tune", "resnet50"),
        ("evaluate", "default"),
    ],
)
def test_a_model_by_name_is_the_same_in_every_pod(sigh: Any, kind: str, model: str) -> None:
    words = ("--data", "s3://b/d", "--out", "s3://b/m", "--model", model)
    ended, out, err = sigh("submit", kind, *words, "--dry-run")
    assert ended == 0, err
    (job,) = yaml.safe_load_all(out)
    assert model in job["spec"]["template"]["spec"]["containers"][0]["command"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ("submit", "train", "--data", "s3://b/d", "--out", "s3://b/m", "--model", "./mine"),
            2,
            "'./mine' is a folder of this machine, which pods do not see",
        ),
        (
            ("submit", "tune", "--data", "s3://b/d", "--out", "s3://b/s", "--model", "./mine"),
            2,
            "'./mine' is a folder of this machine, which pods do not see",
        ),
        (("submit", "genrate"), 2, "unknown kind of run 'genrate'; did you mean 'generate'?"),
        (("submit", "generate", "--out", "ds"), 2, "'ds' is a folder of this machine, which pods do not see"),
        (("submit", "audit", "ds"), 2, "'ds' is a folder of this machine, which pods do not see"),
        ((*GENERATE, "--name", "No"), 2, "kubernetes.name"),
        ((*GENERATE, "--dry-run=maybe"), 2, "'maybe' is not one of 'client', 'server'"),
        ((*GENERATE, "--context", "elsewhere"), 2, "no cluster to speak to"),
        (("status", "nothing"), 2, "unknown run 'nothing'"),
        (("wait", "nothing"), 2, "unknown run 'nothing'"),
        (("logs", "nothing"), 2, "unknown run 'nothing'"),
        (("logs", "-f", "nothing"), 2, "unknown run 'nothing'"),
        (("cancel", "nothing"), 2, "unknown run 'nothing'"),
        (("describe", "nothing"), 2, "unknown run 'nothing'"),
        (("resume", "nothing"), 2, "unknown run 'nothing'"),
        (("resume", "s3x://nothing"), 2, "unknown store scheme"),
    ],
)
def test_bad_input_is_one_sentence(sigh: Any, words: tuple[str, ...], code: int, said: str) -> None:
    ended, out, err = sigh(*words)
    assert (ended, out) == (code, "")
    assert said in err
    assert "Traceback" not in err


def test_a_run_from_its_begin_to_its_end(sigh: Any, fake: FakeCluster) -> None:
    assert sigh("list")[2] == "no runs in namespace forensics\n"
    assert sigh(*GENERATE, "--name", "nightly")[0] == 0
    job = fake.jobs["nightly"]
    said = sigh("status", "nightly")[1]
    assert said.startswith("nightly: waiting: its pods are not there yet\n  out: s3://bucket/ds\n")
    assert "what is made is not known here: found no credentials for s3://bucket" in said
    assert sigh("list", "-q")[1] == "nightly\n"
    job["status"] = FAILED
    state = {"terminated": {"exitCode": 65, "message": "error: shard 3: all failed"}}
    pod = fake.add_pod(job, 3, "Failed", containerStatuses=[{"state": state}])
    fake.logs[pod["metadata"]["name"]] = [["2026-01-01T00:00:00Z shard 3: all failed"]]
    fake.add_event(job, "FailedIndexes", "Job has failed indexes")
    code, _, err = sigh("wait", "nightly", "-q")
    assert code == 1
    assert "1 of 4 pods failed for good (3); the last: pod 3: its work can never succeed" in err
    code, out, _ = sigh("logs", "nightly", "--shard", "3")
    assert (code, out) == (0, "[3] shard 3: all failed\n")
    described = sigh("describe", "nightly")[1]
    for words in (
        "failed for good (3)",
        "Job has failed indexes",
        "nightly-3-00000",
        "FailedIndexes",
        "--count 20",
    ):
        assert words in described
    assert json.loads(sigh("describe", "nightly", "--json")[1])["status"]["failed_pods"] == "3"
    assert sigh(*GENERATE, "--name", "nightly")[0] == 2
    code, out, err = sigh("resume", "nightly")
    assert (code, out, err) == (0, "nightly\n", "1 pod of nightly sent again\n")
    fake.jobs["nightly"]["status"] = DONE | {"succeeded": 1}
    assert sigh("wait", "nightly", "--json")[0] == 0
    assert sigh(*GENERATE, "--name", "nightly", "--wait")[0] == 0
    assert json.loads(sigh("list", "--json")[1])[0]["state"] == "done"
    assert sigh("cancel", "nightly", "-q")[:2] == (0, "nightly\n")
    assert sigh("list", "-q")[1] == ""


def test_a_run_whose_samples_failed_ends_as_it_does_here(
    sigh: Any, fake: FakeCluster, begun: Store, tmp_path: Path
) -> None:
    volumes = f'--set=kubernetes.volumes={{"{tmp_path}": "claim"}}'
    words = ("submit", "generate", "--out", str(tmp_path), "--count", "40", "--name", "a", volumes)
    assert sigh(*words)[0] == 0
    fake.jobs["a"]["status"] = DONE
    record(begun, 0, minutes=5)
    assert sigh("wait", "a", "-q")[0] == 0
    record(begun, 1, minutes=6, failed=3)
    for waiting in (("wait", "a"), (*words, "--wait"), (*words, "--follow")):
        code, out, err = sigh(*waiting)
        assert (code, "3 of 40 samples failed" in err) == (3, True), err
        assert out.startswith("a"), "it is told that the run is done"


def test_a_run_whose_store_is_not_reached_from_here_is_done_all_the_same(
    sigh: Any, fake: FakeCluster
) -> None:
    assert sigh(*GENERATE, "--name", "a")[0] == 0
    fake.jobs["a"]["status"] = DONE
    code, _, err = sigh("wait", "a")
    assert code == 0
    assert "whether samples failed is not known here: found no credentials for s3://bucket" in err


def test_pods_that_are_gone_are_read_from_the_store(sigh: Any, fake: FakeCluster, tmp_path: Path) -> None:
    volumes = f'--set=kubernetes.volumes={{"{tmp_path}": "claim"}}'
    out = str(tmp_path / "ds")
    assert (
        sigh("submit", "generate", "--out", out, "--count", "2", "--shards", "2", "--name", "a", volumes)[0]
        == 0
    )
    fake.jobs["a"]["status"] = DONE
    fake.logs[fake.add_pod(fake.jobs["a"], 1, "Succeeded")["metadata"]["name"]] = [["T still there"]]
    log = tmp_path / "ds" / "logs" / "20260101T000000-a-0-1.000.log"
    log.parent.mkdir(parents=True)
    log.write_text("gone\n")
    assert sigh("logs", "a")[1] == "[1] still there\n[0] gone\n"
    fake.silent |= {pod["metadata"]["name"] for pod in fake.pods.values()}
    _, told, err = sigh("logs", "a")
    assert (told, err) == ("[0] gone\n", "not heard, as their nodes do not answer: 1\n")


def test_a_submission_that_follows_ends_as_the_run_does(sigh: Any, fake: FakeCluster) -> None:
    def fail(path: str) -> None:
        if path.endswith("/jobs/a"):
            fake.jobs["a"]["status"] = FAILED

    fake.on_get = fail
    code, out, err = sigh(*GENERATE, "--name", "a", "--follow")
    assert (code, out) == (1, "a\n")
    assert "error: run a failed: 1 of 4 pods failed for good (3)" in err


def test_json_has_the_documented_fields(sigh: Any) -> None:
    page = (Path(__file__).parents[3] / "docs" / "json.md").read_text()
    for section, words in {
        "sigh submit": (*GENERATE, "--name", "a", "--json"),
        "sigh status, sigh list, sigh wait": ("status", "a", "--json"),
    }.items():
        table = page.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
        documented = set(re.findall(r"^\| (\w+) \|", table, re.MULTILINE)) - {"field"}
        assert json.loads(sigh(*words)[1]).keys() == documented
    assert documented >= json.loads(sigh("list", "--json")[1])[0].keys()
