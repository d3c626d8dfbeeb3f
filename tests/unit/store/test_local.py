"""What is special about a folder: links, other file systems, rights, full disks, and runs that are killed."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.errors import AlreadyExists, Denied, NotFound, StoreError, StoreFull, Unreachable
from sigh_batch.store.local import LocalStore

MIB = 1 << 20
NOBODY = 65534


@contextmanager
def as_nobody() -> Iterator[None]:
    """Do something without the rights of root; without being root there is nothing to give up."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that nobody's user, too, can look into."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def keys_of(store: LocalStore, prefix: str = "") -> list[str]:
    return [found.key for found in store.list(prefix)]


@given(st.sets(st.text("ab-./0é", min_size=1, max_size=8)))
def test_any_tree_is_listed_in_key_order(names: set[str]) -> None:
    with tempfile.TemporaryDirectory() as root:
        store = LocalStore(root, sync=False)
        kept: set[str] = set()
        for name in sorted(names):
            key = "/".join(part for part in name.split("/") if part.strip("."))
            if not key or any(_is_within(key, other) or _is_within(other, key) for other in kept):
                continue
            store.put(key, b"")
            kept.add(key)
        assert keys_of(store) == sorted(kept, key=str.encode)
        for prefix in ("a", "a/", "b-", "."):
            expected = sorted((key for key in kept if key.startswith(prefix)), key=str.encode)
            assert keys_of(store, prefix) == expected


def _is_within(key: str, other: str) -> bool:
    return f"{key}/".startswith(f"{other}/")


def test_scratch_is_never_listed(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    (tmp_path / ".tmp/half").write_bytes(b"x")
    (tmp_path / "sub/.tmp").mkdir(parents=True)
    (tmp_path / "sub/.tmp/whole").write_bytes(b"x")
    assert keys_of(store) == ["sub/.tmp/whole"]
    assert keys_of(store, ".tmp/") == []


def test_only_files_are_objects(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").mkdir()
    (tmp_path / "nowhere").symlink_to("gone")
    (tmp_path / "itself").symlink_to("itself")
    store.put("k", b"x")
    assert keys_of(store) == ["k"]
    for key in ("pipe", "empty", "nowhere", "itself"):
        assert store.stat(key) is None
    for key in ("empty", "nowhere", "itself", "k/below"):
        with pytest.raises(NotFound):
            store.get(key)
    store.delete("empty")
    assert (tmp_path / "empty").is_dir()


def test_links_are_followed_but_not_in_a_circle(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "deep").mkdir(parents=True)
    (outside / "deep/x").write_bytes(b"1")
    root = tmp_path / "root"
    store = LocalStore(root)
    store.put("own/y", b"22")
    (root / "own/up").symlink_to(root)
    (root / "own/self").symlink_to(root / "own")
    (root / "linked").symlink_to(outside)
    (outside / "deep/back").symlink_to(outside)
    (root / "one").symlink_to(outside / "deep/x")
    assert keys_of(store) == ["linked/deep/x", "one", "own/y"]
    assert store.get("linked/deep/x") == b"1"
    assert keys_of(store, "linked/de") == ["linked/deep/x"]


def test_a_file_in_the_way_of_a_folder(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.put("a", b"x")
    store.put("b/c", b"x")
    for key in ("a/below", "b"):
        with pytest.raises(StoreError, match="a part of its name is already a file, or all of it a folder"):
            store.put(key, b"y")
        with pytest.raises(StoreError, match=f"cannot write '{key}' in"):
            store.put_file(key, _file(tmp_path))
    assert keys_of(store) == ["a", "b/c"]
    assert not list((tmp_path / ".tmp").glob("*-*"))


def _file(folder: Path, data: bytes = b"content") -> Path:
    path = folder / ".tmp" / "made"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("create", [True, False])
def test_a_file_is_no_store(tmp_path: Path, create: bool) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(Unreachable, match="file"):
        LocalStore(tmp_path / "file", create)
    with pytest.raises(Unreachable):
        LocalStore(tmp_path / "file/below", create)
    assert (tmp_path / "file").read_bytes() == b"x"


def test_a_folder_without_the_right_to_write(open_folder: Path) -> None:
    store = LocalStore(open_folder / "ds")
    store.put("shards/a", b"first")
    for folder in ("ds", "ds/shards", "ds/.tmp"):
        (open_folder / folder).chmod(0o555)
    with as_nobody():
        for act in (
            lambda: store.put("shards/a", b"second"),
            lambda: store.put("new/a", b"second"),
            lambda: store.put("shards/a", b"second", if_absent=True),
            lambda: store.delete("shards/a"),
            lambda: LocalStore(open_folder / "ds" / "below"),
        ):
            with pytest.raises(
                Denied, match=r"\(Permission denied\); change the rights of the folder"
            ) as caught:
                act()
            assert not caught.value.transient
        assert store.get("shards/a") == b"first"
    for folder in ("ds", "ds/shards", "ds/.tmp"):
        (open_folder / folder).chmod(0o755)
    assert keys_of(store) == ["shards/a"]


def test_a_folder_without_the_right_to_read(open_folder: Path) -> None:
    store = LocalStore(open_folder / "ds")
    store.put("open/a", b"x")
    store.put("shut/b", b"x")
    (open_folder / "ds/shut").chmod(0o000)
    with as_nobody():
        with pytest.raises(Denied, match=r"cannot list the folder .*/ds \(Permission denied\)"):
            list(store.list())
        with pytest.raises(Denied, match=r"cannot read 'shut/b' in .*/ds \(Permission denied\)"):
            store.get("shut/b")
        assert keys_of(store, "open/") == ["open/a"]
    (open_folder / "ds/shut").chmod(0o755)


FILL = """
import sys
from pathlib import Path
from sigh_batch.errors import StoreFull
from sigh_batch.store.local import LocalStore
root = Path(sys.argv[1], "ds")
store = LocalStore(root)
store.put("shards/a", b"first")
big = Path(sys.argv[2])
for act in (
    lambda: store.put("shards/a", bytes(1 << 20)),
    lambda: store.put("shards/b", bytes(1 << 20), if_absent=True),
    lambda: store.put_file("shards/a", big),
):
    try:
        act()
    except StoreFull as error:
        print(error)
assert big.exists()
assert store.get("shards/a") == b"first"
assert [found.key for found in store.list()] == ["shards/a"]
assert not list((root / ".tmp").iterdir())
store.put("shards/c", b"small")
print("well")
"""


def test_a_full_disk(tmp_path: Path) -> None:
    """On a real file system of 256 KiB, mounted where only this test sees it."""
    mount = tmp_path / "mount"
    mount.mkdir()
    (tmp_path / "big").write_bytes(bytes(MIB))
    separate = ["unshare", "--user", "--map-root-user", "--mount"]
    try:
        subprocess.run([*separate, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine lets nobody mount a file system of his own")
    script = 'mount -t tmpfs -o size=256k none "$1" && exec "$2" -c "$3" "$1" "$4"'
    arguments = [str(mount), sys.executable, FILL, str(tmp_path / "big")]
    ended = subprocess.run(
        [*separate, "sh", "-c", script, "sh", *arguments], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    *full, last = ended.stdout.splitlines()
    assert last == "well"
    assert len(full) == 3
    advice = "(No space left on device); free some room, or name a folder on another disk"
    assert all(sentence.endswith(advice) for sentence in full)
    assert full[0].startswith(f"cannot write 'shards/a' in {mount}/ds")


@pytest.mark.parametrize("if_absent", [False, True])
def test_a_file_from_another_file_system_is_copied(tmp_path: Path, if_absent: bool) -> None:
    store = LocalStore(tmp_path)
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("this machine has no second file system to write on")
    with tempfile.NamedTemporaryFile(dir=elsewhere, delete=False) as file:
        file.write(b"z" * (3 * MIB + 1))
    path = Path(file.name)
    try:
        store.put_file("k", path, if_absent=if_absent)
        assert not path.exists()
    finally:
        path.unlink(missing_ok=True)
    assert store.get("k") == b"z" * (3 * MIB + 1)
    assert not list((tmp_path / ".tmp").iterdir())


def test_a_link_is_put_as_the_file_it_names(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "ds")
    (tmp_path / "real").write_bytes(b"content")
    (tmp_path / "link").symlink_to("real")
    store.put_file("k", tmp_path / "link")
    assert not (tmp_path / "ds/k").is_symlink()
    assert store.get("k") == b"content"
    assert not (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"content"


def test_a_file_within_scratch_is_moved_and_not_copied(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    path = _file(tmp_path)
    inode = path.stat().st_ino
    store.put_file("shards/k", path)
    assert (tmp_path / "shards/k").stat().st_ino == inode


@pytest.mark.parametrize("form", ["put", "put_file"])
def test_bytes_reach_the_disk_before_the_name_and_the_name_before_the_end(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order of flushes is what lets a record vouch for a shard after a power cut."""
    happened: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def note_fsync(descriptor: int) -> None:
        happened.append("folder" if Path(f"/proc/self/fd/{descriptor}").resolve().is_dir() else "bytes")
        fsync(descriptor)

    def note_replace(path: Path, target: Path) -> Path:
        happened.append("name")
        return replace(path, target)

    store = LocalStore(tmp_path)
    store.put("shards/before", b"")
    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(Path, "replace", note_replace)
    store.put("shards/k", b"x") if form == "put" else store.put_file("shards/k", _file(tmp_path))
    assert happened == ["bytes", "name", "folder"]
    happened.clear()
    LocalStore(tmp_path, sync=False).put("shards/k", b"x")
    assert happened == ["name"]


def test_a_new_folder_is_flushed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[str] = []
    fsync = os.fsync

    def note(descriptor: int) -> None:
        flushed.append(str(Path(f"/proc/self/fd/{descriptor}").resolve()))
        fsync(descriptor)

    store = LocalStore(tmp_path)
    monkeypatch.setattr(os, "fsync", note)
    store.put("new/deep/k", b"x")
    assert {str(tmp_path), str(tmp_path / "new"), str(tmp_path / "new/deep")} <= set(flushed)


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP])
def test_a_file_system_without_hard_links(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, target: Path) -> None:
        raise OSError(number, os.strerror(number))

    store = LocalStore(tmp_path)
    monkeypatch.setattr(Path, "hardlink_to", refuse)
    with pytest.raises(StoreError, match="only where it is absent: the file system has no hard links"):
        store.put("k", b"x", if_absent=True)
    assert keys_of(store) == []
    store.put("k", b"x")


def test_a_link_whose_answer_was_lost_has_won(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network file system repeats a request, and the second one finds what the first one made."""
    link = Path.hardlink_to

    def link_twice(path: Path, target: Path) -> None:
        link(path, target)
        link(path, target)

    store = LocalStore(tmp_path)
    monkeypatch.setattr(Path, "hardlink_to", link_twice)
    store.put("k", b"first", if_absent=True)
    assert store.get("k") == b"first"
    with pytest.raises(AlreadyExists):
        store.put("k", b"second", if_absent=True)


def test_a_lost_server_is_a_passing_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, target: Path) -> None:
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))

    store = LocalStore(tmp_path)
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(Unreachable, match="does its disk or server still answer") as caught:
        store.put("k", b"x")
    assert caught.value.transient


def test_a_disk_full_by_quota(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, target: Path) -> None:
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    store = LocalStore(tmp_path)
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(StoreFull, match="quota"):
        store.put("k", b"x")


KILLED = """
import sys
from sigh_batch.store.local import LocalStore
store = LocalStore(sys.argv[1])
print("ready", flush=True)
while True:
    for letter in b"abc":
        store.put("shards/k", bytes([letter]) * (8 << 20))
"""


def test_a_killed_writer_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.put("shards/k", b"a")
    left = 0
    for wait in (0.02, 0.05, 0.03, 0.07):
        with subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            try:
                writer.wait(wait)
            except subprocess.TimeoutExpired:
                writer.send_signal(signal.SIGKILL)
        assert len(set(store.get("shards/k"))) == 1
        assert store.stat("shards/k").size in (1, 8 * MIB)  # type: ignore[union-attr]
        assert keys_of(store) == ["shards/k"]
        left += len(list((tmp_path / ".tmp").iterdir()))
    assert left  # or the kills came between two writes, and the test says nothing
    LocalStore(tmp_path)
    assert not list((tmp_path / ".tmp").iterdir())
