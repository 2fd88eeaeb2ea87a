"""A token that was revoked, an account that was suspended: not tried blindly, red, and told to people at once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.conversation import LANGUAGES
from bot.gateways.ports import Accepted, AccountRefused, Refused
from bot.services.note_delivery import note_delivery
from bot.services.reconcile import reconcile
from bot.services.report_readiness import report_readiness
from bot.services.send_due import send_due
from bot.storage.database import Database, Prepared
from bot.storage.tables import outbound_message
from bot.web.twilio_fields import DeliveryReport
from tests.faults.checker import DANGER
from tests.faults.stand import Stand, open_stand
from tests.services.on_call import ANN, BEN, LEAD, Night

_OUTBOUND = Prepared(select(outbound_message).order_by(outbound_message.c.id))
WITH_MAIL = {"smtp_url": "smtp://127.0.0.1:1025"}
REVOKED = Refused("20003", permanent=False, account=True)


@pytest.fixture
def night(database: Database, tmp_path: Path) -> Night:
    return Night(database, tmp_path, **WITH_MAIL)


@pytest.fixture
def stand(database: Database, tmp_path: Path) -> Iterator[Stand]:
    with open_stand(database, tmp_path) as opened:
        yield opened


def is_ready(night: Night) -> bool:
    return report_readiness(night.desk.database, night.desk.team, night.now, reconcile_seconds=None).ready


def refused(night: Night) -> int:
    state = report_readiness(night.desk.database, night.desk.team, night.now, reconcile_seconds=None)
    return state.account_refused


def told_of_the_account(night: Night) -> list[str]:
    words = night.desk.catalogue.text("en", "alerts.mail.account_refused", {})
    return [to for to, body in night.mail.sent if words in body]


def test_everybody_on_call_hears_of_it_at_once_by_the_road_that_is_left(night: Night) -> None:
    night.texts.answers = dict.fromkeys((ANN, BEN, LEAD), REVOKED)
    night.disclose()
    assert not refused(night)
    night.work()
    assert refused(night)
    assert not is_ready(night)
    assert sorted(told_of_the_account(night)) == ["ann@team.example", "lead@team.example"]
    (body,) = {body for to, body in night.mail.sent if "Twilio" in body}
    for language in LANGUAGES:
        assert night.desk.catalogue.text(language, "alerts.mail.account_refused", {}) in body


def test_the_alert_itself_takes_the_next_road_meanwhile_and_the_text_follows_when_we_are_let_in(night: Night) -> None:
    night.texts.answers = dict.fromkeys((ANN, BEN, LEAD), REVOKED)
    alert = night.disclose()
    night.work()
    assert ("ann", "email", "sent", None) in night.pages(alert)
    night.texts.answers = {}
    night.forward(61)
    assert night.told(ANN), "what was refused is not lost"
    assert not refused(night)
    assert is_ready(night)


class Counting:
    """A road that refuses our account, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, to: str, body: str, *, dedupe: str) -> Refused:
        self.asked += 1
        return REVOKED


def test_it_is_not_asked_blindly(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    road = Counting()
    monkeypatch.setattr(night.texts, "send", road)
    for last in range(40):
        night.disclose(number=f"+4477009001{last:02d}")
    night.work()
    assert road.asked <= 4, "one batch meets it; the others are spared"
    asked = road.asked
    night.run(50)
    assert road.asked == asked
    night.forward(11)
    assert asked < road.asked <= asked + 4, "asked again after a minute"


def test_an_account_that_comes_and_goes_fills_no_letter_box(night: Night) -> None:
    night.disclose()
    for _ in range(10):
        night.texts.answers = dict.fromkeys((ANN, BEN, LEAD), REVOKED)
        night.run(130)
        night.texts.answers = {}
        night.run(130)
    assert 0 < len(told_of_the_account(night)) <= 4, "two people, and not twice in an hour"


def test_a_receipt_that_says_suspended_is_the_same_news(night: Night) -> None:
    night.receipts = False
    night.disclose()
    night.work()
    ((outbound_id, sid),) = night.texts.sids.items()
    note_delivery(night.desk, DeliveryReport(sid, "failed", "30002", outbound_id), night.now)
    assert refused(night)
    night.work()
    assert told_of_the_account(night)


def test_without_a_road_for_e_mail_we_are_red_and_nothing_waits_for_ever(database: Database, tmp_path: Path) -> None:
    night = Night(database, tmp_path)
    night.texts.answers = dict.fromkeys((ANN, BEN, LEAD), REVOKED)
    night.disclose()
    night.work()
    assert refused(night)
    assert told_of_the_account(night) == []


# --- with the provider's own words


def revoke(stand: Stand) -> None:
    stand.twilio.webhook.auth_token = "0" * 32


def outbound(stand: Stand, kind: str) -> list[tuple[str, str | None]]:
    return [
        (row.state, row.error_code)
        for row in stand.desk.database.read(lambda tx: tx.rows(_OUTBOUND))
        if row.kind == kind and row.channel == "sms"
    ]


def test_a_revoked_token_is_known_by_the_first_text(stand: Stand) -> None:
    token = stand.twilio.webhook.auth_token
    stand.new_phone().text(DANGER[0])
    revoke(stand)
    stand.send("alert")
    assert ("waiting", "20003") in outbound(stand, "alert")
    assert report_readiness(stand.desk.database, stand.desk.team, stand.clock(), reconcile_seconds=60).account_refused
    stand.twilio.webhook.auth_token = token
    stand.settle()
    assert stand.breaches() == []
    state = report_readiness(stand.desk.database, stand.desk.team, stand.clock(), reconcile_seconds=60)
    assert not state.account_refused


def test_and_in_a_quiet_night_by_the_reconcile(stand: Stand) -> None:
    token = stand.twilio.webhook.auth_token
    revoke(stand)
    texts = stand.roads.texts
    assert texts is not None
    with pytest.raises(AccountRefused):
        reconcile(stand.desk, texts, stand.clock())
    assert report_readiness(stand.desk.database, stand.desk.team, stand.clock(), reconcile_seconds=60).account_refused
    stand.twilio.webhook.auth_token = token
    stand.clock.forward(seconds=60)
    stand.reconcile()
    state = report_readiness(stand.desk.database, stand.desk.team, stand.clock(), reconcile_seconds=60)
    assert not state.account_refused


def test_a_list_that_opens_says_nothing_of_texts_that_are_refused(stand: Stand) -> None:
    """A number that is not ours any more: its list is there to read, and no text leaves from it."""
    stand.new_phone().text(DANGER[0])
    texts = stand.roads.texts
    assert texts is not None

    class Released:
        received_since = staticmethod(texts.received_since)
        texted_since = staticmethod(texts.texted_since)
        find_sent = staticmethod(texts.find_sent)

        def send(self, to: str, body: str, *, dedupe: str) -> Accepted | Refused:
            return Refused("21660", permanent=False, account=True)

    stand.roads = type(stand.roads)(Released(), None)
    send_due(stand.desk, stand.roads, "alert", stand.clock())
    stand.clock.forward(seconds=timedelta(minutes=5).total_seconds())
    stand.reconcile()
    assert report_readiness(stand.desk.database, stand.desk.team, stand.clock(), reconcile_seconds=60).account_refused
