"""Content credentials (C2PA) of a file: who says that he made it, with what, and whether that still holds.

Reading them needs the extra `c2pa`; without it is known only whether there are any. Nothing is fetched,
neither a manifest that lies elsewhere nor the state of a certificate: no file may make us call somebody.
"""

from __future__ import annotations

import functools
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import util
from typing import Any

_STORE = b"jumdc2pa"
"""How the description of a manifest store begins, in a file of any kind."""
_STATES = {"Trusted": "valid", "Valid": "untrusted", "Invalid": "invalid"}
_MARKED = "signingCredential.untrusted"
"""What is found of every signer that nobody vouches for; the status says so already."""
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]+")
_LONGEST, _MOST = 200, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a file's credentials say."""

    status: str
    """absent, present (not read), valid, untrusted (nobody vouches for the signer), invalid or error."""
    summary: str | None = None
    """Tool, signer, actions and faults in a line."""
    source_type: str | None = None
    """The last word of the first action's digital source type."""


ABSENT = Credentials(status="absent")


def can_read() -> bool:
    """Return whether the library that reads credentials is installed."""
    return util.find_spec("c2pa") is not None


def read_credentials(data: bytes, mime: str | None, anchors: str | None = None) -> Credentials:
    """Return what the credentials in a picture's file say; `anchors` are trusted certificates, as PEM."""
    if _STORE not in data:
        return ABSENT
    if mime is None or not can_read():
        return Credentials(status="present")
    from c2pa import C2paError, Reader

    try:
        with Reader(mime, io.BytesIO(data), context=_context(anchors)) as reader:
            return _told(json.loads(reader.json()))
    except C2paError.ManifestNotFound:
        return ABSENT
    except (C2paError, ValueError) as error:
        return Credentials(status="error", summary=_line(error))


@functools.lru_cache(maxsize=4)
def _context(anchors: str | None) -> Any:
    from c2pa import Context

    settings: dict[str, Any] = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
    if anchors is not None:
        settings["trust"] = {"trust_anchors": anchors}
    return Context.from_dict(settings)


def _told(store: Mapping[str, Any]) -> Credentials:
    """Return what a manifest store says, by its youngest manifest."""
    manifest = store.get("manifests", {}).get(store.get("active_manifest"), {})
    actions = list(_actions(manifest))
    types = [str(action["digitalSourceType"]) for action in actions if action.get("digitalSourceType")]
    faults = [str(fault.get("code")) for fault in store.get("validation_status") or ()]
    parts = (
        ("made with", _tools(manifest)),
        ("signed by", _signer(manifest.get("signature_info") or {})),
        ("actions", [str(action.get("action")).removeprefix("c2pa.") for action in actions]),
        ("faults", [fault for fault in faults if fault != _MARKED]),
    )
    said = [f"{title}: {_line(', '.join(names[:_MOST]))}" for title, names in parts if names]
    return Credentials(
        status=_STATES.get(str(store.get("validation_state")), "error"),
        summary="; ".join(said) or None,
        source_type=_line(re.split(r"[/#:]", types[0])[-1]) if types else None,
    )


def _tools(manifest: Mapping[str, Any]) -> list[str]:
    """Return what says that it made the claim, with versions."""
    told = manifest.get("claim_generator_info") or ()
    named = [f"{one.get('name')} {one.get('version') or ''}".strip() for one in told if one.get("name")]
    older = manifest.get("claim_generator")
    return named or ([str(older)] if older else [])


def _signer(info: Mapping[str, Any]) -> list[str]:
    return [str(info[name]) for name in ("common_name", "issuer", "time") if info.get(name)]


def _actions(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for assertion in manifest.get("assertions") or ():
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            yield from (assertion.get("data") or {}).get("actions") or ()


def _line(value: Any) -> str:
    """Return a value of a file's own as one short line."""
    return _CONTROL.sub(" ", str(value)).strip()[:_LONGEST]
