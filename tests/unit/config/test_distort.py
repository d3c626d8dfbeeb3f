from pathlib import Path

import pytest

from sigh_batch.config.distort import DistortConfig
from sigh_batch.config.layers import read_file, read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.degrade.operation import benign, degradations
from sigh_batch.errors import ConfigError
from sigh_batch.forge.hand import CHAINS, SKILLS
from sigh_batch.forge.operation import pixel_forgeries, scene_forgeries

SHIPPED = Path(__file__).parents[3] / "jobs" / "configs"


def test_by_default_everything_that_there_is_is_drawn() -> None:
    config = DistortConfig()
    for weights, known in (
        (config.operations, pixel_forgeries.names()),
        (config.scene_operations, scene_forgeries.names()),
        (config.benign, benign.names()),
        (config.degradations, degradations.names()),
        (config.skills, SKILLS),
        (config.chains, CHAINS),
    ):
        assert set(weights) == set(known)
        assert min(weights.values()) > 0


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*-chat.yaml")), ids=lambda path: path.name)
def test_the_shipped_configurations_are_valid_and_headed_by_their_command(path: Path) -> None:
    resolve([read_file(path)])
    first = path.read_text().splitlines()[0]
    assert first.startswith(f"# sigh {path.name.partition('-')[0]} -c jobs/configs/{path.name} ")


def test_numbers_of_edits_and_steps_are_few() -> None:
    assert DistortConfig(edits=2, steps=[0, 8]).steps == {"0": 1.0, "8": 1.0}  # type: ignore[arg-type]
    for setting in ("edits=0", "edits=9", "steps=many", "edits=[1.5]"):
        with pytest.raises(ConfigError, match="which is no whole number from"):
            resolve([read_sets([f"distort.{setting}"])])
