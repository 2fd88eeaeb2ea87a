"""One text all the way: our own Twilio, the real app, a real database on each engine, and back to the phone."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.app import create_app
from bot.domain.conversation import Channel
from bot.domain.status import Status
from bot.gateways.roads import open_roads
from bot.services.desk import Desk
from bot.services.send_due import send_due
from bot.storage import concerns, conversations
from bot.storage.database import Database, DatabaseAway, Prepared
from bot.storage.tables import conversation, inbound_message, outbound_message
from tests.desks import make_desk
from tests.factories import PARENT_NUMBER
from tests.simulators.twilio import Phone, TwilioSimulator
from tests.simulators.webhook import Webhook

_INBOUND = Prepared(
    select(inbound_message.c.sid, inbound_message.c.kind, inbound_message.c.media_count).order_by(inbound_message.c.id)
)
_COUNTS = [Prepared(select(func.count().label("n")).select_from(table)) for table in (conversation, outbound_message)]


@dataclass
class Whole:
    """The app, its desk, and the network around it."""

    desk: Desk
    twilio: TwilioSimulator
    clock: Callable[[], datetime]

    @property
    def phone(self) -> Phone:
        return self.twilio.phone(PARENT_NUMBER)

    def inbound(self) -> list[Any]:
        return self.desk.database.read(lambda tx: tx.rows(_INBOUND))

    def counts(self) -> list[int]:
        """How many conversations and outbound messages there are."""
        return self.desk.database.read(lambda tx: [tx.rows(each)[0].n for each in _COUNTS])

    def status(self) -> Status:
        stored = self.desk.database.read(
            lambda tx: conversations.find(tx, self.desk.vault, channel=Channel.SMS, contact=PARENT_NUMBER)
        )
        assert stored is not None
        return stored.conversation.status


@pytest.fixture
def whole(database: Database, tmp_path: Path) -> Iterator[Whole]:
    desk = make_desk(database, tmp_path, lambda: datetime.now(UTC))
    settings = desk.settings
    app = create_app(settings, desk)
    webhook = Webhook(settings.public_url, app.wsgi_app, settings.twilio_auth_tokens[0])
    twilio = TwilioSimulator(webhook, account_sid=settings.twilio_account_sid, number=settings.twilio_numbers[0])
    yield Whole(desk, twilio, desk.now)
    twilio.close()


def test_a_text_is_answered_and_kept_once(whole: Whole) -> None:
    replies = whole.phone.text("helo")
    assert replies
    assert "Cymraeg" in "".join(replies)
    assert [(row.kind, row.media_count) for row in whole.inbound()] == [("message", 0)]
    assert whole.counts() == [1, len(replies)]
    assert whole.twilio.complaints == []


def test_a_repeat_gets_the_first_answer_byte_for_byte(whole: Whole) -> None:
    whole.phone.text("helo")
    whole.phone.text("1")
    message = next(each for each in whole.twilio.network.messages.values() if each.body == "helo")
    before = whole.counts()
    whole.twilio.deliver(message)
    first, again = whole.twilio.webhook.posted[0], whole.twilio.webhook.posted[-1]
    assert (first.status, first.body) == (again.status, again.body)
    assert b"<Message>" in again.body
    assert whole.counts() == before
    assert len(whole.inbound()) == 2


def test_the_same_text_at_once_is_one_text(whole: Whole) -> None:
    message = whole.twilio.network.keep("inbound", PARENT_NUMBER, whole.twilio.network.number, "helo", "received")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: whole.twilio.deliver(message), range(16)))
    posted = whole.twilio.webhook.posted
    assert len(posted) == 16
    assert {(each.status, each.body) for each in posted} == {(200, posted[0].body)}
    assert len(whole.inbound()) == 1


def test_when_the_database_is_away_twilio_s_fallback_brings_the_text(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries = Database.write, []

    def away_at_first(self: Database, work: Any) -> Any:
        tries.append(1)
        if len(tries) == 1:
            raise DatabaseAway
        return real(self, work)

    monkeypatch.setattr(Database, "write", away_at_first)
    assert whole.phone.text("helo")
    assert [each.status for each in whole.twilio.webhook.posted] == [503, 200]
    assert whole.twilio.webhook.posted[0].body == b""
    assert len(whole.inbound()) == 1


def test_a_fault_of_ours_before_anything_is_kept_is_not_a_200(whole: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Database, work: Any) -> Any:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(Database, "write", broken)
    assert whole.phone.text("helo") == ()
    assert [each.status for each in whole.twilio.webhook.posted] == [500, 500]


def test_who_opted_out_hears_nothing_until_start(whole: Whole) -> None:
    whole.phone.text("helo")
    assert whole.phone.text("Stop") == ()
    assert whole.status() is Status.OPTED_OUT
    assert whole.phone.text("1") == ()
    assert b"<Message>" not in whole.twilio.webhook.posted[-1].body, "Twilio would have had to stop it"
    assert whole.phone.text("START")
    assert whole.status() is Status.WITH_BOT


@pytest.mark.parametrize("sender", ["60777", "NHSWales", "+441443700123", "+353861234567"])
def test_who_cannot_be_answered_is_kept_and_not_answered(whole: Whole, sender: str) -> None:
    assert whole.twilio.phone(sender).text("win a prize") == ()
    assert [row.kind for row in whole.inbound()] == ["cannot_reply"]
    assert whole.counts() == [1, 0], "staff can read it; nothing was put in the outbox"


def test_pictures_are_counted_and_the_conversation_goes_on(whole: Whole) -> None:
    whole.phone.text("helo")
    assert whole.phone.text("", media=3)
    assert [row.media_count for row in whole.inbound()] == [0, 3]


def test_a_forged_text_leaves_no_trace(whole: Whole) -> None:
    whole.twilio.webhook.auth_token = "0" * 32
    whole.phone.text("helo")
    assert [each.status for each in whole.twilio.webhook.posted] == [403, 403]
    assert whole.inbound() == []
    assert whole.counts() == [0, 0]


def test_an_alert_leaves_for_whoever_is_on_call_and_its_receipt_comes_back(whole: Whole) -> None:
    whole.phone.text("helo")
    whole.phone.text("I want to kill myself")
    with whole.twilio.serving() as address:
        roads = open_roads(replace(whole.desk.settings, twilio_api_url=address))
        assert send_due(whole.desk, roads, "alert", whole.clock() + timedelta(seconds=1)) >= 1
        whole.twilio.settle()
        roads.texts._client.http_client.session.close()  # type: ignore[union-attr]
    alerts = [each for each in whole.twilio.network.messages.values() if each.direction == "outbound-api"]
    assert alerts
    assert all(PARENT_NUMBER not in each.body and "kill" not in each.body for each in alerts)
    reports = [each for each in whole.twilio.webhook.posted if each.path.startswith("/sms/status")]
    assert {each.status for each in reports} == {200}
    assert {each.status for each in alerts} == {"delivered"}


@pytest.mark.parametrize("word", ["ACK", "CYMRYD"])
def test_whoever_is_on_call_takes_an_alert_by_texting_the_bot(whole: Whole, word: str) -> None:
    whole.phone.text("I am going to kill myself tonight")
    colleague = whole.twilio.phone("+447700900456")
    with whole.twilio.serving() as address:
        roads = open_roads(replace(whole.desk.settings, twilio_api_url=address))
        send_due(whole.desk, roads, "alert", whole.clock() + timedelta(seconds=1))
        whole.twilio.settle()
        roads.texts._client.http_client.session.close()  # type: ignore[union-attr]
    (page,) = colleague.received
    code = re.search(r"ACK (\w{5})", page)
    assert code is not None
    assert whole.phone.text(f"{word} {code[1]}"), "the parent's own phone takes nothing: it is answered as ever"
    assert live(whole).state == "open"
    (answer,) = colleague.text(f"{word} {code[1]}")
    assert live(whole).reference in answer
    assert (live(whole).state, live(whole).owner) == ("acknowledged", "team:demo-on-call")
    kinds = {row.kind for row in whole.inbound()}
    assert kinds == {"message"}, "stored like any text"


def live(whole: Whole) -> Any:
    (alert,) = whole.desk.database.read(concerns.live)
    return alert
