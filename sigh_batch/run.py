"""A run of a sharded kind: its plan and identity over a store, and how one shard of it is made.

It knows the stage only by name, and nothing of processes or clusters. Whoever carries it out, a
shard's bytes are the same, so that two who make one shard at once do no harm.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import ValidationError

from sigh_batch.config.identity import config_hash, deciding_values
from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import HOW, RunSpec
from sigh_batch.data import manifest
from sigh_batch.data.identity import RUN_KEY, Identity, check_claim, claim, read_document
from sigh_batch.data.manifest import Merged
from sigh_batch.data.plan import Plan, remaining
from sigh_batch.data.record import Record
from sigh_batch.data.sample import Failure, Json, Sample
from sigh_batch.data.shard import ShardWriter, publish
from sigh_batch.errors import ConfigError, InputFault, NotFound, ShardFailed
from sigh_batch.sources.opening import open_source
from sigh_batch.stages import Stage, stages
from sigh_batch.stages.engine import engine_of
from sigh_batch.store import Store, absolute_url, open_store

_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")


class Stopped(BaseException):
    """The process was asked to stop; not an Exception, so that no stage can swallow it."""


@dataclass(frozen=True)
class Run:
    """A run over its store."""

    spec: RunSpec
    plan: Plan
    identity: Identity
    store: Store

    @classmethod
    def open(cls, spec: RunSpec) -> Run:
        """Open the store, and see that it holds nothing or this run.

        Raises RunMismatch when it holds a run of another configuration or engine.
        """
        plan, identity = plan_run(spec)
        store = open_store(spec.out, spec.settings.store)
        check_claim(store, identity)
        return cls(spec=spec, plan=plan, identity=identity, store=store)

    @cached_property
    def stage(self) -> Stage:
        """The stage that makes the samples; loading it may take a second."""
        return stages.get(self.spec.kind)(self.spec)

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

        Pictures of the source that cannot be worked on are rows, and no reason to give up. Raises
        ShardFailed when more other samples fail than run.max_failures allows, Stopped when `stop` says
        so; the store is untouched then.
        """
        samples = self.plan.samples(shard)
        allowed = _allowed(self.spec.settings.run.max_failures, len(samples))
        failures = 0
        with ShardWriter(self.plan, shard, self.identity, self.store.scratch) as writer:
            for done, index in enumerate(samples):
                if stop():
                    raise Stopped
                watch(done)
                made = self._make_sample(index, say)
                if isinstance(made, Sample):
                    writer.add(made)
                    continue
                failures += not made.of_input
                if failures > allowed:
                    raise ShardFailed(
                        f"shard {shard}: {failures} of the first {done + 1} samples failed and {allowed} of "
                        f"{len(samples)} may (run.max_failures); the last: {made.message}"
                    )
                writer.add_failure(made)
            finished = writer.close()
            # Only now, so that settings which can make nothing claim nothing.
            claim(self.store, self.identity, kept_spec(self.spec))
            return publish(self.store, self.plan, finished)

    def merge(self) -> Merged:
        """Write the manifest of all shards, or find that it is there."""
        return manifest.merge(self.store, self.plan, self.identity)

    def merge_if_complete(self) -> Merged | None:
        """Merge if no shard is missing: whoever writes the last record does this."""
        return manifest.merge_if_complete(self.store, self.plan, self.identity)

    def _make_sample(self, index: int, say: Callable[[str], None]) -> Sample | Failure:
        try:
            return self.stage.make(index)
        except (ConfigError, MemoryError):
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
                seed=self.spec.settings.seed,
                stage=self.spec.kind,
                code=getattr(error, "code", "failed"),
                # Addresses differ from process to process, and rows must not.
                message=_ADDRESS.sub("0x...", f"{type(error).__name__}: {error}"),
                of_input=of_input,
            )


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


def kept_spec(spec: RunSpec) -> dict[str, object]:
    """Return what run.json keeps of a spec: all that decides bytes, nothing of how or where it ran.

    What the run reads is named so that it is found from any working folder.
    """
    settings = spec.settings.model_dump(mode="json", exclude=HOW)
    source = {"source": absolute_url(spec.source)} if spec.source else {}
    return {"kind": spec.kind, **source, "settings": settings}


def read_spec(url: str, here: Settings) -> RunSpec:
    """Return the spec that the run at `url` was begun with, to be carried out as `here` says.

    Raises NotFound when there is no run.
    """
    store = open_store(url, here.store, create=False)
    try:
        kept = read_document(store, RUN_KEY)["spec"]
    except NotFound:
        raise NotFound(f"there is no run at {url}: it has no {RUN_KEY}") from None
    settings = {**kept["settings"], "run": here.run, "store": here.store}
    try:
        return RunSpec(
            kind=kept["kind"], source=kept.get("source"), out=url, settings=Settings.model_validate(settings)
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
    if not spec.source:
        return None
    source, out = (f"{absolute_url(url).rstrip('/')}/" for url in (spec.source, spec.out))
    if out.startswith(source):
        raise ConfigError(f"{spec.out} lies in {spec.source}, which the run reads; write to another place")
    return open_source(spec.source, spec.settings.store).identity


def _allowed(share: float, samples: int) -> int:
    """Return how many samples of a shard may fail: at least one, unless none may."""
    return max(1, int(share * samples)) if share else 0
