"""A take-over and a parent's texts at the same instant, on both engines: never two voices, and one owner."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.domain.status import Status
from bot.gateways.roads import Roads
from bot.services.apologise_for_waiting import apologise_for_waiting
from bot.services.desk import Desk
from bot.services.reply_as_person import reply_as_person
from bot.services.send_due import send_due
from bot.services.take_over import SomebodyElseHasIt, take_over
from bot.storage import conversations, messages
from tests.desks import Clock, Phone
from tests.services.test_send_message import FakeTexts

PARENTS = 12
TEXTS = 5


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Runs all acts from one starting line; what each gave back."""
    line = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        line.wait(timeout=120)
        return act()

    with ThreadPoolExecutor(len(acts)) as crowd:
        return list(crowd.map(run, acts))


def held(desk: Desk) -> str:
    return desk.catalogue.text("en", "common.person.reading").partition(":")[0]


@pytest.mark.parametrize("number", range(PARENTS))
def test_after_a_take_over_no_reply_of_the_bot_but_the_one_line(desk: Desk, number: int) -> None:
    contact = f"+4477009001{number:02d}"
    phone = Phone(desk, contact)
    phone.text("helo", "2", "yes", "2")
    id_ = phone.conversation.id

    def text() -> list[tuple[str, ...]]:
        mine = Phone(desk, contact)
        return [mine.text("AGAIN") for _ in range(TEXTS)]

    first, second, _ = at_once(text, text, lambda: take_over(desk, id_, "staff:1", desk.now()))
    late = [Phone(desk, contact).text("AGAIN") for _ in range(2)]
    assert phone.conversation.status is Status.WITH_PERSON, "a text in flight does not give it back"
    assert phone.stored.person == "staff:1"
    line = held(desk)
    answered = [*first, *second, *late]  # type: ignore[misc]
    for turn in (first, second):
        quiet = [not texts or texts[0].startswith(line) for texts in turn]  # type: ignore[union-attr]
        assert quiet == sorted(quiet), "who has once been met by silence or the line hears nothing more of the bot"
    assert all(not texts or texts[0].startswith(line) for texts in late)
    assert sum(bool(texts) and texts[0].startswith(line) for texts in answered) == 1
    assert all(len(texts) <= 1 for texts in answered), "one message, one reply"
    kept = [entry.text for entry in phone.read(messages.thread) if entry.who == "bot" and entry.text]
    assert sum(text.startswith(line) for text in kept) == 1


def test_two_staff_at_once_have_one_owner(desk: Desk) -> None:
    for number in range(PARENTS):
        phone = Phone(desk, f"+4477009001{number:02d}")
        phone.text("helo")
        id_ = phone.conversation.id

        def take(who: str, id_: str = id_) -> str | None:
            try:
                take_over(desk, id_, who, desk.now())
            except SomebodyElseHasIt as other:
                return other.owner
            return None

        told = at_once(*(lambda who=who: take(who) for who in ("staff:1", "staff:2", "staff:3")))  # type: ignore[misc]
        owner = phone.stored.person
        assert told.count(None) == 1
        assert {each for each in told if each} == {owner}
        history = desk.database.read(lambda tx, id_=id_: conversations.history(tx, id_))  # type: ignore[misc]
        assert [event.who for event in history if event.kind == "take_over"] == [owner]


def test_two_colleagues_who_take_it_from_the_same_person_are_one(desk: Desk, phone: Phone) -> None:
    phone.text("helo")
    id_ = phone.conversation.id
    take_over(desk, id_, "staff:1", desk.now())

    def take(who: str) -> bool:
        try:
            take_over(desk, id_, who, desk.now(), taking_from="staff:1")
        except SomebodyElseHasIt:
            return False
        return True

    done = at_once(lambda: take("staff:2"), lambda: take("staff:3"))
    assert sorted(done) == [False, True]  # type: ignore[type-var]


def test_an_answer_and_an_apology_at_once_are_never_both_left_undone_nor_said_twice(desk: Desk, clock: Clock) -> None:
    """Both take the conversation before its promise, so that neither waits for the other for ever."""
    phones = [Phone(desk, f"+4477009002{number:02d}") for number in range(PARENTS)]
    for phone in phones:
        phone.text("helo", "2", "yes", "I am going to kill myself tonight")
        take_over(desk, phone.conversation.id, "staff:1", desk.now())
    ids = [phone.conversation.id for phone in phones]
    clock.forward(hours=5)

    def answer() -> None:
        for id_ in ids:
            reply_as_person(desk, id_, "Hello", "staff:1", clock.now, once="a")

    def look() -> None:
        apologise_for_waiting(desk, clock.now)

    at_once(look, look, answer)
    for phone in phones:
        sorry = [text for text in phone.sent() if text.startswith("We are sorry")]
        assert len(sorry) <= 1
        assert "Hello" in phone.sent()
    road = FakeTexts()
    for lane in ("reminder", "reply"):
        while send_due(desk, Roads(road, None), lane, clock.now):
            pass
    assert [body for _, body in road.sent] == ["Hello"] * PARENTS, "who has an answer hears no apology after it"
