"""Samples in tar shards, their records and manifest, and the readers of them."""
