"""One live alert a conversation; it only rises, and closes only with an outcome."""

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, update

from bot.storage import concerns
from bot.storage.concerns import Alert
from bot.storage.database import ConstraintBroken, Database, Prepared, Transaction
from bot.storage.secrets import Vault
from bot.storage.tables import alert
from tests.storage.parents import NOW, begin

DUE = NOW + timedelta(minutes=5)
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def conversation_id(database: Database, vault: Vault) -> str:
    """Somebody an alert can be about."""
    return database.write(lambda tx: begin(tx, vault)).conversation.id


def raise_(tx: Transaction, conversation_id: str, severity: str = "urgent", category: str = "harm") -> Alert:
    return concerns.open_or_raise(
        tx, conversation_id=conversation_id, severity=severity, category=category, now=NOW, due_at=DUE
    )


def test_a_first_concern_opens_an_alert(database: Database, conversation_id: str) -> None:
    opened = database.write(lambda tx: raise_(tx, conversation_id))
    assert (opened.state, opened.level, opened.count, opened.due_at) == ("open", 0, 1, DUE)
    assert opened.is_new
    assert len(opened.reference) == 6
    assert not set(opened.reference) & set("AEIOU01ILS")
    assert database.read(lambda tx: concerns.by_reference(tx, f" {opened.reference.lower()} ")) is not None
    assert database.read(concerns.live)[0].id == opened.id


def test_a_second_concern_counts_on_the_same_alert(database: Database, conversation_id: str) -> None:
    first = database.write(lambda tx: raise_(tx, conversation_id))
    second = database.write(lambda tx: raise_(tx, conversation_id, "watch", "sadness"))
    assert (second.id, second.count, second.severity, second.category) == (first.id, 2, "urgent", "harm")
    assert not second.is_new
    assert not second.rose


def test_a_graver_concern_starts_the_chain_again_though_somebody_had_acknowledged(
    database: Database, conversation_id: str
) -> None:
    def work(tx: Transaction) -> Alert:
        first = raise_(tx, conversation_id, "watch", "sadness")
        concerns.move_on(tx, first, level=2, due_at=LATER, now=NOW)
        assert concerns.acknowledge(tx, first.id, "ann", NOW)
        return raise_(tx, conversation_id, "immediate", "harm")

    risen = database.write(work)
    assert risen.rose
    assert (risen.severity, risen.category, risen.state, risen.level, risen.due_at) == (
        "immediate", "harm", "open", 0, DUE,
    )  # fmt: skip


def test_an_acknowledged_alert_is_somebodys_and_not_due(database: Database, conversation_id: str) -> None:
    opened = database.write(lambda tx: raise_(tx, conversation_id))
    assert database.write(lambda tx: concerns.acknowledge(tx, opened.id, "ann", NOW))
    assert not database.write(lambda tx: concerns.acknowledge(tx, opened.id, "ben", NOW))
    assert database.write(lambda tx: concerns.due(tx, LATER)) == ()
    found = database.read(lambda tx: concerns.load(tx, opened.id))
    assert found is not None
    assert (found.owner, found.acknowledged_at) == ("ann", NOW)


def test_an_acknowledgement_can_run_out(database: Database, conversation_id: str) -> None:
    opened = database.write(lambda tx: raise_(tx, conversation_id))
    database.write(lambda tx: concerns.acknowledge(tx, opened.id, "ann", NOW, due_at=LATER))
    assert [each.id for each in database.write(lambda tx: concerns.due(tx, LATER))] == [opened.id]


def test_a_step_of_the_chain_is_taken_once(database: Database, conversation_id: str) -> None:
    opened = database.write(lambda tx: raise_(tx, conversation_id))
    assert [each.id for each in database.write(lambda tx: concerns.due(tx, DUE))] == [opened.id]
    assert database.write(lambda tx: concerns.move_on(tx, opened, level=1, due_at=LATER, now=DUE))
    assert not database.write(lambda tx: concerns.move_on(tx, opened, level=1, due_at=LATER, now=DUE))
    assert database.write(lambda tx: concerns.due(tx, DUE)) == ()


def test_a_closed_alert_stays_closed_and_the_next_concern_opens_another(
    database: Database, conversation_id: str
) -> None:
    first = database.write(lambda tx: raise_(tx, conversation_id))
    assert database.write(lambda tx: concerns.close(tx, first.id, "ann", NOW, outcome="spoken_to"))
    assert not database.write(lambda tx: concerns.close(tx, first.id, "ben", NOW, outcome="mistake"))
    assert not database.write(lambda tx: concerns.acknowledge(tx, first.id, "ben", NOW))
    second = database.write(lambda tx: raise_(tx, conversation_id))
    assert second.is_new
    assert [each.id for each in database.read(lambda tx: concerns.of_conversation(tx, conversation_id))] == [
        first.id,
        second.id,
    ]


def test_the_database_itself_refuses_to_close_without_an_outcome(database: Database, conversation_id: str) -> None:
    database.write(lambda tx: raise_(tx, conversation_id))
    slip = Prepared(update(alert).where(alert.c.conversation_id == bindparam("whose")).values(state="closed"))
    with pytest.raises(ConstraintBroken):
        database.write(lambda tx: tx.run(slip, whose=conversation_id))


def test_the_history_tells_everything_in_order(database: Database, conversation_id: str) -> None:
    def work(tx: Transaction) -> str:
        opened = raise_(tx, conversation_id)
        raise_(tx, conversation_id)
        raise_(tx, conversation_id, "immediate")
        concerns.note(tx, opened.id, NOW, who="bot", kind="texted", detail="ann")
        concerns.acknowledge(tx, opened.id, "ann", NOW)
        concerns.close(tx, opened.id, "ann", NOW, outcome="spoken_to")
        return opened.id

    id_ = database.write(work)
    assert [(each.kind, each.who) for each in database.read(lambda tx: concerns.events(tx, id_))] == [
        ("opened", "bot"),
        ("repeated", "bot"),
        ("rose", "bot"),
        ("texted", "bot"),
        ("acknowledged", "ann"),
        ("closed", "ann"),
    ]


def test_a_reference_that_is_taken_is_not_given_again(
    database: Database, vault: Vault, conversation_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = iter(["BBBBBB", "BBBBBB", "CCCCCC"])
    monkeypatch.setattr(concerns, "_new_reference", lambda: next(given))
    other = database.write(lambda tx: begin(tx, vault, "+447700900999")).conversation.id
    assert database.write(lambda tx: raise_(tx, conversation_id)).reference == "BBBBBB"
    assert database.write(lambda tx: raise_(tx, other)).reference == "CCCCCC"
