"""The nets behind the patterns: made-up messages in the sentences/ of a folder, and the points learned from them.

The points are a file of their own, because learning takes minutes. It names the sentences it was made from, and does
not load beside others. (Examples of the patterns and, for flows/hears, messages of flows/safeguarding are learned from
too; the points go on holding when those change.)
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import Field, ValidationError

from bot.content.faults import ContentRefused, Fault
from bot.content.impression_file import Marks, load_impressions, write_impressions
from bot.content.reading import read_document
from bot.content.shapes import Reviewed, Strict, shape_faults
from bot.domain.conversation import LANGUAGES
from bot.domain.impression import Impressions
from bot.domain.impression_learning import learn_impressions
from bot.domain.language import guess_language
from bot.domain.learning import Learned, Sentence, learn
from bot.domain.lexicon import SEVERITIES, Lexicon
from bot.domain.resemblance import Net, Points, points_by_itself
from bot.domain.signs import known_words
from bot.domain.text import read

SENTENCES, POINTS, SETTINGS = "sentences", "points.tsv", "resemblance.yaml"
ORDINARY = "ordinary"
_EVERY_SO_MANY = 3


class MadeUp(NamedTuple):
    """One made-up message. `severity` is None for an ordinary one, `language` "" where it is told by its words."""

    text: str
    language: str
    category: str
    severity: str | None


class _Marks(Strict):
    hint: int
    watch: int
    urgent: int


class _WholeMarks(Strict):
    watch: int
    urgent: int


class _Settings(Strict):
    owner: str
    reviewed: Reviewed
    languages: dict[str, _Marks]
    whole: dict[str, _WholeMarks] = Field(default_factory=dict)
    immediate: int
    immediate_too: int


class _Table(NamedTuple):
    version: str
    learned: Learned


def load_points(folder: Path, categories: Sequence[str]) -> Points:
    """The points beside the sentences of this folder; none where there are no sentences. Raises `ContentRefused`."""
    if not (folder / SENTENCES).is_dir():
        return Points()
    sentences = read_sentences(folder, categories)
    settings = _settings(folder)
    path = folder / POINTS
    try:
        table = _read_table(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError):
        raise ContentRefused([Fault(path, 1, "The points cannot be read: run `helo learn`.")]) from None
    if table.version != version_of(folder):
        raise ContentRefused([Fault(path, 1, "The points were learned from other sentences: run `helo learn`.")])
    learned = table.learned
    for language in settings.languages.keys() - learned.level.keys():
        raise ContentRefused([Fault(folder / SETTINGS, 1, f"Nothing was learned yet of the language {language}.")])
    known = known_words(*learned.risk.values(), learned.now)
    whole = {language: Marks(marks.watch, marks.urgent) for language, marks in settings.whole.items()}
    return Points(
        nets=tuple(
            Net(risk, marks.hint + level, marks.watch + level, marks.urgent + level, points_by_itself(known, risk))
            for language, marks in sorted(settings.languages.items())
            for risk, level in ((learned.risk[language], learned.level[language]),)
        ),
        now=learned.now,
        categories=learned.categories,
        immediate=settings.immediate + learned.now_level,
        immediate_too=settings.immediate_too + learned.now_level,
        impressions=load_impressions(folder, table.version, whole, known) if whole else Impressions(),
        known=known,
        common=_common([one.text for one in sentences if one.severity is None]),
        version=f"{table.version} {settings.languages} {settings.immediate} {settings.immediate_too} {settings.whole}",
    )


def read_sentences(folder: Path, categories: Sequence[str]) -> list[MadeUp]:
    """Every made-up message, file by file; raises `ContentRefused` with every fault."""
    found: dict[str, MadeUp] = {}
    faults: list[Fault] = []
    for path in sorted((folder / SENTENCES).rglob("*.*")):
        language, kind = path.parent.name, path.stem
        if path.suffix != ".tsv" or kind not in (*categories, ORDINARY) or language not in LANGUAGES:
            faults.append(Fault(path, 1, f"This is neither a category nor “{ORDINARY}”, as a .tsv file in cy/ or en/."))
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            severity, tab, text = line.partition("\t")
            known = severity in SEVERITIES if kind != ORDINARY else severity == "none"
            if not tab or not known or not text.strip():
                wanted = "none" if kind == ORDINARY else ", ".join(SEVERITIES)
                faults.append(Fault(path, number, f"A line is a severity ({wanted}), a tab and a message."))
            elif text in found:
                faults.append(Fault(path, number, f"“{text}” stands here twice, or in {found[text].category}.tsv too."))
            else:
                found[text] = MadeUp(text, language, kind, None if severity == "none" else severity)
    if faults:
        raise ContentRefused(faults)
    return list(found.values())


def tell_languages(sentences: Iterable[MadeUp]) -> Callable[[str], str]:
    """What tells the language of one more made-up message: where it is too short to guess, that in whose sentences
    most of its words are commoner, English where that is undecided."""
    messages: Counter[str] = Counter()
    with_word: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in sentences:
        messages[one.language] += 1
        with_word[one.language].update(set(read(one.text).words()))

    def share(word: str, language: str) -> float:
        return with_word[language][word] / max(1, messages[language])

    def language_of(text: str) -> str:
        if guessed := guess_language(text):
            return guessed
        lean = [share(word, "cy") - share(word, "en") for word in read(text).words()]
        return "cy" if sum(each > 0 for each in lean) > sum(each < 0 for each in lean) else "en"

    return language_of


def learn_points(folder: Path, categories: Sequence[str], lexicon: Lexicon, examples: Iterable[MadeUp]) -> int:
    """Learns the points anew and writes them beside the sentences; how many signs there are. Takes minutes.

    `examples` of the patterns are learned from as well; the language of one that has none is told by its words.
    """
    sentences = read_sentences(folder, categories)
    language_of = tell_languages(sentences)
    told = (one if one.language else one._replace(language=language_of(one.text)) for one in examples)
    everything = {one.text: one for one in (*told, *sentences)}
    lessons = [_as_read(one, lexicon) for one in everything.values()]
    version = version_of(folder)
    if _settings(folder).whole:
        write_impressions(folder, version, learn_impressions(lessons))
    learned = learn(lessons)
    (folder / POINTS).write_text(_written(_Table(version, learned)), encoding="utf-8")
    return len(_signs(learned))


def _common(ordinary: Sequence[str]) -> Counter[str]:
    """In how many of every few of these messages each word stands: enough to tell common words from rare ones, and so
    is a glance at the spaces between them."""
    return Counter(word for text in ordinary[::_EVERY_SO_MANY] for word in set(text.lower().replace("'", "").split()))


def version_of(folder: Path) -> str:
    """A fingerprint of the sentences of this folder: twelve hexadecimal figures."""
    found = hashlib.sha256()
    for path in sorted((folder / SENTENCES).rglob("*.tsv")):
        content = path.read_bytes()
        found.update(f"{path.parent.name}/{path.name} {len(content)}\n".encode() + content)
    return found.hexdigest()[:12]


def _as_read(one: MadeUp, lexicon: Lexicon) -> Sentence:
    reading = read(one.text)
    words, _ = lexicon.spelling.words(reading.words(), reading.folded)
    return Sentence(tuple(words), one.language, None if one.severity is None else one.category, one.severity)


def _settings(folder: Path) -> _Settings:
    document = read_document(folder / SETTINGS)
    try:
        settings = _Settings.model_validate(document.data)
    except ValidationError as refused:
        raise ContentRefused(shape_faults(document, refused)) from None
    for language, marks in settings.languages.items():
        if not marks.hint <= marks.watch <= marks.urgent:
            sentence = "`urgent` needs more points than `watch`, and `watch` more than `hint`."
            raise ContentRefused([document.fault(sentence, "languages", language)])
    for language, whole in settings.whole.items():
        if whole.watch > whole.urgent:
            sentence = "`urgent` needs more points than `watch`."
            raise ContentRefused([document.fault(sentence, "whole", language)])
    return settings


def _signs(learned: Learned) -> list[str]:
    return sorted({*learned.now, *learned.categories, *(sign for points in learned.risk.values() for sign in points)})


def _written(table: _Table) -> str:
    learned = table.learned
    levels = [f"{language}={level}" for language, level in sorted(learned.level.items())]
    rows = ["\t".join(("# learned", table.version, *levels, f"now={learned.now_level}"))]
    for sign in _signs(learned):
        risk = (str(learned.risk[language].get(sign, 0)) for language in sorted(learned.risk))
        votes = " ".join(f"{category}={points}" for category, points in learned.categories.get(sign, {}).items())
        rows.append("\t".join((sign, *risk, str(learned.now.get(sign, 0)), votes)))
    return "\n".join(rows) + "\n"


def _read_table(text: str) -> _Table:
    first, *rows = text.splitlines()
    _, version, *levels = first.split("\t")
    level = {name: int(points) for name, points in (each.split("=") for each in levels)}
    now_level = level.pop("now")
    risk: dict[str, dict[str, int]] = {language: {} for language in level}
    now: dict[str, int] = {}
    categories: dict[str, dict[str, int]] = {}
    for row in rows:
        sign, *at_risk, at_once, votes = row.split("\t")
        for language, points in zip(risk, at_risk, strict=True):
            if points != "0":
                risk[language][sign] = int(points)
        if at_once != "0":
            now[sign] = int(at_once)
        if votes:
            pairs = (vote.split("=") for vote in votes.split(" "))
            categories[sign] = {category: int(points) for category, points in pairs}
    return _Table(version, Learned(risk, level, now, now_level, categories))
