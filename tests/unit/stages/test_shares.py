import pytest

from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.rng import for_sample
from sigh_batch.stages.shares import check_names, divided, held_families, held_out, pick

FAMILIES = {"train": (("A", "B"), (1.0, 2.0)), "validation": (("C",), (1.0,)), "test": (("D",), (0.5,))}


def test_names_are_picked_by_their_weights() -> None:
    draws = for_sample(1, "pick", 0)
    found = [pick(draws, {"a": 3, "b": 1, "c": 0}) for _ in range(400)]
    assert found.count("c") == 0
    assert 260 <= found.count("a") <= 340


def test_what_is_held_out_is_drawn_in_the_test_alone() -> None:
    shares = held_out("skin", {"sms": 1.0, "server": 2.0}, ["sms"], "hold_out.skins")
    assert shares["train"] == shares["validation"] == {"server": 2.0}
    assert shares["test"] == {"sms": 1.0, "server": 2.0}


def test_a_font_that_is_held_out_moves_to_the_test_with_its_weight() -> None:
    held = held_families(FAMILIES, ["B"], "hold_out.fonts")
    assert held == {**FAMILIES, "train": (("A",), (1.0,)), "test": (("D", "B"), (0.5, 2.0))}
    assert held_families(FAMILIES, ["D"], "hold_out.fonts") == FAMILIES


@pytest.mark.parametrize(
    ("work", "kind", "told"),
    [
        (
            lambda: check_names("skin", ["smss"], ["sms"]),
            UnknownName,
            "unknown skin 'smss'; did you mean 'sms'",
        ),
        (lambda: held_out("skin", {"sms": 1.0}, ["sm"], "s"), UnknownName, "did you mean 'sms'"),
        (
            lambda: held_out("skin", {"sms": 0.0, "b": 1.0}, ["sms"], "s"),
            ConfigError,
            "'sms', which is never",
        ),
        (
            lambda: divided("skin", {"sms": 1.0, "b": 0.0}, ["sms"], "s"),
            ConfigError,
            "every skin that is drawn",
        ),
        (lambda: held_families(FAMILIES, ["C"], "s"), ConfigError, "no font family to the split validation"),
    ],
)
def test_settings_that_leave_nothing_to_draw_are_refused(work, kind: type[Exception], told: str) -> None:
    with pytest.raises(kind, match=told):
        work()
