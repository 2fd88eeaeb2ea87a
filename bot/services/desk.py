"""The desk: everything a use case needs to hand, opened once at start and shared by all threads."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from bot.content.card_file import load_cards
from bot.content.catalogue import Catalogue, load_catalogue
from bot.content.directory import load_atlas, load_directory
from bot.content.glossary import Glossary, load_glossary
from bot.content.helpline_file import load_helplines
from bot.content.lexicon_files import load_hears, load_lexicon
from bot.content.library import Library, load_library
from bot.content.response_file import Responses, load_responses
from bot.content.rota_file import with_waits
from bot.content.team_file import Team, load_team
from bot.domain.areas import Atlas
from bot.domain.cards import Card
from bot.domain.chain import Chain
from bot.domain.conversation import LANGUAGES, Value
from bot.domain.lexicon import Lexicon
from bot.domain.offers import Directory
from bot.domain.plain import PlainAnswers
from bot.domain.reader import Reader
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.secrets import Vault


class Ears:
    """The lexicons of a folder of flows. They take a second to build, so a process that hears no parent goes without.

    Whoever serves parents calls `open` before the first message: a lexicon with a fault must not be met by a parent.
    """

    def __init__(self, flows: Path, answers: Iterable[str], *, kept: bool = False) -> None:
        """`answers` in lower case: those of the flow, which need no second reading. `kept`: as an earlier start
        compiled the lexicons, where nothing has changed."""
        self._flows = flows
        self._kept = kept
        self._answers = frozenset(answers)

    @cached_property
    def lexicon(self) -> Lexicon:
        """What must be seen by a person. Raises `LexiconFault` with every fault."""
        return replace(load_lexicon(self._flows, kept=self._kept), plain=PlainAnswers(self._answers))

    @cached_property
    def hears(self) -> Lexicon:
        """What opens a side door in any words. Raises `LexiconFault` with every fault."""
        return replace(load_hears(self._flows, kept=self._kept), plain=PlainAnswers(self._answers))

    def open(self) -> None:
        """Builds both."""
        _ = self.lexicon, self.hears


class Known:
    """What `know_offers` put together last, and of what: the directory of the files, the database, the version of what
    staff keep there."""

    last: tuple[tuple[Directory, Database, int], Directory] | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Settings, storage, flow, words and lexicons. Immutable: a change of content is a new start.

    `directory` is that of the files; `know_offers` has it as staff keep it on the console.
    """

    settings: Settings
    database: Database
    vault: Vault
    library: Library
    catalogue: Catalogue
    glossary: Glossary
    reader: Reader
    ears: Ears
    responses: Responses
    team: Team
    helplines: Mapping[str, Value]
    atlas: Atlas
    directory: Directory
    cards: tuple[Card, ...]
    now: Callable[[], datetime]
    known: Known = field(default_factory=Known)

    @property
    def chain(self) -> Chain:
        """Who is told of an alert from today on, with the settings' waiting times where the team names none."""
        seconds = self.settings
        return with_waits(self.team.chain, first=seconds.alert_first_seconds, following=seconds.alert_next_seconds)

    @property
    def lexicon(self) -> Lexicon:
        """What must be seen by a person."""
        return self.ears.lexicon

    @property
    def hears(self) -> Lexicon:
        """What opens a side door in any words."""
        return self.ears.hears


def open_desk(settings: Settings, *, now: Callable[[], datetime] | None = None) -> Desk:
    """Reads flows and words and opens the database. Raises what the readers raise: every fault, with file and line."""
    now = now or (lambda: datetime.now(UTC))
    library = load_library(settings.flows)
    directory = load_directory(settings.flows)
    directory.look_ahead(now())
    catalogue = load_catalogue(settings.locales)
    reader = Reader(library.flow, lambda address: both_languages(catalogue, address))
    return Desk(
        settings=settings,
        database=Database(settings.database_url),
        vault=Vault(settings.data_keys, settings.index_key),
        library=library,
        catalogue=catalogue,
        glossary=load_glossary(settings.locales),
        reader=reader,
        # Production looks everything through at each start, and so builds it.
        ears=Ears(settings.flows, reader.answers, kept=not settings.is_production),
        responses=load_responses(settings.flows),
        team=load_team(settings.flows),
        helplines=load_helplines(settings.flows),
        atlas=load_atlas(settings.flows),
        directory=directory,
        cards=load_cards(settings.flows),
        now=now,
    )


def both_languages(catalogue: Catalogue, address: str) -> tuple[str, ...]:
    """What may be typed for an address, in Welsh and in English: both are always understood."""
    return tuple(word for language in LANGUAGES for word in catalogue.words(language, address))
