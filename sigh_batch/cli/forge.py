"""`sigh forge`."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sigh_batch.cli.options import settings_of
from sigh_batch.errors import ConfigError

if TYPE_CHECKING:
    from sigh_batch.stages.single import Single


@click.command("forge")
@click.argument("picture", required=False, type=click.Path(path_type=Path))
@click.option("--in", "url", metavar="URL", help="A set, in place of PICTURE: its strings are known.")
@click.option("--index", type=click.IntRange(min=0), help="Which of the set; the first unless given.")
@click.option("--op", metavar="NAME", help="The operation; --list names them.")
@click.option("--skill", default="careful", show_default=True, help="careless, careful or expert.")
@click.option("--chain", help="browser, desktop_editor, phone_editor or script; drawn unless given.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of every draw.")
@click.option("--set", "sets", multiple=True, metavar="A=VALUE", help="Set a parameter: target, new, ...")
@click.option("--out", type=click.Path(path_type=Path), help="The forged picture: .png, .jpg or .webp.")
@click.option("--mask", type=click.Path(path_type=Path), help="Write the changed pixels here, as PNG.")
@click.option("--twin", type=click.Path(path_type=Path), help="Write the clean picture here, saved alike.")
@click.option("--list", "show", is_flag=True, help="List the operations.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Print only the path.")
def command(
    picture: Path | None, url: str | None, show: bool, as_json: bool, quiet: bool, **wish: Any
) -> None:
    """Make one forgery on one picture, and print what was done.

    \b
      sigh forge --list
      sigh forge chat.png --op copy_move --out forged.png --mask mask.png
      sigh forge --in ./ds --index 4 --op text_replace --set new='$9,000' --out forged.png
    """
    if show:
        _print_list(as_json)
        return
    single = _forge(picture, url, wish)
    files = _write(single, wish)
    if quiet:
        click.echo(files["out"])
    elif as_json:
        click.echo(json.dumps({"op": single.op, "pixels": int(single.mask.sum()), "files": files}))
    else:
        _print(single, files)


def _forge(picture: Path | None, url: str | None, wish: dict[str, Any]) -> Single:
    """Open the picture that the user means, and make the forgery on it."""
    from sigh_batch.sources.opening import open_source
    from sigh_batch.stages.single import forge_one, open_picture, open_sample

    if not wish["op"] or not wish["out"]:
        raise ConfigError("say what to do with --op, and where the picture goes with --out")
    if (picture is None) == (url is None):
        raise ConfigError("name either a picture file, or a set with --in")
    if picture is not None and wish["index"] is not None:
        raise ConfigError("--index is for a set, which --in names; take it out")
    _check_places(picture, wish)
    if url is not None:
        options = settings_of((), ()).settings.store
        original, kit = open_sample(open_source(url, options), wish["index"] or 0)
    else:
        assert picture is not None
        original, kit = open_picture(picture)
    return forge_one(
        original,
        kit,
        wish["op"],
        skill=wish["skill"],
        chain=wish["chain"],
        seed=wish["seed"],
        wanted=_wanted(wish["sets"]),
    )


def _check_places(picture: Path | None, wish: dict[str, Any]) -> None:
    """Refuse to write over the picture, or two files to one place; raises ConfigError."""
    taken = {} if picture is None else {picture.resolve(): "the picture itself"}
    for name in ("out", "mask", "twin"):
        path: Path | None = wish[name]
        if path is None:
            continue
        if path.resolve() in taken:
            raise ConfigError(f"--{name} {str(path)!r} is {taken[path.resolve()]}; write to another place")
        taken[path.resolve()] = f"also --{name}"
    if wish["mask"] and wish["mask"].suffix.lower() != ".png":
        raise ConfigError(f"--mask {str(wish['mask'])!r} must end in .png; a mask is written as PNG")


def _wanted(assignments: tuple[str, ...]) -> dict[str, Any]:
    """Return the parameters that the user sets; `new` is a text as it is typed, and no number or date."""
    from sigh_batch.config.layers import read_sets

    values = read_sets(text for text in assignments if not text.startswith("new=")).values
    for assignment in assignments:
        if assignment.startswith("new="):
            values["new"] = assignment.removeprefix("new=")
    return values


def _write(single: Single, wish: dict[str, Any]) -> dict[str, str]:
    """Write what was asked for, and return the paths."""
    from sigh_batch.stages.single import file_of

    contents = {"out": file_of(single.forged, wish["out"])}
    if wish["mask"]:
        contents["mask"] = single.mask_file()
    if wish["twin"]:
        contents["twin"] = file_of(single.clean, wish["twin"])
    for name, data in contents.items():
        path: Path = wish[name]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except OSError as error:
            raise ConfigError(f"cannot write {str(path)!r}: {error.strerror}") from error
    return {name: str(wish[name]) for name in contents}


def _print(single: Single, files: dict[str, str]) -> None:
    op = single.op
    click.echo(f"{op['type']} by a forger: {single.hand.skill}, {single.hand.chain}")
    for name in ("target", "old", "new", "box", "source"):
        if op.get(name) is not None:
            click.echo(f"  {name:<8} {op[name]}")
    for name, value in op["params"].items():
        if name == "box":  # it is told above, as it came out
            continue
        click.echo(f"  {name:<8} {value}")
    click.echo(f"  {'pixels':<8} {int(single.mask.sum()):,} changed")
    for name, path in files.items():
        click.echo(f"  {name:<8} {path}")


def _print_list(as_json: bool) -> None:
    from sigh_batch.forge.operation import pixel_forgeries

    found = [(name, pixel_forgeries.get(name)) for name in pixel_forgeries.names()]
    told = [
        {"name": name, "foreign": item.foreign, "about": (inspect.getdoc(item) or "").partition("\n")[0]}
        for name, item in found
    ]
    if as_json:
        click.echo(json.dumps(told))
        return
    for entry in told:
        click.echo(
            f"{entry['name']:<16} {'any picture' if entry['foreign'] else 'sets only':<12} {entry['about']}"
        )
