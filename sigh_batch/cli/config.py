"""`sigh config`: show, schema, init."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from sigh_batch.cli.options import config_options, settings_of
from sigh_batch.errors import ConfigError


@click.group("config")
def command() -> None:
    """Show, explain and start a configuration.

    Higher wins: flags, --set a.b=value, SIGH_A__B=value in the environment, -c files from left to
    right, sigh.yaml in the working folder, defaults.
    """


@command.command("show")
@config_options
@click.option("--origins", is_flag=True, help="Also say where each value was written.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def show(files: tuple[Path, ...], sets: tuple[str, ...], origins: bool, as_json: bool) -> None:
    """Print the settings that a run would use."""
    resolved = settings_of(files, sets)
    if origins:
        rows = list(resolved.origins())
        if as_json:
            click.echo(json.dumps([vars(row) for row in rows]))
            return
        width = max(len(row.path) for row in rows)
        values = [json.dumps(row.value, ensure_ascii=False) for row in rows]
        shown = min(40, max(len(value) for value in values))
        for row, value in zip(rows, values, strict=True):
            click.echo(f"{row.path:<{width}}  {value:<{shown}}  {row.origin}")
        return
    values_tree = resolved.settings.model_dump(mode="json")
    click.echo(json.dumps(values_tree) if as_json else _as_yaml(values_tree))


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of a config file, for editors."""
    from sigh_batch.config.document import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


@command.command("init")
@click.argument("path", type=click.Path(path_type=Path), default="sigh.yaml")
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
def init(path: Path, force: bool) -> None:
    """Write a config file that lists every setting with its default and meaning."""
    from sigh_batch.config.document import starter_file

    if path.exists() and not force:
        raise ConfigError(f"{str(path)!r} exists; --force replaces it")
    try:
        path.write_text(starter_file(), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot write {str(path)!r}: {error.strerror}") from error
    click.echo(path)


def _as_yaml(values: dict[str, Any]) -> str:
    import yaml

    text: str = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, default_flow_style=False)
    return text.rstrip()
