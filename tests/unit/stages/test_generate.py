import hashlib
import io
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sigh_batch.config.layers import read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.data.sample import Sample
from sigh_batch.errors import ConfigError, MissingGlyph, UnknownName
from sigh_batch.scene.locale import locale_names
from sigh_batch.stages import stages
from sigh_batch.stages.generate import Generate

SMALL = (
    "phone.width={min: 320, max: 360}",
    "phone.height={min: 400, max: 520}",
    "desktop.width={min: 420, max: 560}",
    "desktop.height={min: 320, max: 420}",
)


def stage(*sets: str, seed: int = 3) -> Generate:
    """Return the stage with small windows and these settings of generate."""
    assignments = [f"generate.{entry}" for entry in (*SMALL, *sets)]
    return Generate(resolve([read_sets([f"seed={seed}", *assignments])]).settings)


def pixels(sample: Sample) -> np.ndarray:
    image = Image.open(io.BytesIO(sample.image))
    assert image.mode == "RGB"
    return np.asarray(image)


def digest(samples: list[Sample]) -> str:
    told = hashlib.sha256()
    for sample in samples:
        told.update(
            sample.image
            + sample.mask
            + repr((sample.elements, sample.drawn, sample.id, sample.split)).encode()
        )
    return told.hexdigest()


def test_a_sample_is_what_it_says() -> None:
    made = stage()
    for index in range(12):
        sample = made.make(index)
        assert pixels(sample).shape == (sample.height, sample.width, 3)
        assert len(np.unique(pixels(sample).reshape(-1, 3), axis=0)) > 20
        mask = Image.open(io.BytesIO(sample.mask))
        assert (mask.mode, mask.size) == ("1", (sample.width, sample.height))
        assert not np.asarray(mask).any()
        assert (sample.index, sample.seed, sample.stage, sample.label, sample.format) == (
            index,
            3,
            "generate",
            0,
            "png",
        )
        assert sample.id == sample.pair == sample.group == made.id_of(index)
        assert sample.id.startswith(f"{index:08d}-")
        assert len(sample.id) == 17
        assert sample.encodes == ({"codec": "png", "width": sample.width, "height": sample.height},)
        assert {"message", "text", "word", "header", "input"} <= {element.kind for element in sample.elements}
        json.dumps(sample.drawn)


def test_bytes_depend_on_seed_and_index_alone() -> None:
    made = stage()
    forwards = [made.make(index) for index in range(6)]
    assert digest([made.make(index) for index in reversed(range(6))][::-1]) == digest(forwards)
    assert digest([stage().make(index) for index in range(6)]) == digest(forwards)
    other = stage(seed=4)
    assert all(other.make(index).image != forwards[index].image for index in range(6))
    assert other.id_of(0) != made.id_of(0)


def test_another_process_makes_the_same_bytes() -> None:
    script = (
        "from tests.unit.stages.test_generate import stage, digest;"
        "made = stage(); print(digest([made.make(index) for index in (5, 2, 40)]))"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    made = stage()
    assert told.strip() == digest([made.make(index) for index in (5, 2, 40)])


@pytest.mark.parametrize("code", locale_names())
def test_every_locale_is_drawn_in_every_skin_and_split(code: str) -> None:
    made = stage(
        f"locales={code}", "skins=[server, bubbles, sms]", "splits={train: 1, validation: 1, test: 1}"
    )
    seen = {(sample.skin, sample.split) for index in range(30) for sample in [made.make(index)]}
    assert len(seen) >= 8
    assert {sample.locale for sample in [made.make(0)]} == {code}


def test_shares_are_kept() -> None:
    made = stage(
        "splits={train: 1, validation: 0, test: 1}",
        "themes=dark",
        "skins={sms: 1, server: 21, bubbles: null}",
    )
    samples = [made.make(index) for index in range(80)]
    splits, looks = Counter(s.split for s in samples), Counter(s.skin for s in samples)
    assert splits["validation"] == 0
    assert 25 <= splits["test"] <= 55
    assert looks["bubbles"] == 0
    assert 45 <= looks["server"] <= 73
    assert {s.theme for s in samples} == {"dark"}


def test_splits_share_no_person() -> None:
    made = stage("locales=en-US", "splits={train: 1, validation: 1, test: 1}")
    names: dict[str, set[str]] = {"train": set(), "validation": set(), "test": set()}
    contacts = {"Mom", "Dad", "Work", "Coach", "Boss", "Sis"}
    for index in range(60):
        sample = made.make(index)
        names[sample.split] |= {
            e.text.split()[0] for e in sample.elements if e.kind == "author" and e.text
        } - {*contacts, "You"}
    assert all(len(found) > 5 for found in names.values())
    assert not names["train"] & names["test"]
    assert not names["train"] & names["validation"]
    assert not names["validation"] & names["test"]


def test_fonts_are_divided_unless_there_are_few() -> None:
    made = stage("splits={train: 1, validation: 1, test: 1}")
    fonts: dict[str, set[str]] = {"train": set(), "validation": set(), "test": set()}
    for index in range(0, 640, 8):
        sample = made.make(index)
        fonts[sample.split].add(sample.font or "")
    assert len(fonts["train"]) >= 3
    assert not fonts["train"] & fonts["test"]
    assert not fonts["train"] & fonts["validation"]
    assert {stage("fonts=[Inter]").make(index).font for index in range(6)} == {"Inter"}


def test_a_device_is_shared_by_neighbours_and_its_window_is_not() -> None:
    made = stage("skins=server", "phone.weight=0", "splits={train: 1, validation: 0, test: 0}")
    samples = [made.make(index) for index in range(20, 44)]
    devices = [
        {(s.font, s.scale, str(s.drawn["text"])) for s in part} for part in (samples[:12], samples[12:])
    ]
    assert [len(found) for found in devices] == [1, 1]
    assert devices[0] != devices[1]
    assert len({(s.width, s.height) for s in samples}) > 15


def test_numbers_of_messages_are_kept_to() -> None:
    made = stage("conversation.messages={min: 3, max: 5}")
    assert {made.make(index).drawn["messages"] for index in range(12)} <= {3, 4, 5}


def test_the_second_painter_draws_the_same_elements() -> None:
    one, two = stage(), stage("painter=pillow")
    for index in range(3):
        first, second = one.make(index), two.make(index)
        assert first.elements == second.elements
        assert first.image != second.image
        assert abs(pixels(first).astype(int) - pixels(second)).mean() < 4


def test_own_text_and_pictures_are_used(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("".join(f"sentence number {n}\n" for n in range(60)))
    folder = tmp_path / "avatars"
    folder.mkdir()
    for number in range(6):
        Image.new("RGB", (50, 40), (255, 40 * number, 0)).save(folder / f"{number}.png")
    text = f"conversation.corpus={tmp_path / 'own.txt'}"
    made = stage(text, f"avatar_folder={folder}", "skins=server", "locales=en-US", "conversation.typos=0")
    sample = made.make(1)
    said = [element.text or "" for element in sample.elements if element.kind == "text"]
    assert said
    assert all(text.lower().startswith("sentence num") for text in said)
    orange = (pixels(sample) == (255, 200, 0)) | (pixels(sample) == (255, 40, 0))
    assert sample.drawn["look"]["avatars"].count("picture") == 3
    assert orange.any()


def test_text_that_no_font_can_draw_is_one_failed_sample(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("".join(f"\u1230\u120b\u121d {n}\n" for n in range(9)))
    made = stage(f"conversation.corpus={tmp_path / 'own.txt'}")
    with pytest.raises(MissingGlyph, match=r"no font has a glyph for \u1230 \(U\+1230\)") as caught:
        made.make(0)
    assert caught.value.code == "missing_glyph"


@pytest.mark.parametrize(
    ("setting", "error", "told"),
    [
        ("skins=[bubble]", UnknownName, "unknown skin 'bubble'; did you mean 'bubbles'"),
        ("themes=[drak]", UnknownName, "unknown theme 'drak'; did you mean 'dark'"),
        ("locales=[de]", UnknownName, "unknown locale 'de'"),
        ("fonts=[Intre]", UnknownName, "unknown font family 'Intre'; did you mean 'Inter'"),
        ("fonts=[]", ConfigError, "no font family to draw from; known: "),
        ("text.edging=[gray]", UnknownName, "unknown edging 'gray'; did you mean 'grey'"),
        ("text.hinting=[most]", UnknownName, "unknown hinting 'most'"),
        ("avatar_folder=/nowhere/at/all", ConfigError, "no such avatar folder: /nowhere/at/all"),
        ("font_folder=/nowhere/at/all", ConfigError, "no such font folder: /nowhere/at/all"),
        ("conversation.corpus=/nowhere.txt", ConfigError, "cannot read the corpus file '/nowhere.txt'"),
    ],
)
def test_wrong_settings_are_refused_before_anything_is_made(
    setting: str, error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        stage(setting)


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("phone.scales={'9': 1}", "scale '9' is not a number from 0.75 to 4"),
        ("phone.width={min: 100, max: 120}", "a window needs at least 240 x 240 logical pixels"),
        ("desktop.width={min: 900, max: 500}", r"min \(900\) must not be above max \(500\)"),
        ("desktop.width={min: 900, max: 5000}", "a picture would have a side above 8192 pixels"),
        ("splits={train: 0, validation: 0, test: 0}", "at least one split must have a share above 0"),
        ("conversation.messages={min: 0, max: 3}", "greater than or equal to 1, got 0"),
    ],
)
def test_impossible_settings_are_refused(setting: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        stage(setting)


def test_the_smallest_windows_and_the_longest_words_can_be_drawn(tmp_path: Path) -> None:
    lines = ["x" * 1500 + str(n) for n in range(6)] + [
        "a",
        "\U0001f44d" * 12,
        "\u0645\u0631 hello \u05e9\u05dc",
    ] * 2
    (tmp_path / "own.txt").write_text("".join(f"{line}{n}\n" for n, line in enumerate(lines)))
    made = stage(
        f"conversation.corpus={tmp_path / 'own.txt'}",
        *(
            f"{form}={{width: {{min: 240, max: 250}}, height: {{min: 240, max: 260}}}}"
            for form in ("phone", "desktop")
        ),
    )
    for index in range(16):
        sample = made.make(index)
        for box in sample.elements:
            assert min(box.x, box.y) >= 0
            assert box.x + box.width <= sample.width
            assert box.y + box.height <= sample.height


def test_the_stage_is_found_by_name() -> None:
    spec = RunSpec(kind="generate", out="unused", settings=resolve([]).settings)
    assert isinstance(stages.get("generate")(spec), Generate)


def test_looks_fonts_and_locales_can_be_held_out_for_the_test() -> None:
    held = "{skins: [sms], locales: [en-GB], fonts: [Inter]}"
    made = stage(
        f"hold_out={held}",
        "skins=[sms, server]",
        "locales=[en-GB, de-DE]",
        "fonts=[Inter, Roboto, Lato]",
        "splits={train: 1, validation: 0, test: 1}",
    )
    scenes = [made.scene(index) for index in range(160)]
    seen = {
        split: {
            (scene.skin, scene.conversation.locale, scene.device.family)
            for scene in scenes
            if scene.split == split
        }
        for split in ("train", "test")
    }
    for place, name in enumerate(("sms", "en-GB", "Inter")):
        assert name not in {kinds[place] for kinds in seen["train"]}
        assert {kinds[place] for kinds in seen["test"]} > {name}
    with pytest.raises(
        ConfigError, match=r"hold_out is drawn in the test split alone, and splits\.test is 0"
    ):
        stage(f"hold_out={held}", "splits={train: 1, validation: 0, test: 0}")
