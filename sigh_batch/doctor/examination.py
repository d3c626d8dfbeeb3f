"""Everything that is looked at, in the order in which a run needs it."""

from __future__ import annotations

from collections.abc import Iterator

from sigh_batch.config.settings import Settings
from sigh_batch.doctor.cluster import examine_cluster
from sigh_batch.doctor.finding import Finding
from sigh_batch.doctor.machine import examine_machine
from sigh_batch.doctor.store import examine_store


def examine(settings: Settings, url: str | None = None) -> Iterator[Finding]:
    """Yield a finding a check: of the store where a URL is given, of the cluster where one is named."""
    yield from examine_machine(settings)
    if url is not None:
        yield from examine_store(settings, url)
    yield from examine_cluster(settings)
