"""Edits of what is said."""
