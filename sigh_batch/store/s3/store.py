"""A store in a bucket: six operations, each one try.

`Retrying` has the patience; only the parts of a large upload are repeated one by one in here,
since a large file would never arrive whole on a bad line.
"""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import obstore
from botocore.exceptions import BotoCoreError, ClientError, ConfigParseError, HTTPClientError, ProfileNotFound
from botocore.exceptions import ConnectionError as BotoConnectionError
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

from sigh_batch.errors import AlreadyExists, ConfigError, Denied, NotFound, SighError, StoreError
from sigh_batch.store.options import S3Options, StoreOptions, check_options
from sigh_batch.store.protocol import SCRATCH, Stat, Store, check_file, check_key, check_range
from sigh_batch.store.s3.calls import interruptibly
from sigh_batch.store.s3.connection import Connection
from sigh_batch.store.s3.faults import Fault, store_error

if TYPE_CHECKING:
    from obstore import GetOptions, PutMode

ONE_PUT = 5 << 30
"""Bytes that S3 takes in a single request."""

_MIB = 1 << 20
_MOST_PARTS = 10_000
_BEHIND_THE_END = 416
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")

_process: int | None = None


class S3Store:
    """Objects below `s3://bucket/prefix`."""

    def __init__(self, url: str, options: StoreOptions | None = None) -> None:
        self._options = options = options or S3Options()
        check_options(options)
        _stay_in_process()
        self._bucket, self._prefix = _split(url)
        self.url = f"s3://{self._bucket}/{self._prefix}".rstrip("/")
        self.scratch: Path | None = None
        self._part = options.part_mib * _MIB
        self._endpoint = options.endpoint or ""
        with self._faults("open"):
            self._server = Connection(self._bucket, options)
        self._endpoint = self._server.endpoint

    def __repr__(self) -> str:
        return f"S3Store({self.url!r})"

    def __reduce__(self) -> tuple[type[S3Store], tuple[str, StoreOptions]]:
        """Another process opens the store anew, with the credentials it finds there."""
        return S3Store, (self.url, self._options)

    def check(self) -> None:
        """Raise Denied or Unreachable unless the bucket is there and may be listed and read.

        Both clients have to get through: one of them follows a bucket to its region, the other not.
        """
        with self._faults("open"):
            self._server.admin.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=1)
        self.stat("check")

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """Return an object's bytes or a range of them; raises NotFound."""
        check_range(start, length)
        name = self._name(key)
        if length == 0:
            if self.stat(key) is None:
                raise NotFound(f"no object {key!r} in {self.url}")
            return b""
        with self._faults("get", key):
            try:
                return interruptibly(lambda: self._read(name, start, length))
            except BaseError as error:
                if Fault.of_text(str(error)).status == _BEHIND_THE_END:
                    return b""
                raise

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        """Write an object in one request, or in parts when it is larger than one."""
        name = self._name(key)
        if if_absent:
            self._refuse_long(key, len(data))
        with self._faults("put", key):
            if if_absent or len(data) <= self._part:
                self._write(name, data, if_absent)
            else:
                self._upload(name, data, len(data))

    def put_file(self, key: str, path: Path, *, if_absent: bool = False) -> None:
        """Upload a file in parts, two of them in memory at a time, and delete it."""
        name = self._name(key)
        size = check_file(path)
        if if_absent:
            self._refuse_long(key, size)
        with path.open("rb") as file, self._faults("put", key):
            if size <= self._part:
                self._write(name, file.read(), if_absent)
            elif not if_absent:
                self._upload(name, file, size)
            elif size <= ONE_PUT:
                # One streamed request has one winner wherever a small object has.
                self._server.admin.put_object(Bucket=self._bucket, Key=name, Body=file, IfNoneMatch="*")
            else:
                self._upload_if_absent(name, file, size)
        path.unlink(missing_ok=True)

    def stat(self, key: str) -> Stat | None:
        """Return size and time of an object, or None."""
        name = self._name(key)
        with self._faults("stat", key):
            try:
                found = interruptibly(lambda: obstore.head(self._server.once, name))
            except FileNotFoundError as error:
                if Fault.of_text(str(error)).is_absence:
                    return None
                raise
        return Stat(key, found["size"], found["last_modified"])

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """Yield the objects below a prefix in key order, a page of a thousand at a time."""
        _stay_in_process()
        pages = self._server.admin.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        last = ""
        with self._faults("list"):
            for page in pages:
                for found in page.get("Contents", ()):
                    key: str = found["Key"][len(self._prefix) :]
                    if not key or key.endswith("/") or key.startswith(f"{SCRATCH}/"):
                        continue  # a folder, as web consoles make them, or a copied scratch
                    if key <= last:
                        raise StoreError(
                            f"{self._place()} lists {key!r} behind {last!r}, but keys must come sorted; "
                            "use a general purpose bucket"
                        )
                    last = key
                    yield Stat(key, found["Size"], found["LastModified"])

    def delete(self, key: str) -> None:
        """Remove an object, if it is there."""
        name = self._name(key)
        with self._faults("delete", key):
            try:
                interruptibly(lambda: obstore.delete(self._server.once, name))
            except FileNotFoundError as error:
                if not Fault.of_text(str(error)).is_absence:
                    raise

    def _read(self, name: str, start: int, length: int | None) -> bytes:
        if length is not None:
            return obstore.get_range(self._server.once, name, start=start, length=length).to_bytes()
        where: GetOptions = {"range": {"offset": start}} if start else {}
        return obstore.get(self._server.once, name, options=where).bytes().to_bytes()

    def _write(self, name: str, data: bytes, if_absent: bool) -> None:
        mode: PutMode = "create" if if_absent else "overwrite"
        interruptibly(lambda: obstore.put(self._server.once, name, data, mode=mode, use_multipart=False))

    def _refuse_long(self, key: str, size: int) -> None:
        """Look before a long body is sent to a key that must be absent.

        The server refuses the body anyhow, but by hanging up in the middle of it, which a line with
        proxies makes look like a fault.
        """
        if size > _MIB and self.stat(key) is not None:
            raise AlreadyExists(f"{key!r} is already in {self.url}")

    def _upload(self, name: str, source: bytes | BinaryIO, size: int) -> None:
        part = self._part_of(size)
        interruptibly(
            lambda: obstore.put(
                self._server.parts,
                name,
                _pieces(source, size, part),
                use_multipart=True,
                chunk_size=part,
                max_concurrency=2,
            )
        )

    def _upload_if_absent(self, name: str, file: BinaryIO, size: int) -> None:
        """Upload in parts and let the last request, which makes the object, ask for absence."""
        patient = self._server.administration(tries=5)
        where = {"Bucket": self._bucket, "Key": name}
        where["UploadId"] = patient.create_multipart_upload(**where)["UploadId"]
        try:
            parts = [
                {"PartNumber": n, "ETag": patient.upload_part(**where, PartNumber=n, Body=piece)["ETag"]}
                for n, piece in enumerate(_pieces(file, size, self._part_of(size)), 1)
            ]
            self._server.admin.complete_multipart_upload(
                **where, MultipartUpload={"Parts": parts}, IfNoneMatch="*"
            )
        except BaseException:
            with suppress(BotoCoreError, ClientError):
                patient.abort_multipart_upload(**where)
            raise

    def _part_of(self, size: int) -> int:
        """Return the size of a part: as set, or what S3's largest number of parts asks for."""
        return max(self._part, -(-size // _MOST_PARTS // _MIB) * _MIB)

    def _name(self, key: str) -> str:
        _stay_in_process()
        return self._prefix + check_key(key)

    def _place(self, key: str | None = None) -> str:
        at = f" at {self._endpoint}" if self._endpoint else ""
        return f"{key!r} in {self.url}{at}" if key else f"{self.url}{at}"

    @contextmanager
    def _faults(self, doing: str, key: str | None = None) -> Iterator[None]:
        try:
            yield
        except (BaseError, BotoCoreError, ClientError, FileNotFoundError) as error:
            raise self._error(error, doing, key) from error
        except OSError as error:  # the file that is being uploaded
            raise StoreError(f"cannot {doing} {self._place(key)}: {error.strerror or error}") from error

    def _error(self, error: Exception, doing: str, key: str | None) -> SighError:
        place = self._place(key)
        if isinstance(error, (ProfileNotFound, ConfigParseError)):
            return ConfigError(f"cannot {doing} {place}: {error}; check AWS_PROFILE and the AWS files")
        silent = isinstance(error, (HTTPClientError, BotoConnectionError))
        if isinstance(error, BotoCoreError) and not silent:
            return Denied(f"cannot {doing} {place}: {error}; check the credentials", transient=True)
        fault = _fault(error)
        if fault.status is None and isinstance(error, (UnauthenticatedError, PermissionDeniedError)):
            reason = str(error).split("\n", 1)[0].rpartition("Error: ")[2]
            return Denied(f"cannot {doing} {place}: no credentials ({reason})", transient=True)
        if doing == "get" and fault.is_absence:
            return NotFound(f"no object {key!r} in {self.url}")
        if doing == "put" and fault.status in (409, 412) and not fault.passes:
            return AlreadyExists(f"{key!r} is already in {self.url}")
        return store_error(fault, doing, place)


def _stay_in_process() -> None:
    """Refuse to work in a forked process, where obstore would wait for threads that did not come along."""
    global _process
    _process = _process or os.getpid()
    if _process != os.getpid():
        raise ConfigError(
            "S3 was in use before this process was forked, and cannot be used in it; start processes by "
            "'spawn' (a PyTorch loader: multiprocessing_context='spawn')"
        )


def _split(url: str) -> tuple[str, str]:
    """Return bucket and prefix of an s3:// url; the prefix is empty or ends with a slash."""
    bucket, _, prefix = url.partition("://")[2].partition("/")
    if "@" in bucket:
        raise ConfigError(
            "an s3:// url holds credentials; leave them out of it and set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY"
        )
    if not _BUCKET.fullmatch(bucket):
        raise ConfigError(f"not an S3 url: {url!r}; it names no bucket as in 's3://bucket/prefix'")
    prefix = prefix.strip("/")
    return bucket, f"{check_key(prefix)}/" if prefix else ""


def _pieces(source: bytes | BinaryIO, size: int, part: int) -> Iterator[Any]:
    """Yield a source part by part without a copy; a file is mapped, and each map ends with its part."""
    for start in range(0, size, part):
        length = min(part, size - start)
        if isinstance(source, bytes):
            yield memoryview(source)[start : start + length]
        else:
            yield mmap.mmap(source.fileno(), length, access=mmap.ACCESS_READ, offset=start)


def _fault(error: Exception) -> Fault:
    if isinstance(error, BotoCoreError):
        return Fault.of_silence(f"{error} {error.kwargs.get('error')}")
    if not isinstance(error, ClientError):
        return Fault.of_text(str(error))
    told = error.response.get("Error", {})
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return Fault(status, told.get("Code") or "", told.get("Message") or "")


if TYPE_CHECKING:
    _: Store = S3Store("")
