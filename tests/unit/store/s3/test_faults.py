"""What each refusal of a server means, whichever of the two clients meets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sigh_batch.errors import AlreadyExists, Denied, NotFound, StoreError, StoreFull, Unreachable
from sigh_batch.store import S3Options, Store
from sigh_batch.store.s3 import S3Store
from sigh_batch.store.s3.faults import Fault, store_error
from tests.canned import Canned, canned_server

SECRET = "wJalrXUtnFEMIhush"

OPERATIONS: dict[str, Callable[[Store], object]] = {
    "list": lambda store: list(store.list()),
    "get": lambda store: store.get("k"),
    "put": lambda store: store.put("k", b"x"),
    "delete": lambda store: store.delete("k"),
}


@pytest.fixture(scope="module")
def opened() -> Iterator[tuple[Canned, S3Store]]:
    """A server and a store on it, for all tests: making a client takes time."""
    with pytest.MonkeyPatch.context() as patch, canned_server() as server:
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        yield server, S3Store("s3://bucket/ds", S3Options(endpoint=server.endpoint))


@pytest.fixture
def canned(opened: tuple[Canned, S3Store]) -> Canned:
    opened[0].requests.clear()
    opened[0].headers.pop("x-amz-bucket-region", None)
    return opened[0]


@pytest.fixture
def store(opened: tuple[Canned, S3Store]) -> S3Store:
    return opened[1]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("status", "code", "error", "transient", "says"),
    [
        (404, "NoSuchBucket", Unreachable, False, "there is no such bucket; create it, or correct its name"),
        (403, "InvalidAccessKeyId", Denied, False, "the credentials are refused (InvalidAccessKeyId"),
        (403, "SignatureDoesNotMatch", Denied, False, "check the key, its secret and its age"),
        (400, "ExpiredToken", Denied, False, "the credentials are refused (ExpiredToken"),
        (401, "", Denied, False, "the credentials are refused"),
        (404, "XAdminUserNotFound", Denied, False, "the credentials are refused (XAdminUserNotFound"),
        (403, "AccessDenied", Denied, False, "not allowed (AccessDenied"),
        (403, "RequestTimeTooSkewed", Denied, False, "this machine's clock is wrong"),
        (301, "PermanentRedirect", Unreachable, False, "the bucket is in another region"),
        (400, "AuthorizationHeaderMalformed", Unreachable, False, "the bucket is in another region"),
        (507, "InsufficientStorage", StoreFull, False, "no room left (InsufficientStorage"),
        (507, "XMinioStorageFull", StoreFull, False, "no room left (XMinioStorageFull"),
        (403, "QuotaExceeded", StoreFull, False, "no room left (QuotaExceeded"),
        (503, "SlowDown", Unreachable, True, "the server is not able to answer now (SlowDown"),
        (500, "InternalError", Unreachable, True, "the server is not able to answer now (InternalError"),
        (502, "", Unreachable, True, "the server is not able to answer now"),
        (429, "", Unreachable, True, "the server is not able to answer now"),
        (400, "InvalidArgument", StoreError, False, "the server refused (InvalidArgument"),
        (501, "NotImplemented", StoreError, False, "the server refused (NotImplemented"),
    ],
)
def test_a_refusal(
    operation: str,
    status: int,
    code: str,
    error: type[StoreError],
    transient: bool,
    says: str,
    canned: Canned,
    store: S3Store,
) -> None:
    canned.refuse(status, code, "A first sentence. And a second.")
    if status == 301:
        canned.headers["x-amz-bucket-region"] = "eu-west-1"
    with pytest.raises(StoreError) as caught:
        OPERATIONS[operation](store)
    message = str(caught.value)
    assert type(caught.value) is error
    assert caught.value.transient is transient
    assert says in message
    place = "s3://bucket/ds" if operation == "list" else "'k' in s3://bucket/ds"
    assert message.startswith(f"cannot {operation} {place} at {canned.endpoint}: ")
    assert "second" not in message
    assert "\n" not in message
    assert SECRET not in message


def test_an_absent_object(canned: Canned, store: S3Store, tmp_path: Path) -> None:
    canned.refuse(404, "NoSuchKey", "The specified key does not exist.")
    with pytest.raises(NotFound, match="no object 'k' in s3://bucket/ds"):
        store.get("k")
    assert store.stat("k") is None
    store.delete("k")


@pytest.mark.parametrize(
    ("status", "code"), [(412, "PreconditionFailed"), (409, "ObjectAlreadyExists"), (412, "")]
)
def test_what_must_be_absent_and_is_there(status: int, code: str, canned: Canned, store: S3Store) -> None:
    canned.refuse(status, code)
    with pytest.raises(AlreadyExists, match="'k' is already in s3://bucket/ds"):
        store.put("k", b"x", if_absent=True)


def test_two_writers_that_met_are_no_answer_yet(canned: Canned, store: S3Store) -> None:
    """S3 says 409 when another conditional write is on its way, which may still fail."""
    canned.refuse(409, "ConditionalRequestConflict", "A conflicting operation occurred.")
    with pytest.raises(Unreachable, match="ConditionalRequestConflict") as caught:
        store.put("k", b"x", if_absent=True)
    assert caught.value.transient


def test_a_single_operation_is_one_request(canned: Canned, store: S3Store) -> None:
    """Patience is the wrapper's: two of them would multiply."""
    canned.refuse(503, "SlowDown")
    for operation in OPERATIONS.values():
        canned.requests.clear()
        with pytest.raises(Unreachable):
            operation(store)
        assert len(canned.requests) == 1


def test_a_connection_that_is_refused(canned: Canned) -> None:
    store = S3Store("s3://bucket/ds", S3Options(endpoint="http://127.0.0.1:9"))
    advice = "connection refused; check the endpoint and that the server runs"
    for operation in OPERATIONS.values():
        with pytest.raises(Unreachable, match=advice) as caught:
            operation(store)
        assert caught.value.transient


def test_a_server_that_hangs_up(canned: Canned, store: S3Store) -> None:
    canned.hangs_up = True
    try:
        for operation in OPERATIONS.values():
            with pytest.raises(Unreachable, match="the connection broke") as caught:
                operation(store)
            assert caught.value.transient
    finally:
        canned.hangs_up = False


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "Error performing GET http://h/b/k in 2ms, after 2 retries, retry_timeout: 180s - "
            "Server returned non-2xx status code: 503 Service Unavailable: <Error><Code>SlowDown</Code>"
            "<Message>Please wait.</Message></Error>",
            Fault(503, "SlowDown", "Please wait."),
        ),
        ("status code: 404 Not Found: ", Fault(404)),
        ("retry_timeout: 180s - HTTP error\nkind: Timeout", Fault(None, "", "no answer in time")),
        ("retry_timeout: 180s - HTTP error\ndns error: lookup", Fault(None, "", "no such host")),
        (
            "HTTP error\ninvalid peer certificate: UnknownIssuer",
            Fault(None, "", "its certificate is not trusted"),
        ),
        ("HTTP error\nInvalidContentType", Fault(None, "", "it speaks http and not https")),
        ("HTTP error\nConnection reset by peer", Fault(None, "", "the connection broke")),
        ("HTTP error\nNetwork is unreachable", Fault(None, "", "no way to the host")),
        ("something  new\nand more", Fault(None, "", "something new")),
    ],
)
def test_texts(text: str, fault: Fault) -> None:
    assert Fault.of_text(text) == fault


def test_a_certificate_does_not_get_better() -> None:
    fault = Fault.of_text("invalid peer certificate")
    assert not store_error(fault, "get", "x").transient
    assert store_error(Fault.of_text("timed out"), "get", "x").transient
