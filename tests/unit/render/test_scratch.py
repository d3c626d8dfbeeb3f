"""Memory that is used again."""

from __future__ import annotations

import threading

import numpy as np

from sigh_batch.render.scratch import LARGEST, Scratch


def test_the_same_memory_is_taken_again() -> None:
    scratch = Scratch()
    first = scratch.take(100)
    assert not first.any()
    first[:] = 7
    assert np.shares_memory(scratch.take(60), first)
    assert (scratch.take(60) == 7).all()
    assert not scratch.take(101).any()


def test_what_a_large_picture_takes_is_not_held() -> None:
    scratch = Scratch()
    small = scratch.take(10)
    large = scratch.take(LARGEST + 1)
    assert len(large) == LARGEST + 1
    assert not np.shares_memory(scratch.take(LARGEST + 1), large)
    assert np.shares_memory(scratch.take(10), small)


def test_every_thread_has_its_own() -> None:
    scratch = Scratch()
    mine, theirs = scratch.take(10), []
    thread = threading.Thread(target=lambda: theirs.append(scratch.take(10)))
    thread.start()
    thread.join()
    assert not np.shares_memory(mine, theirs[0])
