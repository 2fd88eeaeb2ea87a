"""A promise is a row with its due time; broken, it is red for staff and the parent hears one apology before asking."""

from datetime import datetime, timedelta

import pytest

from bot.domain.conversation import LANGUAGES, Channel
from bot.gateways.roads import Roads
from bot.services.acknowledge_alert import acknowledge_alert
from bot.services.apologise_for_waiting import apologise_for_waiting
from bot.services.chase_alerts import chase_alerts
from bot.services.close_alert import close_alert
from bot.services.desk import Desk
from bot.services.hand_back import hand_back
from bot.services.pass_on_alert import pass_on_alert
from bot.services.reopen_alert import reopen_alert
from bot.services.reply_as_person import reply_as_person
from bot.services.send_due import send_due
from bot.services.take_over import take_over
from bot.storage import concerns, conversations, promises, tasks
from bot.storage.promises import Waiting
from tests.desks import Clock, Phone
from tests.services.test_send_message import FakeTexts

SIAN = "staff:1"
DANGER = "I am going to kill myself tonight"
BEGIN = {"en": ("helo", "2", "yes", "2"), "cy": ("helo", "1", "ie", "2")}
# Four times not understood at the same question: a person is offered.
ASK_FOR_PERSON = ("hmm hmm", "hmm hmm", "hmm hmm", "1")


def ask(phone: Phone, language: str = "en") -> None:
    """Asks for a person, and is told when one reads."""
    phone.text("helo", {"en": "2", "cy": "1"}[language], *ASK_FOR_PERSON)
    assert phone.conversation.step == "human"


def waiting(desk: Desk) -> Waiting | None:
    return next(iter(desk.database.read(promises.everyone)), None)


def kinds(desk: Desk) -> set[str]:
    return {task.kind for task in desk.database.read(tasks.open_tasks)}


def texts_sent(desk: Desk, now: datetime) -> list[str]:
    """What leaves when the worker looks."""
    road = FakeTexts()
    send_due(desk, Roads(road, None), "reminder", now)
    return [body for _, body in road.sent]


def change(desk: Desk, phone: Phone, **changes: object) -> None:
    after = phone.conversation._replace(**changes)  # type: ignore[arg-type]
    desk.database.write(lambda tx: conversations.save(tx, desk.vault, after, desk.now(), heard=False))


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_asks_for_a_person_is_promised_a_time_and_hears_one_apology(
    desk: Desk, phone: Phone, clock: Clock, language: str
) -> None:
    ask(phone, language)
    promised = waiting(desk)
    assert promised is not None
    assert (promised.since, promised.due_at) == (clock.now, clock.now.replace(hour=17))
    clock.now = clock.now.replace(hour=16, minute=59)
    assert apologise_for_waiting(desk, clock.now) == ()
    clock.now = clock.now.replace(hour=17, minute=0)
    assert promised.is_missed(clock.now)
    (done,) = apologise_for_waiting(desk, clock.now)
    assert done.sorry == "sent"
    assert "promise_missed" in kinds(desk)
    (sorry,) = texts_sent(desk, clock.now)
    assert sorry.startswith(desk.catalogue.text(language, "common.person.sorry").partition(":")[0])
    assert {"en": "Tuesday 24 November at 09:00", "cy": "dydd Mawrth 24 Tachwedd am 09:00"}[language] in sorry
    for _ in range(3):
        clock.forward(days=1)
        assert apologise_for_waiting(desk, clock.now) == (), "never twice"
        assert texts_sent(desk, clock.now) == []
    still = waiting(desk)
    assert still is not None
    assert still.is_missed(clock.now), "for staff it stays red"


def test_a_disclosure_promises_what_its_safe_text_says(desk: Desk, phone: Phone, clock: Clock) -> None:
    clock.now = datetime.fromisoformat("2026-11-24T03:05:00+00:00")
    phone.text(*BEGIN["en"], DANGER)
    promised = waiting(desk)
    assert promised is not None
    assert promised.due_at == datetime.fromisoformat("2026-11-24T09:30:00+00:00"), "nine, and a moment to read"


def answered_by_a_reply(desk: Desk, phone: Phone) -> None:
    take_over(desk, phone.conversation.id, SIAN, desk.now())
    reply_as_person(desk, phone.conversation.id, "Hello", SIAN, desk.now(), once="a")


def given_back(desk: Desk, phone: Phone) -> None:
    take_over(desk, phone.conversation.id, SIAN, desk.now())
    hand_back(desk, phone.conversation.id, SIAN, desk.now())


def acknowledged(desk: Desk, phone: Phone) -> None:
    (alert,) = desk.database.read(concerns.live)
    acknowledge_alert(desk, alert.id, SIAN, desk.now())


def closed(desk: Desk, phone: Phone) -> None:
    (alert,) = desk.database.read(concerns.live)
    close_alert(desk, alert.id, "spoke_safe", SIAN, desk.now())


ANSWERS = [answered_by_a_reply, given_back, acknowledged, closed]


@pytest.mark.parametrize("act", ANSWERS)
def test_who_was_answered_hears_no_apology(desk: Desk, phone: Phone, clock: Clock, act) -> None:  # type: ignore[no-untyped-def]
    phone.text(*BEGIN["en"], DANGER)
    clock.forward(minutes=10)
    act(desk, phone)
    assert waiting(desk) is None
    clock.forward(days=1)
    assert apologise_for_waiting(desk, clock.now) == ()


def test_a_task_that_was_seen_to_is_an_answer(desk: Desk, phone: Phone, clock: Clock) -> None:
    ask(phone)
    (task,) = [each for each in desk.database.read(tasks.open_tasks) if each.kind == "asks_for_person"]
    desk.database.write(lambda tx: tasks.close_task(tx, task.id, SIAN, clock.now))
    assert waiting(desk) is None


def let_it_run_out(desk: Desk, alert_id: str, clock: Clock) -> None:
    """Takes the alert, and does nothing about it."""
    acknowledge_alert(desk, alert_id, SIAN, clock.now)
    clock.forward(seconds=desk.settings.acknowledgement_seconds)
    chase_alerts(desk, clock.now)


def pass_it_on(desk: Desk, alert_id: str, clock: Clock) -> None:
    """Takes the alert, and gives it away."""
    acknowledge_alert(desk, alert_id, SIAN, clock.now)
    pass_on_alert(desk, alert_id, "cannot_now", SIAN, clock.now)


def open_it_again(desk: Desk, alert_id: str, clock: Clock) -> None:
    """Closes the alert by mistake."""
    close_alert(desk, alert_id, "spoke_safe", SIAN, clock.now)
    reopen_alert(desk, alert_id, SIAN, clock.now)


@pytest.mark.parametrize("act", [let_it_run_out, pass_it_on, open_it_again])
def test_an_alert_that_nobody_has_any_more_is_no_answer(desk: Desk, phone: Phone, clock: Clock, act) -> None:  # type: ignore[no-untyped-def]
    clock.now = datetime.fromisoformat("2026-11-24T03:05:00+00:00")
    phone.text(*BEGIN["en"], DANGER)
    (alert,) = desk.database.read(concerns.live)
    act(desk, alert.id, clock)
    clock.now = datetime.fromisoformat("2026-11-24T09:31:00+00:00")
    assert waiting(desk) is not None, "red for staff"
    (done,) = apologise_for_waiting(desk, clock.now)
    assert done.sorry == "sent"


def test_who_was_seen_to_in_time_hears_no_apology_for_graver_words(desk: Desk, phone: Phone, clock: Clock) -> None:
    phone.text(*BEGIN["en"], "I am scared of my partner, he controls everything")
    (alert,) = desk.database.read(concerns.live)
    assert alert.severity == "urgent"
    clock.forward(minutes=5)
    acknowledge_alert(desk, alert.id, SIAN, clock.now)
    clock.now = clock.now.replace(hour=18)
    phone.text(DANGER)
    (alert,) = desk.database.read(concerns.live)
    assert alert.owner is None
    assert apologise_for_waiting(desk, clock.now) == (), "what was promised at noon was kept"
    still = waiting(desk)
    assert still is not None
    assert still.since == clock.now


@pytest.mark.parametrize("act", ANSWERS)
def test_answered_between_the_writing_and_the_sending_it_does_not_leave(
    desk: Desk,
    phone: Phone,
    clock: Clock,
    act,  # type: ignore[no-untyped-def]
) -> None:
    phone.text(*BEGIN["en"], DANGER)
    clock.forward(hours=5)
    assert apologise_for_waiting(desk, clock.now)
    act(desk, phone)
    assert texts_sent(desk, clock.now) == []


def test_after_an_answer_a_new_message_waits_anew(desk: Desk, phone: Phone, clock: Clock) -> None:
    phone.text(*BEGIN["en"], DANGER)
    acknowledged(desk, phone)
    clock.forward(minutes=20)
    phone.text(DANGER)
    again = waiting(desk)
    assert again is not None
    assert again.since == clock.now


def test_who_waits_already_waits_from_an_earlier_message_that_reached_us_late(
    desk: Desk, phone: Phone, clock: Clock
) -> None:
    phone.text(*BEGIN["en"])
    wrote = clock.now
    clock.forward(minutes=20)
    phone.text(DANGER)
    phone.text("he said he will kill me", sent_at=wrote)
    now = waiting(desk)
    assert now is not None
    assert now.since == wrote


def test_what_a_person_did_in_between_is_no_answer_to_a_message_that_came_later(
    desk: Desk, phone: Phone, clock: Clock
) -> None:
    phone.text(*BEGIN["en"], DANGER)
    wrote = clock.now
    clock.forward(minutes=5)
    acknowledged(desk, phone)
    clock.forward(minutes=20)
    phone.text(DANGER)
    again = clock.now
    clock.forward(minutes=1)
    phone.text("he said he will kill me", sent_at=wrote)
    still = waiting(desk)
    assert still is not None
    assert still.since == again


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"answers": {"about": "not_now"}}, "not_safe"),
        ({"answers": {"call_safety": "no"}}, "not_safe"),
        ({"answers": {"call_safety_answer": "ring_off"}}, "not_safe"),
    ],
)
def test_where_texting_is_not_safe_nothing_is_said_and_staff_know(
    desk: Desk, phone: Phone, clock: Clock, changes: dict[str, object], why: str
) -> None:
    ask(phone)
    change(desk, phone, **changes)
    clock.forward(hours=5)
    (done,) = apologise_for_waiting(desk, clock.now)
    assert done.sorry == why
    assert "promise_missed" in kinds(desk)
    assert texts_sent(desk, clock.now) == []


def test_after_an_opt_out_nothing_is_said(desk: Desk, phone: Phone, clock: Clock) -> None:
    ask(phone)
    phone.text("STOP", opt_out_type="STOP")
    assert "texts_off" in kinds(desk)
    clock.forward(hours=5)
    (done,) = apologise_for_waiting(desk, clock.now)
    assert done.sorry == "opted_out"
    assert texts_sent(desk, clock.now) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_after_a_loss_the_apology_speaks_of_no_baby(desk: Desk, phone: Phone, clock: Clock, language: str) -> None:
    ask(phone, language)
    change(desk, phone, loss=True)
    clock.forward(hours=5)
    apologise_for_waiting(desk, clock.now)
    (sorry,) = texts_sent(desk, clock.now)
    assert {"en": "baby", "cy": "babi"}[language] not in sorry


def test_a_worker_that_comes_late_waits_for_the_morning_but_staff_know_at_once(
    desk: Desk, phone: Phone, clock: Clock
) -> None:
    ask(phone)
    clock.forward(hours=14)
    assert apologise_for_waiting(desk, clock.now) == ()
    assert "promise_missed" in kinds(desk)
    clock.now = clock.now.replace(hour=8, minute=0)
    assert len(apologise_for_waiting(desk, clock.now)) == 1
    assert len(texts_sent(desk, clock.now)) == 1


def test_an_apology_that_grew_old_is_not_sent(desk: Desk, phone: Phone, clock: Clock) -> None:
    ask(phone)
    clock.forward(hours=5)
    apologise_for_waiting(desk, clock.now)
    clock.forward(hours=6)
    assert texts_sent(desk, clock.now) == []
    assert "message_too_late" in kinds(desk)


def test_on_a_page_the_apology_stands_at_the_next_look(desk: Desk, clock: Clock) -> None:
    browser = Phone(desk, "w" * 43, Channel.WEB)
    browser.text(*BEGIN["en"], DANGER)
    clock.forward(hours=5)
    (done,) = apologise_for_waiting(desk, clock.now)
    assert done.sorry == "sent"
    assert browser.sent() == ()


def test_a_worry_without_a_time_is_never_late(desk: Desk, phone: Phone, clock: Clock) -> None:
    phone.text("helo")
    id_, now = phone.conversation.id, clock.now
    desk.database.write(lambda tx: promises.wait_for_person(tx, id_, now, None))
    clock.forward(days=9)
    assert apologise_for_waiting(desk, clock.now) == ()
    late = clock.now + timedelta(hours=1)
    desk.database.write(lambda tx: promises.wait_for_person(tx, id_, clock.now, late))
    found = waiting(desk)
    assert found is not None
    assert (found.since, found.due_at) == (now, late), "a time named later counts, from the first message"


def test_two_workers_say_sorry_once(desk: Desk, phone: Phone, clock: Clock) -> None:
    ask(phone)
    clock.forward(hours=5)
    promised = waiting(desk)
    assert promised is not None
    assert apologise_for_waiting(desk, clock.now)
    settled = [
        desk.database.write(lambda tx: promises.settle_apology(tx, promised.id, "sent", clock.now)) for _ in range(2)
    ]
    assert settled == [False, False]
    assert len(phone.sent()) == 1
