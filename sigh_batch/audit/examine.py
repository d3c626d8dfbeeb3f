"""One audit from end to end: the rows, a part of the pictures, and what is found in both."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sigh_batch.audit import pairing
from sigh_batch.audit.check import Audit, Check
from sigh_batch.audit.features import BYTES, LOOK, METADATA, Traits, traits_of
from sigh_batch.audit.parameters import compare_parameters
from sigh_batch.audit.sharing import check_copies, check_shared
from sigh_batch.audit.tree import tell_apart
from sigh_batch.config.audit import AuditConfig
from sigh_batch.data.catalog import Catalog
from sigh_batch.data.loader import Dataset, open_dataset
from sigh_batch.data.manifest import read_manifest
from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError
from sigh_batch.scene.locale import locale, locale_names
from sigh_batch.store import Store

_FEWEST = 10
"""Pairs that an audit needs; of some hundreds it begins to find what is faint."""
_LONG = 25
"""Messages of fewer letters are common to everybody."""


def examine(
    store: Store, config: AuditConfig, watch: Callable[[int, int], None] = lambda _done, _all: None
) -> Audit:
    """Return what an audit finds; `watch` hears how many pictures are opened, of how many.

    Raises NotFound where there is no set, ConfigError for a set that has one class alone or too few pairs.
    """
    rows = pairing.read_rows(Catalog(store))
    if not len(rows):
        raise ConfigError(f"{store.url} has no pictures; the error_message of its rows says why")
    forged = int(rows.label.sum())
    if not forged or forged == len(rows):
        kind = "forged" if forged else "clean"
        raise ConfigError(
            f"{store.url} has {kind} pictures alone and an audit compares both classes; "
            "sigh distort makes a set of both"
        )
    manifest = read_manifest(store)
    assert manifest is not None
    chosen = _spread_pairs(rows, config.pictures)
    if (pairs := len(np.unique(rows.pair[chosen]))) < _FEWEST:
        raise ConfigError(
            f"{pairs} pairs of {store.url} are too few to tell anything; "
            f"audit at least {_FEWEST}, by a larger set or audit.pictures"
        )
    opened = _open_pictures(open_dataset(store), chosen, watch)
    return Audit(
        url=store.url,
        config_hash=manifest.config_hash,
        samples=len(rows),
        forged=forged,
        opened=len(chosen),
        checks=(
            pairing.check_balance(rows),
            pairing.check_twins(rows),
            pairing.check_groups(rows),
            pairing.check_containers(rows),
            *_check_telling(opened, rows.label[chosen], rows.pair[chosen], config),
            *_check_sharing(opened, rows.label[chosen], config),
        ),
        parameters=compare_parameters(
            (int(label), annotation)
            for label, (_, annotation) in zip(rows.label[chosen], opened, strict=True)
        ),
    )


Opened = list[tuple[Traits, Json]]


def _spread_pairs(rows: pairing.Rows, most: int) -> NDArray[np.int64]:
    """Return the places of whole pairs, spread evenly over the set."""
    order = np.argsort(rows.pair, kind="stable")
    pair = rows.pair[order]
    starts = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]])
    first = np.sort(order[starts])
    share = min(1.0, most / len(rows))
    count = max(1, int(len(first) * share))
    kept = rows.pair[first[np.arange(count) * len(first) // count]]
    return np.flatnonzero(np.isin(rows.pair, kept))


def _open_pictures(dataset: Dataset, chosen: NDArray[np.int64], watch: Callable[[int, int], None]) -> Opened:
    def look(number: int) -> tuple[Traits, Json]:
        item = dataset[number]
        annotation = item.annotation
        return traits_of(annotation["id"], annotation["index"], item.image), _kept(annotation)

    opened: Opened = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for done, found in enumerate(pool.map(look, chosen.tolist(), chunksize=8), 1):
            opened.append(found)
            watch(done, len(chosen))
    return opened


def _kept(annotation: Json) -> Json:
    """Return the annotation with its elements reduced to authors and messages."""
    said = [
        (part["kind"], part["text"]) for part in annotation["elements"] if part["kind"] in ("author", "text")
    ]
    return {**annotation, "elements": said}


def _check_telling(
    opened: Opened, labels: NDArray[np.int8], pairs: NDArray[np.uint64], config: AuditConfig
) -> Iterator[Check]:
    tables = (
        (
            "metadata_auc",
            "What files say of themselves does not tell the classes apart",
            METADATA,
            config.metadata_auc,
        ),
        ("bytes_auc", "How often byte values occur does not tell the classes apart", BYTES, config.bytes_auc),
        ("look_auc", "How well sizes and colours tell the classes apart", LOOK, None),
    )
    for name, title, names, limit in tables:
        part = name.removesuffix("_auc")
        numbers = np.stack([getattr(traits, part) for traits, _ in opened])
        telling = tell_apart(
            numbers, names, labels, pairs.astype(np.int64), folds=config.folds, resamples=config.resamples
        )
        best = ", ".join(f"{feature} {auc:.3f}" for feature, auc in telling.best)
        check = Check(
            name=name,
            title=title,
            value=telling.auc,
            limit=limit,
            low=telling.low,
            high=telling.high,
            note=f"telling most alone: {best}",
        )
        chance = limit is not None and telling.auc > limit and check.passed
        yield replace(check, note=f"no more than chance does to so few; {check.note}") if chance else check


def _check_sharing(opened: Opened, labels: NDArray[np.int8], config: AuditConfig) -> Iterator[Check]:
    clean = [found for found, label in zip(opened, labels, strict=True) if not label]
    splits = [annotation["split"] for _, annotation in clean]
    yield check_copies(
        [annotation["id"] for _, annotation in clean],
        splits,
        np.stack([traits.signature for traits, _ in clean]),
        config.likeness,
    )
    names: dict[str, set[str]] = {split: set() for split in splits}
    fonts: dict[str, set[str]] = {split: set() for split in splits}
    messages: dict[str, set[str]] = {split: set() for split in splits}
    for _, annotation in opened:
        split = annotation["split"]
        if annotation["font"]:
            fonts[split].add(annotation["font"])
        for kind, text in annotation["elements"]:
            if kind == "author" and text != _own(annotation["locale"]):
                names[split].add(text)
            elif text and len(text) >= _LONG:
                messages[split].add(text)
    yield check_shared("names", "Splits share no names of authors", names, config.shared_names)
    yield check_shared("fonts", "Splits share no font families", fonts, config.shared_fonts)
    yield check_shared("messages", "How many longer messages splits share", messages, None)


def _own(code: str | None) -> str:
    """Return what a client calls its owner; that is nobody's name."""
    return locale(code).word("you") if code in locale_names() else ""
