"""The source as the house rules see it: files, syntax trees, and who imports whom."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = "sigh_batch"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Import:
    """One imported module, as an absolute dotted name."""

    target: str
    line: int
    at_load: bool
    """False within a function or under TYPE_CHECKING: not executed when the module is loaded."""


@dataclass(frozen=True)
class Module:
    """A Python file of this repository."""

    path: Path
    text: str = field(repr=False)

    @property
    def place(self) -> str:
        """The path from the root, as messages name it."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def name(self) -> str:
        """The dotted name; a package goes by its folder's."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @functools.cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, self.place)

    @functools.cached_property
    def imports(self) -> tuple[Import, ...]:
        """Every import, wherever it stands."""
        return tuple(_imports_in(self.tree, at_load=True))

    def functions(self) -> Iterator[Function]:
        """Yield every function and method, nested ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))


@functools.cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Return all modules under these folders of the repository, sorted by path."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(Module(path, path.read_text(encoding="utf-8")) for path in paths)


@functools.cache
def module_names() -> frozenset[str]:
    """Return the dotted name of every module and package of the product."""
    return frozenset(module.name for module in modules(PACKAGE))


def room_of(name: str) -> str:
    """Return the room of a dotted name: the first part below the package, `` for the package itself."""
    return name.removeprefix(PACKAGE).lstrip(".").partition(".")[0]


def is_within(name: str, place: str) -> bool:
    """Say whether a dotted name is this place or lies below it."""
    return name == place or name.startswith(place + ".")


def _imports_in(node: ast.AST, *, at_load: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, at_load)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"line {child.lineno}: imports are absolute"
            for alias in child.names:
                whole = f"{child.module}.{alias.name}"
                # `from package import module` imports the module, `from module import name` does not.
                yield Import(whole if whole in module_names() else str(child.module), child.lineno, at_load)
        else:
            later = isinstance(child, Function) or (isinstance(child, ast.If) and _only_types(child))
            yield from _imports_in(child, at_load=at_load and not later)


def _only_types(node: ast.If) -> bool:
    return ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
