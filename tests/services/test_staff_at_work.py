"""What staff do: take over, reply, hand back, take an alert on, close it, note how a call went, come and go."""

from datetime import timedelta

import pytest

from bot.domain.conversation import Channel
from bot.domain.status import MoveNotAllowed, Status
from bot.services.acknowledge_alert import NoSuchAlert, acknowledge_alert
from bot.services.add_staff import add_staff, link_id, seed_demo
from bot.services.close_alert import NoOutcome, close_alert
from bot.services.desk import Desk
from bot.services.disable_staff import NoSuchStaff, disable_staff
from bot.services.hand_back import hand_back
from bot.services.record_call_outcome import NoSuchCall, StaleCall, record_call_outcome
from bot.services.reply_as_person import CannotBeSent, ready_to_send, reply_as_person
from bot.services.take_over import NoSuchConversation, take_over
from bot.storage import accounts, audit, calls, concerns, conversations, findings, messages, staff_sessions
from bot.storage.concerns import Alert
from tests.desks import Clock, Phone

WHO = "staff:1"
NOBODY = "0" * 32


def raise_alert(desk: Desk, phone: Phone) -> Alert:
    now, id_ = desk.now(), phone.conversation.id
    return desk.database.write(
        lambda tx: concerns.open_or_raise(
            tx,
            conversation_id=id_,
            severity="urgent",
            category="psychosis",
            now=now,
            due_at=now + timedelta(minutes=2),
        )
    )


def book(desk: Desk, phone: Phone) -> calls.Call:
    now, id_ = desk.now(), phone.conversation.id

    def work(tx: staff_sessions.Transaction) -> calls.Call:
        held = calls.hold(
            tx,
            conversation_id=id_,
            staff_key="demo-sian",
            starts_at=now + timedelta(hours=20),
            ends_at=now + timedelta(hours=21),
            busy_until=now + timedelta(hours=21),
            hold_until=now + timedelta(minutes=5),
            now=now,
        )
        return calls.confirm(tx, desk.vault, held.id, sheet={"lines": []}, now=now)

    return desk.database.write(work)


def test_the_bot_is_silent_while_a_person_has_the_conversation(desk: Desk, phone: Phone) -> None:
    assert phone.text("helo")
    take_over(desk, phone.conversation.id, WHO, desk.now())
    assert phone.conversation.status is Status.WITH_PERSON
    assert phone.text("is anybody there", "1") == ()
    hand_back(desk, phone.conversation.id, WHO, desk.now())
    assert phone.text("1") != ()


def test_who_took_over_and_gave_back_is_on_the_record(desk: Desk, phone: Phone) -> None:
    phone.text("helo")
    id_ = phone.conversation.id
    take_over(desk, id_, WHO, desk.now())
    hand_back(desk, id_, WHO, desk.now())
    history = desk.database.read(lambda tx: conversations.history(tx, id_))
    assert [(each.who, each.kind, each.to_state) for each in history if each.who == WHO] == [
        (WHO, "take_over", "with_person"),
        (WHO, "hand_back", "with_bot"),
    ]
    trail = desk.database.read(lambda tx: audit.entries(tx, "conversation", id_))
    assert [(entry.who, entry.action) for entry in trail] == [(WHO, "take_over"), (WHO, "hand_back")]


def test_only_what_the_status_table_allows(desk: Desk, phone: Phone) -> None:
    phone.text("helo")
    id_ = phone.conversation.id
    with pytest.raises(MoveNotAllowed):
        hand_back(desk, id_, WHO, desk.now())
    with pytest.raises(MoveNotAllowed):
        reply_as_person(desk, id_, "Helo", WHO, desk.now(), once="a")
    phone.text("STOP", opt_out_type="STOP")
    with pytest.raises(MoveNotAllowed):
        take_over(desk, id_, WHO, desk.now())
    for act in (take_over, hand_back):
        with pytest.raises(NoSuchConversation):
            act(desk, NOBODY, WHO, desk.now())


def test_one_form_sends_one_reply_under_its_authors_name(desk: Desk, phone: Phone) -> None:
    phone.text("helo")
    id_ = phone.conversation.id
    take_over(desk, id_, WHO, desk.now())
    for once in ("first", "first", "second"):
        reply_as_person(desk, id_, "Gwen sy ’ma", WHO, desk.now(), once=once)
    thread = desk.database.read(lambda tx: messages.thread(tx, desk.vault, id_))
    ours = [(entry.text, entry.state) for entry in thread if entry.who == WHO]
    assert ours == [("Gwen sy 'ma", "waiting")] * 2


@pytest.mark.parametrize(
    ("text", "reason"), [("", "empty"), (" \n\t", "empty"), ("\u200b", "empty"), ("x" * 1501, "too_long")]
)
def test_what_cannot_be_sent_says_why(desk: Desk, phone: Phone, text: str, reason: str) -> None:
    phone.text("helo")
    whose = phone.conversation
    with pytest.raises(CannotBeSent) as refused:
        desk.database.read(lambda tx: ready_to_send(desk, tx, whose, text))
    assert refused.value.reason == reason


def test_a_web_reply_keeps_its_letters(desk: Desk) -> None:
    phone = Phone(desk, "w" * 43, Channel.WEB)
    phone.text("helo")
    whose = phone.conversation
    assert desk.database.read(lambda tx: ready_to_send(desk, tx, whose, "“Helo” – ŵ…  \r\n")).body == "“Helo” – ŵ…"


def test_the_first_owns_an_alert_and_it_is_due_again(desk: Desk, phone: Phone) -> None:
    phone.text("helo")
    alert = raise_alert(desk, phone)
    assert acknowledge_alert(desk, alert.id, WHO, desk.now()).owner == WHO
    after = acknowledge_alert(desk, alert.id, "staff:2", desk.now())
    assert after.owner == WHO
    assert after.due_at == desk.now() + timedelta(seconds=desk.settings.acknowledgement_seconds)
    with pytest.raises(NoSuchAlert):
        acknowledge_alert(desk, NOBODY, WHO, desk.now())


def test_an_alert_closes_once_with_a_known_outcome(desk: Desk, phone: Phone) -> None:
    phone.text("helo")
    alert = raise_alert(desk, phone)
    with pytest.raises(NoOutcome):
        close_alert(desk, alert.id, "", WHO, desk.now())
    assert close_alert(desk, alert.id, "spoke_safe", WHO, desk.now())
    assert not close_alert(desk, alert.id, "referred_on", "staff:2", desk.now())
    kept = desk.database.read(lambda tx: concerns.load(tx, alert.id))
    assert kept is not None
    assert (kept.state, kept.outcome) == ("closed", "spoke_safe")
    with pytest.raises(NoSuchAlert):
        close_alert(desk, NOBODY, "spoke_safe", WHO, desk.now())


def test_an_outcome_is_never_written_over(desk: Desk, phone: Phone) -> None:
    phone.text("helo")
    call = book(desk, phone)
    with pytest.raises(StaleCall):
        record_call_outcome(desk, call.id, "talked", call.revision + 1, WHO, desk.now())
    record_call_outcome(desk, call.id, "talked", call.revision, WHO, desk.now())
    with pytest.raises(StaleCall) as stale:
        record_call_outcome(desk, call.id, "no_answer", call.revision, "staff:2", desk.now())
    assert stale.value.call.state == "done"
    with pytest.raises(StaleCall):
        record_call_outcome(desk, call.id, "no_answer", call.revision + 1, "staff:2", desk.now())
    with pytest.raises(NoSuchCall):
        record_call_outcome(desk, NOBODY, "talked", 0, WHO, desk.now())
    with pytest.raises(ValueError, match="gone"):
        record_call_outcome(desk, call.id, "gone", 0, WHO, desk.now())


def test_findings_are_kept_by_message(desk: Desk, phone: Phone) -> None:
    text = "I want to kill myself"
    phone.text("helo", text)
    id_, inbound = phone.conversation.id, phone.answer.inbound_id
    found = desk.database.read(lambda tx: findings.findings(tx, desk.vault, id_))
    assert list(found) == [inbound], "nothing is kept of what was found in nothing"
    first = found[inbound][0]
    assert first.category == "suicide_self_harm"
    assert "kill myself" in text[first.start : first.end]


def test_an_account_is_made_once_and_grows_roles(desk: Desk) -> None:
    add_staff(desk, "Gwen@Team.example", "practitioner", desk.now(), name="Gwen")
    add_staff(desk, "gwen@team.example ", "lead", desk.now())
    (account,) = desk.database.read(accounts.everyone)
    assert account.roles == {"practitioner", "lead"}
    assert (account.name, account.is_ready, account.active) == ("Gwen", False, True)
    assert desk.database.read(staff_sessions.names) == {account.id: "Gwen"}


def test_disabling_ends_links_and_sessions(desk: Desk) -> None:
    link = add_staff(desk, "gwen@team.example", "lead", desk.now())
    assert disable_staff(desk, " Gwen@team.example", desk.now()) == 1
    id_ = link_id("first", link.rpartition("/")[2])
    assert desk.database.read(lambda tx: staff_sessions.load(tx, desk.vault, id_)) is None
    (account,) = desk.database.read(accounts.everyone)
    assert not account.active
    with pytest.raises(NoSuchStaff):
        disable_staff(desk, "nobody@team.example", desk.now())


def test_once_is_once_and_ended_stays_ended(desk: Desk) -> None:
    seed_demo(desk, desk.now())
    (account,) = desk.database.read(accounts.everyone)
    now, vault = desk.now(), desk.vault
    said = [desk.database.write(lambda tx: staff_sessions.once(tx, "a" * 64, account.id, now)) for _ in range(3)]
    assert said == [True, False, False]
    row = staff_sessions.StaffSession("b" * 64, account.id, now, now, {"word": "ŵy"})
    desk.database.write(lambda tx: staff_sessions.begin(tx, vault, row))
    assert desk.database.read(lambda tx: staff_sessions.load(tx, vault, row.id)) == row
    ended = [desk.database.write(lambda tx: staff_sessions.end(tx, row.id, now)) for _ in range(2)]
    assert ended == [True, False]
    desk.database.write(lambda tx: staff_sessions.keep(tx, vault, row.id, {"word": "back"}, now))
    assert desk.database.read(lambda tx: staff_sessions.load(tx, vault, row.id)) is None


def test_old_sessions_are_swept_and_used_marks_last_longer(desk: Desk, clock: Clock) -> None:
    seed_demo(desk, desk.now())
    (account,) = desk.database.read(accounts.everyone)
    start = desk.now()
    rows = {"c" * 64: None, "d" * 64: account.id}
    for id_, whose in rows.items():
        row = staff_sessions.StaffSession(id_, whose, start, start, {})
        desk.database.write(lambda tx, row=row: staff_sessions.begin(tx, desk.vault, row))
    clock.forward(days=1)
    now = desk.now()
    sweep = {"unknown_before": now - timedelta(hours=12), "before": now - timedelta(days=7)}
    desk.database.write(lambda tx: staff_sessions.sweep(tx, **sweep))
    left = [id_ for id_ in rows if desk.database.read(lambda tx, id_=id_: staff_sessions.load(tx, desk.vault, id_))]
    assert left == ["d" * 64]
