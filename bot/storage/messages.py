"""What parents wrote, what screening made of it, and the thread as a person reads it."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from hmac import compare_digest
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, update

from bot.domain.conversation import InboundMessage
from bot.domain.screening import Screening
from bot.storage.database import Prepared, Transaction, insert_unless_there, one_of
from bot.storage.ids import new_id
from bot.storage.secrets import Vault
from bot.storage.tables import inbound_message, outbound_message, screening


class StoredInbound(NamedTuple):
    """An inbound message as kept. For a repeat: `is_new` is false, `same_body` whether the words are the same
    too, and `erased` whether nothing of it is kept any more."""

    id: str
    is_new: bool
    same_body: bool
    conversation_id: str | None
    erased: bool = False


@dataclass(frozen=True, slots=True)
class ThreadEntry:
    """One message of a conversation. `who` is "parent", "bot", or the member of staff who wrote it.

    `text` is None once erased; `level` is the screening's, for a parent's message; `state` is how far ours got; `late`
    says that it never reached us and was fetched, so that we knew of it only after `at`."""

    at: datetime
    who: str
    text: str | None
    inbound_id: str | None
    level: str | None
    state: str | None
    late: bool = False


_STORE = insert_unless_there(inbound_message)
_REPEATED = Prepared(
    select(inbound_message.c.id, inbound_message.c.conversation_id, inbound_message.c.body_hash).where(
        inbound_message.c.provider == bindparam("provider"), inbound_message.c.sid == bindparam("sid")
    )
)
_KNOWN = Prepared(
    select(inbound_message.c.id).where(
        inbound_message.c.provider == bindparam("provider"), inbound_message.c.sid == bindparam("sid")
    )
)
_SINCE = Prepared(
    select(inbound_message.c.id, inbound_message.c.body)
    .where(
        inbound_message.c.conversation_id == bindparam("conversation_id"),
        inbound_message.c.received_at > bindparam("since"),
        inbound_message.c.body.is_not(None),
    )
    .order_by(inbound_message.c.received_at, inbound_message.c.id)
)
_ATTACH = Prepared(
    update(inbound_message)
    .where(inbound_message.c.id == bindparam("its_id"))
    .values(conversation_id=bindparam("conversation_id"))
)
_KEEP_REPLY = Prepared(
    update(inbound_message).where(inbound_message.c.id == bindparam("its_id")).values(reply=bindparam("reply"))
)
_KEEP_SCREENING = Prepared(insert(screening))
_HEARD = Prepared(
    select(
        inbound_message.c.id,
        inbound_message.c.received_at,
        inbound_message.c.body,
        inbound_message.c.late,
        screening.c.level,
    )
    .select_from(inbound_message.outerjoin(screening, screening.c.inbound_id == inbound_message.c.id))
    .where(inbound_message.c.conversation_id == bindparam("conversation_id"))
)
_SAID = Prepared(
    select(
        outbound_message.c.id,
        outbound_message.c.created_at,
        outbound_message.c.author,
        outbound_message.c.body,
        outbound_message.c.inbound_id,
        outbound_message.c.state,
    ).where(
        outbound_message.c.conversation_id == bindparam("conversation_id"),
        one_of(outbound_message.c.lane, "reply", "reminder"),
        one_of(outbound_message.c.channel, "sms", "web", "terminal"),
    )
)


def store_inbound(
    tx: Transaction,
    vault: Vault,
    message: InboundMessage,
    now: datetime,
    *,
    conversation_id: str | None,
    kind: str,
) -> StoredInbound:
    """Keeps `message` once: the provider's sid is unique in the database, however often and wherever it arrives.

    `kind`: message, cannot_reply, unroutable or command_opt_out. A message that was fetched late is kept under the time
    at which the provider took it, and marked; when we learned of it is the time of its screening.
    """
    id_ = new_id(now)
    body_hash = vault.fingerprint(f"{message.provider}:{message.sid}:{message.text}")
    stored = tx.run(
        _STORE,
        id=id_,
        conversation_id=conversation_id,
        provider=message.provider,
        sid=message.sid,
        body=vault.seal(message.text, table="inbound_message", column="body", row=id_),
        body_hash=body_hash,
        media_count=message.media_count,
        kind=kind,
        received_at=message.sent_at or now,
        reply=None,
        late=message.sent_at is not None,
    )
    if stored:
        return StoredInbound(id_, True, True, conversation_id)
    row = tx.row(_REPEATED, provider=message.provider, sid=message.sid)
    if row is None:
        raise LookupError("a message that was there is there no more")
    erased = row.body_hash is None
    same = erased or compare_digest(row.body_hash, body_hash)  # what was erased contradicts nothing
    return StoredInbound(row.id, False, same, row.conversation_id, erased)


def is_known(tx: Transaction, provider: str, sid: str) -> bool:
    """Whether a message of this id is kept, or was and is erased."""
    return tx.row(_KNOWN, provider=provider, sid=sid) is not None


def texts_since(tx: Transaction, vault: Vault, conversation_id: str, since: datetime) -> tuple[str, ...]:
    """What the parent wrote after `since`, in order."""
    rows = tx.rows(_SINCE, conversation_id=conversation_id, since=since)
    return tuple(vault.open(row.body, table="inbound_message", column="body", row=row.id) for row in rows)


def attach(tx: Transaction, inbound_id: str, conversation_id: str) -> None:
    """Says whose message it is, where that was not known when it was stored."""
    tx.run(_ATTACH, its_id=inbound_id, conversation_id=conversation_id)


def keep_reply(tx: Transaction, vault: Vault, inbound_id: str, reply: str) -> None:
    """Keeps what the web chat answered as its page draws it; the words themselves are outbound messages."""
    sealed = vault.seal(reply, table="inbound_message", column="reply", row=inbound_id)
    tx.run(_KEEP_REPLY, its_id=inbound_id, reply=sealed)


def keep_screening(
    tx: Transaction, vault: Vault, inbound_id: str, conversation_id: str | None, found: Screening, now: datetime
) -> None:
    """Keeps what screening found, also when it found nothing: that it looked is part of the record."""
    matches = None
    if found.matches:
        listed = [asdict(match) for match in found.matches]
        matches = vault.seal(json.dumps(listed), table="screening", column="matches", row=inbound_id)
    tx.run(
        _KEEP_SCREENING,
        inbound_id=inbound_id,
        conversation_id=conversation_id,
        lexicon_version=found.lexicon_version,
        level=found.level,
        categories=" ".join(found.categories),
        matches=matches,
        at=now,
    )


def thread(tx: Transaction, vault: Vault, conversation_id: str) -> tuple[ThreadEntry, ...]:
    """Everything parent, bot and staff wrote in the conversation, in order."""

    def opened(blob: bytes | None, table: str, row: str) -> str | None:
        return None if blob is None else vault.open(blob, table=table, column="body", row=row)

    entries = [
        (
            row.received_at,
            row.id,
            ThreadEntry(
                row.received_at,
                "parent",
                opened(row.body, "inbound_message", row.id),
                row.id,
                row.level,
                None,
                late=row.late,
            ),
        )
        for row in tx.rows(_HEARD, conversation_id=conversation_id)
    ]
    entries += [
        (
            row.created_at,
            row.id,
            ThreadEntry(
                row.created_at,
                row.author,
                opened(row.body, "outbound_message", row.id),
                row.inbound_id,
                None,
                row.state,
            ),
        )
        for row in tx.rows(_SAID, conversation_id=conversation_id)
    ]
    return tuple(entry for _, _, entry in sorted(entries, key=lambda item: item[:2]))
