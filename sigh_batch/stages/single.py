"""One forgery on one picture, to look at: drawn as in a set, or with what the user wants in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sigh_batch.data.sample import Json
from sigh_batch.degrade.encode import annex_k, encode
from sigh_batch.degrade.picture import Pixels
from sigh_batch.degrade.twins import differing
from sigh_batch.errors import ConfigError, SighError, UnknownName
from sigh_batch.forge.case import Case, Edit, Kit, Mask
from sigh_batch.forge.hand import Hand, draw_hand
from sigh_batch.forge.operation import PixelForgery, pixel_forgeries
from sigh_batch.forge.passage import passage_of
from sigh_batch.forge.planning import plan
from sigh_batch.render.encode import mask_png
from sigh_batch.rng import for_sample
from sigh_batch.sources import Original, Source
from sigh_batch.sources.decode import decode
from sigh_batch.stages.annotations import said_anew
from sigh_batch.stages.material import Material, case_of, families_of

_TRIES, _AIMED_TRIES = 12, 200
_SETTINGS: dict[str, Json] = {
    "png": {},
    "jpg": annex_k(92, "4:4:4"),
    "webp": {"quality": 92, "method": 4},
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Single:
    """One forgery, and the picture that it was made on."""

    clean: Pixels
    forged: Pixels
    mask: Mask
    """The pixels in which they differ."""
    op: Json
    """As `Sample.ops` has it."""
    hand: Hand

    def mask_file(self) -> bytes:
        """Return the mask as a 1-bit PNG."""
        return mask_png(self.mask)


def open_picture(path: Path) -> tuple[Original, Kit]:
    """Return a picture file and what a forger may use for it; no other picture can be taken from.

    Raises ConfigError when there is no such file, UnreadablePicture when it is no picture.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read the picture {str(path)!r}: {error.strerror}") from error
    pixels = decode(data, path.name).pixels
    original = Original(id=path.name, pixels=pixels, group=path.name, split="train")
    return original, Kit(families=families_of("train"))


def open_sample(source: Source, index: int) -> tuple[Original, Kit]:
    """Return a picture of a source by its index, and what a forger may use for it.

    Raises ConfigError when there is none.
    """
    original = picture_at(source, index)
    return original, Material(source).kit(original, [])


def picture_at(source: Source, index: int) -> Original:
    """Return the picture that has an index in its set; of foreign ones, the picture of that number.

    Raises ConfigError when there is none.
    """
    for number in range(min(index, len(source) - 1), -1, -1):
        original = source.read(number)
        found = number if original.index is None else original.index
        if found == index:
            return original
        if found < index:
            break
    raise ConfigError(f"there is no clean picture {index} in it; it has {len(source):,}")


def forge_one(
    original: Original,
    kit: Kit,
    name: str,
    *,
    skill: str = "careful",
    chain: str | None = None,
    seed: int = 0,
    wanted: Mapping[str, Any] | None = None,
) -> Single:
    """Make one forgery; `wanted` are its parameters, `target` an element's number and `new` the new text.

    Raises UnknownName for an operation, a skill, a chain or a parameter that there is not, ConfigError when
    the picture offers no target or does not take what is wanted.
    """
    operation = pixel_forgeries.get(name)
    wanted = dict(wanted or {})
    draws = for_sample(seed, "forge", 0)
    hand = draw_hand(draws.fork("hand"), skill, chain)
    case = case_of(original)
    target, new = _element_of(case, wanted.pop("target", None)), wanted.pop("new", None)
    if new == "":
        raise ConfigError("new is empty; name a text, or take the text away with --op erase")
    params = _drawn(operation, case, hand, kit, seed, target if new is None else None)
    if new is not None:
        params = _with_text(operation, params, case, hand, kit, target, str(new))
    for key, value in wanted.items():
        if key not in params:
            raise UnknownName(f"parameter of {name}", key, (*params, "new"))
        _check_kind(f"{key} of {name}", value, params[key])
    edit = _carried_out(operation, case, params, wanted, hand, kit)
    mask = differing(case.pixels, edit.pixels)
    if not np.any(mask):
        raise ConfigError(f"{name} changes nothing on it so; give another --seed or other parameters")
    return Single(clean=case.pixels, forged=edit.pixels, mask=mask, op=edit.entry, hand=hand)


def file_of(pixels: Pixels, path: Path) -> bytes:
    """Return a picture as the file that its name's ending asks for, at high quality.

    Raises ConfigError for another ending than png, jpg and webp.
    """
    codec = {"jpeg": "jpg"}.get(ending := path.suffix.lower().lstrip("."), ending)
    if codec not in _SETTINGS:
        raise ConfigError(f"{str(path)!r} ends in no known format; known: .png, .jpg, .webp")
    return encode(pixels, codec, _SETTINGS[codec]).data


def _element_of(case: Case, target: Any) -> int | None:
    """Return the number of the element that is wanted, if one is."""
    if target is None:
        return None
    if not isinstance(target, int) or isinstance(target, bool):
        raise ConfigError(f"target is the number of an element, not {target!r}")
    if not 0 <= target < len(case.elements):
        raise ConfigError(f"there is no element {target} on it; it has {len(case.elements)}")
    return target


def _check_kind(what: str, value: Any, drawn: Any) -> None:
    """Raise ConfigError for a value of another kind than the drawn one: a number, a text, so many numbers."""
    if drawn is not None and _kind(value) != _kind(drawn):
        raise ConfigError(
            f"{what} cannot be {value!r}; here it was drawn as {drawn!r}, give one of that kind"
        )


def _kind(value: Any) -> Any:
    """Return what two values have in common that may stand for each other."""
    if isinstance(value, Mapping):
        return {key: _kind(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        # Lists of things may be of any length, and those of numbers have a place for each.
        return [float] * len(value) if all(_kind(inner) is float for inner in value) else list
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


def _carried_out(
    operation: PixelForgery,
    case: Case,
    params: Mapping[str, Any],
    wanted: Mapping[str, Any],
    hand: Hand,
    kit: Kit,
) -> Edit:
    """Return the edit; a value that cannot be worked with is the user's, and no defect."""
    try:
        return operation.carry_out(case, {**params, **wanted}, hand, kit)
    except Exception as error:  # What draws may raise anything on values that nobody drew.
        if isinstance(error, SighError) or not wanted:
            raise
        told = ", ".join(f"{key}={value!r}" for key, value in wanted.items())
        instead = ", ".join(f"{key}={params[key]!r}" for key in wanted)
        raise ConfigError(f"{operation.name} cannot work with {told}; drawn here: {instead}") from error


def _drawn(
    operation: PixelForgery, case: Case, hand: Hand, kit: Kit, seed: int, target: int | None
) -> dict[str, Any]:
    """Return random parameters, on one element if it is named."""
    for attempt in range(_TRIES if target is None else _AIMED_TRIES):
        params = operation.draw(for_sample(seed, "forge/draw", attempt), case, hand, kit)
        if params is not None and target in (None, params.get("target")):
            return params
    able = [name for name in pixel_forgeries.names() if pixel_forgeries.get(name).foreign]
    if not operation.foreign and not any(element.text for element in case.elements):
        raise ConfigError(
            f"{operation.name} has to know the strings on a picture; take one of a set of ours with --in, "
            f"or an operation that needs no strings: {', '.join(able)}"
        )
    where = "in the picture" if target is None else f"in element {target}, a {case.elements[target].kind}"
    if operation.borrows and kit.donor(for_sample(seed, "forge/lender", 0), False) is None:
        raise ConfigError(
            f"{operation.name} takes from another picture, and there is none; "
            "name a set or a folder of them with --in"
        )
    raise ConfigError(
        f"{operation.name} finds nothing to work on {where}; give another --seed, target or picture"
    )


def _with_text(
    operation: PixelForgery,
    params: Mapping[str, Any],
    case: Case,
    hand: Hand,
    kit: Kit,
    target: int | None,
    new: str,
) -> dict[str, Any]:
    """Return parameters by which a line says what the user wants: all of it, or one word of it."""
    if not {"stretch", "way"} & params.keys() or "seed" not in params:
        raise ConfigError(f"{operation.name} writes no text; take new out")
    number = params["target"] if target is None else target
    element = case.elements[number]
    if element.kind == "word" and element.parent is not None:
        new = said_anew(case.elements, element.parent, number, element.text or "", new)
        number = element.parent
    passage = passage_of(case, number)
    if passage is None:
        raise ConfigError(f"element {number}, a {case.elements[number].kind}, is no line that can be read")
    if new == passage.text:
        raise ConfigError(f"element {number} says {new!r} already; give another text")
    planned = plan(passage, new, hand, kit, params["seed"])
    if planned is None:
        raise ConfigError(f"{new!r} does not fit in place of {passage.text!r}; give a shorter text")
    way = {"way": "word"} if "way" in params else {}
    return {"target": number, **way, **planned}
