"""COCO object detection: every element a box of its kind, every edited place an object of its operation."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import BinaryIO, ClassVar

import orjson

from sigh_batch.data.export.formats import formats
from sigh_batch.data.export.regions import Box, regions
from sigh_batch.data.loader import Item
from sigh_batch.data.sample import Json
from sigh_batch.store import Store

_ELEMENT, _FORGED = "element", "forged"


@formats.register("coco")
class Coco:
    """`<split>/<id>.png` and `annotations/<split>.json`; a box of a text also says its string.

    The category of an edited place is the type of the operation, its segmentation the pixels that changed.
    """

    columns: ClassVar[tuple[str, ...]] = (
        "id",
        "index",
        "split",
        "format",
        "width",
        "height",
        "elements",
        "ops",
    )

    def __init__(self, target: Store, scratch: Path) -> None:
        self._target = target
        self._scratch = scratch
        self._splits: dict[str, _Annotations] = {}
        self._categories: dict[tuple[str, str], int] = {}

    def add(self, row: Json, item: Item) -> None:
        """Write one sample."""
        split = row["split"]
        if split not in self._splits:
            self._splits[split] = _Annotations(self._scratch / split)
        name = f"{row['id']}.{row['format']}"
        self._target.put(f"{split}/{name}", item.image)
        told = self._splits[split]
        told.add_image(
            {"id": row["index"], "file_name": name, "width": row["width"], "height": row["height"]}
        )
        for element in row["elements"]:
            x, y, width, height = (element[name] for name in ("x", "y", "width", "height"))
            corners = [x, y, x + width, y, x + width, y + height, x, y + height]
            told.add_object(
                row["index"],
                self._category(_ELEMENT, element["kind"]),
                (x, y, width, height),
                round(width * height, 2),
                [[round(value, 2) for value in corners]],
                {"text": element["text"], "value": element["value"]},
            )
        for op, box, area, runs in regions(row["ops"], item.mask) if row["ops"] else ():
            facts = {name: op[name] for name in ("skill", "old", "new")}
            category = self._category(_FORGED, op["type"])
            told.add_object(row["index"], category, box, area, runs, facts)

    def close(self) -> None:
        """Write the annotations of every split."""
        categories = [
            {"id": number, "name": name, "supercategory": above}
            for (above, name), number in self._categories.items()
        ]
        for split, told in self._splits.items():
            self._target.put_file(f"annotations/{split}.json", told.finish(categories))

    def _category(self, above: str, name: str) -> int:
        return self._categories.setdefault((above, name), len(self._categories) + 1)


class _Annotations:
    """The two long lists of one split, written to disk as they come."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._images = _JsonList(path.with_name(f"{path.name}.images"))
        self._boxes = _JsonList(path.with_name(f"{path.name}.boxes"))

    def add_image(self, image: Json) -> None:
        self._images.add(image)

    def add_object(
        self, image: int, category: int, box: Box, area: float, segmentation: object, facts: Json
    ) -> None:
        told = {name: value for name, value in facts.items() if value is not None}
        self._boxes.add(
            {
                "id": self._boxes.length + 1,
                "image_id": image,
                "category_id": category,
                "bbox": [round(value, 2) for value in box],
                "area": area,
                "segmentation": segmentation,
                "iscrowd": 0,
                **told,
            }
        )

    def finish(self, categories: list[Json]) -> Path:
        """Put the lists together and return the file."""
        with self._path.open("wb") as out:
            out.write(b'{"categories":' + orjson.dumps(categories) + b',\n"images":[')
            self._images.pour(out)
            out.write(b'],\n"annotations":[')
            self._boxes.pour(out)
            out.write(b"]}\n")
        return self._path


class _JsonList:
    """The items of a JSON list in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO = path.open("wb")
        self.length = 0

    def add(self, item: Json) -> None:
        self._file.write((b",\n" if self.length else b"\n") + orjson.dumps(item))
        self.length += 1

    def pour(self, out: BinaryIO) -> None:
        self._file.close()
        with self._path.open("rb") as items:
            shutil.copyfileobj(items, out, 1 << 20)
        self._path.unlink()
