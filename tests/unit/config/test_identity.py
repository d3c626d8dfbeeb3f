from pathlib import Path

import pytest

from sigh_batch.config.identity import config_hash, content_hash, deciding_values
from sigh_batch.config.layers import read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.errors import ConfigError


def hash_of(*sets: str, shards: int = 4) -> str:
    return config_hash(deciding_values("generate", resolve([read_sets(sets)]).settings, shards))


def test_what_decides_no_bytes_changes_no_hash() -> None:
    plain = hash_of()
    assert hash_of("run.workers=7") == plain
    assert hash_of("run.progress=none", "run.max_failures=0.5") == plain
    assert hash_of("store.endpoint=http://127.0.0.1:1", "store.part_mib=64") == plain


def test_what_decides_bytes_changes_the_hash() -> None:
    changes = [
        "seed=1",
        "count=9",
        "generate.painter=pillow",
        "generate.skins=sms",
        "generate.text.gamma.max=1.5",
    ]
    hashes = {hash_of(change) for change in changes} | {hash_of(), hash_of(shards=5)}
    assert len(hashes) == len(changes) + 2


def test_the_order_in_which_weights_are_written_counts_for_nothing() -> None:
    one = resolve([read_sets(["generate.skins=[sms, bubbles]"])]).settings.generate.skins
    other = resolve([read_sets(["generate.skins=[bubbles, sms]"])]).settings.generate.skins
    assert list(one) == list(other)
    assert hash_of("generate.skins=[sms, bubbles]") == hash_of("generate.skins=[bubbles, sms]")


def test_a_file_counts_by_its_content_and_not_by_its_path(tmp_path: Path) -> None:
    for name, text in (("a.txt", "hello\n"), ("b.txt", "hello\n"), ("c.txt", "other\n")):
        (tmp_path / name).write_text(text)

    def with_corpus(name: str) -> str:
        return hash_of(f"generate.conversation.corpus={tmp_path / name}")

    assert with_corpus("a.txt") == with_corpus("b.txt") != with_corpus("c.txt")
    assert with_corpus("a.txt") != hash_of()


def test_a_folder_counts_by_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "x.ttf").write_bytes(b"1")
    before = content_hash(tmp_path / "one")
    (tmp_path / "one" / "x.ttf").rename(tmp_path / "one" / "y.ttf")
    assert content_hash(tmp_path / "one") != before


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot read .*gone\.txt"):
        hash_of(f"generate.conversation.corpus={tmp_path}/gone.txt")
