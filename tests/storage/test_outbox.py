"""What must leave is sent at least once, by one worker at a time."""

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, select, update

from bot.storage import outbox, outgoing
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
    found = {each.lane: each for each in database.read(lambda tx: outgoing.backlog(tx, NOW))}
    assert {lane: each.waiting for lane, each in found.items()} == {"reply": 2, "alert": 1}
    assert found["reply"].oldest_due_at == NOW - SECOND


@pytest.mark.parametrize("lane", ["alert", "reply"])
@pytest.mark.parametrize("back", [5, 3600, 86400])
def test_a_clock_put_back_delays_neither_an_alert_nor_a_reply(
    database: Database, vault: Vault, lane: str, back: int
) -> None:
    put(database, vault, "new", lane=lane)
    assert len(database.write(lambda tx: claim(tx, vault, lane=lane, after=-back))) == 1


@pytest.mark.parametrize("lane", ["alert", "reply"])
def test_what_waits_for_its_next_try_and_what_is_leased_do_not_wait_for_a_clock_put_back(
    database: Database, vault: Vault, lane: str
) -> None:
    hour = 3600
    database.write(lambda tx: outbox.put(tx, vault, outbound("retried", lane=lane), NOW - 2 * hour * SECOND))
    (claimed,) = database.write(lambda tx: claim(tx, vault, lane=lane))
    later = Result("waiting", retry_at=NOW + 30 * SECOND)
    database.write(lambda tx: outbox.record_result(tx, claimed, later, NOW))
    assert len(database.write(lambda tx: claim(tx, vault, lane=lane, after=-hour))) == 1, "the retry"
    assert database.write(lambda tx: claim(tx, vault, lane=lane, after=-hour)) == (), "leased by the new clock"
    assert len(database.write(lambda tx: claim(tx, vault, lane=lane, after=-2 * hour))) == 1, "a lease of the future"


def test_clocks_of_two_machines_that_differ_a_little_take_no_lease_away(database: Database, vault: Vault) -> None:
    put(database, vault, "k", lane="alert")
    assert len(database.write(lambda tx: claim(tx, vault, lane="alert"))) == 1
    assert database.write(lambda tx: claim(tx, vault, lane="alert", after=-30)) == ()


def test_a_reminder_keeps_to_its_time_whatever_the_clock(database: Database, vault: Vault) -> None:
    put(database, vault, "tomorrow", lane="reminder", due_at=NOW + 86400 * SECOND)
    assert database.write(lambda tx: claim(tx, vault, lane="reminder", after=-3600)) == ()
    assert len(database.write(lambda tx: claim(tx, vault, lane="reminder", after=86400))) == 1


def test_what_was_dropped_as_too_late_is_listed_and_nothing_else(database: Database, vault: Vault) -> None:
    put(database, vault, "late", "sent", "off")
    for claimed, error in zip(
        database.write(lambda tx: claim(tx, vault)), ("too_late", None, "opted_out"), strict=True
    ):
        result = Result("dropped", error_code=error) if error else Result("sent")
        database.write(lambda tx, claimed=claimed, result=result: outbox.record_result(tx, claimed, result, NOW))
    (listed,) = database.read(lambda tx: outgoing.too_late(tx, NOW - SECOND))
    assert (listed.kind, listed.due_at) == ("reply", NOW)
    assert database.read(lambda tx: outgoing.too_late(tx, NOW)) == (), "of another week"
