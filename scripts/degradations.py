"""Writes docs/degradations.md from the operations themselves: what each stands for, and its parameters.

python scripts/degradations.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sigh_batch.degrade.jpeg_tables import FAMILIES
from sigh_batch.degrade.operation import Operation, benign, degradations
from sigh_batch.registry import Registry

PAGE = Path(__file__).parents[1] / "docs" / "degradations.md"

HEAD = """\
<!-- made by scripts/degradations.py: change the code it describes -->

# Degradations and benign edits

A screenshot that is shown as evidence has been sent, saved, scaled, photographed and marked up. Nothing of
that is forgery. *Degradations* wear a picture; *benign edits* are what honest people do to it. Both are
done to clean and forged pictures alike, so that none of them tells the class.

Every operation draws its parameters and applies them in two steps. Applying depends on the picture and
the parameters alone, so a sample's history is enough to do it all again:

    from sigh_batch.degrade.operation import find, replay
    from sigh_batch.degrade.picture import picture_of
    from sigh_batch.rng import for_sample

    picture = picture_of(pixels, mask, boxes, kinds)
    messenger = find("messenger")
    params = messenger.draw(for_sample(7, "distort", 0), picture)
    sent = messenger.apply(picture, params)         # pixels, marks and boxes moved together
    again = replay(picture, sent.history)           # equal bytes
    worse = messenger.apply(picture, messenger.at(640))     # one level of its sweep
    webp = messenger.apply(picture, {**messenger.at(640), "codec": "webp"})

A forged picture and its clean twin share one draw: `draw` looks at the size and at the elements' boxes,
and an edited word may have another width. Draw once and apply to both.

## What happens to the mask

- **Moves** (crops, bars, scaling, warps, stitches) take the marks along. A pixel of the result is marked
  when any marked pixel lies, if only partly, in the area that it covers: nothing marked is ever lost to
  scaling, and the edge moves outwards by less than a pixel. Whole-pixel moves are exact. A warp is
  bilinear, and a pixel is marked when a marked one has weight in it.
- **Pixel operations** (JPEG, blur, noise, tone) leave the marks as they are: they say what was
  forged, not how far a blur carried it.
- **Opaque paint** (a redaction bar, an arrow, an opaque watermark) takes the marks under it: nothing of the
  picture is left there. A forgery may vanish altogether; look at the mask before calling the result forged.

The mask has eight bit planes. Bit 0 is the forgery; others (a source region, an intended box) go along.
Boxes are clipped; one that left the picture has size 0 and keeps its place in the list.

## What is recorded

The history holds every operation with its parameters and every encoding as `encodes` in the manifest has
it. An encoding's sampling and quantisation tables are read back from the written bytes, never copied
from what was asked.

## Equal bytes

Pixels are worked on in whole numbers, or in operations that IEEE arithmetic fixes. A test compares the bytes
of every operation between a process that uses all the processor has and one that is denied IPP and the
vector instructions of OpenCV and libjpeg-turbo, with another number of threads. They do depend on the
versions of OpenCV, Pillow, simplejpeg and the codecs inside these.
"""


def main(path: Path = PAGE) -> None:
    """Write the page."""
    path.write_text("\n".join(page()).rstrip() + "\n", encoding="utf-8")


def page() -> Iterator[str]:
    """Yield the page's lines."""
    yield HEAD
    yield from ("## Quantisation tables", "", "The families of `tables`; none claims to be a product's.", "")
    yield from ("| family | what it is |", "|---|---|")
    yield from (f"| `{name}` | {meaning} |" for name, meaning in FAMILIES.items())
    for title, family in (("Degradations", degradations), ("Benign edits", benign)):
        yield from ("", f"## {title}", "")
        yield from _overview(family)
        for name in family.names():
            yield from _parameters(name, family.get(name))


def _overview(family: Registry[Operation]) -> Iterator[str]:
    yield from ("| name | stands for | sweep | levels |", "|---|---|---|---|")
    for name in family.names():
        operation = family.get(name)
        levels = ", ".join(
            f"**{level:g}**" if level == operation.identity else f"{level:g}" for level in operation.levels
        )
        stands_for = (operation.__doc__ or "").splitlines()[0]
        yield f"| [`{name}`](#{name}) | {stands_for} | {operation.unit} | {levels} |"
    yield from ("", "A level in bold changes nothing.")


def _parameters(name: str, operation: Operation) -> Iterator[str]:
    yield from ("", f"### {name}", "", "| parameter | allowed | meaning |", "|---|---|---|")
    for parameter, rule in operation.rules.rules.items():
        yield f"| `{parameter}` | {rule.range()} | {rule.meaning} |"


if __name__ == "__main__":
    main()
