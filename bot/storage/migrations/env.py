"""Alembic's way in: it runs this file with the connection that `upgrade` opened."""

from alembic import context

from bot.storage import alert_tables, staff_tables, tables
from bot.storage.columns import metadata

KNOWN = (tables, alert_tables, staff_tables)  # importing them fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
