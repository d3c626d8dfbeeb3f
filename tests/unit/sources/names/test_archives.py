import struct
import zipfile
from pathlib import Path

import pytest

from sigh_batch.errors import DataError, UnreadablePicture
from sigh_batch.sources.decode import ANY_SIZE
from sigh_batch.sources.names.archives import find_in_archive
from sigh_batch.sources.names.reading import NameReader
from sigh_batch.store.local import LocalStore


def write_zip(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as made:
        made.comment = b"PK\5\6 looks like an end"
        for name, data in members.items():
            made.writestr(name, data)


def contents(folder: Path, name: str) -> dict[str, bytes]:
    found = find_in_archive(LocalStore(folder, create=False), name)
    reader = NameReader(found.reader, found.root, ANY_SIZE)
    return dict(reader.read(each) for each, _ in found.names)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_come_back_whole(tmp_path: Path, method: int) -> None:
    pictures = {f"in/{number} é.png": bytes([number]) * 5000 for number in range(9)}
    write_zip(tmp_path / "a.zip", {**pictures, "b.txt": b"x", "__MACOSX/._a.png": b"x"}, method)
    assert contents(tmp_path, "a.zip") == pictures


def test_names_of_before_unicode_are_read(tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", {"aa.png": b"x"})
    data = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(data.replace(b"aa.png", b"\x84b.png"))
    assert list(contents(tmp_path, "a.zip")) == ["äb.png"]


def test_a_zip_of_more_than_65535_members_is_read(tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", {f"{number}.png": b"" for number in range(65_600)}, zipfile.ZIP_STORED)
    found = find_in_archive(LocalStore(tmp_path, create=False), "a.zip")
    assert sum(1 for _ in found.names) == 65_600


def test_a_member_that_is_more_than_it_says_is_refused(tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", {"a.png": bytes(100_000)})
    data = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(data.replace(struct.pack("<L", 100_000), struct.pack("<L", 100_001)))
    with pytest.raises(UnreadablePicture, match="is cut off"):
        contents(tmp_path, "a.zip")


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
@pytest.mark.parametrize("data", [b"", b"PK\5\6 torn", b"x" * 2000])
def test_what_is_no_archive_is_said(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=f"{name} in .* is damaged"):
        contents(tmp_path, name)
