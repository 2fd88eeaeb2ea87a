"""Replies that are used up stop; listening never does."""

from pathlib import Path

import pytest

from bot.domain.status import Status
from bot.services import hold_replies
from bot.services.hold_replies import SAFE_TEXTS_MORE
from bot.storage import concerns, messages, tasks
from bot.storage.database import Database
from tests.desks import Clock, Phone, make_desk
from tests.services.on_call import GRAVE

OTHER = "+447700900124"


@pytest.fixture(autouse=True)
def asks_anew() -> None:
    """The day's sum is asked for once a minute by each process: here each test is a process of its own."""
    hold_replies._sums.clear()


def phones(database: Database, folder: Path, **caps: str) -> tuple[Phone, Phone, Clock]:
    clock = Clock()
    desk = make_desk(database, folder, clock, **caps)
    return Phone(desk), Phone(desk, OTHER), clock


def test_a_conversation_that_has_had_its_replies_gets_no_more_and_is_still_heard(
    database: Database, tmp_path: Path
) -> None:
    phone, other, clock = phones(database, tmp_path, replies_a_conversation="4")
    said = [phone.text("helo") for _ in range(12)]
    assert said[0]
    assert said[-1] == ()
    assert {task.kind for task in phone.desk.database.read(tasks.open_tasks)} == {"replies_spent"}
    thread = phone.read(messages.thread)
    assert len([entry for entry in thread if entry.who == "parent"]) == 12
    assert len([entry for entry in thread if entry.who == "bot"]) <= 6
    assert other.text("helo"), "one parent's flood is not another's silence"
    step = phone.conversation.step
    assert phone.text("1") == ()
    assert phone.conversation.step == step, "a question that cannot be asked is not passed over"
    clock.forward(hours=24)
    assert phone.text("helo"), "a new day"


def test_danger_is_still_answered_a_few_times_and_always_raises(database: Database, tmp_path: Path) -> None:
    phone, _, _ = phones(database, tmp_path, replies_a_conversation="2")
    for _ in range(5):
        phone.text("helo")
    answers = [phone.text(GRAVE) for _ in range(SAFE_TEXTS_MORE + 5)]
    assert answers[0]
    assert answers[-1] == ()
    (alert,) = phone.read(lambda tx, vault, id_: concerns.of_conversation(tx, id_))
    assert alert.count == SAFE_TEXTS_MORE + 5


def test_stop_is_obeyed_when_nothing_else_is(database: Database, tmp_path: Path) -> None:
    phone, _, _ = phones(database, tmp_path, replies_a_conversation="1")
    for _ in range(4):
        phone.text("helo")
    phone.text("STOP", opt_out_type="STOP")
    assert phone.conversation.status is Status.OPTED_OUT


def test_the_replies_of_all_parents_together_have_a_cap(database: Database, tmp_path: Path) -> None:
    phone, other, clock = phones(database, tmp_path, replies_a_day="5")
    for _ in range(6):
        phone.text("helo")
        clock.forward(seconds=61)
    assert other.text("helo") == ()
    assert other.text(GRAVE), "a first safe text leaves all the same"
    clock.forward(hours=24)
    assert other.text("helo")
