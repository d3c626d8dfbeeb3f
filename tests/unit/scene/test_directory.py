import itertools
import subprocess
import sys
from pathlib import Path

import pytest

import sigh_batch.scene
from sigh_batch.render.fonts import open_catalogue
from sigh_batch.scene.directory import KINDS, directory
from sigh_batch.scene.locale import locale, locale_names
from sigh_batch.scene.pools import SPLITS, key_of

DATA = Path(sigh_batch.scene.__file__).parent / "data"


@pytest.mark.parametrize("kind", KINDS)
def test_splits_share_no_entry_even_over_the_regions_of_a_language(kind: str) -> None:
    for language in {locale(code).language for code in locale_names()}:
        codes = [code for code in locale_names() if locale(code).language == language]
        held = {
            split: {key_of(entry) for code in codes for entry in directory(code, kind, split)}
            for split in SPLITS
        }
        assert all(len(entries) >= 8 for entries in held.values())
        for one, two in itertools.combinations(SPLITS, 2):
            assert not held[one] & held[two]


@pytest.mark.parametrize("code", locale_names())
def test_everything_can_be_drawn_and_nothing_reaches_a_real_site(code: str) -> None:
    catalogue = open_catalogue()
    entries = [(kind, entry) for kind in KINDS for split in SPLITS for entry in directory(code, kind, split)]
    assert not {letter for _, entry in entries for letter in entry if not catalogue.covers(letter)}
    assert not [entry for _, entry in entries if set("#%!{}<>|") & set(entry)]
    for kind, entry in entries:
        if kind == "email":
            assert entry.rpartition("@")[2] in ("example.com", "example.org", "example.net")
        if kind == "site":
            assert entry.endswith(".example")


def test_pools_are_the_same_in_every_process_and_load_faker_only_when_asked() -> None:
    told = (
        "import sys; from sigh_batch.scene.directory import directory; from sigh_batch.scene import compose;"
        "before = 'faker' in sys.modules; print(before, directory('de-DE', 'address', 'test')[:5])"
    )
    out = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout
    assert out.strip() == f"False {directory('de-DE', 'address', 'test')[:5]}"


@pytest.mark.parametrize("talk", sorted((DATA / "talk").iterdir()), ids=lambda path: path.stem)
def test_whatever_a_conversation_may_say_can_be_drawn(talk: Path) -> None:
    letters = set(talk.read_text("utf-8")) - {"\n"}
    assert not {letter for letter in letters if not open_catalogue().covers(letter)}
