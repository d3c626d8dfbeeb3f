"""A shard to S3 and small objects to and from it, against raw obstore and boto3, on a real server.

The server (versitygw) runs on loopback and shares the cores with its client, so that times say how
the clients compare and not how fast S3 is; the client's CPU is the portable column. Every client
signs as ours does and checks nothing that ours does not. A shard is a file of 96 MiB: ours uploads
it as `put_file` does, in parts of 16 MiB, two at a time. Memory is what an upload adds to a process.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import secrets
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import boto3
import obstore
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from obstore.store import S3Store as Raw

from bench.measure import arguments, interleave, peak_rss, save, table
from sigh_batch.store import Store, open_store

MIB = 1 << 20
SHARD = 96 * MIB
OBJECT = 80_000
OBJECTS = 100
BUCKET = "bench"


@cache
def ours() -> Store:
    """The store as any command opens it."""
    return open_store(f"s3://{BUCKET}")


@cache
def raw() -> Raw:
    """obstore by itself, with the same kind of signature."""
    return Raw(
        BUCKET,
        endpoint=os.environ["AWS_ENDPOINT_URL"],
        region="us-east-1",
        unsigned_payload=True,
        client_options={"allow_http": True},
    )


@cache
def boto() -> Any:
    """boto3 with path style and no checksums that nobody asked for."""
    config = Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required")
    return boto3.client("s3", config=config, region_name="us-east-1")


def upload_ours(path: Path) -> None:
    """put_file, which takes the file away: of a link to it."""
    link = path.with_suffix(f".{os.getpid()}")
    link.hardlink_to(path)
    ours().put_file("ours", link)


def upload_raw(path: Path) -> None:
    """A multipart upload as obstore does it when told nothing: twelve parts of 5 MiB at a time."""
    obstore.put(raw(), "raw", path)


def upload_raw_alike(path: Path) -> None:
    """The same with our size and number of parts."""
    obstore.put(raw(), "alike", path, chunk_size=16 * MIB, max_concurrency=2)


def upload_boto(path: Path) -> None:
    """upload_file as boto3 does it when told nothing: ten threads with parts of 8 MiB."""
    boto().upload_file(str(path), BUCKET, "boto", Config=TransferConfig(preferred_transfer_client="classic"))


UPLOADS: dict[str, Callable[[Path], None]] = {
    "put_file": upload_ours,
    "raw multipart": upload_raw,
    "raw multipart, our parts": upload_raw_alike,
    "boto3 upload_file": upload_boto,
}


def connect(path: Path) -> None:
    """Open all three clients, so that what they cost to begin with does not count."""
    del path
    ours().put("small", b"x")
    obstore.put(raw(), "small", b"x")
    boto().put_object(Bucket=BUCKET, Key="small", Body=b"x")


def measure_uploads(path: Path, repeats: int) -> dict[str, dict[str, object]]:
    """Time, CPU and memory of every way to upload one shard."""
    cases = {name: partial(upload, path) for name, upload in UPLOADS.items()}
    wall = interleave(cases, repeats)
    cpu = interleave(cases, repeats, clock=time.process_time)
    peer = "raw multipart"
    return {
        name: {
            "wall": wall[name],
            "cpu": cpu[name],
            "rate": wall[name].speedup(wall[peer]),
            "memory": peak_rss(upload, path, warm=connect),
        }
        for name, upload in UPLOADS.items()
    }


def small_cases(direction: str) -> dict[str, Callable[[], object]]:
    """A hundred small objects, one after the other, by each client."""
    data = os.urandom(OBJECT)
    numbers = range(OBJECTS)
    if direction == "put":
        return {
            "put": lambda: [ours().put(f"o/{n}", data) for n in numbers],
            "raw put": lambda: [obstore.put(raw(), f"o/{n}", data, use_multipart=False) for n in numbers],
            "boto3 put_object": lambda: [
                boto().put_object(Bucket=BUCKET, Key=f"o/{n}", Body=data) for n in numbers
            ],
        }
    return {
        "get": lambda: [ours().get(f"o/{n}") for n in numbers],
        "raw get": lambda: [obstore.get(raw(), f"o/{n}").bytes().to_bytes() for n in numbers],
        "boto3 get_object": lambda: [
            boto().get_object(Bucket=BUCKET, Key=f"o/{n}")["Body"].read() for n in numbers
        ],
    }


@contextlib.contextmanager
def server() -> Iterator[None]:
    """Run the S3 server, and put the way to it into the environment."""
    built = subprocess.run(["scripts/program", "versitygw"], check=False, stdout=subprocess.PIPE, text=True)
    if built.returncode:
        print("Not measured: there is no S3 server here; it is built with Go.")
        raise SystemExit
    program = built.stdout.strip()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    key, secret = secrets.token_hex(8), secrets.token_hex(16)
    os.environ |= {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": "us-east-1"}
    os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "--port", f"127.0.0.1:{port}", "--keep-alive", "--quiet", "posix", folder]
        environ = {**os.environ, "ROOT_ACCESS_KEY": key, "ROOT_SECRET_KEY": secret}
        process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
        try:
            _wait_for(port)
            boto().create_bucket(Bucket=BUCKET)
            yield
        finally:
            process.kill()
            process.wait()


def _wait_for(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/")
            connection.getresponse()
            connection.close()
            return
        time.sleep(0.05)
    raise SystemExit("the S3 server does not answer")


def main() -> None:
    """Measure, print two tables, and write the numbers."""
    options = arguments("a shard and small objects to S3", repeats=7).parse_args()
    with server(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "shard.tar")
        path.write_bytes(os.urandom(SHARD))
        connect(path)
        uploads: dict[str, Any] = measure_uploads(path, options.repeats)
        small = {way: interleave(small_cases(way), options.repeats) for way in ("put", "get")}
        cpu = {way: interleave(small_cases(way), options.repeats, clock=time.process_time) for way in small}
    megabytes = SHARD / 1e6
    rows = [
        (
            name,
            megabytes / found["wall"].median,
            f"{found['rate']:.2f}",
            megabytes / found["cpu"].median,
            f"{found['memory'].growth / MIB:.1f}",
        )
        for name, found in uploads.items()
    ]
    columns = ("way", "MB/s", "times the raw multipart", "MB/s a core of CPU", "memory, MiB")
    print(table("A shard of 96 MiB to S3", columns, rows), end="\n\n")
    rows = [
        (
            name,
            OBJECTS / timing.median,
            f"{timing.speedup(list(timings.values())[-1]):.2f}",
            f"{cpu[way][name].median / OBJECTS * 1e3:.2f}",
        )
        for way, timings in small.items()
        for name, timing in timings.items()
    ]
    print(table("Objects of 80 kB, one after the other", ("way", "a second", "times boto3", "CPU, ms"), rows))
    save(options.json, "store", {"uploads": uploads, "small": small, "small_cpu": cpu})


if __name__ == "__main__":
    main()
