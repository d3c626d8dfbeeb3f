"""Any backbone learns the classes of a folder or a set."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from sigh_batch.config.layers import read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.data.plan import Plan
from sigh_batch.data.sample import Failure, Sample
from sigh_batch.errors import ConfigError, DataError, UnknownName
from sigh_batch.models.file import write_model
from sigh_batch.models.networks import build_network
from sigh_batch.store import open_store
from sigh_batch.training.classes import ClassesTask, YesOrNoTask, make_classes_task
from sigh_batch.training.task import Assignment, Calibrated
from tests.sets import make_failure, make_sample, write_set

CPU = torch.device("cpu")
SHADES = {"real": 60, "ai": 200, "gen": 60, "altered": 200, "cat": 30, "dog": 120, "emu": 220}


def put(path: Path, shade: int, number: int = 0, ending: str = "png") -> None:
    """Write a noisy picture; its shade tells its class."""
    draws = np.random.Generator(np.random.Philox([shade, number]))
    pixels = draws.normal(shade, 20, (36 + number % 5, 40, 3)).clip(0, 255).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path.with_suffix(f".{ending}"))


def folder(path: Path, *classes: str, count: int = 40) -> Path:
    for name in classes:
        for number in range(count):
            # Files may lie deeper, and be of any kind.
            put(
                path / name / f"{number % 3}" / f"{number}",
                SHADES[Path(name).name],
                number,
                ("png", "jpg")[number % 2],
            )
    return path


def task(data: Path | str, *sets: str, model: str = "timm/test_resnet", **more: Any) -> ClassesTask:
    settings = resolve([read_sets(["train.batch=8", "backbone.size=32", *sets])]).settings
    made = make_classes_task(Assignment(model=model, data=str(data), settings=settings, **more))
    assert isinstance(made, ClassesTask)
    return made


def learned(made: ClassesTask, epochs: int = 3) -> torch.nn.Module:
    torch.manual_seed(0)
    model = made.build()
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for epoch in range(epochs):
        for batch in made.batches(epoch):
            loss, parts = made.loss(model.train(), batch)
            assert 0 <= float(parts["accuracy"]) <= 1
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (("ai", "real"), ("real", "ai")),
        (("gen", "altered"), ("gen", "altered")),
        (("dog", "cat", "emu"), ("cat", "dog", "emu")),
    ],
)
def test_folders_of_classes_are_learned(
    tmp_path: Path, names: tuple[str, ...], order: tuple[str, ...]
) -> None:
    made = task(folder(tmp_path, *names))
    assert made.pictures.classes == order
    before = made.validate(made.build(), CPU)
    model = learned(made, 2 * len(names) - 1)
    reached = made.validate(model, CPU)
    assert reached[made.metric] > 0.95
    assert reached["loss"] < before["loss"]
    document = made.document({"seed": 0})
    assert document.classes == order
    assert document.architecture.name == "timm/test_resnet"
    assert (document.geometry.height, document.geometry.width) == (32, 32)
    assert set(document.data["pictures"]) == {"train", "validation", "test"}
    assert isinstance(made, Calibrated) == (len(names) == 2)
    if isinstance(made, YesOrNoTask):
        held = made.held_out(model, CPU)
        assert held.labels.any()
        assert not held.labels.all()
        assert held.logits[held.labels].mean() > held.logits[~held.labels].mean()


def test_batches_are_the_same_whenever_and_by_whomever_they_are_asked_for(tmp_path: Path) -> None:
    made = task(folder(tmp_path, "ai", "real"), "backbone.augment=[seed0, seed1]")
    whole = list(made.batches(1))
    assert len(whole) == made.steps_per_epoch == 8
    late = list(task(tmp_path, "backbone.augment=[seed0, seed1]").batches(1, 2))
    assert all(torch.equal(a["pictures"], b["pictures"]) for a, b in zip(whole[2:], late, strict=True))
    ranks = [list(made.batches(1, 0, rank, 2)) for rank in range(2)]
    for together, *apart in zip(whole, *ranks, strict=True):
        for rank, part in enumerate(apart):
            assert torch.equal(together["pictures"][rank::2], part["pictures"])
    assert not torch.equal(whole[0]["pictures"], next(iter(made.batches(2)))["pictures"])


def test_processes_that_load_change_nothing(tmp_path: Path) -> None:
    folder(tmp_path, "ai", "real", count=12)
    alone, helped = (task(tmp_path, "train.batch=4", f"train.workers={count}") for count in (0, 1))
    for one, other in zip(alone.batches(0), helped.batches(0), strict=True):
        assert torch.equal(one["pictures"], other["pictures"])
        assert torch.equal(one["labels"], other["labels"])
    assert len(pickle.loads(pickle.dumps(alone.pictures)).labels) == 24


@pytest.mark.slow
def test_several_processes_that_learn_may_each_have_some_that_load(tmp_path: Path) -> None:
    folder(tmp_path / "data", "ai", "real", count=12)
    sets = ("train.devices=2", "train.workers=1", "train.threads=1", "train.batch=4", "backbone.size=32")
    words = ["train", "--model", "timm/test_resnet", "--data", str(tmp_path / "data"), "--epochs", "1", "-q"]
    for word in sets:
        words += ["--set", word]
    done = subprocess.run(
        [sys.executable, "-m", "sigh_batch", *words, "--device", "cpu", "--out", str(tmp_path / "model")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "model" / "model.safetensors").exists()


def test_splits_of_folders(tmp_path: Path) -> None:
    for split in ("train_dataset", "Val", "test"):
        folder(tmp_path / split, "cat", "dog", count=4 if split == "Val" else 8)
    counts = task(tmp_path).pictures.counts()
    assert counts == {
        split: {"cat": number, "dog": number}
        for split, number in (("test", 8), ("train", 8), ("validation", 4))
    }


def test_a_missing_validation_folder_is_taken_from_training(tmp_path: Path) -> None:
    folder(tmp_path / "train", "cat", "dog")
    folder(tmp_path / "test", "cat", "dog", count=5)
    counts = task(tmp_path).pictures.counts()
    assert counts["test"] == {"cat": 5, "dog": 5}
    assert min(counts["validation"].values()) >= 1
    assert sum(counts["train"].values()) + sum(counts["validation"].values()) == 80


def test_equal_files_are_in_one_split_and_few_reach_every_split(tmp_path: Path) -> None:
    folder(tmp_path, "cat", "dog", count=5)
    for file in list((tmp_path / "cat").rglob("*.png")):
        (tmp_path / "cat" / f"again-{file.name}").write_bytes(file.read_bytes())
    first = next((tmp_path / "dog").rglob("*.png"))
    (tmp_path / "cat" / "odd.png").write_bytes(first.read_bytes())
    pictures = task(tmp_path, "train.batch=2").pictures
    place: dict[str, set[str]] = {}
    for group, split in zip(pictures.groups, pictures.splits, strict=True):
        place.setdefault(group, set()).add(split)
    assert all(len(splits) == 1 for splits in place.values())
    assert all(min(numbers.values()) >= 1 for numbers in pictures.counts().values())
    assert any("1 files of" in note and "more than one class" in note for note in pictures.notes)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: put(path / "a", 9), "there is no class folder in"),
        (lambda path: folder(path, "cat"), "has one class only, 'cat'"),
        (lambda path: (folder(path, "cat", "dog", count=5), (path / "emu").mkdir()), "class folder 'emu' of"),
        (
            lambda path: (folder(path / "train", "cat", "dog"), (path / "test" / "dog").mkdir(parents=True)),
            "class folder 'test/dog' of",
        ),
        (lambda path: (path / "cat").mkdir(), "there are no pictures in"),
        (
            lambda path: (folder(path / "train", "cat", "dog"), folder(path / "val", "cat", count=2)),
            "the class 'dog' of .* has no picture in the split 'validation'",
        ),
    ],
)
def test_folders_that_cannot_teach(tmp_path: Path, make: Any, words: str) -> None:
    make(tmp_path)
    with pytest.raises(ConfigError, match=words) as raised:
        task(tmp_path)
    assert "\n" not in str(raised.value)


def test_classes_may_be_chosen(tmp_path: Path) -> None:
    folder(tmp_path, "cat", "dog", "emu", count=6)
    put(tmp_path / "loose", 5)
    made = task(tmp_path, "backbone.classes=[emu, cat]", "train.batch=2")
    assert made.pictures.classes == ("emu", "cat")
    assert len(made.pictures.labels) == 12
    assert any("7 pictures of" in note for note in made.notes)
    with pytest.raises(UnknownName, match="did you mean 'emu'"):
        task(tmp_path, "backbone.classes=[emus, cat]")


def _sample(index: int) -> Sample | Failure:
    if index == 5:
        return make_failure(index)
    split = ("train", "train", "validation", "test")[index // 8 % 4]
    skin = (None, "ash", "birch", "cedar")[index % 4]
    return make_sample(index, split=split, skin=skin, scene_depth=index == 7)


def test_sets_teach_their_labels_or_any_column() -> None:
    store = open_store("memory://classes-set")
    write_set(store, Plan(64, 4), _sample)
    made = task("memory://classes-set")
    assert made.pictures.classes == ("clean", "forged")
    # The forgery of scene depth and the sample that failed are not there.
    assert made.pictures.counts() == {
        "train": {"clean": 23, "forged": 7},
        "validation": {"clean": 12, "forged": 4},
        "test": {"clean": 12, "forged": 4},
    }
    assert next(iter(made.batches(0)))["pictures"].shape == (8, 3, 32, 32)
    skins = task("memory://classes-set", "backbone.label=skin").pictures
    assert skins.classes == ("ash", "birch", "cedar")
    assert len(skins.labels) == 46
    for number in range(5):
        assert skins.read(number).shape[2] == 3
    assert any("17 samples of" in note for note in skins.notes)
    with pytest.raises(UnknownName, match="did you mean 'skin'"):
        task("memory://classes-set", "backbone.label=skins")


def test_sets_that_cannot_teach() -> None:
    for name, make, words in (
        ("one", lambda index: make_sample(index, label=0), "has one class only, 'clean'"),
        ("failed", make_failure, "has labels and no pictures"),
        ("undivided", make_sample, "has no picture in the split 'validation'"),
    ):
        store = open_store(f"memory://classes-{name}")
        write_set(store, Plan(8, 1), make)
        with pytest.raises(ConfigError, match=words):
            task(f"memory://classes-{name}")


def test_unreadable_pictures_give_way_and_are_counted(tmp_path: Path) -> None:
    folder(tmp_path, "cat", "dog", count=30)
    broken = tmp_path / "dog" / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    sets = ("backbone.max_unreadable=0.02", "backbone.splits={train: 1, validation: 0.3, test: 0}")
    made = task(tmp_path, *sets)
    for epoch in range(3):
        assert [len(batch["labels"]) for batch in made.batches(epoch)] == [8] * made.steps_per_epoch
    made.validate(made.build(), CPU)
    made.validate(made.build(), CPU)
    assert len(made.faults.found) == 1
    assert made.document({}).data["unreadable"] == 1
    strict = task(tmp_path, "backbone.max_unreadable=0", *sets[1:])
    words = r"1 of 61 pictures .* more than backbone\.max_unreadable \(0\) allows"
    with pytest.raises(DataError, match=words):
        _go_through(strict)


def _go_through(made: ClassesTask) -> None:
    for epoch in range(2):
        list(made.batches(epoch))
    made.validate(made.build(), CPU)


def test_rare_classes_can_be_made_to_count(tmp_path: Path) -> None:
    folder(tmp_path, "cat", count=36)
    folder(tmp_path, "dog", count=6)
    plain, shown, weighed = (
        task(tmp_path, f"backbone.balance={how}") for how in ("none", "sampling", "loss")
    )
    rates = [
        float(torch.cat([batch["labels"] for batch in made.batches(0)]).float().mean())
        for made in (plain, shown)
    ]
    assert rates[0] < 0.25
    assert 0.4 < rates[1] < 0.6
    batch = next(iter(plain.batches(0)))
    model = plain.build().eval()
    assert plain.loss(model, batch)[0].item() != weighed.loss(model, batch)[0].item()


def test_mixup_and_smoothing_change_the_loss(tmp_path: Path) -> None:
    folder(tmp_path, "cat", "dog", count=10)
    plain, mixed, smooth = (
        task(tmp_path, f"train.mixup={alpha}", f"train.label_smoothing={share}")
        for alpha, share in ((0, 0), (0.4, 0), (0, 0.1))
    )
    batch, model = next(iter(plain.batches(0))), plain.build().eval()
    losses = []
    for made in (plain, mixed, mixed, smooth):
        torch.manual_seed(4)
        losses.append(made.loss(model, batch)[0].item())
    assert losses[1] == losses[2]
    assert len(set(losses)) == 3


def test_grey_pictures_have_no_colours(tmp_path: Path) -> None:
    folder(tmp_path, "cat", "dog", count=6)
    made = task(tmp_path, "backbone.grayscale=true", "train.batch=2")
    pictures = next(iter(made.batches(0)))["pictures"]
    assert torch.equal(pictures[:, 0], pictures[:, 1])
    assert made.document({}).architecture.options["grayscale"] is True


def test_training_may_start_from_weights_of_other_classes(tmp_path: Path) -> None:
    folder(tmp_path / "d", "cat", "dog", count=6)
    made = task(tmp_path / "d", "train.batch=2")
    ten = build_network(made.architecture, 10)
    write_model(open_store(tmp_path / "m"), made.document({}), ten.state_dict())
    told = task(tmp_path / "d", f"backbone.weights={tmp_path / 'm' / 'model.safetensors'}", "train.batch=2")
    state, own = told.build().state_dict(), ten.state_dict()
    assert torch.equal(state["conv1.0.weight"], own["conv1.0.weight"])
    assert state["fc.weight"].shape[0] == 2
    again = task(tmp_path / "d", "backbone.size=64", start=made.document({}))
    assert again.geometry == made.geometry


def test_settings_that_are_none() -> None:
    with pytest.raises(ConfigError, match="unknown augmentation 'seed9'; did you mean 'seed"):
        task("nowhere", "backbone.augment=seed9")
    with pytest.raises(ConfigError, match="name at least two classes, each once"):
        task("nowhere", "backbone.classes=[a, a]")
