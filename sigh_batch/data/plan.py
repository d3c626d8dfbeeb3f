"""Which samples each shard holds, what its objects are called, and which shards are still to be made.

A plan is two numbers, so every pod works it out by itself. It says nothing of how a shard is made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigh_batch.data.identity import Identity, check_claim
from sigh_batch.errors import ConfigError
from sigh_batch.store.protocol import Store

SHARDS = "shards/"
ROWS = "rows/"
RECORDS = "records/"


@dataclass(frozen=True, slots=True)
class Plan:
    """`count` samples in `shards` shards of equal size, give or take one."""

    count: int
    shards: int

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ConfigError(f"a run needs at least 1 sample, got count {self.count}")
        if self.shards < 1:
            raise ConfigError(f"a run needs at least 1 shard, got {self.shards}")
        if self.shards > self.count:
            raise ConfigError(
                f"{self.count} samples cannot fill {self.shards} shards; ask for {self.count} shards or fewer"
            )

    @classmethod
    def sized(cls, count: int, shard_size: int) -> Plan:
        """Return the plan of `count` samples in as few shards as `shard_size` allows."""
        if shard_size < 1:
            raise ConfigError(f"a shard needs at least 1 sample, got shard size {shard_size}")
        return cls(count, max(1, math.ceil(count / shard_size)))

    def __len__(self) -> int:
        return self.shards

    def samples(self, shard: int) -> range:
        """Return the indexes of the samples of a shard."""
        if not 0 <= shard < self.shards:
            raise ConfigError(f"there is no shard {shard}; the plan has shards 0 to {self.shards - 1}")
        return range(shard * self.count // self.shards, (shard + 1) * self.count // self.shards)

    def name(self, shard: int) -> str:
        """Return the stem of a shard's objects, such as part-00042; names sort as numbers do."""
        return f"part-{shard:0{self.digits}d}"

    @property
    def digits(self) -> int:
        """How many digits a shard's number has in its name."""
        return max(5, len(str(self.shards - 1)))

    def number(self, name: str) -> int | None:
        """Return the shard of that name, or None where the plan has none."""
        return self.reader("", "")(name)

    def reader(self, before: str, after: str) -> Callable[[str], int | None]:
        """Return the function from a key to its shard, for keys that have these around the name.

        A listing calls it a million times, so that what is the same for all keys is worked out here.
        """
        head = f"{before}part-"
        start, stop = len(head), len(head) + self.digits
        length, shards = stop + len(after), self.shards

        def number(key: str) -> int | None:
            digits = key[start:stop]
            if len(key) != length or not (digits.isdecimal() and digits.isascii()):
                return None
            shard = int(digits)
            return shard if shard < shards and key.startswith(head) and key.endswith(after) else None

        return number

    def tar_key(self, shard: int) -> str:
        """Return the key of a shard's tar."""
        return f"{SHARDS}{self.name(shard)}.tar"

    def rows_key(self, shard: int) -> str:
        """Return the key of the manifest rows of a shard."""
        return f"{ROWS}{self.name(shard)}.parquet"

    def record_key(self, shard: int) -> str:
        """Return the key of a shard's record."""
        return f"{RECORDS}{self.name(shard)}.json"


def remaining(store: Store, plan: Plan, identity: Identity) -> Sequence[int]:
    """Return the shards that have no record yet, in order.

    A record is taken from the listing alone, unread: a million reads would take an S3 client hours.
    That is safe because a record is written only under a claimed prefix (`identity.claim` comes
    before any shard), and a prefix is claimed by one identity once and for all; what is checked here is
    therefore the claim. A prefix that has records and no claim gets every record read. The merge
    reads every record anyway, so a record that came in some other way is found there.

    Raises RunMismatch when the prefix belongs to another run.
    """
    check_claim(store, identity)
    return np.flatnonzero(~finished(store, plan)).tolist()


def finished(store: Store, plan: Plan) -> NDArray[np.bool_]:
    """Return, for every shard of the plan, whether its record is there."""
    flags = bytearray(len(plan))
    number = plan.reader(RECORDS, ".json")
    for found in store.list(RECORDS):
        shard = number(found.key)
        if shard is not None:
            flags[shard] = 1
    return np.frombuffer(flags, dtype=np.bool_)
