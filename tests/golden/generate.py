"""The expected bytes of `generate`; `make golden` writes them again after a change that is meant."""

import json
import tempfile
from pathlib import Path
from typing import Any

from sigh_batch.data.loader import open_dataset
from sigh_batch.runners import local
from tests.runs import spec_of

GOLDEN = Path(__file__).with_suffix(".json")
COUNT = 24


def make(out: Path) -> None:
    """Make the set whose bytes are kept."""
    local.run(spec_of(out, count=COUNT, shards=4, seed=5, run__workers=2))


def describe(out: Path) -> dict[str, Any]:
    """Return the engine and the hash of every picture of a set."""
    dataset = open_dataset(str(out))
    ids, hashes = (dataset.column(name).to_pylist() for name in ("id", "sha256"))
    engine = json.loads((out / "run.json").read_text())["engine"]
    return {"engine": engine, "sha256": dict(zip(ids, hashes, strict=True))}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder, "ds"))
        GOLDEN.write_text(json.dumps(describe(Path(folder, "ds")), indent=2) + "\n")
