"""What today's lexicon says of yesterday's messages: for whoever changed it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice, takewhile

from bot.domain.lexicon import Lexicon
from bot.domain.pieces import add_later
from bot.domain.screening import Screening, screen_after
from bot.services.screen_message import MOST_EARLIER, MOST_LATER
from bot.storage.database import Database
from bot.storage.screened import Screened, each_screened
from bot.storage.secrets import Vault


@dataclass(frozen=True, slots=True)
class Changed:
    """A message that screens differently now. No words: the console shows them to those who may read them.

    `before`, `rules_before` and `lexicon_version` are what is stored; `now` and `rules` are today's.
    """

    inbound_id: str
    conversation_id: str | None
    before: str
    now: str
    rules_before: tuple[str, ...]
    rules: tuple[str, ...]
    lexicon_version: str


def rescreen(database: Database, vault: Vault, lexicon: Lexicon, split_seconds: int) -> tuple[Changed, ...]:
    """Every stored message whose level or rules would be others with `lexicon`, oldest first. It changes nothing.

    Each is read as it was when we learned of it: with what the same parent had said in the `split_seconds` before, and
    one that was fetched late with what they had said in as many after it.
    """
    apart = timedelta(seconds=split_seconds)
    found = database.read(lambda tx: list(_changed(each_screened(tx, vault), lexicon, apart)))
    return tuple(changed for _, changed in sorted(found, key=lambda each: (each[0], each[1].inbound_id)))


def _changed(messages: Iterable[Screened], lexicon: Lexicon, apart: timedelta) -> Iterator[tuple[datetime, Changed]]:
    # What belongs to no conversation may be anybody's, and is read alone.
    for _, thread in groupby(messages, key=lambda message: message.conversation_id or message.inbound_id):
        said = list(thread)
        for place, message in enumerate(said):
            found = _read_again(said, place, lexicon, apart)
            rules = tuple(dict.fromkeys(match.rule for match in found.matches))
            if found.level == message.level and set(rules) == set(message.rules):
                continue
            changed = Changed(
                message.inbound_id,
                message.conversation_id,
                message.level,
                found.level,
                message.rules,
                rules,
                message.lexicon_version,
            )
            yield message.received_at, changed


def _read_again(thread: Sequence[Screened], place: int, lexicon: Lexicon, apart: timedelta) -> Screening:
    """One message of a thread, which is in the order of writing, with those beside it that were known before it."""
    this = thread[place]
    back = takewhile(
        lambda one: this.received_at - one.received_at <= apart, (thread[i] for i in range(place - 1, -1, -1))
    )
    ahead = takewhile(
        lambda one: one.received_at - this.received_at <= apart, (thread[i] for i in range(place + 1, len(thread)))
    )
    before = [*islice((one.text for one in back if one.screened_at <= this.screened_at), MOST_EARLIER)]
    later = [*islice((one.text for one in ahead if one.screened_at < this.screened_at), MOST_LATER)]
    earlier = before[::-1]
    return add_later(screen_after(earlier, this.text, lexicon), earlier, this.text, later, lexicon)
