"""A phone that answers by itself: we fall silent after a while, go on listening, and tell a person once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.domain.conversation import Channel
from bot.domain.slots import WALES, Slot
from bot.services.desk import Desk
from bot.storage import concerns, tasks
from bot.storage.database import Prepared
from bot.storage.tables import inbound_message, screening
from tests.desks import Clock, Phone
from tests.services.to_a_call import to_slots
from tests.storage.parents import begin, book

DISCLOSURE = {"en": "I am going to kill myself tonight", "cy": "dwi am ladd fy hun heno"}
MACHINES = {
    "en": "I'm driving right now, I will get back to you later. (Automatic reply)",
    "cy": "Dwi'n gyrru nawr, bydda i'n ateb nes ymlaen. (Neges awtomatig)",
    "with a danger in it": "I cannot answer. I want to kill myself is a text this machine may quote.",
    "one letter": "1",
    "empty": "",
}
ROUNDS = 60


def count(desk: Desk, table) -> int:  # type: ignore[no-untyped-def]
    return desk.database.read(lambda tx: tx.row(Prepared(select(func.count().label("n")).select_from(table)))).n


def loops(desk: Desk) -> int:
    return [task.kind for task in desk.database.read(tasks.open_tasks)].count("possible_loop")


def answers_everything(
    desk: Desk, clock: Clock, words: str, *, first: tuple[str, ...] = (), rounds: int = ROUNDS
) -> int:
    """How many of `rounds` texts, each the answer to ours, were answered within ten minutes."""
    phone = Phone(desk)
    phone.text(*(first or ("helo",)))
    answered = 0
    for _ in range(rounds):
        clock.forward(seconds=1)
        answered += bool(phone.text(words))
    return answered


@pytest.mark.parametrize("first", [("helo",), ("helo", "2", "ok", "2"), ("helo", "1", "ok", "2", "3", "2")])
@pytest.mark.parametrize("words", [MACHINES["en"], MACHINES["cy"], MACHINES["with a danger in it"], MACHINES["empty"]])
def test_a_machine_that_answers_every_text_gets_ten_answers_and_then_silence(
    desk: Desk, clock: Clock, words: str, first: tuple[str, ...]
) -> None:
    assert answers_everything(desk, clock, words, first=first) <= 10
    assert count(desk, inbound_message) == ROUNDS + len(first), "every text is kept"
    assert count(desk, screening) == ROUNDS + len(first), "and screened"
    assert loops(desk) == 1


@pytest.mark.parametrize("language", ["en", "cy"])
def test_midnight_begins_no_new_count(desk: Desk, clock: Clock, language: str) -> None:
    clock.now = datetime(2026, 11, 10, 23, 59, 50, tzinfo=WALES).astimezone(UTC)
    assert answers_everything(desk, clock, MACHINES[language]) <= 7, "no more than at noon"


def test_a_machine_that_finds_its_way_round_in_circles_is_stopped_too(desk: Desk, clock: Clock) -> None:
    assert answers_everything(desk, clock, MACHINES["one letter"], rounds=300) < 40
    assert loops(desk) == 1


@pytest.mark.parametrize("language", ["en", "cy"])
def test_danger_is_answered_even_then(desk: Desk, clock: Clock, language: str) -> None:
    answers_everything(desk, clock, MACHINES[language])
    phone = Phone(desk)
    assert "999" in "".join(phone.text(DISCLOSURE[language]))
    assert len(desk.database.read(concerns.live)) == 1


@pytest.mark.parametrize("language", ["en", "cy"])
def test_after_ten_quiet_minutes_the_bot_speaks_again(desk: Desk, clock: Clock, language: str) -> None:
    answers_everything(desk, clock, MACHINES[language])
    clock.forward(minutes=11)
    assert Phone(desk).text("helo")


def test_a_parent_in_a_hurry_is_never_silenced(desk: Desk, clock: Clock) -> None:
    """The whole journey in one minute, with slips and looks back on the way."""
    phone = Phone(desk)
    journey = ("helo", "2", "ok", "what", "2", "3", "AGAIN", "2", "BACK", "2", "skip", "1", "CF31", "4")
    for text in journey:
        clock.forward(seconds=4)
        assert phone.text(text), text
    assert loops(desk) == 0


def test_the_web_chat_is_not_counted(desk: Desk, clock: Clock) -> None:
    phone = Phone(desk, "w" * 43, Channel.WEB)
    phone.text("helo")
    assert all(phone.text("what") for _ in range(20))


def test_the_count_is_of_ten_minutes(desk: Desk, clock: Clock) -> None:
    phone = Phone(desk)
    phone.text("helo")
    for _ in range(20):
        clock.now += timedelta(minutes=2)
        assert phone.text("hm?")


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_parent_whose_times_go_to_others_time_after_time_is_never_silenced(desk: Desk, language: str) -> None:
    phone = Phone(desk)
    to_slots(phone, language)
    gone = desk.catalogue.text(language, "booking.slot.gone")
    for number in range(9):
        wanted = Slot.from_key(phone.conversation.shown[0])
        quicker = f"+4477009004{number:02d}"
        desk.database.write(
            lambda tx, who=quicker, slot=wanted: book(
                tx,
                desk.vault,
                begin(tx, desk.vault, who).conversation.id,
                staff_key=slot.staff_key,
                starts_at=slot.starts_at,
            )
        )
        said = phone.text("1")
        assert said[0].startswith(gone), number
        assert len(said) > 1 or len(said[0]) > len(gone), "and what there is instead"
    assert loops(desk) == 0
