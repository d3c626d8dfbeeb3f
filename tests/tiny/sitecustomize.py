"""On PYTHONPATH of a worker: the tiny stage stands for `generate`, and a tiny detector for any model."""

from tiny_detector import open_tiny

from sigh_batch.models import opening
from sigh_batch.stages import stages

stages._homes["generate"] = "tiny_stage"
opening.open_model = open_tiny
