"""What forgers work on and take from: pictures of a source as cases, fonts and other screenshots."""

from __future__ import annotations

from collections import OrderedDict

from sigh_batch.config.spec import RunSpec
from sigh_batch.errors import ConfigError
from sigh_batch.forge.case import Case, Kit
from sigh_batch.forge.finder import find_text
from sigh_batch.render.fonts import open_catalogue
from sigh_batch.rng import Draws
from sigh_batch.scene.locale import locale
from sigh_batch.sources import Original, Source
from sigh_batch.sources.decode import Limits
from sigh_batch.sources.opening import open_source
from sigh_batch.stages.donors import Donors, Kept

_UNKNOWN = "en-US"


def read_from(spec: RunSpec) -> Source:
    """Open what a run reads, as its settings say; raises ConfigError when it names nothing."""
    if not spec.source:
        raise ConfigError(f"{spec.kind} works on pictures; name a set or a folder of them with --in")
    foreign = spec.settings.distort.foreign
    return open_source(
        spec.source,
        spec.settings.store,
        splits=foreign.splits.model_dump(),
        grouping=foreign.grouping,
        limits=Limits(max_pixels=foreign.max_pixels),
    )


class Material:
    """The pictures of a source, and what may be taken for work on them."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._donors = Donors(source, case_of)

    def kit(self, original: Original, taken: list[str]) -> Kit:
        """Return what may be used for a picture; ids of pictures that parts come from go into `taken`."""

        kept: Kept = OrderedDict()

        def donor(draws: Draws, same: bool) -> Case | None:
            found = self._donors.pick(draws, original, same, kept)
            if found is None:
                return None
            if found[0] not in taken:
                taken.append(found[0])
            return found[1]

        return Kit(split=original.split, families=families_of(original.split), donor=donor)


def case_of(original: Original) -> Case:
    """Return a picture as a forger sees it; of a foreign one, lines that look like text are found."""
    code = original.locale or _UNKNOWN
    return Case(
        pixels=original.pixels,
        elements=original.elements or find_text(original.pixels),
        scale=original.scale or 1.0,
        font=original.font,
        locale=code,
        rtl=locale(code).direction == "rtl",
    )


def families_of(split: str) -> tuple[str, ...]:
    """Return the font families that a split may use."""
    faces = open_catalogue(None).faces
    return tuple(dict.fromkeys(face.family for face in faces if face.split == split))
