"""The page of an audit: every check with its value, its limit and what it is made of."""

from __future__ import annotations

import json

from sigh_batch import __version__
from sigh_batch.audit.check import Audit
from sigh_batch.report.page import render_page
from sigh_batch.store import Store

PAGE_KEY = "report/audit.html"
JSON_KEY = "report/audit.json"


def write_audit(store: Store, audit: Audit) -> str:
    """Put the page and the JSON of an audit into its set; return where the page is."""
    store.put(JSON_KEY, json.dumps(audit.as_json(), indent=1, ensure_ascii=False).encode())
    store.put(PAGE_KEY, render_audit(audit))
    return f"{store.url.rstrip('/')}/{PAGE_KEY}"


def render_audit(audit: Audit) -> bytes:
    """Return the page."""
    return render_page(
        "audit.html",
        styles=["page.css", "gallery.css", "audit.css"],
        scripts=[],
        data={},
        audit=audit,
        name=audit.url.rstrip("/").rpartition("/")[2] or audit.url,
        version=__version__,
    )
