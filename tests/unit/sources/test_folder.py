import os
from collections import Counter
from pathlib import Path

import pytest

from sigh_batch.errors import ConfigError, UnreadablePicture
from sigh_batch.sources.decode import Limits
from sigh_batch.sources.folder import FolderSource, split_of
from sigh_batch.store.local import LocalStore
from sigh_batch.store.memory import MemoryStore
from tests.unit.sources.files import every_kind, scene

SHARES = {"train": 0.7, "validation": 0.2, "test": 0.1}


def filled(**files: bytes) -> MemoryStore:
    store = MemoryStore("pictures")
    for name, data in files.items():
        store.put(name.replace("__", "/"), data)
    return store


def put(store: MemoryStore, *names: str, data: bytes = every_kind()["rgb.png"]) -> MemoryStore:
    for name in names:
        store.put(name, data)
    return store


def keys(source: FolderSource) -> list[str]:
    return [source.read(number).id for number in range(len(source))]


def test_pictures_are_read_from_all_folders_in_the_order_of_their_names() -> None:
    names = ["b.png", "a.JPG", "deep/er/c.webp", "deep/b.tiff", "deep/z.gif", "x.bmp", "y.jpeg", "z.tif"]
    source = FolderSource(put(MemoryStore("p"), *names))
    assert keys(source) == sorted(names)
    assert source.notes == ()
    assert source.origin is None
    first = source.read(1)
    assert (first.pixels == scene()).all()
    assert first.encodes == ({"codec": "png", "width": 64, "height": 48},)
    assert first.drawn == {"file": "b.png"}
    assert first.index is None


def test_a_name_without_ending_is_looked_into() -> None:
    store = put(put(MemoryStore("p"), "IMG_0001", "a.png"), "README", data=b"hello")
    source = FolderSource(store)
    assert keys(source) == ["IMG_0001", "a.png"]
    assert source.notes == ("not read in memory://p: 1 other file (1 no ending; README)",)


def test_names_that_no_store_can_be_asked_for_are_left_out_and_told(tmp_path: Path) -> None:
    for name in (b"a.png", b"b\n.png", b"c\xff.png", b"d\t"):
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).write_bytes(every_kind()["rgb.png"])
    source = FolderSource(LocalStore(tmp_path, create=False))
    assert keys(source) == ["a.png"]
    told = f"not read in {tmp_path}: 3 other files (2 .png, 1 no ending; "
    assert source.notes == (told + r"'b\n.png', 'c\udcff.png', 'd\t')",)


def test_what_is_not_read_is_counted_and_named() -> None:
    store = put(
        MemoryStore("p"), "a.png", "a.mask.png", "a.source.png", ".thumbs/b.png", "z/a.json", "z/b.txt"
    )
    source = FolderSource(store)
    assert keys(source) == ["a.png"]
    assert source.notes == (
        "not read in memory://p: 5 other files (1 .json, 3 .png, 1 .txt; .thumbs/b.png, a.mask.png, "
        "a.source.png, ...)",
    )


def test_a_folder_without_pictures_is_refused_and_says_what_it_has(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        FolderSource(LocalStore(tmp_path, create=False))
    assert str(caught.value) == f"there are no pictures in {tmp_path}"
    (tmp_path / "thesis.tex").write_text("three years")
    with pytest.raises(ConfigError) as caught:
        FolderSource(LocalStore(tmp_path, create=False))
    assert str(caught.value) == f"there are no pictures in {tmp_path}: 1 other file (1 .tex; thesis.tex)"


def test_an_unreadable_picture_is_named_when_it_is_read_and_harms_no_other() -> None:
    store = put(MemoryStore("p"), "a.png", "d.png")
    put(put(store, "b.png", data=b""), "c.png", data=every_kind()["rgb.png"][:60])
    source = FolderSource(store)
    assert len(source) == 4
    for number, code, name in ((1, "empty_file", "b.png"), (2, "truncated_image", "c.png")):
        with pytest.raises(UnreadablePicture, match=f"^{name} is ") as caught:
            source.read(number)
        assert caught.value.code == code
    assert source.read(3).id == "d.png"


def test_limits_are_those_of_the_run() -> None:
    source = FolderSource(put(MemoryStore("p"), "a.png"), limits=Limits(max_pixels=3071))
    with pytest.raises(UnreadablePicture, match=r"^a\.png says it is 64x48, 0 megapixels"):
        source.read(0)


def test_a_copy_is_the_same_source_and_another_file_is_not(tmp_path: Path) -> None:
    def identity(name: str, when: int = 10**9, **files: bytes) -> object:
        for file, data in files.items():
            path = tmp_path / name / file.replace("_", ".")
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            os.utime(path, (when, when))
        return FolderSource(LocalStore(tmp_path / name, create=False)).identity

    png, bmp = every_kind()["rgb.png"], every_kind()["plain.bmp"]
    one = identity("one", a_png=png, b_png=png)
    assert one == identity("later", when=10**9 + 77, a_png=png, b_png=png)
    assert one == identity("more", a_png=png, b_png=png, c_txt=b"notes")
    others = [
        identity("renamed", a_png=png, c_png=png),
        identity("longer", a_png=png, b_png=png + b"\0"),
        identity("fewer", a_png=png),
        identity("bitmap", a_bmp=bmp),
        identity("bitmap_later", when=10**9 + 77, a_bmp=bmp),
    ]
    assert len({str(value) for value in (one, *others)}) == 6


def test_a_group_is_a_name_without_its_ending_or_a_folder() -> None:
    names = ["chat/1.jpg", "chat/1.png", "chat/2.png", "top.png", "work/1.png"]

    def groups(grouping: str) -> list[str]:
        source = FolderSource(put(MemoryStore("p"), *names), grouping=grouping)  # type: ignore[arg-type]
        return [source.read(number).group for number in range(len(source))]

    assert groups("file") == ["chat/1", "chat/1", "chat/2", "top", "work/1"]
    assert groups("folder") == ["chat", "chat", "chat", "top", "work"]


def test_splits_follow_the_shares_and_the_group_alone() -> None:
    counts = Counter(split_of(f"group-{number}", SHARES) for number in range(5000))
    for name, share in SHARES.items():
        assert abs(counts[name] / 5000 - share) < 0.025
    for number in range(100):
        turned = dict(reversed(list(SHARES.items())))
        assert split_of(f"group-{number}", SHARES) == split_of(f"group-{number}", turned)
        assert split_of(f"group-{number}", {"train": 0.0, "test": 3.0, "validation": 0.0}) == "test"
    source = FolderSource(put(MemoryStore("p"), "a.png", "a.jpg"), splits={"test": 1.0})
    assert {source.read(number).split for number in range(2)} == {"test"}


@pytest.mark.parametrize("shares", [{}, {"train": 0.0}, {"train": 1.0, "test": -0.1}])
def test_shares_that_divide_nothing_are_refused(shares: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="not shares of splits"):
        FolderSource(put(MemoryStore("p"), "a.png"), splits=shares)


def test_a_picture_that_is_gone_by_now_is_told_as_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(every_kind()["rgb.png"])
    for store in (put(MemoryStore("p"), "a.png"), LocalStore(tmp_path, create=False)):
        source = FolderSource(store)
        store.delete("a.png")
        with pytest.raises(UnreadablePicture, match=r"there is no file 'a\.png'"):
            source.read(0)
