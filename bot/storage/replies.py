"""What was answered to each message of a conversation, as it was kept beside the message."""

from sqlalchemy import bindparam, select

from bot.storage.database import Prepared, Transaction
from bot.storage.secrets import Vault
from bot.storage.tables import inbound_message

_REPLIES = Prepared(
    select(inbound_message.c.id, inbound_message.c.reply).where(
        inbound_message.c.conversation_id == bindparam("conversation_id"), inbound_message.c.reply.is_not(None)
    )
)


def replies(tx: Transaction, vault: Vault, conversation_id: str) -> dict[str, str]:
    """The kept answers by the id of the inbound message. Messages without one, or erased, are not in it."""
    return {
        row.id: vault.open(row.reply, table="inbound_message", column="reply", row=row.id)
        for row in tx.rows(_REPLIES, conversation_id=conversation_id)
    }
