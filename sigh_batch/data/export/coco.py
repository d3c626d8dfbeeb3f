"""COCO object detection: every element a box of its kind, and every edited place a box called forged."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import BinaryIO, ClassVar

import orjson

from sigh_batch.data.export.formats import formats
from sigh_batch.data.loader import Item
from sigh_batch.data.sample import Json
from sigh_batch.store import Store

_FORGED = "forged"


@formats.register("coco")
class Coco:
    """`<split>/<id>.png` and `annotations/<split>.json`; a box of a text also says its string."""

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
        self._categories: dict[str, int] = {_FORGED: 1}

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
            category = self._categories.setdefault(element["kind"], len(self._categories) + 1)
            told.add_box(
                row["index"], category, element, {"text": element["text"], "value": element["value"]}
            )
        for op in row["ops"]:
            if op["box"]:
                told.add_box(row["index"], self._categories[_FORGED], op["box"], {"type": op["type"]})

    def close(self) -> None:
        """Write the annotations of every split."""
        categories = [{"id": number, "name": name} for name, number in self._categories.items()]
        for split, told in self._splits.items():
            self._target.put_file(f"annotations/{split}.json", told.finish(categories))


class _Annotations:
    """The two long lists of one split, written to disk as they come."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._images = _JsonList(path.with_name(f"{path.name}.images"))
        self._boxes = _JsonList(path.with_name(f"{path.name}.boxes"))

    def add_image(self, image: Json) -> None:
        self._images.add(image)

    def add_box(self, image: int, category: int, box: Json, facts: Json) -> None:
        x, y, width, height = (round(box[name], 2) for name in ("x", "y", "width", "height"))
        told = {name: value for name, value in facts.items() if value is not None}
        self._boxes.add(
            {
                "id": self._boxes.length + 1,
                "image_id": image,
                "category_id": category,
                "bbox": [x, y, width, height],
                "area": round(width * height, 2),
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
