"""The toys are known to every test of this folder."""

from tests.toys import register_toys

register_toys()
