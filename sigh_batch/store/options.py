"""How S3-compatible storage is reached. Identity is not in here: it comes from the environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from sigh_batch.errors import ConfigError


class StoreOptions(Protocol):
    """What `open_store` reads; `S3Options` has it, and so has the store section of a configuration."""

    @property
    def endpoint(self) -> str | None:
        """URL of the server; None takes it from AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL or the profile."""

    @property
    def region(self) -> str | None:
        """Region of the bucket; None takes it from the environment or the profile."""

    @property
    def profile(self) -> str | None:
        """Name of an AWS profile; None takes it from AWS_PROFILE."""

    @property
    def path_style(self) -> bool:
        """Whether the bucket's name is in the path, and not in the host's name."""

    @property
    def part_mib(self) -> int:
        """Size of an upload's parts; an upload holds two of them in memory."""

    @property
    def retry_seconds(self) -> float:
        """How long an operation that fails for a passing reason is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Options:
    """The options with their defaults."""

    endpoint: str | None = None
    region: str | None = None
    profile: str | None = None
    path_style: bool = True
    part_mib: int = 16
    retry_seconds: float = 60.0


def check_options(options: StoreOptions) -> None:
    """Raise ConfigError for an option that no server can be reached with."""
    if options.endpoint is not None:
        parts = urlsplit(options.endpoint)
        if parts.username or parts.password:
            raise ConfigError(
                f"the endpoint of {parts.hostname} holds credentials; leave them out of it and set "
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            )
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError(
                f"not an endpoint: {options.endpoint!r}; use a URL like 'https://s3.example.org:9000'"
            )
    if not 5 <= options.part_mib <= 5120:
        raise ConfigError(f"a part of {options.part_mib} MiB is not possible; S3 takes 5 to 5120 MiB")
