"""Looks up what a parent said of safe contact: in the conversation, and on the sheet of a call they booked before."""

from bot.domain.contact import UNSAFE_ANSWERS, is_unsafe_to_text, reason_to_hold
from bot.domain.conversation import speaks_of_no_baby
from bot.services.desk import Desk
from bot.storage import calls
from bot.storage.conversations import Stored
from bot.storage.database import Transaction


def look_up_safe_contact(desk: Desk, tx: Transaction, stored: Stored) -> bool:
    """Whether it is safe to text this parent unasked.

    Who starts again begins with no answers; what they said for their booked call stands on its sheet and counts still.
    """
    if is_unsafe_to_text(stored.conversation.answers):
        return False
    call = calls.of_conversation(tx, desk.vault, stored.conversation.id)
    sheet = call.sheet if call and call.sheet else {}
    if "kept_answers" in sheet:
        return not is_unsafe_to_text(sheet["kept_answers"])
    lines = sheet.get("lines", ())
    on_sheet = {
        each["name"]: each["label"].rpartition(".")[2]
        for each in lines
        if each["name"] in UNSAFE_ANSWERS and each.get("label")
    }
    return not is_unsafe_to_text(on_sheet)


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
