import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sigh_batch.data import scan
from sigh_batch.data.loader import open_dataset
from sigh_batch.data.plan import Plan
from sigh_batch.data.sample import Failure, Sample
from sigh_batch.data.verify import Verified, verify
from sigh_batch.errors import DataError, NotFound
from sigh_batch.store import Store
from sigh_batch.store.local import LocalStore
from sigh_batch.store.memory import MemoryStore
from tests.sets import IDENTITY, make_failure, make_sample, mask, picture, write_set, write_shard

PLAN = Plan(40, 4)


def make(index: int) -> Sample | Failure:
    return make_failure(index) if index == 13 else make_sample(index)


def filled(make: Callable[[int], Sample | Failure] = make) -> MemoryStore:
    store = MemoryStore("a")
    write_set(store, PLAN, make)
    return store


def problems(store: Store, workers: int = 1) -> list[str]:
    return [problem for step in verify(store, workers) for problem in step.problems]


@pytest.mark.parametrize("chunk", [100, 512, 4096, 8 << 20])
def test_a_sound_set_has_no_problem_however_it_is_fetched(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "_CHUNK", chunk)
    assert problems(filled(), workers=3) == []


def test_progress_is_told_shard_by_shard(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    write_set(store, PLAN, make)
    assert list(verify(store)) == [Verified(shard, 4, shard * 10, 40) for shard in range(5)]


def change(store: Store, key: str, old: bytes, new: bytes) -> None:
    data = store.get(key)
    assert old in data
    assert len(old) == len(new)
    store.put(key, data.replace(old, new, 1))


def starts(found: list[str], *expected: str) -> None:
    assert len(found) == len(expected), found
    for one, start in zip(found, expected, strict=True):
        assert one.startswith(start)
        assert "\n" not in one


TAR = "shards/part-00002.tar"


def test_a_flipped_bit_in_a_picture_is_found_three_times_over() -> None:
    store = filled()
    sample = make_sample(21)
    torn = sample.image[:-20] + bytes([sample.image[-20] ^ 1]) + sample.image[-19:]
    change(store, TAR, sample.image, torn)
    found = problems(store)
    assert any(one.startswith("sample 000021: part-00002.tar has sha256 '") for one in found)
    assert "sample 000021: its JSON tells of another picture, of " in " ".join(found)
    assert found[-1].startswith(f"{TAR} has ")
    assert found[-1].endswith("; delete records/part-00002.json and run again")
    assert not any("000020" in one or "000022" in one for one in found)


def test_a_changed_label_is_found_though_every_byte_can_be_read() -> None:
    store = filled()
    change(store, TAR, b'"label":1', b'"label":0')
    starts(
        problems(store),
        "sample 000023: it is clean and its mask has 6 pixels",
        "sample 000023: it is clean and has a source mask",
        "sample 000023: part-00002.tar has label 0 and rows/part-00002.parquet has 1",
        f"{TAR} has ",
    )


def test_a_moved_box_is_found() -> None:
    store = filled()
    change(store, TAR, b'"x":2.0,"y":3.5', b'"x":2.0,"y":3.6')
    starts(
        problems(store),
        "sample 000020: part-00002.tar has elements [",
        f"{TAR} has ",
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"width": 99},
            ["its picture is 21x12 and should be 99x12", "its mask is 21x12 and should be 99x12"],
        ),
        ({"format": "jpg"}, ["its picture is PNG and its format says jpg"]),
        ({"mask_pixels": 3}, ["its mask has 0 pixels and mask_pixels says 3"]),
        (
            {"mask": mask(21, 12, 5), "benign": None},
            [
                "its mask has 5 pixels and mask_pixels says 0",
                "it is clean and its mask has 5 pixels",
            ],
        ),
        ({"mask": picture(0, 21, 12)}, ["its mask is PNG of mode RGB and should be a 1-bit PNG"]),
        ({"mask": b""}, ["its mask cannot be decoded ("]),
        ({"source_mask": mask(21, 12, 4)}, ["it is clean and has a source mask"]),
        ({"image": b"GIF89a"}, ["its picture cannot be decoded ("]),
        ({"image": picture(9, 21, 12)[:60]}, ["its picture cannot be decoded ("]),
    ],
)
def test_a_sample_that_was_made_wrong_is_found(changes: dict[str, object], expected: list[str]) -> None:
    def wrong(index: int) -> Sample | Failure:
        made = make(index)
        return replace(made, **changes) if index == 21 and isinstance(made, Sample) else made  # type: ignore[arg-type]

    starts(problems(filled(wrong)), *(f"sample 000021: {start}" for start in expected))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"mask": mask(23, 12, 0), "mask_pixels": 0}, ["it is forged and its mask is empty"]),
        ({"source_mask": mask(23, 12, 0)}, ["its source mask is empty and should not be there"]),
        ({"source_mask": mask(23, 9, 4)}, ["its source mask is 23x9 and should be 23x12"]),
        ({"source_mask": b"GIF89a"}, ["its source mask cannot be decoded ("]),
        ({"source_mask": picture(0, 23, 12)}, ["its source mask is PNG of mode RGB and should be"]),
    ],
)
def test_a_forged_sample_that_was_made_wrong_is_found(
    changes: dict[str, object], expected: list[str]
) -> None:
    def wrong(index: int) -> Sample | Failure:
        made = make(index)
        return replace(made, **changes) if index == 23 and isinstance(made, Sample) else made  # type: ignore[arg-type]

    starts(problems(filled(wrong)), *(f"sample 000023: {start}" for start in expected))


def test_a_flipped_bit_in_a_source_mask_is_found() -> None:
    store = filled()
    source = make_sample(23).source_mask
    assert source is not None
    whole = store.get(TAR)
    at = whole.index(b"000023.source.png") + 512 + source.index(b"IDAT") + 6
    store.put(TAR, whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
    assert problems(store)[-1].startswith(f"{TAR} has ")


def test_a_cut_tar_is_found_and_the_other_shards_are_still_checked() -> None:
    store = filled()
    store.put(TAR, store.get(TAR)[:3000])
    change(store, "shards/part-00003.tar", b'"label":1', b'"label":0')
    found = problems(store)
    starts(
        found,
        f"{TAR} ends at byte 3000, in the middle of 000020.json",
        f"{TAR} has 3000 bytes with sha256 ",
        "sample 000031: it is clean and its mask has 6 pixels",
        "sample 000031: it is clean and has a source mask",
        "sample 000031: part-00003.tar has label 0",
        "shards/part-00003.tar has ",
    )


def test_what_follows_the_last_sample_is_found() -> None:
    store = filled()
    store.put(TAR, store.get(TAR) + b"more")
    starts(problems(store), f"{TAR} goes on after its last sample", f"{TAR} has ")


def test_bytes_between_members_are_found() -> None:
    store = filled()
    data = bytearray(store.get(TAR))
    data[512 + len(make_sample(20).image)] = 1
    store.put(TAR, bytes(data))
    starts(problems(store), f"{TAR} has bytes other than zero after 000020.webp", f"{TAR} has ")


def test_members_in_another_order_are_found() -> None:
    store = filled()
    swapped = MemoryStore("b")
    write_shard(swapped, PLAN, 2, lambda index: replace(make_sample(index), id=f"{59 - index:06d}"))
    store.put(TAR, swapped.get(TAR))
    starts(problems(store), f"{TAR} does not have 000020.webp of ", f"{TAR} has ")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (TAR, "no object 'shards/part-00002.tar' in memory://a, though its record is there"),
        (
            "rows/part-00002.parquet",
            "no object 'rows/part-00002.parquet' in memory://a, though its record is there",
        ),
        (
            "records/part-00002.json",
            "records/part-00002.json in memory://a is missing: shard 2 is not finished",
        ),
        ("run.json", "no object 'run.json' in memory://a"),
    ],
)
def test_what_is_missing_is_named(key: str, expected: str) -> None:
    store = filled()
    store.delete(key)
    starts(problems(store), expected)


def test_what_belongs_to_no_shard_is_named() -> None:
    store = filled()
    extras = [
        "records/part-00001.json.bak",
        "rows/part-00004.parquet",
        "shards/part-00001.tar.part",
        "shards/x/y.tar",
    ]
    for key in extras:
        store.put(key, b"")
    store.put("logs/worker.log", b"")
    store.put("README.md", b"")
    found = problems(store)
    assert sorted(found) == [
        f"{key} in memory://a belongs to no shard of this run; delete it" for key in extras
    ]


def test_a_record_of_another_run_is_named() -> None:
    store = filled()
    write_shard(store, PLAN, 2, make, replace(IDENTITY, config_hash="0badcafe"))
    starts(
        problems(store),
        "records/part-00002.json in memory://a has config hash 0badcafe and this run has 00c0ffee",
    )


def test_damaged_rows_are_named() -> None:
    store = filled()
    store.put("rows/part-00002.parquet", store.get("rows/part-00001.parquet"))
    starts(
        problems(store), "rows/part-00002.parquet in memory://a is damaged: its sha256 is not the record's"
    )


def test_a_manifest_that_does_not_say_what_the_rows_do_is_found() -> None:
    store, other = filled(), MemoryStore("b")
    write_set(
        other, PLAN, lambda index: make(index) if index != 25 else make_sample(25, theme="sepia", skin="x")
    )
    store.put("manifest.parquet", other.get("manifest.parquet"))
    (only,) = problems(store)
    assert only == "sample 000025: the manifest has skin 'x' and rows/part-00002.parquet has 'bubbles'"


def test_many_differences_are_counted() -> None:
    store, other = filled(), MemoryStore("b")
    plan = Plan(40, 1)
    store = MemoryStore("a")
    write_set(store, plan, make_sample)
    write_set(other, plan, lambda index: make_sample(index, theme="sepia"))
    store.put("manifest.parquet", other.get("manifest.parquet"))
    found = problems(store)
    assert len(found) == 21
    assert found[-1] == "20 more samples of rows/part-00000.parquet differ from the manifest"


def test_a_claim_of_another_run_is_named() -> None:
    store = filled()
    change(store, "run.json", b"00c0ffee", b"0badcafe")
    found = problems(store)
    assert found[0] == (
        "the manifest is of a generate run with config hash 00c0ffee and run.json of a generate run "
        "with 0badcafe"
    )
    assert len(found) == 5


def test_any_damage_to_the_manifest_ends_in_sentences() -> None:
    store = filled()
    whole = store.get("manifest.parquet")
    draws = random.Random(3)
    found, sentences = 0, []
    for _ in range(150):
        at = draws.randrange(len(whole))
        torn = bytearray(whole)
        torn[at : at + 20] = draws.randbytes(20)
        store.put("manifest.parquet", bytes(torn))
        try:
            found += bool(problems(store))
            list(open_dataset(store).where(label=1).rows())
        except DataError as error:
            found += 1
            sentences.append(str(error))
    assert found > 130
    for sentence in sentences:
        assert sentence.startswith(
            ("manifest.parquet in memory://a ", "the members of samples in memory://a ")
        )
        assert "\n" not in sentence


def test_a_set_that_is_not_finished_cannot_be_verified() -> None:
    store = filled()
    store.delete("manifest.parquet")
    with pytest.raises(NotFound, match="is not finished"):
        problems(store)
    store.put("manifest.parquet", b"nothing of use")
    with pytest.raises(DataError, match="is damaged"):
        problems(store)
