"""What we said we would delete is deleted, and what must be kept is kept."""

import pytest

from bot.services.desk import Desk
from bot.services.forget_quiet import forget_quiet
from bot.storage import messages
from tests.desks import Clock, Phone
from tests.services.test_receive_message import DISCLOSURE, TO_SLOT


def words_of(desk: Desk, its_id: str) -> list[str]:
    thread = desk.database.read(lambda tx: messages.thread(tx, desk.vault, its_id))
    return [entry.text for entry in thread if entry.text is not None]


@pytest.mark.parametrize(("days", "gone"), [(29, False), (31, True)])
def test_a_chat_without_a_call_is_deleted_after_the_days_parents_are_told(
    desk: Desk, phone: Phone, clock: Clock, days: int, gone: bool
) -> None:
    phone.text("helo", "2", "yes")
    its_id = phone.conversation.id
    clock.forward(days=days)
    assert forget_quiet(desk, clock()) == int(gone)
    assert (words_of(desk, its_id) == []) == gone
    assert forget_quiet(desk, clock()) == 0


def test_a_booked_call_is_kept_for_the_longer_time(desk: Desk, phone: Phone, clock: Clock) -> None:
    phone.text(*TO_SLOT, "1", "A", "skip")
    clock.forward(days=60)
    assert forget_quiet(desk, clock()) == 0
    clock.forward(days=400)
    assert forget_quiet(desk, clock()) == 1


def test_an_open_alert_keeps_everything_however_long(desk: Desk, phone: Phone, clock: Clock) -> None:
    phone.text(DISCLOSURE)
    clock.forward(days=3000)
    assert forget_quiet(desk, clock()) == 0
    assert words_of(desk, phone.conversation.id)


def test_the_days_parents_are_told_are_the_days_that_are_kept(desk: Desk) -> None:
    assert desk.team.facts["keep_days"] == str(desk.team.keep_days)
