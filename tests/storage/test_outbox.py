"""What must leave is sent at least once, by one worker at a time."""

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, select, update

from bot.storage import outbox
from bot.storage.database import Database, Prepared, Transaction
from bot.storage.outbox import Claimed, Result
from bot.storage.secrets import Vault
from bot.storage.tables import outbound_message
from tests.storage.parents import NOW, begin, outbound

SECOND = timedelta(seconds=1)
STATES = Prepared(select(outbound_message.c.dedupe_key, outbound_message.c.state, outbound_message.c.error_code))


def claim(
    tx: Transaction, vault: Vault, *, lane: str = "reply", after: int = 0, limit: int = 10
) -> tuple[Claimed, ...]:
    return outbox.claim(tx, vault, lane=lane, now=NOW + after * SECOND, lease_seconds=30, limit=limit)


def put(database: Database, vault: Vault, *keys: str, **changes: object) -> None:
    database.write(lambda tx: [outbox.put(tx, vault, outbound(key, **changes), NOW) for key in keys])


def states(database: Database) -> dict[str, str]:
    return {row.dedupe_key: row.state for row in database.read(lambda tx: tx.rows(STATES))}


def test_a_message_is_claimed_with_everything_needed_to_send_it(database: Database, vault: Vault) -> None:
    put(database, vault, "k", recipient="+447700900123", body="Helô", language="cy", not_after=NOW + SECOND)
    (claimed,) = database.write(lambda tx: claim(tx, vault))
    assert (claimed.recipient, claimed.body, claimed.language) == ("+447700900123", "Helô", "cy")
    assert (claimed.attempts, claimed.not_after, claimed.dedupe_key) == (1, NOW + SECOND, "k")


def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(database: Database, vault: Vault) -> None:
    put(database, vault, "k")
    assert len(database.write(lambda tx: claim(tx, vault))) == 1
    assert database.write(lambda tx: claim(tx, vault, after=29)) == ()
    (again,) = database.write(lambda tx: claim(tx, vault, after=31))
    assert again.attempts == 2


def test_a_worker_whose_lease_passed_on_cannot_write_its_result(database: Database, vault: Vault) -> None:
    put(database, vault, "k")
    (stale,) = database.write(lambda tx: claim(tx, vault))
    (fresh,) = database.write(lambda tx: claim(tx, vault, after=31))
    assert not database.write(lambda tx: outbox.record_result(tx, stale, Result("failed"), NOW))
    assert states(database) == {"k": "sending"}
    assert database.write(lambda tx: outbox.record_result(tx, fresh, Result("sent", "SM9", "queued"), NOW))
    assert not database.write(lambda tx: outbox.record_result(tx, fresh, Result("failed"), NOW))
    assert states(database) == {"k": "sent"}


def test_one_dedupe_key_is_one_message(database: Database, vault: Vault) -> None:
    assert database.write(lambda tx: outbox.put(tx, vault, outbound("k"), NOW)) is not None
    assert database.write(lambda tx: outbox.put(tx, vault, outbound("k", body="other"), NOW)) is None
    assert len(database.write(lambda tx: claim(tx, vault))) == 1


def test_what_failed_for_now_waits_for_its_time(database: Database, vault: Vault) -> None:
    put(database, vault, "k")
    (claimed,) = database.write(lambda tx: claim(tx, vault))
    later = Result("waiting", error_code="20429", retry_at=NOW + 60 * SECOND)
    database.write(lambda tx: outbox.record_result(tx, claimed, later, NOW))
    assert database.write(lambda tx: claim(tx, vault, after=59)) == ()
    assert len(database.write(lambda tx: claim(tx, vault, after=60))) == 1


def test_the_longest_due_go_first_and_lanes_do_not_mix(database: Database, vault: Vault) -> None:
    for seconds in (3, 1, 2):
        put(database, vault, f"r{seconds}", due_at=NOW - seconds * SECOND)
    put(database, vault, "alert", lane="alert")
    put(database, vault, "later", due_at=NOW + SECOND)
    assert [each.dedupe_key for each in database.write(lambda tx: claim(tx, vault, limit=2))] == ["r3", "r2"]
    assert [each.dedupe_key for each in database.write(lambda tx: claim(tx, vault, lane="alert"))] == ["alert"]
    assert [each.dedupe_key for each in database.write(lambda tx: claim(tx, vault))] == ["r1"]


def test_what_left_inside_the_answer_is_never_sent_again(database: Database, vault: Vault) -> None:
    put(database, vault, "k", state="answered")
    assert database.write(lambda tx: claim(tx, vault, after=3600)) == ()


def test_a_damaged_message_does_not_hold_up_the_others(database: Database, vault: Vault) -> None:
    put(database, vault, "bad", "good")
    damage = Prepared(
        update(outbound_message).where(outbound_message.c.dedupe_key == bindparam("key")).values(body=bindparam("bad"))
    )
    body = vault.seal("from elsewhere", table="outbound_message", column="body", row="other")
    database.write(lambda tx: tx.run(damage, key="bad", bad=body))
    assert [each.dedupe_key for each in database.write(lambda tx: claim(tx, vault))] == ["good"]
    assert states(database)["bad"] == "failed"


@pytest.mark.parametrize(("kind", "dropped"), [(None, 2), ("reminder", 1), ("other", 0)])
def test_what_waits_for_a_parent_can_be_dropped_but_never_an_alert(
    database: Database, vault: Vault, kind: str | None, dropped: int
) -> None:
    whose = database.write(lambda tx: begin(tx, vault)).conversation.id
    put(database, vault, "reply", conversation_id=whose)
    put(database, vault, "reminder", lane="reminder", kind="reminder", conversation_id=whose)
    put(database, vault, "alert", lane="alert", conversation_id=whose)
    put(database, vault, "somebody else's")
    assert database.write(lambda tx: outbox.drop(tx, whose, reason="opted_out", kind=kind)) == dropped
    assert list(states(database).values()).count("dropped") == dropped
    assert states(database)["alert"] == "waiting"


def test_the_backlog_counts_what_is_due(database: Database, vault: Vault) -> None:
    put(database, vault, "a", "b", due_at=NOW - SECOND)
    put(database, vault, "c", lane="alert")
    put(database, vault, "d", due_at=NOW + SECOND)
    found = {each.lane: each for each in database.read(lambda tx: outbox.backlog(tx, NOW))}
    assert {lane: each.waiting for lane, each in found.items()} == {"reply": 2, "alert": 1}
    assert found["reply"].oldest_due_at == NOW - SECOND
