"""README and docs are run: each file's `sh` blocks in order, in a folder of their own.

The word after `sh` says how: nothing is to succeed, `fails` is to fail, `s3` needs a real server,
`make` is run by those who check the whole repository. Counts are made smaller, and nothing else.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import Server

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```sh *(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)\)")
COUNT = 16


def blocks(path: Path) -> list[tuple[str, str]]:
    return [(match[1], match[2]) for match in BLOCK.finditer(path.read_text())]


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
RUN = [page for page in PAGES if any(how in ("", "fails") for how, _ in blocks(page))]


def run(text: str, folder: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    smaller = re.sub(r"--count \d+", f"--count {COUNT}", text)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euc", smaller],
        cwd=folder,
        env=dict(os.environ) | {"PATH": path} | extra,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_commands_do_what_the_page_says(page: Path, tmp_path: Path) -> None:
    for how, text in blocks(page):
        if how in ("", "fails"):
            done = run(text, tmp_path)
            assert (done.returncode != 0) == (how == "fails"), f"{text}\n{done.stdout}\n{done.stderr}"


@pytest.mark.s3
def test_commands_on_a_bucket_do_what_the_readme_says(real_server: Server, tmp_path: Path) -> None:
    real_server.client.create_bucket(Bucket="bucket")
    keys = real_server.environ()
    texts = [text for how, text in blocks(ROOT / "README.md") if how == "s3"]
    assert texts
    for text in texts:
        filled = re.sub(r"(AWS_\w+)=\.\.\.", lambda match: f"{match[1]}={keys[match[1]]}", text)
        done = run(filled, tmp_path, AWS_REGION=keys["AWS_REGION"])
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"


def test_make_targets_named_in_the_docs_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = {
        target
        for page in PAGES
        for how, text in blocks(page)
        if how == "make"
        for target in re.findall(r"^make ([\w-]+)", text, re.MULTILINE)
    }
    assert named >= {"demo", "test"}
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_links_lead_somewhere() -> None:
    pages = [*PAGES, *sorted((ROOT / "docs").glob("*/*.md")), ROOT / "CONTRIBUTING.md"]
    assert len(pages) > 8
    for page in pages:
        for link in LINK.findall(page.read_text()):
            assert (page.parent / link).exists(), f"{page.name} links to {link}"
