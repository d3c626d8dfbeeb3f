"""The JSON beside each picture: compact, keys in one order, so that equal samples give equal bytes."""

from __future__ import annotations

import orjson

from sigh_batch.data.sample import Element, Json, Sample
from sigh_batch.errors import DataError

_FIELDS = (
    "id",
    "index",
    "seed",
    "stage",
    "group",
    "pair",
    "split",
    "label",
    "scene_depth",
    "benign",
    "format",
    "width",
    "height",
    "mask_pixels",
    "skin",
    "theme",
    "scale",
    "font",
    "locale",
    "drawn",
)
"""What is in a document as it is in a sample."""


def sample_json(sample: Sample, sha256: str) -> bytes:
    """Return a sample's JSON; raises DataError when it holds what JSON cannot say."""
    document: Json = {name: getattr(sample, name) for name in _FIELDS}
    document["bytes"] = len(sample.image)
    document["sha256"] = sha256
    document["ops"] = sample.ops
    document["encodes"] = sample.encodes
    document["elements"] = [
        {
            "kind": kind,
            "x": x,
            "y": y,
            "width": width,
            "height": height,
            "text": text,
            "value": value,
            "message": message,
            "parent": parent,
        }
        for kind, x, y, width, height, text, value, message, parent in sample.elements
    ]
    return _dump(document, sample)


def parse_sample(document: bytes, image: bytes, mask: bytes, source_mask: bytes | None = None) -> Sample:
    """Return the sample that a JSON and its pictures make up; raises DataError when the JSON is damaged."""
    try:
        told = orjson.loads(document)
        fields = {name: told[name] for name in _FIELDS}
        return Sample(
            **fields,
            image=image,
            mask=mask,
            source_mask=source_mask,
            ops=tuple(told["ops"]),
            encodes=tuple(told["encodes"]),
            elements=tuple(Element(**element) for element in told["elements"]),
        )
    except KeyError as error:
        raise DataError(f"the JSON of a sample is damaged: it lacks {error}") from error
    except (ValueError, TypeError) as error:
        raise DataError(f"the JSON of a sample is damaged: {error}") from error


def stated_image(document: bytes) -> tuple[int, str]:
    """Return the size and hash of the picture that a JSON belongs to; raises DataError without them."""
    told = orjson.loads(document)
    try:
        return told["bytes"], told["sha256"]
    except KeyError as error:
        raise DataError(f"the JSON of a sample is damaged: it lacks {error}") from error


def compact_json(value: Json, of: Sample) -> str:
    """Return a free-form part of a sample as JSON, its keys sorted, for a text column."""
    return _dump(value, of, orjson.OPT_SORT_KEYS).decode()


def _dump(value: Json, of: Sample, option: int = 0) -> bytes:
    try:
        return orjson.dumps(value, option=option)
    except TypeError as error:
        raise DataError(
            f"sample {of.id!r} cannot be written as JSON: {error}; its stage must give plain values"
        ) from error
