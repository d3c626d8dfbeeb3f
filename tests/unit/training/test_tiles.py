"""Teaching the default detector: what a batch shows, what a loss asks, and that it learns to see red."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import RunSpec
from sigh_batch.config.tiles import TilesConfig
from sigh_batch.data.loader import open_dataset
from sigh_batch.data.sample import Sample
from sigh_batch.errors import ConfigError
from sigh_batch.models.commonness import commonness_of
from sigh_batch.models.grid import whole_tiles
from sigh_batch.models.tiles import TilesNetwork, look
from sigh_batch.rng import for_sample
from sigh_batch.store import open_store
from sigh_batch.training import trial
from sigh_batch.training.calibration import is_for_calibration
from sigh_batch.training.crops import cut, cut_retouched, pairs_of, read_pixels
from sigh_batch.training.plan import kept_spec, plan_training
from sigh_batch.training.task import Assignment, Calibrated
from sigh_batch.training.tasks import make_task
from sigh_batch.training.tiles import TilesTask, _even
from tests.evaluations import changed_of, make_pair_sample, write_pairs

NETWORK = {"channels": [8, 8, 8, 8], "blocks": [0, 0, 1], "context": 1, "kinds": 2, "heads": 2}
TILES: dict[str, Any] = {
    "network": {**NETWORK, "operations": ["erase", "splice"]},
    "crops": {"32": 1.0, "48": 1.0},
    "late_crops": {"64": 1.0},
    "late": 0.5,
    "pixels": 8192,
    "easy": [1.0],
    "validation": 4,
}


def split_sample(index: int) -> Sample:
    """Return a pair's sample whose picture has edges, in one of two splits, some of them once compressed."""
    made = make_pair_sample(index, split="validation" if index // 2 % 3 == 0 else "train")
    pixels = np.array(Image.open(io.BytesIO(made.image)))
    if not made.scene_depth:
        pixels[30:36, 4:60:4] = 20
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return replace(made, image=out.getvalue())


@pytest.fixture(scope="module")
def data() -> str:
    url = "memory://tiles-task"
    write_pairs(open_store(url), 40, split_sample)
    return url


def task_of(data: str, train: dict[str, Any] | None = None, **changes: Any) -> TilesTask:
    settings = Settings.model_validate(
        {"seed": 5, "train": {"epochs": 4, "workers": 1, **(train or {})}, "tiles": {**TILES, **changes}}
    )
    task = make_task(Assignment(model="tiles", data=data, settings=settings))
    assert isinstance(task, TilesTask)
    return task


def same(one: Any, other: Any) -> bool:
    return all(torch.equal(one[name], other[name]) for name in one)


def test_pairs_are_whole_and_leave_scene_depth_out(data: str) -> None:
    pairs = pairs_of(open_dataset(data), "train")
    labels = pairs.dataset.column("label").to_pylist()
    names = pairs.dataset.column("pair").to_pylist()
    assert len(pairs) == 24
    for forged, clean in zip(pairs.forged, pairs.clean, strict=True):
        assert (labels[forged], labels[clean]) == (1, 0)
        assert names[forged] == names[clean]
    drawn = [json.loads(text) for text in pairs.dataset.column("drawn").to_pylist()]
    plain = [not drawn[pairs.forged[number]]["degradations"] for number in range(len(pairs))]
    assert pairs.plain.tolist() == np.flatnonzero(plain).tolist()
    assert 0 < len(pairs.plain) < len(pairs)


def test_a_set_without_pairs_is_refused(data: str) -> None:
    with pytest.raises(
        ConfigError, match=r"no forged picture with its clean twin in the split 'test'.*distort"
    ):
        pairs_of(open_dataset(data), "test")


def test_crops_of_a_pair_are_the_same_place_on_the_grid(data: str) -> None:
    pairs = pairs_of(open_dataset(data), "train")
    config = TilesConfig.model_validate({**TILES, "changed": 1.0, "disguised": 0.0})
    for number in range(6):
        forged, clean = cut(pairs.open(number), 32, [for_sample(0, "crop", number)], config)
        assert forged.forged
        assert not clean.forged
        assert clean.operations == frozenset()
        assert len(forged.operations or ()) == 1
        assert np.array_equal((forged.pixels != clean.pixels).any(2), forged.mask)
        whole = np.zeros((64, 96), np.bool_)
        changed = changed_of(int(pairs.dataset.column("pair")[int(pairs.forged[number])].as_py()[5:]))
        whole[: changed.shape[0], : changed.shape[1]] = changed
        places = [(top, left) for top in (0, 16) for left in (0, 16, 32)]
        assert any(
            np.array_equal(whole[top : top + 32, left : left + 32], forged.mask) for top, left in places
        )


def test_a_crop_knows_how_common_what_it_shows_is_in_its_whole_picture(data: str) -> None:
    pairs = pairs_of(open_dataset(data), "train")
    config = TilesConfig.model_validate({**TILES, "changed": 1.0, "disguised": 0.0})
    for crop, numbers in zip(
        cut(pairs.open(2), 32, [for_sample(0, "crop", 2)], config), (pairs.forged, pairs.clean), strict=True
    ):
        picture = read_pixels(pairs.dataset[int(numbers[2])].image)
        whole = commonness_of(torch.from_numpy(whole_tiles(picture)).permute(2, 0, 1)[None].float())[0]
        places = [
            (top, left)
            for top in range(0, picture.shape[0] - 31, 16)
            for left in range(0, picture.shape[1] - 31, 16)
            if np.array_equal(picture[top : top + 32, left : left + 32], crop.pixels)
        ]
        assert len(places) == 1
        (top, left) = places[0]
        found = whole[:, top : top + 31, left : left + 31].numpy()
        assert np.array_equal(crop.counts[:, :-1, :-1], found)
        assert found.min() < found.max()


def test_disguised_and_retouched_crops_differ_where_the_mask_says(data: str) -> None:
    pairs = pairs_of(open_dataset(data), "train")
    config = TilesConfig.model_validate({**TILES, "disguised": 1.0, "changed": 1.0})
    seen = 0
    for number in range(8):
        forged, clean = cut(pairs.open(number), 48, [for_sample(0, "crop", number)], config)
        assert np.array_equal((forged.pixels != clean.pixels).any(2), forged.mask)
        twin = pairs.clean_of(number)
        forged, clean = cut_retouched(twin, 48, [for_sample(0, "crop", number)], config, easy=True)
        assert np.array_equal((forged.pixels != clean.pixels).any(2), forged.mask)
        assert forged.operations is None
        seen += forged.forged
    assert seen > 4


def test_batches_are_the_same_again_from_any_number_on(data: str) -> None:
    task = task_of(data)
    for epoch in (0, 1, 3):
        batches = list(task.batches(epoch))
        assert len(batches) == task.steps_per_epoch > 4
        again = list(task.batches(epoch, 3))
        assert all(same(one, other) for one, other in zip(batches[3:], again, strict=True))
    sides = {batch["pixels"].shape[1] for epoch in range(2) for batch in task.batches(epoch)}
    assert sides <= {32, 48}
    late = next(task.batches(2))
    assert late["pixels"].shape[1] == 64
    assert bool(late["late"])
    assert late["told"].all(), "the end shows real forgeries alone"


def test_the_end_is_a_share_of_the_steps_that_are_taken(data: str) -> None:
    task = task_of(data, together=1, train={"steps": 3, "accumulate": 2, "epochs": 9}, late=0.34)
    late = [bool(batch["late"]) for batch in islice(task.batches(0), 6)]
    assert late == [False] * 4 + [True] * 2


def test_ranks_share_a_batch(data: str) -> None:
    task = task_of(data, crops={"48": 1.0}, pixels=65536, pieces=1, together=1, retouched=0.0, easy=[])
    (whole,) = islice(task.batches(0), 1)
    parts = [next(task.batches(0, rank=rank, ranks=2)) for rank in range(2)]
    pairs = [batch["pixels"].unflatten(0, (-1, 2)) for batch in (whole, *parts)]
    assert len(pairs[0]) == 14
    assert torch.equal(pairs[0][0::2], pairs[1])
    assert torch.equal(pairs[0][1::2], pairs[2])


def test_the_loss_asks_as_much_of_the_twins_as_of_what_was_changed() -> None:
    truth = torch.zeros(2, 4, 4)
    truth[0, 0, 0] = 1
    knows_where = torch.full((2, 4, 4), -9.0)
    knows_where[:, 0, 0] = 9
    knows_what = knows_where.clone()
    knows_what[1] = -9
    assert _even(knows_what, truth) < 0.001
    assert _even(knows_where, truth) == pytest.approx(0.25 * 9, rel=0.01)
    assert torch.isfinite(_even(knows_where, torch.zeros(2, 4, 4)))


def test_it_learns_to_see_red(data: str) -> None:
    torch.manual_seed(0)
    task = task_of(data, retouched=0.0, easy=[], changed=1.0, disguised=0.0, crops={"32": 1.0}, pixels=65536)
    network = task.build()
    before = task.validate(network, torch.device("cpu"))
    optimiser = torch.optim.AdamW(network.parameters(), lr=5e-3)
    for batch in islice((batch for epoch in range(99) for batch in task.batches(epoch % 2)), 40):
        network.train()
        loss, parts = task.loss(network, batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert set(parts) == {"picture", "pixels", "tiles", "dice", "operations"}
    after = task.validate(network, torch.device("cpu"))
    assert after["pixel_auc"] > max(0.95, before["pixel_auc"])
    assert after["pixel_f1_best"] > 0.8


def test_of_whole_pictures_the_verdict_alone_learns(data: str) -> None:
    task = task_of(data, learns="verdict", late=1.0, late_crops=["whole"], together=1, easy=[])
    network = task.build()
    learning = {name.partition(".")[0] for name, part in network.named_parameters() if part.requires_grad}
    assert learning == {"verdict"}
    before = {name: part.clone() for name, part in network.state_dict().items()}
    batch = next(task.batches(0, rank=1, ranks=2))
    pairs = pairs_of(open_dataset(data), "train")
    whole = {read_pixels(pairs.dataset[int(number)].image).shape[:2] for number in pairs.forged}
    pair, height, width, _ = batch["pixels"].shape
    assert pair == 2
    assert (height, width) in {(-(-rows // 16) * 16, -(-columns // 16) * 16) for rows, columns in whole}
    network.train()
    loss, _ = task.loss(network, batch)
    loss.backward()
    torch.optim.SGD([part for part in network.parameters() if part.requires_grad], 0.1).step()
    moved = {name for name, part in network.state_dict().items() if not torch.equal(part, before[name])}
    assert moved
    assert all(name.startswith("verdict.") for name in moved)


def write_honest(folder: Path, count: int = 3) -> None:
    """Write pictures of dark strokes on a ground that nothing else has."""
    for number in range(count):
        pixels = np.full((70 + number, 90, 3), (9, 240, 7), np.uint8)
        pixels[20:34, 10:80:6] = 20
        Image.fromarray(pixels).save(folder / f"{number}.png")


@pytest.mark.parametrize("end", [{}, {"learns": "verdict", "late": 1.0, "late_crops": ["whole"]}])
def test_it_learns_from_pictures_that_are_known_to_be_honest(
    data: str, tmp_path: Path, end: dict[str, Any]
) -> None:
    write_honest(tmp_path)
    told = {"honest": str(tmp_path), "honest_share": 1.0, "disguised": 0.0, "easy": [], "together": 1}
    task = task_of(data, **told, **end)
    forged = 0
    for batch, again in zip(islice(task.batches(0), 6), task.batches(0), strict=False):
        assert same(batch, again)
        assert (batch["pixels"][..., 1].float().mean() - batch["pixels"][..., 0].float().mean()) > 100
        assert not batch["told"].any()
        assert not batch["mask"][1::2].any()
        forged += int(batch["label"].sum())
    assert forged > 2
    half = task_of(data, **told | {"honest_share": 0.5}, **end)
    greens = [float(batch["pixels"][..., 1].float().mean()) for batch in islice(half.batches(0), 8)]
    assert min(greens) + 5 < max(greens)


def test_other_honest_pictures_make_another_training_wherever_they_lie(
    data: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [tmp_path / name for name in ("one", "moved", "more")]
    for folder, count in zip(folders, (3, 3, 4), strict=True):
        folder.mkdir()
        write_honest(folder, count)
    monkeypatch.chdir(tmp_path)
    specs = [
        RunSpec(
            kind="train",
            source=data,
            out="memory://out",
            settings=Settings.model_validate({"train": {"model": "tiles"}, "tiles": {"honest": folder.name}}),
        )
        for folder in folders
    ]
    one, moved, more = (plan_training(spec).identity for spec in specs)
    assert one.config_hash == moved.config_hash != more.config_hash
    assert one.values["tiles"]["honest"]["files"] == 3
    assert kept_spec(specs[0])["settings"]["tiles"]["honest"] == str(folders[0])


def test_an_honest_picture_that_cannot_be_read_is_named(data: str, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    task = task_of(data, honest=str(tmp_path), honest_share=1.0)
    with pytest.raises(ConfigError, match=r"tiles\.honest .*take broken\.png away"):
        next(task.batches(0))
    (tmp_path / "broken.png").unlink()
    with pytest.raises(ConfigError, match="there are no pictures in"):
        task_of(data, honest=str(tmp_path))


def test_what_is_held_out_is_the_other_half(data: str) -> None:
    task = task_of(data)
    assert isinstance(task, Calibrated)
    held = task.held_out(task.build(), torch.device("cpu"))
    groups = pairs_of(open_dataset(data), "validation").groups
    assert len(held.logits) == 2 * sum(map(is_for_calibration, groups)) > 0
    assert held.labels.sum() * 2 == len(held.labels)
    assert held.map_logits is not None
    assert held.map_labels is not None
    assert 0.02 < held.map_labels.mean() < 0.2


def test_pictures_looked_at_side_by_side_are_told_in_order(
    data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "count_cores", lambda: 4)
    pairs, network = pairs_of(open_dataset(data), "validation"), task_of(data).build().eval()
    assert isinstance(network, TilesNetwork)
    usual = torch.get_num_threads()
    torch.set_num_threads(usual + 1)
    held = trial.Trial(network, pairs, range(3)).held_out()
    wanted = [int(numbers[at]) for at in range(3) for numbers in (pairs.forged, pairs.clean)]
    alone = [look(network, read_pixels(pairs.dataset[number].image))[0] for number in wanted]
    assert len(set(alone)) > 3
    assert held.logits.tolist() == pytest.approx(alone, abs=1e-5)
    assert held.labels.tolist() == [True, False] * 3
    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(lambda: (torch.ones(2).sum(), torch.get_num_threads())[1]).result()
    torch.set_num_threads(usual)
    assert later == usual + 1


def test_the_document_builds_the_network_again(data: str) -> None:
    task = task_of(data)
    document = task.document({"epochs": 4})
    assert document.operations == ("erase", "splice")
    assert document.geometry.mode == "native"
    again = Assignment(
        model="tiles",
        data=data,
        settings=Settings.model_validate({"tiles": {"validation": 2}}),
        start=document,
    )
    shapes = [
        {name: value.shape for name, value in made.build().state_dict().items()}
        for made in (task, TilesTask(again))
    ]
    assert shapes[0] == shapes[1]


def test_a_validation_split_of_one_group_serves_both_uses(data: str) -> None:
    task = task_of(data)
    held = task._held
    group = held.groups[0]
    task._held = replace(held, groups=[group] * len(held.groups))
    assert task._half(calibration=True) == task._half(calibration=False) == list(range(len(held.groups)))
    task._held = held
    assert not set(task._half(calibration=True)) & set(task._half(calibration=False))


@pytest.mark.parametrize("retouched", [0.0, 1.0])
def test_a_collage_holds_crops_of_one_picture_and_stands_beside_its_twins(
    data: str, retouched: float
) -> None:
    collage = {"collage": 4, "pieces": 8, "busy": 0.5, "changed": 0.6, "late": 0.0, "easy": []}
    task = task_of(data, **collage, crops={"32": 1.0}, pixels=16_384, retouched=retouched)
    batches = list(islice(task.batches(0), 4))
    assert all(same(batch, again) for batch, again in zip(batches, task.batches(0), strict=False))
    shown = batches[0]
    assert shown["pixels"].shape == (4, 32, 128, 3)
    assert shown["counts"].shape[2:] == shown["mask"].shape[1:] == (32, 128)
    assert int(shown["pieces"]) == 4
    assert sum(float(batch["label"].sum()) for batch in batches) > 0
    for batch in batches:
        pixels, mask = batch["pixels"].view(-1, 2, 32, 4, 32, 3), batch["mask"].view(-1, 2, 32, 4, 32)
        assert not mask[:, 1].any()
        differ = (pixels[:, 0] != pixels[:, 1]).any(-1).any(-1).any(1)
        assert torch.equal(differ, mask[:, 0].any(-1).any(1))
    model = task.build().train()
    before = {name: value.clone() for name, value in model.state_dict().items() if "running" in name}
    loss, _ = task.loss(model, shown)
    loss.backward()
    assert all(torch.equal(model.state_dict()[name], value) for name, value in before.items())


def test_crops_of_a_pair_make_whole_collages() -> None:
    with pytest.raises(ValueError, match="give pieces 8"):
        TilesConfig(collage=4, pieces=6)
