"""Where text may be divided: into graphemes, and into lines inside a stretch without white space.

Covers what chat texts hold (combining marks, emoji sequences, flags, keycaps, Hangul, CJK
punctuation, hyphens, links) with a few character classes in place of Unicode's whole tables.
"""

from __future__ import annotations

import functools
import itertools
import re

_EMOJI = (
    "\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1"
    "\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705"
    "\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50"
    "\u2b55\U0001f004\U0001f0cf\U0001f18e\U0001f191-\U0001f19a\U0001f1e6-\U0001f1ff\U0001f201"
    "\U0001f21a\U0001f22f\U0001f232-\U0001f236\U0001f238-\U0001f23a\U0001f250\U0001f251"
    "\U0001f300-\U0001f320\U0001f32d-\U0001f335\U0001f337-\U0001f37c\U0001f37e-\U0001f393"
    "\U0001f3a0-\U0001f3ca\U0001f3cf-\U0001f3d3\U0001f3e0-\U0001f3f0\U0001f3f4\U0001f3f8-\U0001f43e"
    "\U0001f440\U0001f442-\U0001f4fc\U0001f4ff-\U0001f53d\U0001f54b-\U0001f54e\U0001f550-\U0001f567"
    "\U0001f57a\U0001f595\U0001f596\U0001f5a4\U0001f5fb-\U0001f64f\U0001f680-\U0001f6c5\U0001f6cc"
    "\U0001f6d0-\U0001f6d2\U0001f6d5-\U0001f6d8\U0001f6dc-\U0001f6df\U0001f6eb\U0001f6ec"
    "\U0001f6f4-\U0001f6fc\U0001f7e0-\U0001f7eb\U0001f7f0\U0001f90c-\U0001f93a\U0001f93c-\U0001f945"
    "\U0001f947-\U0001f9ff\U0001fa70-\U0001faff"
)
_TONE = "\U0001f3fb-\U0001f3ff"
_MARK = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0900-\u0903\u093a-\u093c\u093e-\u094f"
    "\u0951-\u0957\u0962\u0963\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff"
    "\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f" + _TONE + "\U000e0020-\U000e007f"
)
_HANGUL = "[\u1100-\u115f]*[\u1160-\u11a7\uac00-\ud7a3][\u1160-\u11ff]*"
_CONJUNCT = "(?:[\u0915-\u0939\u0958-\u095f]\u093c?\u094d\u200d?)*[\u0904-\u0939\u0958-\u095f]"
_PICTURE = "[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff]"
_GRAPHEME = re.compile(
    "\r\n|[\U0001f1e6-\U0001f1ff]{2}"
    f"|{_PICTURE}[{_MARK}]*(?:(?<=\u200d){_PICTURE}[{_MARK}]*)*"
    f"|(?:{_HANGUL}|{_CONJUNCT}|.)[{_MARK}]*",
    re.DOTALL,
)
_WANTS_EMOJI = re.compile(f"[{_EMOJI}](?!\ufe0e)|.\ufe0f|.[{_TONE}]")
_SIMPLE = re.compile("[\u0020-\u02ff]*\\Z")

_WIDE = (
    "[\u2e80-\u2fdf\u3001-\u303f\u3040-\u30ff\u3100-\u312f\u3130-\u318f\u31f0-\u31ff\u3200-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003ffff" + _EMOJI + "]"
)
_OPENS = set(
    "([{\u201c\u2018\u3008\u300a\u300c\u300e\u3010\u3014\u3016\uff08\uff3b\uff5b\uff5f\u00ab\u00bf\u00a1"
)
_CLOSES = set(
    ")]}\u201d\u2019\u3009\u300b\u300d\u300f\u3011\u3015\u3017\uff09\uff3d\uff5d\uff60\u00bb!?.,:;%\u2026"
    "\u3001\u3002\uff01\uff0c\uff0e\uff1a\uff1b\uff1f\u30fb\u30fc\u3005\u309d\u309e\u30fd\u30fe\u301c"
    "\u3041\u3043\u3045\u3047\u3049\u3063\u3083\u3085\u3087\u308e\u30a1\u30a3\u30a5\u30a7\u30a9\u30c3\u30e3\u30e5\u30e7\u30ee"
)
_IS_WIDE = re.compile(_WIDE).match


def graphemes(text: str) -> list[str]:
    """Return the characters as a reader sees them: each with its marks, joiners, tones and selectors."""
    return list(text) if _SIMPLE.match(text) else _GRAPHEME.findall(text)


def wants_emoji(grapheme: str) -> bool:
    """Return whether a grapheme is to be shown in colour: by default, or because a selector asks."""
    return _WANTS_EMOJI.match(grapheme) is not None


@functools.lru_cache(maxsize=1 << 14)
def opportunities(chunk: str) -> tuple[int, ...]:
    """Return where a line may end inside a stretch without white space."""
    found, at = [], 0
    parts = graphemes(chunk)
    for before, after in itertools.pairwise(parts):
        at += len(before)
        if _may_break(before, after):
            found.append(at)
    return tuple(found)


def _may_break(before: str, after: str) -> bool:
    last, first = before[-1], after[0]
    if last == "\u200b":
        return True
    if first in _CLOSES or before[0] in _OPENS or "\u2060" in (last, first) or "\u00a0" in (last, first):
        return False
    if _IS_WIDE(before) or _IS_WIDE(after):
        return True
    if last in "-\u2010\u2013\u2014":
        return first.isalpha()
    return last == "/" and first.isalpha()
