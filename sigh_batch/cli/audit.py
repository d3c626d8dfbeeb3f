"""`sigh audit`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sigh_batch.cli.options import config_options, output_options, settings_of
from sigh_batch.cli.progress import PLAIN_SECONDS
from sigh_batch.cli.table import print_table
from sigh_batch.errors import GateFailed

if TYPE_CHECKING:
    from sigh_batch.audit.check import Audit, Check


@click.command("audit")
@click.argument("url")
@config_options
@output_options
def command(url: str, files: tuple[Path, ...], sets: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    """Look for whatever but the pixels tells the classes of a set apart.

    Boosted trees try to tell forged from clean pictures by what files say of themselves, by how often
    byte values occur, and by sizes and colours. Pairs, balance and splits are checked on every row. A page
    and a JSON file go into the set's report/. Ends with 6 when a limit is broken.

    \b
      sigh audit ./forged
      sigh audit ./forged --set audit.pictures=20000 --set audit.bytes_auc=0.53
    """
    from sigh_batch.audit.examine import examine
    from sigh_batch.report.audit import write_audit
    from sigh_batch.store import open_store

    settings = settings_of(files, sets).settings
    store = open_store(url, settings.store, create=False)
    audit = examine(store, settings.audit, _watch(quiet))
    page = write_audit(store, audit)
    _tell(audit, page, as_json, quiet)
    if not audit.passed:
        raise GateFailed("\n".join(_sentence(check) for check in audit.checks if not check.passed))


def _watch(quiet: bool) -> Callable[[int, int], None]:
    """Return what tells now and then how many pictures are opened."""
    told = time.monotonic()

    def watch(done: int, total: int) -> None:
        nonlocal told
        if not quiet and (time.monotonic() - told > PLAIN_SECONDS or done == total):
            told = time.monotonic()
            click.echo(f"audit: {done:,} of {total:,} pictures opened", err=True)

    return watch


def _tell(audit: Audit, page: str, as_json: bool, quiet: bool) -> None:
    if as_json:
        click.echo(json.dumps({**audit.as_json(), "page": page}, ensure_ascii=False))
        return
    if not quiet:
        print_table(("result", "check", "value", "limit", "made of"), list(map(_row, audit.checks)))
    click.echo(page)


def _row(check: Check) -> tuple[str, ...]:
    result = "told" if check.limit is None else "kept" if check.passed else "BROKEN"
    limit = "" if check.limit is None else f"{check.limit:g}"
    return result, check.name, f"{check.value:.4g}", limit, check.note


def _sentence(check: Check) -> str:
    return f"{check.name} is {check.value:.4g} and may be {check.limit:g}: {check.note}"
