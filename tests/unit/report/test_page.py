"""A page loads nothing, runs nothing but its own script, and holds any string harmlessly."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.report.page import format_bytes, format_count, inert_json, render_page

HOSTILE = (
    "</script><script>document.title='broken'</script>",
    "<!-- <script> ]]>",
    "\"'`${}&amp;&lt;",
    "\u202eevil\u2066\u2028\u2029\ufeff",
    "<img src=x onerror=document.title='broken'>",
)


class Elements(HTMLParser):
    """Collects the tags of a page with their attributes and the text right inside them."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._inside = ""
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self._inside, data))


def make_page(data: object) -> bytes:
    return render_page("page.html", styles=["page.css"], scripts=["overlay.js"], data=data)


@given(st.recursive(st.text() | st.integers() | st.none(), lambda inner: st.lists(inner), max_leaves=8))
def test_inert_json_says_the_same_and_cannot_end_a_script(value: object) -> None:
    text = inert_json(value)
    assert json.loads(text) == value
    assert not set(text) & set("<>&\u2028\u2029")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_data_stays_inside_its_element(hostile: str) -> None:
    page = make_page({"name": hostile})
    found = Elements(page)
    scripts = [attributes for tag, attributes in found.tags if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "data"}, {}]
    (data,) = re.findall(rb'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert json.loads(data) == {"name": hostile}


def test_the_policy_allows_this_style_this_script_and_nothing_else() -> None:
    page = make_page({}).decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    rules = dict(rule.split(" ", 1) for rule in policy.replace("&#39;", "'").split("; "))
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.S)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.S)

    def hashed(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    assert rules == {
        "default-src": "'none'",
        "style-src": hashed(style),
        "script-src": hashed(script),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert len(style) > 1000
    assert len(script) > 1000


def test_a_lone_surrogate_becomes_a_question_mark_and_no_crash() -> None:
    assert b'{"name":"a?b"}' in make_page({"name": "a\ud800b"})


@pytest.mark.parametrize(
    ("size", "said"),
    [
        *((0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_449_999, "1.4 MB")),
        *((999_960, "1.0 MB"), (42_130_000, "42.1 MB"), (3 * 10**12, "3.0 TB"), (9 * 10**18, "9000.0 PB")),
    ],
)
def test_sizes_as_people_read_them(size: int, said: str) -> None:
    assert format_bytes(size) == said


def test_thousands_are_set_apart() -> None:
    assert (format_count(999), format_count(1_234_567)) == ("999", "1,234,567")
