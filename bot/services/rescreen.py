"""What today's lexicon says of yesterday's messages: for whoever changed it."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.lexicon import Lexicon
from bot.domain.screening import screen
from bot.storage.database import Database
from bot.storage.screened import Screened, each_screened
from bot.storage.secrets import Vault


@dataclass(frozen=True, slots=True)
class Changed:
    """A message that screens differently now. No words: the console shows them to those who may read them."""

    inbound_id: str
    conversation_id: str | None
    before: str
    now: str
    rules: tuple[str, ...]


def rescreen(database: Database, vault: Vault, lexicon: Lexicon) -> tuple[Changed, ...]:
    """Every stored message whose level would be another with `lexicon`, oldest first. It changes nothing."""
    return database.read(lambda tx: tuple(_changed(each_screened(tx, vault), lexicon)))


def _changed(messages: Iterator[Screened], lexicon: Lexicon) -> Iterator[Changed]:
    for message in messages:
        found = screen(message.text, lexicon)
        if found.level != message.level:
            rules = tuple(dict.fromkeys(match.rule for match in found.matches))
            yield Changed(message.inbound_id, message.conversation_id, message.level, found.level, rules)
