"""A real Chromium without a network, for tests of pages; whatever a page complains of fails the test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def started_browser(*words: str) -> Iterator[Browser]:
    """Start the machine's Chromium, with more words on its command line."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    assert path, f"no Chromium on this machine (looked for {', '.join(NAMES)}); make test-browser installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *words])
        yield browser
        browser.close()


@contextmanager
def opened_page(browser: Browser, path: Path, fragment: str = "", **context: Any) -> Iterator[Page]:
    """Open a file; at the end its page must have complained of nothing and asked for nothing."""
    with browser.new_context(offline=True, **context) as opened:
        page = opened.new_page()
        problems: list[str] = []
        page.on("console", lambda message: problems.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: _note(request.url, path, problems))
        page.goto(path.as_uri() + fragment)
        yield page
        assert not problems


def _note(url: str, path: Path, problems: list[str]) -> None:
    if not url.startswith("data:") and url.partition("#")[0] != path.as_uri():
        problems.append(f"request: {url}")
