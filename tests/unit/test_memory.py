"""What a process gives back to the machine."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is asked")

HELD = """
from sigh_batch import memory
def held():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) >> 10 for line in status if line.startswith("RssAnon"))
"""
# Left alone, glibc keeps buffers of a size that it has seen freed once.
LARGE = """
first = b"x" * (31 << 20)
del first
before = held()
buffers = [b"x" * (5 << 20) for _ in range(20)]
last = b"x" * (3 << 20)
del buffers
print(held() - before)
"""
SCATTERED = """
before = held()
things = [b"%d" % number + b"x" * 1000 for number in range(200_000)]
things = things[::100]
full = held() - before
memory.give_back()
print(full, held() - before)
"""


def say(script: str, **environment: str) -> list[int]:
    """Return the numbers that a process prints."""
    done = subprocess.run(
        [sys.executable, "-c", HELD + script],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return [int(word) for word in done.stdout.split()]


def test_what_lies_free_between_small_things_is_given_back() -> None:
    full, tidy = say(SCATTERED)
    assert full > 150
    assert tidy < full / 4


def test_large_buffers_are_given_back_at_once() -> None:
    assert say(LARGE)[0] > 90
    assert say("memory.settle()\n" + LARGE)[0] < 10


def test_the_users_own_word_on_memory_counts() -> None:
    assert say("memory.settle()\n" + LARGE, MALLOC_MMAP_THRESHOLD_=str(1 << 25))[0] > 90


ARROW = """
import sys
import pyarrow.dataset
print(len(pyarrow.array([{"a": 1}])), int("pandas" in sys.modules))
"""


def test_pyarrow_does_not_load_pandas_where_it_is_left_out() -> None:
    pytest.importorskip("pandas")
    assert say(f"memory.leave_out_pandas()\n{ARROW}") == [1, 0]
    assert say(ARROW) == [1, 1]
