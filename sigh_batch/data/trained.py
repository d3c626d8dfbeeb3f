"""What a training leaves in its store, by name: others look for it without knowing how a model is trained."""

from __future__ import annotations

from sigh_batch.store import absolute_url

DEFAULT_NAME = "default"
"""What the model that comes with the package is called where a URL is asked for."""
METRICS_KEY = "metrics.jsonl"
"""A line a step that was written down, with its numbers; written as it goes."""
MODEL_KEY = "model.json"
"""The document of the model, written last: where it is, the training is done."""


def absolute_model(url: str) -> str:
    """Return the URL of a model as it is found from any working folder; the name of the default one stays."""
    return url if url == DEFAULT_NAME else absolute_url(url)
