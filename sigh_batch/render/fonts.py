"""The faces text is set in: the ones that come with the package, and a folder of the user's own.

A `Face` is one font file with its metrics and coverage; its HarfBuzz form is made on first use
from the mapped file and kept for the life of the process, so that faces that no text needs cost
nothing. What a rasteriser needs beyond that, it makes itself.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import uharfbuzz  # type: ignore[import-untyped]

from sigh_batch.errors import ConfigError, UnknownName

BUNDLED = Path(__file__).parent / "fonts"
_ENDINGS = (".ttf", ".otf", ".ttc")
_EMOJI, _FALLBACK, _USER = "emoji", "fallback", "user"
_SHARES = (("train", 0.7), ("validation", 0.15), ("test", 0.15))
"""How the families of users' folders are divided, each by its name alone."""


class Face:
    """One font face; compare by identity, a catalogue makes each face once."""

    __slots__ = ("__dict__", "family", "path", "split", "style", "weight")

    def __init__(self, path: Path, family: str, weight: int, style: str, split: str | None = None) -> None:
        self.path = path
        self.family = family
        self.weight = weight
        self.style = style
        """system, sans, rounded, serif, mono, fallback (for a script the families lack), emoji or user."""
        self.split = split
        """The split whose pictures are set in the face, or None where all splits need it."""

    def __repr__(self) -> str:
        return f"Face({self.family!r}, {self.weight})"

    @functools.cached_property
    def shaper(self) -> uharfbuzz.Font:
        """The HarfBuzz font, scaled to font units."""
        return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(self.path))))

    @functools.cached_property
    def units(self) -> int:
        """Font units in an em."""
        return int(self.shaper.face.upem)

    @functools.cached_property
    def extents(self) -> tuple[float, float, float]:
        """Ascent, descent and line gap as parts of an em, all counted away from the baseline."""
        metrics = self.shaper.get_font_extents("ltr")
        return metrics.ascender / self.units, -metrics.descender / self.units, metrics.line_gap / self.units

    @functools.cached_property
    def coverage(self) -> frozenset[str]:
        """The characters that have a glyph."""
        return frozenset(map(chr, self.shaper.face.unicodes))

    @property
    def colored(self) -> bool:
        """Whether the glyphs bring their own colours."""
        return self.style == _EMOJI


class Catalogue:
    """All faces there are, by family and weight, and who stands in for a missing character."""

    def __init__(self, faces: Iterable[Face], fallbacks: Sequence[str] = ()) -> None:
        self.faces = tuple(faces)
        self.fallbacks = tuple(fallbacks)
        """Families that are tried in turn for a character a family lacks."""
        self._families: dict[str, list[Face]] = {}
        for face in self.faces:
            self._families.setdefault(face.family, []).append(face)
        self._nearest: dict[tuple[str, int], Face] = {}
        self._chains: dict[tuple[str, int], tuple[Face, ...]] = {}

    def families(self, style: str | None = None) -> tuple[str, ...]:
        """Return the names of the text families, sorted; of one style when it is given."""
        wanted = {face.family for face in self.faces if face.style not in (_EMOJI, _FALLBACK)}
        if style is not None:
            wanted &= {face.family for face in self.faces if face.style == style}
        return tuple(sorted(wanted))

    def face(self, family: str, weight: int = 400) -> Face:
        """Return the family's face nearest to the weight.

        Raises UnknownName with the nearest family there is.
        """
        found = self._nearest.get((family, weight))
        if found is None:
            if family not in self._families:
                raise UnknownName("font family", family, self._families)
            found = min(self._families[family], key=lambda face: (abs(face.weight - weight), -face.weight))
            self._nearest[family, weight] = found
        return found

    def chain(self, family: str, weight: int = 400) -> tuple[Face, ...]:
        """Return the faces to try in turn for a character: the family's, then the fallbacks'."""
        found = self._chains.get((family, weight))
        if found is None:
            names = dict.fromkeys((family, *self.fallbacks))
            found = self._chains[family, weight] = tuple(self.face(name, weight) for name in names)
        return found

    def covers(self, text: str, family: str | None = None) -> bool:
        """Return whether every visible character has a glyph, in the family alone when one is given."""
        faces = self.faces if family is None else (self.face(family),)
        return all(any(char in face.coverage for face in faces) for char in text if not invisible(char))


def invisible(char: str) -> bool:
    """Return whether a character needs no glyph: white space, joiners, marks of direction, selectors."""
    return (
        char.isspace()
        or "\u200b" <= char <= "\u200f"
        or "\u202a" <= char <= "\u202e"
        or "\u2060" <= char <= "\u2069"
        or "\ufe00" <= char <= "\ufe0f"
        or "\U000e0000" <= char <= "\U000e01ef"
        or char < " "
    )


@functools.cache
def open_catalogue(folder: Path | None = None) -> Catalogue:
    """Return the bundled faces and those of the user's folder; one catalogue a folder and process.

    Raises ConfigError when the folder is missing, holds no font, or holds a file that is none.
    """
    listed = json.loads((BUNDLED / "catalogue.json").read_text("utf-8"))
    faces = [
        Face(BUNDLED / entry["file"], entry["family"], entry["weight"], entry["style"], entry["split"])
        for entry in listed["faces"]
    ]
    if folder is not None:
        faces.extend(_user_faces(folder, {face.family for face in faces}))
    return Catalogue(faces, listed["fallbacks"])


def _user_faces(folder: Path, taken: set[str]) -> list[Face]:
    if not folder.is_dir():
        raise ConfigError(f"no such font folder: {folder}; make it, or leave the option out")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS)
    if not paths:
        raise ConfigError(f"no fonts in {folder}; put .ttf or .otf files there, or leave the option out")
    faces, broken = [], []
    for path in paths:
        try:
            faces.append(_read_face(path, taken))
        except (ValueError, OSError) as error:
            broken.append(f"{path.name} ({error})")
    if broken:
        fine = ", ".join(face.path.name for face in faces) or "none"
        raise ConfigError(f"not a usable font in {folder}: {'; '.join(broken)}; remove it (fine: {fine})")
    return faces


def _read_face(path: Path, taken: set[str]) -> Face:
    data = path.read_bytes()
    _check_tables(data)
    raw = uharfbuzz.Face(data)
    if not raw.glyph_count or not raw.unicodes or not raw.upem:
        raise ValueError("no glyphs in it")
    family = raw.get_name(16) or raw.get_name(1) or path.stem
    if family in taken:
        family = f"{family} (own)"
    weight = int(uharfbuzz.Font(raw).get_style_value(uharfbuzz.StyleTag.WEIGHT) or 400)
    return Face(path, family, weight, _USER, _split_of(family))


def _split_of(family: str) -> str:
    """Return the split of a family, for ever the same, whatever else is in its folder."""
    drawn = int.from_bytes(hashlib.blake2b(family.encode(), digest_size=4).digest()) / 2**32
    for split, share in _SHARES:
        drawn -= share
        if drawn < 0:
            return split
    return _SHARES[-1][0]


def _check_tables(data: bytes) -> None:
    """Raise ValueError unless the file is a font all of whose tables lie within it."""
    if data[:4] == b"ttcf" and len(data) >= 16:
        start = int.from_bytes(data[12:16], "big")
    elif data[:4] in (b"\x00\x01\x00\x00", b"OTTO", b"true"):
        start = 0
    else:
        raise ValueError("neither TrueType nor OpenType")
    count = int.from_bytes(data[start + 4 : start + 6], "big")
    for entry in range(start + 12, start + 12 + 16 * count, 16):
        offset, length = (int.from_bytes(data[at : at + 4], "big") for at in (entry + 8, entry + 12))
        if offset + length > len(data) or len(data) < entry + 16:
            raise ValueError("cut off")
