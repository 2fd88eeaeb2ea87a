"""What the engine remembers of a conversation beside its plain columns, as one sealed value."""

import json
from typing import Any

import structlog

from bot.domain.conversation import Conversation
from bot.storage.database import Row
from bot.storage.secrets import KeyMissing, Tampered, Vault

log = structlog.get_logger(__name__)


def seal_state(vault: Vault, conversation: Conversation) -> bytes:
    """The value to store: what there is to remember, and nothing of what is as at the beginning."""
    state = {
        "answers": dict(conversation.answers),
        "trail": conversation.trail,
        "misunderstood": conversation.misunderstood,
        "shown": conversation.shown,
        "seen": conversation.seen,
        "resume": conversation.resume,
        "other_language": conversation.other_language,
    }
    said = {name: value for name, value in state.items() if value}
    return vault.seal(json.dumps(said), table="conversation", column="state", row=conversation.id)


def open_state(vault: Vault, row: Row) -> dict[str, Any]:
    """What is remembered, as fields of `Conversation`. A damaged value is as if nothing were, and says so: the parent
    must be heard whatever became of what they said before. (Keys are checked at the start, so one that is missing here
    is damage as well.)"""
    if row.state is None:
        return {}
    try:
        state = json.loads(vault.open(row.state, table="conversation", column="state", row=row.id))
    except (Tampered, KeyMissing) as fault:
        log.error("state_damaged", conversation=row.id, kind=type(fault).__name__)
        return {"damaged": True}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in state.items()}


def open_contact(vault: Vault, row: Row) -> str:
    """The contact; "" where there is none, and where it is damaged: then nobody can write to them until they do."""
    if row.contact is None:
        return ""
    try:
        return vault.open(row.contact, table="conversation", column="contact", row=row.id)
    except (Tampered, KeyMissing) as fault:
        log.error("contact_damaged", conversation=row.id, kind=type(fault).__name__)
        return ""
