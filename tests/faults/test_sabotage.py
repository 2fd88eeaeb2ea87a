"""Each defence is taken out, and the checker must see it: a suite that cannot fail proves nothing.

Every case runs once with the defence in place, where nothing may be broken, and once without it.
"""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from sqlalchemy import bindparam, func, update

from bot.gateways.twilio_sms import TwilioSms
from bot.services import open_doors, receive_message, reconcile, screen_message, send_due, send_message
from bot.storage import messages, outbox
from bot.storage.database import Database, DatabaseAway, Prepared
from bot.storage.ids import new_id
from bot.storage.outbox import Result
from bot.storage.tables import outbound_message
from bot.web import sms
from tests.faults.checker import DANGER
from tests.faults.dying import doom
from tests.faults.stand import ON_CALL, Child, Stand, dying, nobody, one_after_the_other

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Case:
    """`happens` puts the house to the test; `without` takes the defence out; `seen` is a part of what must be said."""

    happens: Callable[[Stand], None]
    without: Callable[[Patch, Stand], None]
    seen: str


_STEPS: dict[str, Callable[[int], object]] = {"doom": doom}


# --- what happens


def a_repeat(stand: Stand) -> None:
    phone = stand.new_phone()
    phone.text(DANGER[0])
    stand.twilio.deliver(phone.thread[0])
    stand.settle()


def a_crash_at_every_statement(stand: Stand) -> None:
    for at in range(1, 40):
        first = dying(stand.app, lambda at=at: _STEPS["doom"](at))
        stand.serve_by(one_after_the_other(first, stand.app))
        stand.new_phone().text(DANGER[at % 2])
    stand.serve_by(stand.app)
    stand.settle()


def a_disclosure(stand: Stand) -> None:
    stand.new_phone().text(DANGER[1])
    stand.settle()


def a_stale_worker(stand: Stand) -> None:
    """One worker is stopped past its lease; another sends; then the first writes down that it failed."""
    stand.new_phone().text(DANGER[0])
    desk = stand.desk

    def claim(tx: Any) -> Any:
        return outbox.claim(tx, desk.vault, lane="alert", now=stand.clock(), lease_seconds=30, limit=9)

    stale = desk.database.write(claim)
    stand.clock.forward(seconds=60)
    fresh = desk.database.write(claim)
    road = stand.roads.texts
    assert road is not None
    for mine in fresh:
        road.send(ON_CALL, mine.body, dedupe=mine.id)
    for old in stale:
        desk.database.write(lambda tx, old=old: outbox.record_result(tx, old, Result("failed"), stand.clock()))
    for mine in fresh:
        result = Result("sent", provider_sid="SM" + "1" * 32)
        desk.database.write(lambda tx, mine=mine, result=result: outbox.record_result(tx, mine, result, stand.clock()))


def a_lost_text(stand: Stand) -> None:
    stand.new_phone().text(DANGER[0], lost=True)
    stand.settle()


def a_database_that_is_away(stand: Stand) -> None:
    real = Database.write

    def away(self: Database, work: Any) -> Any:
        raise DatabaseAway

    Database.write = away  # type: ignore[method-assign]
    try:
        stand.new_phone().text(DANGER[0])
    finally:
        Database.write = real  # type: ignore[method-assign]
    acknowledged = [breach for breach in stand.breaches() if "acknowledged" in breach]
    assert not acknowledged, acknowledged
    stand.settle()


def an_opt_out_before_a_late_reply_leaves(stand: Stand) -> None:
    phone = stand.new_phone()
    phone.text("helo", lost=True)
    stand.clock.forward(seconds=90)
    stand.reconcile()
    phone.text("STOP")
    stand.settle()


def a_cut_after_twilio_accepted(stand: Stand) -> None:
    stand.new_phone().text("helo", lost=True)
    stand.clock.forward(seconds=90)
    stand.reconcile()
    stand.twilio.behave("drop_after_accept")
    stand.send("reply")
    stand.settle()


def an_answer_that_is_lost(stand: Stand) -> None:
    stand.serve_by(one_after_the_other(dying(stand.app, lambda: None, answer_arrives=False), nobody))
    stand.new_phone().text(DANGER[0])
    stand.serve_by(stand.app)
    stand.settle()


def a_provider_in_trouble(stand: Stand) -> None:
    stand.new_phone().text(DANGER[0])
    stand.twilio.behave("server_error", times=2)
    stand.settle()


# --- what is taken out


def no_unique_sid(patch: Patch, stand: Stand) -> None:
    real = messages.store_inbound

    def store(tx: Any, vault: Any, message: Any, now: Any, **more: Any) -> Any:
        stored = real(tx, vault, message, now, **more)
        return stored if stored.is_new else real(tx, vault, message._replace(sid=new_id(now)), now, **more)

    patch.setattr(messages, "store_inbound", store)


def no_transaction(patch: Patch, stand: Stand) -> None:
    patch.setitem(_STEPS, "doom", partial(doom, transactions=False))


def no_outbox(patch: Patch, stand: Stand) -> None:
    """What must leave is kept in memory until it is sent; and memory is lost."""
    real = outbox.put

    def put(tx: Any, vault: Any, message: Any, now: Any) -> Any:
        return real(tx, vault, message._replace(state="dropped") if message.lane == "alert" else message, now)

    patch.setattr(outbox, "put", put)


def alert_after_the_commit(patch: Patch, stand: Stand) -> None:
    """The message is committed first; before its alert is, the process is gone."""
    patch.setattr(receive_message, "_raise", lambda *_: None)


def no_gate(patch: Patch, stand: Stand) -> None:
    real = screen_message.screen
    patch.setattr(screen_message, "screen", lambda text, lexicon: real("", lexicon))
    patch.setattr(screen_message, "screen_after", lambda earlier, text, lexicon: real("", lexicon))
    patch.setattr(open_doors, "screen", lambda text, lexicon: real("", lexicon))


def no_fencing(patch: Patch, stand: Stand) -> None:
    table = outbound_message
    unfenced = Prepared(
        update(table)
        .where(table.c.id == bindparam("its_id"))
        .values(
            state=func.coalesce(bindparam("to_state"), table.c.state),
            error_code=bindparam("to_error"),
        )
    )
    real = outbox.record_result

    def record(tx: Any, claimed: Any, result: Any, now: Any) -> bool:
        if result.state != "failed":
            return real(tx, claimed, result, now)
        return bool(tx.run(unfenced, its_id=claimed.id, to_state=result.state, to_error=None))

    patch.setattr(outbox, "record_result", record)


def no_reconcile(patch: Patch, stand: Stand) -> None:
    patch.setattr(Stand, "reconcile", lambda self: 0)


def a_200_for_everything(patch: Patch, stand: Stand) -> None:
    def content(self: Any, sid: str, work: Callable[[], bytes]) -> Any:
        try:
            return sms.Reply(200, work())
        except Exception:
            return sms.Reply(200, b"")

    patch.setattr(sms.SmsDoor, "_guarded", content)


def no_second_look(patch: Patch, stand: Stand) -> None:
    patch.setattr(send_due, "_reason_to_drop", lambda *_: None)


def no_looking_up(patch: Patch, stand: Stand) -> None:
    patch.setattr(TwilioSms, "find_sent", lambda *_, **__: None)


def no_search_for_lost_answers(patch: Patch, stand: Stand) -> None:
    patch.setattr(reconcile, "send_lost_answers", lambda *_: 0)


def alerts_are_given_up(patch: Patch, stand: Stand) -> None:
    patch.setattr(send_message, "is_given_up", lambda lane, tries: True)


CASES = {
    "the sid is unique": Case(a_repeat, no_unique_sid, "kept and never sent"),
    "one transaction": Case(a_crash_at_every_statement, no_transaction, "never screened"),
    "an outbox in the same transaction": Case(a_disclosure, no_outbox, "nobody was told"),
    "an alert in the same transaction": Case(a_disclosure, alert_after_the_commit, "were of concern"),
    "screening is a gate": Case(a_disclosure, no_gate, "danger not seen"),
    "leases are fenced": Case(a_stale_worker, no_fencing, "not marked as accepted"),
    "the reconcile": Case(a_lost_text, no_reconcile, "never heard"),
    "the truth is read again": Case(an_opt_out_before_a_late_reply_leaves, no_second_look, "had opted out"),
    "looked up before a second try": Case(a_cut_after_twilio_accepted, no_looking_up, "told twice"),
    "lost answers are looked for": Case(an_answer_that_is_lost, no_search_for_lost_answers, "never arrived"),
    "an alert is never given up": Case(a_provider_in_trouble, alerts_are_given_up, "nobody was told"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_with_the_defence_nothing_is_broken(stand: Stand, case: Case) -> None:
    case.happens(stand)
    assert stand.breaches() == []


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_without_the_defence_the_checker_says_so(stand: Stand, case: Case, monkeypatch: Patch) -> None:
    case.without(monkeypatch, stand)
    case.happens(stand)
    found = stand.breaches()
    assert any(case.seen in breach for breach in found), found


def test_an_acknowledgement_is_not_given_while_the_database_is_away(stand: Stand) -> None:
    a_database_that_is_away(stand)
    assert stand.statuses() == [503, 503]
    assert stand.breaches() == []


def test_without_the_503_the_checker_says_so(stand: Stand, monkeypatch: Patch) -> None:
    a_200_for_everything(monkeypatch, stand)
    with pytest.raises(AssertionError, match="acknowledged and lost"):
        a_database_that_is_away(stand)


# --- SQLite brings every commit to the disk: on every connection that can write


def _not_brought_to_the_disk(stand: Stand, patch: Patch) -> int:
    """How many of the connections of a day's work, the door's own and the sign-in's, do not wait for the disk."""
    opened: list[sqlite3.Connection] = []
    real = sqlite3.connect

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        opened.append(real(*arguments, **options))
        return opened[-1]

    patch.setattr(sqlite3, "connect", connect)
    stand.desk.database.close()
    stand.new_phone().text(DANGER[0])
    stand.settle(rounds=1)
    full = 2
    # Asked while all are open: the sign-in keeps no connection.
    with stand.desk.database.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        assert len(opened) >= 2
        return sum(one.execute("PRAGMA synchronous").fetchone() != (full,) for one in opened)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_every_connection_that_writes_waits_for_the_disk(stand: Stand, monkeypatch: Patch) -> None:
    assert _not_brought_to_the_disk(stand, monkeypatch) == 0


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_connection_that_does_not_wait_is_seen(stand: Stand, monkeypatch: Patch) -> None:
    from bot.storage import sqlite

    lax = tuple(pragma.replace("= FULL", "= NORMAL") for pragma in sqlite._PRAGMAS)
    monkeypatch.setattr(sqlite, "_PRAGMAS", lax)
    assert _not_brought_to_the_disk(stand, monkeypatch) >= 2


def test_a_child_that_hangs_tells_where() -> None:
    def waits_for_ever() -> bytes:
        threading.Event().wait()
        return b""

    with pytest.raises(TimeoutError, match="waits_for_ever"):
        Child(waits_for_ever).said(0.2)
