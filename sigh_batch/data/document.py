"""The JSON beside each picture: compact, keys in one order, so that equal samples give equal bytes."""

from __future__ import annotations

import orjson

from sigh_batch.data.sample import Json, Sample
from sigh_batch.errors import DataError


def sample_json(sample: Sample, sha256: str) -> bytes:
    """Return a sample's JSON; raises DataError when it holds what JSON cannot say."""
    return _dump(
        {
            "id": sample.id,
            "index": sample.index,
            "seed": sample.seed,
            "stage": sample.stage,
            "group": sample.group,
            "pair": sample.pair,
            "split": sample.split,
            "label": sample.label,
            "scene_depth": sample.scene_depth,
            "benign": sample.benign,
            "format": sample.format,
            "width": sample.width,
            "height": sample.height,
            "bytes": len(sample.image),
            "sha256": sha256,
            "mask_pixels": sample.mask_pixels,
            "skin": sample.skin,
            "theme": sample.theme,
            "scale": sample.scale,
            "font": sample.font,
            "locale": sample.locale,
            "drawn": sample.drawn,
            "ops": sample.ops,
            "encodes": sample.encodes,
            "elements": [
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
            ],
        },
        sample,
    )


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
