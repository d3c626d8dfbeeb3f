"""Who may import whom, and where each heavy library lives."""

from __future__ import annotations

import graphlib
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.house.source import PACKAGE, ROOT, Import, Module, is_within, module_names, modules, room_of
from tests.house.tables import BASE, HOMES, LAZY, ROOMS


def inner_imports() -> Iterator[tuple[Module, Import]]:
    """Yield every import of the product from the product."""
    for module in modules(PACKAGE):
        for found in module.imports:
            if is_within(found.target, PACKAGE):
                yield module, found


def allowed_targets(room: str) -> tuple[str, ...]:
    """Return the dotted names a room may import from."""
    base = () if room in BASE else BASE
    return tuple(f"{PACKAGE}.{name}" for name in (room, *base, *ROOMS[room]))


def test_every_room_has_a_line_in_the_table() -> None:
    rooms = {room_of(name) for name in module_names()} - {""}
    assert len(rooms) >= 10
    assert rooms <= ROOMS.keys()


def test_the_table_itself_has_no_cycle() -> None:
    graph = {room: {name.partition(".")[0] for name in allowed} for room, allowed in ROOMS.items()}
    assert set().union(*graph.values()) <= ROOMS.keys()
    graphlib.TopologicalSorter(graph).prepare()


def test_rooms_import_only_what_the_table_allows() -> None:
    found = list(inner_imports())
    assert len(found) >= 50
    wrong = [
        f"{module.place}:{found.line} imports {found.target}"
        for module, found in found
        if room_of(module.name)
        and found.target != PACKAGE
        and not any(is_within(found.target, place) for place in allowed_targets(room_of(module.name)))
    ]
    assert not wrong


def test_the_package_itself_imports_nothing_of_itself() -> None:
    (root,) = (module for module in modules(PACKAGE) if module.name == PACKAGE)
    assert not root.imports


def test_modules_load_without_a_cycle() -> None:
    graph: dict[str, set[str]] = {name: set() for name in module_names()}
    for module, found in inner_imports():
        if found.at_load and found.target != module.name:
            graph[module.name].add(found.target)
    assert sum(map(len, graph.values())) >= 50
    graphlib.TopologicalSorter(graph).prepare()


def test_packages_form_no_cycle_even_by_late_imports() -> None:
    graph: dict[str, set[str]] = {}
    for module, found in inner_imports():
        rooms = room_of(module.name), room_of(found.target)
        if all(rooms) and rooms[0] != rooms[1]:
            graph.setdefault(rooms[0], set()).add(rooms[1])
    assert len(graph) >= 6
    graphlib.TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("library", sorted(HOMES))
def test_a_heavy_library_is_imported_only_at_home(library: str) -> None:
    homes = tuple(f"{PACKAGE}.{home}" for home in HOMES[library])
    wrong = [
        f"{module.place}:{found.line} imports {found.target}"
        for module in modules(PACKAGE, "jobs")
        for found in module.imports
        if is_within(found.target, library) and not any(is_within(module.name, home) for home in homes)
    ]
    assert not wrong


def test_every_library_from_outside_has_a_home() -> None:
    outside = {found.target.partition(".")[0] for module in modules(PACKAGE) for found in module.imports}
    outside -= set(sys.stdlib_module_names) | {PACKAGE, "numpy"}
    assert len(outside) >= 3
    assert outside <= HOMES.keys()


@pytest.mark.parametrize(
    "statement",
    [
        "import sigh_batch",
        "import sigh_batch.cli",
        "import sigh_batch.cli; sigh_batch.cli.main(['--help'])",
    ],
)
def test_the_first_import_loads_nothing_heavy(statement: str) -> None:
    code = f"""
import atexit, json, sys
atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))
{statement}
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = {name.partition(".")[0] for name in json.loads(ended.stderr.splitlines()[-1])}
    assert PACKAGE in loaded
    assert not loaded & LAZY
