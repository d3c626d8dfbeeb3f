"""What tests of data sets share: small real samples, and whole sets of them in a store."""

from __future__ import annotations

import functools
import io
import resource
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from PIL import Image

from sigh_batch.data.identity import Identity, claim
from sigh_batch.data.manifest import merge
from sigh_batch.data.plan import Plan
from sigh_batch.data.record import Record
from sigh_batch.data.sample import Element, Failure, Sample
from sigh_batch.data.shard import ShardWriter, publish
from sigh_batch.store import Store

IDENTITY = Identity(kind="generate", config_hash="00c0ffee", engine={"skia": "144.0"}, values={"seed": 7})

Make = Callable[[int], Sample | Failure]


@functools.lru_cache(maxsize=64)
def picture(shade: int, width: int, height: int, ending: str = "png") -> bytes:
    """Return a small picture."""
    out = io.BytesIO()
    image = Image.new("RGB", (width, height), (shade, 255 - shade, 40))
    image.save(out, {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}[ending])
    return out.getvalue()


@functools.lru_cache(maxsize=64)
def mask(width: int, height: int, pixels: int) -> bytes:
    """Return a 1-bit PNG with that many pixels set."""
    out = io.BytesIO()
    image = Image.new("1", (width, height))
    image.putdata([1] * pixels + [0] * (width * height - pixels))
    image.save(out, "PNG")
    return out.getvalue()


def make_sample(index: int, **changes: Any) -> Sample:
    """Return the sample of an index: of four one is forged, of eight one by copying."""
    forged = index % 4 == 3
    ending = ("png", "jpg", "webp")[index % 3]
    width, height = 20 + index % 5, 12
    box = (1.5, 2.25, 8.0, 4.0)
    sample = Sample(
        id=f"{index:06d}",
        index=index,
        seed=7,
        stage="generate",
        group=f"talk-{index // 2}",
        pair=f"pair-{index // 2}",
        split="train" if index // 2 % 5 else "test",
        label=int(forged),
        format=ending,
        width=width,
        height=height,
        image=picture(index % 200, width, height, ending),
        mask=mask(width, height, 6 if forged else 0),
        mask_pixels=6 if forged else 0,
        source_mask=mask(width, height, 4) if index % 8 == 7 else None,
        benign=None if index % 7 else "crop",
        ops=(
            {
                "type": "text_replace",
                "target": 1,
                "old": "5 €",
                "new": "50 €",
                "box": box,
                "params": {"n": 1},
            },
        )
        if forged
        else (),
        encodes=({"codec": ending, "width": width, "height": height},),
        skin=("server", "bubbles", "sms")[index % 3],
        theme="dark" if index % 2 else "light",
        scale=1.5,
        font="Noto Sans",
        locale="de_DE",
        elements=(
            Element("message", *box, message=0),
            Element("text", 2.0, 3.5, 6.0, 2.0, text=f"Grüße {index} 🎉", message=0, parent=0),
        ),
        drawn={"hour": index % 24},
    )
    return replace(sample, **changes)


def endings_of(sample: Sample) -> tuple[str, ...]:
    """Return the endings of a sample's members in their order."""
    source = () if sample.source_mask is None else ("source.png",)
    return sample.format, "mask.png", *source, "json"


def make_failure(index: int, message: str = "the picture is torn") -> Failure:
    """Return the failure of an index."""
    return Failure(
        id=f"{index:06d}", index=index, seed=7, stage="generate", code="unreadable_image", message=message
    )


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def write_shard(
    store: Store, plan: Plan, shard: int, make: Make = make_sample, identity: Identity = IDENTITY
) -> Record:
    """Make and publish one shard."""
    with ShardWriter(plan, shard, identity, store.scratch) as writer:
        for index in plan.samples(shard):
            made = make(index)
            if isinstance(made, Sample):
                writer.add(made)
            else:
                writer.add_failure(made)
        return publish(store, plan, writer.close())


def write_set(
    store: Store,
    plan: Plan,
    make: Make = make_sample,
    shards: Iterable[int] | None = None,
    identity: Identity = IDENTITY,
) -> None:
    """Make a whole set, its shards in any given order, and merge it."""
    claim(store, identity)
    for shard in range(len(plan)) if shards is None else shards:
        write_shard(store, plan, shard, make, identity)
    merge(store, plan, identity)
