"""From what a user writes to a store: a plain path, file://, s3:// or memory://."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.store.local import LocalStore
from sigh_batch.store.options import S3Options, StoreOptions
from sigh_batch.store.protocol import Store

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")


def open_store(url: str | Path, options: StoreOptions | None = None, *, create: bool = True) -> Store:
    """Open the store that a path or url names, and make sure that it answers.

    With `create` a local folder is made where there is none; give False to read one. Raises
    ConfigError, Denied or Unreachable.
    """
    text = str(url)
    if not text.strip():
        raise ConfigError("an empty store url; name a folder, or a bucket as in 's3://bucket/prefix'")
    scheme = _SCHEME.match(text)
    if isinstance(url, Path) or not scheme:
        _refuse_half_url(text)
        return LocalStore(Path(text).expanduser(), create)
    name = scheme[1].lower()
    if name not in _OPENERS:
        raise UnknownName("store scheme", name, _OPENERS, "a plain path is a folder")
    return _OPENERS[name](text, options or S3Options(), create)


def absolute_url(url: str) -> str:
    """Return a url that names the same place from every working folder; only plain paths change."""
    return url if _SCHEME.match(url) else str(Path(url).expanduser().absolute())


def _refuse_half_url(text: str) -> None:
    """A folder called "s3:" is hardly ever meant."""
    scheme, colon, rest = text.partition(":")
    if colon and scheme.lower() in _OPENERS:
        raise ConfigError(f"not a store url: {text!r}; did you mean '{scheme.lower()}://{rest.lstrip('/')}'?")


def _open_file(url: str, options: StoreOptions, create: bool) -> Store:
    del options
    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost") or not parts.path.strip("/"):
        raise ConfigError(f"not a file url: {url!r}; use three slashes, as in 'file:///data/set'")
    return LocalStore(unquote(url.partition("://")[2].removeprefix("localhost")), create)


def _open_memory(url: str, options: StoreOptions, create: bool) -> Store:
    del options, create
    from sigh_batch.store.memory import shared

    return shared(url.partition("://")[2])


def _open_s3(url: str, options: StoreOptions, create: bool) -> Store:
    del create
    from sigh_batch.store.retrying import Retrying
    from sigh_batch.store.s3 import S3Store

    store = S3Store(url, options)
    store.check()
    return Retrying(store, seconds=options.retry_seconds)


_OPENERS: dict[str, Callable[[str, StoreOptions, bool], Store]] = {
    "file": _open_file,
    "memory": _open_memory,
    "s3": _open_s3,
}
