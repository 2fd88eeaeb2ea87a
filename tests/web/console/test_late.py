"""What came late and what was too late to send: staff see which, in both languages, and none of it says words."""

from datetime import timedelta
from html import unescape

import pytest

from bot.domain.conversation import Channel, InboundMessage
from bot.gateways.roads import Roads
from bot.services.receive_message import receive_message
from bot.services.send_due import send_due
from bot.storage import concerns, outbox
from bot.storage.outbox import OutboundMessage
from tests.factories import PARENT_NUMBER
from tests.web.console.house import House

DANGER = "I am going to kill myself tonight"


def late_text(house: House, text: str) -> str:
    """Takes in a text that is five minutes old; the conversation's id."""
    message = InboundMessage(
        "twilio", "SM" + "4" * 32, Channel.SMS, PARENT_NUMBER, text, sent_at=house.clock() - timedelta(minutes=5)
    )
    receive_message(house.desk, message, house.clock())
    return house.desk.database.read(concerns.live)[0].conversation_id


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_late_text_is_marked_wherever_staff_read_it(house: House, language: str) -> None:
    conversation = late_text(house, DANGER)
    (alert,) = house.desk.database.read(concerns.live)
    browser = house.signed_in("practitioner")
    browser.send("/staff/language", language=language, next="/staff/")
    said = house.desk.catalogue.text
    history = unescape(browser.get(f"/staff/alerts/{alert.id}").text)
    thread = unescape(browser.get(f"/staff/conversations/{conversation}").text)
    assert said(language, "console.received_late") in history
    assert said(language, "console.received_late") in thread
    assert said(language, "alerts.event.received_late") in history


def test_what_has_not_left_is_not_shown_as_said(house: House) -> None:
    late_text(house, DANGER)
    (alert,) = house.desk.database.read(concerns.live)
    page = house.signed_in("practitioner").get(f"/staff/alerts/{alert.id}").text
    assert "999" not in page.partition(house.desk.catalogue.text("en", "alerts.words"))[2].partition("<form")[0]
    assert house.desk.catalogue.text("en", "alerts.bot_silent") in unescape(page)


def test_what_was_too_late_to_send_is_listed_with_its_conversation(house: House) -> None:
    conversation = late_text(house, DANGER)
    now = house.clock()
    message = OutboundMessage(
        "reminder", "call_reminder", "sms", PARENT_NUMBER, "canary words", "k", now,
        conversation_id=conversation, not_after=now,
    )  # fmt: skip
    house.desk.database.write(lambda tx: outbox.put(tx, house.desk.vault, message, now))
    browser = house.signed_in("practitioner")
    title = house.desk.catalogue.text("en", "console.too_late.title")
    assert title not in browser.get("/staff/tasks").text
    house.clock.forward(minutes=5)
    send_due(house.desk, Roads(None, None), "reminder", house.clock())
    page = browser.get("/staff/tasks").text
    assert title in page
    assert house.desk.catalogue.text("en", "console.too_late.kind.call_reminder") in page
    assert f"/staff/conversations/{conversation}" in page
    assert house.desk.catalogue.text("en", "console.task.message_too_late") in page
    assert "canary" not in page
