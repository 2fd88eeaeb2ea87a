"""A desk for tests: the content that ships, read once, on a database of the test's own; and a parent who texts it."""

import itertools
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

from bot.domain.conversation import Channel, Conversation, InboundMessage
from bot.services.desk import Desk, open_desk
from bot.services.receive_message import Answer, receive_message
from bot.settings import Settings
from bot.storage import conversations, messages
from bot.storage.conversations import Stored
from bot.storage.database import Database, Transaction
from bot.storage.secrets import Vault
from tests.factories import PARENT_NUMBER, make_settings

Found = TypeVar("Found")
MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
_numbers = itertools.count(1)


class Clock:
    """The time of a test: it stands still until it is moved."""

    def __init__(self, now: datetime = MONDAY_NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **length: float) -> None:
        """Moves on by a length such as `hours=3`."""
        self.now += timedelta(**length)


@cache
def shipped() -> Desk:
    """The content that ships, read once; its database is nobody's."""
    return open_desk(make_settings(Path(tempfile.mkdtemp(prefix="helo-desk-"))))


def make_desk(database: Database, folder: Path, clock: Callable[[], datetime] | None = None, **changes: str) -> Desk:
    """The desk of the content that ships, on `database`; `changes` are settings."""
    settings: Settings = make_settings(folder, **changes)
    return replace(shipped(), settings=settings, database=database, now=clock or Clock())


def a_desk(database: Database, vault: Vault, ledger: Path) -> Desk:
    """A desk with a vault and a ledger of the test's own."""
    desk = shipped()
    return replace(desk, database=database, vault=vault, settings=replace(desk.settings, erasure_ledger=ledger))


class Phone:
    """A parent's phone (or browser, by channel) that talks to the use case directly."""

    def __init__(self, desk: Desk, contact: str = PARENT_NUMBER, channel: Channel = Channel.SMS) -> None:
        self.desk = desk
        self.contact = contact
        self.channel = channel
        self.answer = Answer("", ())

    def text(self, *texts: str, **more: object) -> tuple[str, ...]:
        """Sends texts; gives back what was answered to the last."""
        for text in texts:
            self.answer = receive_message(self.desk, self.message(text, **more), self.desk.now())
        return self.answer.texts

    def message(self, text: str, **more: object) -> InboundMessage:
        """A message as the provider would hand it over, with a sid of its own."""
        provider = "twilio" if self.channel is Channel.SMS else self.channel.value
        given = {"sid": f"SM{next(_numbers):032x}", **more}
        return InboundMessage(provider=provider, channel=self.channel, contact=self.contact, text=text, **given)  # type: ignore[arg-type]

    @property
    def stored(self) -> Stored:
        """The conversation as the database has it."""
        found = self.desk.database.read(
            lambda tx: conversations.find(tx, self.desk.vault, channel=self.channel, contact=self.contact)
        )
        assert found is not None, "nothing is stored for this contact"
        return found

    def sent(self) -> tuple[str, ...]:
        """What waits to be sent to this parent, beside answers."""
        thread = self.read(messages.thread)
        return tuple(entry.text for entry in thread if entry.text and entry.state == "waiting")

    def read(self, look: Callable[[Transaction, Vault, str], Found]) -> Found:
        """What a repository's function of (transaction, vault, conversation id) finds for this parent."""
        its_id = self.conversation.id
        return self.desk.database.read(lambda tx: look(tx, self.desk.vault, its_id))

    @property
    def conversation(self) -> Conversation:
        """Where it stands."""
        return self.stored.conversation
