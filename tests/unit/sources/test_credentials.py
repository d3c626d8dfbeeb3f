"""Content credentials: really signed by the library that reads them, changed, of strangers, damaged."""

from __future__ import annotations

import datetime
import functools
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from sigh_batch.sources.credentials import can_read, read_credentials
from sigh_batch.sources.facts import file_facts
from tests.unit.sources.files import written

reads = pytest.mark.skipif(
    not can_read(), reason="the extra c2pa is not installed: nothing can be signed or read"
)
MADE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


@functools.cache
def house() -> tuple[Any, bytes, str]:
    """Return the key and chain of a signer, and the authority that vouches for it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def name(text: str) -> x509.Name:
        names = ((NameOID.COMMON_NAME, text), (NameOID.ORGANIZATION_NAME, "A House"))
        return x509.Name([x509.NameAttribute(what, value) for what, value in names])

    def usage(*allowed: str) -> x509.KeyUsage:
        names = (
            *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
            *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
        )
        return x509.KeyUsage(**{name: name in allowed for name in names})

    top, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    since = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    certificates = []
    for number, (text, key, is_top) in enumerate((("A Signer", own, False), ("An Authority", top, True)), 1):
        made = x509.CertificateBuilder(name("An Authority"), name(text), key.public_key(), number)
        made = made.not_valid_before(since).not_valid_after(since + datetime.timedelta(days=9000))
        made = made.add_extension(x509.BasicConstraints(ca=is_top, path_length=None), critical=True)
        made = made.add_extension(
            usage("key_cert_sign", "crl_sign") if is_top else usage("digital_signature"), critical=True
        )
        made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        if not is_top:
            issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(top.public_key())
            made = made.add_extension(issuer, critical=False)
            purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
            made = made.add_extension(purpose, critical=False)
        certificates.append(made.sign(top, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret = own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return secret, b"".join(certificates), certificates[1].decode()


@functools.cache
def signed(**claims: Any) -> bytes:
    """Return a picture with credentials; `remote` names where they lie in place of being in it."""
    from c2pa import Builder, C2paSignerInfo, Context, Signer

    secret, chain, _ = house()
    quiet = {"builder": {"thumbnail": {"enabled": False}}}
    actions = [{"action": "c2pa.created", "digitalSourceType": MADE}, {"action": "c2pa.edited"}]
    manifest = {
        "claim_generator_info": [{"name": "A Painter", "version": "7"}],
        "assertions": [{"label": "c2pa.actions", "data": {"actions": actions}}],
    }
    builder = Builder(manifest, context=Context.from_dict(quiet))
    if "remote" in claims:
        builder.set_no_embed()
        builder.set_remote_url(claims["remote"])
    signer = Signer.from_info(C2paSignerInfo(alg=b"es256", sign_cert=chain, private_key=secret, ta_url=None))
    out = io.BytesIO()
    builder.sign(signer, "image/png", io.BytesIO(written("PNG")), out)
    return out.getvalue()


@contextmanager
def without_library(patch: pytest.MonkeyPatch) -> Iterator[None]:
    with patch.context() as patched:
        patched.setattr("sigh_batch.sources.credentials.can_read", lambda: False)
        yield


def test_without_the_library_it_is_known_that_there_are_some(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_library(monkeypatch):
        assert read_credentials(written("PNG"), "image/png").status == "absent"
        found = read_credentials(written("PNG") + b"\0\0\0\x1ejumdc2pa\0", "image/png")
        assert (found.status, found.summary) == ("present", None)


@reads
def test_a_signature_is_read_with_all_that_it_says() -> None:
    found = read_credentials(signed(), "image/png")
    assert found.status == "untrusted"
    assert found.source_type == "trainedAlgorithmicMedia"
    assert found.summary == "made with: A Painter 7; signed by: A Signer, A House; actions: created, edited"
    assert file_facts(signed()).source_type == "trainedAlgorithmicMedia"


@reads
def test_who_is_vouched_for_is_trusted() -> None:
    assert read_credentials(signed(), "image/png", house()[2]).status == "valid"


@reads
@pytest.mark.parametrize(
    ("what", "fault"), [(b"A Painter", "claimSignature"), (b"IEND", "assertion.dataHash")]
)
def test_a_change_after_signing_is_told(what: bytes, fault: str) -> None:
    changed = bytearray(signed())
    changed[changed.index(what) - (what == b"IEND") * 10] ^= 1
    found = read_credentials(bytes(changed), "image/png")
    assert found.status == "invalid"
    assert f"faults: {fault}" in (found.summary or "")


@reads
def test_damage_is_an_error_with_its_reason_and_no_crash() -> None:
    whole = signed()
    for end in range(len(whole) // 4, len(whole), 97):
        found = read_credentials(whole[:end], "image/png")
        assert found.status in ("absent", "error", "invalid")
        assert found.status != "error" or found.summary
    assert read_credentials(written("PNG") + b"jumdc2pa\0", "image/png").status in (
        "error",
        "absent",
        "invalid",
    )


@reads
def test_what_lies_elsewhere_is_not_fetched() -> None:
    """The isolation of tests raises where anybody calls; native code would be seen by what it returns."""
    assert read_credentials(signed(remote="http://127.0.0.1:9/m.c2pa"), "image/png").status in (
        "absent",
        "error",
    )
