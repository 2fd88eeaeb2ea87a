"""Looks up what is known of safe contact: what staff learned on a call, and what the parent said for it and since."""

from collections.abc import Mapping

from bot.domain.contact import UNSAFE_ANSWERS, is_unsafe_to_text, reason_to_hold
from bot.domain.conversation import speaks_of_no_baby
from bot.services.desk import Desk
from bot.storage import calls, conversations
from bot.storage.conversations import Stored
from bot.storage.database import Transaction


def look_up_safe_contact(desk: Desk, tx: Transaction, stored: Stored) -> bool:
    """Whether it is safe to text this parent unasked.

    Where a call was not safe it is not, until the parent or a person says that it is: whoever begins anew with that
    phone has said nothing of the kind. What was said for the last call stands on its sheet, and counts until it is
    asked anew. Where it cannot be read what they said, it counts as not safe until they write again.
    """
    its_id = stored.conversation.id
    if conversations.is_silenced(tx, its_id):
        return False
    if stored.conversation.damaged or is_unsafe_to_text(stored.conversation.answers):
        return False
    every = calls.every_of_conversation(tx, desk.vault, its_id)
    sheet = next((call.sheet for call in reversed(every) if call.sheet), {})
    said_since = {name: answer for name, answer in stored.conversation.answers.items() if answer}
    return not is_unsafe_to_text({**_said_for(sheet), **said_since})


def _said_for(sheet: calls.Sheet) -> Mapping[str, str]:
    if "kept_answers" in sheet:
        kept: Mapping[str, str] = sheet["kept_answers"]
        return kept
    return {
        each["name"]: each["label"].rpartition(".")[2]
        for each in sheet.get("lines", ())
        if each["name"] in UNSAFE_ANSWERS and each.get("label")
    }


def reason_not_to_text(desk: Desk, tx: Transaction, stored: Stored | None, kind: str) -> str | None:
    """Why nothing of this kind must be written to this parent now: "erased", or what `contact.reason_to_hold` says.

    None where it may. The sender asks once more before it leaves.
    """
    if stored is None or not stored.contact:
        return "erased"
    conversation = stored.conversation
    return reason_to_hold(
        kind,
        channel=conversation.channel,
        status=conversation.status,
        loss=speaks_of_no_baby(conversation),
        unsafe=not look_up_safe_contact(desk, tx, stored),
    )
