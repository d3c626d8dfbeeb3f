"""How this process gives memory back to the machine, and what it does without.

Buffers of pictures come in every size. glibc would learn to keep large ones for later, and the memory of a
process would grow without end; the small things of thousands of pictures lie scattered among what is freed.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType

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


class _WithoutPandas(MetaPathFinder, Loader):
    """Finds pandas, and cannot load it: for who asks it is as if it were broken."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a specification of pandas, of nothing else."""
        return spec_from_loader(fullname, self) if fullname == "pandas" else None

    def exec_module(self, module: ModuleType) -> None:
        """Say that there is none."""
        raise ImportError(f"{module.__name__} is not loaded in workers, to save memory")


def leave_out_pandas() -> None:
    """Keep pyarrow from loading pandas, if it is installed, to ask whether a list is one of its tables.

    That would take 55 MiB and most of a second in every worker, none of which has such a table.
    """
    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _WithoutPandas())
