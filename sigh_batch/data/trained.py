"""What a training leaves in its store, by name: others look for it without knowing how a model is trained."""

from __future__ import annotations

METRICS_KEY = "metrics.jsonl"
"""A line a step that was written down, with its numbers; written as it goes."""
MODEL_KEY = "model.json"
"""The document of the model, written last: where it is, the training is done."""
