"""What the contract tests stand on."""

from tests.contract.paintings import painter
from tests.contract.stores import crowd, kept, place, store

__all__ = ["crowd", "kept", "painter", "place", "store"]
