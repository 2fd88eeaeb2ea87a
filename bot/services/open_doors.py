"""Which side door a parent's own words open, at the step where they stand."""

from collections.abc import Mapping

from bot.domain.conversation import MAYBE_LOSS, Conversation
from bot.domain.flow import Kind
from bot.domain.hearing import HONEST_ANSWER, doors_of, only_sounds_like
from bot.domain.screening import screen
from bot.services.desk import Desk
from bot.storage import conversations
from bot.storage.transaction import Transaction


def doors_heard(desk: Desk, tx: Transaction, conversation: Conversation, text: str) -> frozenset[str]:
    """The side doors that the parent's own words open.

    Where their own words are asked for, what only sounds like a fear is taken for one once, and the next time for the
    answer to the question that was put again: otherwise somebody whose answer sounds like it could never get past it.
    """
    found = screen(text, desk.hears)
    doors = doors_of(found.categories)
    takes_words = conversation.step and asks_for_words(desk, conversation)
    if takes_words and HONEST_ANSWER in doors and only_sounds_like(found, HONEST_ANSWER):
        last = conversations.last_event(tx, conversation.id)
        if last is not None and (last.kind, last.to_state) == ("visited", HONEST_ANSWER):
            return doors - {HONEST_ANSWER}
    return doors


def door_of(conversation: Conversation, facts: Mapping[str, str], heard: frozenset[str]) -> str | None:
    """The side door that the parent's own words open; a loss before all else that the same message says."""
    if "loss" in heard and not conversation.loss:
        return "loss"
    if MAYBE_LOSS in heard and _is_to_be_asked(conversation):
        return MAYBE_LOSS
    if HONEST_ANSWER in heard:
        return HONEST_ANSWER
    return "change_call" if "move_call" in heard and facts.get("call") == "booked" else None


def _is_to_be_asked(conversation: Conversation) -> bool:
    """Whether words that may tell of a loss are asked about: once, and not while they answer that very question."""
    known = conversation.loss or conversation.answers.get(MAYBE_LOSS) is not None
    return not known and conversation.step != MAYBE_LOSS


def asks_for_words(desk: Desk, conversation: Conversation) -> bool:
    """Whether the step takes the parent's own words."""
    return desk.library.flow.current(conversation.step).answer not in (Kind.CHOICE, Kind.NOTHING)
