"""Which task teaches which network: `tiles` has its own, every backbone learns classes."""

from __future__ import annotations

from collections.abc import Callable

from sigh_batch.config.settings import Settings
from sigh_batch.registry import Registry
from sigh_batch.training.task import Assignment, Task

MakeTask = Callable[[Assignment], Task]
"""Raises ConfigError where the data cannot teach: one class, no class folder, labels without pictures."""

tasks: Registry[MakeTask] = Registry(
    "task",
    {
        "tiles": "sigh_batch.training.tiles",
        "classes": "sigh_batch.training.classes",
    },
)
"""A task a family of networks."""


def task_of(model: str) -> str:
    """Return the name of the task that teaches a network."""
    return model if model in tasks.names() else "classes"


def make_task(assignment: Assignment) -> Task:
    """Return the task that teaches the network an assignment names."""
    return tasks.get(task_of(assignment.model))(assignment)


def sections_of(model: str) -> tuple[str, ...]:
    """Return the sections of the settings, beside `train`, that decide what a network becomes."""
    section = {"tiles": "tiles", "classes": "backbone"}.get(task_of(model))
    return (section,) if section in Settings.model_fields else ()
