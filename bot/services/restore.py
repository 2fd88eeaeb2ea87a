"""Coming back from a backup."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.storage import audit, erasure
from bot.storage.backup import BackupFacts, read_backup
from bot.storage.database import Database, Transaction
from bot.storage.key_check import check_keys
from bot.storage.secrets import Vault


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and how many parents were erased again because the ledger says so."""

    facts: BackupFacts
    erased_again: int


def restore(url: str, vault: Vault, ledger: Path, path: Path, *, who: str, now: datetime) -> Restored:
    """Fills the empty database at `url` from the backup at `path`; whoever was erased since stays erased.

    Raises `NotEmpty`, `Tampered`, `KeyMissing`, `LedgerDamaged`.
    """
    facts = read_backup(url, vault, path)
    database = Database(url)

    def work(tx: Transaction) -> int:
        check_keys(tx, vault)
        erased_again = erasure.reapply(tx, vault, ledger, now)
        audit.record(tx, who, "restored", "database", facts.revision, now)
        return erased_again

    try:
        erased_again = database.write(work)
        database.checkpoint()
    finally:
        database.close()
    return Restored(facts, erased_again)
