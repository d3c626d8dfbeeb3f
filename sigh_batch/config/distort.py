"""What `sigh distort` does to pictures: who forges what, and what happens to both of a pair afterwards."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sigh_batch.config.base import Config, Weights
from sigh_batch.config.generate import Range, Share, SplitsConfig

Names = tuple[str, ...]


class ForgeryHoldOut(Config):
    """What forgers do in the test split alone, to see how a detector fares with what it never saw."""

    operations: Names = ()
    """Operations, by name, at either depth."""
    chains: Names = ()
    """Kinds of tools: browser, desktop_editor, phone_editor, script."""
    skills: Names = ()
    """careless, careful or expert."""


class QualityRange(Range):
    """Qualities of a lossy encoder, each equally likely."""

    min: Annotated[int, Field(ge=1, le=100)]
    """Smallest value."""
    max: Annotated[int, Field(ge=1, le=100)]
    """Largest value."""


class ForeignConfig(Config):
    """How pictures are taken that no run of ours made: a folder of anybody's."""

    splits: SplitsConfig = SplitsConfig()
    """How they are divided; pictures of a set of ours keep their split."""
    grouping: Literal["file", "folder"] = "file"
    """What never falls into different splits: one file, or all that lies in one folder."""
    max_pixels: Annotated[int, Field(ge=1024)] = 24_000_000
    """A picture of more pixels becomes a row with the reason; a worker needs some 35 bytes a pixel."""


class DistortConfig(Config):
    """Everything that decides forgeries, honest edits and degradations."""

    operations: Weights = Field(
        default={
            "text_replace": 3.0,
            "name_edit": 1.5,
            "time_edit": 1.5,
            "avatar_swap": 1.0,
            "message_insert": 1.5,
            "message_delete": 1.5,
            "message_reorder": 1.0,
            "copy_move": 1.5,
            "splice": 1.5,
            "cover": 1.0,
            "erase": 1.0,
            "inpaint": 1.0,
            "blur": 0.5,
            "resample": 0.5,
            "rerender": 1.0,
            "glyph_damage": 0.5,
        }
    )
    """Edits of finished pictures by weight; of foreign pictures only those that need no strings."""
    scene_operations: Weights = Field(
        default={
            "text_replace": 2.0,
            "name_edit": 1.0,
            "time_edit": 1.0,
            "avatar_swap": 1.0,
            "message_insert": 1.0,
            "message_delete": 1.0,
            "message_reorder": 1.0,
        }
    )
    """Edits of the conversation, which the client draws anew, by weight."""
    scene: Share = 0.1
    """Share of pairs forged in the conversation; only of sets of ours, made by this very version."""
    skills: Weights = Field(default={"careless": 1.0, "careful": 1.0, "expert": 1.0})
    """Forgers by weight."""
    chains: Weights = Field(
        default={"browser": 1.0, "desktop_editor": 1.0, "phone_editor": 1.0, "script": 1.0}
    )
    """Kinds of tools by weight."""
    edits: Weights = Field(default={"1": 0.7, "2": 0.2, "3": 0.1})
    """How many edits a forger makes on one picture, by weight: 1 to 8."""
    min_pixels: Annotated[int, Field(ge=1)] = 24
    """An edit that changes fewer pixels is drawn again, and so is what would leave fewer."""
    saved_before: Share = 0.25
    """Share of pairs saved as JPEG or WebP before the forger opens them."""
    captured_after: Share = 0.1
    """Share of pairs of which the forger takes a screenshot when he is done."""
    saved_after: Share = 0.2
    """Share of pairs that the forger saves as JPEG or WebP when he is done."""
    honest: Share = 0.35
    """Share of pairs with an honest edit."""
    benign: Weights = Field(
        default={
            "arrow": 1.0,
            "blurred_name": 1.0,
            "circle": 1.0,
            "crop": 1.5,
            "highlighter": 1.0,
            "letterbox": 0.7,
            "redaction": 1.0,
            "resave": 1.0,
            "rescale": 1.0,
            "scroll_stitch": 0.7,
            "watermark": 0.7,
        }
    )
    """Honest edits by weight."""
    steps: Weights = Field(default={"0": 0.45, "1": 0.35, "2": 0.15, "3": 0.05})
    """How many degradations befall a pair, by weight: 0 to 8."""
    degradations: Weights = Field(
        default={
            "blur": 0.5,
            "double_jpeg": 1.0,
            "grid_crop": 0.7,
            "jpeg": 1.5,
            "messenger": 2.0,
            "noise": 0.5,
            "palette": 0.2,
            "rescreenshot": 1.0,
            "resize": 1.0,
            "screen_photo": 0.3,
            "sharpen": 0.5,
            "tone": 0.7,
            "webp": 0.7,
        }
    )
    """Degradations by weight."""
    formats: Weights = Field(default={"png": 0.45, "jpg": 0.4, "webp": 0.15})
    """Codec of the stored picture by weight."""
    quality: QualityRange = QualityRange(min=40, max=98)
    """Quality of the stored picture, where its codec has one."""
    hold_out: ForgeryHoldOut = ForgeryHoldOut()
    """What is drawn in the test split alone."""
    foreign: ForeignConfig = ForeignConfig()
    """How pictures are taken that no run of ours made."""

    @model_validator(mode="after")
    def _check_numbers(self) -> DistortConfig:
        for name, least in (("edits", 1), ("steps", 0)):
            for number in getattr(self, name):
                if not (number.isdecimal() and least <= int(number) <= 8):
                    raise ValueError(f"{name} has {number!r}, which is no whole number from {least} to 8")
        return self
