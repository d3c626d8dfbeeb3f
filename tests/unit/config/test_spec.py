import pytest

from sigh_batch.config.spec import RunSpec
from sigh_batch.errors import ConfigError
from tests.runs import spec_of


def test_a_spec_is_read_as_it_was_written() -> None:
    spec = spec_of("s3://bucket/ds", seed=7)
    assert RunSpec.from_json(spec.to_json()) == spec


def test_a_setting_that_another_version_has_is_named_with_what_helps() -> None:
    text = spec_of("s3://bucket/ds").to_json().replace('"seed":', '"later":1,"seed":', 1)
    with pytest.raises(ConfigError, match=r"settings\.later: Extra inputs .* need one version"):
        RunSpec.from_json(text)
