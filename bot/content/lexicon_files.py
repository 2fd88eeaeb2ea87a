"""The safeguarding lexicon and what the bot hears, read strictly from flows/safeguarding/ and flows/hears.yaml.

Every scalar is a string, unknown and repeated keys are refused, patterns and examples stand one a line. The examples are part
of the lexicon: a concern that misses one of its own does not load.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bot.content.faults import Fault
from bot.domain.lexicon import SEVERITIES, Concern, Everyday, Lexicon, build_lexicon
from bot.domain.phrases import LANGUAGES, PatternFault, Vocabulary, phrase_of
from bot.domain.screening import screen
from bot.domain.text import fold_word

SAFEGUARDING = "safeguarding"
HEARS = "hears.yaml"
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
HEARD = ("honest_answer", "loss", "move_call")
_CONCERN = ("id", "meaning", "severity", "hazard", "owner", "reviewed", "patterns", "must_match", "must_not_match")
_OPTIONAL = ("past_lowers",)


class LexiconFault(ValueError):
    """The lexicon cannot be used; `faults` says why, file by file and line by line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True, slots=True)
class Review:
    """Who answers for a concern and when it was last reviewed ("not yet" until somebody has)."""

    concern: str
    meaning: str
    hazard: str
    owner: str
    reviewed: str
    path: Path
    line: int


@dataclass(slots=True)
class _Found:
    """What was read so far, faults included."""

    faults: list[Fault] = field(default_factory=list)
    concerns: list[Concern] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    examples: list[tuple[Path, int, str, bool, str]] = field(default_factory=list)
    pattern_lines: list[tuple[Path, int, str, str]] = field(default_factory=list)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    everyday: Everyday = field(default_factory=Everyday)


def load_lexicon(flows: Path) -> Lexicon:
    """The safeguarding lexicon of `flows`; raises `LexiconFault` with every fault, failing examples included."""
    return _load(_read_safeguarding(flows))


def load_hears(flows: Path) -> Lexicon:
    """What the bot hears in any words (side doors); a match's category is the side door. Raises `LexiconFault`."""
    return _load(_read_hears(flows))


def check_lexicon(flows: Path) -> list[Fault]:
    """Every fault of the safeguarding files and of hears.yaml, failing examples included."""
    faults: list[Fault] = []
    for read in (_read_safeguarding, _read_hears):
        try:
            _load(read(flows))
        except LexiconFault as fault:
            faults.extend(fault.faults)
    return sorted(set(faults))


def reviews(flows: Path) -> list[Review]:
    """Owner and review of every concern, in the order of the files."""
    return _read_safeguarding(flows).reviews


def _load(found: _Found) -> Lexicon:
    if not found.faults:
        for path, line, language, pattern in found.pattern_lines:
            try:
                phrase_of(pattern, language, found.vocabulary)
            except PatternFault as fault:
                found.faults.append(Fault(path, line, f"“{pattern}”: {fault}"))
    if found.faults:
        raise LexiconFault(found.faults)
    lexicon = build_lexicon(found.concerns, found.vocabulary, found.everyday)
    for path, line, concern, wanted, text in found.examples:
        seen = {match.rule for match in screen(text, lexicon).matches}
        if wanted and concern not in seen:
            found.faults.append(Fault(path, line, f"{concern} must match “{text}”, and does not"))
        if not wanted and concern in seen:
            found.faults.append(Fault(path, line, f"{concern} must not match “{text}”, and does"))
    if found.faults:
        raise LexiconFault(found.faults)
    return lexicon


def _read_safeguarding(flows: Path) -> _Found:
    found = _Found()
    folder = flows / SAFEGUARDING
    _read_words(folder / "words.yaml", found)
    _read_everyday(folder / "everyday.yaml", found)
    for category in CATEGORIES:
        _read_concerns(folder / f"{category}.yaml", found, (category,))
    _refuse_repeats(found)
    return found


def _read_hears(flows: Path) -> _Found:
    found = _Found()
    _read_words(flows / SAFEGUARDING / "words.yaml", found)
    path = flows / HEARS
    for name, node in _members(path, _root(path, found), HEARD, found):
        _read_one_file(path, name, node, found)
    _refuse_repeats(found)
    return found


def _read_one_file(path: Path, category: str, node: yaml.Node, found: _Found) -> None:
    if not isinstance(node, yaml.SequenceNode):
        found.faults.append(Fault(path, _line(node), f"“{category}” is a list of concerns, each beginning with a dash"))
        return
    for one in node.value:
        _read_concern(path, category, one, found)


def _read_concerns(path: Path, found: _Found, categories: tuple[str, ...]) -> None:
    members = dict(_members(path, _root(path, found), ("category", "concerns"), found))
    if not members:
        return
    category = _text(members.get("category"))
    if category not in categories:
        found.faults.append(Fault(path, 1, f"the category of this file is {categories[0]}, not “{category}”"))
    elif "concerns" in members:
        _read_one_file(path, category, members["concerns"], found)


def _read_concern(path: Path, category: str, node: yaml.Node, found: _Found) -> None:
    members = dict(_members(path, node, (*_CONCERN, *_OPTIONAL), found))
    missing = [key for key in _CONCERN if key not in members]
    if missing:
        found.faults.append(Fault(path, _line(node), f"a concern needs {', '.join(missing)} as well"))
        return
    name, severity = _text(members["id"]), _text(members["severity"])
    if severity not in SEVERITIES:
        found.faults.append(Fault(path, _line(members["severity"]), f"severity is one of {', '.join(SEVERITIES)}"))
        return
    for key in ("meaning", "hazard", "owner", "reviewed"):
        if not _text(members[key]).strip():
            found.faults.append(Fault(path, _line(members[key]), f"{name} needs words under “{key}”"))
    past_lowers = _text(members["past_lowers"]) if "past_lowers" in members else "yes"
    if past_lowers not in ("yes", "no"):
        found.faults.append(Fault(path, _line(members["past_lowers"]), "past_lowers is yes or no"))
    patterns = _by_language(path, members["patterns"], found, needed=LANGUAGES)
    found.concerns.append(Concern(name, category, severity, patterns, lowered_by_past=past_lowers == "yes"))
    found.reviews.append(
        Review(name, *(_text(members[key]) for key in ("meaning", "hazard", "owner", "reviewed")), path, _line(node))
    )
    for key, wanted in (("must_match", True), ("must_not_match", False)):
        lines = list(_lines(members[key]))
        found.examples.extend((path, line, name, wanted, text) for line, text in lines)
        if not lines:
            found.faults.append(Fault(path, _line(members[key]), f"{name} needs at least one sentence under “{key}”"))


def _read_words(path: Path, found: _Found) -> None:
    members = dict(
        _members(path, _root(path, found), ("classes", "irregular", "text_speak", "ordinary"), found)
    )
    classes: dict[str, dict[str, tuple[str, ...]]] = {}
    for language, node in _members(path, members.get("classes"), LANGUAGES, found):
        classes[language] = {}
        for name, node_of_class in _members(path, node, None, found):
            lines = list(_lines(node_of_class))
            classes[language][name] = tuple(text for _, text in lines)
            found.pattern_lines.extend((path, line, language, f"({text})") for line, text in lines)
    irregular = {
        name: tuple(_text(node).split()) for name, node in _members(path, members.get("irregular"), None, found)
    }
    text_speak = {
        fold_word(name): tuple(map(fold_word, _text(node).split()))
        for name, node in _members(path, members.get("text_speak"), None, found)
    }
    ordinary = frozenset(word for _, text in _lines(members.get("ordinary")) for word in map(fold_word, text.split()))
    found.vocabulary = Vocabulary(classes, irregular, text_speak, ordinary)


def _read_everyday(path: Path, found: _Found) -> None:
    members = dict(_members(path, _root(path, found), ("covers", "past", "now"), found))
    parts = {name: _by_language(path, node, found, needed=LANGUAGES) for name, node in members.items()}
    found.everyday = Everyday(**parts)


def _by_language(
    path: Path, node: yaml.Node, found: _Found, *, needed: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    patterns: dict[str, tuple[str, ...]] = {}
    for language, block in _members(path, node, LANGUAGES, found):
        lines = list(_lines(block))
        patterns[language] = tuple(text for _, text in lines)
        found.pattern_lines.extend((path, line, language, text) for line, text in lines)
    for language in needed:
        if not patterns.get(language):
            found.faults.append(Fault(path, _line(node), f"there are no patterns for “{language}” here"))
    return patterns


def _refuse_repeats(found: _Found) -> None:
    seen: dict[str, Review] = {}
    for review in found.reviews:
        if review.concern in seen:
            where = seen[review.concern]
            found.faults.append(
                Fault(review.path, review.line, f"{review.concern} is used twice; see {where.path.name}:{where.line}")
            )
        seen[review.concern] = review


def _root(path: Path, found: _Found) -> yaml.Node | None:
    try:
        root: yaml.Node | None = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except FileNotFoundError:
        found.faults.append(Fault(path, 1, "this file is missing"))
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        found.faults.append(Fault(path, line, f"this is not YAML: {fault.problem}"))
    else:
        return root
    return None


def _members(
    path: Path, node: yaml.Node | None, allowed: tuple[str, ...] | None, found: _Found
) -> Iterator[tuple[str, yaml.Node]]:
    """Keys and values of a mapping, unknown and repeated keys reported."""
    if node is None:
        return
    if not isinstance(node, yaml.MappingNode):
        found.faults.append(Fault(path, _line(node), "names with a colon are expected here"))
        return
    seen: set[str] = set()
    for key, value in node.value:
        name = _text(key)
        if name in seen:
            found.faults.append(Fault(path, _line(key), f"“{name}” is written twice"))
        elif allowed is not None and name not in allowed:
            found.faults.append(Fault(path, _line(key), f"“{name}” is not known here; expected {', '.join(allowed)}"))
        else:
            yield name, value
        seen.add(name)


def _text(node: yaml.Node | None) -> str:
    return node.value if isinstance(node, yaml.ScalarNode) else ""


def _lines(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    """The lines of a block (or the one line of a plain value) with their line numbers; # begins a remark."""
    if not isinstance(node, yaml.ScalarNode):
        return
    first = _line(node) + (1 if node.style == "|" else 0)
    for number, text in enumerate(node.value.split("\n"), start=first):
        plain = text.strip()
        if plain and not plain.startswith("#"):
            yield number, plain


def _line(node: yaml.Node) -> int:
    line: int = node.start_mark.line + 1
    return line


