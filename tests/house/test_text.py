"""How big, how called, how described: what a reader of one file relies on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.source import PACKAGE, ROOT, Module, modules
from tests.house.tables import COMMAND_LINES, FUNCTION_LINES, MODULE_LINES, VAGUE

EVERYWHERE = (PACKAGE, "jobs", "bench", "scripts", "tests")
Described = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def describable(module: Module) -> Iterator[tuple[str, Described]]:
    """Yield the module and all public classes, functions and methods in it, with their names."""
    yield module.place, module.tree
    waiting: list[tuple[str, Described]] = [(module.place, module.tree)]
    while waiting:
        name, node = waiting.pop()
        for child in node.body:
            if isinstance(child, Described) and not child.name.startswith("_"):
                yield f"{name}: {child.name}", child
                if isinstance(child, ast.ClassDef):
                    waiting.append((f"{name}: {child.name}", child))


def test_no_module_is_longer_than_the_cap() -> None:
    found = modules(*EVERYWHERE)
    assert len(found) >= 60
    assert not [module.place for module in found if len(module.text.splitlines()) > MODULE_LINES]


def test_no_function_is_longer_than_the_cap() -> None:
    sizes = {
        f"{module.place}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for module in modules(*EVERYWHERE)
        for node in module.functions()
    }
    assert len(sizes) >= 300
    assert not {place: lines for place, lines in sizes.items() if lines > FUNCTION_LINES}


def test_a_command_does_no_work_itself() -> None:
    sizes = {
        f"{module.place}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.body[0].lineno + 1
        for module in modules(f"{PACKAGE}/cli")
        for node in module.functions()
        if any(re.search(r"\bcommand\(", ast.unparse(decorator)) for decorator in node.decorator_list)
    }
    assert len(sizes) >= 8
    assert not {place: lines for place, lines in sizes.items() if lines > COMMAND_LINES}


def test_no_module_has_a_vague_name() -> None:
    found = modules(*EVERYWHERE)
    words = {module.place: set(re.split(r"\W|_", module.place)) for module in found}
    assert not [place for place in words if words[place] & VAGUE]


def test_everything_public_is_described() -> None:
    names = {name: node for module in modules(PACKAGE, "jobs") for name, node in describable(module)}
    assert len(names) >= 200
    assert not [name for name, node in names.items() if not (ast.get_docstring(node) or "").strip()]


def test_every_unit_test_mirrors_a_module() -> None:
    units = [module for module in modules("tests/unit") if module.path.name.startswith("test_")]
    assert len(units) >= 10
    lost = []
    for unit in units:
        folder = unit.path.parent.relative_to(ROOT / "tests/unit")
        # `test_local_faults` may be a second file about `local`.
        words = unit.path.stem.removeprefix("test_").split("_")
        stems = ["_".join(words[: end + 1]) for end in range(len(words))]
        room = ROOT / PACKAGE / folder
        if not any(
            (room / f"{stem}.py").exists() or (room / stem / "__init__.py").exists() for stem in stems
        ):
            lost.append(unit.place)
    assert not lost


@pytest.mark.parametrize(
    ("pattern", "wish"),
    [
        (r"\b(?:TODO|FIXME|HACK|XXX)\b(?!\(#\d+\))", "an unfinished thing names its issue: (#12)"),
        (r"#\s*type:\s*ignore(?!\[)", "an ignored type error names its code"),
        (r"#\s*noqa(?!:\s*[A-Z])", "an ignored lint rule is named"),
    ],
)
def test_no_loose_ends(pattern: str, wish: str) -> None:
    found = [module for module in modules(*EVERYWHERE) if module.path.name != "test_text.py"]
    assert len(found) >= 60
    lines = (
        f"{module.place}:{number}"
        for module in found
        for number, line in enumerate(module.text.splitlines(), 1)
        if re.search(pattern, line)
    )
    assert not list(lines), wish


def test_randomness_has_one_home() -> None:
    found = [module for module in modules(PACKAGE, "jobs") if module.name != f"{PACKAGE}.rng"]
    assert len(found) >= 30
    wrong = [
        f"{module.place}: import random" for module in found for i in module.imports if i.target == "random"
    ]
    for module in found:
        for node in ast.walk(module.tree):
            # The type may be named in an annotation; only rng makes one.
            if isinstance(node, ast.Attribute) and re.fullmatch(
                r"(np|numpy)\.random\.(?!Generator$)\w+", ast.unparse(node)
            ):
                wrong.append(f"{module.place}:{node.lineno} {ast.unparse(node)}")
    assert not wrong
