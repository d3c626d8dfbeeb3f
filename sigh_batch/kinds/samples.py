"""Shards of samples: a tar of pictures, masks and annotations, and a manifest of all of them."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import cached_property

from sigh_batch.data import manifest
from sigh_batch.data.merged import Merged
from sigh_batch.data.record import Record
from sigh_batch.data.sample import Failure, Sample
from sigh_batch.data.shard import ShardWriter, publish
from sigh_batch.errors import ConfigError, InputFault, StoreError, sentence_of
from sigh_batch.kinds import Allowance, Site, Stopped, Watcher, kinds
from sigh_batch.stages import Stage, stages


@kinds.register("generate")
@kinds.register("distort")
class Samples:
    """Makes samples by the stage that has the name of the run's kind."""

    def __init__(self, site: Site) -> None:
        self._site = site

    @cached_property
    def stage(self) -> Stage:
        """The stage that makes the samples; loading it may take a second."""
        return stages.get(self._site.spec.kind)(self._site.spec)

    def make_shard(self, shard: int, watcher: Watcher) -> Record:
        """Make one shard and publish it.

        Pictures of the source that cannot be worked on are rows, and no reason to give up.
        """
        site = self._site
        samples = site.plan.samples(shard)
        allowance = Allowance(site.spec.settings.run.max_failures, shard, len(samples))
        with ShardWriter(site.plan, shard, site.identity, site.store.scratch) as writer:
            for done, index in enumerate(samples):
                if watcher.stop():
                    raise Stopped
                watcher.watch(done)
                made = self._make_sample(index, watcher.say)
                if isinstance(made, Sample):
                    writer.add(made)
                    continue
                if not made.of_input:
                    allowance.take(done, made.message)
                writer.add_failure(made)
            finished = writer.close()
            # Only now, so that settings which can make nothing claim nothing.
            site.claim()
            return publish(site.store, site.plan, finished)

    def merge(self) -> Merged:
        """Write the manifest of all shards, or find that it is there."""
        return manifest.merge(self._site.store, self._site.plan, self._site.identity)

    def _make_sample(self, index: int, say: Callable[[str], None]) -> Sample | Failure:
        try:
            return self.stage.make(index)
        except (ConfigError, MemoryError, StoreError):
            # No sample's fault: made again later, or elsewhere, it is what it would have been.
            raise
        except Exception as error:
            of_input = isinstance(error, InputFault)
            say(
                f"sample {index} failed: {error}"
                if of_input
                else f"sample {index} failed:\n{traceback.format_exc()}"
            )
            return Failure(
                id=self.stage.id_of(index),
                index=index,
                seed=self._site.spec.settings.seed,
                stage=self._site.spec.kind,
                code=getattr(error, "code", "failed"),
                message=sentence_of(error),
                of_input=of_input,
            )
