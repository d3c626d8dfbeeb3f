"""Setting up: every version is pinned for every Python, and the Makefile tells what it can do."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.source import PACKAGE, ROOT, modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PIN = re.compile(r"(?P<name>[a-z0-9.-]+)==(?P<version>[\w.+!]+)(?: ; (?P<marker>.+))?")
GROUPS: dict[str, list[str]] = PROJECT["dependency-groups"]
ELSEWHERE = (
    ROOT / "bench" / "rivals" / "elsewhere"
)  # It runs in the peers' environments, with what they hold.


BROUGHT = ("mlflow", "trackio", "wandb")
"""Libraries of services: who uses one has it, and a training goes on without."""
TINY = ("tiny_stage", "tiny_detector")
"""What stands beside the package in tests."""


def names_of(*lists: Iterable[str]) -> set[str]:
    """Return the names that these requirements ask for, as registries write them."""
    return {canonicalize_name(Requirement(line).name) for lines in lists for line in lines}


def test_every_line_of_the_constraints_is_one_exact_version_and_no_address() -> None:
    assert len(PINS) >= 90
    assert not [line for line in PINS if not PIN.fullmatch(line)]


def test_every_dependency_is_pinned() -> None:
    asked = names_of(
        PROJECT["project"]["dependencies"], PROJECT["build-system"]["requires"], *GROUPS.values()
    )
    assert len(asked) >= 25
    assert asked <= names_of(PINS)


@pytest.mark.parametrize(
    ("folders", "groups"),
    [((PACKAGE, "jobs"), ()), (("bench", "tests"), ("test",)), (("scripts",), tuple(GROUPS))],
)
def test_everything_imported_is_asked_for(folders: tuple[str, ...], groups: tuple[str, ...]) -> None:
    extras = PROJECT["project"]["optional-dependencies"].values()
    asked = names_of(PROJECT["project"]["dependencies"], *extras, *(GROUPS[name] for name in groups))
    inside = {*sys.stdlib_module_names, *BROUGHT, PACKAGE, "tests", "scripts", "bench", *TINY}
    homes = metadata.packages_distributions()
    found = {
        item.target.partition(".")[0]
        for module in modules(*folders)
        if module.path.parent != ELSEWHERE
        for item in module.imports
    } - inside
    assert found
    assert not [name for name in sorted(found) if not names_of(homes.get(name, [name])) & asked]


def test_every_python_gets_the_same_versions() -> None:
    # Versions decide bytes: a set begun on one machine must go on on another.
    names = [line.partition("==")[0] for line in PINS]
    assert len(names) == len(set(names))
    # What only a Python that is not there yet lacks, or only a browser's has, splits no version.
    ours = [line for line in PINS if "emscripten" not in line]
    assert not [line for line in ours if re.search(r"python_(full_)?version (?!< )", line)]


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {name for line in re.findall(r"^\.PHONY: (.+)$", makefile, re.M) for name in line.split()}
    assert {"demo", "test", "lint", "types", "verify", "test-s3"} <= targets
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make ([a-z0-9-]+) +\S", listed, re.M)) == targets


def test_setup_refuses_an_old_python_in_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && exec echo Python 3.9.2\nexit 1\n')
    old.chmod(0o755)
    (tmp_path / "repo" / "scripts").mkdir(parents=True)
    for name in ("scripts/setup", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / "repo" / name)
    environ = {"PATH": "/usr/bin:/bin", "PYTHON": str(old), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    ended = subprocess.run(
        [tmp_path / "repo/scripts/setup", "run"], env=environ, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr == (
        f"setup: Python 3.11 or newer is needed, and {old} is Python 3.9.2; install a newer one "
        "(Ubuntu 22.04: sudo apt-get install python3.11), or name one: make PYTHON=/path/to/python3\n"
    )
    assert not (tmp_path / "repo/.venv").exists()
