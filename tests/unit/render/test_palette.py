import itertools

import pytest

from sigh_batch.render.colors import contrast
from sigh_batch.render.palette import DARK_FLOOR, LIGHT_FLOOR, draw_palette
from sigh_batch.render.skins import skins
from sigh_batch.rng import for_sample


@pytest.mark.parametrize("dark", [False, True])
def test_every_drawn_palette_can_be_read(dark: bool) -> None:
    for index in range(400):
        draws = for_sample(1, "t", index)
        palette = draw_palette(draws, dark, colored_bar=index % 3 == 0)
        floor = DARK_FLOOR if dark else LIGHT_FLOOR
        assert contrast(palette.text, palette.ground) >= 7
        assert contrast(palette.soft, palette.ground) >= floor
        assert contrast(palette.bar_text, palette.bar) >= 4.5
        assert contrast(palette.bar_soft, palette.bar) >= floor
        assert contrast(palette.hint, palette.field) >= floor
        assert contrast(palette.accent, palette.ground) >= floor
        for step in range(12):
            assert contrast(palette.name(step / 12, palette.ground), palette.ground) >= floor
        assert (sum(palette.ground) < 300) == dark


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", ["bubbles", "sms"])
def test_text_in_bubbles_can_be_read(name: str, dark: bool) -> None:
    skin = skins.get(name)
    for index in range(300):
        look = skin.design(for_sample(2, "t", index), dark, skin.forms[index % len(skin.forms)], False)
        assert contrast(look.theirs_text, look.theirs) >= 4.5
        assert contrast(look.mine_text, look.mine) >= 4.2
        for ground in (look.theirs, look.mine):
            assert contrast(look.palette.secondary(ground), ground) >= look.palette.floor
        colors = (look.palette.ground, look.theirs, look.mine)
        for one, two in itertools.combinations(colors, 2):
            assert max(abs(a - b) for a, b in zip(one, two, strict=True)) >= 10


def test_looks_vary() -> None:
    looks = [
        skins.get("server").design(for_sample(3, "t", index), True, "desktop", False) for index in range(50)
    ]
    assert len({look.palette.ground for look in looks}) > 40
    assert len({look.palette.accent for look in looks}) > 40
