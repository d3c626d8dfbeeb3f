"""Where bytes are kept: a folder, S3-compatible storage or memory, behind one Protocol.

boto3 and obstore are loaded when the first S3 url is opened, and not before.
"""

from sigh_batch.store.opening import absolute_url, open_store
from sigh_batch.store.options import S3Options, StoreOptions
from sigh_batch.store.protocol import Stat, Store, check_key
from sigh_batch.store.scratch import scratch_name

__all__ = [
    "S3Options",
    "Stat",
    "Store",
    "StoreOptions",
    "absolute_url",
    "check_key",
    "open_store",
    "scratch_name",
]
