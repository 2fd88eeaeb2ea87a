"""Consents, tasks, the audit, sessions, the user store and the check of keys."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.storage import audit, consents, sessions, tasks
from bot.storage.database import Database, Prepared, Transaction
from bot.storage.key_check import check_keys, forget_other_keys
from bot.storage.secrets import KeyMissing, Tampered, Vault
from bot.storage.staff import user_session
from bot.storage.staff_tables import staff_session
from bot.web.console.people import Staff, StaffRole
from tests.storage.parents import NOW, begin

LATER = NOW + timedelta(minutes=5)


def test_the_last_word_on_a_consent_counts(database: Database, vault: Vault) -> None:
    def work(tx: Transaction) -> str:
        id_ = begin(tx, vault).conversation.id
        for what, given in (("gp", True), ("midwife", False), ("gp", False), ("call", True)):
            consents.note_consent(tx, id_, what, NOW, given=given)
        return id_

    id_ = database.write(work)
    said = database.read(lambda tx: consents.consents(tx, id_))
    assert said == {"gp": False, "midwife": False, "call": True}


def test_one_open_task_of_a_kind_for_each_parent(database: Database, vault: Vault) -> None:
    id_ = database.write(lambda tx: begin(tx, vault)).conversation.id
    task = database.write(lambda tx: tasks.open_task(tx, id_, "call_back", NOW))
    assert task is not None
    assert database.write(lambda tx: tasks.open_task(tx, id_, "call_back", LATER)) is None
    assert database.write(lambda tx: tasks.open_task(tx, id_, "decide", LATER)) is not None
    assert [each.kind for each in database.read(tasks.open_tasks)] == ["call_back", "decide"]
    assert database.write(lambda tx: tasks.close_task(tx, task, "ann", LATER))
    assert not database.write(lambda tx: tasks.close_task(tx, task, "ann", LATER))
    assert database.write(lambda tx: tasks.open_task(tx, id_, "call_back", LATER)) is not None


def test_the_audit_tells_who_did_what_in_order(database: Database) -> None:
    def work(tx: Transaction) -> None:
        audit.record(tx, "ann", "looked", "conversation", "c1", NOW)
        audit.record(tx, "ann", "took over", "conversation", "c1", NOW)
        audit.record(tx, "ben", "looked", "conversation", "c2", LATER)

    database.write(work)
    assert [each.action for each in database.read(lambda tx: audit.entries(tx, "conversation", "c1"))] == [
        "looked",
        "took over",
    ]
    assert [each.who for each in database.read(lambda tx: audit.recent(tx, 2))] == ["ben", "ann"]


def test_a_session_is_found_by_its_token_and_kept(database: Database, vault: Vault) -> None:
    token = database.write(lambda tx: sessions.begin_session(tx, vault, '{"a": 1}', NOW))
    assert database.write(lambda tx: sessions.keep_session(tx, vault, token, '{"a": 2}', LATER, staff_id=None))
    found = database.read(lambda tx: sessions.find_session(tx, vault, token))
    assert found is not None
    assert (found.data, found.created_at, found.seen_at) == ('{"a": 2}', NOW, LATER)
    assert database.read(lambda tx: sessions.find_session(tx, vault, token + "x")) is None


def test_an_ended_session_is_over_wherever_its_cookie_was_copied(database: Database, vault: Vault) -> None:
    token = database.write(lambda tx: sessions.begin_session(tx, vault, "secret", NOW))
    assert database.write(lambda tx: sessions.see_session(tx, token, LATER))
    assert database.write(lambda tx: sessions.end_session(tx, token, LATER))
    assert database.read(lambda tx: sessions.find_session(tx, vault, token)) is None
    assert not database.write(lambda tx: sessions.see_session(tx, token, LATER))
    assert not database.write(lambda tx: sessions.keep_session(tx, vault, token, "back", LATER, staff_id=None))
    assert not database.write(lambda tx: sessions.end_session(tx, token, LATER))


def test_the_database_never_holds_a_token_nor_what_it_opens(database: Database, vault: Vault) -> None:
    token = database.write(lambda tx: sessions.begin_session(tx, vault, "canary", NOW))
    row = database.read(lambda tx: tx.row(Prepared(select(staff_session))))
    assert row is not None
    assert token not in row.id
    assert b"canary" not in row.data


def add_person(database: Database) -> int:
    store = user_session(database)
    person, role = Staff(), StaffRole()
    role.name, role.permissions = "lead", ["alerts", "calls"]
    person.email, person.active, person.fs_uniquifier = "ann@example.wales", True, "u"
    person.mf_recovery_codes, person.confirmed_at, person.roles = ["one", "two"], NOW, [role]
    store.add(person)
    store.commit()
    id_ = person.id
    person.mf_recovery_codes.remove("one")
    store.commit()
    store.remove()
    return id_


def test_the_user_store_keeps_what_the_sign_in_library_gives_it(database: Database) -> None:
    id_ = add_person(database)
    store = user_session(database)
    found = store.get_one(Staff, id_)
    assert found.mf_recovery_codes == ["two"]
    assert found.confirmed_at == NOW
    assert [(each.name, each.permissions) for each in found.roles] == [("lead", ["alerts", "calls"])]
    store.remove()


def test_all_sessions_of_one_person_end_but_the_one_they_use(database: Database, vault: Vault) -> None:
    id_ = add_person(database)
    tokens = [database.write(lambda tx: sessions.begin_session(tx, vault, "data", NOW, staff_id=id_)) for _ in range(3)]
    assert database.write(lambda tx: sessions.end_sessions_of(tx, id_, LATER, but=tokens[0])) == 2
    left = [database.read(lambda tx, token=token: sessions.find_session(tx, vault, token)) for token in tokens]
    assert [each is not None for each in left] == [True, False, False]
    assert database.write(lambda tx: sessions.sweep_sessions(tx, LATER)) == 3


def test_a_database_opened_with_other_keys_says_which_is_missing(database: Database, vault: Vault) -> None:
    database.write(lambda tx: check_keys(tx, vault))
    database.write(lambda tx: check_keys(tx, vault))
    with pytest.raises(KeyMissing, match="first"):
        database.write(lambda tx: check_keys(tx, Vault([("second", b"2" * 32)], b"i" * 32)))
    with pytest.raises(Tampered):
        database.write(lambda tx: check_keys(tx, Vault([("first", b"2" * 32)], b"i" * 32)))
    with pytest.raises(KeyMissing, match="index"):
        database.write(lambda tx: check_keys(tx, Vault([("first", b"k" * 32)], b"j" * 32)))


def test_a_new_key_is_remembered_and_an_old_one_forgotten_when_it_is_no_longer_needed(
    database: Database, vault: Vault
) -> None:
    both = Vault([("second", b"2" * 32), ("first", b"k" * 32)], b"i" * 32)
    alone = Vault([("second", b"2" * 32)], b"i" * 32)
    database.write(lambda tx: check_keys(tx, vault))
    database.write(lambda tx: check_keys(tx, both))
    with pytest.raises(KeyMissing, match="first"):
        database.write(lambda tx: check_keys(tx, alone))
    database.write(lambda tx: forget_other_keys(tx, both))
    database.write(lambda tx: check_keys(tx, alone))
