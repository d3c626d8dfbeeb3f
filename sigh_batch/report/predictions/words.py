"""What rows are called on a page: verdicts and reasons in words that need no manual."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict as people read it."""

    name: str
    title: str
    meaning: str


VERDICT_WORDS = (
    Verdict("flagged", "Looks edited", "The model sees traces of editing. Look at the picture and its map."),
    Verdict("uncertain", "Undecided", "The score lies between both thresholds. Count it for neither side."),
    Verdict("clean", "No traces found", "The model sees none. That is no proof that nothing was edited."),
    Verdict("error", "Not read", "The file could not be read or scored. Nothing is said of it."),
)

POOL_WORDS = {
    "missed": "forged, and called clean",
    "false_alarm": "clean, and flagged",
    "example": "drawn by chance of all",
    "disputed": "models disagree most",
    "flagged": "among the highest scores",
    "uncertain": "between the thresholds",
    "clean": "drawn by chance from those called clean",
}
"""Why a picture is on the page."""

ERROR_WORDS = {
    "empty_file": "The file is empty.",
    "too_large": "The picture is larger than what is decoded.",
    "too_small": "The picture is too small to be judged.",
    "truncated_image": "The file is cut off: it ends before the picture does.",
    "unsupported_image": "The file is of a kind that is not read.",
    "unreadable_image": "The file is damaged, or is no picture.",
}

TARGET_WORDS = {True: "✓ reached", False: "✗ missed", None: "not measured"}

C2PA_WORDS = {
    "absent": "none (says nothing: a screenshot or a new save strips it)",
    "present": "there, not checked",
    "valid": "valid",
    "invalid": "invalid: the file was changed after it was signed",
    "untrusted": "signed by somebody unknown",
    "error": "could not be read",
}


def say_operation(name: str) -> str:
    """Return the name of an operation in words: text_replace becomes text replaced."""
    return OPERATION_WORDS.get(name, name.replace("_", " "))


OPERATION_WORDS = {
    "avatar_swap": "avatar exchanged",
    "blur": "blurred",
    "copy_move": "part copied within the picture",
    "cover": "covered",
    "erase": "erased",
    "glyph_damage": "letters damaged",
    "inpaint": "painted in",
    "message_delete": "message removed",
    "message_insert": "message inserted",
    "message_reorder": "messages in another order",
    "name_edit": "name changed",
    "rerender": "text drawn again",
    "resample": "part resampled",
    "splice": "part of another picture put in",
    "text_replace": "text replaced",
    "time_edit": "time changed",
}
