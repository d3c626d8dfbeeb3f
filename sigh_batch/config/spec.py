"""What a run is asked to do: one value that the command line, a pod and `run.json` agree on."""

from __future__ import annotations

import json

from pydantic import ValidationError

from sigh_batch.config.base import Config
from sigh_batch.config.settings import Settings
from sigh_batch.errors import ConfigError


class RunSpec(Config):
    """A kind of run, where its output goes, and the resolved settings."""

    kind: str
    """generate, and every later kind."""
    out: str
    """URL of the folder or prefix that the run writes."""
    settings: Settings
    """The resolved configuration."""

    def to_json(self) -> str:
        """Return the spec as a line of JSON that `from_json` reads."""
        return json.dumps(self.model_dump(mode="json"), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> RunSpec:
        """Read a spec; raises ConfigError when it is damaged."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise ConfigError(
                f"not a run specification: {error.errors()[0]['msg']} ({text[:80]!r})"
            ) from error
