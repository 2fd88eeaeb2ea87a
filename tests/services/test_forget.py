"""Who asks to be forgotten is forgotten, and stays so."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.conversation import Channel
from bot.services.forget import forget
from bot.storage import audit, calls, conversations, deliveries, erasure, ledger, messages, outbox, tasks
from bot.storage.columns import Sealed, metadata
from bot.storage.database import Database, DatabaseAway, Prepared, Transaction
from bot.storage.erasure import Erased, NotErased
from bot.storage.secrets import Vault
from bot.storage.tables import alert_event, conversation, inbound_message, outbound_message
from tests.desks import a_desk
from tests.storage.parents import NOW, NUMBER, begin, fill, text_from

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def ledger_path(tmp_path: Path) -> Path:
    """Where erasures are written down."""
    return tmp_path / "erasures.log"


def ask(database: Database, vault: Vault, path: Path, id_: str, *, insist: bool = False) -> Erased | NotErased:
    return forget(a_desk(database, vault, path), id_, who="parent", now=LATER, even_with_open_alert=insist)


def sealed_values(database: Database) -> dict[str, list[bytes | None]]:
    def work(tx: Transaction) -> dict[str, list[bytes | None]]:
        return {
            f"{table.name}.{column.name}": [row[0] for row in tx.rows(Prepared(select(column)))]
            for table in metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, Sealed)
        }

    return database.read(work)


def test_nothing_the_parent_gave_us_is_left(database: Database, vault: Vault, ledger_path: Path) -> None:
    id_ = fill(database, vault)
    result = ask(database, vault, ledger_path, id_)
    assert isinstance(result, Erased)
    assert result.called_off
    left = {name for name, values in sealed_values(database).items() if any(value is not None for value in values)}
    # What tells staff of an alert stays: a reference and a link, nothing of the parent. A calendar is its owner's.
    assert left == {"outbound_message.recipient", "outbound_message.body", "caller_calendar.address"}
    alerts = Prepared(select(outbound_message.c.lane).where(outbound_message.c.body.is_not(None)))
    assert database.read(lambda tx: tx.rows(alerts)) == [("alert",)]
    assert database.read(lambda tx: tx.rows(Prepared(select(conversation.c.contact_hash)))) == [(None,)]
    assert database.read(lambda tx: tx.rows(Prepared(select(inbound_message.c.body_hash)))) == [(None,)]
    details = database.read(lambda tx: tx.rows(Prepared(select(alert_event.c.detail))))
    assert {row.detail for row in details} == {None}


def test_the_bytes_are_gone_from_the_files(sqlite_database: Database, vault: Vault, ledger_path: Path) -> None:
    id_ = fill(sqlite_database, vault)
    alerts_to_staff = Prepared(
        select(outbound_message.c.recipient, outbound_message.c.body).where(outbound_message.c.lane == "alert")
    )
    stays = {blob for row in sqlite_database.read(lambda tx: tx.rows(alerts_to_staff)) for blob in row}
    sealed = sealed_values(sqlite_database)
    stays |= set(sealed.pop("caller_calendar.address"))
    marks = [blob for values in sealed.values() for blob in values if blob not in (None, *stays)]
    marks.append(vault.fingerprint(NUMBER).encode())
    sqlite_database.checkpoint()
    path = sqlite_database.path
    assert path is not None
    assert all(mark in path.read_bytes() for mark in marks if mark)
    ask(sqlite_database, vault, ledger_path, id_)
    raw = b"".join(each.read_bytes() for each in path.parent.iterdir())
    assert [mark for mark in marks if mark and mark in raw] == []


def test_a_trace_without_content_stays(database: Database, vault: Vault, ledger_path: Path) -> None:
    id_ = fill(database, vault)
    ask(database, vault, ledger_path, id_)
    thread = database.read(lambda tx: messages.thread(tx, vault, id_))
    assert {entry.text for entry in thread} == {None}
    assert [entry.level for entry in thread if entry.who == "parent"] == ["urgent"]
    found = database.read(lambda tx: conversations.load(tx, vault, id_))
    assert found is not None
    assert (found.contact, found.conversation.status, found.conversation.answers) == ("", "closed", {})
    assert len(database.read(lambda tx: conversations.history(tx, id_))) == 1
    assert [each.action for each in database.read(lambda tx: audit.entries(tx, "conversation", id_))] == ["forgot"]


def test_an_old_message_delivered_again_stays_dead(database: Database, vault: Vault, ledger_path: Path) -> None:
    id_ = fill(database, vault)
    ask(database, vault, ledger_path, id_)
    old = text_from(sid="SM-in", text="canary-text-ddraig")
    again = database.write(
        lambda tx: messages.store_inbound(tx, vault, old, LATER, conversation_id=None, kind="message")
    )
    assert (again.is_new, again.same_body, again.erased) == (False, True, True), "nothing is left to differ from"


def test_nothing_more_is_sent_to_them_but_staff_still_hear(database: Database, vault: Vault, ledger_path: Path) -> None:
    id_ = fill(database, vault)

    def claim(tx: Transaction, lane: str) -> int:
        return len(outbox.claim(tx, vault, lane=lane, now=LATER, lease_seconds=30, limit=9))

    ask(database, vault, ledger_path, id_)
    assert database.write(lambda tx: claim(tx, "reply")) == 0
    assert database.write(lambda tx: claim(tx, "alert")) == 1


def test_a_message_in_a_workers_hands_at_that_moment_leaves_no_trace_of_its_result(
    database: Database, vault: Vault, ledger_path: Path
) -> None:
    id_ = fill(database, vault)
    (claimed,) = database.write(lambda tx: outbox.claim(tx, vault, lane="reply", now=NOW, lease_seconds=30, limit=9))
    ask(database, vault, ledger_path, id_)
    sent = outbox.Result("sent", "SM9", "queued")
    assert not database.write(lambda tx: outbox.record_result(tx, claimed, sent, LATER))
    assert database.write(lambda tx: deliveries.move_status(tx, "SM9", "delivered")) is None


def test_the_call_is_called_off_and_its_time_is_free(database: Database, vault: Vault, ledger_path: Path) -> None:
    id_ = fill(database, vault)
    ask(database, vault, ledger_path, id_)
    (call,) = database.read(lambda tx: calls.every_of_conversation(tx, vault, id_))
    assert (call.state, call.sheet) == ("called_off", None)
    assert [task.kind for task in database.read(tasks.open_tasks)] == ["call_erased"], "whoever would ring is told"


def test_nobody_else_is_touched(database: Database, vault: Vault, ledger_path: Path) -> None:
    fill(database, vault, "+447700900111", tag="-other")
    before = sealed_values(database)
    id_ = fill(database, vault)
    ask(database, vault, ledger_path, id_)
    after = sealed_values(database)
    for name, values in before.items():
        assert [value for value in values if value not in after[name]] == []


def test_while_an_alert_is_open_a_person_decides(database: Database, vault: Vault, ledger_path: Path) -> None:
    id_ = fill(database, vault, close_alert=False)
    before = sealed_values(database)
    assert ask(database, vault, ledger_path, id_) == NotErased("alert_open")
    assert sealed_values(database) == before
    assert ledger.read(ledger_path) == ()
    entries = database.read(lambda tx: audit.entries(tx, "conversation", id_))
    assert [each.action for each in entries] == ["did not forget: alert_open"]
    assert isinstance(ask(database, vault, ledger_path, id_, insist=True), Erased)


def test_twice_is_once(database: Database, vault: Vault, ledger_path: Path) -> None:
    id_ = fill(database, vault)
    ask(database, vault, ledger_path, id_)
    assert ask(database, vault, ledger_path, id_) == NotErased("already")
    assert ask(database, vault, ledger_path, "nobody") == NotErased("unknown")
    assert len(ledger.read(ledger_path)) == 1


def test_who_comes_back_is_a_new_person(database: Database, vault: Vault, ledger_path: Path) -> None:
    id_ = fill(database, vault)
    ask(database, vault, ledger_path, id_)
    again = database.write(lambda tx: begin(tx, vault, now=LATER + timedelta(days=1)))
    assert again.conversation.id != id_
    assert again.conversation.answers == {}
    assert database.write(lambda tx: erasure.reapply(tx, vault, ledger_path, LATER)) == 0
    found = database.read(lambda tx: conversations.find(tx, vault, channel=Channel.SMS, contact=NUMBER))
    assert found == again


def test_an_erasure_that_cannot_be_written_down_does_not_happen(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    """Without the ledger a backup would bring them back."""
    id_ = fill(database, vault)
    before = sealed_values(database)
    with pytest.raises(DatabaseAway):
        ask(database, vault, tmp_path, id_)  # a folder, not a file
    assert sealed_values(database) == before


def test_an_erasure_written_down_but_not_kept_is_made_good_at_the_next_start(
    database: Database, vault: Vault, ledger_path: Path
) -> None:
    id_ = fill(database, vault, close_alert=False)

    def crash(tx: Transaction) -> None:
        erasure.erase(tx, vault, ledger_path, id_, LATER, even_with_open_alert=True)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database.write(crash)
    assert database.write(lambda tx: erasure.reapply(tx, vault, ledger_path, LATER)) == 1
    assert database.write(lambda tx: erasure.reapply(tx, vault, ledger_path, LATER)) == 0
    assert ask(database, vault, ledger_path, id_) == NotErased("already")
