"""What the team reads before a call: built from what the parent said, shown to the parent first, line by line."""

from typing import Any

from bot.domain.contact import KEPT_WITH_CALL
from bot.domain.conversation import LANGUAGES, Channel, Conversation, Line, Value
from bot.domain.flow import Kind
from bot.domain.phone import spoken_number
from bot.domain.referral import (
    OTHER_WORD,
    THIS_NUMBER,
    SheetLine,
    lines_for_parent,
    lines_for_staff,
    with_what_follows,
)
from bot.domain.turn import Item
from bot.services.desk import Desk

# Nobody can ring without these, so they cannot be struck; the parent sees them all the same.
_FIXED = ("call_name", "call_number")


def summary_items(desk: Desk, conversation: Conversation) -> tuple[Item, ...]:
    """The lines that would be shared, as the parent may strike them."""
    return tuple(
        Item(line.name, {"label": Line(f"booking.summary.{line.name}"), "answer": _shown(desk, conversation, line)})
        for line in lines_for_parent(_told(conversation))
        if line.name not in _FIXED
    )


def contact_values(conversation: Conversation, contact: str) -> dict[str, Value]:
    """The name and the number that the call needs."""
    told = _told(conversation)
    number = told.get("call_number", "")
    return {
        "call_name": told.get("call_name", ""),
        "call_number": spoken_number(contact if number == THIS_NUMBER else number),
    }


def make_sheet(desk: Desk, conversation: Conversation, contact: str) -> dict[str, Any]:
    """The call sheet as kept, encrypted, with the call.

    `lines`: each with `name` (of `referral.LINES`, such as call_safety_hours), the parent's own `words` or the address
    of the `label` they chose, and whether it was `struck`. `words` also hold several choices, as the parent reads them.

    `check_word`, `not_safe_word`: addresses of two labels; None where the parent chose none. The caller says the first
    to begin with. Where the parent says the second it is not safe: the caller pretends to have a wrong number. They are
    apart from the lines, because neither may ever be sent.
    `texts_off_ring`: "yes" or "no", whether to ring all the same once texts are off; None where nothing was said.
    `kept_answers`: answers that later texts and times need, by question, as they are; no page shows them.
    """
    answers = _told(conversation)
    shared = answers.get("share_summary") != "no"
    fixed = contact_values(conversation, contact)
    lines = []
    for line in lines_for_staff(answers, shared=shared):
        label = None if line.struck or line.name in _FIXED else _label(desk, line)
        shown = _several(desk, conversation, line) or line.answer
        words = str(fixed[line.name]) if line.name in _FIXED else None if label or line.struck else shown
        lines.append({"name": line.name, "words": words, "label": label, "struck": line.struck})
    word = answers.get("call_safety_word")
    return {
        "lines": lines,
        "shared": shared,
        "loss": conversation.loss,
        "language": conversation.language,
        "check_word": _label(desk, SheetLine("call_safety_word", word)) if word else None,
        "not_safe_word": _label(desk, SheetLine("call_safety_word", OTHER_WORD[word])) if word else None,
        "texts_off_ring": answers.get("call_safety_ring"),
        "kept_answers": {name: answers[name] for name in KEPT_WITH_CALL if answers.get(name)},
        "offers": [key for key in conversation.seen if desk.directory.get(key)] if shared else [],
    }


def _told(conversation: Conversation) -> dict[str, str]:
    return with_what_follows(conversation.answers, number_known=conversation.channel is Channel.SMS)


def _shown(desk: Desk, conversation: Conversation, line: SheetLine) -> Value:
    label = _label(desk, line)
    return Line(label) if label else _several(desk, conversation, line) or line.answer


def _several(desk: Desk, conversation: Conversation, line: SheetLine) -> str | None:
    """Where several choices were made, their labels in the parent's language."""
    step = desk.library.flow.steps.get(line.name)
    if step is None or step.answer is not Kind.SEVERAL:
        return None
    chosen = (_label(desk, SheetLine(line.name, key)) for key in line.answer.split(" "))
    language = conversation.language or LANGUAGES[0]
    return ", ".join(desk.catalogue.text(language, label) for label in chosen if label)


def _label(desk: Desk, line: SheetLine) -> str | None:
    """The label's address when the answer was one of a step's choices."""
    if line.name == "call_channel":
        return f"booking.call_channel_how.{line.answer}"
    step = desk.library.flow.steps.get(line.name)
    return next((choice.label for choice in step.choices if choice.key == line.answer), None) if step else None
