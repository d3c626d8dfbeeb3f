"""What `sigh generate` draws: sizes, looks, languages, people and words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sigh_batch.config.base import Config, Weights

Share = Annotated[float, Field(ge=0, le=1)]


class Range(Config):
    """Whole numbers from min to max, both included, each equally likely."""

    min: Annotated[int, Field(ge=1)]
    """Smallest value."""
    max: Annotated[int, Field(ge=1)]
    """Largest value."""

    @model_validator(mode="after")
    def _check_order(self) -> Range:
        if self.min > self.max:
            raise ValueError(f"min ({self.min}) must not be above max ({self.max})")
        return self


class Span(Config):
    """Numbers from min to max, each equally likely."""

    min: float
    """Smallest value."""
    max: float
    """Largest value."""

    @model_validator(mode="after")
    def _check_order(self) -> Span:
        if self.min > self.max:
            raise ValueError(f"min ({self.min}) must not be above max ({self.max})")
        return self


class FormConfig(Config):
    """One kind of device: how often it is drawn, its window and its pixel density."""

    weight: Annotated[float, Field(ge=0)] = 1.0
    """How often this kind of device is drawn, beside the others that a skin knows."""
    width: Range
    """Width of the window in logical pixels."""
    height: Range
    """Height of the window in logical pixels."""
    scales: Weights
    """Device pixels a logical pixel, by weight: 1, 1.5, 2, 3, or any number from 0.75 to 4."""

    @model_validator(mode="after")
    def _check_form(self) -> FormConfig:
        if self.width.min < 240 or self.height.min < 240:
            raise ValueError("a window needs at least 240 x 240 logical pixels")
        for scale in self.scales:
            try:
                known = 0.75 <= float(scale) <= 4
            except ValueError:
                known = False
            if not known:
                raise ValueError(f"scale {scale!r} is not a number from 0.75 to 4")
            if self.width.max * float(scale) > 8192 or self.height.max * float(scale) > 8192:
                raise ValueError(f"at scale {scale} a picture would have a side above 8192 pixels")
        return self


class ConversationConfig(Config):
    """How long conversations are, who takes part, and what their words come from."""

    messages: Range = Range(min=2, max=40)
    """Messages of a conversation."""
    full: Share = 0.85
    """Share of conversations that are long enough to fill the window, as far as `messages` allows."""
    people: Range = Range(min=3, max=7)
    """People of a group conversation; a direct one has two."""
    groups: Share = 0.5
    """Share of group conversations, where the skin knows both kinds."""
    corpus: Path | None = None
    """A text file of the user's own, UTF-8, one message a line, in place of the built-in conversations."""
    typos: Share = 0.02
    """Probability that a message holds a typing mistake."""
    emoji: Share = 0.12
    """Probability that a message ends in emoji, for a person of middling taste."""
    replies: Share = 0.1
    """Share of messages that show an earlier one which they answer."""
    reactions: Share = 0.12
    """Share of messages to which others have reacted with emoji."""
    edited: Share = 0.04
    """Share of messages that are marked as changed after sending."""
    threads: Share = 0.05
    """Share of a group's messages with answers in a thread, where the skin shows threads."""
    cards: Share = 0.5
    """Share of messages with a link that show a card of its page."""
    pictures: Share = 0.05
    """Share of messages that a picture belongs to."""
    voices: Share = 0.03
    """Share of messages that a voice note follows."""
    files: Share = 0.015
    """Share of messages that a file follows."""
    unread: Share = 0.1
    """Share of conversations with a line above what is unread, where others wrote last."""
    typing: Share = 0.08
    """Share of conversations in which somebody is typing."""


class TextConfig(Config):
    """How glyphs become pixels: what differs between systems, browsers and settings."""

    preset: Weights = Field(default={"chromium": 0.4, "varied": 0.6})
    """Whole ways by weight: chromium, as measured in Chromium, or varied, drawn from the settings below."""
    edging: Weights = Field(default={"grey": 0.8, "subpixel": 0.2})
    """Anti-aliasing: none, grey or subpixel. Sub-pixel is drawn at scale 1 and on desktops only."""
    hinting: Weights = Field(default={"none": 0.4, "slight": 0.45, "full": 0.15})
    """Fitting of glyphs to the pixel grid: none, slight, normal or full. Full is drawn at scale 1 only."""
    coverage: Weights = Field(default={"exact": 0.5, "sampled": 0.5})
    """How much of a pixel a glyph covers: exact, as in FreeType, or sampled in four rows, as in Skia."""
    subpixel_positioning: Share = 0.7
    """Share of pictures whose glyphs may start between pixels."""
    phase: Share = 0.3
    """Share of these whose lines start between pixels too, as where paddings are no whole pixels."""
    contrast: Span = Span(min=0.0, max=0.5)
    """Added weight of half-covered pixels; Chromium on Linux has 0.2."""
    gamma: Span = Span(min=1.0, max=1.8)
    """Exponent of the light in which glyphs are blended; Chromium on Linux has 1.2."""


class SplitsConfig(Config):
    """How conversations are divided; only the proportions count."""

    train: Annotated[float, Field(ge=0)] = 0.8
    """Share of conversations for training."""
    validation: Annotated[float, Field(ge=0)] = 0.1
    """Share of conversations for validation."""
    test: Annotated[float, Field(ge=0)] = 0.1
    """Share of conversations for the test."""

    @model_validator(mode="after")
    def _check_some(self) -> SplitsConfig:
        if self.train + self.validation + self.test <= 0:
            raise ValueError("at least one split must have a share above 0")
        return self


class LookHoldOut(Config):
    """What is drawn in the test split alone, to see how a detector fares with what it never saw."""

    skins: tuple[str, ...] = ()
    """Looks, by name."""
    fonts: tuple[str, ...] = ()
    """Font families, by name; every family is in one split anyway."""
    locales: tuple[str, ...] = ()
    """Languages and regions, by name."""

    @property
    def any(self) -> bool:
        """Whether anything is held out."""
        return bool(self.skins or self.fonts or self.locales)


class GenerateConfig(Config):
    """Everything that decides the look and the words of generated screenshots."""

    painter: Literal["skia", "pillow"] = "skia"
    """The rasteriser: skia, as in browsers and chat clients, or pillow."""
    skins: Weights = Field(
        default={
            "server": 1.0,
            "bubbles": 1.0,
            "sms": 1.0,
            "modern": 1.0,
            "crowd": 1.0,
            "workplace": 1.0,
            "support": 1.0,
            "stream": 1.0,
            "plain": 1.0,
        }
    )
    """Looks by weight."""
    themes: Weights = Field(default={"light": 1.0, "dark": 1.0})
    """Light and dark by weight."""
    locales: Weights = Field(
        default={
            "en-US": 3.0,
            "en-GB": 1.5,
            "de-DE": 1.0,
            "fr-FR": 1.0,
            "es-ES": 1.0,
            "pt-BR": 1.0,
            "ar-EG": 1.0,
            "he-IL": 1.0,
            "hi-IN": 1.0,
            "ja-JP": 1.0,
            "zh-CN": 1.0,
            "ko-KR": 1.0,
        }
    )
    """Languages and regions by weight."""
    phone: FormConfig = FormConfig(
        width=Range(min=360, max=430),
        height=Range(min=640, max=932),
        scales={"1": 0.1, "1.5": 0.15, "2": 0.45, "3": 0.3},
    )
    """Phones held upright."""
    desktop: FormConfig = FormConfig(
        width=Range(min=560, max=1120),
        height=Range(min=440, max=860),
        scales={"1": 0.6, "1.5": 0.2, "2": 0.2},
    )
    """Windows on computers."""
    conversation: ConversationConfig = ConversationConfig()
    """What is said, and by how many."""
    text: TextConfig = TextConfig()
    """How glyphs become pixels."""
    fonts: Literal["all"] | list[str] = "all"
    """Font families to draw from, by name; all is every one of the installation and of the folder."""
    font_folder: Path | None = None
    """A folder of the user's own TrueType and OpenType fonts, used beside those of the installation."""
    avatar_folder: Path | None = None
    """A folder of pictures to use as avatars, beside the generated ones."""
    splits: SplitsConfig = SplitsConfig()
    """How conversations are divided into training, validation and test."""
    hold_out: LookHoldOut = LookHoldOut()
    """What is drawn in the test split alone."""
    format: Literal["png"] = "png"
    """Codec of the pictures: lossless, so that later edits start from exact pixels."""

    @model_validator(mode="after")
    def _check_hold_out(self) -> GenerateConfig:
        if self.hold_out.any and not self.splits.test:
            raise ValueError("hold_out is drawn in the test split alone, and splits.test is 0")
        return self
