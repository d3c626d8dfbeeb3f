"""One sample as plain files."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sigh_batch.data.document import sample_json
from sigh_batch.data.sample import Sample
from sigh_batch.errors import ConfigError


def write_sample(sample: Sample, folder: Path) -> list[str]:
    """Write a sample's picture, masks and annotation, and return their paths."""
    parts = {
        f"{sample.id}.{sample.format}": sample.image,
        f"{sample.id}.mask.png": sample.mask,
        f"{sample.id}.json": sample_json(sample, hashlib.sha256(sample.image).hexdigest()),
    }
    if sample.source_mask is not None:
        parts[f"{sample.id}.source.png"] = sample.source_mask
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in parts.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise ConfigError(f"cannot write into {str(folder)!r}: {error.strerror}") from error
    return [str(folder / name) for name in parts]
