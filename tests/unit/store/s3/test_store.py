"""What is special about a bucket: parts, foreign keys, other processes, and memory."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sigh_batch.errors import AlreadyExists, Denied, StoreError, Unreachable
from sigh_batch.store import S3Options, open_store
from sigh_batch.store.s3 import S3Store
from sigh_batch.store.s3 import store as module
from tests.canned import Canned, canned_server
from tests.servers import Server

MIB = 1 << 20
SMALL = S3Options(part_mib=5)


def bucket_of(url: str) -> str:
    return url.removeprefix("s3://")


def make_file(folder: Path, size: int) -> tuple[Path, bytes]:
    data = (bytes(range(251)) * (size // 251 + 1))[:size]
    path = folder / "whole.bin"
    path.write_bytes(data)
    return path, data


@pytest.fixture
def canned(monkeypatch: pytest.MonkeyPatch) -> Iterator[Canned]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with canned_server() as server:
        yield server


def test_another_process_opens_the_same(moto_s3: str, moto_server: Server) -> None:
    store = S3Store(f"{moto_s3}/ds", S3Options(endpoint=moto_server.endpoint, part_mib=8))
    store.put("k", b"x")
    again = pickle.loads(pickle.dumps(store))
    assert (again.url, again._options) == (store.url, store._options)
    assert again.get("k") == b"x"
    assert b"secret" not in pickle.dumps(store)


FORKED = """
import os, sys
from sigh_batch.errors import ConfigError
from sigh_batch.store import open_store
url = sys.argv[1]
store = open_store(url)
store.put("k", b"x")
for act in (lambda: store.get("k"), lambda: list(store.list()), lambda: open_store(url)):
    pid = os.fork()
    if pid == 0:
        try:
            act()
        except ConfigError as error:
            print(error, flush=True)
        os._exit(0)
    os.waitpid(pid, 0)
assert store.get("k") == b"x"
"""


def test_a_forked_process_is_told_instead_of_hanging(moto_s3: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKED, moto_s3],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ended.stdout.splitlines() == 3 * [
        "S3 was in use before this process was forked, and cannot be used in it; start processes by 'spawn' "
        "(a PyTorch loader: multiprocessing_context='spawn')"
    ]


def test_keys_of_others(moto_s3: str, moto_server: Server) -> None:
    """Web consoles make folders; a copied local store brings its scratch."""
    for name in ("ds/", "ds/sub/", "ds/sub/x.png", "ds/.tmp/half", "ds/y.png", "dsx/z.png"):
        moto_server.client.put_object(Bucket=bucket_of(moto_s3), Key=name, Body=b"")
    store = S3Store(f"{moto_s3}/ds")
    assert [found.key for found in store.list()] == ["sub/x.png", "y.png"]
    assert [found.key for found in store.list("sub")] == ["sub/x.png"]


def test_a_server_that_does_not_sort_is_refused(canned: Canned) -> None:
    """Going on behind the last key, and merging by order, would leave objects out."""
    time = "2026-01-02T03:04:05.000Z"
    entries = "".join(
        f"<Contents><Key>ds/{name}</Key><Size>1</Size><LastModified>{time}</LastModified></Contents>"
        for name in "acb"
    )
    canned.body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>".encode()
    listing = S3Store("s3://bucket/ds", S3Options(endpoint=canned.endpoint)).list()
    assert [next(listing).key, next(listing).key] == ["a", "c"]
    with pytest.raises(StoreError, match="lists 'b' behind 'c', but keys must come sorted"):
        next(listing)


def test_both_clients_are_checked(canned: Canned) -> None:
    """boto3 follows a bucket to its region, so that listing it says nothing about reading it."""
    canned.body = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
    canned.only["HEAD"] = (301, b"")
    store = S3Store("s3://bucket/ds", S3Options(endpoint=canned.endpoint))
    assert list(store.list()) == []
    with pytest.raises(Unreachable, match="the bucket is in another region"):
        store.check()
    canned.only["HEAD"] = (404, b"")
    store.check()


@pytest.mark.parametrize("size", [5 * MIB, 5 * MIB + 1, 10 * MIB, 12 * MIB])
def test_large_files_go_in_parts(size: int, moto_s3: str, moto_server: Server, tmp_path: Path) -> None:
    store = S3Store(moto_s3, SMALL)
    path, data = make_file(tmp_path, size)
    store.put_file("k", path)
    assert store.get("k") == data
    tag = moto_server.client.head_object(Bucket=bucket_of(moto_s3), Key="k")["ETag"].strip('"')
    parts = -(-size // (5 * MIB))
    assert (tag.partition("-")[2] or "1") == str(parts)


def test_parts_grow_where_there_would_be_too_many(moto_s3: str) -> None:
    store = S3Store(moto_s3, SMALL)
    assert store._part_of(0) == 5 * MIB
    assert store._part_of(10_000 * 5 * MIB) == 5 * MIB
    for size in (10_000 * 5 * MIB + 1, 5 << 40, (5 << 40) - 1):
        part = store._part_of(size)
        assert part % MIB == 0
        assert -(-size // part) <= 10_000


@pytest.mark.s3
def test_what_is_larger_than_one_request_has_one_winner_too(
    real_s3: str, real_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five gigabytes and more, in small: parts, of which the last request asks for absence."""
    monkeypatch.setattr(module, "ONE_PUT", 6 * MIB)
    store = S3Store(real_s3, SMALL)
    path, data = make_file(tmp_path, 12 * MIB)
    store.put_file("k", path, if_absent=True)
    assert not path.exists()
    assert store.get("k") == data
    # Past the first look: as if the other writer came while the parts were on their way.
    monkeypatch.setattr(S3Store, "_refuse_long", lambda *_: None)
    path.write_bytes(data[::-1])
    with pytest.raises(AlreadyExists):
        store.put_file("k", path, if_absent=True)
    assert path.exists()
    assert store.get("k") == data
    assert "Uploads" not in real_server.client.list_multipart_uploads(Bucket=bucket_of(real_s3))


def test_a_long_body_is_not_sent_to_a_key_that_is_taken(canned: Canned) -> None:
    """A server that refuses it in the middle hangs up, which looks like a fault of the line."""
    canned.headers["Last-Modified"] = "Sat, 21 Nov 2026 06:36:21 GMT"
    store = S3Store("s3://bucket/ds", S3Options(endpoint=canned.endpoint))
    with pytest.raises(AlreadyExists):
        store.put("k", bytes(2 * MIB), if_absent=True)
    assert [request.method for request in canned.requests] == ["HEAD"]
    store.put("k", bytes(MIB), if_absent=True)
    assert [request.method for request in canned.requests] == ["HEAD", "PUT"]


MEMORY = """
import sys
from pathlib import Path
from sigh_batch.store.s3 import S3Store

def resident(field):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024

store = S3Store(sys.argv[1])
store.put("small", b"x")
Path("/proc/self/clear_refs").write_text("5")
before = resident("VmRSS")
store.put_file("large", Path(sys.argv[2]), if_absent=sys.argv[3] == "if-absent")
print(resident("VmHWM") - before)
"""


@pytest.mark.s3
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("form", ["replace", "if-absent"])
def test_an_upload_holds_two_parts(form: str, real_s3: str, tmp_path: Path) -> None:
    path, data = make_file(tmp_path, 160 * MIB)
    ended = subprocess.run(
        [sys.executable, "-c", MEMORY, real_s3, str(path), form], capture_output=True, text=True, check=True
    )
    assert int(ended.stdout) < 2 * 16 * MIB + 4 * MIB
    assert S3Store(real_s3).get("large") == data


@pytest.mark.s3
@pytest.mark.parametrize("variable", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_a_wrong_key_is_told_at_once(
    variable: str, real_s3: str, real_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(real_s3).put("k", b"good")
    monkeypatch.setenv(variable, "ABCDEFGHIJKLMNOPQRST")
    said = f"cannot open {real_s3}/ds at {real_server.endpoint}: the credentials are refused"
    with pytest.raises(Denied, match=re.escape(said)) as caught:
        open_store(f"{real_s3}/ds")
    assert "ABCDEF" not in str(caught.value)
    store = S3Store(real_s3)
    for act in (
        lambda: store.get("k"),
        lambda: store.put("k", b"x"),
        lambda: store.delete("k"),
        lambda: list(store.list()),
    ):
        with pytest.raises(Denied):
            act()
    monkeypatch.setenv(variable, real_server.environ()[variable])
    assert open_store(real_s3).get("k") == b"good"


@pytest.mark.s3
def test_an_upload_that_fails_leaves_no_parts(
    real_s3: str, real_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = module._pieces

    def break_off(*args: object) -> Iterator[object]:
        for number, piece in enumerate(pieces(*args)):
            if number == 2:
                raise OSError("the disk broke")
            yield piece

    monkeypatch.setattr(module, "_pieces", break_off)
    path, _ = make_file(tmp_path, 20 * MIB)
    with pytest.raises(StoreError, match=r"cannot put .k. in .*: the disk broke"):
        S3Store(real_s3, SMALL).put_file("k", path)
    assert path.exists()
    assert "Uploads" not in real_server.client.list_multipart_uploads(Bucket=bucket_of(real_s3))
