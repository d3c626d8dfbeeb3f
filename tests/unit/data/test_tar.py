import hashlib
import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.data.tar import TarWriter
from sigh_batch.data.ustar import make_header, padded, padding, read_header
from sigh_batch.errors import DataError

names = st.text("abcXYZ019-_.ü€🎉", min_size=1, max_size=20).filter(lambda name: name.strip("."))
members = st.lists(st.tuples(names, st.binary(max_size=3000)), max_size=8)


def write_tar(path: Path, contents: list[tuple[str, bytes]]) -> tuple[list[int], int, str]:
    writer = TarWriter(path)
    offsets = [writer.add(name, data) for name, data in contents]
    return offsets, *writer.close()


@given(members)
def test_any_tar_reader_reads_back_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, contents: list[tuple[str, bytes]]
) -> None:
    path = tmp_path_factory.mktemp("tar") / "t.tar"
    offsets, size, digest = write_tar(path, contents)
    data = path.read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (size, digest)
    with tarfile.open(path) as tar:
        read = [(member.name, tar.extractfile(member).read(), member.offset_data) for member in tar]  # type: ignore[union-attr]
    assert read == [(name, content, at) for (name, content), at in zip(contents, offsets, strict=True)]
    for (_, content), at in zip(contents, offsets, strict=True):
        assert data[at : at + len(content)] == content


@given(names, st.integers(0, 8**11 - 1))
def test_a_header_is_the_one_that_the_standard_library_makes(name: str, size: int) -> None:
    theirs = tarfile.TarInfo(name)
    theirs.size = size
    assert make_header(name, size) == theirs.tobuf(tarfile.USTAR_FORMAT)
    member = read_header(make_header(name, size), "here")
    assert member is not None
    assert (member.name, member.size) == (name, size)


@given(st.integers(0, 10**9))
def test_contents_are_padded_to_blocks(size: int) -> None:
    assert padded(size) % 512 == 0
    assert padded(size) - size == len(padding(size)) < 512


def test_nothing_in_a_header_varies(tmp_path: Path) -> None:
    write_tar(tmp_path / "t.tar", [("a.png", b"x")])
    with tarfile.open(tmp_path / "t.tar") as tar:
        (member,) = tar.getmembers()
    assert (member.mtime, member.uid, member.gid, member.uname, member.gname) == (0, 0, 0, "", "")
    assert member.mode == 0o644
    assert tar.format == tarfile.PAX_FORMAT or member.pax_headers == {}


def test_a_long_name_is_split_at_a_slash_and_one_that_cannot_be_is_refused() -> None:
    name = "d" * 90 + "/" + "f" * 100
    header = make_header(name, 5)
    assert tarfile.TarInfo.frombuf(header, "utf-8", "strict").name == name
    member = read_header(header, "here")
    assert member is not None
    assert member.name == name
    for refused in ("f" * 101, "d" * 156 + "/f" * 60, "d/" + "f" * 101):
        with pytest.raises(DataError, match="is too long for a tar; shorten the sample's id"):
            make_header(refused, 5)
    with pytest.raises(DataError, match="has 8589934592 bytes and a tar member can have 8589934591"):
        make_header("a", 8**11)


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (b"x" * 100, "here ends in the middle of a header"),
        (b"x" * 512, "here is not a tar header that this product writes"),
        (make_header("a", 5)[:-1] + b"!", "here is not a tar header that this product writes"),
        (
            make_header("a", 5).replace(b"ustar", b"utsar"),
            "here is not a tar header that this product writes",
        ),
        (
            make_header("b", 5)[:1] + make_header("a", 5)[1:],
            "here is not a tar header that this product writes",
        ),
    ],
)
def test_what_is_no_header_of_ours_is_refused(block: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_header(block, "here")
    assert str(caught.value) == message


def test_a_zero_block_ends_an_archive() -> None:
    assert read_header(bytes(512), "here") is None


def test_gnu_tar_reads_and_compares_it(tmp_path: Path) -> None:
    contents = [
        ("one.png", os.urandom(70_000)),
        ("one.json", b"{}"),
        ("empty", b""),
        ("größe.txt", b"x" * 512),
    ]
    write_tar(tmp_path / "t.tar", contents)
    tar = shutil.which("tar")
    assert tar, "the machine has no tar"
    ended = subprocess.run(
        [tar, "-xvf", "t.tar"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={"LC_ALL": "C.UTF-8"},
        check=True,
    )
    assert ended.stderr == ""
    for name, content in contents:
        assert (tmp_path / name).read_bytes() == content


def test_large_and_many_members_cross_every_batch(tmp_path: Path) -> None:
    contents = [(f"{number}.bin", os.urandom(1 + number * 997 % 40_000)) for number in range(700)]
    contents.insert(350, ("big.bin", os.urandom(5 << 20)))
    offsets, size, digest = write_tar(tmp_path / "t.tar", contents)
    data = (tmp_path / "t.tar").read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (size, digest)
    for (_, content), at in zip(contents, offsets, strict=True):
        assert data[at : at + len(content)] == content


def test_a_write_that_the_system_cuts_short_is_continued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.writev
    monkeypatch.setattr(os, "writev", lambda file, parts: real(file, [b"".join(parts)[:777]]))
    contents = [("a", b"1" * 3000), ("b", b"2" * 3000)]
    _, size, digest = write_tar(tmp_path / "t.tar", contents)
    data = (tmp_path / "t.tar").read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (size, digest)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        assert tar.getnames() == ["a", "b"]


def test_equal_members_make_equal_archives_whatever_was_there(tmp_path: Path) -> None:
    contents = [("a", b"1" * 3000), ("b", b"2")]
    (tmp_path / "2.tar").write_bytes(b"the half of an older tar" * 9999)
    assert write_tar(tmp_path / "1.tar", contents) == write_tar(tmp_path / "2.tar", contents)
    assert (tmp_path / "1.tar").read_bytes() == (tmp_path / "2.tar").read_bytes()


def test_a_lasting_tar_is_equal_and_the_disk_gets_all_of_it_to_work_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not hasattr(os, "posix_fadvise"):
        pytest.skip("this system cannot be told to begin writing")
    begun: list[tuple[int, int]] = []
    real = os.posix_fadvise

    def advise(file: int, start: int, length: int, advice: int) -> None:
        begun.append((start, length))
        real(file, start, length, advice)

    monkeypatch.setattr(os, "posix_fadvise", advise)
    contents = [(f"{number}.bin", os.urandom(700_000)) for number in range(9)]
    plain = write_tar(tmp_path / "plain.tar", contents)
    assert begun == []
    writer = TarWriter(tmp_path / "lasting.tar", lasting=True)
    assert [writer.add(name, data) for name, data in contents] == plain[0]
    assert writer.close() == plain[1:]
    assert (tmp_path / "lasting.tar").read_bytes() == (tmp_path / "plain.tar").read_bytes()
    assert len(begun) > 3
    assert [start for start, _ in begun] == [0, *(start + length for start, length in begun)][:-1]
    assert sum(length for _, length in begun) == plain[1]
