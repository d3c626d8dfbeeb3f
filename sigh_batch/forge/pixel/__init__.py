"""Edits of finished pictures."""
