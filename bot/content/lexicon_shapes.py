"""How the files of the lexicon are written: concerns, shared words, sayings; one pattern or sentence a line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, ValidationError

from bot.content.faults import ContentRefused, Fault
from bot.content.reading import Document, read_document
from bot.content.shapes import Reviewed, Strict, YesNo, shape_faults
from bot.domain.lexicon import Concern, Everyday
from bot.domain.phrases import HINT, LANGUAGES, Vocabulary
from bot.domain.text import fold_word

NO_HINT = f"Only a pattern of a safeguarding concern can be a hint: take the “{HINT}” away."
Words = str
Named = dict[str, Words]
Shape = TypeVar("Shape", bound=Strict)


class Patterns(Strict):
    """Patterns in both languages, one a line."""

    en: Words = Field(min_length=1)
    cy: Words = Field(min_length=1)


class OneConcern(Strict):
    """One concern as a safeguarding lead writes it."""

    id: str = Field(min_length=1)
    meaning: str = Field(min_length=1)
    severity: Literal["watch", "urgent", "immediate"]
    hazard: str = Field(min_length=1)
    owner: str = Field(min_length=1)
    reviewed: Reviewed
    past_lowers: YesNo = True
    patterns: Patterns
    must_match: Words = Field(min_length=1)
    must_not_match: Words = Field(min_length=1)


class Classes(Strict):
    """Word classes by language."""

    en: Named = Field(default_factory=dict)
    cy: Named = Field(default_factory=dict)


class ConcernsFile(Strict):
    """One category's file: its concerns, and the word classes and sayings that were made for them."""

    category: str
    classes: Classes = Field(default_factory=Classes)
    covers: Patterns | None = None
    concerns: list[OneConcern]


class HearsFile(Strict):
    """What is heard in any words, by side door; `covers` only sounds like it. `classes` are its own."""

    classes: Classes = Field(default_factory=Classes)
    covers: Patterns
    honest_answer: list[OneConcern]
    loss: list[OneConcern]
    likely_loss: list[OneConcern]
    doubted_loss: list[OneConcern]
    move_call: list[OneConcern]


class WordsFile(Strict):
    """The words that all patterns share."""

    classes: Classes
    irregular: Named
    text_speak: Named
    ordinary: Words


class EverydayFile(Strict):
    """What is not a concern, and what tells past from now."""

    covers: Patterns
    past: Patterns
    now: Patterns


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
    """Who answers for a concern and when it was last reviewed; None until somebody has."""

    path: Path
    line: int
    concern: str
    meaning: str
    hazard: str
    owner: str
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
        self.concerns.append(Concern(one.id, category, one.severity, patterns, lowered_by_past=one.past_lowers))
        here = document.line(*place)
        self.reviews.append(Review(document.path, here, one.id, one.meaning, one.hazard, one.owner, one.reviewed))
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
