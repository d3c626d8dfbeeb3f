"""`sigh demo`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from sigh_batch.cli.options import config_options
from sigh_batch.errors import PartialFailure


@click.command("demo")
@click.option("--out", default="demo", show_default=True, metavar="URL", help="Folder or prefix for it all.")
@click.option("--count", type=int, default=300, show_default=True, help="How many screenshots.")
@config_options
def command(out: str, count: int, files: tuple[Path, ...], sets: tuple[str, ...]) -> None:
    """Go the whole way once: make pictures, forge them, train, evaluate, predict, report.

    Every step is a command of its own, which is shown before it runs. A demo that was stopped goes on where
    it was. The last line is the path of the report.
    """
    from sigh_batch.cli import sigh

    given = [*(f"--config={file}" for file in files), *(f"--set={text}" for text in sets)]
    for note, words in _steps(out.rstrip("/"), count):
        click.echo(f"\n{click.style(note, bold=True)}\n$ sigh {shlex.join([*words, *given])}", err=True)
        try:
            sigh.main([*words, *given], prog_name="sigh", standalone_mode=False)
        except PartialFailure as error:
            click.echo(f"note: {error}", err=True)
    click.echo("\nlook at the report in a browser", err=True)


def _steps(out: str, count: int) -> Iterator[tuple[str, list[str]]]:
    """Yield what each step is for and the words of its command."""
    made, forged, model = f"{out}/clean", f"{out}/forged", f"{out}/model"
    yield (
        "Screenshots of conversations that nobody had",
        ["generate", "--out", made, "--count", str(count), "--seed", "7", "--shards", str(min(count, 6))],
    )
    yield "Every hash, picture and mask again", ["data", "verify", made]
    yield (
        "Every picture twice: forged, and its clean twin",
        ["distort", "--in", made, "--out", forged, "--seed", "7"],
    )
    yield (
        "The detector that comes with sigh looks at a few of them",
        [
            *("train", "--model", "default", "--data", forged, "--out", model, "--seed", "7"),
            *("--set", "train.steps=40", "--set", "train.lr=0.0001", "--set", "tiles.crops=128"),
            *("--set", "tiles.pixels=262144", "--set", "tiles.validation=8"),
        ],
    )
    yield (
        "How good it is, on conversations that it never saw",
        ["evaluate", "--model", model, "--data", forged, "--out", f"{out}/evaluation", "--no-sweep"],
    )
    yield (
        "Each of them is scored, as the pictures of any folder are",
        [
            *("predict", "--in", forged, "--set", "predict.split=test"),
            *("--model", model, "--out", f"{out}/scores"),
        ],
    )
    yield (
        "What a moderator and an engineer want to see",
        ["report", f"{out}/scores", "--evaluation", f"{out}/evaluation"],
    )
