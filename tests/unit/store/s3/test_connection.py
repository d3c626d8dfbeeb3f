"""Who we are, where the server is, and that both clients agree on it."""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sigh_batch.errors import ConfigError, Denied, Unreachable
from sigh_batch.store import S3Options
from sigh_batch.store.s3 import S3Store, connection
from tests.canned import Canned, Request, canned_server

SECRET = "wJalrXUtnFEMIhush"


@pytest.fixture
def canned() -> Iterator[Canned]:
    with canned_server() as server:
        yield server


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


def use(store: S3Store) -> None:
    """Make a request by each of the two clients."""
    assert list(store.list()) == []
    store.put("k", b"payload")


def write_profile(monkeypatch: pytest.MonkeyPatch, folder: Path, *lines: str) -> None:
    path = folder / "config"
    path.write_text("\n".join(["[profile lab]", *lines]))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "none"))


@pytest.mark.usefixtures("identity")
def test_an_endpoint_from_the_options_beats_the_environment(
    canned: Canned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    use(S3Store("s3://bucket/ds", S3Options(endpoint=canned.endpoint)))
    assert [(each.method, each.path.partition("?")[0]) for each in canned.requests] == [
        ("GET", "/bucket"),
        ("PUT", "/bucket/ds/k"),
    ]


@pytest.mark.usefixtures("identity")
def test_an_endpoint_for_s3_beats_one_for_all(canned: Canned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", canned.endpoint)
    use(S3Store("s3://bucket/ds"))
    assert len(canned.requests) == 2


def test_a_profile_tells_all(canned: Canned, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_profile(
        monkeypatch,
        tmp_path,
        f"endpoint_url = {canned.endpoint}",
        "region = eu-west-3",
        "aws_access_key_id = AKIAPROFILE",
        f"aws_secret_access_key = {SECRET}",
        "aws_session_token = visitor",
    )
    use(S3Store("s3://bucket/ds", S3Options(profile="lab")))
    monkeypatch.setenv("AWS_PROFILE", "lab")
    use(S3Store("s3://bucket/ds"))
    assert len(canned.requests) == 4
    for request in canned.requests:
        assert "Credential=AKIAPROFILE/" in _header(request, "authorization")
        assert "/eu-west-3/s3/aws4_request" in _header(request, "authorization")
        assert _header(request, "x-amz-security-token") == "visitor"


@pytest.mark.usefixtures("identity")
def test_a_region_from_the_options_beats_the_environment(
    canned: Canned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    use(S3Store("s3://bucket/ds", S3Options(endpoint=canned.endpoint, region="garage")))
    assert len(canned.requests) == 2
    assert all("/garage/s3/" in _header(request, "authorization") for request in canned.requests)


@pytest.mark.usefixtures("identity")
def test_without_a_region_there_is_one(canned: Canned) -> None:
    use(S3Store("s3://bucket/ds", S3Options(endpoint=canned.endpoint)))
    assert all("/us-east-1/s3/" in _header(request, "authorization") for request in canned.requests)


@pytest.mark.usefixtures("identity")
def test_the_second_client_is_not_misled_by_the_environment(
    canned: Canned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads variables of its own, which nobody who knows the AWS tools expects to count."""
    for name, value in {
        "AWS_ENDPOINT": "http://127.0.0.1:9",
        "AWS_SKIP_SIGNATURE": "true",
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "true",
        "AWS_BUCKET": "other",
    }.items():
        monkeypatch.setenv(name, value)
    use(S3Store("s3://bucket/ds", S3Options(endpoint=canned.endpoint)))
    assert canned.requests[1].path == "/bucket/ds/k"
    assert "Credential=AKIAEXAMPLE/" in _header(canned.requests[1], "authorization")


@pytest.mark.usefixtures("identity")
def test_the_bucket_may_be_in_the_name_of_the_host() -> None:
    options = S3Options(endpoint="http://s3.example.test:9000/gate", path_style=False)
    store = S3Store("s3://bucket/ds", options)
    assert store._server.once.config["endpoint"] == "http://bucket.s3.example.test:9000/gate"
    assert store._server.admin.meta.config.s3["addressing_style"] == "virtual"


@pytest.mark.usefixtures("identity")
def test_payloads_are_unsigned_on_loopback_and_signed_on_plain_http(
    canned: Canned, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(S3Store("s3://bucket/ds", S3Options(endpoint=canned.endpoint)))
    assert _header(canned.requests[1], "x-amz-content-sha256") == "UNSIGNED-PAYLOAD"
    monkeypatch.setenv("no_proxy", "0.0.0.0")
    monkeypatch.setenv("NO_PROXY", "0.0.0.0")
    with canned_server("0.0.0.0") as other:
        use(S3Store("s3://bucket/ds", S3Options(endpoint=other.endpoint)))
        assert _header(other.requests[1], "x-amz-content-sha256") == hashlib.sha256(b"payload").hexdigest()


def make_certificate(path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    path.write_bytes(
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(encoding)
    )
    path.with_suffix(".crt").write_bytes(certificate.public_bytes(encoding))
    return path


@pytest.mark.usefixtures("identity")
def test_a_private_authority_is_trusted_when_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = make_certificate(tmp_path / "server.pem")
    with canned_server(certificate=certificate) as server:
        options = S3Options(endpoint=server.endpoint)
        store = S3Store("s3://bucket/ds", options)
        for act in (lambda: list(store.list()), lambda: store.put("k", b"payload")):
            with pytest.raises(Unreachable, match="its certificate is not trusted") as caught:
                act()
            assert not caught.value.transient
        assert not server.requests
        monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate.with_suffix(".crt")))
        use(S3Store("s3://bucket/ds", options))
        assert _header(server.requests[1], "x-amz-content-sha256") == "UNSIGNED-PAYLOAD"


@pytest.mark.usefixtures("identity")
def test_an_authority_that_cannot_be_read(canned: Canned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", "/none/authority.pem")
    with pytest.raises(ConfigError, match=r"cannot read the certificates /none/authority.pem \(No such file"):
        S3Store("s3://bucket/ds", S3Options(endpoint=canned.endpoint))


@pytest.mark.usefixtures("identity")
def test_plain_http_behind_an_https_url(canned: Canned) -> None:
    store = S3Store("s3://bucket/ds", S3Options(endpoint=canned.endpoint.replace("http:", "https:")))
    for act in (store.check, lambda: store.put("k", b"payload")):
        with pytest.raises(Unreachable, match="it speaks http and not https"):
            act()


def test_no_credentials_and_a_metadata_service_that_never_answers(
    canned: Canned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a laptop whose network swallows what is meant for the cloud's own address."""
    canned.silent = True
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", canned.endpoint)
    began = time.monotonic()
    with pytest.raises(
        Denied, match=r"found no credentials for s3://bucket; set .*or AWS_PROFILE, or give the pod"
    ):
        S3Store("s3://bucket/ds")
    assert time.monotonic() - began < 4
    assert canned.requests


def test_half_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    with pytest.raises(Denied, match=r"AWS_SECRET_ACCESS_KEY|secret_key"):
        S3Store("s3://bucket/ds")


def test_an_unknown_profile() -> None:
    with pytest.raises(ConfigError, match=r"profile \(nope\) could not be found; check AWS_PROFILE"):
        S3Store("s3://bucket/ds", S3Options(profile="nope"))


def test_a_broken_configuration_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("no section = 1\n[")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    with pytest.raises(ConfigError, match="AWS files"):
        S3Store("s3://bucket/ds")


@pytest.mark.usefixtures("identity")
def test_no_secret_is_shown(canned: Canned, caplog: pytest.LogCaptureFixture) -> None:
    store = S3Store("s3://bucket/ds", S3Options(endpoint=canned.endpoint))
    canned.refuse(403, "SignatureDoesNotMatch", "no")
    with caplog.at_level("DEBUG", logger="sigh_batch"), pytest.raises(Denied) as caught:
        store.put("k", b"payload")
    shown = [repr(store), str(store), store.url, str(caught.value), repr(caught.value), caplog.text]
    assert not [text for text in shown if SECRET in text or "AKIAEXAMPLE" in text]


GIVE = """
import datetime, json, pathlib, sys
end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=2)
given = json.loads(pathlib.Path(sys.argv[1]).read_text())
print(json.dumps({"Version": 1, "Expiration": end.isoformat(), "SecretAccessKey": "s", **given}))
"""


def test_credentials_are_renewed(canned: Canned, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What a process gives is good for two minutes, so it has to be asked again, by both clients."""
    (tmp_path / "give.py").write_text(GIVE)
    current = tmp_path / "current.json"
    command = f"credential_process = {sys.executable} {tmp_path}/give.py {current}"
    write_profile(monkeypatch, tmp_path, command, f"endpoint_url = {canned.endpoint}")
    # obstore keeps what it was given until five minutes before its end; let that be now.
    monkeypatch.setattr(connection, "_IDENTITY", datetime.timedelta(seconds=1))
    current.write_text(json.dumps({"AccessKeyId": "FIRST"}))
    store = S3Store("s3://bucket/ds", S3Options(profile="lab"))
    use(store)
    current.write_text(json.dumps({"AccessKeyId": "SECOND"}))
    time.sleep(0.15)  # it asks ten times a second at most
    use(store)
    keys = [_header(request, "authorization").partition("Credential=")[2][:6] for request in canned.requests]
    assert keys == ["FIRST/", "FIRST/", "SECOND", "SECOND"]
    current.unlink()
    time.sleep(0.15)
    for act in (lambda: list(store.list()), lambda: store.put("k", b"payload")):
        with pytest.raises(Denied, match="credential") as caught:
            act()
        assert caught.value.transient


def test_the_renewal_is_often_enough() -> None:
    """botocore renews ten minutes before the end, and obstore asks when five of ours are left."""
    assert datetime.timedelta(minutes=5) < connection._IDENTITY < datetime.timedelta(minutes=14)


def _header(request: Request, name: str) -> str:
    return {key.lower(): value for key, value in request.headers.items()}[name]
