"""Which code decides the bytes of a kind of run, by version.

Two runs with one config hash and one engine make the same bytes; a run that finds records of
another engine refuses to mix them. Reads package metadata only and imports none of it.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from sigh_batch.config.identity import content_hash
from sigh_batch.config.settings import Settings

GENERATE_REVISION = 1
"""Raised whenever the same settings would give other bytes than before."""

_SHARED = ("numpy", "isal", "uharfbuzz", "opencv-python-headless", "pyarrow")
# The catalogue holds the hash of every font.
_FONTS = Path(__file__).parents[1] / "render" / "fonts" / "catalogue.json"
_PAINTERS = {"skia": "skia-python", "pillow": "Pillow"}


def engine_of(kind: str, settings: Settings) -> dict[str, str]:
    """Return the revisions and versions that decide the bytes of a run of `kind`."""
    engine = {"revision": f"{kind}/{GENERATE_REVISION}"}
    engine["fonts"] = content_hash(_FONTS)[:16]
    for package in (*_SHARED, _PAINTERS[settings.generate.painter]):
        engine[package] = _version(package)
    return engine


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "absent"
