import json
from pathlib import Path
from typing import Any

import pytest

from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import RunSpec
from sigh_batch.errors import ConfigError
from sigh_batch.run import plan_run
from sigh_batch.runners.kubernetes.submission import of_command, of_spec
from tests.runs import spec_of


def carried(spec: RunSpec) -> RunSpec:
    return RunSpec.from_json(of_spec(spec).environment["SIGH_SPEC"])


def test_a_pod_plans_the_run_that_was_planned_here() -> None:
    spec = spec_of("s3://b/ds", seed=7, generate__skins="sms", run__max_failures=0.1, kubernetes__pods=2)
    assert plan_run(carried(spec)) == plan_run(spec)
    assert carried(spec).settings.run == spec.settings.run
    assert of_spec(spec).config_hash == plan_run(spec)[1].config_hash


def test_a_pod_is_told_nothing_of_other_kinds_and_of_the_cluster() -> None:
    settings = json.loads(of_spec(spec_of("s3://b/ds")).environment["SIGH_SPEC"])["settings"]
    assert settings.keys() == {"seed", "count", "shards", "shard_size", "generate", "run"}


def test_one_run_has_one_name_however_it_is_carried_out() -> None:
    name = of_spec(spec_of("s3://b/ds")).name
    assert of_spec(spec_of("s3://b/ds", run__workers=9, kubernetes__memory="8Gi")).name == name
    assert of_spec(spec_of("s3://b/other")).name != name
    assert of_spec(spec_of("s3://b/ds", seed=1)).name != name
    assert of_spec(spec_of("s3://b/ds", kubernetes__name="mine")).name == "mine"


def test_there_is_a_pod_a_shard_unless_said() -> None:
    assert of_spec(spec_of("s3://b/ds")).pods == 4
    assert of_spec(spec_of("s3://b/ds", kubernetes__pods=3)).pods == 3
    assert of_spec(spec_of("s3://b/ds", count=10**6, shards=20_000)).pods == 10_000


@pytest.mark.parametrize(
    ("out", "flags", "words"),
    [
        ("ds", {}, "'ds' is a folder of this machine, which pods do not see"),
        ("file:///data/ds", {}, "which pods do not see"),
        ("memory://x", {}, "which pods do not see"),
        ("s3://b/ds", {"generate__font_folder": "."}, "generate.font_folder is '.', a file of this machine"),
        ("s3://b/ds", {"kubernetes__pods": 5}, "kubernetes.pods is 5 and the run has 4 shards"),
        ("s3://b/ds", {"generate__hold_out__fonts": ["x" * 100] * 2000}, "put long lists into a file"),
    ],
)
def test_what_a_pod_cannot_do_is_refused(out: str, flags: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words.replace(".", r"\.")):
        of_spec(spec_of(out, **flags))


def test_the_model_of_the_package_is_in_every_pod() -> None:
    spec = spec_of("s3://b/scores", predict__models=["default"]).model_copy(update={"kind": "predict"})
    assert of_spec(spec).pods == 4


def test_a_mounted_claim_is_seen_by_pods(tmp_path: Path) -> None:
    volumes = {str(tmp_path): "pictures"}
    (tmp_path / "fonts").mkdir()
    assert of_spec(spec_of(tmp_path / "ds", kubernetes__volumes=volumes)).pods == 4
    spec = spec_of("s3://b/ds", kubernetes__volumes=volumes, generate__font_folder=str(tmp_path / "fonts"))
    assert of_spec(spec).pods == 4


def test_a_whole_kind_is_one_pod_that_runs_the_command() -> None:
    submission = of_command("train", ["--out", "s3://b/m"], ["s3://b/m"], "s3://b/m", Settings())
    assert submission.command == ("sigh", "train", "--out", "s3://b/m")
    assert submission.typed == "sigh train --out s3://b/m"
    assert (submission.pods, submission.hopeless, submission.poisoned) == (1, (2, 3, 4, 6), ())
