"""The configuration explained: JSON Schema for editors, and a commented file to start from."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import yaml
from pydantic import BaseModel

from sigh_batch.config.settings import Settings

WIDTH = 96


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a config file."""
    schema = Settings.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "sigh.yaml", **schema}


def starter_file() -> str:
    """Return a config file that lists every setting, commented out, at its default."""
    head = [
        "## Settings of sigh. Every line with one # shows a default: take the # away to change it,",
        "## and the # of the sections above it. Higher wins: flags, --set a.b=value,",
        "## SIGH_A__B=value in the environment, -c files, this file.",
        "",
    ]
    return "\n".join([*head, *_setting_lines(Settings(), 0)]) + "\n"


def _setting_lines(model: BaseModel, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for name, field in type(model).model_fields.items():
        for line in textwrap.wrap(" ".join((field.description or "").split()), WIDTH - len(indent)):
            yield f"## {indent}{line}"
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield f"#{indent}{name}:"
            yield from _setting_lines(value, depth + 1)
        else:
            yield f"#{indent}{name}: {_flow(model.model_dump(mode='json', include={name})[name])}"
        if depth == 0:
            yield ""


def _flow(value: Any) -> str:
    text: str = yaml.safe_dump(
        value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**6
    )
    return text.removesuffix("\n").removesuffix("\n...")
