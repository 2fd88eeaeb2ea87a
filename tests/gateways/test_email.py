"""E-mail against a real SMTP server on this machine: encrypted or not at all, and a result that says what is known."""

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.gateways.email import SmtpEmail
from bot.gateways.ports import Accepted, Refused, SendResult, Unknown


class Post:
    """Keeps what comes; `answer` may refuse it at the recipient ("rcpt") or after the words ("data")."""

    def __init__(self, **answers: str) -> None:
        self.kept: list[Message] = []
        self.encrypted: list[bool] = []
        self._answers = answers

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return self._answers.get("rcpt", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        if self._answers.get("data") == "cut":
            server.transport.abort()
            return "250 never arrives"
        self.kept.append(message_from_bytes(envelope.content, policy=default))
        self.encrypted.append(session.ssl is not None)
        return self._answers.get("data", "250 OK")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine's own address, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


Start = Callable[..., str]


@pytest.fixture
def start(certificate: tuple[Path, Path]) -> Iterator[Start]:
    """Starts a server for `post` and gives its address; `tls` offers STARTTLS."""
    running: list[Controller] = []

    def begin(post: Post, *, tls: bool = True, **options: Any) -> str:
        if tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(*certificate)
            options["tls_context"] = context
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        controller = Controller(post, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return f"127.0.0.1:{port}"

    yield begin
    for controller in running:
        controller.stop()


@pytest.fixture
def trusting(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate[0]))


def send(address: str, context: ssl.SSLContext | None = None, **options: Any) -> SendResult:
    text = options.pop("text", ("lead@helo.example", "Rhybudd", "ABC234\nhttps://helo.example/staff"))
    road = SmtpEmail(f"smtp://{address}", sender="helo@helo.example", context=context, seconds=2, **options)
    return road.send(*text, dedupe="e" * 32)


def test_an_e_mail_leaves_encrypted_with_an_id_that_a_repeat_keeps(start: Start, trusting: ssl.SSLContext) -> None:
    post = Post()
    address = start(post, require_starttls=True)
    first, second = send(address, trusting), send(address, trusting)
    assert isinstance(first, Accepted)
    assert first == second
    assert post.encrypted == [True, True]
    message = post.kept[0]
    assert (message["To"], message["From"], message["Subject"]) == ("lead@helo.example", "helo@helo.example", "Rhybudd")
    assert message["Message-ID"] == first.sid
    assert message["Auto-Submitted"] == "auto-generated"
    assert "https://helo.example/staff" in message.get_content()  # type: ignore[attr-defined]


def test_without_encryption_nothing_leaves(start: Start, trusting: ssl.SSLContext) -> None:
    post = Post()
    address = start(post, tls=False)
    assert send(address, trusting) == Refused("no_encryption", permanent=False)
    assert post.kept == []
    assert isinstance(send(address, trusting, allow_plain=True), Accepted)


def test_a_certificate_we_do_not_trust_gets_nothing(start: Start) -> None:
    post = Post()
    assert send(start(post)) == Refused("tls", permanent=False)
    assert post.kept == []


def test_a_password_goes_only_through_encryption(start: Start, trusting: ssl.SSLContext) -> None:
    seen: list[bool] = []

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        seen.append(session.ssl is not None)
        return AuthResult(success=data.password == b"p@ss", handled=False)

    address = start(Post(), authenticator=authenticate, auth_required=True)
    assert isinstance(send(f"user:p%40ss@{address}", trusting), Accepted)
    assert send(f"user:wrong@{address}", trusting) == Refused("sign_in", permanent=False)
    assert set(seen) == {True}
    plain = start(Post(), tls=False, authenticator=authenticate, auth_require_tls=False)
    assert send(f"user:p%40ss@{plain}", trusting, allow_plain=True) == Refused("no_encryption", permanent=False)
    assert set(seen) == {True}


@pytest.mark.parametrize(
    ("answers", "result"),
    [
        ({"rcpt": "550 no such person"}, Refused("550", permanent=True)),
        ({"rcpt": "451 greylisted"}, Refused("451", permanent=False)),
        ({"data": "554 no"}, Refused("554", permanent=True)),
        ({"data": "452 full"}, Refused("452", permanent=False)),
    ],
)
def test_what_the_server_refuses_is_told_with_its_code(
    start: Start, trusting: ssl.SSLContext, answers: dict[str, str], result: Refused
) -> None:
    assert send(start(Post(**answers)), trusting) == result


def test_a_connection_cut_after_the_words_is_unknown(start: Start, trusting: ssl.SSLContext) -> None:
    assert isinstance(send(start(Post(data="cut")), trusting), Unknown)


def test_nobody_there_means_certainly_not_sent() -> None:
    assert send("127.0.0.1:1") == Refused("no_connection", permanent=False)


@pytest.mark.parametrize("place", [0, 1])
def test_no_header_can_be_smuggled_in(start: Start, trusting: ssl.SSLContext, place: int) -> None:
    post = Post()
    text = ["lead@helo.example", "Rhybudd", "words"]
    text[place] += "\r\nBcc: evil@example.com"
    assert send(start(post), trusting, text=tuple(text)) == Refused("bad_header", permanent=True)
    assert post.kept == []


def test_an_address_of_another_kind_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match="SMTP address"):
        SmtpEmail("http://mail.example", sender="x@helo.example")
