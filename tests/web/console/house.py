"""A console on a database of its own, people to sign in to it, and parents who have something to tell."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.domain.conversation import Channel, Conversation, InboundMessage
from bot.domain.screening import Match, Screening
from bot.services.desk import Desk
from bot.storage import accounts, calls, concerns, consents, conversations, messages, outbox, staff_sessions
from bot.storage.audit import AuditEntry, entries
from bot.web.console.people import find_staff, hash_password, save, the_security
from bot.web.console.sessions import hash_of
from tests.desks import Clock
from tests.factories import PARENT_NUMBER

HOST = "https://helo.example"
PASSWORD = "three-words-that-fit"
COOKIE = "__Host-helo_staff"


class Browser:
    """A member of staff's browser: keeps cookies, finds the form's token, never follows a redirect by itself."""

    def __init__(self, app: Flask, address: str = "203.0.113.5") -> None:
        self.client: FlaskClient = app.test_client()
        self.address = address

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, base_url=HOST, environ_base={"REMOTE_ADDR": self.address}, **more)

    def send(self, path: str, *, token: str | None = None, **fields: str) -> TestResponse:
        """Posts a form, with a good token unless it is given another."""
        data = {"csrf_token": self.token() if token is None else token, **fields}
        return self.client.post(path, data=data, base_url=HOST, environ_base={"REMOTE_ADDR": self.address})

    def token(self) -> str:
        """A good token of this session, from a page that anybody signed in, or nobody, may see."""
        for path in ("/staff/account", "/staff/sign-in"):
            found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)
            if found:
                return found[1]
        raise AssertionError("no page with a form")

    @property
    def cookie(self) -> str:
        kept = self.client.get_cookie(COOKIE, domain="helo.example")
        return kept.value if kept else ""

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.client.set_cookie(COOKIE, value, domain="helo.example", secure=True)


@dataclass
class House:
    """The app, its desk, and short ways to fill it."""

    app: Flask
    desk: Desk
    clock: Clock
    secrets: dict[str, str] = field(default_factory=dict)

    @cached_property
    def password_hash(self) -> str:
        with self.app.app_context():
            return hash_password(PASSWORD)

    def browser(self, address: str = "203.0.113.5") -> Browser:
        return Browser(self.app, address)

    def person(self, *roles: str, email: str = "", password: bool = True) -> str:
        """Somebody who may sign in; their address."""
        email = email or f"{'-'.join(roles) or 'nobody'}-{secrets.token_hex(3)}@team.example"

        def work(tx: Any) -> None:
            account = accounts.add(
                tx, email=email, name=email.partition("@")[0].title(), language="en", uniquifier=secrets.token_hex(32),
                now=self.clock(),
            )  # fmt: skip
            for role in roles:
                accounts.give_role(tx, account.id, role)

        self.desk.database.write(work)
        with self.app.test_request_context("/staff/"):
            user = find_staff(email)
            assert user is not None
            # Hashing is slow, as it must be: only for those whose password is tried.
            user.password = self.password_hash if password else None
            self.secrets[email] = the_security().totp_factory.generate_totp_secret()
            the_security().datastore.tf_set(user, "authenticator", totp_secret=self.secrets[email])
            save(user)
        return email

    def code(self, email: str) -> str:
        """What their authenticator shows now."""
        with self.app.app_context():
            return the_security().totp_factory.generate_totp_password(self.secrets[email])

    def staff_id(self, email: str) -> int:
        account = self.desk.database.read(lambda tx: accounts.by_email(tx, email))
        assert account is not None
        return account.id

    def signed_in(self, *roles: str, email: str = "") -> Browser:
        """The browser of somebody with these roles who has signed in."""
        email = email or self.person(*roles, password=False)
        with self.app.test_request_context("/staff/"):
            user = find_staff(email)
            assert user is not None
            data = {"_user_id": user.fs_uniquifier, "_fresh": True, "language": "en"}
            id_ = user.id
        token = secrets.token_urlsafe(32)
        row = staff_sessions.StaffSession(hash_of(token), id_, self.clock(), self.clock(), data)
        self.desk.database.write(lambda tx: staff_sessions.begin(tx, self.desk.vault, row))
        browser = self.browser()
        browser.cookie = token
        return browser

    def parent(
        self, *texts: str, contact: str = PARENT_NUMBER, channel: Channel = Channel.SMS, answer: str = "Diolch."
    ) -> Conversation:
        """A conversation in which a parent wrote `texts`, each answered with `answer`."""

        def work(tx: Any) -> Conversation:
            stored = conversations.find_or_begin(
                tx, self.desk.vault, channel=channel, contact=contact, flow_version="1", start="welcome",
                now=self.clock(),
            )  # fmt: skip
            for text in texts:
                sid = f"SM{secrets.token_hex(16)}"
                message = InboundMessage("twilio", sid, channel, contact, text)
                inbound = messages.store_inbound(
                    tx, self.desk.vault, message, self.clock(), conversation_id=stored.conversation.id, kind="message"
                )
                ours = outbox.OutboundMessage(
                    "reply", "reply", channel.value, contact, answer, f"{inbound.id}:0", self.clock(),
                    conversation_id=stored.conversation.id, inbound_id=inbound.id, state="answered",
                )  # fmt: skip
                outbox.put(tx, self.desk.vault, ours, self.clock())
            return stored.conversation

        return self.desk.database.write(work)

    def alert(
        self, text: str, words: str, *, severity: str = "immediate", contact: str = PARENT_NUMBER
    ) -> concerns.Alert:
        """An alert, because `words` stood in `text`."""
        conversation = self.parent(contact=contact)
        start = text.index(words)
        match = Match("SG-001", "suicide_self_harm", severity, words, start, start + len(words))

        def work(tx: Any) -> concerns.Alert:
            message = InboundMessage("twilio", f"SM{secrets.token_hex(16)}", Channel.SMS, contact, text)
            inbound = messages.store_inbound(
                tx, self.desk.vault, message, self.clock(), conversation_id=conversation.id, kind="message"
            )
            found = Screening(severity, (match,), "test")
            messages.keep_screening(tx, self.desk.vault, inbound.id, conversation.id, found, self.clock())
            ours = outbox.OutboundMessage(
                "reply", "safety", "sms", contact, "Ring 999 now.", f"{inbound.id}:0", self.clock(),
                conversation_id=conversation.id, inbound_id=inbound.id, state="answered",
            )  # fmt: skip
            outbox.put(tx, self.desk.vault, ours, self.clock())
            return concerns.open_or_raise(
                tx, conversation_id=conversation.id, severity=severity, category="suicide_self_harm",
                now=self.clock(), due_at=self.clock() + timedelta(minutes=2),
            )  # fmt: skip

        return self.desk.database.write(work)

    def answered(self, alert: concerns.Alert, **answers: str) -> None:
        """The parent of an alert has answered these questions, and booked nothing yet."""

        def work(tx: Any) -> None:
            stored = conversations.load(tx, self.desk.vault, alert.conversation_id)
            assert stored is not None
            told = stored.conversation._replace(answers={**stored.conversation.answers, **answers})
            conversations.save(tx, self.desk.vault, told, self.clock(), heard=False)

        self.desk.database.write(work)

    def call(self, *lines: dict[str, Any], contact: str = PARENT_NUMBER, hours: float = 2, **more: Any) -> calls.Call:
        """A booked call with these lines on its sheet, so many hours from now."""
        conversation = self.parent(contact=contact)
        start = self.clock() + timedelta(hours=hours)
        sheet = {
            "lines": list(lines), "shared": True, "loss": False, "language": "en", "check_word": None, "offers": [],
            **more,
        }  # fmt: skip

        def work(tx: Any) -> calls.Call:
            held = calls.hold(
                tx, conversation_id=conversation.id, staff_key="demo-sian", starts_at=start,
                ends_at=start + timedelta(minutes=30), busy_until=start + timedelta(minutes=40), hold_until=start,
                now=self.clock(),
            )  # fmt: skip
            consents.note_consent(tx, conversation.id, "gp", self.clock(), given=False)
            return calls.confirm(tx, self.desk.vault, held.id, sheet=sheet, now=self.clock())

        return self.desk.database.write(work)

    def audited(self, subject_type: str, subject_id: str) -> tuple[AuditEntry, ...]:
        return self.desk.database.read(lambda tx: entries(tx, subject_type, subject_id))


def line(name: str, words: str | None = None, label: str | None = None, *, struck: bool = False) -> dict[str, Any]:
    """One line of a call sheet as it is kept."""
    return {"name": name, "words": words, "label": label, "struck": struck}
