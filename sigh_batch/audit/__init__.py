"""Proof that a set can be learnt from: only the pixels tell the classes apart, and splits share nothing.

It reads what is stored. Every finding is a `Check` with its value and its limit.
"""
