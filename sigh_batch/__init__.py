"""Labelled forged chat screenshots at any scale, and the detectors that read them.

Importing the package loads nothing heavy: torch, boto3, ray, kubernetes and django are
each imported by the one module that is their home, when it is first used.
"""

__version__ = "0.1.0"
