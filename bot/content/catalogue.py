"""Every word of the service, by language and address. Read once at start; a text is then a look-up in a dict."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from bot.content.faults import ContentRefused
from bot.content.moments import moment_in_words
from bot.content.po_files import Entry, read_po_files
from bot.domain.conversation import Bilingual, Line, Value

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
WORDS = ".words"
_OTHER = {"cy": "en", "en": "cy"}
_NOTHING: Mapping[str, Value] = {}

# A text cut at its placeholders: words, name, words, name, ..., words.
_Parts = tuple[str, ...]


class CatalogueError(ContentRefused):
    """A file of wording cannot be read; `faults` says which and where."""


class MissingWording(LookupError):
    """No language has words for this address."""


class Catalogue:
    """Words by language ("cy", "en") and address ("booking.call_offer.ask"). Immutable; shared by all threads."""

    def __init__(self, entries: Mapping[str, Mapping[str, Entry]]) -> None:
        """`entries` by language and address; what is stale or empty does not count, as gettext has it."""
        self._entries = entries
        self._texts: dict[str, dict[str, tuple[_Parts, ...]]] = {}
        self._words: dict[str, dict[str, tuple[str, ...]]] = {}
        for language, found in entries.items():
            usable = {address: entry for address, entry in found.items() if not entry.is_missing}
            self._texts[language] = {
                address: tuple(tuple(PLACEHOLDER.split(form)) for form in entry.strings)
                for address, entry in usable.items()
            }
            self._words[language] = {
                address: tuple(filter(None, (word.strip() for word in entry.strings[0].split("|"))))
                for address, entry in usable.items()
            }

    def entries(self, language: str) -> Mapping[str, Entry]:
        """Everything a language's files hold, stale and empty entries too, with the line of each."""
        return self._entries.get(language, {})

    def addresses(self) -> frozenset[str]:
        """Every address that has words in at least one language."""
        return frozenset(address for texts in self._texts.values() for address in texts)

    def has(self, language: str, address: str) -> bool:
        """True when that language itself has words for the address."""
        return address in self._texts[language]

    def text(
        self, language: str, address: str, values: Mapping[str, Value] = _NOTHING, count: int | None = None
    ) -> str:
        """The words, placeholders filled. Raises `MissingWording` when neither language has any.

        A language that has none borrows from the other. `count` picks the plural form and fills {count}; without it
        a whole number under "count" does. Values without a placeholder are ignored; a placeholder without a value
        leaves nothing, because a text that is sent with a gap beats one that is not sent.
        """
        forms = self._texts[language].get(address)
        if forms is None:
            language = _OTHER[language]
            forms = self._texts[language].get(address)
            if forms is None:
                raise MissingWording(address)
        number = count
        if number is None and len(forms) > 1:
            number = _whole(_found(values, "count"))
        parts = forms[0] if number is None else forms[_plural(language, number, len(forms))]
        if len(parts) == 1:
            return parts[0]
        filled = list(parts)
        for place in range(1, len(parts), 2):
            name = parts[place]
            value = number if name == "count" and number is not None else _found(values, name)
            filled[place] = self._value(language, value, first=place == 1 and not parts[0])
        return "".join(filled)

    def words(self, language: str, address: str) -> tuple[str, ...]:
        """What may be typed for an address, without the other language; () when there is nothing."""
        return self._words[language].get(address, ())

    def phrases(self, address: str) -> tuple[str, ...]:
        """What may be typed for an address in both languages; a label counts as it is shown."""
        if address.endswith(WORDS):
            return tuple(word for language in self._words for word in self.words(language, address))
        return tuple(self.text(language, address) for language in self._texts if self.has(language, address))

    def _value(self, language: str, value: Value, *, first: bool) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, datetime):
            words = moment_in_words(language, value)
            return words[0].upper() + words[1:] if first else words
        if isinstance(value, Line):
            return self.text(language, value.address, value.values)
        if isinstance(value, Bilingual):
            return value.cy if language == "cy" else value.en
        return str(value)


def load_catalogue(locales: Path) -> Catalogue:
    """Reads every .po file under `locales`; raises `CatalogueError` with the faults of all that cannot be read."""
    try:
        files = read_po_files(locales)
    except ContentRefused as refused:
        raise CatalogueError(refused.faults) from None
    return Catalogue(
        {
            language: {address: entry for file in found.values() for address, entry in file.entries.items()}
            for language, found in files.items()
        }
    )


def _found(values: Mapping[str, Value], name: str) -> Value:
    """By subscript, so that a mapping that looks things up only when asked can."""
    try:
        return values[name]
    except KeyError:
        return ""


def _whole(value: Value) -> int | None:
    return value if isinstance(value, int) else None


def _plural(language: str, number: int, forms: int) -> int:
    """Which plural form a number takes (the rules in the headers of the files). Source: CLDR."""
    form = {0: 0, 1: 1, 2: 2, 3: 3, 6: 4}.get(number, 5) if language == "cy" else int(number != 1)
    return min(form, forms - 1)
