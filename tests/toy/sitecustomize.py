"""On PYTHONPATH of a process, this lets it train the toys."""

from tests.toys import register_toys

register_toys()
