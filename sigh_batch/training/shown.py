"""Pictures on their way to a network: decoded, changed, squeezed and put into batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from sigh_batch.errors import DataError, UnreadablePicture
from sigh_batch.models.document import Geometry
from sigh_batch.models.inputs import fitted, greyed, to_tensor
from sigh_batch.rng import for_sample
from sigh_batch.training.augment import augmented
from sigh_batch.training.labelled import Labelled

_STAGE = "classes/augment"
_TRIES = 32

Key = tuple[int, int]
"""Number of a picture, and of the time that it is shown."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """How pictures are shown."""

    geometry: Geometry
    """The network's input."""
    grey: bool = False
    """Whether without their colours."""
    seed: int = 0
    """Seed of what is drawn."""
    augment: Mapping[str, float] | None = None
    """Recipes by weight, to learn from; None shows each picture as it is shown in scoring."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One picture as the network sees it; None where it could not be read and no other took its place."""

    picture: Tensor | None
    label: int
    faults: tuple[tuple[int, str], ...] = ()
    """Numbers of pictures that could not be read, and why."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A batch of pictures."""

    pictures: Tensor
    """Bytes, N x 3 x height x width."""
    labels: Tensor
    faults: tuple[tuple[int, str], ...]

    def pin_memory(self) -> Shot:
        """Return it in memory that a GPU can read; torch's loader calls this."""
        return Shot(self.pictures.pin_memory(), self.labels.pin_memory(), self.faults)


class Pictures(Dataset[Shown]):
    """Pictures as a network sees them, by key.

    While learning, the next picture of its class and split stands in for one that cannot be read.
    """

    def __init__(self, labelled: Labelled, view: View) -> None:
        self._labelled = labelled
        self._view = view
        self._kinds = np.array(
            [f"{split}/{label}" for split, label in zip(labelled.splits, labelled.labels, strict=True)]
        )

    def __getitem__(self, key: Key) -> Shown:
        """Return a picture; raises DataError where a whole row of pictures cannot be read."""
        number, showing = key
        faults: list[tuple[int, str]] = []
        for at in self._candidates(number):
            try:
                pixels = self._labelled.read(at)
            except UnreadablePicture as error:
                faults.append((at, str(error)))
                continue
            return Shown(self._seen(pixels, showing), int(self._labelled.labels[at]), tuple(faults))
        if self._view.augment is None:
            return Shown(None, -1, tuple(faults))
        raise DataError(f"{faults[0][1]}, and {len(faults) - 1:,} more of its class cannot be read either")

    def _candidates(self, number: int) -> Iterator[int]:
        yield number
        if self._view.augment is not None:
            alike = np.flatnonzero(self._kinds == self._kinds[number])
            after = np.roll(alike, -1 - int(np.searchsorted(alike, number)))
            yield from after[: min(_TRIES, len(after) - 1)].tolist()

    def _seen(self, pixels: np.ndarray, showing: int) -> Tensor:
        view = self._view
        if view.augment is None:
            picture = fitted(to_tensor(pixels), view.geometry)
        else:
            draws = for_sample(view.seed, _STAGE, showing)
            picture = augmented(to_tensor(pixels), view.geometry, view.augment, draws)
        return greyed(picture) if view.grey else picture


class Gatherer:
    """Puts pictures into batches; it pickles, and is called in the processes that load."""

    def __init__(self, geometry: Geometry) -> None:
        self._empty = torch.empty(0, 3, geometry.height or 0, geometry.width or 0, dtype=torch.uint8)

    def __call__(self, shown: Sequence[Shown]) -> Shot:
        """Return a batch of those that could be read."""
        pictures = [one.picture for one in shown if one.picture is not None]
        labels = [one.label for one in shown if one.picture is not None]
        return Shot(
            torch.stack(pictures) if pictures else self._empty,
            torch.tensor(labels, dtype=torch.int64),
            tuple(fault for one in shown for fault in one.faults),
        )


class Faults:
    """Pictures that could not be read, each told once, up to a share of all."""

    def __init__(self, labelled: Labelled, most: float) -> None:
        self._labelled = labelled
        self._most = most
        self.found: dict[int, str] = {}

    def note(self, faults: Sequence[tuple[int, str]]) -> None:
        """Add some; raises DataError when they are more than may be."""
        self.found.update(faults)
        total = len(self._labelled.labels)
        if len(self.found) > self._most * total:
            first = self.found[min(self.found)]
            raise DataError(
                f"{len(self.found):,} of {total:,} pictures of {self._labelled.url} cannot be read, more "
                f"than backbone.max_unreadable ({self._most:g}) allows; the first: {first}"
            )


def load(
    labelled: Labelled, view: View, batches: Sequence[list[Key]], workers: int, faults: Faults
) -> Iterator[Shot]:
    """Yield batches of pictures in the order of their keys; `workers` processes load them, 0 for this one."""
    loader = DataLoader(
        Pictures(labelled, view),
        batch_sampler=batches,
        num_workers=workers,
        collate_fn=Gatherer(view.geometry),
        pin_memory=torch.cuda.is_available(),
        # It draws a seed for its processes, which nothing uses, and is not to take it from the network's.
        generator=torch.Generator(),
    )
    for shot in loader:
        faults.note(shot.faults)
        yield shot
