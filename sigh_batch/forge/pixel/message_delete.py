"""A message that was never sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError
from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.ground import fill
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.operation import PixelForgery, pixel_forgery
from sigh_batch.forge.rows import Row, Sheet, has_own, moved, sheet_of
from sigh_batch.forge.stacking import Move, restack
from sigh_batch.forge.wall import bare
from sigh_batch.render.painter import Pixels
from sigh_batch.rng import Draws

_WAYS = ("hole", "close_up", "close_down")
_SHARES = {"careless": (5, 3, 2), "careful": (2, 5, 3), "expert": (1, 6, 3)}


@pixel_forgery("message_delete")
class MessageDelete(PixelForgery):
    """A message taken out, and its place filled or closed by moving what stands below or above it."""

    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Draw the message and what becomes of its place."""
        sheet = sheet_of(case)
        if sheet is None:
            return None
        careless = hand.skill == "careless"
        able = [at for at in range(len(sheet.rows)) if _is_message(case, sheet.rows[at])]
        if not careless:
            able = [at for at in able if _spared(case, sheet, at)]
        if not able:
            return None
        at = draws.choice(able)
        shares = dict(zip(_WAYS, _SHARES[hand.skill], strict=True))
        if at == len(sheet.rows) - 1 or not (careless or sheet.whole_below):
            shares["close_up"] = 0
        if at == 0 or not (careless or sheet.whole_above):
            shares["close_down"] = 0
        way = draws.weighted(list(shares), list(shares.values()))
        lift = sheet.wall.kind != "flat" and not careless
        if hand.skill == "careful" and sheet.wall.kind == "busy":
            lift = draws.chance(0.5)
        return {
            "target": sheet.rows[at].root,
            "way": way,
            "lift": lift,
            "how": hand.fill,
            "error": list(hand.fill_error),
        }

    def carry_out(self, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
        """Take the message out."""
        sheet, target, way = sheet_of(case), params["target"], params["way"]
        row = next((row for row in sheet.rows if row.root == target), None) if sheet else None
        if sheet is None or row is None:
            raise ConfigError(f"target {target} is no message that can be taken out of this picture")
        pixels = case.pixels.copy()
        old = case.elements[target].text
        if way == "hole":
            box = _hole(case, sheet, row)
            pixels[box.window] = _emptied(case, sheet, box, params)
            elements = moved(case.elements, (), row)
            entry = self.entry(params, hand, box, old=old, new="")
            return Edit(pixels=pixels, entry=entry, elements=elements)
        high, column = row.bottom - row.top, sheet.column
        if way == "close_up":
            part = Box(column.x, row.top, column.width, column.bottom - row.top)
            move, shifted = (
                Move(row.bottom, column.bottom, row.top),
                [r for r in sheet.rows if r.top > row.top],
            )
        else:
            part = Box(column.x, column.y, column.width, row.bottom - column.y)
            move, shifted = (
                Move(column.y, row.top, column.y + high),
                [r for r in sheet.rows if r.top < row.top],
            )
        source = restack(pixels, sheet, (move,), part, lift=params["lift"], error=params["error"])
        elements = moved(case.elements, ((other, move.down) for other in shifted), row)
        taken = Box(part.x, move.top, part.width, move.bottom - move.top)
        entry = self.entry(params, hand, part, source=taken, old=old, new="")
        return Edit(pixels=pixels, entry=entry, source=source, elements=elements)


def _is_message(case: Case, row: Row) -> bool:
    return case.elements[row.root].kind == "message"


def _spared(case: Case, sheet: Sheet, at: int) -> bool:
    """Say whether the rest looks whole without this row: no group loses its head, no day its only message."""
    row, rows = sheet.rows[at], sheet.rows
    before = rows[at - 1] if at else None
    after = rows[at + 1] if at + 1 < len(rows) else None
    for other in (before, after):
        if other is None or not _is_message(case, other):
            continue
        if case.elements[other.root].value != case.elements[row.root].value:
            continue
        for kind in ("author", "avatar"):
            if has_own(case, row, kind) and not has_own(case, other, kind):
                return False
    alone = before is not None and not _is_message(case, before)
    return not (alone and (after is None or not _is_message(case, after)))


def _hole(case: Case, sheet: Sheet, row: Row) -> Box:
    """Return the place of a message, with the tail and the shadow that reach out of its box."""
    around = row.content.grown(round(12 * case.scale), round(3 * case.scale))
    top, bottom = max(around.y, row.top), min(around.bottom, row.bottom)
    left, right = max(around.x, sheet.column.x), min(around.right, sheet.column.right)
    return Box(left, top, right - left, bottom - top)


def _emptied(case: Case, sheet: Sheet, box: Box, params: Mapping[str, Any]) -> Pixels:
    """Return the place without the message: the bare wall for who looks at it, a fill for who does not."""
    if not params["lift"]:
        return fill(case.pixels, box, params["how"], params["error"])
    column = sheet.column
    return bare(case.pixels, sheet.wall, column)[box.moved(-column.x, -column.y).window]
