"""A message that nobody sent, in a bubble that stands elsewhere on the same picture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.data.sample import Element, Json
from sigh_batch.errors import ConfigError
from sigh_batch.forge import block, planning
from sigh_batch.forge.box import Box, box_of, united
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.ground import fill, tinted
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.operation import PixelForgery, pixel_forgery
from sigh_batch.forge.passage import passage_of
from sigh_batch.forge.pasting import blended
from sigh_batch.forge.retouch import Retouch
from sigh_batch.forge.rows import Row, Sheet, moved, sheet_of
from sigh_batch.forge.wall import bare, standing
from sigh_batch.forge.wording import day_of, new_message, shown_clock
from sigh_batch.render.painter import Pixels
from sigh_batch.rng import Draws
from sigh_batch.scene.locale import locale

_TEMPLATES = 4
_TEXTS = 25
_TAIL, _SHADOW = 12, 3
"""Logical pixels by which bubbles reach out of their boxes, to the side and up and down."""
_TALLER = 0.2
"""A new message may be higher than the one whose place it takes by this part of a line's height, and lower
by three times as much."""


@pixel_forgery("message_insert")
class MessageInsert(PixelForgery):
    """A message is copied with its bubble, says something else, and stands below the last or over another.

    Careful forgers see to it that its time fits the new place.
    """

    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Return which message is copied, where it goes, and what it says there."""
        sheet = sheet_of(case)
        if sheet is None:
            return None
        seed = draws.integer(0, (1 << 31) - 1)
        whole = [
            row for at, row in enumerate(sheet.rows) if _seen(sheet, at) and _text(case, row) is not None
        ]
        for template in draws.shuffled(whole)[:_TEMPLATES]:
            place = _place(draws, case, sheet, template)
            text = _text(case, template)
            lines = block.lines_of(case, text) if place is not None and text is not None else None
            if place is None or lines is None:
                continue
            over, down = place
            for _ in range(_TEXTS):
                said = new_message(draws, case.locale, kit.split, day_of(case.elements))
                parts = block.laid(lines, said, hand, kit, seed)
                if parts is not None and said != case.elements[template.root].text:
                    planned = block.plans(lines, parts, seed)
                    timed = None
                    if hand.skill != "careless":
                        timed = _timed(draws, case, template, over, hand, kit, seed)
                    return {
                        "target": over.root if over is not None else None,
                        "template": template.root,
                        "down": down,
                        "said": said,
                        "lines": [*planned, *([timed] if timed else [])],
                        "seed": seed,
                    }
        return None

    def carry_out(self, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
        """Return the picture with the message that nobody sent."""
        sheet = sheet_of(case)
        template = _row(sheet, params.get("template"))
        over = _row(sheet, params["target"]) if params.get("target") is not None else None
        if sheet is None or template is None or (params.get("target") is not None and over is None):
            raise ConfigError(f"no message {params.get('template')!r} to copy on this picture")
        down = int(params["down"])
        pixels = case.pixels.copy()
        part = _around(case, sheet, template)
        new = part.moved(0, down)
        if not new.within(Box(0, 0, case.width, case.height)):
            raise ConfigError(f"a message moved by {down} pixels does not lie on this picture")
        boxes = [new]
        if over is not None:
            hole = _around(case, sheet, over)
            pixels[hole.window] = _emptied(case, sheet, over, hole, hand)
            boxes.append(hole)
        cover = _standing(case, template, part, bare(case.pixels, sheet.wall, part))
        pixels[new.window] = blended(pixels[new.window], case.pixels[part.window], cover)
        elements = moved(case.elements, (), over)
        copies = _copies(elements, template, down)
        changed = replace(case, pixels=pixels, elements=(*elements, *copies))
        retouch = Retouch(changed, hand)
        lines = [_moved_plan(case, template, plan, down) for plan in params["lines"]]
        told, after = block.rewrite(retouch, {"lines": lines}, hand, kit)
        source = np.zeros((case.height, case.width), np.bool_)
        source[part.window] = cover > 0
        taken = [part]
        if retouch.source is not None:
            taken.append(retouch.source[0])
            source |= retouch.source[1]
        root = len(elements) + template.elements.index(template.root)
        after = _renamed(after, root, str(params["said"]))
        entry = self.entry(
            {**params, **told},
            hand,
            united((*boxes, retouch.box)),
            source=united(taken),
            old=case.elements[over.root].text if over is not None else None,
            new=str(params["said"]),
        )
        return Edit(pixels=retouch.pixels, entry=entry, source=source, elements=after)


def _seen(sheet: Sheet, at: int) -> bool:
    """Say whether a row is wholly seen."""
    return (at > 0 or sheet.whole_above) and (at + 1 < len(sheet.rows) or sheet.whole_below)


def _text(case: Case, row: Row) -> int | None:
    """Return the number of the text of a message; None of a row that is none, or has more to it than text."""
    if case.elements[row.root].kind != "message":
        return None
    kinds = [(case.elements[number].kind, number) for number in row.elements]
    texts = [number for kind, number in kinds if kind == "text"]
    plain = all(
        kind in ("message", "bubble", "avatar", "author", "time", "text", "line", "word") for kind, _ in kinds
    )
    return texts[0] if plain and len(texts) == 1 else None


def _place(draws: Draws, case: Case, sheet: Sheet, template: Row) -> tuple[Row | None, int] | None:
    """Return the message whose place is taken, if one is, and how far down the copy goes."""
    high = template.content.height
    last = sheet.rows[-1]
    below = last.bottom - template.top
    part = _around(case, sheet, template)
    if sheet.whole_below and template is not last and _free(case, sheet, part.moved(0, below)):
        return None, below
    line = max(8.0, 16 * case.scale)
    able = [
        row
        for at, row in enumerate(sheet.rows)
        if row is not template
        and _seen(sheet, at)
        and case.elements[row.root].kind == "message"
        and case.elements[row.root].value != case.elements[template.root].value
        and -_TALLER * line <= row.content.height - high <= 3 * _TALLER * line
    ]
    if not able:
        return None
    over = draws.choice(able)
    down = over.content.y - template.content.y
    # What reaches out of its box may do so beyond the picture's edge up there, where the other's does not.
    fits = part.moved(0, down).within(Box(0, 0, case.width, case.height))
    return (over, down) if fits else None


def _free(case: Case, sheet: Sheet, box: Box) -> bool:
    """Say whether nothing but the wall is to be seen in a box below the conversation."""
    if box.bottom > case.height:
        return False
    part = case.pixels[box.window].astype(np.int16)
    ground = sheet.wall.colors[-1].astype(np.int16)
    apart = np.abs(part - ground).max(axis=2)
    return sheet.wall.kind == "flat" and int(apart.max()) <= 3


def _around(case: Case, sheet: Sheet, row: Row) -> Box:
    """Return the place of a message, with the tail and the shadow that reach out of its box."""
    around = row.content.grown(round(_TAIL * case.scale), round(_SHADOW * case.scale))
    top, bottom = max(around.y, row.top), min(around.bottom, row.bottom)
    left, right = max(around.x, sheet.column.x), min(around.right, sheet.column.right)
    return Box(left, top, right - left, bottom - top)


def _emptied(case: Case, sheet: Sheet, row: Row, hole: Box, hand: Hand) -> Pixels:
    """Return what is left of a message's place: the careless fill it, the others know the wall."""
    if hand.skill == "careless":
        return fill(case.pixels, hole, hand.fill, hand.fill_error)
    ground = tinted(bare(case.pixels, sheet.wall, hole), hand.fill_error)
    gone = cv2.dilate(_standing(case, row, hole, ground), np.ones((5, 5), np.uint8))
    return np.where(gone[:, :, None] > 0, ground, case.pixels[hole.window])


def _standing(case: Case, row: Row, part: Box, ground: Pixels) -> NDArray[np.uint8]:
    """Return the coverage of what belongs to a message, without what the wall's pattern shows beside it."""
    cover = standing(case.pixels[part.window], ground)
    _, labels = cv2.connectedComponents(cover)
    own = np.zeros(int(labels.max()) + 1, np.bool_)
    near = np.zeros(cover.shape, np.bool_)
    for number in row.elements:
        if case.elements[number].kind in ("message", "line", "word"):
            continue
        box = box_of(case.elements[number])
        if box.meets(part):
            seen = box.moved(-part.x, -part.y).inside(part.width, part.height)
            own[np.unique(labels[seen.window])] = True
            reach = box.grown(round(_TAIL * case.scale), round(_SHADOW * case.scale))
            near[reach.moved(-part.x, -part.y).inside(part.width, part.height).window] = True
    own[0] = False
    return np.where(own[labels] & near, cover, 0).astype(np.uint8)


def _timed(
    draws: Draws, case: Case, template: Row, over: Row | None, hand: Hand, kit: Kit, seed: int
) -> Json | None:
    """Return the plan of the copy's time, so that it fits between those around it; None where it has none."""
    own = _time(case, template)
    if own is None:
        return None
    here, passage = locale(case.locale), passage_of(case, own)
    if passage is None:
        return None
    other = _time(case, over) if over is not None else None
    value = case.elements[other].value if other is not None else _latest(case)
    old = case.elements[own].value
    if value is None or old is None:
        return None
    moment = dt.datetime.fromisoformat(value)
    if other is None:
        moment += dt.timedelta(minutes=draws.integer(0, 4))
    text = shown_clock(passage.text, dt.datetime.fromisoformat(old), moment, here)
    planned = None
    if text is not None and text != passage.text:
        planned = planning.plan(passage, text, hand, kit, seed)
    if planned is None:
        return None
    return {"target": own, "value": moment.isoformat(timespec="seconds"), **planned}


def _time(case: Case, row: Row) -> int | None:
    return next((number for number in row.elements if case.elements[number].kind == "time"), None)


def _latest(case: Case) -> str | None:
    """Return the time of the last message that shows one."""
    known = [
        element.value for element in case.elements if element.kind == "time" and element.message is not None
    ]
    return max((value for value in known if value), default=None)


def _row(sheet: Sheet | None, root: Any) -> Row | None:
    return next((row for row in sheet.rows if row.root == root), None) if sheet is not None else None


def _copies(elements: tuple[Element, ...], template: Row, down: int) -> list[Element]:
    """Return the elements of a message's copy, which stand after all others."""
    first = len(elements)
    numbers = {number: first + at for at, number in enumerate(template.elements)}
    return [
        elements[number]._replace(
            y=round(elements[number].y + down, 2),
            message=None,
            parent=numbers.get(elements[number].parent or -1),
        )
        for number in template.elements
    ]


def _moved_plan(case: Case, template: Row, plan: Mapping[str, Any], down: int) -> Json:
    """Return the plan of a line for its copy."""
    target = int(plan["target"])
    if target not in template.elements:
        raise ConfigError(f"line {target} is not one of the message {template.root}; give what draw returned")
    lettering = {**plan["lettering"], "baseline": plan["lettering"]["baseline"] + down}
    y, *rest = plan["place"]
    number = len(case.elements) + template.elements.index(target)
    return {**plan, "target": number, "lettering": lettering, "place": [y + down, *rest]}


def _renamed(elements: tuple[Element, ...], root: int, said: str) -> tuple[Element, ...]:
    """Return the elements with what the copy says in all of them that tell it."""
    changed = list(elements)
    for number in range(root, len(changed)):
        element = changed[number]
        if element.kind == "message" or (element.kind == "text" and element.parent == root):
            changed[number] = element._replace(text=said)
    return tuple(changed)
