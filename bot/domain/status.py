"""A conversation's status: who may speak in it. Status outranks step."""

from enum import StrEnum

from bot.domain.machines import Edge, build_machine, follow


class Status(StrEnum):
    """Who may speak: the bot, a person, or nobody."""

    WITH_BOT = "with_bot"
    WITH_PERSON = "with_person"
    OPTED_OUT = "opted_out"
    CLOSED = "closed"


_TABLE = (
    Edge("take_over", Status.WITH_BOT, Status.WITH_PERSON),
    Edge("hand_back", Status.WITH_PERSON, Status.WITH_BOT),
    Edge("opt_out", Status.WITH_BOT, Status.OPTED_OUT),
    Edge("opt_out", Status.WITH_PERSON, Status.OPTED_OUT),
    Edge("opt_out", Status.CLOSED, Status.OPTED_OUT),
    Edge("opt_in", Status.OPTED_OUT, Status.WITH_BOT),
    Edge("close", Status.WITH_BOT, Status.CLOSED),
    Edge("close", Status.WITH_PERSON, Status.CLOSED),
    Edge("reopen", Status.CLOSED, Status.WITH_BOT),
)
_MACHINE = build_machine([status.value for status in Status], _TABLE)


class MoveNotAllowed(ValueError):
    """The status table has no such edge."""


def move(status: Status, event: str) -> Status:
    """The status after `event`; raises `MoveNotAllowed` when the table has no such edge."""
    after = follow(_MACHINE, status, event)
    if after is None:
        raise MoveNotAllowed(f"{event} from {status}")
    return Status(after)
