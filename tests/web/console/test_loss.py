"""The page on which staff record a loss: it says what follows, asks for a considered yes, and can be corrected."""

from html import unescape

import pytest

from bot.services.record_loss import record_loss
from bot.storage import conversations
from tests.web.console.house import House, line

PAGE = "/staff/conversations/{}/loss"


def known(house: House, conversation_id: str) -> bool:
    stored = house.desk.database.read(lambda tx: conversations.load(tx, house.desk.vault, conversation_id))
    assert stored is not None
    return stored.conversation.loss


def say(house: House, language: str, address: str, **values: str) -> str:
    return house.desk.catalogue.text(language, address, values)


@pytest.mark.parametrize("role", ["practitioner", "lead", "safeguarding"])
def test_who_meets_parents_may_record_it_with_one_considered_action(house: House, role: str) -> None:
    id_ = house.parent("helo").id
    browser = house.signed_in(role)
    page = browser.get(PAGE.format(id_)).text
    for what in ("texts", "waiting", "call", "silent", "good"):
        assert say(house, "en", f"console.loss.then_{what}") in page
    answer = browser.send(f"{PAGE.format(id_)}/record", sure="yes")
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE.format(id_))
    assert known(house, id_)
    done = [entry for entry in house.audited("conversation", id_) if entry.action == "record_loss"]
    assert [entry.who.partition(":")[0] for entry in done] == ["staff"]


@pytest.mark.parametrize("verb", ["record", "take-back"])
@pytest.mark.parametrize("fields", [{}, {"sure": ""}, {"sure": "on"}, {"sure": "no"}])
def test_without_the_tick_nothing_is_changed(house: House, verb: str, fields: dict[str, str]) -> None:
    id_ = house.parent("helo").id
    if verb == "take-back":
        record_loss(house.desk, id_, "staff:1", house.clock())
    before = known(house, id_)
    refused = house.signed_in("lead").send(f"{PAGE.format(id_)}/{verb}", **fields)
    assert refused.status_code == 422
    assert say(house, "en", "console.loss.fault.not_sure") in refused.text
    assert known(house, id_) is before


def test_a_mistake_is_taken_back_and_both_stay_on_record(house: House) -> None:
    id_ = house.parent("helo").id
    browser = house.signed_in("practitioner")
    browser.send(f"{PAGE.format(id_)}/record", sure="yes")
    assert say(house, "en", "console.loss.ask_parent") not in browser.get(PAGE.format(id_)).text
    assert browser.send(f"{PAGE.format(id_)}/take-back", sure="yes").status_code == 302
    assert not known(house, id_)
    actions = [entry.action for entry in house.audited("conversation", id_)]
    assert [action for action in actions if action.endswith("loss")] == ["record_loss", "take_back_loss"]


def test_the_page_says_who_recorded_it_or_that_the_parent_did(house: House) -> None:
    id_ = house.parent("helo").id
    email = house.person("lead", email="mared@team.example", password=False)
    record_loss(house.desk, id_, f"staff:{house.staff_id(email)}", house.clock())
    page = house.signed_in(email=email).get(PAGE.format(id_)).text
    assert say(house, "en", "console.loss.by_staff", name="Mared") in page
    assert say(house, "en", "console.loss.by_parent") not in page


@pytest.mark.parametrize("verb", ["record", "take-back"])
def test_a_second_press_is_no_harm_and_a_stranger_is_not_found(house: House, verb: str) -> None:
    id_ = house.parent("helo").id
    browser = house.signed_in("lead")
    for _ in range(2):
        assert browser.send(f"{PAGE.format(id_)}/{verb}", sure="yes").status_code == 302
    assert browser.send(f"{PAGE.format('0' * 32)}/{verb}", sure="yes").status_code == 404
    assert browser.get(PAGE.format("0" * 32)).status_code == 404


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_call_sheet_and_the_conversation_lead_there(house: House, language: str) -> None:
    call = house.call(line("call_name", "Mared"))
    browser = house.signed_in("practitioner")
    browser.send("/staff/language", language=language)
    places = (f"/staff/calls/{call.id}", f"/staff/conversations/{call.conversation_id}")
    link = PAGE.format(call.conversation_id)
    for place in places:
        page = unescape(browser.get(place).text)
        assert link in page
        assert say(house, language, "console.sheet.loss") not in page
    browser.send(f"{link}/record", sure="yes")
    for place in places:
        page = unescape(browser.get(place).text)
        assert link in page
        assert say(house, language, "console.sheet.loss") in page
