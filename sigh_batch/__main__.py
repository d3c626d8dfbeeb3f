"""`python -m sigh_batch` is `sigh`."""

from sigh_batch.cli import main

main()
