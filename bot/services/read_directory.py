"""Reads the directory for a command: the files, with what staff confirmed on the console where there is a database."""

from bot.content.directory import load_directory
from bot.domain.offers import Directory
from bot.services.know_offers import laid_over
from bot.settings import Settings
from bot.storage import kept_offers
from bot.storage.database import Database
from bot.storage.migrations import current, head


class OldDatabase(Exception):
    """The database is not of this program's version: what staff confirmed cannot be read before a start."""


def read_directory(settings: Settings) -> Directory:
    """Every offer as it stands. A database that was never made holds nothing to add.

    Raises `ContentRefused`, `DatabaseAway`, and `OldDatabase`: without what staff hold back, a feed would tell of it.
    """
    files = load_directory(settings.flows)
    database = Database(settings.database_url)
    try:
        if database.path is not None and not database.path.exists():
            return files
        revision = current(database.engine)
        if revision is None:
            return files
        if revision != head():
            raise OldDatabase(revision)
        kept = database.read(kept_offers.every)
    finally:
        database.close()
    return Directory(tuple(laid_over(files.offers, kept)))
