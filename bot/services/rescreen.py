"""What today's lexicon says of yesterday's messages: for whoever changed it."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.lexicon import Lexicon
from bot.domain.screening import screen_after
from bot.services.screen_message import MOST_EARLIER
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


def rescreen(database: Database, vault: Vault, lexicon: Lexicon, split_seconds: int) -> tuple[Changed, ...]:
    """Every stored message whose level would be another with `lexicon`, oldest first. It changes nothing.

    Each is read as it was when it came: with what the same parent said in the `split_seconds` before.
    """
    apart = timedelta(seconds=split_seconds)
    return database.read(lambda tx: tuple(_changed(each_screened(tx, vault), lexicon, apart)))


def _changed(messages: Iterator[Screened], lexicon: Lexicon, apart: timedelta) -> Iterator[Changed]:
    recent: dict[str | None, deque[Screened]] = {}
    for message in messages:
        before = recent.setdefault(message.conversation_id, deque(maxlen=MOST_EARLIER))
        earlier = [each.text for each in before if message.received_at - each.received_at <= apart]
        found = screen_after(earlier if message.conversation_id else (), message.text, lexicon)
        before.append(message)
        if found.level != message.level:
            rules = tuple(dict.fromkeys(match.rule for match in found.matches))
            yield Changed(message.inbound_id, message.conversation_id, message.level, found.level, rules)
