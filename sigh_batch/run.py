"""A run of a sharded kind: its plan and identity over a store, and what is still to be made of it.

What a shard is, its kind knows; nothing here knows of processes or clusters. Whoever carries a run out, a
shard's bytes are the same, so that two who make one shard at once do no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import ValidationError

from sigh_batch.config.identity import config_hash, deciding_values
from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import RunSpec
from sigh_batch.data.identity import RUN_KEY, Identity, check_claim, read_document
from sigh_batch.data.merged import Merged, is_complete
from sigh_batch.data.plan import Plan, remaining
from sigh_batch.data.record import Record
from sigh_batch.data.sample import Json, Sample
from sigh_batch.errors import ConfigError, NotFound
from sigh_batch.kinds import Kind, Site, Stopped, Watcher, kept_spec, kinds
from sigh_batch.sources.opening import open_source
from sigh_batch.stages import stages
from sigh_batch.stages.engine import engine_of
from sigh_batch.store import absolute_url, open_store


@dataclass(frozen=True)
class Run(Site):
    """A run over its store."""

    @classmethod
    def open(cls, spec: RunSpec, *, made_here: bool = True) -> Run:
        """Open the store, and see that it holds nothing or this run.

        Raises RunMismatch when it holds a run of another configuration, or of another engine, unless it is
        others who make it: theirs counts then.
        """
        plan, identity = plan_run(spec)
        store = open_store(spec.out, spec.settings.store)
        check_claim(store, identity, versions=made_here)
        return cls(spec=spec, plan=plan, identity=identity, store=store)

    @cached_property
    def kind(self) -> Kind:
        """What knows of the shards of this kind of run; loading it may take a second."""
        return kinds.get(self.spec.kind)(self)

    def remaining(self) -> Sequence[int]:
        """Return the shards that are not made yet, in order."""
        return remaining(self.store, self.plan, self.identity)

    def make_shard(
        self,
        shard: int,
        stop: Callable[[], bool] = lambda: False,
        watch: Callable[[int], None] = lambda _samples: None,
        say: Callable[[str], None] = lambda _line: None,
    ) -> Record:
        """Make one shard and publish it; `watch` hears how many samples are made, `say` what failed.

        Raises ShardFailed when more other samples fail than run.max_failures allows, Stopped when `stop` says
        so; the store is untouched then.
        """
        return self.kind.make_shard(shard, Watcher(stop, watch, say))

    def merge(self) -> Merged:
        """Write what all shards become, or find that it is there."""
        return self.kind.merge()

    def merge_if_complete(self) -> Merged | None:
        """Merge if no shard is missing: whoever writes the last record does this."""
        return self.merge() if is_complete(self.store, self.plan) else None


def plan_run(spec: RunSpec) -> tuple[Plan, Identity]:
    """Return what a run would make and what decides its bytes, its store untouched.

    Raises ConfigError when what it reads is not there, or holds the place it would write to.
    """
    settings = spec.settings
    if settings.shards is None:
        plan = Plan.sized(settings.count, settings.shard_size)
    else:
        plan = Plan(settings.count, settings.shards)
    values = deciding_values(spec.kind, settings, len(plan), _source_identity(spec))
    identity = Identity(
        kind=spec.kind,
        config_hash=config_hash(values),
        engine=engine_of(spec.kind, settings),
        values=values,
    )
    return plan, identity


def read_spec(url: str, here: Settings) -> RunSpec:
    """Return the spec that the run at `url` was begun with, to be carried out as `here` says.

    Raises NotFound when there is no run.
    """
    store = open_store(url, here.store, create=False)
    try:
        document = read_document(store, RUN_KEY)
    except NotFound:
        raise NotFound(f"there is no run at {url}: it has no {RUN_KEY}") from None
    kept = document["spec"]
    # The pictures of a list are named beside it; all others are looked at again.
    found = document["values"].get("source") if kept["kind"] == "predict" else None
    settings = {**kept["settings"], "run": here.run, "store": here.store}
    try:
        return RunSpec(
            kind=kept["kind"],
            source=kept.get("source"),
            out=url,
            settings=Settings.model_validate(settings),
            found=found,
        )
    except ValidationError as error:
        raise ConfigError(f"the run at {url} was begun by another version of sigh: {error}") from error


def remake(spec: RunSpec, index: int) -> Sample:
    """Make one sample of a run anew, from its settings and index alone.

    Raises ConfigError when the run has no such sample or was made by other versions.
    """
    plan, identity = plan_run(spec)
    if not 0 <= index < plan.count:
        raise ConfigError(f"there is no sample {index} in {spec.out}; it has 0 to {plan.count - 1}")
    check_claim(open_store(spec.out, spec.settings.store, create=False), identity)
    return stages.get(spec.kind)(spec).make(index)


def _source_identity(spec: RunSpec) -> Json | None:
    """Return what decides the pictures that a run reads, or None of a run that reads none."""
    if spec.found is not None:
        return spec.found
    if not spec.source:
        return None
    source, out = (f"{absolute_url(url).rstrip('/')}/" for url in (spec.source, spec.out))
    if out.startswith(source):
        raise ConfigError(f"{spec.out} lies in {spec.source}, which the run reads; write to another place")
    return open_source(spec.source, spec.settings.store).identity


__all__ = ["Run", "Stopped", "kept_spec", "plan_run", "read_spec", "remake"]
