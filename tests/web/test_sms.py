"""Twilio's doors, knocked on as Twilio knocks, and as others would."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs
from twilio.request_validator import RequestValidator
from werkzeug.test import Client, TestResponse

from bot.domain.conversation import Channel, InboundMessage
from bot.settings import load_settings
from bot.storage.database import DatabaseAway
from bot.web.signature import SignatureCheck, algorithm_of
from bot.web.sms import SmsDoor, sms_blueprint
from bot.web.twilio_fields import DeliveryReport, Malformed, read_pairs
from bot.web.twiml import twiml

URL = "https://helo.example.wales"
ACCOUNT = "AC" + "1" * 32
TOKEN, OLD_TOKEN = "t" * 32, "o" * 32
NUMBER = "+441443700123"
PARENT = "+447700900123"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
EMPTY = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
FORM = "application/x-www-form-urlencoded"


@dataclass
class FakeAnswer:
    texts: tuple[str, ...]


@dataclass
class Services:
    """Stands for the services: keeps what they were called with."""

    answer: tuple[str, ...] = ("Helo! Hi!",)
    fault: Exception | None = None
    messages: list[InboundMessage] = field(default_factory=list)
    reports: list[DeliveryReport] = field(default_factory=list)

    def receive(self, message: InboundMessage, now: datetime) -> FakeAnswer:
        assert now == NOW
        self.messages.append(message)
        if self.fault:
            raise self.fault
        return FakeAnswer(self.answer)

    def note(self, report: DeliveryReport, now: datetime) -> None:
        assert now == NOW
        self.reports.append(report)
        if self.fault:
            raise self.fault


@dataclass
class Door:
    client: Client
    services: Services

    def post(
        self, fields: Mapping[str, str], path: str = "/sms", *, token: str = TOKEN, **options: Any
    ) -> TestResponse:
        """Posts as Twilio does, well signed unless `signature` says otherwise."""
        signature = options.pop("signature", RequestValidator(token).compute_signature(URL + path, dict(fields)))
        headers = {"X-Twilio-Signature": signature} if signature else {}
        options = {"data": urlencode(fields), "content_type": FORM, **options}
        return self.client.post(path, headers={**headers, **options.pop("headers", {})}, **options)


def make_door(door_of: Callable[[Flask, SmsDoor], Any], tokens: str = TOKEN, url: str = URL) -> Door:
    settings = load_settings(
        {
            "HELO_PUBLIC_URL": url,
            "HELO_TWILIO_ACCOUNT_SID": ACCOUNT,
            "HELO_TWILIO_AUTH_TOKEN": tokens,
            "HELO_TWILIO_NUMBER": NUMBER,
        },
        throwaway_keys=True,
    )
    services = Services()
    app = Flask(__name__)
    door = SmsDoor(settings, services.receive, services.note, now=lambda: NOW)
    return Door(Client(door_of(app, door)), services)


def through_flask(app: Flask, door: SmsDoor) -> Any:
    app.register_blueprint(sms_blueprint(door))
    return app


def in_front_of_flask(app: Flask, door: SmsDoor) -> Any:
    return door.before(through_flask(app, door))


@pytest.fixture(params=[through_flask, in_front_of_flask])
def door(request: pytest.FixtureRequest) -> Door:
    return make_door(request.param)


def a_text(**changes: str) -> dict[str, str]:
    """All that Twilio posts for one text."""
    sid = changes.pop("MessageSid", "SM" + "a" * 32)
    return {
        "ToCountry": "GB",
        "ToState": "",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": sid,
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": "Dwi'n teimlo'n drist yn y tŷ",
        "FromCountry": "GB",
        "To": NUMBER,
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": PARENT,
        "ApiVersion": "2010-04-01",
    } | changes


def without(fields: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in fields.items() if key != name}


def kept(door: Door) -> list[Any]:
    return [*door.services.messages, *door.services.reports]


# --- a text comes in --------------------------------------------------------------------------------


def test_a_signed_text_reaches_the_service_and_its_reply_goes_back(door: Door) -> None:
    answer = door.post(a_text())
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.data == EMPTY.replace(b"></", b"><Message>Helo! Hi!</Message></")
    assert door.services.messages == [
        InboundMessage(
            provider="twilio",
            sid="SM" + "a" * 32,
            channel=Channel.SMS,
            contact=PARENT,
            text="Dwi'n teimlo'n drist yn y tŷ",
            sent_to=NUMBER,
        )
    ]


def test_no_texts_is_an_empty_answer(door: Door) -> None:
    door.services.answer = ()
    assert door.post(a_text()).data == EMPTY


def test_the_fallback_is_the_same_door(door: Door) -> None:
    answer = door.post(a_text(ErrorCode="11200", ErrorUrl=URL + "/sms"), "/sms/fallback")
    assert answer.status_code == 200
    assert answer.data == door.post(a_text()).data
    assert door.services.messages[0] == door.services.messages[1]


@pytest.mark.parametrize(
    "text",
    [
        "\\",
        "%",
        "%ff",
        "100%",
        "\x00",
        "a\x00b",
        "\u202eabc",
        "x" * 1600,
        "👩‍👩‍👧‍👦" * 40,
        "e" + "\u0301" * 60,
        "   ",
        "\n",
        "&=+;",
        "ŵŷ",
        "\ufffd",
    ],
)
def test_any_text_a_phone_can_send_arrives_exactly_as_sent(door: Door, text: str) -> None:
    assert door.post(a_text(Body=text)).status_code == 200
    assert [message.text for message in door.services.messages] == [text]


@given(st.text(max_size=300))
def test_any_text_at_all_is_answered_200(text: str) -> None:
    door = make_door(in_front_of_flask)
    assert door.post(a_text(Body=text)).status_code == 200
    assert [message.text for message in door.services.messages] == [text]


def test_letters_that_are_not_escaped_arrive_as_well(door: Door) -> None:
    fields = a_text(Body="tŷ")
    raw = "&".join(f"{name}={value}" for name, value in fields.items()).replace("+", "%2B").encode()
    assert door.post(fields, data=raw).status_code == 200
    assert [message.text for message in door.services.messages] == ["tŷ"]


def test_pictures_are_counted(door: Door) -> None:
    door.post(a_text(Body="", NumMedia="3", MediaUrl0="https://api.twilio.com/x", MessageSid="MM" + "b" * 32))
    assert [(message.text, message.media_count) for message in door.services.messages] == [("", 3)]


@pytest.mark.parametrize(("sent", "heard"), [("STOP", "STOP"), ("START", "START"), ("HELP", "HELP"), ("OTHER", None)])
def test_the_network_s_own_opt_out_is_passed_on(door: Door, sent: str, heard: str | None) -> None:
    assert door.post(a_text(Body="stop", OptOutType=sent)).status_code == 200
    assert [message.opt_out_type for message in door.services.messages] == [heard]


def test_parameters_we_do_not_know_are_no_fault(door: Door) -> None:
    assert door.post(a_text(NewThing="1", another_new_thing="x=y&z", **{"with-dash.dot": ""})).status_code == 200


@pytest.mark.parametrize(
    ("sender", "can_reply"),
    [
        ("+447700900123", True),
        ("+447911123456", True),
        ("+447624123456", True),  # the Isle of Man
        ("+447012345678", False),  # a personal number, dear to text
        ("+447612345678", False),  # a pager
        ("+441443123456", False),
        ("+4477009001234", False),
        ("+353861234567", False),
        ("60777", False),
        ("NHS Wales", False),
        ("whatsapp:+447700900123", False),
    ],
)
def test_only_uk_mobiles_are_answered(door: Door, sender: str, *, can_reply: bool) -> None:
    answer = door.post(a_text(From=sender))
    assert answer.status_code == 200
    assert (answer.data != EMPTY) == can_reply
    assert [(message.contact, message.can_reply) for message in door.services.messages] == [(sender, can_reply)]


def test_a_text_to_a_number_that_is_not_ours_is_kept_and_not_answered(door: Door) -> None:
    answer = door.post(a_text(To="+441443700999"))
    assert (answer.status_code, answer.data) == (200, EMPTY)
    assert [(m.sent_to, m.can_reply) for m in door.services.messages] == [("+441443700999", False)]


# --- who may knock ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/sms", "/sms/fallback", "/sms/status"])
def test_without_a_signature_nobody_comes_in(door: Door, path: str) -> None:
    assert door.post(a_text(), path, signature=None).status_code == 403
    assert kept(door) == []


@pytest.mark.parametrize("path", ["/sms", "/sms/fallback", "/sms/status"])
@pytest.mark.parametrize(
    "signature",
    [
        "x",
        "=" * 28,
        "é" * 28,
        RequestValidator(OLD_TOKEN).compute_signature(URL + "/sms", a_text()),
        RequestValidator(TOKEN).compute_signature(URL.replace("https", "http") + "/sms", a_text()),
        RequestValidator(TOKEN).compute_signature("https://localhost/sms", a_text()),
        RequestValidator(TOKEN).compute_signature(URL + "/sms?a=1", a_text()),
        RequestValidator(TOKEN).compute_signature(URL + "/sms", a_text(Body="other")),
        RequestValidator(TOKEN).compute_signature(URL + "/sms/", a_text()),
        RequestValidator(TOKEN).compute_signature(URL + "/sms", {}),
    ],
)
def test_a_wrong_signature_is_refused(door: Door, path: str, signature: str) -> None:
    assert door.post(a_text(), path, signature=signature).status_code == 403
    assert kept(door) == []


def test_what_the_request_says_of_its_own_address_changes_nothing(door: Door) -> None:
    forged = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "Forwarded": "host=evil.example;proto=http",
        "X-Original-URL": "/elsewhere",
    }
    assert door.post(a_text(), headers=forged).status_code == 200
    theirs = RequestValidator(TOKEN).compute_signature("http://evil.example/sms", a_text())
    assert door.post(a_text(), headers=forged, signature=theirs).status_code == 403


def test_an_address_with_its_port_is_the_same_address(door: Door) -> None:
    ported = RequestValidator(TOKEN).compute_signature(URL + ":443/sms", a_text())
    assert door.post(a_text(), signature=ported).status_code == 200


def test_a_query_is_part_of_the_signature(door: Door) -> None:
    asked = RequestValidator(TOKEN).compute_signature(URL + "/sms?b=%20&a=1", a_text())
    assert door.post(a_text(), "/sms?b=%20&a=1", signature=asked).status_code == 200
    assert door.post(a_text(), "/sms?a=1&b=%20", signature=asked).status_code == 403


@pytest.mark.parametrize("way", [through_flask, in_front_of_flask])
def test_two_tokens_hold_while_one_is_replaced(way: Callable[[Flask, SmsDoor], Any]) -> None:
    rotating = make_door(way, tokens=f"{TOKEN},{OLD_TOKEN}")
    assert [rotating.post(a_text(), token=token).status_code for token in (TOKEN, OLD_TOKEN)] == [200, 200]
    rotated = make_door(way)
    assert [rotated.post(a_text(), token=token).status_code for token in (TOKEN, OLD_TOKEN)] == [200, 403]


@pytest.mark.parametrize("way", [through_flask, in_front_of_flask])
def test_without_a_token_nothing_is_believed(way: Callable[[Flask, SmsDoor], Any]) -> None:
    assert make_door(way, tokens="").post(a_text(), token="").status_code == 403


def test_an_empty_token_is_no_token() -> None:
    with pytest.raises(ValueError, match="empty token"):
        SignatureCheck(URL, ["", TOKEN], lambda *_: True)


@pytest.mark.parametrize("named", [True, False])
def test_sha_256_signatures_hold(door: Door, *, named: bool) -> None:
    signature = RequestValidator(TOKEN).compute_signature(URL + "/sms", a_text(), "HMAC_SHA256")
    settings = {"X-Twilio-Webhooks-Signature-Settings": "key=webhooks_1,algorithm=HMAC_SHA256"} if named else {}
    assert door.post(a_text(), signature=signature, headers=settings).status_code == 200


def test_another_algorithm_is_refused(door: Door) -> None:
    settings = {"X-Twilio-Webhooks-Signature-Settings": "key=webhooks_1,algorithm=HMAC_MD5"}
    assert door.post(a_text(), headers=settings).status_code == 403


# Names and values as phones and strangers make them; half of the names are ones Twilio sends.
_NAMES = st.one_of(
    st.sampled_from(["Body", "From", "FromCity", "To", "MessageSid"]), st.text("aBŵ_", min_size=1, max_size=5)
)
_FIELDS = st.lists(st.tuples(_NAMES, st.text("Abŵŷ😀 +&=%\n\x00", max_size=12)), max_size=8)


@given(_FIELDS, st.sampled_from(["HMAC_SHA1", "HMAC_SHA256"]), st.sampled_from(["", "a=1&b=%C5%B5"]), st.data())
def test_the_quick_way_agrees_with_twilio_s_library(
    pairs: list[tuple[str, str]], algorithm: str, query: str, data: st.DataObject
) -> None:
    fields = dict(pairs)
    asked: list[str] = []

    def judge(token: str, *_: Any) -> bool:
        asked.append(token)
        return False

    address = f"{URL}/sms?{query}" if query else URL + "/sms"
    right = RequestValidator(TOKEN).compute_signature(address, fields, algorithm)
    signature = data.draw(st.sampled_from([right, right[:-2] + "x=", right.lower()]))
    library = RequestValidator(TOKEN).validate(address, fields, signature, algorithm)
    check = SignatureCheck(URL, [OLD_TOKEN, TOKEN], judge)
    settings = f"key=k,algorithm={algorithm}"
    holds = check.holds(
        "/sms", query, list(fields.items()), signature=signature, algorithm=algorithm_of(signature, settings)
    )
    assert holds == library
    assert asked == ([] if library else [OLD_TOKEN, TOKEN])


# --- a signature re-cut into other fields -------------------------------------------------------------


def recut(door: Door, original: dict[str, str], forged: dict[str, str]) -> int:
    """Posts `forged` with the signature of `original`, having made sure that the signature itself would hold."""
    signature = RequestValidator(TOKEN).compute_signature(URL + "/sms", original)
    assert RequestValidator(TOKEN).validate(URL + "/sms", forged, signature)
    return door.post(forged, signature=signature).status_code


@pytest.mark.parametrize(
    ("original", "swallowed", "forged"),
    [
        (a_text(Body="hello"), ["Body", "From"], {"Body": f"helloFrom{PARENT}"}),
        (a_text(Body="hello"), ["Body"], {"Bodyhello": ""}),
        (a_text(Body="hello"), ["Body"], {"Bodyhe": "llo"}),
        (a_text(Body="hello"), ["Body"], {"Bod": "yhello"}),
        (a_text(), ["From", "FromCity"], {"From": f"{PARENT}FromCity"}),
        # A sender with letters, so the text would be kept as one we cannot answer, in place of the real one.
        (
            a_text(Body="hello", FromCity="BARRY"),
            ["Body", "From", "FromCity"],
            {"Body": f"helloFrom{PARENT}", "From": "CityBARRY"},
        ),
        (a_text(), ["To", "ToCity", "SmsStatus"], {"SmsStatus": f"receivedTo{NUMBER}", "To": "City"}),
        (a_text(), ["MessageSid", "NumMedia"], {"MessageSid": "SM" + "a" * 32 + "NumMedia0"}),
        (a_text(), ["MessageSid"], {"Message": "SidSM" + "a" * 32}),
        # A text cut short: what follows its first capital letter becomes the name of a field.
        (a_text(Body="Can I die here"), ["Body"], {"Body": "", "Can I die": " here"}),
        (a_text(), ["NumMedia", "NumSegments"], {"NumMedia": "0NumSegments1"}),
    ],
)  # fmt: skip
def test_a_captured_request_cannot_be_cut_another_way(
    door: Door, original: dict[str, str], swallowed: list[str], forged: dict[str, str]
) -> None:
    rest = {name: value for name, value in original.items() if name not in swallowed}
    assert recut(door, original, rest | forged) in {400, 403}
    assert kept(door) == []


# --- strict fields ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["MessageSid", "AccountSid", "From", "To", "Body"])
def test_a_missing_field_is_refused(door: Door, name: str) -> None:
    assert door.post(without(a_text(), name)).status_code == 400
    assert kept(door) == []


@pytest.mark.parametrize(
    "change",
    [
        {"MessageSid": "SM" + "A" * 32},
        {"MessageSid": "SM" + "a" * 31},
        {"MessageSid": "SM" + "a" * 32 + "\n"},
        {"SmsSid": "SM" + "c" * 32},
        {"SmsMessageSid": "SM" + "c" * 32},
        {"From": ""},
        {"From": "+447700900123\n"},
        {"From": "x" * 65},
        {"From": "ŵ"},
        {"To": "Helo"},
        {"To": ""},
        {"NumMedia": "²"},
        {"NumMedia": "-1"},
        {"NumMedia": ""},
        {"9lives": ""},
        {"": "x"},
    ],
)
def test_a_field_of_the_wrong_shape_is_refused(door: Door, change: dict[str, str]) -> None:
    assert door.post(a_text(**change)).status_code == 400
    assert kept(door) == []


def test_another_account_is_refused(door: Door) -> None:
    assert door.post(a_text(AccountSid="AC" + "2" * 32)).status_code == 403
    assert kept(door) == []


@pytest.mark.parametrize("name", ["From", "Body", "MessageSid", "NewThing"])
def test_a_field_sent_twice_is_refused_even_when_signed(door: Door, name: str) -> None:
    fields = a_text(NewThing="1")
    pairs = [*fields.items(), (name, "second")]
    twice = {key: [value for other, value in pairs if other == key] for key, _ in pairs}
    signature = RequestValidator(TOKEN).compute_signature(URL + "/sms", Many(twice))
    assert door.post(fields, data=urlencode(pairs), signature=signature).status_code == 400
    assert door.post(fields, data=urlencode(pairs)).status_code == 403
    assert kept(door) == []


class Many(dict[str, list[str]]):
    def getlist(self, name: str) -> list[str]:
        return self[name]


# --- bounds ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
@pytest.mark.parametrize("path", ["/sms", "/sms/fallback", "/sms/status"])
def test_only_post(door: Door, method: str, path: str) -> None:
    answer = door.client.open(path, method=method)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", f"{FORM}; charset=utf-16", ""]
)
def test_another_content_type_is_refused(door: Door, kind: str) -> None:
    assert door.post(a_text(), content_type=kind).status_code == 415
    assert kept(door) == []


@pytest.mark.parametrize("kind", [f"{FORM}; charset=UTF-8", f'{FORM};charset="utf-8"', FORM.title()])
def test_the_same_content_type_in_other_letters_is_accepted(door: Door, kind: str) -> None:
    assert door.post(a_text(), content_type=kind).status_code == 200


def test_an_empty_body_is_no_empty_text(door: Door) -> None:
    assert door.post({}).status_code == 400
    assert kept(door) == []


def test_a_body_over_the_limit_is_not_read(door: Door) -> None:
    fields = a_text(Body="x" * 70_000)
    assert door.post(fields).status_code == 413

    class Unread:
        def read(self, *_: int) -> bytes:
            raise AssertionError("the body was read")

    for length in (str(64 * 1024 + 1), "9" * 30):
        environ = {"wsgi.input": Unread(), "CONTENT_LENGTH": length, "HTTP_X_TWILIO_SIGNATURE": "x"}
        answer = door.client.post("/sms", environ_overrides=environ, content_type=FORM)
        assert answer.status_code == 413


def test_the_largest_body_allowed_is_read(door: Door) -> None:
    room = 64 * 1024 - len(urlencode(a_text(Body="")))
    assert door.post(a_text(Body="x" * room)).status_code == 200
    assert door.post(a_text(Body="x" * (room + 1))).status_code == 413


def test_a_body_without_length_is_refused(door: Door) -> None:
    answer = door.client.post(
        "/sms", headers={"Transfer-Encoding": "chunked", "X-Twilio-Signature": "x"}, content_type=FORM
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["-1", "²", "+5", "0x10"])
def test_a_length_that_is_no_number_is_refused(door: Door, length: str) -> None:
    environ = {"CONTENT_LENGTH": length, "HTTP_X_TWILIO_SIGNATURE": "x"}
    assert door.client.post("/sms", environ_overrides=environ, content_type=FORM).status_code == 400


def test_a_body_cut_short_is_refused(door: Door) -> None:
    body = urlencode(a_text())
    assert door.post(a_text(), environ_overrides={"CONTENT_LENGTH": str(len(body) + 1)}).status_code == 400


def test_too_many_fields_are_refused(door: Door) -> None:
    assert door.post(a_text() | {f"f{number}": "1" for number in range(5000)}).status_code == 413


def test_a_field_without_a_value_is_refused(door: Door) -> None:
    assert door.post(a_text(), data=urlencode(a_text()) + "&lonely").status_code == 400


@given(st.lists(st.tuples(st.text("aŵ +&=%;\x00", min_size=1), st.text("aŵ +&=%;\x00")), max_size=20))
def test_forms_are_read_as_the_standard_library_reads_them(pairs: list[tuple[str, str]]) -> None:
    body = urlencode(pairs)
    assert read_pairs(body.encode()) == parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body)) == pairs


@given(st.binary(max_size=100))
def test_no_body_breaks_the_reader(body: bytes) -> None:
    try:
        pairs = read_pairs(body)
    except Malformed:
        return
    assert all(isinstance(name + value, str) for name, value in pairs)


# --- when something breaks inside ---------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/sms", "/sms/fallback", "/sms/status"])
@pytest.mark.parametrize(("fault", "status"), [(DatabaseAway("disk full"), 503), (RuntimeError(PARENT), 500)])
def test_a_fault_inside_is_never_a_200_and_never_a_leak(door: Door, path: str, fault: Exception, status: int) -> None:
    door.services.fault = fault
    with capture_logs() as logs:
        answer = door.post(a_text(MessageStatus="sent"), path)
    assert (answer.status_code, answer.data) == (status, b"")
    assert len(logs) == 1
    assert logs[0]["sid"] == "SM" + "a" * 32
    assert PARENT not in repr(logs)
    assert "drist" not in repr(logs)


def test_a_refusal_is_logged_without_words_or_numbers(door: Door) -> None:
    with capture_logs() as logs:
        door.post(a_text(), signature="x")
        door.post(a_text(From="\u0175 secret"))
    assert [(line["event"], line["status"]) for line in logs] == [("sms_refused", 403), ("sms_refused", 400)]
    assert not any(word in repr(logs) for word in (PARENT, "drist", "secret", NUMBER))


# --- what became of our own texts ---------------------------------------------------------------------


def a_report(**changes: str) -> dict[str, str]:
    sid = "SM" + "d" * 32
    return {
        "SmsSid": sid,
        "SmsStatus": "delivered",
        "MessageStatus": "delivered",
        "To": PARENT,
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": NUMBER,
        "ApiVersion": "2010-04-01",
    } | changes


def test_a_report_reaches_the_service(door: Door) -> None:
    assert door.post(a_report(), "/sms/status").status_code == 200
    assert door.post(a_report(MessageStatus="undelivered", ErrorCode="30003"), "/sms/status").status_code == 200
    assert door.services.reports == [
        DeliveryReport("SM" + "d" * 32, "delivered", None),
        DeliveryReport("SM" + "d" * 32, "undelivered", "30003"),
    ]


@pytest.mark.parametrize(("query", "ours"), [("message=" + "e" * 32, "e" * 32), ("message=x", None), ("a=b", None)])
def test_a_report_brings_back_our_own_id(door: Door, query: str, ours: str | None) -> None:
    assert door.post(a_report(), f"/sms/status?{query}").status_code == 200
    assert [report.outbound_id for report in door.services.reports] == [ours]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"MessageSid": "x"}, 400),
        ({"AccountSid": "AC" + "2" * 32}, 403),
        ({"MessageStatus": "<b>"}, 400),
        ({"ErrorCode": "21x"}, 400),
        ({"MessageStatus": "", "SmsStatus": ""}, 400),
    ],
)
def test_a_report_of_the_wrong_shape_is_refused(door: Door, changes: dict[str, str], status: int) -> None:
    assert door.post(a_report(**changes), "/sms/status").status_code == status
    assert kept(door) == []


# --- the XML --------------------------------------------------------------------------------------------


@given(st.lists(st.text(max_size=200), max_size=4))
def test_twiml_is_always_well_formed_and_says_what_was_meant(texts: list[str]) -> None:
    made = twiml(texts)
    assert made == twiml(list(texts))
    root = ElementTree.fromstring(made)
    assert root.tag == "Response"
    assert [child.tag for child in root] == ["Message"] * len(root)
    assert all((child.text or "").strip() for child in root)


def test_marks_of_xml_and_curly_quotes_go_through() -> None:
    assert twiml(["<b> & ]]> “tŷ”\x00\ud800"]) == EMPTY.replace(
        b"></", '><Message>&lt;b&gt; &amp; ]]&gt; "tŷ"</Message></'.encode()
    )
