"""Which code decides the bytes of a kind of run, by version.

Two runs with one config hash and one engine make the same bytes; a run that finds records of
another engine refuses to mix them. Reads package metadata, and imports nothing but, where Pillow draws,
Pillow's painter: whether its raqm loads depends on a library of the system.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from sigh_batch.config.identity import content_hash
from sigh_batch.config.settings import Settings

GENERATE_REVISION = 3
DISTORT_REVISION = 1
PREDICT_REVISION = 1
"""Raised whenever the same settings would give other bytes than before; each kind has its own."""

_SHARED = ("numpy", "faker", "isal", "uharfbuzz", "opencv-python-headless", "pyarrow", "simplejpeg")
_SCORING = ("numpy", "isal", "opencv-python-headless", "Pillow", "pyarrow")
# The catalogue holds the hash of every font.
_FONTS = Path(__file__).parents[1] / "render" / "fonts" / "catalogue.json"
_REVISIONS = {
    "generate": f"generate/{GENERATE_REVISION}",
    # Conversations are changed and drawn anew.
    "distort": f"distort/{DISTORT_REVISION} generate/{GENERATE_REVISION}",
    "predict": f"predict/{PREDICT_REVISION}",
}
_PAINTERS = {"skia": "skia-python", "pillow": "Pillow"}


def engine_of(kind: str, settings: Settings) -> dict[str, str]:
    """Return the revisions and versions that decide the bytes of a run of `kind`."""
    engine = {"revision": _REVISIONS[kind]}
    if kind != "predict":
        engine["fonts"] = content_hash(_FONTS)[:16]
    for package in _packages(kind, settings):
        engine[package] = _version(package)
    if "Pillow" in engine and kind != "predict":
        from sigh_batch.render.pillow_painter import shaping

        engine["raqm"] = shaping()
    return engine


def _packages(kind: str, settings: Settings) -> tuple[str, ...]:
    """Return the packages whose versions decide bytes; forgers draw with both rasterisers."""
    if kind == "predict":
        # Where it is absent, rows do not say what content credentials do.
        return (*_SCORING, "c2pa-python", "onnxruntime" if settings.predict.backend == "onnx" else "torch")
    if kind == "generate":
        return (*_SHARED, _PAINTERS[settings.generate.painter])
    return (*_SHARED, *_PAINTERS.values())


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "absent"
