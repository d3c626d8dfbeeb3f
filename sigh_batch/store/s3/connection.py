"""Who we are and where the server is, and the clients that follow from it.

Identity, region and endpoint are found by botocore, so everything that works for the AWS command
line works here: environment, profiles, web identity, container and instance roles. obstore gets
its credentials from the same session, renewed when they are about to end.

Payloads are signed over plain HTTP and left unsigned over TLS, which protects them already, and on
loopback, where nobody is in between; hashing them would be most of the work of sending them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.utils import parse_timestamp
from obstore.auth.boto3 import Boto3CredentialProvider
from obstore.store import S3Store as Client

from sigh_batch.errors import ConfigError, Denied
from sigh_batch.store.options import StoreOptions

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

_CONNECT = timedelta(seconds=5)
# For one request: at 16 MiB a part and two at once, this asks for 4.5 Mbit/s.
_ANSWER = timedelta(seconds=60)
_WHOLE = timedelta(minutes=15)
# obstore asks again when less than five minutes are left, and botocore renews at ten: asked once a
# minute, it never signs with credentials that are about to end.
_IDENTITY = timedelta(minutes=6)


class Connection:
    """The clients of one bucket: `admin` is boto3's, `once` and `parts` are obstore's.

    All try once, but `parts` repeats the parts of an upload.
    """

    def __init__(self, bucket: str, options: StoreOptions) -> None:
        self._bucket = bucket
        self._options = options
        self._core = botocore.session.Session(profile=options.profile)
        factory = self._core.get_component("response_parser_factory")
        factory.set_parser_defaults(timestamp_parser=_time)
        self._session = boto3.Session(botocore_session=self._core, region_name=options.region)
        if self._session.get_credentials() is None:
            raise Denied(
                f"found no credentials for s3://{bucket}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                "or AWS_PROFILE, or give the pod or machine a role"
            )
        self.admin = self.administration(tries=1)
        self.endpoint: str = self.admin.meta.endpoint_url
        self.once = self._mover({"max_retries": 0})
        self.parts = self._mover({"max_retries": 4, "retry_timeout": _ANSWER})

    def administration(self, tries: int) -> Any:
        """Return a client of boto3 that makes a request so many times."""
        config = Config(
            connect_timeout=_CONNECT.total_seconds(),
            read_timeout=_ANSWER.total_seconds(),
            retries={"total_max_attempts": tries, "mode": "standard"},
            s3={"addressing_style": "path" if self._options.path_style else "virtual"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return self._session.client("s3", endpoint_url=self._options.endpoint, config=config)

    def _mover(self, retry: RetryConfig) -> Client:
        """Return a client of obstore; what it would else read from the environment is set here."""
        parts = urlsplit(self.endpoint)
        client: ClientConfig = {
            "allow_http": parts.scheme == "http",
            "connect_timeout": _CONNECT,
            "read_timeout": _ANSWER,
            "timeout": _WHOLE,
        }
        authorities = self._core.get_config_variable("ca_bundle")
        if authorities:
            client["root_certificate"] = _read_authorities(Path(authorities))
        host = parts.netloc if self._options.path_style else f"{self._bucket}.{parts.netloc}"
        endpoint = urlunsplit(parts._replace(netloc=host))
        region = self.admin.meta.region_name
        config: S3Config = {
            "region": "us-east-1" if region in (None, "aws-global") else region,
            "endpoint": endpoint,
            "aws_endpoint_url_s3": endpoint,
            "virtual_hosted_style_request": not self._options.path_style,
            "unsigned_payload": parts.scheme == "https" or _is_loopback(parts.hostname or ""),
            "skip_signature": False,
            "disable_bulk_delete": True,
        }
        return Client(
            self._bucket,
            config=config,
            client_options=client,
            retry_config=retry,
            credential_provider=Boto3CredentialProvider(self._session, ttl=_IDENTITY),
        )


def _time(value: Any) -> Any:
    """Read a time as botocore does; the form that listings have is read thirty times faster."""
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return parse_timestamp(value)


def _read_authorities(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"cannot read the certificates {path} ({error.strerror}); correct AWS_CA_BUNDLE or ca_bundle"
        ) from error


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")
