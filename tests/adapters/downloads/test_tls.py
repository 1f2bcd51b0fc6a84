"""Certificates are checked against the name in the address, though the connection is pinned."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from curator_adapters.downloads.downloader import Downloader
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from tests.adapters.downloads.server import LOOPBACK, Answer, HttpServer, http_server

PICTURE = b"\xff\xd8\xff\xe0 a picture"
NAME = "cdn.test"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-made certificate of cdn.test, its key behind it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "cdn.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


class NamesAsked(list[str | None]):
    """The names that clients asked for in their handshakes."""


@pytest.fixture
def asked() -> NamesAsked:
    return NamesAsked()


@pytest.fixture
def server(certificate: Path, asked: NamesAsked) -> Iterator[HttpServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    with http_server(tls=context) as running:
        running.answers["/1"] = Answer(body=PICTURE)
        yield running


def a_downloader(folder: Path, verify: bool | str) -> Downloader:
    return Downloader(
        user_agent="Curator/test",
        allowed_hosts={"*.test"},
        temp_dir=folder,
        verify=verify,
        resolve=lambda _host, _port: [LOOPBACK],
    )


def test_a_certificate_of_the_addresss_name_is_accepted(
    server: HttpServer, asked: NamesAsked, certificate: Path, tmp_path: Path
) -> None:
    downloader = a_downloader(tmp_path, str(certificate))
    with downloader.fetch(server.address("/1", host=NAME), frozenset(), 99) as file:
        assert file.path.read_bytes() == PICTURE
    assert asked == [NAME]


@pytest.mark.parametrize(
    ("host", "trusted"),
    [("other.test", True), (NAME, False)],
    ids=["another name", "an unknown authority"],
)
def test_any_other_certificate_is_refused(
    server: HttpServer, certificate: Path, tmp_path: Path, host: str, trusted: bool
) -> None:
    downloader = a_downloader(tmp_path, str(certificate) if trusted else True)
    with (
        pytest.raises(Faulted) as caught,
        downloader.fetch(server.address("/1", host=host), frozenset(), 99),
    ):
        pass
    assert (caught.value.fault.kind, caught.value.fault.code) == (FaultKind.SOURCE_TROUBLE, "tls")
    assert server.requests == []
