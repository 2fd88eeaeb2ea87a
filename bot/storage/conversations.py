"""Conversations, found by the keyed hash of a contact, their contents sealed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, literal_column, select, update

from bot.domain.conversation import Channel, Conversation
from bot.domain.status import Status
from bot.storage import tasks
from bot.storage.database import Prepared, Row, Transaction, insert_unless_there, one_of
from bot.storage.ids import new_id
from bot.storage.remembered import open_contact, open_state, seal_state
from bot.storage.secrets import Vault
from bot.storage.tables import conversation as table
from bot.storage.tables import conversation_event


class Stored(NamedTuple):
    """A conversation and what only the database knows of it. `contact` is "" once the person was erased, and where it
    cannot be read any more, until they write again.

    `person` is the member of staff who has it, while its status is with_person.
    """

    conversation: Conversation
    contact: str
    heard_at: datetime | None
    created_at: datetime
    updated_at: datetime
    person: str | None = None


@dataclass(frozen=True, slots=True)
class ConversationEvent:
    """One change in a conversation's history."""

    at: datetime
    who: str
    kind: str
    from_state: str | None
    to_state: str | None


_by_contact = select(table).where(
    table.c.channel == bindparam("channel"), table.c.contact_hash == bindparam("contact_hash")
)
_by_id = select(table).where(table.c.id == bindparam("id"))
_FIND = Prepared(_by_contact)
_FIND_TO_CHANGE = Prepared(_by_contact.with_for_update())
_LOAD = Prepared(_by_id)
_LOAD_TO_CHANGE = Prepared(_by_id.with_for_update())
_BEGIN = insert_unless_there(table)
_RECENT = Prepared(select(table).order_by(table.c.updated_at.desc(), table.c.id.desc()).limit(bindparam("limit")))
_saved: dict[str, Any] = {
    name: bindparam(name) for name in ("language", "status", "flow_version", "step", "loss", "state", "updated_at")
}
_SAVE = Prepared(update(table).where(table.c.id == bindparam("its_id")).values(_saved))
_SAVE_HEARD = Prepared(
    update(table).where(table.c.id == bindparam("its_id")).values(_saved | {"heard_at": bindparam("heard_at")})
)
_GIVE_TO = Prepared(update(table).where(table.c.id == bindparam("its_id")).values(person=bindparam("whose")))
_REPAIR = Prepared(update(table).where(table.c.id == bindparam("its_id")).values(contact=bindparam("sealed")))
_NOTE = Prepared(insert(conversation_event))
_HISTORY = Prepared(
    select(conversation_event)
    .where(conversation_event.c.conversation_id == bindparam("conversation_id"))
    .order_by(conversation_event.c.at, conversation_event.c.id)
)

# The kind of a task: what a parent had told the bot cannot be read any more.
DAMAGED = "memory_lost"
# Whether texting is safe, as staff learned it on a call and as it was taken back: the last word counts.
NOT_SAFE, SAFE_AGAIN = "not_safe", "safe_again"
_LAST = Prepared(
    select(conversation_event)
    .where(conversation_event.c.conversation_id == bindparam("conversation_id"))
    .order_by(conversation_event.c.id.desc())
    .limit(literal_column("1"))
)
_LAST_WORD = Prepared(
    select(conversation_event.c.kind)
    .where(
        conversation_event.c.conversation_id == bindparam("conversation_id"),
        one_of(conversation_event.c.kind, NOT_SAFE, SAFE_AGAIN),
    )
    .order_by(conversation_event.c.at.desc(), conversation_event.c.id.desc())
    .limit(literal_column("1"))
)


def find_or_begin(
    tx: Transaction, vault: Vault, *, channel: Channel, contact: str, flow_version: str, start: str, now: datetime
) -> Stored:
    """The contact's conversation on this channel, a new one at step `start` if there was none.

    On PostgreSQL its row is locked until the transaction ends, so that two texts of one parent take turns.
    """
    fingerprint = vault.fingerprint(contact)
    row = tx.row(_FIND_TO_CHANGE, channel=channel.value, contact_hash=fingerprint)
    if row is None:
        id_ = new_id(now)
        fresh = Conversation(id=id_, channel=channel, status=Status.WITH_BOT, step=start, flow_version=flow_version)
        begun = tx.run(
            _BEGIN,
            id=id_,
            channel=channel.value,
            contact_hash=fingerprint,
            contact=vault.seal(contact, table="conversation", column="contact", row=id_),
            language=None,
            status=fresh.status.value,
            flow_version=flow_version,
            step=start,
            loss=False,
            state=seal_state(vault, fresh),
            created_at=now,
            heard_at=None,
            updated_at=now,
            person=None,
        )
        if begun:
            return Stored(fresh, contact, None, now, now)
        row = tx.row(_FIND_TO_CHANGE, channel=channel.value, contact_hash=fingerprint)
    return _found(tx, vault, row, contact)


def find(tx: Transaction, vault: Vault, *, channel: Channel, contact: str) -> Stored | None:
    """The contact's conversation on this channel, locked where `tx` may write."""
    statement = _FIND_TO_CHANGE if tx.writing else _FIND
    row = tx.row(statement, channel=channel.value, contact_hash=vault.fingerprint(contact))
    return None if row is None else _found(tx, vault, row, contact)


def load(tx: Transaction, vault: Vault, conversation_id: str) -> Stored | None:
    """The conversation by its id, locked where `tx` may write."""
    row = tx.row(_LOAD_TO_CHANGE if tx.writing else _LOAD, id=conversation_id)
    return None if row is None else _stored(vault, row)


def recent(tx: Transaction, vault: Vault, limit: int) -> tuple[Stored, ...]:
    """The conversations that changed last, newest first."""
    return tuple(_stored(vault, row) for row in tx.rows(_RECENT, limit=limit))


def save(
    tx: Transaction,
    vault: Vault,
    conversation: Conversation,
    now: datetime,
    *,
    heard: bool,
    heard_at: datetime | None = None,
) -> None:
    """Writes where the conversation stands; `heard` when it was the parent who moved it, at `heard_at` if not now.

    Where that takes the place of what could not be read, staff have a task that says so.
    """
    if conversation.damaged:
        tasks.open_task(tx, conversation.id, DAMAGED, now)
    values: dict[str, Any] = {
        "its_id": conversation.id,
        "language": conversation.language,
        "status": conversation.status.value,
        "flow_version": conversation.flow_version,
        "step": conversation.step,
        "loss": conversation.loss,
        "state": seal_state(vault, conversation),
        "updated_at": now,
    }
    if heard:
        tx.run(_SAVE_HEARD, heard_at=heard_at or now, **values)
    else:
        tx.run(_SAVE, **values)


def give_to(tx: Transaction, conversation_id: str, person: str | None) -> None:
    """Says which member of staff has the conversation."""
    tx.run(_GIVE_TO, its_id=conversation_id, whose=person)


def note_event(
    tx: Transaction,
    conversation_id: str,
    now: datetime,
    who: str,
    kind: str,
    from_state: str | None = None,
    to_state: str | None = None,
) -> None:
    """Adds to the conversation's history. All of it codes: no words of a parent."""
    tx.run(
        _NOTE,
        id=new_id(now),
        conversation_id=conversation_id,
        at=now,
        who=who,
        kind=kind,
        from_state=from_state,
        to_state=to_state,
    )


def history(tx: Transaction, conversation_id: str) -> tuple[ConversationEvent, ...]:
    """What happened to the conversation, in order."""
    rows = tx.rows(_HISTORY, conversation_id=conversation_id)
    return tuple(ConversationEvent(row.at, row.who, row.kind, row.from_state, row.to_state) for row in rows)


def last_event(tx: Transaction, conversation_id: str) -> ConversationEvent | None:
    """What happened to the conversation last."""
    row = tx.row(_LAST, conversation_id=conversation_id)
    return None if row is None else ConversationEvent(row.at, row.who, row.kind, row.from_state, row.to_state)


def is_silenced(tx: Transaction, conversation_id: str) -> bool:
    """Whether a call turned out not to be safe, and nobody, parent or person, has said since that texting is."""
    row = tx.row(_LAST_WORD, conversation_id=conversation_id)
    return row is not None and row.kind == NOT_SAFE


def _found(tx: Transaction, vault: Vault, row: Row, contact: str) -> Stored:
    """The conversation of that contact. Where the stored one was damaged, it is written anew: staff must have it."""
    stored = _stored(vault, row)
    if stored.contact == contact:
        return stored
    if tx.writing:
        sealed = vault.seal(contact, table="conversation", column="contact", row=row.id)
        tx.run(_REPAIR, its_id=row.id, sealed=sealed)
    return stored._replace(contact=contact)


def _stored(vault: Vault, row: Row) -> Stored:
    conversation = Conversation(
        id=row.id,
        channel=Channel(row.channel),
        status=Status(row.status),
        step=row.step,
        flow_version=row.flow_version,
        language=row.language,
        loss=row.loss,
        **open_state(vault, row),
    )
    person = row.person if conversation.status is Status.WITH_PERSON else None
    return Stored(conversation, open_contact(vault, row), row.heard_at, row.created_at, row.updated_at, person)
