"""S3 and servers that speak its protocol: the one place that knows boto3 and obstore.

boto3 finds who we are and where the server is, lists, and writes what must be absent and is too
large for one piece; obstore moves the bytes, at a tenth of the CPU time.
"""

from sigh_batch.store.s3.store import S3Store

__all__ = ["S3Store"]
