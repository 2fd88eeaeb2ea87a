"""One live alert a conversation; it only rises, and closes only with an outcome."""

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, delete, update

from bot.storage import chasing, concerns
from bot.storage.concerns import Alert
from bot.storage.database import ConstraintBroken, Database, Prepared, Transaction
from bot.storage.secrets import Vault
from bot.storage.tables import alert, alert_event
from tests.storage.parents import NOW, begin

DUE = NOW + timedelta(minutes=5)
LATER = NOW + timedelta(minutes=10)
DUE_AGAIN = timedelta(hours=1)


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
        chasing.enter(tx, first, 2, NOW, NOW, why="time")
        assert concerns.acknowledge(tx, first.id, "ann", NOW)
        return raise_(tx, conversation_id, "immediate", "harm")

    risen = database.write(work)
    assert risen.rose
    assert (risen.severity, risen.category, risen.state, risen.level, risen.due_at) == (
        "immediate", "harm", "open", 0, DUE,
    )  # fmt: skip


def test_an_acknowledged_alert_is_somebodys_and_not_due(database: Database, conversation_id: str) -> None:
    opened = database.write(lambda tx: raise_(tx, conversation_id))
    assert database.write(lambda tx: concerns.acknowledge(tx, opened.id, "ann", NOW, due_at=LATER + DUE_AGAIN))
    assert not database.write(lambda tx: concerns.acknowledge(tx, opened.id, "ben", NOW))
    assert database.read(lambda tx: chasing.due(tx, LATER)) == ()
    found = database.read(lambda tx: concerns.load(tx, opened.id))
    assert found is not None
    assert (found.owner, found.acknowledged_at) == ("ann", NOW)


def test_an_acknowledgement_can_run_out(database: Database, conversation_id: str) -> None:
    opened = database.write(lambda tx: raise_(tx, conversation_id))
    database.write(lambda tx: concerns.acknowledge(tx, opened.id, "ann", NOW, due_at=LATER))
    assert database.read(lambda tx: chasing.due(tx, LATER)) == (opened.id,)


def test_a_step_of_the_chain_is_taken_once(database: Database, conversation_id: str) -> None:
    opened = database.write(lambda tx: raise_(tx, conversation_id))
    assert database.read(lambda tx: chasing.due(tx, DUE)) == (opened.id,)
    entered = database.write(lambda tx: chasing.enter(tx, opened, 1, DUE, DUE, why="time"))
    assert entered is not None
    assert (entered.level, entered.stage, entered.due_at) == (1, opened.stage + 1, DUE)
    assert database.write(lambda tx: chasing.enter(tx, opened, 1, DUE, DUE, why="time")) is None
    database.write(lambda tx: chasing.look_again(tx, opened.id, LATER))
    assert database.read(lambda tx: chasing.due(tx, DUE)) == ()


def test_without_a_time_or_with_one_from_the_future_it_is_due(database: Database, conversation_id: str) -> None:
    opened = database.write(lambda tx: raise_(tx, conversation_id))
    earlier = NOW - timedelta(hours=1)
    assert database.read(lambda tx: chasing.due(tx, earlier)) == (opened.id,), "the clock was put back"
    forgotten = Prepared(update(alert).where(alert.c.id == bindparam("its_id")).values(due_at=None))
    database.write(lambda tx: tx.run(forgotten, its_id=opened.id))
    assert database.read(lambda tx: chasing.due(tx, NOW)) == (opened.id,)


@pytest.mark.parametrize("what", ["delete", "change", "another detail"])
def test_nobody_changes_a_history(database: Database, conversation_id: str, what: str) -> None:
    opened = database.write(lambda tx: raise_(tx, conversation_id))
    mine = alert_event.c.alert_id == bindparam("its_id")
    slip = {
        "delete": delete(alert_event).where(mine),
        "change": update(alert_event).where(mine).values(who="nobody", detail=None),
        "another detail": update(alert_event).where(mine).values(detail="something else"),
    }[what]
    with pytest.raises(ConstraintBroken, match="alert_event_is_kept"):
        database.write(lambda tx: tx.run(Prepared(slip), its_id=opened.id))
    emptied = Prepared(update(alert_event).where(mine).values(detail=None))
    assert database.write(lambda tx: tx.run(emptied, its_id=opened.id)) == 1, "an erasure may"
    (event,) = database.read(lambda tx: concerns.events(tx, opened.id))
    assert (event.who, event.kind, event.detail) == ("bot", "opened", None)


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
