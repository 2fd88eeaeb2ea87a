"""Keeping a copy of everything in one sealed file."""

from datetime import datetime
from pathlib import Path

from bot.storage import audit
from bot.storage.backup import BackupFacts, write_backup
from bot.storage.database import Database
from bot.storage.secrets import Vault


def back_up(database: Database, vault: Vault, path: Path, *, who: str, now: datetime) -> BackupFacts:
    """Writes the whole database to one sealed file at `path`, while parents go on texting."""
    facts = write_backup(database, vault, path, now)
    database.write(lambda tx: audit.record(tx, who, "backed up", "database", facts.revision, now))
    return facts
