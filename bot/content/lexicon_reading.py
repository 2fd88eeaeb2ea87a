"""Reads the files of the lexicon, file by file, and collects what is in them and every fault."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from bot.content.faults import ContentRefused, Fault
from bot.content.known_words import read_known_words
from bot.content.lexicon_shapes import (
    Classes,
    ConcernsFile,
    EverydayFile,
    HearsFile,
    OneConcern,
    Patterns,
    Words,
    WordsFile,
)
from bot.content.reading import Document, read_document
from bot.content.shapes import Strict, shape_faults
from bot.domain.lexicon import Concern, Everyday
from bot.domain.patterns import HINT, LANGUAGES, Vocabulary
from bot.domain.text import fold_word

NO_HINT = f"Only a pattern of a safeguarding concern can be a hint: take the “{HINT}” away."
Shape = TypeVar("Shape", bound=Strict)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern, and where it stands. `exact`: a saying, which has no gaps."""

    path: Path
    line: int
    language: str
    text: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence that a concern must match, or must not."""

    path: Path
    line: int
    concern: str
    wanted: bool
    text: str


@dataclass(frozen=True, slots=True)
class Review:
    """Who answers for a concern, and who reviewed it last and when; None until somebody has."""

    path: Path
    line: int
    concern: str
    meaning: str
    hazard: str
    owner: str
    reviewed_by: str | None
    reviewed: date | None


@dataclass(slots=True)
class Reading:
    """What was read so far, faults included."""

    faults: list[Fault] = field(default_factory=list)
    concerns: list[Concern] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    patterns: list[Pattern] = field(default_factory=list)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    everyday: Everyday = field(default_factory=Everyday)

    def words(self, path: Path) -> None:
        """Takes in words.yaml."""
        document, read = self._file(path, WordsFile)
        if document is None or read is None:
            return
        self.vocabulary = Vocabulary(
            classes=self._classes(document, read.classes),
            irregular={word: tuple(forms.split()) for word, forms in read.irregular.items()},
            text_speak={fold_word(word): tuple(map(fold_word, said.split())) for word, said in read.text_speak.items()},
            ordinary=frozenset(map(fold_word, read.ordinary.split())),
        )

    def known_words(self, folder: Path) -> None:
        """Takes in the words of files of their own: the dictionary, and those met in made-up messages."""
        try:
            found = read_known_words(folder)
        except ContentRefused as refused:
            self.faults += refused.faults
            return
        ordinary = self.vocabulary.ordinary | found.dictionary
        version = f"{found.version} {sorted(self.vocabulary.ordinary)}"
        self.vocabulary = replace(self.vocabulary, ordinary=ordinary, met=found.met, version=version)

    def sayings(self, path: Path) -> None:
        """Takes in everyday.yaml."""
        document, read = self._file(path, EverydayFile)
        if document is not None and read is not None:
            self.everyday = Everyday(
                covers=self._both(document, read.covers, "covers"),
                past=self._both(document, read.past, "past"),
                now=self._both(document, read.now, "now"),
            )

    def category(self, path: Path) -> None:
        """Takes in the file of one category."""
        document, read = self._file(path, ConcernsFile)
        if document is None or read is None:
            return
        if read.category != path.stem:
            self.faults.append(document.fault(f"The category of this file is {path.stem}.", "category"))
        self.vocabulary = replace(self.vocabulary, classes=self._classes(document, read.classes))
        if read.covers is not None:
            self._cover(self._both(document, read.covers, "covers"))
        for number, one in enumerate(read.concerns):
            self._concern(document, path.stem, one, "concerns", number)

    def hears(self, path: Path) -> None:
        """Takes in hears.yaml."""
        document, read = self._file(path, HearsFile)
        if document is None or read is None:
            return
        self.vocabulary = replace(self.vocabulary, classes=self._classes(document, read.classes))
        # What tells the past from now is nothing to a side door.
        self.everyday = Everyday(self.everyday.covers)
        self._cover(self._both(document, read.covers, "covers"))
        for door, concerns in (
            ("honest_answer", read.honest_answer),
            ("loss", read.loss),
            ("likely_loss", read.likely_loss),
            ("doubted_loss", read.doubted_loss),
            ("move_call", read.move_call),
        ):
            for number, one in enumerate(concerns):
                self._concern(document, door, one, door, number)

    def _file(self, path: Path, shape: type[Shape]) -> tuple[Document | None, Shape | None]:
        try:
            document = read_document(path)
            return document, shape.model_validate(document.data)
        except ContentRefused as refused:
            self.faults += refused.faults
        except ValidationError as refused:
            self.faults += shape_faults(document, refused)
        return None, None

    def _concern(self, document: Document, category: str, one: OneConcern, *place: str | int) -> None:
        patterns = self._both(document, one.patterns, *place, "patterns")
        meaning = one.meaning.model_dump()
        self.concerns.append(Concern(one.id, category, one.severity, patterns, one.past_lowers, meaning))
        self.reviews.append(
            Review(
                document.path, document.line(*place), one.id, one.meaning.en, one.hazard, one.owner, one.reviewed_by,
                one.reviewed,
            )
        )  # fmt: skip
        for key, words, wanted in (("must_match", one.must_match, True), ("must_not_match", one.must_not_match, False)):
            for line, text in _lines(document, words, *place, key):
                self.examples.append(Example(document.path, line, one.id, wanted, text))

    def _classes(self, document: Document, read: Classes) -> dict[str, dict[str, tuple[str, ...]]]:
        """The word classes so far and those of `read`; a name that is taken is a fault, wherever it was taken."""
        classes = {language: dict(self.vocabulary.classes.get(language, {})) for language in LANGUAGES}
        for language, named in (("en", read.en), ("cy", read.cy)):
            for name, words in named.items():
                if name in classes[language]:
                    sentence = f"There is a word class {{{name}}} already. Add to it, or take another name."
                    self.faults.append(document.fault(sentence, "classes", language, name))
                classes[language][name] = self._patterns(document, language, words, "classes", language, name)
        return classes

    def _cover(self, covers: Mapping[str, tuple[str, ...]]) -> None:
        shared = self.everyday.covers
        both = {language: (*shared.get(language, ()), *covers[language]) for language in LANGUAGES}
        self.everyday = replace(self.everyday, covers=both)

    def _both(self, document: Document, patterns: Patterns, *place: str | int) -> dict[str, tuple[str, ...]]:
        return {
            language: self._patterns(document, language, getattr(patterns, language), *place, language)
            for language in LANGUAGES
        }

    def _patterns(self, document: Document, language: str, words: Words, *place: str | int) -> tuple[str, ...]:
        lines = list(_lines(document, words, *place))
        in_class, exact, may_hint = (place[0] == kind for kind in ("classes", "covers", "concerns"))
        hints = [line for line, text in lines if text.startswith(HINT) and not may_hint]
        self.faults += [Fault(document.path, line, NO_HINT) for line in hints]
        self.patterns += [
            Pattern(document.path, line, language, f"({text})" if in_class else text, exact) for line, text in lines
        ]
        return tuple(text for _, text in lines)


def _lines(document: Document, words: Words, *place: str | int) -> Iterator[tuple[int, str]]:
    """The lines of a block (or the one line of a plain value) and their line numbers; # begins a remark."""
    # A block begins on the line after its name, and ends with a line break; a plain value does neither.
    first = document.line(*place) + words.endswith("\n")
    for number, text in enumerate(words.split("\n"), start=first):
        if text.strip() and not text.strip().startswith("#"):
            yield number, text.strip()
