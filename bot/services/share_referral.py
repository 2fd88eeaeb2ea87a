"""What the team reads before a call: built from what the parent said, shown to the parent first, line by line."""

from typing import Any

from bot.domain.conversation import Conversation, Line, Value
from bot.domain.phone import spoken_number
from bot.domain.referral import SheetLine, lines_for_parent, lines_for_staff
from bot.domain.turn import Item
from bot.services.desk import Desk

# Nobody can ring without these, so they cannot be struck; the parent sees them all the same.
_FIXED = ("call_name", "call_number")


def summary_items(desk: Desk, conversation: Conversation) -> tuple[Item, ...]:
    """The lines that would be shared, as the parent may strike them."""
    return tuple(
        Item(line.name, {"label": Line(f"booking.summary.{line.name}"), "answer": _shown(desk, line)})
        for line in lines_for_parent(conversation.answers)
        if line.name not in _FIXED
    )


def contact_values(conversation: Conversation, contact: str) -> dict[str, Value]:
    """The name and the number that the call needs."""
    number = conversation.answers.get("call_number", "")
    return {
        "call_name": conversation.answers.get("call_name", ""),
        "call_number": spoken_number(contact if number == "this_number" else number),
    }


def make_sheet(desk: Desk, conversation: Conversation, contact: str) -> dict[str, Any]:
    """The call sheet as kept with the call.

    `lines`: name, own words or the address of a choice's label, and whether the parent took the line out. The check
    word is apart from the lines: it is never sent, only shown on the sheet.
    """
    answers = conversation.answers
    shared = answers.get("share_summary") != "no"
    fixed = contact_values(conversation, contact)
    lines = []
    for line in lines_for_staff(answers, shared=shared):
        label = None if line.struck or line.name in _FIXED else _label(desk, line)
        words = str(fixed[line.name]) if line.name in _FIXED else None if label or line.struck else line.answer
        lines.append({"name": line.name, "words": words, "label": label, "struck": line.struck})
    word = answers.get("call_safety_word")
    return {
        "lines": lines,
        "shared": shared,
        "loss": conversation.loss,
        "language": conversation.language,
        "check_word": _label(desk, SheetLine("call_safety_word", word)) if word else None,
        "offers": [key for key in conversation.seen if desk.directory.get(key)] if shared else [],
    }


def _shown(desk: Desk, line: SheetLine) -> Value:
    label = _label(desk, line)
    return Line(label) if label else line.answer


def _label(desk: Desk, line: SheetLine) -> str | None:
    """The label's address when the answer was one of a step's choices."""
    step = desk.library.flow.steps.get(line.name)
    return next((choice.label for choice in step.choices if choice.key == line.answer), None) if step else None
