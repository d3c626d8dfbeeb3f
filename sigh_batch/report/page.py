"""One HTML file that needs nothing else: styles, script and data inline, everything else forbidden.

The content security policy names the hashes of the page's own style and script and allows pictures
from the page alone, so whatever a string of the data says, nothing is loaded, run or sent.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

_SAFE = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def render_page(
    template: str,
    *,
    styles: Sequence[str],
    scripts: Sequence[str],
    data: Any,
    images: str = "data:",
    **context: Any,
) -> bytes:
    """Return the page that a template of this package makes.

    `styles` and `scripts` are files beside the template, joined in order; the script may rely on
    one element of id `data` that holds `data` as JSON. `images` says where pictures may come from, in the
    words of the policy. Everything in `context` is escaped.
    """
    style = "\n".join(_source(name) for name in styles)
    script = '(() => {\n"use strict";\n' + "\n".join(_source(name) for name in scripts) + "})();\n"
    page = _environment().get_template(template)
    text = page.render(
        context,
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        f"img-src {images}; base-uri 'none'; form-action 'none'",
        style=Markup(style),  # noqa: S704 -- the package's own file
        script=Markup(script),  # noqa: S704 -- the package's own file
        data=Markup(inert_json(data)),  # noqa: S704 -- made inert
    )
    return text.encode("utf-8", "replace")


def inert_json(value: Any) -> str:
    """Return JSON in which nothing can end a script element or start markup, whatever its strings hold."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_SAFE)


def format_bytes(size: int) -> str:
    """Return a size as people read it: 1.4 MB."""
    if size < 1000:
        return f"{size} B"
    amount = float(size)
    for unit in ("kB", "MB", "GB", "TB", "PB"):
        amount /= 1000
        if amount < 999.95 or unit == "PB":
            break
    return f"{amount:.1f} {unit}"


def format_count(count: int) -> str:
    """Return a number with its thousands set apart."""
    return f"{count:,}"


def format_number(value: float | None) -> str:
    """Return a number with as many digits as people compare; none where there is none."""
    if value is None:
        return "none"
    return format_count(int(value)) if float(value).is_integer() and abs(value) > 1 else f"{value:.4g}"


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sigh_batch.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["bytes"] = format_bytes
    environment.filters["count"] = format_count
    environment.filters["metric"] = format_number
    environment.filters["last_part"] = lambda path: path.rpartition("/")[2]
    return environment


@functools.cache
def _source(name: str) -> str:
    """Return a style or script of this package."""
    environment = _environment()
    assert environment.loader
    return environment.loader.get_source(environment, name)[0]


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
