"""Which task teaches which network: `tiles` has its own, every backbone learns classes."""

from __future__ import annotations

from collections.abc import Callable

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


def make_task(assignment: Assignment) -> Task:
    """Return the task that teaches the network an assignment names."""
    own = assignment.model in tasks.names()
    return tasks.get(assignment.model if own else "classes")(assignment)
