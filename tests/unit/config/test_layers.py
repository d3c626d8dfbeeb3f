from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.config.layers import find_layers, merge, read_environment, read_file, read_sets
from sigh_batch.config.resolve import Resolved, resolve
from sigh_batch.errors import ConfigError


def resolved(
    tmp_path: Path,
    files: Sequence[str] = (),
    sets: Sequence[str] = (),
    env: Mapping[str, str] = MappingProxyType({}),
    **flags: object,
) -> Resolved:
    paths = []
    for number, text in enumerate(files):
        path = tmp_path / f"c{number}.yaml"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return resolve(find_layers(paths, sets, flags, env, tmp_path))


def test_each_source_wins_over_those_below_it(tmp_path: Path) -> None:
    (tmp_path / "sigh.yaml").write_text("seed: 1\n")
    assert resolved(tmp_path).settings.seed == 1
    assert resolved(tmp_path, ["seed: 2"]).settings.seed == 2
    assert resolved(tmp_path, ["seed: 2", "seed: 3"]).settings.seed == 3
    assert resolved(tmp_path, ["seed: 3"], env={"SIGH_SEED": "4"}).settings.seed == 4
    assert resolved(tmp_path, ["seed: 3"], ["seed=5"], {"SIGH_SEED": "4"}).settings.seed == 5
    assert resolved(tmp_path, ["seed: 3"], ["seed=5"], {"SIGH_SEED": "4"}, seed=6).settings.seed == 6


def test_origins_name_the_file_and_line_the_variable_and_the_flag(tmp_path: Path) -> None:
    found = resolved(
        tmp_path,
        ["# a comment\nrun:\n  workers: 3\ngenerate:\n  skins: [sms]\n"],
        ["generate.themes.dark=0"],
        {"SIGH_STORE__REGION": "eu-1"},
        count=9,
    )
    origins = {row.path: row.origin for row in found.origins()}
    assert origins["run.workers"] == f"{tmp_path}/c0.yaml:3"
    assert origins["generate.skins.sms"] == f"{tmp_path}/c0.yaml:5"
    assert origins["generate.themes.dark"] == "--set generate.themes.dark=0"
    assert origins["store.region"] == "environment variable SIGH_STORE__REGION"
    assert origins["count"] == "--count"
    assert origins["seed"] == "default"


def test_maps_merge_and_anything_else_replaces(tmp_path: Path) -> None:
    themes = resolved(tmp_path, sets=["generate.themes.dark=0"]).settings.generate.themes
    assert themes == {"dark": 0.0, "light": 1.0}
    assert resolved(tmp_path, sets=["generate.skins=sms"]).settings.generate.skins == {"sms": 1.0}
    assert resolved(tmp_path, sets=["generate.skins=[sms, server]"]).settings.generate.skins == {
        "sms": 1.0,
        "server": 1.0,
    }
    for written in ("2", "[2]", "{2: 1}", "2.0", "'2'"):
        scales = resolved(
            tmp_path, ["generate: {phone: {scales: null}}"], [f"generate.phone.scales={written}"]
        )
        assert scales.settings.generate.phone.scales == {"2": 1.0}
    assert resolved(tmp_path, sets=["generate.themes.dark=null"]).settings.generate.themes == {"light": 1.0}


def test_a_setting_replaced_by_a_map_forgets_the_origins_below_it() -> None:
    _, origins = merge({}, [read_sets(["a.b=1", "a.c=2"]), read_sets(["a=3"])])
    assert origins == {("a",): "--set a=3"}


@pytest.mark.parametrize(
    ("files", "sets", "env", "words"),
    [
        (
            ["generate:\n  skinz: 1\n"],
            [],
            {},
            ["'generate.skinz'", "c0.yaml:2", "did you mean 'generate.skins'"],
        ),
        ([], ["shard=3"], {}, ["'shard'", "--set shard=3", "did you mean 'shards'"]),
        ([], [], {"SIGH_STORE__ENDPIONT": "x"}, ["SIGH_STORE__ENDPIONT", "did you mean 'store.endpoint'"]),
        ([], ["count=0"], {}, ["count: must be greater than or equal to 1", "got 0", "--set count=0"]),
        ([], ["count=-5"], {}, ["count", "got -5"]),
        ([], ["count=many"], {}, ["count", "'many'"]),
        ([], ["seed=1.5"], {}, ["seed", "1.5"]),
        ([], ["generate.skins={}", "generate.skins.sms=-1"], {}, ["generate.skins", "-1"]),
        ([], ["generate.themes={light: 0, dark: 0}"], {}, ["at least one weight must be above 0"]),
        ([], ["generate.phone.width.min=900"], {}, ["generate.phone.width", "must not be above max"]),
        ([], ["qqqq.zzz=1"], {}, ["unknown setting 'qqqq'", "known here", "generate"]),
    ],
)
def test_wrong_settings_are_named_with_path_and_origin(
    tmp_path: Path, files: list[str], sets: list[str], env: dict[str, str], words: list[str]
) -> None:
    with pytest.raises(ConfigError) as error:
        resolved(tmp_path, files, sets, env)
    for word in words:
        assert word in str(error.value)


def test_all_errors_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        resolved(tmp_path, sets=["count=0", "seed=-1", "nope=1"])
    assert len(str(error.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a: [1", "not valid YAML"),
        (b"- 1\n- 2\n", "must hold a map of settings, not list"),
        (b"seed: \xff\n", "not UTF-8 text"),
    ],
)
def test_unreadable_files_are_one_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=words) as error:
        read_file(path)
    assert "\n" not in str(error.value)
    assert "bad.yaml" in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml.*No such file"):
        read_file(tmp_path / "none.yaml")


def test_an_empty_file_sets_nothing(tmp_path: Path) -> None:
    assert resolved(tmp_path, ["# nothing\n"]).written == {}


def test_addresses_that_kubernetes_adds_are_no_settings() -> None:
    layer = read_environment(
        {
            "SIGH_CONSOLE_SERVICE_HOST": "10.0.0.1",
            "SIGH_CONSOLE_SERVICE_PORT_HTTP": "80",
            "SIGH_CONSOLE_PORT": "tcp://10.0.0.1:80",
            "SIGH_CONSOLE_PORT_80_TCP_ADDR": "10.0.0.1",
            "SIGH_SPEC": "{}",
            "PATH": "/bin",
        }
    )
    assert layer.values == {}


def test_set_reads_files_and_refuses_what_is_no_assignment(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("hello\n")
    assert read_sets([f"a.b=@{path}"]).values == {"a": {"b": "hello\n"}}
    for wrong in ("abc", "=1", "a..b=1"):
        with pytest.raises(ConfigError, match="not of the form"):
            read_sets([wrong])
    with pytest.raises(ConfigError, match="cannot read"):
        read_sets(["a=@/nonexistent/file"])
    with pytest.raises(ConfigError, match="not a valid value"):
        read_sets(["a=[1"])


KEYS = st.text("abc", min_size=1, max_size=2)
TREES = st.recursive(
    st.integers(), lambda below: st.dictionaries(KEYS, below, max_size=3), max_leaves=8
).filter(lambda tree: isinstance(tree, dict))


@given(TREES, TREES)
def test_merging_keeps_every_upper_leaf(lower: dict, upper: dict) -> None:
    from sigh_batch.config.layers import Layer

    merged, _ = merge(lower, [Layer(upper)])

    def check(here: object, there: object) -> None:
        if isinstance(here, dict):
            assert isinstance(there, dict)
            for key, value in here.items():
                check(value, there[key])
        else:
            assert here == there

    check(upper, merged)
    assert set(merged) == set(lower) | set(upper)


def test_the_place_of_a_wrong_name_is_known_in_maps_lists_and_alone() -> None:
    written = ["operations.erase=null", "operations.covr=1", "skills=[expertt]", "formats=gif"]
    found = resolve([read_sets(f"distort.{text}" for text in written)])
    assert found.where("covr") == "distort.operations, --set distort.operations.covr=1"
    assert found.where("expertt") == "distort.skills, --set distort.skills=[expertt]"
    assert found.where("gif") == "distort.formats, --set distort.formats=gif"
    assert found.where("jpeg") is None
