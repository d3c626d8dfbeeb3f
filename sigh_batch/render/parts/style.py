"""How the parts of messages look in one drawn look: shapes and corners; their colours follow the ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sigh_batch.rng import Draws


@dataclass(frozen=True, slots=True, kw_only=True)
class PartStyle:
    """Shapes of all parts; sizes in logical pixels. A skin says which shapes its kind of client has."""

    quote: str
    """box (filled, with a bar), bar (no fill), line (one small line above, joined to the avatar) or
    outline (an outlined bubble)."""
    quote_lines: int
    """Most lines of the quoted text."""
    named: bool
    """Whether the bar and the name of a quote have the colour of the quoted person."""
    reactions: str
    """pills (one an emoji, with its count), capsule (all in one, with the sum) or badge (a disc each)."""
    card: str
    """above (the picture above the words), beside (a small picture beside them) or plain (none)."""
    card_bar: bool
    """Whether a coloured bar stands at the start of a card."""
    voice: str
    """disc (the sign for play on a disc), wave (the bare sign) or track (a line with a knob, no wave)."""
    typing: str
    """dots (three of them) or line (with the person's name)."""
    unread: str
    """line (a word at its end), middle (a word in it), pill or band."""
    edited: str
    """plain or brackets."""
    corner: float
    """Corner radius of cards, pictures and files."""
    shade: float
    """How far the fill of boxes goes from the ground to the text, 0 to 1."""
    bar: float
    """Width of the bars of quotes and cards."""
    photo: float
    """Longer side of a picture."""

    @property
    def kind(self) -> str:
        """Return the shapes in a word each, for a sample's record."""
        return " ".join((self.quote, self.reactions, self.card, self.voice, self.typing, self.unread))


def draw_part_style(
    draws: Draws,
    *,
    quotes: Sequence[str] = ("box", "bar"),
    reactions: Sequence[str] = ("pills", "capsule"),
    cards: Sequence[str] = ("above", "beside", "plain"),
    voices: Sequence[str] = ("disc", "wave", "track"),
    typing: Sequence[str] = ("dots", "line"),
    unread: Sequence[str] = ("line", "middle", "pill", "band"),
    edited: Sequence[str] = ("plain", "brackets"),
    named: float = 0.7,
    corners: Sequence[float] = (4.0, 6.0, 8.0, 10.0, 12.0),
    photos: Sequence[float] = (220.0, 240.0, 260.0, 280.0),
) -> PartStyle:
    """Return the shapes of one look, each drawn from those that its kind of client has."""
    return PartStyle(
        quote=draws.choice(quotes),
        quote_lines=draws.choice((1, 2, 2, 3)),
        named=draws.chance(named),
        reactions=draws.choice(reactions),
        card=draws.choice(cards),
        card_bar=draws.chance(0.35),
        voice=draws.choice(voices),
        typing=draws.choice(typing),
        unread=draws.choice(unread),
        edited=draws.choice(edited),
        corner=draws.choice(corners),
        shade=draws.uniform(0.045, 0.1),
        bar=draws.choice((2.0, 3.0, 3.0, 4.0)),
        photo=draws.choice(photos),
    )
