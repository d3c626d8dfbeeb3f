"""Scoring pictures: names in, rows of predictions out.

What a row says depends on the picture, the models and the settings alone. Pictures are scored in groups,
and which ones are together follows from their order and sizes, so that whoever makes a shard makes the
same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sigh_batch.config.predict import PredictConfig
from sigh_batch.data.names import Name
from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError, UnreadablePicture, sentence_of
from sigh_batch.models.detector import Detector, Score
from sigh_batch.sources.ahead import Ahead
from sigh_batch.sources.decode import Limits, decode, size_of
from sigh_batch.sources.facts import file_facts, mime_of, perceptual_hash
from sigh_batch.sources.names.reading import NameReader
from sigh_batch.stages.verdicts import Judge, Judged, fuse, map_png

_MODEL_FAILED = "model_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What became of one picture."""

    rows: tuple[Json, ...]
    """Its rows, without what tells the run and the place: one, or one a model and one that joins them."""
    maps: tuple[bytes | None, ...]
    """The PNG of the tamper map of each row that is to be kept."""
    fault: str | None = None
    """Why there is no score."""
    of_input: bool = False
    """Whether the picture is at fault, and not the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fetched:
    name: Name
    path: str
    data: bytes = b""
    error: UnreadablePicture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    """A picture as it waits for its score: the columns that no model decides, and its pixels or the fault."""

    facts: Json
    pixels: NDArray[np.uint8] | None = None
    error: UnreadablePicture | None = None


@dataclass
class _Group:
    """Pictures that go to the models together, and those between them that cannot be scored."""

    pictures: list[_Picture] = field(default_factory=list)
    pixels: int = 0
    count: int = 0


class Predict:
    """Scores pictures with one model or several."""

    def __init__(self, config: PredictConfig, detectors: Sequence[Detector], reader: NameReader) -> None:
        self._config = config
        self._detectors = detectors
        self._judges = [Judge(config, detector.document) for detector in detectors]
        self._reader = reader
        self._limits = Limits(max_pixels=config.max_pixels, min_side=config.min_side)
        self._anchors = config.c2pa_anchors.read_text("utf-8") if config.c2pa_anchors else None

    def score(self, names: Iterable[Name]) -> Iterator[Scored]:
        """Yield what became of each picture, in order.

        Raises StoreError when the pictures cannot be reached at all.
        """
        ahead = Ahead(self._fetch, _weight, self._open, self._config.readers)
        # While the models look at a group, the next one is put together.
        with ThreadPoolExecutor(1, "score") as pool:
            looked_at: Iterator[Scored] = iter(())
            for group in self._grouped(ahead(names)):
                pixels = [picture.pixels for picture in group.pictures if picture.pixels is not None]
                scores = pool.submit(self._scores_of, pixels)
                yield from looked_at
                looked_at = self._rows_of(group.pictures, scores)
            yield from looked_at

    def _fetch(self, name: Name) -> _Fetched:
        try:
            path, data = self._reader.read(name)
        except UnreadablePicture as error:
            return _Fetched(name=name, path=name.path, error=error)
        return _Fetched(name=name, path=path, data=data)

    def _open(self, fetched: _Fetched) -> _Picture:
        """Decode a picture, and look at what its file says."""
        name, data = fetched.name, fetched.data
        facts: Json = {
            "path": fetched.path,
            "id": name.id,
            "bytes": len(data) if fetched.error is None else name.size,
            "label_true": name.label,
            "label_source": "manifest" if name.label else None,
            "split": name.split,
            "source_id": name.group,
            "tamper_params": name.ops,
        }
        if fetched.error is not None:
            return _Picture(facts=facts, error=fetched.error)
        facts |= {"sha256": hashlib.sha256(data).hexdigest(), "mime": mime_of(data)}
        try:
            pixels = decode(data, fetched.path, self._limits).pixels
        except UnreadablePicture as error:
            return _Picture(facts=facts, error=error)
        return _Picture(facts=facts | _told(data, pixels, self._anchors), pixels=pixels)

    def _grouped(self, pictures: Iterable[_Picture]) -> Iterator[_Group]:
        """Divide pictures into groups by their order and sizes."""
        group = _Group()
        for picture in pictures:
            size = 0 if picture.pixels is None else picture.pixels.shape[0] * picture.pixels.shape[1]
            full = group.count == self._config.batch or group.pixels + size > self._config.batch_pixels
            if size and group.count and full:
                yield group
                group = _Group()
            group.pictures.append(picture)
            group.pixels += size
            group.count += bool(size)
        if group.pictures:
            yield group

    def _rows_of(
        self, pictures: Sequence[_Picture], scored: Future[list[list[Score] | Exception]]
    ) -> Iterator[Scored]:
        """Yield what became of each picture of a group, once it is scored."""
        scores = iter(scored.result())
        for picture in pictures:
            if picture.error is not None:
                yield _failed(picture.facts, picture.error.code, str(picture.error), of_input=True)
                continue
            found = next(scores)
            if isinstance(found, Exception):
                yield _failed(picture.facts, _MODEL_FAILED, sentence_of(found), of_input=False)
            else:
                yield self._row_of(picture.facts, found)

    def _scores_of(self, pixels: Sequence[NDArray[np.uint8]]) -> list[list[Score] | Exception]:
        """Return what every model says of each picture, or why one of them cannot."""
        if not pixels:
            return []
        try:
            return [list(scores) for scores in zip(*map(self._asked(pixels), self._detectors), strict=True)]
        except (ConfigError, MemoryError):
            raise
        except Exception as error:
            if len(pixels) == 1:
                return [error]
        return [found for one in pixels for found in self._scores_of([one])]

    def _asked(self, pixels: Sequence[NDArray[np.uint8]]) -> Any:
        maps = self._config.maps != "none" or self._config.regions > 0
        return lambda detector: detector.score(pixels, maps=maps)

    def _row_of(self, facts: Json, scores: Sequence[Score]) -> Scored:
        """Return the rows of a picture that was scored."""
        judged = [judge.judge(score) for judge, score in zip(self._judges, scores, strict=True)]
        if len(judged) > 1:
            judged.append(fuse(self._config, judged))
        kept = tuple(map(self._map_of, judged))
        return Scored(rows=tuple(facts | {"decode_status": "ok"} | one.row for one in judged), maps=kept)

    def _map_of(self, judged: Judged) -> bytes | None:
        """Return the tamper map of an answer as PNG, where it is to be kept."""
        wanted = self._config.maps == "all" or judged.row["verdict"] != "clean"
        if judged.map is None or self._config.maps == "none" or not wanted:
            return None
        return map_png(judged.map)


def _weight(fetched: _Fetched) -> int:
    return size_of(fetched.data)


def _told(data: bytes, pixels: NDArray[np.uint8], anchors: str | None) -> Json:
    """Return the columns about a file that can be read."""
    facts = file_facts(data, anchors)
    return {
        "width": pixels.shape[1],
        "height": pixels.shape[0],
        "phash": perceptual_hash(pixels),
        "exif": list(facts.exif.items()),
        "software_tag": facts.software,
        "digital_source_type": facts.source_type,
        "jpeg_quality": facts.jpeg_quality,
        "jpeg_tables_sha256": facts.jpeg_tables,
        "jpeg_subsampling": facts.jpeg_subsampling,
        "c2pa_status": facts.credentials.status,
        "c2pa_summary": facts.credentials.summary,
    }


def _failed(facts: Json, code: str, message: str, *, of_input: bool) -> Scored:
    row = facts | {
        "decode_status": "error" if of_input else "ok",
        "error_code": code,
        "error_message": message,
        "verdict": "error",
    }
    return Scored(rows=(row,), maps=(None,), fault=f"{code}: {message}", of_input=of_input)
