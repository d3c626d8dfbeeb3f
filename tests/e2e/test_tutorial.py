"""The commands of docs/kubernetes.md, from a cluster on this machine to a report, as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.kind import CLUSTER, Kind, at_home, program, remove, run
from tests.servers import ROOT

TITLE = "## On this machine, with kind\n"
MAKE = re.compile(r"^make [a-z -]+", re.MULTILINE)


def commands() -> str:
    """Return the commands of that part of the page, one after the other."""
    part = (ROOT / "docs" / "kubernetes.md").read_text().split(TITLE)[1].split("\n## ")[0]
    return "\n".join(re.findall(r"^```sh cluster\n(.*?)^```$", part, re.MULTILINE | re.DOTALL))


def test_the_commands_of_the_page_lead_to_a_report(tmp_path: Path) -> None:
    *starts, end = MAKE.findall(commands())
    assert [word for line in starts for word in line.split()[1:]] == ["kind-up", "kind-load", "kind-test"]
    assert end.split() == ["make", "kind-down"], "the cluster is still needed, and stays"
    # Between two lines that are typed there is a moment, in which a port is forwarded.
    text = commands().replace(end, ": ").replace("7070 &\n", "7070 &\nsleep 3\n")
    text = MAKE.sub(lambda found: f"make -C {ROOT} {found[0].removeprefix('make ')}", text)
    (tmp_path / "scripts").symlink_to(ROOT / "scripts")
    user = Kind(tmp_path, "sigh")
    (tmp_path / "kubeconfig").write_text(run([program("kind"), "get", "kubeconfig", "--name", CLUSTER]))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    try:
        done = subprocess.run(
            ["bash", "-euc", f"shopt -s expand_aliases\ntrap 'kill $(jobs -p)' EXIT\n{text}"],
            cwd=tmp_path,
            env=at_home(user.whole_environ) | {"PATH": path},
            capture_output=True,
            text=True,
            timeout=1500,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        page = tmp_path / "report" / "index.html"
        assert page.read_text().lower().startswith("<!doctype html>")
    finally:
        remove(user, "--wait=false")
