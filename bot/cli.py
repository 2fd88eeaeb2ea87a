"""The `helo` command: joins the commands, and turns every expected refusal into sentences and an exit status."""

from typing import Any

import click

from bot.commands import CHECK_FAILED, USED_WRONGLY, refuse
from bot.commands.configuration import keys, show_settings
from bot.commands.content import check, draw_map, learn, offers, text
from bot.commands.records import backup, forget, rescreen, restore
from bot.commands.referrals import referral
from bot.commands.serving import serve, worker
from bot.commands.staff import seed_demo, staff
from bot.commands.talking import chat, screen
from bot.environment import SettingsError


class Helo(click.Group):
    """A group whose commands refuse with sentences, not with tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SettingsError as refused:
            refuse(refused.faults, USED_WRONGLY)
        except Exception as fault:
            sentences, status = _expected(fault)
            if not sentences:
                raise
            refuse(sentences, status)


def _expected(fault: Exception) -> tuple[tuple[object, ...], int]:
    """What to say of a fault that is somebody's to mend, and the exit status; nothing for one that is ours."""
    # Imported only now: `helo --help` answers at once.
    from bot.content.faults import ContentRefused
    from bot.content.lexicon_files import LexiconFault
    from bot.storage.database import DatabaseAway
    from bot.storage.ledger import LedgerDamaged
    from bot.storage.secrets import KeyMissing, Tampered

    match fault:
        case ContentRefused() | LexiconFault():
            return fault.faults, CHECK_FAILED
        case KeyMissing():
            return (f"HELO_DATA_KEYS or HELO_INDEX_KEY: {fault}.",), USED_WRONGLY
        case Tampered():
            return (
                "HELO_DATA_KEYS is not what this database or backup was sealed with, or it is damaged.",
            ), USED_WRONGLY
        case LedgerDamaged():
            return (f"HELO_ERASURE_LEDGER: {fault}",), CHECK_FAILED
        case DatabaseAway():
            return (
                "The database cannot be reached or written: see HELO_DATABASE_URL in `helo settings`.",
            ), CHECK_FAILED
    return (), CHECK_FAILED


@click.group(cls=Helo, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Helo: a self-referral chatbot for parents in Wales."""


for each in (
    backup, chat, check, draw_map, forget, keys, learn, offers, referral, rescreen, restore, screen, seed_demo, serve,
    show_settings, staff, text, worker,
):  # fmt: skip
    main.add_command(each)

if __name__ == "__main__":
    main(prog_name="helo")
