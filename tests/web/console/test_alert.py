"""One alert on the console: what a practitioner with two minutes sees, and what each button does."""

import re
from datetime import timedelta
from typing import Any

import pytest

from bot.services.chase_alerts import chase_alerts
from bot.services.try_phones import try_phones
from bot.storage import chasing, concerns, pages, reports
from bot.storage.concerns import Alert
from tests.web.console.house import HOST, House

AGENTS = (
    "Mozilla/5.0 (compatible; bingbot/2.0)", "Slackbot-LinkExpanding 1.0", "facebookexternalhit/1.1", "WhatsApp/2.24",
    "Twitterbot/1.0", "SkypeUriPreview", "Microsoft Office/16.0", "BarracudaCentral", "Mimecast", "Proofpoint",
    "Google-Safety", "curl/8.0", "python-requests/2", "AppleWebKit iMessage preview", "TelegramBot", "Discordbot/2.0",
    "LinkedInBot/1.0", "Outlook-SafeLinks", "Symantec", "",
)  # fmt: skip


def alert_in(house: House, text: str = "I want to end it all", words: str = "end it all") -> Alert:
    """An alert whose first level has been told."""
    alert = house.alert(text, words)
    house.desk.database.write(lambda tx: chasing.look_again(tx, alert.id, house.clock()))
    chase_alerts(house.desk, house.clock())
    return kept(house, alert)


def kept(house: House, alert: Alert) -> Alert:
    found = house.desk.database.read(lambda tx: concerns.load(tx, alert.id))
    assert found is not None
    return found


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_scanner_that_opens_the_link_takes_nothing_and_learns_nothing(house: House, agent: str, method: str) -> None:
    alert = house.alert("I want to end it all", "end it all")
    browser = house.browser()
    for place in ("", "/acknowledge", "/close", "/pass-on", "/reopen", "/report"):
        answer = browser.client.open(
            f"/staff/alerts/{alert.id}{place}", method=method, base_url=HOST, headers={"User-Agent": agent}
        )
        assert answer.status_code in {302, 401, 405, 403}
        assert "end it all" not in answer.text
        assert alert.reference not in answer.text
    assert (kept(house, alert).state, kept(house, alert).owner) == ("open", None)


def test_the_page_says_who_was_told_when_and_how_it_went(house: House) -> None:
    alert = alert_in(house)
    (page,) = house.desk.database.read(lambda tx: pages.of_alert(tx, alert.id))
    browser = house.signed_in("lead")
    assert "on its way" in browser.get(f"/staff/alerts/{alert.id}").text
    house.desk.database.write(lambda tx: pages.move(tx, page.id, "failed", house.clock(), error_code="30005"))
    text = browser.get(f"/staff/alerts/{alert.id}").text
    assert "On call (demo)" in text
    assert "could not be reached" in text
    assert "30005" in text


def test_why_is_in_both_languages_and_what_is_not_known_is_said(house: House) -> None:
    alert = alert_in(house)
    text = house.signed_in("safeguarding").get(f"/staff/alerts/{alert.id}").text
    say = house.desk.catalogue.text
    for language in ("cy", "en"):
        label = say(language, "alerts.category.suicide_self_harm").replace("'", "&#39;")
        assert f'<span lang="{language}">{label}</span>' in text
    for what in ("name", "language", "safe", "area", "alone"):
        assert say("en", f"alerts.unknown.{what}").replace("'", "&#39;") in text
    assert say("en", "alerts.unknown.number") + "</li>" not in text, "it is a text: the number is known"


def test_what_the_parent_said_of_being_reached_safely_stands_beside_the_number(house: House) -> None:
    alert = alert_in(house)
    browser, say = house.signed_in("lead"), house.desk.catalogue.text
    not_asked, warned = say("en", "alerts.safe_not_asked"), say("en", "console.conversation.not_safe")
    before = browser.get(f"/staff/alerts/{alert.id}").text
    assert not_asked in before
    assert warned not in before
    house.answered(alert, about="not_sure")
    assert warned in browser.get(f"/staff/alerts/{alert.id}").text, "they were not sure that it was safe to start"
    house.answered(alert, about="yes", call_safety_phone="no", call_safety_answer="ring_off", call_safety_word="blue")
    text = browser.get(f"/staff/alerts/{alert.id}").text
    assert warned in text
    assert not_asked not in text, "it was asked, and answered"
    assert say("en", "alerts.unknown.safe") + "</li>" not in text
    for address in ("call_safety_phone.no", "call_safety_answer.ring_off", "call_safety_word.blue"):
        assert say("en", f"booking.{address}").replace("'", "&#39;") in text


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_button_is_there_in_both_languages(house: House, language: str) -> None:
    alert = alert_in(house)
    browser = house.signed_in("lead")
    browser.send("/staff/language", language=language, next="/staff/")
    text = browser.get(f"/staff/alerts/{alert.id}").text
    for address in (
        "alerts.acknowledge", "alerts.outcome.already_safe", "alerts.pass_on.cannot_now", "alerts.pass_on.needs_lead",
    ):  # fmt: skip
        assert house.desk.catalogue.text(language, address).replace("'", "&#39;") in text


def test_passing_on_moves_the_chain_at_once(house: House) -> None:
    alert = alert_in(house)
    browser = house.signed_in("practitioner")
    assert browser.send(f"/staff/alerts/{alert.id}/pass-on").status_code == 400
    assert browser.send(f"/staff/alerts/{alert.id}/pass-on", reason="made up").status_code == 400
    assert browser.send(f"/staff/alerts/{alert.id}/pass-on", reason="needs_lead").status_code == 302
    told = house.desk.database.read(lambda tx: pages.of_alert(tx, alert.id))
    assert [page.person for page in told] == ["demo-on-call", "demo-lead"]
    assert "It needs the lead" in browser.get(f"/staff/alerts/{alert.id}").text
    browser.send(f"/staff/alerts/{alert.id}/close", outcome="spoke_safe")
    assert browser.send(f"/staff/alerts/{alert.id}/pass-on", reason="needs_lead").status_code == 409


def test_already_safe_is_one_click_and_can_be_undone(house: House) -> None:
    alert = alert_in(house)
    browser = house.signed_in("lead")
    assert browser.send(f"/staff/alerts/{alert.id}/close", outcome="already_safe").status_code == 302
    assert kept(house, alert).outcome == "already_safe"
    assert browser.send(f"/staff/alerts/{alert.id}/reopen").status_code == 302
    assert kept(house, alert).state == "open"
    assert browser.send(f"/staff/alerts/{alert.id}/reopen").status_code == 409
    actions = [entry.action for entry in house.audited("alert", alert.id) if entry.action != "view"]
    assert actions == ["close:already_safe", "reopen"]


def test_whoever_has_it_sees_until_when_and_may_take_the_time_again(house: House) -> None:
    alert = alert_in(house)
    browser = house.signed_in("lead")
    browser.send(f"/staff/alerts/{alert.id}/acknowledge")
    assert "still dealing with it" in browser.get(f"/staff/alerts/{alert.id}").text
    house.clock.forward(seconds=600)
    before = kept(house, alert).due_at
    assert browser.send(f"/staff/alerts/{alert.id}/acknowledge").status_code == 302
    assert kept(house, alert).due_at == before + timedelta(seconds=600)  # type: ignore[operator]
    assert "still dealing with it" not in house.signed_in("practitioner").get(f"/staff/alerts/{alert.id}").text


def test_the_history_names_every_reason_for_sharing_without_consent(house: House) -> None:
    alert = alert_in(house)
    browser, say = house.signed_in("lead"), house.desk.catalogue.text
    path = f"/staff/alerts/{alert.id}"
    browser.send(f"{path}/acknowledge")
    for reason in ("risk_to_child", "crime"):
        browser.send(f"{path}/report", act="consent", reason=reason, note=f"because of {reason}")
    text = browser.get(path).text
    history = text[text.index('id="alert-history"') :]
    for reason in ("risk_to_child", "crime"):
        assert say("en", f"alerts.consent.{reason}").replace("'", "&#39;") in history
        assert f"because of {reason}" in text


def test_the_report_has_its_times_and_its_buttons_and_turns_red(house: House) -> None:
    alert = alert_in(house)
    browser = house.signed_in("lead")
    path = f"/staff/alerts/{alert.id}"
    assert "written report" not in browser.get(path).text.lower().replace("report still", "")
    browser.send(f"{path}/acknowledge")
    text = browser.get(path).text
    assert "by Tuesday 24 November at 12:00" in text
    assert "by Wednesday 2 December at 12:00" in text
    browser.send(f"{path}/close", outcome="referred_on")
    house.clock.forward(hours=25)
    browser = house.signed_in("lead")
    assert "LATE" in browser.get(path).text
    assert "LATE" in browser.get("/staff/alerts").text, "though the alert is closed"
    assert browser.get("/staff/alerts/live").json["trouble"] == ["report"]
    for bad in ({}, {"act": "gone"}, {"act": "not_needed"}, {"act": "consent", "reason": "no_concern"}):
        assert browser.send(f"{path}/report", **bad).status_code == 400
    assert browser.send(f"{path}/report", act="written").status_code == 302
    assert browser.send(f"{path}/report", act="consent", reason="crime", note="<b>why</b>").status_code == 302
    text = browser.get(path).text
    assert "LATE" not in text
    assert "&lt;b&gt;why&lt;/b&gt;" in text
    assert browser.send(f"{path}/report", act="authority").status_code == 302
    report = house.desk.database.read(lambda tx: reports.load(tx, house.desk.vault, alert.id))
    assert report is not None
    assert report.next_due_at is None


@pytest.mark.parametrize("place", ["pass-on", "reopen", "report"])
def test_an_alert_that_is_not_there_is_a_404(house: House, place: str) -> None:
    browser = house.signed_in("lead")
    answer = browser.send(f"/staff/alerts/{'0' * 32}/{place}", reason="needs_lead", act="written")
    assert answer.status_code == (400 if place == "report" else 404)


def test_trouble_is_loud_on_every_page(house: House) -> None:
    alert = alert_in(house)
    browser = house.signed_in("lead")
    assert loud(browser.get("/staff/account").text) == []
    house.desk.database.write(lambda tx: chasing.mark_unreached(tx, alert.id, house.clock()))
    for path in ("/staff/", "/staff/account", "/staff/tasks", f"/staff/alerts/{alert.id}"):
        assert loud(browser.get(path).text) == ["unreached"]
    house.clock.forward(minutes=10)
    assert loud(house.signed_in("lead").get("/staff/account").text) == ["unreached", "late"], (
        "and the worker has stopped"
    )
    assert house.browser().get("/readyz").status_code == 503


def loud(text: str) -> list[str]:
    """The codes of the lines that are shown."""
    return re.findall(r'data-trouble="(\w+)">', text)


def test_a_page_that_is_open_knows_when_it_must_be_renewed(house: House) -> None:
    alert = alert_in(house)
    browser = house.signed_in("lead")
    path = f"/staff/alerts/{alert.id}"

    def mark() -> Any:
        return browser.get(f"/staff/alerts/live?of={alert.id}").json["mark"]

    shown = re.search(r'data-mark="(\w+)"', browser.get(path).text)
    assert shown is not None
    assert shown[1] == mark() == mark()
    (page,) = house.desk.database.read(lambda tx: pages.of_alert(tx, alert.id))
    house.desk.database.write(lambda tx: pages.move(tx, page.id, "sent", house.clock()))
    assert mark() != shown[1]
    for strange in ("x", "0" * 32, "'--", "²"):
        assert browser.get("/staff/alerts/live", query_string={"of": strange}).status_code == 200


def test_a_page_renewed_by_itself_keeps_no_session_alive(house: House) -> None:
    alert = alert_in(house)
    browser = house.signed_in("lead")
    for _ in range(20):
        house.clock.forward(seconds=60)
        answer = browser.get(f"/staff/alerts/{alert.id}", headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 302, "signed out by time"


def test_a_phone_that_did_not_answer_the_weekly_test_is_shown_in_red(house: House) -> None:
    browser = house.signed_in("practitioner")
    assert "note--danger" not in browser.get("/staff/alerts").text
    try_phones(house.desk, house.clock())
    page = browser.get("/staff/alerts").text
    for person in house.desk.team.people.values():
        words = house.desk.catalogue.text("en", "alerts.phone_test.silent", {"name": person.name})
        assert words.replace("'", "&#39;") in page
    assert page.count("note--danger") == 2
