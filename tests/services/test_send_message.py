"""The outbox leaves by real roads: what may leave does, once, and what may not does not."""

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, select, update

from bot.domain.backoff import MOST_TRIES
from bot.domain.contact import KINDS
from bot.domain.conversation import Channel
from bot.domain.status import Status
from bot.gateways.ports import Accepted, ProviderAway, Refused, SendResult, Unknown
from bot.gateways.roads import Roads, open_roads
from bot.gateways.twilio_sms import TwilioSms
from bot.services.desk import Desk
from bot.services.note_delivery import note_delivery
from bot.services.run_worker import CHORES, Chore, run_worker
from bot.services.send_due import BATCH, send_due
from bot.services.take_over import take_over
from bot.storage import conversations, outbox, tasks
from bot.storage.database import Database, DatabaseAway, Prepared
from bot.storage.outbox import OutboundMessage
from bot.storage.tables import conversation, outbound_message
from bot.web.twilio_fields import DeliveryReport
from tests.desks import Clock, Phone, make_desk
from tests.factories import PARENT_NUMBER
from tests.simulators.twilio import TwilioSimulator
from tests.simulators.webhook import Webhook

ON_CALL = "+447700900456"
SID = "SM" + "5" * 32


@dataclass
class FakeTexts:
    """A road that answers what it is told to, in turn, and then accepts."""

    results: list[SendResult] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    found: str | None = None
    away: bool = False

    def send(self, to: str, body: str, *, dedupe: str) -> SendResult:
        self.sent.append((to, body))
        return self.results.pop(0) if self.results else Accepted(f"SM{len(self.sent):032x}")

    def find_sent(self, to: str, body: str, *, since: datetime) -> str | None:
        self.looked_up.append(body)
        if self.away:
            raise ProviderAway
        return self.found


@dataclass
class FakeEmail:
    sent: list[tuple[str, str, str]] = field(default_factory=list)

    def send(self, to: str, subject: str, body: str, *, dedupe: str) -> SendResult:
        self.sent.append((to, subject, body))
        return Accepted("<1@helo>")


@dataclass
class Office:
    """A desk, its roads, and short ways to ask what tests ask."""

    desk: Desk
    clock: Clock
    texts: FakeTexts
    email: FakeEmail

    @property
    def roads(self) -> Roads:
        return Roads(self.texts, self.email)

    def put(self, body: str = "words", **changes: Any) -> str:
        """Something to send; its id."""
        message = OutboundMessage(
            **{
                "lane": "reminder",
                "kind": "after_call",
                "channel": "sms",
                "recipient": PARENT_NUMBER,
                "body": body,
                "dedupe_key": body,
                "due_at": self.clock.now,
                **changes,
            }
        )
        made = self.desk.database.write(lambda tx: outbox.put(tx, self.desk.vault, message, self.clock.now))
        assert made is not None
        return made

    def send(self, lane: str = "reminder") -> int:
        return send_due(self.desk, self.roads, lane, self.clock.now)

    def row(self, message_id: str) -> Any:
        row = self.desk.database.read(lambda tx: tx.row(_ROW, id=message_id))
        assert row is not None
        return row

    def tasks(self) -> set[str]:
        return {task.kind for task in self.desk.database.read(tasks.open_tasks)}

    def change(self, phone: Phone, **changes: Any) -> None:
        """Puts a conversation into another state than texts would."""
        after = phone.conversation._replace(**changes)
        self.desk.database.write(lambda tx: conversations.save(tx, self.desk.vault, after, self.clock.now, heard=False))


_ROW = Prepared(select(outbound_message).where(outbound_message.c.id == bindparam("id")))
_ERASE = Prepared(update(conversation).where(conversation.c.id == bindparam("its_id")).values(contact=None))


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    clock = Clock()
    return Office(make_desk(database, tmp_path, clock), clock, FakeTexts(), FakeEmail())


@pytest.fixture
def parent(office: Office) -> Phone:
    phone = Phone(office.desk)
    phone.text("helo")
    return phone


# --- what leaves


def test_what_is_due_leaves_once(office: Office) -> None:
    message = office.put("Bore da")
    assert office.send() == 1
    assert office.send() == 0
    assert office.texts.sent == [(PARENT_NUMBER, "Bore da")]
    row = office.row(message)
    assert (row.state, row.provider_sid, row.sent_at) == ("sent", f"SM{1:032x}", office.clock.now)


def test_what_is_not_due_waits(office: Office) -> None:
    office.put(due_at=office.clock.now + timedelta(seconds=1))
    assert office.send() == 0
    office.clock.forward(seconds=1)
    assert office.send() == 1


def test_lanes_are_apart(office: Office) -> None:
    office.put("reminder")
    office.put("alert", lane="alert", recipient=ON_CALL)
    assert office.send("alert") == 1
    assert office.texts.sent == [(ON_CALL, "alert")]


def test_a_batch_leaves_side_by_side(office: Office) -> None:
    together = threading.Barrier(BATCH, timeout=5)

    class Meeting(FakeTexts):
        def send(self, to: str, body: str, *, dedupe: str) -> SendResult:
            together.wait()
            return super().send(to, body, dedupe=dedupe)

    office.texts = Meeting()
    for number in range(BATCH + 1):
        office.put(f"m{number}")
    assert office.send() == BATCH
    assert len(office.texts.sent) == BATCH


def test_a_number_as_the_team_writes_it_is_texted(office: Office) -> None:
    office.put(lane="alert", recipient="07700 900456")
    office.send("alert")
    assert office.texts.sent == [(ON_CALL, "words")]


def test_an_alert_by_e_mail_has_a_subject_of_its_own(office: Office) -> None:
    message = office.put("body", lane="alert", channel="email", recipient="lead@helo.example")
    office.send("alert")
    [(to, subject, body)] = office.email.sent
    assert (to, body) == ("lead@helo.example", "body")
    assert subject == "Rhybuddion / Alerts"
    assert office.row(message).state == "sent"


@pytest.mark.parametrize("channel", ["web", "terminal", "console"])
def test_what_is_fetched_by_its_reader_goes_no_road(office: Office, channel: str) -> None:
    message = office.put(lane="reply", channel=channel)
    office.send("reply")
    assert office.row(message).state == "sent"
    assert office.texts.sent == []


# --- what must not leave any more


def test_nothing_is_sent_after_an_opt_out(office: Office, parent: Phone) -> None:
    parent.text("STOP", opt_out_type="STOP")
    reminder = office.put("r", conversation_id=parent.conversation.id)
    reply = office.put("p", lane="reply", kind="person", conversation_id=parent.conversation.id)
    by_number = office.put("n", conversation_id=None)
    office.send()
    office.send("reply")
    assert office.texts.sent == []
    assert {office.row(each).error_code for each in (reminder, reply, by_number)} == {"opted_out"}
    assert {office.row(each).state for each in (reminder, reply, by_number)} == {"dropped"}


def test_who_opted_out_is_not_reminded_on_another_number_either(office: Office, parent: Phone) -> None:
    parent.text("STOP", opt_out_type="STOP")
    message = office.put(conversation_id=parent.conversation.id, recipient="+447700900777")
    office.send()
    assert office.texts.sent == []
    assert office.row(message).error_code == "opted_out"


def test_an_alert_about_a_parent_who_opted_out_still_leaves(office: Office, parent: Phone) -> None:
    parent.text("STOP", opt_out_type="STOP")
    office.put(lane="alert", recipient=ON_CALL, conversation_id=parent.conversation.id)
    office.send("alert")
    assert office.texts.sent == [(ON_CALL, "words")]


@pytest.mark.parametrize("answers", [{"about": "not_now"}, {"call_safety": "no"}, {"call_safety_answer": "ring_off"}])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_sender_texts_where_texting_is_not_safe(
    office: Office, parent: Phone, kind: str, answers: dict[str, str]
) -> None:
    """The answer may come after the message was written: what counts is the moment it would leave."""
    waiting = office.put(kind=kind, conversation_id=parent.conversation.id)
    office.change(parent, answers=answers)
    office.send()
    if kind == "person_confirmed":
        assert office.row(waiting).state == "sent"
        return
    assert office.texts.sent == []
    # An apology for nothing is dropped for that.
    why = "answered" if kind == "apology" else "not_safe"
    assert (office.row(waiting).state, office.row(waiting).error_code) == ("dropped", why)
    assert ("not_safe_to_text" in office.tasks()) == (why == "not_safe"), "a person decides how to reach them"


def test_a_kind_about_which_nobody_decided_does_not_leave(office: Office, parent: Phone) -> None:
    waiting = office.put(kind="nudge", conversation_id=parent.conversation.id)
    office.send()
    assert office.texts.sent == []
    assert office.row(waiting).error_code == "unknown_kind"
    assert "not_safe_to_text" in office.tasks()


@pytest.mark.parametrize("kind", ["after_call", "handed_back", "reply"])
def test_what_the_bot_still_had_to_say_is_dropped_when_a_person_takes_over(
    office: Office, parent: Phone, kind: str
) -> None:
    waiting = office.put(kind=kind, conversation_id=parent.conversation.id)
    take_over(office.desk, parent.conversation.id, "staff:1", office.clock.now)
    office.send()
    assert office.texts.sent == []
    assert office.row(waiting).error_code == "with_person"


def test_no_reminder_after_a_loss(office: Office, parent: Phone) -> None:
    message = office.put(kind="call_reminder", conversation_id=parent.conversation.id)
    office.change(parent, loss=True)
    office.send()
    assert office.texts.sent == []
    assert office.row(message).error_code == "loss"


def test_a_person_s_reply_leaves_after_a_loss(office: Office, parent: Phone) -> None:
    office.change(parent, loss=True)
    office.put(lane="reply", kind="person", conversation_id=parent.conversation.id)
    office.send("reply")
    assert len(office.texts.sent) == 1


def test_what_is_too_late_is_dropped_and_listed(office: Office, parent: Phone) -> None:
    message = office.put(conversation_id=parent.conversation.id, not_after=office.clock.now + timedelta(hours=1))
    office.clock.forward(hours=6)
    office.send()
    assert office.texts.sent == []
    assert (office.row(message).state, office.row(message).error_code) == ("dropped", "too_late")
    assert "message_too_late" in office.tasks()


def test_nothing_is_sent_to_who_was_erased(office: Office, parent: Phone) -> None:
    conversation_id = parent.conversation.id
    message = office.put(conversation_id=conversation_id)
    office.desk.database.write(lambda tx: tx.run(_ERASE, its_id=conversation_id))
    office.send()
    assert office.texts.sent == []
    assert office.row(message).error_code == "erased"


# --- when it does not leave at the first try


def test_an_alert_is_tried_for_ever_and_quickly(office: Office) -> None:
    message = office.put(lane="alert", recipient=ON_CALL)
    waits = []
    for _ in range(20):
        office.texts.results = [Unknown("hung")]
        assert office.send("alert") == 1
        wait = office.row(message).due_at - office.clock.now
        waits.append(wait.total_seconds())
        office.clock.forward(seconds=wait.total_seconds())
    assert waits == [1, 2, 5, 10] + [30] * 16
    assert office.texts.looked_up == [], "an alert is sent again, whatever became of the first"
    office.send("alert")
    assert (office.row(message).state, len(office.texts.sent)) == ("sent", 21)


def test_an_alert_tried_by_a_clock_that_was_put_back_waits_as_any_other(office: Office) -> None:
    message = office.put(lane="alert", recipient=ON_CALL)
    office.clock.forward(hours=-1)
    office.texts.results = [Unknown("hung")]
    assert office.send("alert") == 1, "it waits for no clock"
    assert office.send("alert") == 0, "and is not tried at every look for an hour"
    office.clock.now = office.row(message).due_at
    assert office.send("alert") == 1
    assert office.row(message).state == "sent"


def test_a_parent_is_not_texted_twice_for_want_of_looking(office: Office) -> None:
    message = office.put("Bore da")
    office.texts.results = [Unknown("cut")]
    office.send()
    assert office.row(message).state == "waiting"
    office.clock.now = office.row(message).due_at
    office.texts.away = True
    office.send()
    assert office.row(message).error_code == "cannot_look_up"
    office.texts.away, office.texts.found = False, SID
    office.clock.now = office.row(message).due_at
    office.send()
    assert (office.row(message).state, office.row(message).provider_sid) == ("sent", SID)
    assert len(office.texts.sent) == 1


def test_what_the_provider_does_not_know_is_sent_again(office: Office) -> None:
    message = office.put()
    office.texts.results = [Unknown("cut")]
    office.send()
    office.clock.now = office.row(message).due_at
    office.send()
    assert (len(office.texts.sent), office.row(message).state) == (2, "sent")


def test_as_long_as_the_provider_asks_we_wait(office: Office) -> None:
    message = office.put(lane="alert", recipient=ON_CALL)
    office.texts.results = [Refused("20429", permanent=False, retry_after=7)]
    office.send("alert")
    assert office.row(message).due_at - office.clock.now == timedelta(seconds=7)


def test_a_reminder_waits_minutes_and_is_given_up_in_the_end(office: Office, parent: Phone) -> None:
    message = office.put(kind="reply", conversation_id=parent.conversation.id)
    office.texts.results = [Refused("20003", permanent=False)] * 20
    for attempt in range(MOST_TRIES):
        assert office.row(message).state == "waiting"
        office.send()
        if attempt == 0:
            assert office.row(message).due_at - office.clock.now >= timedelta(minutes=1)
        office.clock.forward(hours=1)
    assert office.row(message).state == "failed"
    assert "cannot_be_texted" in office.tasks()


@pytest.mark.parametrize("code", ["21211", "21614", "30003", "30005", "30006"])
def test_a_number_that_cannot_be_texted_becomes_a_task(office: Office, parent: Phone, code: str) -> None:
    message = office.put("1", conversation_id=parent.conversation.id)
    other = office.put("2", conversation_id=parent.conversation.id, due_at=office.clock.now + timedelta(hours=1))
    office.texts.results = [Refused(code, permanent=True)]
    office.send()
    assert (office.row(message).state, office.row(message).error_code) == ("failed", code)
    assert office.row(other).state == "dropped"
    assert office.tasks() == {"cannot_be_texted"}


def test_who_has_opted_out_at_twilio_has_opted_out(office: Office, parent: Phone) -> None:
    office.put(conversation_id=parent.conversation.id)
    later = office.put("later", conversation_id=parent.conversation.id, due_at=office.clock.now + timedelta(days=1))
    office.texts.results = [Refused("21610", permanent=True)]
    office.send()
    assert parent.conversation.status is Status.OPTED_OUT
    assert office.row(later).state == "dropped"
    assert "texts_off" in office.tasks()


def test_a_web_chat_stays_open_when_its_parent_s_phone_has_opted_out(office: Office, parent: Phone) -> None:
    chat = Phone(office.desk, "w" * 43, Channel.WEB)
    chat.text("helo")
    office.put(conversation_id=chat.conversation.id)
    office.texts.results = [Refused("21610", permanent=True)]
    office.send()
    assert chat.conversation.status is Status.WITH_BOT
    assert parent.conversation.status is Status.OPTED_OUT


def test_staff_who_cannot_be_texted_are_no_parent_s_opt_out(office: Office, parent: Phone) -> None:
    office.put(lane="alert", recipient=ON_CALL, conversation_id=parent.conversation.id)
    office.texts.results = [Refused("21610", permanent=True)]
    office.send("alert")
    assert parent.conversation.status is Status.WITH_BOT
    assert office.tasks() == {"alert_not_delivered"}


def test_without_a_road_nothing_is_kept_waiting(office: Office) -> None:
    message = office.put(lane="alert", recipient=ON_CALL)
    by_mail = office.put("m", lane="alert", channel="email", recipient="lead@helo.example")
    send_due(office.desk, Roads(None, None), "alert", office.clock.now)
    assert [office.row(each).error_code for each in (message, by_mail)] == ["no_road", "no_road"]
    assert office.tasks() == {"alert_not_delivered"}


def test_a_fault_in_the_road_is_an_unknown_outcome(office: Office) -> None:
    class Broken(FakeTexts):
        def send(self, to: str, body: str, *, dedupe: str) -> SendResult:
            raise RuntimeError(PARENT_NUMBER)

    office.texts = Broken()
    message = office.put()
    office.send()
    assert (office.row(message).state, office.row(message).error_code) == ("waiting", "unknown_RuntimeError")


def test_a_worker_whose_lease_ended_writes_nothing(office: Office) -> None:
    message = office.put()
    second = FakeTexts(found=SID)

    class Slow(FakeTexts):
        def send(self, to: str, body: str, *, dedupe: str) -> SendResult:
            office.clock.forward(seconds=office.desk.settings.lease_seconds + 1)
            send_due(office.desk, Roads(second, None), "reminder", office.clock.now)
            return Refused("21211", permanent=True)

    office.texts = Slow()
    office.send()
    assert (office.row(message).state, office.row(message).provider_sid) == ("sent", SID)
    assert office.tasks() == set()


def test_what_a_dead_worker_claimed_is_sent_when_its_lease_ends(office: Office) -> None:
    message = office.put()
    office.desk.database.write(
        lambda tx: outbox.claim(tx, office.desk.vault, lane="reminder", now=office.clock.now, lease_seconds=30, limit=1)
    )
    assert office.send() == 0
    office.clock.forward(seconds=31)
    assert office.send() == 1
    assert office.row(message).state == "sent"


# --- what becomes of it later


def delivered(office: Office, status: str, code: str | None = None, **more: Any) -> None:
    note_delivery(office.desk, DeliveryReport(f"SM{1:032x}", status, code, **more), office.clock.now)


def test_reports_only_move_forward(office: Office) -> None:
    message = office.put()
    office.send()
    for status in ("delivered", "sent", "delivered", "queued"):
        delivered(office, status)
    assert office.row(message).provider_status == "delivered"


def test_a_report_of_a_message_we_do_not_know_is_no_fault(office: Office) -> None:
    delivered(office, "delivered")
    delivered(office, "failed", "30003", outbound_id="9" * 32)
    assert office.tasks() == set()


def test_a_report_that_overtakes_our_own_note_is_kept(office: Office) -> None:
    message = office.put()

    class Quick(FakeTexts):
        def send(self, to: str, body: str, *, dedupe: str) -> SendResult:
            delivered(office, "delivered", outbound_id=dedupe)
            return super().send(to, body, dedupe=dedupe)

    office.texts = Quick()
    office.send()
    row = office.row(message)
    assert (row.state, row.provider_status) == ("sent", "delivered")


@pytest.mark.parametrize("code", ["30003", "30005", "30006", None])
def test_a_text_that_did_not_arrive_becomes_a_task(office: Office, parent: Phone, code: str | None) -> None:
    office.put(conversation_id=parent.conversation.id)
    office.send()
    delivered(office, "sent")
    assert office.tasks() == set()
    delivered(office, "undelivered", code)
    delivered(office, "undelivered", code)
    assert office.tasks() == {"cannot_be_texted"}


def test_old_news_opens_no_task_again(office: Office, parent: Phone) -> None:
    office.put(conversation_id=parent.conversation.id)
    office.send()
    delivered(office, "undelivered", "30003")
    [task] = office.desk.database.read(tasks.open_tasks)
    office.desk.database.write(lambda tx: tasks.close_task(tx, task.id, "lead", office.clock.now))
    delivered(office, "undelivered", "30003")
    assert office.tasks() == set()


def test_a_report_of_an_opt_out_closes_no_web_chat(office: Office) -> None:
    chat = Phone(office.desk, "w" * 43, Channel.WEB)
    chat.text("helo")
    office.put(conversation_id=chat.conversation.id)
    office.send()
    delivered(office, "failed", "21610")
    assert chat.conversation.status is Status.WITH_BOT
    assert office.tasks() == {"texts_off"}


def test_an_opt_out_found_on_the_way_is_mirrored(office: Office, parent: Phone) -> None:
    office.put(conversation_id=parent.conversation.id)
    office.send()
    delivered(office, "failed", "21610")
    assert parent.conversation.status is Status.OPTED_OUT


# --- the worker


@pytest.fixture
def simulator(office: Office) -> TwilioSimulator:
    settings = office.desk.settings

    def nobody(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return []

    webhook = Webhook(settings.public_url, nobody, settings.twilio_auth_tokens[0])
    return TwilioSimulator(webhook, account_sid=settings.twilio_account_sid, number=settings.twilio_numbers[0])


def test_the_worker_sends_every_lane_and_a_hang_in_one_does_not_stop_another(
    office: Office, simulator: TwilioSimulator
) -> None:
    stop = threading.Event()
    done = threading.Event()
    rounds: list[datetime] = []
    with simulator.serving() as address:
        roads = open_roads(replace(office.desk.settings, twilio_api_url=address))
        office.put("reminder")
        simulator.behave("hang", seconds=30)
        settled = threading.Thread(
            target=run_worker,
            args=(office.desk, stop),
            kwargs={"roads": roads, "chores": [Chore("count", 0.01, lambda _, now: rounds.append(now)), *CHORES]},
        )
        settled.start()
        while "POST create" not in simulator.requests:
            done.wait(0.01)
        office.put("alert", lane="alert", recipient=ON_CALL)
        for _ in range(600):
            if simulator.phone(ON_CALL).received:
                break
            done.wait(0.01)
        assert simulator.phone(ON_CALL).received == ("alert",)
        assert simulator.phone(PARENT_NUMBER).received == ()
        simulator.released.set()
        stop.set()
        settled.join(10)
        assert not settled.is_alive()
        assert isinstance(roads.texts, TwilioSms)
        roads.texts._client.http_client.session.close()
    assert rounds


def test_the_worker_outlives_a_database_that_is_away(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, calls = threading.Event(), []

    def away(self: Database, work: Any) -> Any:
        calls.append(1)
        if len(calls) > 8:
            stop.set()
        raise DatabaseAway

    monkeypatch.setattr(Database, "write", away)
    desk = replace(office.desk, settings=replace(office.desk.settings, worker_poll_seconds=0))
    run_worker(desk, stop, roads=office.roads, chores=[])
    assert len(calls) > 8
