"""The pretend Twilio does what Twilio does: otherwise what is tested with it proves nothing."""

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client as TwilioClient
from werkzeug.test import Client

from tests.simulators.network import Message, Network
from tests.simulators.phone import PretendPhones
from tests.simulators.serving import serving
from tests.simulators.twilio import TwilioSimulator
from tests.simulators.webhook import Webhook

URL, ACCOUNT, TOKEN, NUMBER = "https://helo.example", "AC" + "1" * 32, "t" * 32, "+447700900000"
PARENT = "+447700900123"


@dataclass
class App:
    """Stands for ours: checks the signature and answers what it is told to, by path."""

    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    heard: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    before: Callable[[], object] = lambda: None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
        fields = dict(parse_qsl(body, keep_blank_values=True))
        path = environ["PATH_INFO"]
        signed = URL + path + (f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else "")
        assert RequestValidator(TOKEN).validate(signed, fields, environ["HTTP_X_TWILIO_SIGNATURE"])
        self.heard.append((path, fields))
        self.before()
        status, text = self.answers.get(path, (200, "<Response><Message>Helo &amp; hi</Message></Response>"))
        start_response(f"{status} X", [("Content-Type", "text/xml" if text else "text/plain")])
        return [text.encode()]


@pytest.fixture
def app() -> App:
    return App({"/sms/status": (200, "")})


@pytest.fixture
def simulator(app: App) -> Iterator[TwilioSimulator]:
    simulator = TwilioSimulator(Webhook(URL, app, TOKEN), account_sid=ACCOUNT, number=NUMBER)
    yield simulator
    simulator.close()


@pytest.fixture
def api(simulator: TwilioSimulator) -> Iterator[TwilioClient]:
    with serving(PretendPhones(simulator)) as address:
        client = TwilioClient(ACCOUNT, TOKEN)
        client.api.base_url = address
        yield client
        simulator.close()
        client.http_client.session.close()


def refused(call: Callable[[], Any]) -> tuple[int, int | None]:
    with pytest.raises(TwilioRestException) as caught:
        call()
    return caught.value.status, caught.value.code


# --- texts from a phone


def test_a_text_is_posted_signed_and_the_reply_is_in_the_thread(simulator: TwilioSimulator, app: App) -> None:
    phone = simulator.phone(PARENT)
    assert phone.text("helo tŷ") == ("Helo & hi",)
    path, fields = app.heard[0]
    assert path == "/sms"
    assert (fields["Body"], fields["From"], fields["To"], fields["AccountSid"]) == ("helo tŷ", PARENT, NUMBER, ACCOUNT)
    assert fields["MessageSid"] == fields["SmsSid"] == fields["SmsMessageSid"]
    assert [message.body for message in phone.thread] == ["helo tŷ", "Helo & hi"]
    assert phone.received == ("Helo & hi",)


@pytest.mark.parametrize("status", [500, 503, 403])
def test_a_failure_goes_to_the_fallback_once(simulator: TwilioSimulator, app: App, status: int) -> None:
    app.answers["/sms"] = (status, "")
    assert simulator.phone(PARENT).text("helo") == ("Helo & hi",)
    assert [path for path, _ in app.heard] == ["/sms", "/sms/fallback"]
    assert app.heard[1][1] == app.heard[0][1] | {"ErrorCode": "11200", "ErrorUrl": URL + "/sms"}
    app.answers["/sms/fallback"] = (status, "")
    assert simulator.phone(PARENT).text("helo") == ()
    assert len(app.heard) == 4


def test_an_app_that_is_slow_or_away_is_a_failure(simulator: TwilioSimulator, app: App) -> None:
    simulator.webhook.target = "http://127.0.0.1:1"
    assert simulator.phone(PARENT).text("helo") == ()
    with serving(app) as address:
        simulator.webhook.target = address
        assert simulator.phone(PARENT).text("helo") == ("Helo & hi",)
        simulator.webhook.seconds = 0.05
        app.before = lambda: simulator.released.wait(0.3)
        assert simulator.phone(PARENT).text("helo") == ()
    assert [posted.status for posted in simulator.webhook.posted] == [0, 0, 200, 0, 0]


def test_a_lost_text_is_on_the_list_and_was_never_posted(
    simulator: TwilioSimulator, app: App, api: TwilioClient
) -> None:
    simulator.phone(PARENT).text("help me", lost=True)
    assert app.heard == []
    assert [(m.direction, m.from_, m.body) for m in api.messages.list(to=NUMBER)] == [("inbound", PARENT, "help me")]


@pytest.mark.parametrize(("answer", "complaint"), [("<Response", "12100 /sms"), ("", None)])
def test_an_answer_that_is_no_twiml_is_complained_of(
    simulator: TwilioSimulator, app: App, answer: str, complaint: str | None
) -> None:
    app.answers["/sms"] = (200, answer)
    assert simulator.phone(PARENT).text("helo") == ()
    assert simulator.complaints == ([complaint] if complaint else [])


def test_stop_blocks_until_start(simulator: TwilioSimulator, app: App, api: TwilioClient) -> None:
    phone = simulator.phone(PARENT)
    assert phone.text("Stop ") == ()
    assert app.heard[-1][1]["OptOutType"] == "STOP"
    assert refused(lambda: api.messages.create(to=PARENT, from_=NUMBER, body="x")) == (400, 21610)
    assert phone.text("stop please") == ()
    assert "OptOutType" not in app.heard[-1][1]
    assert phone.text("yes") == ("Helo & hi",)
    assert app.heard[-1][1]["OptOutType"] == "START"
    assert phone.text("yes") == ("Helo & hi",)
    assert "OptOutType" not in app.heard[-1][1]
    assert [message.direction for message in phone.thread].count("network") == 2


# --- texts from the app


def test_a_message_is_sent_and_reported(simulator: TwilioSimulator, app: App, api: TwilioClient) -> None:
    sent = api.messages.create(to=PARENT, from_=NUMBER, body="Bore da", status_callback=URL + "/sms/status?a=b")
    assert (sent.status, sent.direction, sent.num_segments) == ("queued", "outbound-api", "1")
    simulator.settle()
    assert [(path, fields["MessageStatus"]) for path, fields in app.heard] == [
        ("/sms/status", "sent"),
        ("/sms/status", "delivered"),
    ]
    assert simulator.phone(PARENT).received == ("Bore da",)
    assert api.messages(sent.sid).fetch().status == "delivered"


@pytest.mark.parametrize(
    ("to", "from_", "body", "code"),
    [
        ("+447700900211", NUMBER, "x", 21211),
        ("07700 900123", NUMBER, "x", 21211),
        ("+447700900610", NUMBER, "x", 21610),
        ("+447700900614", NUMBER, "x", 21614),
        ("+441443123456", NUMBER, "x", 21614),
        (PARENT, "+447700900999", "x", 21606),
        (PARENT, NUMBER, "", 21602),
        (PARENT, NUMBER, "x" * 1601, 21617),
    ],
)
def test_what_twilio_refuses_is_refused(api: TwilioClient, to: str, from_: str, body: str, code: int) -> None:
    assert refused(lambda: api.messages.create(to=to, from_=from_, body=body)) == (400, code)


def test_a_wrong_password_is_refused(simulator: TwilioSimulator, api: TwilioClient) -> None:
    with serving(PretendPhones(simulator)) as address:
        stranger = TwilioClient(ACCOUNT, "wrong")
        stranger.api.base_url = address
        assert refused(lambda: stranger.messages.create(to=PARENT, from_=NUMBER, body="x")) == (401, 20003)
        stranger.http_client.session.close()


@pytest.mark.parametrize(("end", "code"), [("903", 30003), ("905", 30005), ("906", 30006)])
def test_some_numbers_fail_later(simulator: TwilioSimulator, app: App, api: TwilioClient, end: str, code: int) -> None:
    api.messages.create(to=f"+447700900{end}", from_=NUMBER, body="x", status_callback=URL + "/sms/status")
    simulator.settle()
    fields = app.heard[-1][1]
    assert (fields["MessageStatus"], fields["ErrorCode"]) == ("undelivered", str(code))
    assert simulator.phone(f"+447700900{end}").thread == ()


def test_receipts_can_be_held_and_sent_in_any_order(simulator: TwilioSimulator, app: App, api: TwilioClient) -> None:
    simulator.receipts = False
    sent = api.messages.create(to=PARENT, from_=NUMBER, body="x", status_callback=URL + "/sms/status")
    simulator.report(str(sent.sid), "delivered")
    simulator.report(str(sent.sid), "sent")
    assert [fields["MessageStatus"] for _, fields in app.heard] == ["delivered", "sent"]


def test_the_list_is_filtered_and_paged_newest_first(simulator: TwilioSimulator, api: TwilioClient) -> None:
    for number in range(5):
        api.messages.create(to=PARENT, from_=NUMBER, body=f"m{number}")
    api.messages.create(to="+447700900124", from_=NUMBER, body="other")
    listed = api.messages.list(to=PARENT, page_size=2)
    assert [message.body for message in listed] == ["m4", "m3", "m2", "m1", "m0"]
    assert simulator.requests.count("GET listing") == 3
    day = listed[0].date_created
    assert len(api.messages.list(date_sent_after=day)) == 6
    assert api.messages.list(date_sent_before=day.replace(year=2000)) == []


def test_a_message_can_be_emptied_and_deleted(api: TwilioClient) -> None:
    sent = api.messages.create(to=PARENT, from_=NUMBER, body="secret")
    assert api.messages(sent.sid).update(body="").body == ""
    assert api.messages(sent.sid).delete()
    assert refused(lambda: api.messages(sent.sid).fetch()) == (404, 20404)


# --- misbehaving


def test_it_misbehaves_on_command_and_then_behaves(simulator: TwilioSimulator, api: TwilioClient) -> None:
    simulator.behave("too_many", seconds=7)
    simulator.behave("server_error", status=502)
    assert refused(lambda: api.messages.create(to=PARENT, from_=NUMBER, body="x")) == (429, 20429)
    assert refused(lambda: api.messages.create(to=PARENT, from_=NUMBER, body="x"))[0] == 502
    assert simulator.network.messages == {}
    assert api.messages.create(to=PARENT, from_=NUMBER, body="x").sid in simulator.network.messages


@pytest.mark.parametrize(("kind", "kept"), [("drop", 0), ("drop_after_accept", 1), ("hang", 0)])
def test_it_breaks_the_connection_on_command(
    simulator: TwilioSimulator, api: TwilioClient, kind: Any, kept: int
) -> None:
    simulator.behave(kind, seconds=0.05)
    with pytest.raises(requests.ConnectionError):
        api.messages.create(to=PARENT, from_=NUMBER, body="x")
    assert len(simulator.network.messages) == kept


def test_other_processes_command_it_by_its_control_door(simulator: TwilioSimulator) -> None:
    client = Client(PretendPhones(simulator))
    assert client.post("/control/text", json={"phone": PARENT, "body": "helo"}).json["replies"] == ["Helo & hi"]
    assert client.post("/control/behave", json={"kind": "slow", "seconds": 0.01}).status_code == 204
    assert simulator.next_behaviour() is not None
    bodies = [message["body"] for message in client.get("/control/messages").json["messages"]]
    assert bodies == ["helo", "Helo & hi"]


# --- the pretend phone's page


def test_the_page_texts_the_bot_and_shows_what_it_costs(simulator: TwilioSimulator, app: App) -> None:
    client = Client(PretendPhones(simulator))
    assert client.get("/").location == "/phones/+447700900001"
    page = client.get("/phones/+447700900001").text
    assert "Pretend phone 07700 900001" in page
    assert "<script" not in page
    sent = client.post("/phones/+447700900001", data={"body": "tŷ <b>", "picture": "1"})
    assert (sent.status_code, sent.location) == (303, "/phones/+447700900001")
    assert (app.heard[0][1]["Body"], app.heard[0][1]["NumMedia"]) == ("tŷ <b>", "1")
    thread = client.get("/phones/+447700900001/thread").text
    assert "tŷ &lt;b&gt;" in thread
    assert "1 part, 6 UCS-2 (because of ŷ)" in thread
    assert "1 part, 9 GSM-7" in thread
    assert client.post("/phones", data={"number": "07700 900456"}).location == "/phones/+447700900456"
    assert client.post("/phones/+447700900001", data={"body": " "}).status_code == 303
    assert len(app.heard) == 1


def test_threads_are_there_again_after_a_restart(simulator: TwilioSimulator, tmp_path: Path) -> None:
    kept = tmp_path / "phones.json"
    Client(PretendPhones(simulator, kept)).post("/phones/+447700900001", data={"body": "stop"})
    again = TwilioSimulator(simulator.webhook, account_sid=ACCOUNT, number=NUMBER)
    Client(PretendPhones(again, kept))
    assert again.network.thread("+447700900001") == simulator.network.thread("+447700900001") != ()
    assert again.network.opted_out == {"+447700900001"}
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    kept.write_text("broken")
    Network(NUMBER).load(kept)


def test_a_report_of_a_message_nobody_sent_can_be_posted(simulator: TwilioSimulator, app: App) -> None:
    ghost = Message("SM" + "9" * 32, "outbound-api", NUMBER, PARENT, "", "delivered", simulator.network.now())
    simulator.post_report(ghost)
    assert app.heard[0][1]["MessageSid"] == "SM" + "9" * 32
