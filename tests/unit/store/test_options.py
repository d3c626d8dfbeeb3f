"""Options that no server can be reached with are refused, in words that hold no secret."""

from __future__ import annotations

import pytest

from sigh_batch.config.settings import StoreConfig
from sigh_batch.errors import ConfigError
from sigh_batch.store import S3Options
from sigh_batch.store.options import check_options


def test_the_configuration_has_the_same_options_and_defaults() -> None:
    config, options = StoreConfig(), S3Options()
    check_options(config)
    for name in S3Options.__dataclass_fields__:
        assert getattr(config, name) == getattr(options, name), name


@pytest.mark.parametrize("endpoint", ["localhost:9000", "ftp://host", "http://", "/path", ""])
def test_an_endpoint_is_a_url(endpoint: str) -> None:
    with pytest.raises(ConfigError, match=r"not an endpoint.*use a URL like"):
        check_options(S3Options(endpoint=endpoint))


def test_an_endpoint_holds_no_credentials() -> None:
    with pytest.raises(ConfigError, match=r"the endpoint of s3.example.org holds credentials") as caught:
        check_options(S3Options(endpoint="https://key:hush@s3.example.org"))
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("size", [0, 4, 5121])
def test_the_size_of_a_part_is_what_s3_takes(size: int) -> None:
    with pytest.raises(ConfigError, match=f"a part of {size} MiB"):
        check_options(S3Options(part_mib=size))


def test_good_options() -> None:
    check_options(S3Options(endpoint="http://127.0.0.1:9000", part_mib=5))
    check_options(S3Options(endpoint="https://[::1]:9000/path", part_mib=5120))
