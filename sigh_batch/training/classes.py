"""Any network over pictures of one size, learning any number of classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import metadata
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from sigh_batch.data.order import Order
from sigh_batch.metrics.classes import accuracy, balanced_accuracy, confusion, per_class
from sigh_batch.metrics.ranking import Ranking, auc
from sigh_batch.models.backbones import find_backbone
from sigh_batch.models.document import Architecture, Geometry, ModelDocument
from sigh_batch.models.inputs import normalised
from sigh_batch.models.networks import build_network, load_pretrained, read_pretrained
from sigh_batch.rng import for_sample
from sigh_batch.store import open_store
from sigh_batch.training.calibration import HeldOut
from sigh_batch.training.labelled import Labelled, Numbers, open_labelled
from sigh_batch.training.shown import Faults, Key, View, load
from sigh_batch.training.task import Assignment, Batch, Task
from sigh_batch.training.tasks import tasks

_EVALUATED = 64
_SHOWINGS = 2**40
"""More than the showings of an epoch, so that each has a number of its own."""


class ClassesTask:
    """Teaches a backbone the classes of a folder or a set."""

    metric = "balanced_accuracy"
    higher_is_better = True

    def __init__(self, assignment: Assignment, pictures: Labelled) -> None:
        self._settings = assignment.settings
        self._config = assignment.settings.backbone
        self._start = assignment.start
        self.pictures = pictures
        self.architecture, self.geometry = _network_of(assignment)
        self.faults = Faults(self.pictures, self._config.max_unreadable)
        self._training = self.pictures.numbers("train")
        self._batch = min(assignment.settings.train.batch, len(self._training))
        self.steps_per_epoch = len(self._training) // self._batch
        counts = np.bincount(self.pictures.labels[self._training], minlength=len(self.pictures.classes))
        self._weights = torch.tensor(len(self._training) / len(counts) / counts, dtype=torch.float32)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know before training: what is not read, and what is odd."""
        return self.pictures.notes

    def build(self) -> nn.Module:
        """Return the network, with the weights that the settings name or random ones."""
        network = build_network(self.architecture, len(self.pictures.classes))
        if self._config.weights is not None and self._start is None:
            state = read_pretrained(self._config.weights, self._settings.store)
            load_pretrained(network, state, self._config.weights)
        return network

    def batches(self, epoch: int, start: int = 0, rank: int = 0, ranks: int = 1) -> Iterator[Batch]:
        """Yield this rank's part of the batches of an epoch from number `start` on."""
        order = self._order(epoch)
        keys = [(number, epoch * _SHOWINGS + place) for place, number in enumerate(order)]
        parts = [
            keys[step * self._batch : (step + 1) * self._batch][rank::ranks]
            for step in range(start, self.steps_per_epoch)
        ]
        view = self._view(self._config.augment)
        for shot in load(self.pictures, view, parts, self._settings.train.workers, self.faults):
            yield {"pictures": shot.pictures, "labels": shot.labels}

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Mapping[str, float | Tensor]]:
        """Return the cross-entropy of a batch, of mixtures where those are asked for."""
        pictures, labels = normalised(batch["pictures"], self.geometry), batch["labels"]
        alpha = self._settings.train.mixup
        if not alpha:
            logits = model(_laid_out(pictures))
            loss = self._entropy(logits, labels)
        else:
            # A batch is shuffled, so that turning it round makes random pairs.
            share = float(torch.distributions.Beta(alpha, alpha).sample())
            logits = model(_laid_out(share * pictures + (1 - share) * pictures.flip(0)))
            loss = share * self._entropy(logits, labels) + (1 - share) * self._entropy(logits, labels.flip(0))
        right = (logits.detach().argmax(1) == labels).float().mean()
        return loss, {"accuracy": right}

    def validate(self, model: nn.Module, device: torch.device) -> dict[str, float]:
        """Return what the model reaches on the half of the validation split that decides when to stop."""
        return self._reached(*self._evaluate(model, device, self.pictures.halves()[0]))

    def _reached(self, logits: NDArray[np.float32], labels: NDArray[np.int64]) -> dict[str, float]:
        matrix = confusion(labels, logits.argmax(1), len(self.pictures.classes))
        entropy = functional.cross_entropy(torch.from_numpy(logits), torch.from_numpy(labels))
        return {
            "loss": float(entropy),
            "accuracy": accuracy(matrix),
            "balanced_accuracy": balanced_accuracy(matrix),
            "f1": float(np.nanmean(per_class(matrix).f1)),
        }

    def document(self, training: dict[str, Any]) -> ModelDocument:
        """Return the document of the model."""
        data: dict[str, Any] = {"pictures": self.pictures.counts()}
        if self.faults.found:
            data["unreadable"] = len(self.faults.found)
        library = self.architecture.name.partition("/")[0]
        package = {"hf": "transformers"}.get(library, library)
        return ModelDocument(
            name=self.architecture.name,
            architecture=self.architecture,
            classes=self.pictures.classes,
            geometry=self.geometry,
            data=data,
            training=training,
            versions={package: metadata.version(package)},
        )

    def _evaluate(
        self, model: nn.Module, device: torch.device, numbers: Numbers
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the logits of pictures and their labels, without those that cannot be read."""
        was, _ = model.training, model.eval()
        keys: list[Key] = [(int(number), 0) for number in numbers]
        parts = [keys[at : at + _EVALUATED] for at in range(0, len(keys), _EVALUATED)]
        logits, labels = [], []
        with torch.inference_mode():
            for shot in load(self.pictures, self._view(), parts, self._settings.train.workers, self.faults):
                pictures = normalised(shot.pictures.to(device), self.geometry)
                logits.append(model(_laid_out(pictures)).float().cpu())
                labels.append(shot.labels)
        model.train(was)
        return torch.cat(logits).numpy(), torch.cat(labels).numpy()

    def _view(self, augment: Mapping[str, float] | None = None) -> View:
        return View(
            geometry=self.geometry,
            grey=bool(self.architecture.options.get("grayscale", False)),
            seed=self._settings.seed,
            augment=augment,
        )

    def _order(self, epoch: int) -> list[int]:
        """Return the numbers of the pictures that an epoch shows, in their order."""
        if self._config.balance != "sampling":
            order = Order(len(self._training), self._settings.seed, epoch)
            return [int(self._training[place]) for place in order]
        draws = for_sample(self._settings.seed, "classes/balance", epoch).generator()
        labels, classes = self.pictures.labels[self._training], len(self.pictures.classes)
        # Every class is gone through as often as it takes to be shown as often as any other.
        share = -(-len(self._training) // classes)
        chosen = [
            np.concatenate([draws.permutation(own) for _ in range(-(-share // len(own)))])[:share]
            for own in (self._training[labels == place] for place in range(classes))
        ]
        return [int(number) for number in draws.permutation(np.concatenate(chosen))]

    def _entropy(self, logits: Tensor, labels: Tensor) -> Tensor:
        weights = self._weights.to(logits.device) if self._config.balance == "loss" else None
        smoothing = self._settings.train.label_smoothing
        return functional.cross_entropy(logits.float(), labels, weights, label_smoothing=smoothing)


class YesOrNoTask(ClassesTask):
    """Teaches two classes: the answer is the log-odds of the second, which can be calibrated."""

    metric = "auc"

    def validate(self, model: nn.Module, device: torch.device) -> dict[str, float]:
        """Return what the model reaches, with how well it puts pictures in order."""
        logits, labels = self._evaluate(model, device, self.pictures.halves()[0])
        return {
            **self._reached(logits, labels),
            "auc": float(auc(Ranking(_odds(logits), labels == 1).counts())),
        }

    def held_out(self, model: nn.Module, device: torch.device) -> HeldOut:
        """Return what the model says of the half of the validation split that is for calibration."""
        logits, labels = self._evaluate(model, device, self.pictures.halves()[1])
        return HeldOut(logits=_odds(logits), labels=labels == 1)


@tasks.register("classes")
def make_classes_task(assignment: Assignment) -> Task:
    """Return the task of the classes that the data has."""
    store = open_store(assignment.data, assignment.settings.store, create=False)
    pictures = open_labelled(store, assignment.settings.backbone)
    kind = YesOrNoTask if len(pictures.classes) == 2 else ClassesTask
    return kind(assignment, pictures)


def _network_of(assignment: Assignment) -> tuple[Architecture, Geometry]:
    """Return the network that is taught, and its input: those of the model to go on from, if any."""
    if assignment.start is not None:
        return assignment.start.architecture, assignment.start.geometry
    config, found = assignment.settings.backbone, find_backbone(assignment.model)
    size = config.size or (found.geometry.height or 0, found.geometry.width or 0)
    height, width = (size, size) if isinstance(size, int) else size
    options = {
        **found.options,
        "size": [height, width],
        "grayscale": config.grayscale,
        "hidden": config.hidden,
        "dropout": config.dropout,
        **({} if config.second_dropout is None else {"second_dropout": config.second_dropout}),
    }
    geometry = found.geometry.model_copy(update={"height": height, "width": width, "crop": config.crop})
    return Architecture(name=found.name, options=options), geometry


def _laid_out(pictures: Tensor) -> Tensor:
    """Return a batch with the channels of a pixel together in memory."""
    return pictures.contiguous(memory_format=torch.channels_last)


def _odds(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the log-odds of the second of two classes."""
    return logits[:, 1].astype(np.float64) - logits[:, 0]
