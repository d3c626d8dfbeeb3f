"""Frozen typed configuration: the only home of defaults."""
