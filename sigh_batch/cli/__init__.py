"""The command line `sigh`: one file a verb, imported only when it is called.

Data goes to standard output, talk to standard error. Every deliberate error is one sentence and
the exit code that errors.py gives it; any other error is a defect, and its traceback goes to a
file whose path is printed.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import tempfile
import threading
import traceback
from types import FrameType
from typing import Any

import click

from sigh_batch import errors

VERBS = {
    "generate": "Make a labelled set of chat screenshots.",
    "distort": "Forge the pictures of a set or folder, beside a clean twin each.",
    "forge": "Make one forgery on one picture, to look at.",
    "train": "Train a detector, or any backbone on classes.",
    "tune": "Search the settings that train the best model.",
    "predict": "Score pictures: is each forged, where, and how sure is that.",
    "evaluate": "Measure models on labelled pictures, slice by slice and after degradations.",
    "submit": "Carry out any of these on a Kubernetes cluster.",
    "list": "List the runs on a cluster.",
    "status": "Say how far a run on a cluster is, and why it waits or failed.",
    "logs": "Print what the pods of a run say.",
    "wait": "Wait for the end of a run on a cluster.",
    "cancel": "Stop runs on a cluster.",
    "describe": "Show all that a cluster knows of a run.",
    "resume": "Finish a run that was stopped, here or on a cluster.",
    "audit": "Prove that nothing but the pixels tells the classes of a set apart.",
    "report": "Write a page, summaries and numbers of what models say of pictures.",
    "data": "List, look at, verify and export sets.",
    "models": "List, look at, describe and export models.",
    "demo": "Make, verify and show a small set: the first thing to try.",
    "config": "Show, explain and start a configuration.",
    "doctor": "Check this machine and the store, with a fix for what is wrong.",
    "completion": "Print the completion script of a shell.",
    "version": "Print the version and what decides the bytes of a run.",
}
"""Every verb and its line in `sigh --help`, so that printing the help imports none of them."""


class VerbGroup(click.Group):
    """A group whose commands live in modules of their own and load on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of the table."""
        return [*VERBS]  # `list` is a verb's module here

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb's module and return its command."""
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(f"sigh_batch.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which verb is the nearest."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            raise errors.UnknownName("command", args[0], VERBS, hint="`sigh --help` lists them")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of verbs without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([*VERBS.items()])


@click.group(
    cls=VerbGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="sigh-batch", prog_name="sigh", message="%(prog)s %(version)s")
def sigh() -> None:
    """Make labelled forged chat screenshots, and the detectors that read them.

    \b
      sigh demo                                       a first look
      sigh generate --out ./ds --count 2000 --seed 7  a set in a folder
      sigh data show ./ds                             a table and a page of pictures
    """


def main(args: list[str] | None = None) -> None:
    """Run the command line and end the process with the documented exit code."""
    arguments = sys.argv[1:] if args is None else args
    code = run(arguments)
    sys.stdout.flush()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run the command line and return the exit code."""
    stopped = _Stopped()
    try:
        result: Any = sigh.main(arguments, prog_name="sigh", standalone_mode=False)
    except errors.Interrupted as error:
        return _say(str(error), stopped.exit_code)
    except errors.SighError as error:
        return _say(str(error), error.exit_code)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _say("interrupted", stopped.exit_code)
    except BrokenPipeError:
        # The reader of our output went away, as `sigh data ls | head` does; that is no fault.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:
        return _say(_keep_traceback(), 1)
    return result if isinstance(result, int) else 0


class _Stopped:
    """Lets SIGTERM stop a call as Ctrl-C does, and remembers which of the two it was."""

    def __init__(self) -> None:
        self.exit_code = errors.Interrupted.exit_code
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._receive)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self.exit_code = 128 + number
        raise KeyboardInterrupt


def _say(message: str, code: int) -> int:
    label = "stopped" if code > 128 else "error"
    lines = message.splitlines() or [""]
    text = f"{label}: {lines[0]}" if len(lines) == 1 else "\n  ".join([f"{label}:", *lines])
    click.echo(f"{click.style(text.split(':', 1)[0], fg='red', bold=True)}:{text.split(':', 1)[1]}", err=True)
    return code


def _keep_traceback() -> str:
    if os.environ.get("SIGH_DEBUG"):
        traceback.print_exc()
    with tempfile.NamedTemporaryFile("w", prefix="sigh-error-", suffix=".txt", delete=False) as file:
        traceback.print_exc(file=file)
    kind, value, _ = sys.exc_info()
    name = kind.__name__ if kind else "Error"
    return f"a defect in sigh: {name}: {value}; the traceback is in {file.name}, please report it"
