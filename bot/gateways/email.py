"""E-mail by SMTP, encrypted on the way. The address is smtp://user:password@host:587 (STARTTLS) or smtps://host:465."""

import hashlib
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from bot.gateways.ports import Accepted, Refused, SendResult, Unknown

SECONDS = 10.0


class SmtpEmail:
    """Sends plain-text e-mail, one connection each. Shared by threads. Tries once: repeating is the outbox's business.

    `allow_plain` sends without encryption where the server offers none, for a demo's own machine; never a password.
    """

    def __init__(
        self,
        url: str,
        *,
        sender: str,
        allow_plain: bool = False,
        seconds: float = SECONDS,
        context: ssl.SSLContext | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("an SMTP address starts with smtp:// or smtps:// and names a host")
        self._tls_at_once = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._tls_at_once else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender
        self._allow_plain = allow_plain
        self._seconds = seconds
        self._context = context or ssl.create_default_context()

    @property
    def sender(self) -> str:
        """The address it comes from."""
        return self._sender

    def send(
        self, to: str, subject: str, body: str, *, dedupe: str, calendar: tuple[str, bytes] | None = None
    ) -> SendResult:
        """See `SendsEmail.send`. The message's id is made from `dedupe`, so that a repeat is known by its reader."""
        message_id = f"<{hashlib.sha256(dedupe.encode()).hexdigest()[:32]}@helo>"
        message = EmailMessage()
        try:
            message["From"], message["To"], message["Subject"] = self._sender, to, subject
        except ValueError:  # a line break where a header would begin
            return Refused("bad_header", permanent=True)
        message["Message-ID"], message["Auto-Submitted"] = message_id, "auto-generated"
        message.set_content(body)
        if calendar is not None:
            method, content = calendar
            # Outlook reads an invitation from an alternative to the words, and believes the method in its header.
            message.add_alternative(content.decode(), subtype="calendar")
            part = message.get_payload()[-1]  # type: ignore[index]
            part.set_param("method", method)  # type: ignore[union-attr]
        return self._deliver(message, message_id)

    def _deliver(self, message: EmailMessage, message_id: str) -> SendResult:
        try:
            server = self._connected()
        except ssl.SSLError:
            return Refused("tls", permanent=False)
        except smtplib.SMTPAuthenticationError:
            return Refused("sign_in", permanent=False)
        except _NoEncryption:
            return Refused("no_encryption", permanent=False)
        except (OSError, smtplib.SMTPException):
            return Refused("no_connection", permanent=False)
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refusal:
            code = next(iter(refusal.recipients.values()))[0]
            return Refused(str(code), permanent=code >= 500)
        except smtplib.SMTPResponseException as refusal:
            return Refused(str(refusal.smtp_code), permanent=refusal.smtp_code >= 500)
        except (OSError, smtplib.SMTPException, ValueError) as fault:
            return Unknown(type(fault).__name__)
        finally:
            _close(server)
        return Accepted(message_id)

    def _connected(self) -> smtplib.SMTP:
        if self._tls_at_once:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._seconds, context=self._context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._seconds)
        try:
            server.ehlo_or_helo_if_needed()
            if not self._tls_at_once:
                self._encrypt(server)
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _encrypt(self, server: smtplib.SMTP) -> None:
        # A server, or somebody between, that does not offer encryption gets no message.
        if server.has_extn("starttls"):
            server.starttls(context=self._context)
            server.ehlo()
        elif self._user or not self._allow_plain:
            raise _NoEncryption


class _NoEncryption(Exception):
    """The server offers no encryption."""


def _close(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()
