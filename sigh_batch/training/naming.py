"""Whether what a user names to train is a network, or a model that was trained before."""

from __future__ import annotations

from pathlib import Path

from sigh_batch.data.trained import DEFAULT_NAME, MODEL_KEY


def is_model_url(name: str) -> bool:
    """Return whether a name is the place of a model: a URL, a path, or a folder that holds one.

    Names of backbones have slashes too, as in timm/vit_tiny_patch16_224.
    """
    return (
        name == DEFAULT_NAME
        or "://" in name
        or name.startswith((".", "/", "~"))
        or Path(name, MODEL_KEY).is_file()
    )
