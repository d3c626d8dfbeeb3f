"""Bidirectional text: embedding levels of a row, and the visual order of its pieces.

The rules of UAX #9 for text without explicit embeddings, overrides and isolates, which are
ignored: chat texts hold next to none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

_RTL = re.compile("[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_PAIRS = dict(
    zip(
        "([{\u3008\u300a\u300c\u300e\u3010\u3014\u3016\u3018\uff08\uff3b\uff5b\u2329\u2045\u207d\u208d",
        ")]}\u3009\u300b\u300d\u300f\u3011\u3015\u3017\u3019\uff09\uff3d\uff5d\u232a\u2046\u207e\u208e",
        strict=True,
    )
)
_ENDS = {close: opening for opening, close in _PAIRS.items()}
_IGNORED = frozenset(("BN", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))
_NEUTRAL = frozenset(("B", "S", "WS", "ON"))
_DEPTH = 63


def has_rtl(text: str) -> bool:
    """Return whether any character runs from right to left."""
    return _RTL.search(text) is not None


def first_strong(text: str) -> Literal["ltr", "rtl"]:
    """Return the direction of the first character that has one; ltr when none has."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def levels(text: str, rtl: bool) -> list[int]:
    """Return the embedding level of every character: odd levels run from right to left."""
    base = int(rtl)
    outer = "R" if rtl else "L"
    original = [unicodedata.bidirectional(char) for char in text]
    places = [index for index, kind in enumerate(original) if kind not in _IGNORED]
    kinds = [original[place] for place in places]
    _resolve_marks(kinds, outer)
    _resolve_numbers(kinds, outer)
    _resolve_brackets([text[place] for place in places], kinds, [original[place] for place in places], outer)
    _resolve_neutrals(kinds, outer)
    result = [base] * len(text)
    previous, seen = base, dict(zip(places, kinds, strict=True))
    for index in range(len(text)):
        if index in seen:
            previous = base + _raise(base, seen[index])
        result[index] = previous
    return result


def visual_order(levels_: Sequence[int]) -> list[int]:
    """Return the indices of pieces with these levels as they stand from left to right."""
    order = list(range(len(levels_)))
    if not levels_:
        return order
    for level in range(max(levels_), 0, -1):
        start = None
        for index in range(len(order) + 1):
            inside = index < len(order) and levels_[index] >= level
            if inside and start is None:
                start = index
            elif not inside and start is not None:
                order[start:index] = order[start:index][::-1]
                start = None
    return order


def _raise(base: int, kind: str) -> int:
    if base % 2 == 0:
        return {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)
    return 0 if kind == "R" else 1


def _resolve_marks(kinds: list[str], outer: str) -> None:
    """Rules W1 to W3: marks follow their base, digits after Arabic letters are Arabic, AL is R."""
    previous, strong = outer, outer
    for index, kind in enumerate(kinds):
        if kind == "NSM":
            kinds[index] = previous
        elif kind == "EN" and strong == "AL":
            kinds[index] = "AN"
        if kind in ("L", "R", "AL"):
            strong = kind
        previous = kinds[index]
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]


def _resolve_numbers(kinds: list[str], outer: str) -> None:
    """Rules W4 to W7: separators and signs join the numbers they stand in."""
    for index in range(1, len(kinds) - 1):
        before, kind, after = kinds[index - 1 : index + 2]
        if before == after and (
            (kind == "ES" and before == "EN") or (kind == "CS" and before in ("EN", "AN"))
        ):
            kinds[index] = before
    index = 0
    while index < len(kinds):
        stop = index
        while stop < len(kinds) and kinds[stop] == "ET":
            stop += 1
        if stop > index:
            beside = (index > 0 and kinds[index - 1] == "EN") or (stop < len(kinds) and kinds[stop] == "EN")
            kinds[index:stop] = ["EN" if beside else "ON"] * (stop - index)
        index = max(stop, index + 1)
    strong = outer
    for index, kind in enumerate(kinds):
        if kind in ("ES", "CS"):
            kinds[index] = "ON"
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[index] = "L"


def _resolve_brackets(chars: list[str], kinds: list[str], original: list[str], outer: str) -> None:
    """Rule N0: a pair of brackets takes the direction of what it holds, or of what stands before it."""
    for opening, close in sorted(_bracket_pairs(chars, kinds)):
        inside = {_strong(kind) for kind in kinds[opening + 1 : close]} - {None}
        if outer in inside:
            found = outer
        elif inside:
            before = next((strong for kind in reversed(kinds[:opening]) if (strong := _strong(kind))), outer)
            found = before if before in inside else outer
        else:
            continue
        for place in (opening, close):
            kinds[place] = found
            follower = place + 1
            while follower < len(kinds) and original[follower] == "NSM":
                kinds[follower] = found
                follower += 1


def _bracket_pairs(chars: list[str], kinds: list[str]) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    stack: list[tuple[str, int]] = []
    for index, char in enumerate(chars):
        if kinds[index] != "ON":
            continue
        if char in _PAIRS:
            if len(stack) == _DEPTH:
                return []
            stack.append((char, index))
        elif char in _ENDS:
            for depth in range(len(stack) - 1, -1, -1):
                if stack[depth][0] == _ENDS[char]:
                    pairs.append((stack[depth][1], index))
                    del stack[depth:]
                    break
    return pairs


def _resolve_neutrals(kinds: list[str], outer: str) -> None:
    """Rules N1 and N2: neutrals between two of one direction take it; others take the row's."""
    index = 0
    while index < len(kinds):
        stop = index
        while stop < len(kinds) and kinds[stop] in _NEUTRAL:
            stop += 1
        if stop > index:
            before = _strong(kinds[index - 1]) if index else outer
            after = _strong(kinds[stop]) if stop < len(kinds) else outer
            kinds[index:stop] = [(before if before == after and before else outer)] * (stop - index)
        index = max(stop, index + 1)


def _strong(kind: str) -> str | None:
    if kind in ("EN", "AN", "R"):
        return "R"
    return "L" if kind == "L" else None
