"""What never reached us is fetched: kept, screened, alerted, and answered once and honestly."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import create_app
from bot.domain.conversation import Channel, Conversation, InboundMessage
from bot.domain.lateness import Lateness, how_late
from bot.domain.status import Status
from bot.gateways.ports import ProviderAway
from bot.gateways.roads import Roads
from bot.gateways.twilio_sms import TwilioSms
from bot.services import reconcile as module
from bot.services.acknowledge_alert import acknowledge_alert
from bot.services.reconcile import RECONCILE, reconcile
from bot.services.report_readiness import report_readiness
from bot.services.rescreen import Changed, rescreen
from bot.services.run_worker import run_worker
from bot.services.send_due import send_due
from bot.storage import concerns, conversations, messages, progress, promises, tasks
from bot.storage.concerns import Alert
from bot.storage.conversations import Stored
from bot.storage.database import Database, Prepared
from bot.storage.promises import Waiting
from bot.storage.tables import inbound_message, outbound_message, screening
from tests.desks import MONDAY_NOON, Clock, make_desk
from tests.factories import OUR_NUMBER, PARENT_NUMBER
from tests.simulators.network import Network
from tests.simulators.twilio import Phone, TwilioSimulator
from tests.simulators.webhook import Webhook

DISCLOSURES = {"en": "I am going to kill myself tonight", "cy": "dwi am ladd fy hun heno"}
# Neither piece says anything alone, nor the second before the first.
PIECES = {"en": ("going to take", "all my pills"), "cy": ("dwi am ladd", "fy hun")}
SECOND_NUMBER = "+447700900001"
_INBOUND = Prepared(select(inbound_message).order_by(inbound_message.c.received_at, inbound_message.c.id))
_OUTBOUND = Prepared(select(outbound_message).order_by(outbound_message.c.created_at, outbound_message.c.id))
_SCREENED = Prepared(select(screening.c.inbound_id, screening.c.at))


@dataclass
class House:
    """The app, its clock, and a Twilio whose webhook can be cut off by `lost=True`."""

    desk: Any
    clock: Clock
    twilio: TwilioSimulator
    road: TwilioSms

    @property
    def phone(self) -> Phone:
        return self.twilio.phone(PARENT_NUMBER)

    def reconcile(self) -> int:
        return reconcile(self.desk, self.road, self.clock())

    def send(self, lane: str = "reply") -> None:
        for _ in range(3):
            send_due(self.desk, Roads(self.road, None), lane, self.clock())
            self.clock.forward(seconds=15)

    def lose(self, *texts: str, then: int = 120) -> None:
        """Texts that never reach the app; `then` seconds pass after each."""
        for text in texts:
            self.phone.text(text, lost=True)
            self.clock.forward(seconds=then)

    def inbound(self) -> list[Any]:
        return self.desk.database.read(lambda tx: tx.rows(_INBOUND))

    def outbound(self, lane: str = "reply") -> list[Any]:
        return [row for row in self.desk.database.read(lambda tx: tx.rows(_OUTBOUND)) if row.lane == lane]

    def alerts(self) -> tuple[Alert, ...]:
        return tuple(self.desk.database.read(concerns.live))

    def waiting(self) -> Waiting | None:
        its_id = self.conversation.id
        found: Waiting | None = self.desk.database.read(lambda tx: promises.of_conversation(tx, its_id))
        return found

    def rescreen(self) -> tuple[Changed, ...]:
        desk = self.desk
        return rescreen(desk.database, desk.vault, desk.lexicon, desk.settings.split_seconds)

    def tasks(self) -> set[str]:
        return {task.kind for task in self.desk.database.read(tasks.open_tasks)}

    @property
    def stored(self) -> Stored:
        found = self.desk.database.read(
            lambda tx: conversations.find(tx, self.desk.vault, channel=Channel.SMS, contact=PARENT_NUMBER)
        )
        assert found is not None
        return found

    @property
    def conversation(self) -> Conversation:
        return self.stored.conversation

    def say(self, language: str, address: str) -> str:
        return str(self.desk.catalogue.text(language, address, {}))


@pytest.fixture
def house(database: Database, tmp_path: Path) -> Iterator[House]:
    clock = Clock()
    desk = make_desk(database, tmp_path, clock, twilio_number=f"{OUR_NUMBER},{SECOND_NUMBER}")
    settings = desk.settings
    webhook = Webhook(settings.public_url, create_app(settings, desk).wsgi_app, settings.twilio_auth_tokens[0])
    twilio = TwilioSimulator(
        webhook,
        account_sid=settings.twilio_account_sid,
        number=OUR_NUMBER,
        receipts=False,
        network=Network(OUR_NUMBER, now=clock),
    )
    with twilio.serving() as address:
        road = TwilioSms(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_tokens[0],
            number=OUR_NUMBER,
            further_numbers=(SECOND_NUMBER,),
            status_callback=f"{settings.public_url}/sms/status",
            api_url=address,
        )
        opened = House(desk, clock, twilio, road)
        opened.reconcile()  # it has run before: the mark is there
        yield opened
        road._client.http_client.session.close()


# --- what is taken in


def test_a_text_that_never_reached_us_is_kept_late_under_the_time_it_was_sent(house: House) -> None:
    house.lose("helo")
    assert house.reconcile() == 1
    (row,) = house.inbound()
    assert (row.late, row.received_at) == (True, MONDAY_NOON)
    assert row.sid == house.phone.thread[0].sid
    (looked_at,) = house.desk.database.read(lambda tx: tx.rows(_SCREENED))
    assert looked_at.at == house.clock(), "when we learned of it is on record too"


def test_what_reached_us_is_left_alone(house: House) -> None:
    house.phone.text("helo")
    house.clock.forward(minutes=5)
    assert house.reconcile() == 0
    assert [row.late for row in house.inbound()] == [False]
    house.send()
    assert house.twilio.requests.count("POST create") == 0


def test_what_twilio_may_still_be_handing_over_is_waited_for(house: House) -> None:
    house.phone.text("helo", lost=True)
    house.clock.forward(seconds=30)
    assert house.reconcile() == 0
    house.clock.forward(minutes=5)
    assert house.reconcile() == 1


def test_hours_of_being_away_are_covered(house: House) -> None:
    house.phone.text("helo")
    house.reconcile()
    house.lose(*(f"text {number}" for number in range(30)), then=1800)
    assert house.reconcile() == 30
    assert house.reconcile() == 0
    assert len(house.inbound()) == 31


@pytest.mark.parametrize("steps", [(-3600, 3600), (3600, -3600), (86400, -86400), (-86400, 86400)])
def test_a_clock_that_jumps_hides_no_text(house: House, steps: tuple[int, int]) -> None:
    house.phone.text("helo")
    house.clock.forward(minutes=5)
    house.reconcile()
    real = house.twilio.network
    there = house.clock.now
    real.now = lambda: there  # the provider's clock does not follow ours
    house.clock.forward(seconds=steps[0])
    house.phone.text("one", lost=True)
    house.clock.forward(seconds=300)
    house.reconcile()
    house.clock.forward(seconds=steps[1])
    house.phone.text("two", lost=True)
    house.clock.forward(seconds=300)
    house.reconcile()
    assert len(house.inbound()) == 3


def test_every_number_of_ours_is_asked_for(house: House) -> None:
    house.twilio.network.keep("inbound", PARENT_NUMBER, SECOND_NUMBER, "helo", "received")
    house.clock.forward(minutes=5)
    assert house.reconcile() == 1


def test_who_cannot_be_answered_is_kept_and_left_to_staff(house: House) -> None:
    house.twilio.phone("+441443700123").text(DISCLOSURES["en"], lost=True)
    house.clock.forward(minutes=5)
    house.reconcile()
    assert [(row.kind, row.late) for row in house.inbound()] == [("cannot_reply", True)]
    assert house.outbound() == []
    assert "cannot_reply" in house.tasks()
    assert len(house.desk.database.read(concerns.live)) == 1


def test_texts_of_one_second_are_taken_in_in_their_order(house: House) -> None:
    house.lose("helo", "2", "ok", then=0)
    house.clock.forward(minutes=5)
    assert house.reconcile() == 3
    its_id = house.conversation.id
    thread = house.desk.database.read(lambda tx: messages.thread(tx, house.desk.vault, its_id))
    assert [entry.text for entry in thread if entry.who == "parent"] == ["helo", "2", "ok"]
    assert all(entry.late for entry in thread if entry.who == "parent")


def test_when_twilio_cannot_say_the_mark_stays(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.reconcile()
    before = house.desk.database.read(lambda tx: progress.load(tx, RECONCILE))
    house.lose("helo")

    def away(*_: object) -> Iterator[Any]:
        raise ProviderAway
        yield

    with monkeypatch.context() as patched:
        patched.setattr(TwilioSms, "received_since", away)
        with pytest.raises(ProviderAway):
            house.reconcile()
    assert house.desk.database.read(lambda tx: progress.load(tx, RECONCILE)) == before
    assert house.reconcile() == 1


def test_one_text_that_cannot_be_taken_in_stops_no_other_and_is_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.reconcile()
    house.lose("poison", "helo")
    real = module.receive_message

    def choosy(desk: Any, message: InboundMessage, now: datetime) -> Any:
        if message.text == "poison":
            raise RuntimeError
        return real(desk, message, now)

    done = house.desk.database.read(lambda tx: progress.load(tx, RECONCILE))
    with monkeypatch.context() as patched:
        patched.setattr(module, "receive_message", choosy)
        assert house.reconcile() == 1
    after = house.desk.database.read(lambda tx: progress.load(tx, RECONCILE))
    assert after.done_at == done.done_at, "it did not go well, and readiness must say so"
    house.clock.forward(hours=30)
    assert house.reconcile() == 1, "it was not left behind"


# --- what the parent gets


@pytest.mark.parametrize(("language", "number"), [("cy", "1"), ("en", "2")])
def test_the_parent_gets_one_honest_reply_and_the_journey_goes_on(house: House, language: str, number: str) -> None:
    house.phone.text("helo")
    house.clock.forward(seconds=30)
    house.lose(number)
    house.reconcile()
    assert house.conversation.language == language
    assert house.conversation.step == "about"
    house.send()
    (reply,) = [message.body for message in house.phone.thread if message.direction == "outbound-api"]
    assert reply.startswith(house.say(language, "common.late"))
    assert len(reply) > len(house.say(language, "common.late")) + 20, "the next question is there too"


def test_a_first_text_that_came_late_is_greeted_in_both_languages(house: House) -> None:
    house.lose("helo")
    house.reconcile()
    house.send()
    (reply,) = house.phone.received
    assert house.say("cy", "common.late") in reply
    assert house.say("en", "common.late") in reply
    assert "Cymraeg" in reply


def test_several_late_texts_get_one_reply_and_answer_no_question_that_was_not_read(house: House) -> None:
    house.lose("helo", "anyone there", "2")
    house.reconcile()
    house.send()
    assert len(house.phone.received) == 1
    assert house.conversation.step == "welcome", "the parent had not seen the question when they wrote 2"
    house.phone.text("2")
    assert house.conversation.step == "about"


@pytest.mark.parametrize("lost", ["2", "something of my own"])
def test_words_that_were_overtaken_answer_no_question_of_now(house: House, lost: str) -> None:
    for text in ("helo", "2", "ok"):
        house.phone.text(text)
        house.clock.forward(seconds=20)
    house.phone.text(lost, lost=True)
    house.clock.forward(seconds=20)
    house.phone.text("1")
    before = house.conversation
    house.clock.forward(minutes=5)
    house.reconcile()
    assert house.conversation.step == before.step
    assert house.conversation.answers == before.answers
    house.send()
    (reply,) = [message.body for message in house.phone.thread if message.direction == "outbound-api"]
    assert reply.startswith(house.say("en", "common.late"))


def test_a_word_that_works_anywhere_works_late_as_well(house: House) -> None:
    for text in ("helo", "2"):
        house.phone.text(text)
        house.clock.forward(seconds=20)
    house.phone.text("CALL", lost=True)
    house.clock.forward(seconds=20)
    house.phone.text("ok")
    house.clock.forward(minutes=5)
    house.reconcile()
    assert house.conversation.step == "call_offer"


def test_the_webhook_that_comes_after_all_is_answered_with_nothing(house: House) -> None:
    house.lose("helo")
    house.reconcile()
    assert house.twilio.deliver(house.phone.thread[0]) == ()
    assert house.twilio.webhook.posted[-1].status == 200
    house.send()
    assert len(house.phone.received) == 1
    assert len(house.inbound()) == 1


def test_a_webhook_and_the_reconcile_that_race_keep_it_once_and_answer_once(house: House) -> None:
    for number in range(12):
        phone = house.twilio.phone(f"+4477009003{number:02}")
        phone.text("helo", lost=True)
        message = phone.thread[0]
        house.clock.forward(minutes=2)
        together = threading.Barrier(3)

        def deliver(message: Any = message, together: threading.Barrier = together) -> None:
            together.wait()
            house.twilio.deliver(message)

        def fetch(together: threading.Barrier = together) -> None:
            together.wait()
            house.reconcile()

        with ThreadPoolExecutor(3) as pool:
            for each in [pool.submit(deliver), pool.submit(fetch), pool.submit(fetch)]:
                each.result()
    house.send()
    house.send()
    assert len(house.inbound()) == 12
    for number in range(12):
        phone = house.twilio.phone(f"+4477009003{number:02}")
        assert len(phone.received) in (1, 2), "welcome, as one late text or as the texts of one answer"
        inside = [each for each in phone.thread if each.direction == "outbound-reply"]
        outside = [each for each in phone.thread if each.direction == "outbound-api"]
        assert bool(inside) != bool(outside), "answered by one road, not by both"


def test_a_reply_that_the_parent_has_overtaken_is_not_sent(house: House) -> None:
    house.phone.text("helo")
    house.clock.forward(seconds=20)
    house.lose("2")
    house.reconcile()
    house.clock.forward(seconds=1)
    house.phone.text("ok")
    house.send()
    assert [row.error_code for row in house.outbound() if row.kind == "late_reply"] == ["overtaken"]
    assert not [message for message in house.phone.thread if message.direction == "outbound-api"]


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_text_too_old_to_answer_is_listed_and_not_answered(house: House, language: str) -> None:
    house.phone.text("helo")
    house.phone.text("1" if language == "cy" else "2")
    before = house.conversation
    house.lose("ok", then=3 * 3600)
    house.reconcile()
    house.send()
    assert not [message for message in house.phone.thread if message.direction == "outbound-api"]
    assert house.conversation.step == before.step
    assert "text_came_late" in house.tasks()


def test_a_first_text_too_old_to_answer_does_not_spoil_the_next(house: House) -> None:
    house.lose("helo", then=3 * 3600)
    house.reconcile()
    assert "Cymraeg" in "".join(house.phone.text("hello again"))


def test_a_late_reply_held_up_until_it_is_too_old_is_dropped_and_listed(house: House) -> None:
    house.lose("helo")
    house.reconcile()
    house.clock.forward(hours=3)
    house.send()
    assert house.phone.received == ()
    assert "message_too_late" in house.tasks()


# --- what is heeded however late


@pytest.mark.parametrize(("language", "words"), DISCLOSURES.items())
@pytest.mark.parametrize("hours", [0.1, 9, 23.9, 25])
def test_a_disclosure_raises_an_alert_at_once_marked_late(
    house: House, language: str, words: str, hours: float
) -> None:
    house.lose(words, then=int(hours * 3600))
    house.reconcile()
    (alert,) = house.desk.database.read(concerns.live)
    assert alert.severity in ("urgent", "immediate")
    assert alert.opened_at == house.clock()
    kinds = [event.kind for event in house.desk.database.read(lambda tx: concerns.events(tx, alert.id))]
    assert "received_late" in kinds
    assert house.outbound("alert"), "and somebody is told"
    house.send()
    if hours < 24:
        safe, late = [message.body for message in house.phone.thread if message.direction == "outbound-api"]
        assert "999" in safe
        assert not safe.startswith(house.say(language, "common.late")), "safe words first"
        assert house.say(language, "common.late") in late
    else:
        assert house.phone.received == ()
        assert "message_too_late" in house.tasks()


@pytest.mark.parametrize("language", PIECES)
@pytest.mark.parametrize("lost", [(0, 1), (0,), (1,)], ids=["both", "the first", "the second"])
@pytest.mark.parametrize("hours", [0.5, 9])
def test_a_disclosure_in_two_texts_is_heard_whichever_was_lost(
    house: House, language: str, lost: tuple[int, ...], hours: float
) -> None:
    for place, piece in enumerate(PIECES[language]):
        house.phone.text(piece, lost=place in lost)
        house.clock.forward(seconds=house.desk.settings.split_seconds)
    assert house.alerts() == ()
    house.clock.forward(hours=hours)
    house.reconcile()
    (alert,) = house.alerts()
    assert alert.severity in ("urgent", "immediate")
    assert "safety" in {row.kind for row in house.outbound()}, "as for any other disclosure"
    assert house.rescreen() == (), "read again it is read as it was"


@pytest.mark.parametrize("lost", [(0, 1), (0,), (1,)], ids=["both", "the first", "the second"])
def test_two_texts_far_apart_are_not_one_however_close_they_were_fetched(house: House, lost: tuple[int, ...]) -> None:
    for place, piece in enumerate(PIECES["en"]):
        house.phone.text(piece, lost=place in lost)
        house.clock.forward(seconds=house.desk.settings.split_seconds + 1)
    house.reconcile()
    assert house.alerts() == ()
    assert house.rescreen() == ()


@pytest.mark.parametrize("language", PIECES)
@pytest.mark.parametrize("lost", [(0, 1), (0,), (1,)], ids=["both", "the first", "the second"])
def test_two_texts_are_read_in_the_order_in_which_they_were_sent(
    house: House, language: str, lost: tuple[int, ...]
) -> None:
    for place, piece in enumerate(reversed(PIECES[language])):
        house.phone.text(piece, lost=place in lost)
        house.clock.forward(seconds=20)
    house.clock.forward(minutes=2)
    house.reconcile()
    assert house.alerts() == ()


def test_a_piece_that_came_late_is_marked_in_the_thread(house: House) -> None:
    house.lose(PIECES["en"][0], then=20)
    house.phone.text(PIECES["en"][1])
    house.clock.forward(minutes=5)
    house.reconcile()
    its_id = house.conversation.id
    thread = house.desk.database.read(lambda tx: messages.thread(tx, house.desk.vault, its_id))
    levels = [(entry.late, entry.level) for entry in thread if entry.who == "parent"]
    assert levels == [(True, "immediate"), (False, "none")]


@pytest.mark.parametrize("words", [*DISCLOSURES.values(), "are you there"])
@pytest.mark.parametrize("hours", [0.1, 7])
def test_who_waits_for_a_person_waits_since_they_wrote(house: House, words: str, hours: float) -> None:
    house.phone.text("helo")
    if words not in DISCLOSURES.values():
        after = house.conversation._replace(status=Status.WITH_PERSON)
        house.desk.database.write(
            lambda tx: conversations.save(tx, house.desk.vault, after, house.clock(), heard=False)
        )
    house.clock.forward(seconds=30)
    wrote_at = house.clock()
    house.lose(words, then=int(hours * 3600))
    house.reconcile()
    waiting = house.waiting()
    assert waiting is not None
    assert waiting.since == wrote_at
    assert waiting.due_at is not None
    assert waiting.due_at > house.clock(), "what is promised is promised from now on"


def test_what_a_person_did_before_the_text_was_known_does_not_answer_it(house: House) -> None:
    house.phone.text(DISCLOSURES["en"])
    house.clock.forward(minutes=5)
    house.lose(DISCLOSURES["en"], then=300)
    (alert,) = house.alerts()
    acknowledge_alert(house.desk, alert.id, "staff:sian", house.clock())
    assert house.waiting() is None
    house.clock.forward(minutes=5)
    house.reconcile()
    assert house.waiting() is not None


def test_a_loss_is_known_however_late(house: House) -> None:
    house.phone.text("helo")
    house.phone.text("2")
    house.lose("my baby died", then=9 * 3600)
    house.reconcile()
    assert house.conversation.loss


@pytest.mark.parametrize("hours", [0.1, 9])
def test_a_late_stop_is_obeyed(house: House, hours: float) -> None:
    house.phone.text("helo")
    house.lose("STOP", then=int(hours * 3600))
    house.reconcile()
    house.send()
    assert house.conversation.status is Status.OPTED_OUT
    assert not [message for message in house.phone.thread if message.direction == "outbound-api"]


def test_a_stop_that_the_parent_took_back_meanwhile_stays_taken_back(house: House) -> None:
    house.phone.text("helo")
    house.lose("STOP")
    house.phone.text("START")
    house.reconcile()
    assert house.conversation.status is Status.WITH_BOT


def test_a_start_that_was_taken_back_meanwhile_switches_nothing_on(house: House) -> None:
    house.phone.text("helo")
    house.lose("START")
    house.phone.text("STOP")
    house.clock.forward(minutes=5)
    house.reconcile()
    assert house.conversation.status is Status.OPTED_OUT


def test_the_bot_stays_silent_while_a_person_has_the_conversation(house: House) -> None:
    house.phone.text("helo")
    after = house.conversation._replace(status=Status.WITH_PERSON)
    house.desk.database.write(lambda tx: conversations.save(tx, house.desk.vault, after, house.clock(), heard=False))
    house.lose("are you there")
    house.reconcile()
    house.send()
    assert len(house.inbound()) == 2
    assert not [message for message in house.phone.thread if message.direction == "outbound-api"]


# --- the worker, and what watches over it


def test_the_worker_does_it_at_once_and_readiness_knows(house: House) -> None:
    house.lose("helo")
    stop = threading.Event()
    worker = threading.Thread(target=run_worker, args=(house.desk, stop), kwargs={"roads": Roads(house.road, None)})
    worker.start()
    for _ in range(600):
        if house.inbound():
            break
        stop.wait(0.05)
    stop.set()
    worker.join(30)
    assert len(house.inbound()) == 1
    report = report_readiness(house.desk.database, house.desk.team, house.clock(), reconcile_seconds=300)
    assert (report.ready, report.last_reconcile_seconds) == (True, 0)
    later = house.clock() + timedelta(seconds=961)
    late = report_readiness(house.desk.database, house.desk.team, later, reconcile_seconds=300)
    assert not late.ready
    assert report_readiness(house.desk.database, house.desk.team, house.clock(), reconcile_seconds=None).ready


@pytest.mark.parametrize(
    ("age", "moved", "expected"),
    [
        (60, None, Lateness.IN_TURN),
        (60, 61, Lateness.IN_TURN),
        (60, 60, Lateness.IN_TURN),
        (60, 59, Lateness.OVERTAKEN),
        (7200, None, Lateness.IN_TURN),
        (7201, None, Lateness.TOO_OLD),
        (7201, 1, Lateness.TOO_OLD),
    ],
)
def test_how_late_a_text_is(age: int, moved: int | None, expected: Lateness) -> None:
    def ago(seconds: int) -> datetime:
        return MONDAY_NOON - timedelta(seconds=seconds)

    moved_at = None if moved is None else ago(moved)
    assert how_late(ago(age), MONDAY_NOON, moved_at=moved_at, longest=timedelta(hours=2)) is expected
    assert how_late(None, MONDAY_NOON, moved_at=None, longest=timedelta(0)) is Lateness.ON_TIME


# --- an answer that was written down and never left


def lose_the_answer(house: House, text: str) -> None:
    """The app takes the text in, and its answer is lost on the way."""
    message = house.twilio.network.keep("inbound", PARENT_NUMBER, OUR_NUMBER, text, "received")
    house.twilio.webhook.post("/sms", house.twilio._inbound_fields(message))


def sent_later(house: House) -> list[str]:
    return [message.body for message in house.phone.thread if message.direction == "outbound-api"]


@pytest.mark.parametrize(("language", "number"), [("cy", "1"), ("en", "2")])
def test_an_answer_that_never_left_is_sent_once_and_in_its_order(house: House, language: str, number: str) -> None:
    house.phone.text("helo")
    house.clock.forward(seconds=20)
    lose_the_answer(house, number)
    answer = house.desk.database.read(lambda tx: tx.rows(_OUTBOUND))[-2:]
    bodies = [house.desk.vault.open(row.body, table="outbound_message", column="body", row=row.id) for row in answer]
    house.clock.forward(minutes=2)
    for _ in range(3):
        house.reconcile()
        house.send()
    assert sent_later(house) == bodies
    assert house.conversation.language == language


def test_a_text_handed_over_again_after_that_is_not_answered_twice(house: House) -> None:
    lose_the_answer(house, "helo")
    message = house.phone.thread[0]
    house.clock.forward(minutes=2)
    house.reconcile()
    assert house.twilio.deliver(message) == ()
    house.send()
    assert sent_later(house)


def test_an_answer_that_arrived_is_not_sent_again(house: House) -> None:
    for text in ("helo", "2", "ok"):
        house.phone.text(text)
        house.clock.forward(seconds=20)
    house.clock.forward(minutes=2)
    house.reconcile()
    house.send()
    assert sent_later(house) == []


def test_an_answer_that_the_parent_no_longer_waits_for_is_not_sent(house: House) -> None:
    lose_the_answer(house, "helo")
    house.clock.forward(seconds=20)
    house.phone.text("hello?")
    house.clock.forward(minutes=2)
    house.reconcile()
    house.send()
    assert sent_later(house) == [], "they have a newer answer"


@pytest.mark.parametrize("after", ["STOP", None])
def test_an_answer_that_may_not_leave_any_more_does_not(house: House, after: str | None) -> None:
    lose_the_answer(house, "helo")
    house.clock.forward(hours=0 if after else 3, minutes=2)
    if after:
        house.phone.text(after)
    house.reconcile()
    house.send()
    assert sent_later(house) == []


@pytest.mark.parametrize(("language", "words"), DISCLOSURES.items())
@pytest.mark.parametrize(("hours", "leaves"), [(1, True), (23, True), (25, False)])
def test_a_safe_text_that_never_left_still_leaves_for_a_day(
    house: House, language: str, words: str, hours: int, *, leaves: bool
) -> None:
    lose_the_answer(house, words)
    house.clock.forward(hours=hours)
    house.reconcile()
    house.send()
    assert [("999" in body) for body in sent_later(house)] == [True] * leaves


def test_what_twilio_has_after_all_is_not_sent_a_second_time(house: House) -> None:
    lose_the_answer(house, "helo")
    house.clock.forward(minutes=2)
    house.reconcile()
    bodies = [row for row in house.outbound() if row.state == "waiting"]
    for row in bodies:
        body = house.desk.vault.open(row.body, table="outbound_message", column="body", row=row.id)
        house.twilio.network.reply(PARENT_NUMBER, body)
    house.send()
    assert sent_later(house) == []
    assert {row.state for row in house.outbound()} == {"sent"}
