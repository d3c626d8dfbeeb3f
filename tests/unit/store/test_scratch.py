"""Whose an unfinished file is, and that only a dead run's is removed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from sigh_batch.store import scratch_name
from sigh_batch.store.local import LocalStore
from sigh_batch.store.scratch import STALE_SECONDS, sweep


def name_of_the_dead() -> str:
    """Return the name that a process of this host gave, which is gone."""
    code = "from sigh_batch.store import scratch_name; print(scratch_name())"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def make_old(path: Path) -> None:
    old = time.time() - STALE_SECONDS - 60
    os.utime(path, (old, old))


def test_names_say_host_and_process_and_differ() -> None:
    names = [scratch_name() for _ in range(100)]
    assert len(set(names)) == 100
    host, pid, number = names[0].split("-")
    assert host
    assert int(pid) == os.getpid()
    assert int(number) >= 0
    assert name_of_the_dead().split("-")[0] == host


def test_what_dead_runs_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    dead = name_of_the_dead()
    (tmp_path / dead).write_bytes(b"half")
    (tmp_path / f"{dead}-part-00000").mkdir()
    (tmp_path / f"{dead}-part-00000" / "part.tar").write_bytes(b"half")
    (tmp_path / scratch_name()).write_bytes(b"mine")
    (tmp_path / f"otherhost-{dead.split('-')[1]}-0").write_bytes(b"theirs")
    (tmp_path / "part-00000-x8s7").mkdir()
    (tmp_path / f"{dead.split('-')[0]}-notanumber-0").write_bytes(b"?")
    kept = {path.name for path in tmp_path.iterdir() if not path.name.startswith(dead)}
    assert sweep(tmp_path) == 2
    assert {path.name for path in tmp_path.iterdir()} == kept
    assert len(kept) == 4


def test_what_nobody_touched_for_a_day_is_removed(tmp_path: Path) -> None:
    for name in ("otherhost-1-0", "anything"):
        (tmp_path / name).write_bytes(b"x")
        make_old(tmp_path / name)
    for name in ("old-folder", "live-folder"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "part.tar").write_bytes(b"x")
    make_old(tmp_path / "old-folder/part.tar")
    make_old(tmp_path / "old-folder")
    make_old(tmp_path / "live-folder")  # a folder is as young as what is written in it
    assert sweep(tmp_path) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["live-folder"]


def test_a_link_is_removed_and_not_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious/x").write_bytes(b"x")
    (tmp_path / "scratch" / name_of_the_dead()).symlink_to(tmp_path / "precious")
    assert sweep(tmp_path / "scratch") == 1
    assert (tmp_path / "precious/x").exists()


def test_no_scratch_is_nothing_to_sweep(tmp_path: Path) -> None:
    assert sweep(tmp_path / "none") == 0


def test_opening_to_write_sweeps_and_opening_to_read_does_not(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    left = tmp_path / ".tmp" / name_of_the_dead()
    left.write_bytes(b"half")
    LocalStore(tmp_path, create=False)
    assert left.exists()
    assert store.sweep() == 1
    left.write_bytes(b"half")
    LocalStore(tmp_path)
    assert not left.exists()
