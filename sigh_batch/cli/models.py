"""`sigh models`: ls, show, card, export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sigh_batch.cli.options import config_options, output_options, settings_of
from sigh_batch.cli.table import print_table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sigh_batch.config.settings import StoreConfig
    from sigh_batch.models.document import ModelDocument

_COMPARED = 8


@click.group("models")
def command() -> None:
    """List, look at, describe and export models.

    \b
      sigh models ls ./models             every model below a folder or a prefix
      sigh models show ./model            what it is, and where its verdicts begin
      sigh models export ./model --format onnx
    """


@command.command("ls")
@click.argument("url", required=False)
@config_options
@output_options
def ls(url: str | None, files: tuple[Path, ...], sets: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    """List the models at URL and below it.

    Without URL, the one that comes with the package, and those below this folder.
    """
    from sigh_batch.data.trained import MODEL_KEY
    from sigh_batch.models.file import find_models, read_document
    from sigh_batch.models.opening import DEFAULT, model_store
    from sigh_batch.store import open_store

    store = open_store(url or ".", settings_of(files, sets).settings.store, create=False)
    found = list(find_models(store))
    if url is None and (DEFAULT / MODEL_KEY).is_file():
        found.insert(0, ("default", read_document(model_store(None))))
    if as_json:
        click.echo(json.dumps([{"url": place, **_facts(document)} for place, document in found]))
    elif quiet:
        click.echo("".join(f"{place}\n" for place, _ in found), nl=False)
    elif not found:
        click.echo(f"no models at {url} or below it", err=True)
    else:
        heads = ("model", "network", "classes", "numbers", "calibrated", "weights")
        print_table(heads, [(place, *_row(document)) for place, document in found])


@command.command("show")
@click.argument("url", required=False)
@config_options
@output_options
def show(url: str | None, files: tuple[Path, ...], sets: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    """Print what the model at URL is, or the one that is shipped; -q prints the hash of its weights only."""
    document = _document(url, settings_of(files, sets).settings.store)
    values = document.model_dump(mode="json", by_alias=True)
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False))
    elif quiet:
        click.echo(document.weights.sha256 if document.weights else "")
    else:
        print_table(("", ""), [(name, value) for name, value in _told(values)])


@command.command("card")
@click.argument("url", required=False)
@click.option("--out", metavar="URL", help="Write card.md there, and print where.")
@config_options
@output_options
def card(
    url: str | None,
    out: str | None,
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Print the card of the model at URL: what it is for, what not, and how well it does."""
    from sigh_batch.models.card import card_of
    from sigh_batch.models.file import CARD_KEY
    from sigh_batch.store import open_store

    options = settings_of(files, sets).settings.store
    document = _document(url, options)
    text = card_of(document)
    if out:
        open_store(out, options).put(CARD_KEY, text.encode())
    if as_json:
        click.echo(json.dumps({"card": text, "out": out}, ensure_ascii=False))
    elif not quiet or out is None:
        click.echo(out or text)


@command.command("export")
@click.argument("url", required=False)
@click.option("--format", "form", required=True, type=click.Choice(("onnx", "pt2")), help="What to write.")
@click.option("--out", metavar="URL", help="Where it goes; beside the model unless given.")
@click.option("--in", "source", metavar="URL", help="Pictures to compare the answers on, beside drawn ones.")
@config_options
@output_options
def export(
    url: str | None,
    form: Any,
    out: str | None,
    source: str | None,
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Write the model at URL for other engines: model.onnx, or model.pt2 of torch.export.

    Nothing is written unless it says what the network says, to 1e-4.
    """
    from sigh_batch.models.export import export_model
    from sigh_batch.models.opening import model_store
    from sigh_batch.store import open_store

    options = settings_of(files, sets).settings.store
    store = model_store(url, options)
    target = open_store(out, options) if out else store
    done = export_model(store, target, form, list(_pictures(source, options)))
    if not quiet and not as_json:
        click.echo(f"differs by {done.difference:.1g} at most, on {done.compared} pictures", err=True)
    click.echo(json.dumps(asdict(done)) if as_json else done.url)


def _document(url: str | None, options: StoreConfig) -> ModelDocument:
    from sigh_batch.models.file import read_document
    from sigh_batch.models.opening import model_store

    return read_document(model_store(url, options))


def _pictures(source: str | None, options: StoreConfig) -> Iterator[NDArray[np.uint8]]:
    """Yield the first pictures of a source."""
    if source is None:
        return
    from sigh_batch.sources.opening import open_source

    found = open_source(source, options)
    for number in islice(range(len(found)), _COMPARED):
        yield found.read(number).pixels


def _facts(document: ModelDocument) -> dict[str, Any]:
    weights = document.weights
    return {
        "name": document.name,
        "network": document.architecture.name,
        "classes": list(document.classes),
        "parameters": weights.parameters if weights else None,
        "bytes": weights.bytes if weights else None,
        "sha256": weights.sha256 if weights else None,
        "calibrated": document.calibration is not None,
        "metrics": document.metrics,
    }


def _row(document: ModelDocument) -> tuple[str, ...]:
    weights, classes = document.weights, document.classes
    shown = ", ".join(classes[:4]) + (f", {len(classes) - 4} more" if len(classes) > 4 else "")
    return (
        document.architecture.name,
        shown,
        f"{weights.parameters:,}" if weights else "",
        "yes" if document.calibration else "no",
        weights.sha256[:12] if weights else "",
    )


def _told(values: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every value of a document with its dotted name."""
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield from _told(value, f"{path}{name}.")
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield f"{path}{name}", text if len(text) <= 100 else f"{text[:97]}..."
