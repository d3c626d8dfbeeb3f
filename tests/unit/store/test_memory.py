"""What is special about memory; the rest is in the contract."""

from __future__ import annotations

from sigh_batch.store.memory import MemoryStore, shared


def test_what_is_put_cannot_be_changed_afterwards() -> None:
    store = MemoryStore()
    data = bytearray(b"first")
    store.put("k", data)  # type: ignore[arg-type]
    data[:] = b"other"
    assert store.get("k") == b"first"


def test_names() -> None:
    assert shared("x") is shared("x")
    assert shared("x") is not shared("y")
    assert shared("x").url == "memory://x"
    assert repr(shared("x")) == "MemoryStore('memory://x')"
