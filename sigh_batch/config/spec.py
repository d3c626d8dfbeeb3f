"""What a run is asked to do: one value that the command line, a pod and `run.json` agree on."""

from __future__ import annotations

import json
import shlex
from typing import Any

from pydantic import ValidationError

from sigh_batch import __version__
from sigh_batch.config.base import Config
from sigh_batch.config.resolve import leaves
from sigh_batch.config.settings import Settings
from sigh_batch.errors import ConfigError

HOW = {"run", "store", "kubernetes"}
"""Sections that say how and where a run is carried out, and decide none of its bytes."""
WHOLE = {"train", "tune", "evaluate"}
"""Kinds that read their data as a whole, and have one result."""
FLAGS = {("seed",), ("count",), ("shards",)}
"""Settings with an option of their own."""


class RunSpec(Config):
    """A kind of run, where its output goes, and the resolved settings."""

    kind: str
    """generate, and every later kind."""
    source: str | None = None
    """URL of what the run reads, for kinds that read something."""
    out: str
    """URL of the folder or prefix that the run writes."""
    settings: Settings
    """The resolved configuration."""
    found: dict[str, Any] | None = None
    """What decides what the run reads, where whoever began it has looked; null where every worker looks."""

    def to_json(self) -> str:
        """Return the spec as a line of JSON that `from_json` reads."""
        return json.dumps(self.model_dump(mode="json"), separators=(",", ":"))

    def to_command(self) -> str:
        """Return the command line that makes this run again, with every setting that is not a default."""
        option = "--data" if self.kind in WHOLE else "--in"
        words = ["sigh", self.kind, *((option, self.source) if self.source else ()), "--out", self.out]
        defaults = dict(leaves(Settings().model_dump(mode="json", exclude=HOW)))
        for path, value in leaves(self.settings.model_dump(mode="json", exclude=HOW)):
            if defaults.get(path) == value:
                continue
            text = json.dumps(value, ensure_ascii=False)
            words += [f"--{path[0]}", text] if path in FLAGS else ["--set", f"{'.'.join(path)}={text}"]
        return shlex.join(words)

    @classmethod
    def from_json(cls, text: str) -> RunSpec:
        """Read a spec; raises ConfigError when it is damaged."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(map(str, fault["loc"])) or "all of it"
            raise ConfigError(
                f"not a run specification of sigh {__version__}: {where}: {fault['msg']} "
                f"({text[:80]!r}); who sends a run and who carries it out, such as an image, need one version"
            ) from error
