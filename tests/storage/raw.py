"""The bytes of a database as whoever steals its files would have them, on either engine."""

import psycopg

from bot.storage.database import Database
from bot.storage.postgresql import connect_arguments

# This database's own files, and the log segments written last; asked of the server, which reads them as they lie.
_FILES = b"""
    SELECT 'base/' || d.oid || '/' || f AS path FROM pg_database d, pg_ls_dir('base/' || d.oid) AS f
    WHERE d.datname = current_database()
    UNION ALL (SELECT 'pg_wal/' || name FROM pg_ls_waldir() ORDER BY modification DESC LIMIT 3)
"""


def raw_bytes(database: Database) -> bytes:
    """Every byte in the files of `database`: tables, journal and its latest log."""
    if database.path is not None:
        return b"".join(path.read_bytes() for path in sorted(database.path.parent.iterdir()) if path.is_file())
    with psycopg.connect(autocommit=True, **connect_arguments(database.url)) as connection:
        connection.execute(b"CHECKPOINT")
        names = [name for (name,) in connection.execute(_FILES).fetchall()]
        read = b"SELECT pg_read_binary_file(%s, 0, 500000000, true)"
        found = (connection.execute(read, (name,)).fetchone() for name in names)
        return b"".join(row[0] for row in found if row and row[0])
