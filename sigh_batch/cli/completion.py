"""`sigh completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish", "powershell")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the completion script of a shell.

    \b
      bash        eval "$(sigh completion bash)"                in ~/.bashrc
      zsh         eval "$(sigh completion zsh)"                 in ~/.zshrc
      fish        sigh completion fish | source                 in config.fish
      powershell  sigh completion powershell | Out-String | Invoke-Expression
    """
    from sigh_batch.cli import sigh

    completion = get_completion_class(shell)
    if completion is None:
        raise click.ClickException(
            f"this version of click has no completion for {shell}; upgrade click to 8.5"
        )
    click.echo(completion(sigh, {}, "sigh", "_SIGH_COMPLETE").source())
