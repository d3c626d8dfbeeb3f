import jsonschema
import pytest
import yaml

from sigh_batch.config.document import json_schema, starter_file
from sigh_batch.config.settings import Settings


def test_the_starter_file_uncommented_is_the_defaults() -> None:
    lines = [line for line in starter_file().splitlines() if not line.startswith("##")]
    values = yaml.safe_load("\n".join(line.removeprefix("#") for line in lines))
    assert Settings.model_validate(values) == Settings()
    assert yaml.safe_load(starter_file()) is None


def test_the_schema_accepts_what_the_loader_accepts() -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    validator.check_schema(json_schema())
    validator.validate({"seed": 3, "generate": {"skins": ["sms"], "themes": "dark", "locales": {"en-US": 2}}})
    for wrong in ({"sede": 3}, {"generate": {"skinz": {}}}, {"count": "many"}):
        with pytest.raises(jsonschema.ValidationError):
            validator.validate(wrong)


def test_every_setting_is_described() -> None:
    schema = json_schema()
    for name, model in [("Settings", schema), *schema["$defs"].items()]:
        for key, field in model["properties"].items():
            assert field.get("description"), f"{name}.{key} has no description"
