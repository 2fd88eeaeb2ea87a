"""The safeguarding lexicon and what the bot hears in any words, from flows/safeguarding/ and flows/hears.yaml.

Its examples are part of it: `helo check`, and a start in production, refuse a concern that misses one of its own.
"""

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from bot.content.compiled import compiled, undisturbed
from bot.content.faults import ContentRefused, Fault
from bot.content.hazard_file import read_hazards
from bot.content.known_words import write_words_met
from bot.content.lexicon_reading import Reading, Review
from bot.content.resemblance_files import ORDINARY, SENTENCES, MadeUp, learn_points, load_points, read_sentences
from bot.domain.lexicon import Lexicon, build_lexicon
from bot.domain.patterns import PatternFault, phrases_of
from bot.domain.resemblance import Points
from bot.domain.screening import find_patterns, screen

# How long a review of a concern holds: the safeguarding lead reads the lexicon again every year.
A_YEAR = timedelta(days=365)
SAFEGUARDING = "safeguarding"
HEARS = "hears.yaml"
# The net behind the patterns of hears.yaml knows one side door alone. A loss that is heard wrongly would hurt.
HEARS_NET = "hears"
HEARS_CATEGORIES = ("honest_answer",)
# What is said to us about anything else, so that the net knows it: every so many of the messages of safeguarding.
EVERY_SO_MANY = 16
CATEGORIES = (
    "suicide_self_harm",
    "harm_to_baby",
    "domestic_abuse",
    "child_abuse_neglect",
    "psychosis",
    "substance",
    "medical_emergency",
    "exploitation",
    "child_in_danger",
)


class LexiconFault(ContentRefused):
    """The lexicon cannot be used; `faults` says why, file by file and line by line."""


def load_lexicon(flows: Path, *, kept: bool = False) -> Lexicon:
    """The safeguarding lexicon of `flows`; raises `LexiconFault` with every fault. Its examples are not tried.

    `kept`: as it was compiled at an earlier start, where nothing has changed since.
    """
    return _built(_load_safeguarding, flows, _content(flows), kept)


def _load_safeguarding(flows: Path) -> Lexicon:
    return _build(_read_safeguarding(flows), _points(flows / SAFEGUARDING, CATEGORIES))


def _load_hears(flows: Path) -> Lexicon:
    return _build(_read_hears(flows), _points(flows / HEARS_NET, HEARS_CATEGORIES))


def _points(folder: Path, categories: tuple[str, ...]) -> Points:
    try:
        return load_points(folder, categories)
    except ContentRefused as refused:
        raise LexiconFault(refused.faults) from None


def learn_from_sentences(flows: Path) -> int:
    """Learns the points of both lexicons anew; how many signs carry some. Raises `ContentRefused`."""
    others = read_sentences(flows / SAFEGUARDING, CATEGORIES)
    write_words_met(flows / SAFEGUARDING, (one.text for one in others))
    signs = _learn_safeguarding(flows)
    if not (flows / HEARS_NET / SENTENCES).is_dir():
        return signs
    ordinary = [one._replace(category=ORDINARY, severity=None) for one in others[::EVERY_SO_MANY]]
    return signs + learn_points(flows / HEARS_NET, HEARS_CATEGORIES, _build(_read_hears(flows)), ordinary)


def _learn_safeguarding(flows: Path) -> int:
    reading = _read_safeguarding(flows)
    lexicon = _build(reading)
    concerns = {concern.id: concern for concern in reading.concerns}
    examples = [
        MadeUp(
            one.text,
            "",  # told by its words
            concerns[one.concern].category,
            concerns[one.concern].severity if one.wanted else None,
        )
        for one in reading.examples
        if one.wanted or screen(one.text, lexicon).level == "none"  # what is not this concern may be another
    ]
    return learn_points(flows / SAFEGUARDING, CATEGORIES, lexicon, [*examples, *_fears(flows, lexicon)])


def _fears(flows: Path, lexicon: Lexicon) -> list[MadeUp]:
    """What parents say who only fear that their child is taken: ordinary, where no pattern finds a concern in it."""
    asked = read_sentences(flows / HEARS_NET, HEARS_CATEGORIES)
    return [
        one._replace(category=ORDINARY, severity=None)
        for one in asked
        if one.category in HEARS_CATEGORIES and screen(one.text, lexicon).level == "none"
    ]


def load_hears(flows: Path, *, kept: bool = False) -> Lexicon:
    """What the bot hears in any words; a category is honest_answer, loss or move_call.

    Raises `LexiconFault` with every fault. Its examples are not tried.
    """
    return _built(_load_hears, flows, _content(flows), kept)


def check_lexicon(flows: Path) -> list[Fault]:
    """Every fault of the safeguarding files and of hears.yaml, failing examples included."""
    faults: set[Fault] = set()
    for load, read in ((load_lexicon, _read_safeguarding), (load_hears, _read_hears)):
        try:
            faults.update(_missed(read(flows), load(flows)))
        except LexiconFault as refused:
            faults.update(refused.faults)
    return sorted(faults)


def example_sentences(flows: Path) -> tuple[str, ...]:
    """Every sentence that a concern must match, or must not; where to begin looking for what breaks screening."""
    return tuple(example.text for example in _read_safeguarding(flows).examples)


def check_hazards(flows: Path) -> list[Fault]:
    """Every fault of the hazard log, and every concern whose hazard is not in it."""
    try:
        log = read_hazards(flows)
    except ContentRefused as refused:
        return list(refused.faults)
    return [
        Fault(review.path, review.line, f"{review.concern} names a hazard that hazards.yaml does not have.")
        for review in _read_safeguarding(flows).reviews
        if review.hazard.partition(",")[0] not in log.hazards
    ]


def check_reviews(flows: Path, today: date) -> list[Fault]:
    """A warning for every concern that nobody has reviewed, or not within a year of `today`; none where unreadable."""
    return [
        Fault(review.path, review.line, _overdue(review), warning=True)
        for review in _read_safeguarding(flows).reviews
        if review.reviewed is None or not today - A_YEAR <= review.reviewed <= today
    ]


def _overdue(review: Review) -> str:
    when = "has not been reviewed yet"
    if review.reviewed is not None:
        when = f"was last reviewed by {review.reviewed_by} on {review.reviewed}: it needs a review at least every year"
    return f"{review.concern} ({review.meaning}) {when}. Owner: {review.owner}."


def reviews(flows: Path) -> list[Review]:
    """Owner and review of every concern, in the order of the files; raises `LexiconFault` when they cannot be read."""
    reading = _read_safeguarding(flows)
    if reading.faults:
        raise LexiconFault(reading.faults)
    return reading.reviews


def _read_safeguarding(flows: Path) -> Reading:
    reading = Reading()
    folder = flows / SAFEGUARDING
    _read_shared(reading, folder)
    for category in CATEGORIES:
        reading.category(folder / f"{category}.yaml")
    return reading


def _read_hears(flows: Path) -> Reading:
    reading = Reading()
    _read_shared(reading, flows / SAFEGUARDING)
    reading.hears(flows / HEARS)
    return reading


def _read_shared(reading: Reading, folder: Path) -> None:
    reading.words(folder / "words.yaml")
    reading.known_words(folder)
    reading.sayings(folder / "everyday.yaml")


@lru_cache(2)
def _built(load: Callable[[Path], Lexicon], flows: Path, content: bytes, kept: bool) -> Lexicon:
    """Built once from the same `content`: a start in production both checks the lexicons and uses them."""
    if not kept:
        return load(flows)
    return compiled(load.__name__.removeprefix("_load_"), content, lambda: load(flows))


def _content(flows: Path) -> bytes:
    """A fingerprint of all that the lexicons are built from; a file that is away is a fault for whoever reads it."""
    folders = (flows / SAFEGUARDING, flows / HEARS_NET)
    files = (flows / HEARS, *(path for folder in folders for path in sorted(folder.rglob("*.*"))))
    found = hashlib.sha256()
    for path in filter(Path.is_file, files):
        content = path.read_bytes()
        found.update(f"{path.name} {len(content)}\n".encode() + content)
    return found.digest()


def _build(reading: Reading, points: Points | None = None) -> Lexicon:
    """Without points every hint counts, and more is found than will be."""
    if faults := [*reading.faults, *_repeats(reading)] or _unreadable(reading):
        raise LexiconFault(faults)
    with undisturbed():
        return build_lexicon(reading.concerns, reading.vocabulary, reading.everyday, points)


def _repeats(reading: Reading) -> list[Fault]:
    first: dict[str, Review] = {}
    faults: list[Fault] = []
    for review in reading.reviews:
        before = first.setdefault(review.concern, review)
        if before is not review:
            where = f"{before.path.name}:{before.line}"
            faults.append(Fault(review.path, review.line, f"{review.concern} is used twice; it is first at {where}."))
    return faults


def _unreadable(reading: Reading) -> list[Fault]:
    faults: list[Fault] = []
    for pattern in reading.patterns:
        try:
            phrases = phrases_of(pattern.text, pattern.language, reading.vocabulary)
            if pattern.exact and any(slot.words is None for phrase in phrases for slot in phrase):
                raise PatternFault("a saying is exact, it cannot have a gap in it")
        except PatternFault as fault:
            faults.append(Fault(pattern.path, pattern.line, f"“{pattern.text}”: {fault}."))
    return faults


def _missed(reading: Reading, lexicon: Lexicon) -> list[Fault]:
    faults: list[Fault] = []
    for example in reading.examples:
        if bool(find_patterns(example.text, lexicon, example.concern)) != example.wanted:
            wish, fact = ("must match", "does not") if example.wanted else ("must not match", "does")
            sentence = f"{example.concern} {wish} “{example.text}”, and {fact}."
            faults.append(Fault(example.path, example.line, sentence))
    return faults
