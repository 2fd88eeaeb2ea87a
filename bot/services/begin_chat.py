"""Begins a web chat at the welcome that its page has already shown, so that a choice there is read as an answer."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from bot.domain.conversation import Channel
from bot.services.desk import Desk
from bot.storage import conversations
from bot.storage.database import Transaction


class _Fresh(NamedTuple):
    """Where a parent stands who has said nothing yet."""

    facts: Mapping[str, str] = MappingProxyType({})
    shown: tuple[str, ...] = ()


def answers_welcome(desk: Desk, words: str) -> bool:
    """Whether `words`, typed on the page of the welcome, choose one of its answers ("2", "English")."""
    step = desk.library.flow.current(desk.library.flow.start)
    return desk.reader.choice(step, _Fresh(), words, exactly=True) is not None


def begin_chat(desk: Desk, token: str, now: datetime) -> None:
    """Stores a chat that has just been welcomed. One that exists stays as it is."""
    desk.database.write(lambda tx: _begin(desk, tx, token, now))


def _begin(desk: Desk, tx: Transaction, token: str, now: datetime) -> None:
    flow = desk.library.flow
    stored = conversations.find_or_begin(
        tx, desk.vault, channel=Channel.WEB, contact=token, flow_version=flow.version, start=flow.start, now=now
    )
    if stored.heard_at is None:
        conversations.save(tx, desk.vault, stored.conversation, now, heard=True)
