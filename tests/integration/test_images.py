"""The Dockerfiles, as far as they can be read; building them is `make images`."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["Dockerfile.cpu", "Dockerfile.gpu"])
def test_an_image_runs_as_a_numbered_user_by_an_exec_form_and_names_no_host(name: str) -> None:
    text = (ROOT / name).read_text()
    final = text.rsplit("\nFROM ", 2 if name.endswith("cpu") else 1)[1 if name.endswith("gpu") else 0]
    assert re.search(r"^USER \d+:\d+$", final, re.MULTILINE)
    assert re.search(r'^ENTRYPOINT \["sigh"\]$', final, re.MULTILINE)
    assert "HEALTHCHECK NONE" in final
    assert re.findall(r"^ARG (?:BASE|PACKAGE_INDEX|TORCH_INDEX)=(.*)$", text, re.MULTILINE) == [
        "debian:bookworm-slim",
        "",
        "",
    ]


def test_the_context_holds_nothing_but_what_is_copied() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        word
        for name in ("Dockerfile.cpu", "Dockerfile.gpu")
        for line in re.findall(r"^COPY (?!--from)(.+)$", (ROOT / name).read_text(), re.MULTILINE)
        for word in line.split()[:-1]
    }
    assert copied == allowed
    assert all((ROOT / name).exists() for name in allowed)
