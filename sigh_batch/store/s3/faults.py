"""What an S3 server's refusal means to the user: status, code and message become one of our errors.

Two clients report in two ways, one as a structure and one as text; both end here, so a fault reads
the same whichever of them met it. Only the code and the server's own sentence are passed on: the
rest of an answer repeats the request, and logs are read by many.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sigh_batch.errors import Denied, StoreError, StoreFull, Unreachable

_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>([^<]{1,80})</Code>")
_MESSAGE = re.compile(r"<Message>([^<]{1,500})</Message>")
_SENTENCE = 200

_IDENTITY = {
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidToken",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    "XAdminUserNotFound",
}
_REGION = {"AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect"}
_FULL = {"InsufficientStorage", "QuotaExceeded", "StorageFull", "XMinioStorageFull"}
_PASSING = {
    "ConditionalRequestConflict",
    "InternalError",
    "NoSuchUpload",
    "OperationAborted",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequests",
}
_PASSING_STATUS = {408, 409, 425, 429, 500, 502, 503, 504}

# What the texts of both clients say when no answer came, and what that is in a word.
_UNTRUSTED = "its certificate is not trusted"
_PLAIN = "it speaks http and not https"
_SILENCE = (
    (r"timed ?out|kind: timeout|(connect|read) timeout", "no answer in time"),
    (r"wrong.version.number|InvalidContentType|corrupt message|http request", _PLAIN),
    (r"certificate|UnknownIssuer", _UNTRUSTED),
    (r"dns error|resolve|name or service|getaddrinfo", "no such host"),
    (r"refused", "connection refused"),
    (r"unreachable", "no way to the host"),
    (r"reset|closed|aborted|broken pipe|interrupted|UnexpectedEof|IncompleteMessage", "the connection broke"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One refusal, or one silence (no status)."""

    status: int | None
    code: str = ""
    message: str = ""

    @property
    def passes(self) -> bool:
        """Whether the server was only busy, or two requests met."""
        return self.code in _PASSING or (not self.code and self.status in _PASSING_STATUS)

    @property
    def is_absence(self) -> bool:
        """Whether the one thing that is wrong is that no object has the key."""
        return self.status == 404 and self.code in ("", "NoSuchKey")

    @classmethod
    def of_text(cls, text: str) -> Fault:
        """Read a fault out of the text of a client that tells it in no other way."""
        status, code, message = _STATUS.search(text), _CODE.search(text), _MESSAGE.search(text)
        if "redirect without LOCATION" in text:
            return cls(301, "PermanentRedirect")
        if status is None:
            return cls.of_silence(text)
        return cls(int(status[1]), code[1] if code else "", message[1] if message else "")

    @classmethod
    def of_silence(cls, text: str) -> Fault:
        """Say in a few words why no answer came."""
        for pattern, reason in _SILENCE:
            if re.search(pattern, text, re.IGNORECASE):
                return cls(None, message=reason)
        return cls(None, message=" ".join(text.partition("\n")[0].split())[:_SENTENCE])


def store_error(fault: Fault, doing: str, place: str) -> StoreError:
    """Return the error that says what happened to the user; `place` names url and endpoint."""
    status, code = fault.status, fault.code
    what = f"cannot {doing} {place}"
    if status is None:
        return Unreachable(
            f"{what}: {fault.message}; check the endpoint and that the server runs",
            transient=fault.message not in (_UNTRUSTED, _PLAIN),
        )
    said = f"{code or f'HTTP {status}'}{': ' if fault.message else ''}{_sentence(fault.message)}"
    if code == "NoSuchBucket":
        return Unreachable(f"{what}: there is no such bucket; create it, or correct its name")
    if code == "RequestTimeTooSkewed":
        return Denied(f"{what}: this machine's clock is wrong ({said}); set it")
    if code in _IDENTITY or status == 401:
        return Denied(f"{what}: the credentials are refused ({said}); check the key, its secret and its age")
    if code in _FULL or status == 507:
        return StoreFull(f"{what}: no room left ({said}); free some, or raise the quota")
    if code in _REGION or status in (301, 307):
        return Unreachable(
            f"{what}: the bucket is in another region ({said}); set store.region or AWS_REGION"
        )
    if status == 403:
        return Denied(f"{what}: not allowed ({said}); the credentials lack the right, or the key is wrong")
    if fault.passes or status in _PASSING_STATUS:
        return Unreachable(f"{what}: the server is not able to answer now ({said})", transient=True)
    return StoreError(f"{what}: the server refused ({said})")


def _sentence(message: str) -> str:
    return " ".join(message.split()).partition(". ")[0].rstrip(".")[:_SENTENCE]
