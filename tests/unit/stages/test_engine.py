import pytest

from sigh_batch.config.layers import read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.render import pillow_painter
from sigh_batch.stages.engine import engine_of


def engine(kind: str, *sets: str) -> dict[str, str]:
    return engine_of(kind, resolve([read_sets(list(sets))]).settings)


def test_the_painter_that_draws_decides_bytes() -> None:
    skia, pillow = engine("generate"), engine("generate", "generate.painter=pillow")
    assert {"skia-python", "fonts", "uharfbuzz"} <= set(skia)
    assert "Pillow" not in skia
    assert "raqm" not in skia
    assert {"Pillow", "raqm"} <= set(pillow)
    assert "absent" not in {*skia.values(), *pillow.values()}


def test_pillow_without_raqm_is_another_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    before = engine("generate", "generate.painter=pillow")
    monkeypatch.setattr(pillow_painter, "_SHAPED", False)
    after = engine("generate", "generate.painter=pillow")
    assert {name for name in before if before[name] != after[name]} == {"raqm"}
    assert after["raqm"] == "absent"
