"""The `helo` command: joins the commands, and turns every expected refusal into sentences and an exit status."""

from typing import Any

import click

from bot.commands import CHECK_FAILED, USED_WRONGLY, refuse
from bot.commands.configuration import keys, show_settings
from bot.commands.content import check, offers, text
from bot.commands.records import backup, forget, rescreen, restore
from bot.commands.serving import serve, worker
from bot.commands.staff import seed_demo, staff
from bot.commands.talking import chat, screen
from bot.content.faults import ContentRefused
from bot.content.lexicon_files import LexiconFault
from bot.environment import SettingsError
from bot.storage.database import DatabaseAway
from bot.storage.ledger import LedgerDamaged
from bot.storage.secrets import KeyMissing


class Helo(click.Group):
    """A group whose commands refuse with sentences, not with tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SettingsError as refused:
            refuse(refused.faults, USED_WRONGLY)
        except (ContentRefused, LexiconFault) as refused:
            refuse(refused.faults, CHECK_FAILED)
        except KeyMissing as missing:
            refuse([f"HELO_DATA_KEYS or HELO_INDEX_KEY: {missing}."], USED_WRONGLY)
        except LedgerDamaged as damaged:
            refuse([f"HELO_ERASURE_LEDGER: {damaged}"], CHECK_FAILED)
        except DatabaseAway:
            refuse(
                ["The database cannot be reached or written: see HELO_DATABASE_URL in `helo settings`."], CHECK_FAILED
            )


@click.group(cls=Helo, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Helo: a self-referral chatbot for parents in Wales."""


for each in (
    backup, chat, check, forget, keys, offers, rescreen, restore, screen, seed_demo, serve, show_settings,
    staff, text, worker,
):  # fmt: skip
    main.add_command(each)

if __name__ == "__main__":
    main(prog_name="helo")
