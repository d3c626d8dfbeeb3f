"""How this process gives memory back to the machine.

Buffers of pictures come in every size. glibc would learn to keep large ones for later, and the memory of a
process would grow without end; the small things of thousands of pictures lie scattered among what is freed.
"""

from __future__ import annotations

import ctypes
import os

_MMAP_THRESHOLD = -3
"""glibc's number for the size from which a buffer comes from the machine by itself, and goes back to it."""
_LARGE = 4 << 20


def settle() -> None:
    """Give large buffers back as soon as they are free; what the user says of it himself counts."""
    change = getattr(ctypes.CDLL(None), "mallopt", None)
    if change is not None and "MALLOC_MMAP_THRESHOLD_" not in os.environ:
        change(_MMAP_THRESHOLD, _LARGE)


def give_back() -> None:
    """Give back what is free, which takes a few milliseconds; does nothing where there is no glibc."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
