"""What the contract tests stand on."""

from tests.contract.stores import crowd, kept, place, store

__all__ = ["crowd", "kept", "place", "store"]
