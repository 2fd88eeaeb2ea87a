"""Sending by Twilio's API against our own Twilio: a result never says more than is known."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from bot.domain.conversation import Channel, InboundMessage
from bot.gateways.ports import Accepted, ProviderAway, Refused, Unknown
from bot.gateways.twilio_sms import TwilioSms
from tests.factories import OUR_NUMBER, PARENT_NUMBER
from tests.simulators.twilio import TwilioSimulator
from tests.simulators.webhook import Webhook

URL, ACCOUNT, TOKEN = "https://helo.example", "AC" + "1" * 32, "t" * 32
ID = "e" * 32
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def nobody(environ: Any, start_response: Any) -> list[bytes]:
    """An app that does not mind what it hears."""
    start_response("200 OK", [])
    return []


@pytest.fixture
def simulator() -> TwilioSimulator:
    return TwilioSimulator(Webhook(URL, nobody, TOKEN), account_sid=ACCOUNT, number=OUR_NUMBER)


@pytest.fixture
def road(simulator: TwilioSimulator) -> Iterator[TwilioSms]:
    with simulator.serving() as address:
        road = open_road(address)
        yield road
        close(road)


@pytest.fixture
def impatient_road(simulator: TwilioSimulator) -> Iterator[TwilioSms]:
    """Waits a moment only: for a Twilio that never answers. A busy machine may take longer over an honest answer."""
    with simulator.serving() as address:
        road = open_road(address, seconds=0.3)
        yield road
        close(road)


def open_road(address: str, *, token: str = TOKEN, seconds: float = 10.0) -> TwilioSms:
    return TwilioSms(
        account_sid=ACCOUNT,
        auth_token=token,
        number=OUR_NUMBER,
        status_callback=f"{URL}/sms/status",
        api_url=address,
        timeout=(seconds, seconds),
    )


def close(road: TwilioSms) -> None:
    road._client.http_client.session.close()


def test_an_accepted_text_is_on_its_way_with_its_marks_made_plain(road: TwilioSms, simulator: TwilioSimulator) -> None:
    result = road.send(PARENT_NUMBER, "Bore da – “tŷ”", dedupe=ID)
    assert isinstance(result, Accepted)
    sent = simulator.network.messages[result.sid]
    assert (sent.to, sent.from_, sent.body) == (PARENT_NUMBER, OUR_NUMBER, 'Bore da - "tŷ"')
    assert sent.status_callback == f"{URL}/sms/status?message={ID}"
    simulator.settle()
    assert {posted.path for posted in simulator.webhook.posted} == {f"/sms/status?message={ID}"}


@pytest.mark.parametrize(
    ("to", "code"), [("+447700900211", "21211"), ("+447700900610", "21610"), ("+447700900614", "21614")]
)
def test_a_number_that_can_never_be_texted_is_refused_for_good(road: TwilioSms, to: str, code: str) -> None:
    assert road.send(to, "x", dedupe=ID) == Refused(code, permanent=True)


def test_too_many_requests_say_how_long_to_wait(road: TwilioSms, simulator: TwilioSimulator) -> None:
    simulator.behave("too_many", seconds=7)
    assert road.send(PARENT_NUMBER, "x", dedupe=ID) == Refused("20429", permanent=False, retry_after=7.0)


def test_a_revoked_token_is_for_people_to_mend(simulator: TwilioSimulator) -> None:
    with simulator.serving() as address:
        road = open_road(address, token="wrong")
        assert road.send(PARENT_NUMBER, "x", dedupe=ID) == Refused("20003", permanent=False, account=True)
        with pytest.raises(ProviderAway):
            road.find_sent(PARENT_NUMBER, "x", since=LONG_AGO)
        close(road)


def test_a_server_error_is_unknown(road: TwilioSms, simulator: TwilioSimulator) -> None:
    simulator.behave("server_error", status=503)
    assert road.send(PARENT_NUMBER, "x", dedupe=ID) == Unknown("http_503")
    assert simulator.requests == ["POST create"], "it was tried again"


@pytest.mark.parametrize(("kind", "left"), [("drop", 0), ("drop_after_accept", 1), ("hang", 0)])
def test_a_broken_connection_is_unknown_and_never_a_lie(
    impatient_road: TwilioSms, simulator: TwilioSimulator, kind: Any, left: int
) -> None:
    simulator.behave(kind, seconds=60)
    began = time.monotonic()
    assert isinstance(impatient_road.send(PARENT_NUMBER, "x", dedupe=ID), Unknown)
    assert time.monotonic() - began < 30, "there is no time-out"
    assert len(simulator.network.messages) == left
    assert simulator.requests == ["POST create"], "it was tried again"


def test_nobody_there_means_certainly_not_sent() -> None:
    road = open_road("http://127.0.0.1:1")
    assert road.send(PARENT_NUMBER, "x", dedupe=ID) == Refused("no_connection", permanent=False)
    with pytest.raises(ProviderAway):
        road.find_sent(PARENT_NUMBER, "x", since=LONG_AGO)
    close(road)


def test_a_connection_that_takes_too_long_means_certainly_not_sent(
    road: TwilioSms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise requests.ConnectTimeout

    monkeypatch.setattr(road._client.http_client.session, "send", never)
    assert road.send(PARENT_NUMBER, "x", dedupe=ID) == Refused("no_connection", permanent=False)


def test_what_was_sent_is_found_by_number_words_and_time(road: TwilioSms, simulator: TwilioSimulator) -> None:
    simulator.receipts = False
    result = road.send(PARENT_NUMBER, "Bore da – tŷ", dedupe=ID)
    assert isinstance(result, Accepted)
    assert road.find_sent(PARENT_NUMBER, "Bore da – tŷ", since=LONG_AGO) == result.sid
    assert road.find_sent(PARENT_NUMBER, "other", since=LONG_AGO) is None
    assert road.find_sent("+447700900999", "Bore da – tŷ", since=LONG_AGO) is None
    later = datetime.now(UTC) + timedelta(seconds=5)
    assert road.find_sent(PARENT_NUMBER, "Bore da – tŷ", since=later) is None
    simulator.report(result.sid, "failed", 30003)
    assert road.find_sent(PARENT_NUMBER, "Bore da – tŷ", since=LONG_AGO) is None


def test_texts_that_never_reached_us_are_on_the_list(road: TwilioSms, simulator: TwilioSimulator) -> None:
    simulator.phone(PARENT_NUMBER).text("help me", lost=True, media=2)
    road.send(PARENT_NUMBER, "ours", dedupe=ID)
    [(message, at)] = road.received_since(datetime.now(UTC) - timedelta(minutes=5))
    sid = next(iter(simulator.network.messages))
    assert message == InboundMessage(
        "twilio", sid, Channel.SMS, PARENT_NUMBER, "help me", media_count=2, sent_to=OUR_NUMBER
    )
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)


def test_nothing_that_was_sent_is_logged(road: TwilioSms, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        road.send(PARENT_NUMBER, "very private", dedupe=ID)
        road.find_sent(PARENT_NUMBER, "very private", since=LONG_AGO)
    assert PARENT_NUMBER.removeprefix("+") not in caplog.text
    assert "private" not in caplog.text
