"""Nobody who takes the files can read a word of a parent's, nor find them by their number."""

from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, String

from bot.storage import staff_tables
from bot.storage.columns import Code, Id, Sealed, metadata
from bot.storage.database import Database
from bot.storage.rotation import sealed_columns
from bot.storage.secrets import Vault
from tests.storage.parents import CANARIES, NUMBER, fill
from tests.storage.raw import raw_bytes

# Text columns that hold neither an id nor a word of a closed vocabulary, each with what it holds.
LOOKED_AT = {
    "conversation.contact_hash": "keyed hash",
    "inbound_message.sid": "the provider's id of a message",
    "inbound_message.body_hash": "keyed hash",
    "screening.categories": "names of our own categories",
    "alert.reference": "random",
    "alert.chain": "keys of staff, roads, waiting times, hours",
    "alert_event.detail": "codes and ids",
    "outbound_message.dedupe_key": "ids",
    "outbound_message.provider_sid": "the provider's id of a message",
    "caller.hours": "a working week of staff: days, hours, languages, areas",
    "caller_calendar.busy": "times without a word of why",
    "kept_offer.mark": "hash of an entry of the directory",
    "kept_offer.facts": "what parents and anybody may read of an offer, and who runs it",
    "caller_feed.token_hash": "hash of a random token",
    "erasure.mark": "keyed hash",
    "key_check.index_mark": "keyed hash",
    "staff_session.id": "hash of a random token",
    "alembic_version.version_num": "revision",
}


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())


@pytest.mark.parametrize("when", ["while it runs", "after a checkpoint", "after closing"])
def test_no_planted_word_is_in_the_files(sqlite_database: Database, vault: Vault, when: str) -> None:
    fill(sqlite_database, vault)
    if when != "while it runs":
        sqlite_database.checkpoint()
    if when == "after closing":
        sqlite_database.close()
    assert sqlite_database.path is not None
    raw = everything_in(sqlite_database.path.parent)
    assert b"CREATE TABLE conversation" in raw
    for word in (*CANARIES, NUMBER, NUMBER[1:]):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert word.encode(encoding) not in raw, word


def test_the_test_above_would_find_a_plain_word(sqlite_database: Database, vault: Vault) -> None:
    fill(sqlite_database, vault)
    assert sqlite_database.path is not None
    assert b"with_bot" in everything_in(sqlite_database.path.parent)


def test_no_planted_word_is_in_the_files_of_either_engine(database: Database, vault: Vault) -> None:
    fill(database, vault)
    raw = raw_bytes(database)
    assert b"with_bot" in raw
    for word in (*CANARIES, NUMBER, NUMBER[1:]):
        assert word.encode() not in raw, word


def test_every_text_column_about_parents_has_been_looked_at() -> None:
    """A new plain column for somebody's words cannot slip in: it must be sealed, or named above with what it holds."""
    staff_only = {staff_tables.staff, staff_tables.role}
    plain = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        if table not in staff_only
        for column in table.columns
        if isinstance(column.type, String) and not isinstance(column.type, (Id, Code))
    }
    assert plain - set(LOOKED_AT) == set()
    assert all(
        isinstance(column.type, Sealed)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    )


def test_what_a_parent_gave_us_is_sealed() -> None:
    assert sealed_columns() == {
        "conversation": ("contact", "state"),
        "inbound_message": ("body", "reply"),
        "screening": ("matches",),
        "alert_report": ("not_needed_note", "consent_note"),
        "outbound_message": ("recipient", "body"),
        "call": ("sheet",),
        "call_record": ("words",),
        "staff_task": ("note",),
        "caller_calendar": ("address",),
        "staff_session": ("data",),
    }
