"""From what a user writes to a store, and the sentence when that names none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sigh_batch.errors import ConfigError, Denied, UnknownName, Unreachable
from sigh_batch.store import S3Options, open_store
from sigh_batch.store.local import LocalStore
from sigh_batch.store.memory import MemoryStore
from sigh_batch.store.retrying import Retrying, plain
from tests.servers import Server


def test_a_plain_path_is_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store("sub/ds")
    assert isinstance(store, LocalStore)
    assert store.url == "sub/ds"
    monkeypatch.chdir("/")
    store.put("k", b"x")
    assert (tmp_path / "sub/ds/k").read_bytes() == b"x"


def test_a_path_object_is_a_folder_whatever_it_is_called(tmp_path: Path) -> None:
    open_store(tmp_path / "a:b" / "50% off").put("k", b"x")
    assert (tmp_path / "a:b" / "50% off" / "k").exists()


def test_home_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    open_store("~/ds").put("k", b"x")
    assert (tmp_path / "ds/k").exists()


@pytest.mark.parametrize("form", ["file://{}", "file://localhost{}", "FILE://{}"])
def test_file_urls(form: str, tmp_path: Path) -> None:
    (tmp_path / "a b#c").mkdir()
    store = open_store(form.format(f"{tmp_path}/a%20b%23c"), create=False)
    store.put("k", b"x")
    assert (tmp_path / "a b#c" / "k").exists()


@pytest.mark.parametrize("url", ["file://folder/ds", "file://", "file:///"])
def test_half_file_urls(url: str) -> None:
    with pytest.raises(ConfigError, match="use three slashes"):
        open_store(url)


def test_reading_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"the folder .*/none does not exist; name the folder"):
        open_store(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()
    open_store(tmp_path, create=False)
    assert not list(tmp_path.iterdir())


def test_memory_is_shared_by_name() -> None:
    first, again, other = (open_store(f"memory://{name}") for name in ("opening", "opening", "opening2"))
    first.put("k", b"x")
    assert isinstance(first, MemoryStore)
    assert again.get("k") == b"x"
    assert other.stat("k") is None


@pytest.mark.parametrize("url", ["gs://bucket/x", "https://host/x", "s3a://bucket"])
def test_an_unknown_scheme_names_those_there_are(url: str) -> None:
    with pytest.raises(UnknownName) as caught:
        open_store(url)
    message = str(caught.value)
    assert url.partition(":")[0] in message
    assert "a plain path is a folder" in message
    assert "'s3'" in message or "file, memory, s3" in message


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("s3:/bucket/x", "s3://bucket/x"),
        ("s3:bucket", "s3://bucket"),
        ("S3:/b", "s3://b"),
        ("file:/x", "file://x"),
    ],
)
def test_half_a_url_is_no_folder(
    url: str, meant: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=f"did you mean '{meant}'"):
        open_store(url)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "url", ["s3://", "s3:///prefix", "s3://b", "s3://ü", "s3://my bucket/x", "s3://buck/a//b"]
)
def test_an_s3_url_without_a_good_bucket_or_prefix(url: str) -> None:
    with pytest.raises(ConfigError, match=r"not an S3 url|not a store key"):
        open_store(url)


def test_an_s3_url_holds_no_credentials() -> None:
    with pytest.raises(ConfigError, match="holds credentials; leave them out") as caught:
        open_store("s3://AKIAKEY:hush@bucket/x")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "  "])
def test_nothing_is_no_store(url: str) -> None:
    with pytest.raises(ConfigError, match="an empty store url"):
        open_store(url)


def test_a_bucket_is_opened_with_patience_and_prefix(moto_s3: str, moto_server: Server) -> None:
    store = open_store(f"{moto_s3}//a/b/", S3Options(retry_seconds=7))
    assert isinstance(store, Retrying)
    assert store.url == f"{moto_s3}/a/b"
    store.put("k", b"x")
    listed = moto_server.client.list_objects_v2(Bucket=moto_s3.removeprefix("s3://"))
    assert [found["Key"] for found in listed["Contents"]] == ["a/b/k"]
    assert open_store(moto_s3).get("a/b/k") == b"x"


def test_a_missing_bucket_is_told_at_once(moto_s3: str, moto_server: Server) -> None:
    with pytest.raises(Unreachable) as caught:
        open_store(f"{moto_s3}-none/ds")
    assert str(caught.value) == (
        f"cannot open {moto_s3}-none/ds at {moto_server.endpoint}: there is no such bucket; "
        "create it, or correct its name"
    )
    assert not caught.value.transient


def test_no_server_is_told_at_once(moto_s3: str) -> None:
    with pytest.raises(
        Unreachable, match=r"at http://127.0.0.1:9: connection refused; check the endpoint"
    ) as caught:
        open_store(moto_s3, S3Options(endpoint="http://127.0.0.1:9"))
    assert caught.value.transient


def test_no_credentials_are_told_at_once() -> None:
    with pytest.raises(Denied, match="found no credentials for s3://bucket; set AWS_ACCESS_KEY_ID"):
        open_store("s3://bucket/ds")


def test_plain_takes_the_patience_off(moto_s3: str, tmp_path: Path) -> None:
    store = open_store(moto_s3)
    assert isinstance(store, Retrying)
    assert plain(store) is store.store
    local = open_store(tmp_path)
    assert plain(local) is local


def test_opening_a_folder_loads_no_s3_client(tmp_path: Path) -> None:
    code = """
import json, sys
from sigh_batch.store import open_store
open_store(sys.argv[1]).put("k", b"x")
open_store("memory://x").put("k", b"x")
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert not {"boto3", "botocore", "obstore", "numpy", "pydantic"} & set(json.loads(ended.stdout))
