"""Detectors and classifiers: their networks, their files, and how a picture is scored by them."""
