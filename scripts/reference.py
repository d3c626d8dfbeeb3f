"""Writes docs/reference from the code: commands, settings, their schema, exit codes, columns.

`make docs` runs it and `make verify` compares the result with what is committed, so the reference
cannot say what the code does not. Give it another folder to write there.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pyarrow as pa

from sigh_batch import errors
from sigh_batch.cli import sigh
from sigh_batch.config.document import json_schema
from sigh_batch.data.schema import SCHEMA

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
MADE = "<!-- made by `make docs`: change the code it describes -->"

COLUMNS = {
    "id": "name of the sample and stem of its files; says nothing about the label",
    "index": "place of the sample in the set",
    "seed": "seed of the run; with stage and index it makes the sample again",
    "stage": "the kind of run that made it",
    "group": "what must stay within one split: the conversation",
    "pair": "shared by a forged sample and its clean twin",
    "split": "train, validation, calibration or test",
    "label": "0 clean, 1 forged",
    "scene_depth": "forged in the conversation, not in the pixels",
    "benign": "the honest edit done to it, or null",
    "format": "png, jpg or webp",
    "width": "in pixels",
    "height": "in pixels",
    "bytes": "size of the image file",
    "sha256": "of the image file",
    "mask_pixels": "pixels that the mask marks; null without a mask",
    "skin": "the chat client's look",
    "theme": "light, dark or another of the skin's",
    "scale": "device pixels a logical pixel",
    "font": "family of the message text",
    "locale": "language and region of the conversation",
    "drawn": "JSON of everything else that was drawn at random for it",
    "shard": "key of the tar it is in",
    "image_offset": "where the image's bytes begin in the tar",
    "image_length": "how many they are",
    "mask_offset": "where the mask's bytes begin; null without a mask",
    "mask_length": "how many they are",
    "source_offset": "where the bytes of the mask of copied pixels begin; null where nothing was copied",
    "source_length": "how many they are",
    "json_offset": "where the annotation's bytes begin",
    "json_length": "how many they are",
    "error_code": "the kind of failure of a sample that could not be made, else null",
    "error_message": "what happened to it, else null",
    "ops": "edits, in order: type, skill, target element, old and new value, box, source box, parameters",
    "encodes": "every encoding since the clean picture, in order",
    "elements": "every message, author, time, avatar, line and word with its box and string",
}
"""What every column of a manifest holds; a column without a line here fails `make docs`."""


def main(folder: Path = REFERENCE) -> None:
    """Write every page into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    schema = json_schema()
    pages = {
        "cli.md": "\n".join(command_page()),
        "config.md": "\n".join(config_page(schema)),
        "config.schema.json": json.dumps(schema, indent=2, ensure_ascii=False),
        "exit-codes.md": "\n".join(exit_code_page()),
        "manifest.md": "\n".join(manifest_page()),
    }
    for name, text in pages.items():
        (folder / name).write_text(text.rstrip() + "\n", encoding="utf-8")


def command_page() -> Iterator[str]:
    """Yield the help of every command, as a terminal of 100 columns shows it."""
    yield from (MADE, "", "# Commands", "")
    root = click.Context(sigh, info_name="sigh", terminal_width=100, **sigh.context_settings)
    for context in sorted(contexts_under(root), key=lambda context: context.command_path):
        depth = len(context.command_path.split())
        yield from (f"{'#' * min(3, depth + 1)} {context.command_path}", "", "```text")
        yield context.get_help()
        yield from ("```", "")


def contexts_under(context: click.Context) -> Iterator[click.Context]:
    """Yield the context of a command and of all commands below it."""
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            below = context.command.get_command(context, name)
            assert below is not None, f"{name} is listed and does not exist"
            yield from contexts_under(click.Context(below, info_name=name, parent=context))


def config_page(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table of every setting: path, type, default, meaning."""
    yield from (MADE, "", "# Settings", "")
    yield from (
        "Higher wins: flags, `--set a.b=value`, `SIGH_A__B=value` in the environment, `-c` files from left",
        "to right, `sigh.yaml` in the working folder, defaults. `sigh config show --origins` tells where",
        "each value came from. An editor that is given `config.schema.json` completes and checks files.",
    )
    yield from ("", "| setting | type | default | meaning |", "|---|---|---|---|")
    for path, field, default in settings_under(schema, schema, "", None):
        meaning = " ".join(field.get("description", "").split())
        shown = json.dumps(default, ensure_ascii=False)
        yield f"| `{path}` | {kind_of(field, schema)} | `{cell(shown)}` | {cell(meaning)} |"


def settings_under(
    node: Mapping[str, Any], schema: Mapping[str, Any], prefix: str, given: Any
) -> Iterator[tuple[str, Mapping[str, Any], Any]]:
    """Yield every leaf below a schema's object: its path, its field and its default."""
    for name, field in node.get("properties", {}).items():
        default = given[name] if isinstance(given, Mapping) and name in given else field.get("default")
        section = resolve(field, schema)
        if "properties" in section:
            yield from settings_under(section, schema, f"{prefix}{name}.", default)
        else:
            yield f"{prefix}{name}", field, default


def resolve(field: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference into the definitions."""
    target = field.get("$ref")
    found: Mapping[str, Any] = schema["$defs"][target.rpartition("/")[2]] if target else field
    return found


def kind_of(field: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Say a field's type in a few words."""
    field = {**resolve(field, schema), **field}
    if "anyOf" in field:
        return " or ".join(kind_of(choice, schema) for choice in field["anyOf"])
    if "enum" in field:
        return ", ".join(f"`{choice}`" for choice in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    kind = field.get("format") or field.get("type", "any")
    if kind == "array":
        return f"list of {kind_of(field.get('items', {}), schema)}"
    low = field.get("minimum")
    high = field.get("maximum", field.get("exclusiveMaximum"))
    if high is not None:
        return f"{kind}, {low} to {'below ' if 'exclusiveMaximum' in field else ''}{high}"
    return str(kind) if low is None else f"{kind}, at least {low}"


def exit_code_page() -> Iterator[str]:
    """Yield the exit codes of the commands and of a worker."""
    yield from (
        MADE,
        "",
        "# Exit codes",
        "",
        "A command ends with 0 when all went well, and otherwise with",
        "",
    )
    yield from ("| code | error | meaning |", "|---|---|---|")
    kinds = [
        kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.SighError)
    ]
    for kind in sorted(kinds, key=lambda kind: (kind.exit_code, kind.__name__)):
        yield f"| {kind.exit_code} | {kind.__name__} | {cell((kind.__doc__ or '').splitlines()[0])} |"
    yield from ("", "A worker, which is what a runner or a cluster starts, speaks to whoever started it:", "")
    worker = inspect.cleandoc(importlib.import_module("sigh_batch.worker").__doc__ or "").splitlines()
    yield from ("| code | meaning |", "|---|---|")
    for line in worker:
        code, _, meaning = line.strip().partition(" ")
        if code.isdigit():
            yield f"| {code} | {cell(meaning.strip())} |"


def manifest_page() -> Iterator[str]:
    """Yield the columns of a manifest with their types and meanings."""
    missing = set(SCHEMA.names) ^ COLUMNS.keys()
    assert not missing, f"columns and their descriptions differ: {sorted(missing)}"
    yield from (
        MADE,
        "",
        "# Columns of manifest.parquet",
        "",
        "One row a sample. Names do not change; columns may be added.",
    )
    yield from ("", "| column | type | what it holds |", "|---|---|---|")
    for field in SCHEMA:
        yield f"| `{field.name}` | {arrow_kind(field.type)} | {cell(COLUMNS[field.name])} |"


def arrow_kind(kind: pa.DataType) -> str:
    """Say an Arrow type in a few words; a struct names its fields."""
    if pa.types.is_list(kind):
        return f"list of {arrow_kind(kind.value_type)}"
    if pa.types.is_struct(kind):
        return "struct of " + ", ".join(f"`{kind.field(at).name}`" for at in range(kind.num_fields))
    return str(kind)


def cell(text: str) -> str:
    """Make a text fit into a table's cell."""
    return text.replace("|", "\\|")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
