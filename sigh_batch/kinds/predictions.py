"""Shards of predictions: rows and tamper maps of the pictures on a list, and one table of all of them.

The list is made once, before the first shard, and lies beside them: `begin` makes it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sigh_batch.config.predict import PredictConfig
from sigh_batch.config.spec import RunSpec
from sigh_batch.data.merged import Merged
from sigh_batch.data.names import NAMES_KEY, NamesFile, NamesWriter
from sigh_batch.data.objects import disk_faults, new_folder
from sigh_batch.data.prediction_files import merge_predictions
from sigh_batch.data.record import Record
from sigh_batch.data.sample import Json
from sigh_batch.data.scored import ScoredWriter, publish_scored
from sigh_batch.data.trained import absolute_model
from sigh_batch.errors import AlreadyExists, ConfigError, DataError, NotFound, RunMismatch
from sigh_batch.kinds import Allowance, Site, Stopped, Watcher, kinds
from sigh_batch.models import opening
from sigh_batch.models.detector import Detector
from sigh_batch.models.file import read_document
from sigh_batch.sources.decode import Limits
from sigh_batch.sources.names.opening import STDIN, find_names
from sigh_batch.sources.names.reading import NameReader
from sigh_batch.stages.predict import Predict
from sigh_batch.store import absolute_url
from sigh_batch.store.options import StoreOptions

_GPU = Path("/dev/nvidiactl")
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A run whose pictures are known: its spec, the file of their names, and what was passed over."""

    spec: RunSpec
    names: Path
    others: str

    def keep(self, site: Site, *, made_here: bool = True) -> None:
        """Make the store this run's and put the list into it, or find that it has this very list.

        A run that others make is theirs to begin: it is their versions of libraries that decide its bytes.
        Raises RunMismatch when the store is another run's.
        """
        if made_here:
            site.claim()
        with suppress(AlreadyExists):
            site.store.put_file(NAMES_KEY, self.names, if_absent=True)


@contextmanager
def list_pictures(spec: RunSpec) -> Iterator[Listed]:
    """List what a run is to score, into a file that is gone after the block unless it was kept.

    The spec comes back complete: how many pictures there are, what decides which, and by which models.
    Raises ConfigError when there is none, or when the run would write into what it reads.
    """
    settings = spec.settings
    config = settings.predict
    assert spec.source is not None
    found = find_names(
        spec.source, settings.store, root=config.root, column=config.id_column, split=config.split
    )
    if found.reader == "files":
        _refuse_overlap(found.root, spec.out)
    with disk_faults("the system's temporary folder"), new_folder(None) as folder:
        path = Path(folder, NAMES_KEY)
        writer = NamesWriter(path)
        for name, stamp in found.names:
            writer.add(name, stamp)
        listing = writer.close(found.reader, absolute_url(found.root))
        others = str(found.others)
        if not writer.count:
            where = "on standard input" if spec.source == STDIN else f"in {spec.source}"
            raise ConfigError(f"there are no pictures {where}{f': {others}' if others else ''}")
        models = tuple(map(absolute_model, config.models))
        known = {
            "files": writer.count,
            "listing": listing,
            "models": [_told_of_model(url, settings.store) for url in models or (None,)],
        }
        carried_out = settings.run
        if carried_out.workers is None and _is_on_gpu(config.device):
            carried_out = carried_out.model_copy(update={"workers": 1})
        whole = settings.model_copy(
            update={
                "run": carried_out,
                "count": writer.count,
                "shards": None if settings.shards is None else min(settings.shards, writer.count),
                "predict": config.model_copy(update={"models": models}),
            }
        )
        yield Listed(
            spec=spec.model_copy(update={"settings": whole, "found": known}), names=path, others=others
        )


@kinds.register("predict")
class Predictions:
    """Scores the pictures on the list of a run."""

    def __init__(self, site: Site) -> None:
        self._site = site

    @property
    def _config(self) -> PredictConfig:
        return self._site.spec.settings.predict

    @cached_property
    def _names(self) -> NamesFile:
        """The list of the run, checked against its identity."""
        store, wanted = self._site.store, (self._site.identity.values.get("source") or {}).get("listing")
        try:
            names = NamesFile(store)
        except NotFound:
            # Whoever began the run could not write there, as one who sends it to a cluster.
            self._list_again()
            names = NamesFile(store)
        if names.listing != wanted or len(names) != self._site.plan.count:
            raise RunMismatch(
                f"{names.where} lists other pictures than this run is of ({names.listing} there, {wanted} "
                "here); write to another place"
            )
        return names

    def _list_again(self) -> None:
        if self._site.spec.source == STDIN:
            raise DataError(
                f"{self._site.store.url} has no {NAMES_KEY}; give the command again that began the run"
            )
        with list_pictures(self._site.spec) as listed:
            listed.keep(self._site)

    @cached_property
    def stage(self) -> Predict:
        """What scores pictures; opening the models may take some seconds."""
        settings, names = self._site.spec.settings, self._names
        for variable in _THREADS:
            # Read when the library that computes is loaded, which is when the first model is opened.
            os.environ[variable] = str(self._config.threads)
        limits = Limits(max_pixels=self._config.max_pixels, min_side=self._config.min_side)
        reader = NameReader(names.reader, names.root, limits, settings.store)
        return Predict(self._config, open_models(self._config, settings.store), reader)

    def make_shard(self, shard: int, watcher: Watcher) -> Record:
        """Make one shard and publish it; pictures that cannot be read are rows, and no reason to give up."""
        site = self._site
        samples = site.plan.samples(shard)
        allowance = Allowance(site.spec.settings.run.max_failures, shard, len(samples))
        with ScoredWriter(site.plan, shard, site.identity, site.store.scratch) as writer:
            for done, scored in enumerate(self.stage.score(self._names.slice(samples))):
                if watcher.stop():
                    raise Stopped
                watcher.watch(done)
                if scored.fault is not None:
                    watcher.say(f"picture {samples[done]} failed: {scored.fault}")
                    if not scored.of_input:
                        allowance.take(done, scored.fault)
                writer.add(scored.rows, scored.maps, failed=scored.fault is not None)
            finished = writer.close()
            site.claim()
            return publish_scored(site.store, site.plan, finished)

    def merge(self) -> Merged:
        """Write the table of all rows and its other forms, or find that they are there."""
        site = self._site
        return merge_predictions(site.store, site.plan, site.identity, raw=self._config.csv_raw)


def open_models(config: PredictConfig, options: StoreOptions) -> list[Detector]:
    """Return the models of a run, ready to score."""
    return [
        opening.open_model(
            url, options, device=config.device, backend=config.backend, precision=config.precision
        )
        for url in config.models or (None,)
    ]


def _is_on_gpu(device: str) -> bool:
    """Return whether a GPU will compute: it is kept busy by one worker, whose threads decode."""
    return device.startswith("cuda") or (device == "auto" and _GPU.exists())


def _told_of_model(url: str | None, options: StoreOptions) -> Json:
    """Return what a model is, by the hash of its document, which names that of its weights.

    Beside it is what it says of itself, so that whoever reads the predictions learns how much it finds.
    """
    document = read_document(opening.model_store(url, options))
    text = json.dumps(document.model_dump(mode="json"), sort_keys=True)
    limits = document.thresholds
    rates = [rate for rate, at in limits.at_fpr.items() if at == limits.high] if limits else []
    return {
        "name": document.name,
        "document": hashlib.sha256(text.encode()).hexdigest()[:32],
        "metrics": document.known,
        "flags_at_fpr": rates[0] if rates else None,
        "pixel": limits.pixel if limits else None,
    }


def _refuse_overlap(root: str, out: str) -> None:
    source, target = (f"{absolute_url(url).rstrip('/')}/" for url in (root, out))
    if target.startswith(source):
        raise ConfigError(f"{out} lies in {root}, which the run reads; write to another place")
