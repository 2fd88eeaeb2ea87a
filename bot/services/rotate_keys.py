"""Moving everything that is sealed to the current key, so that the old one can be thrown away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.storage import audit
from bot.storage.database import Database, Transaction
from bot.storage.key_check import check_keys, forget_other_keys
from bot.storage.rotation import reseal, sealed_columns
from bot.storage.secrets import Vault


@dataclass(frozen=True, slots=True)
class Rotation:
    """How many rows were sealed again, by table; and what is damaged, as table.column and id: no key opens it."""

    rows: Mapping[str, int]
    damaged: tuple[str, ...]


def rotate_keys(database: Database, vault: Vault, *, who: str, now: datetime, batch: int = 200) -> Rotation:
    """Seals every field with the vault's first key. What is damaged stays as it is, and stops nothing.

    It works in small transactions, so parents go on texting; stopped half-way, it goes on when called again. Processes
    still running with the old list of keys must be restarted before it is called. Afterwards the old key opens nothing
    but old backups. Raises `KeyMissing` where a key is not at hand.
    """
    database.write(lambda tx: check_keys(tx, vault))
    counts: dict[str, int] = {}
    damaged: list[str] = []
    for table in sealed_columns():
        counts[table] = 0
        after: str | None = ""
        while after is not None:
            done = database.write(partial(reseal, vault=vault, table=table, after=after, limit=batch))
            after = done.last
            counts[table] += done.changed
            damaged += done.damaged

    def finish(tx: Transaction) -> None:
        forget_other_keys(tx, vault)
        audit.record(tx, who, "rotated keys", "key", vault.current_key, now)

    database.write(finish)
    database.checkpoint()
    return Rotation(counts, tuple(damaged))
