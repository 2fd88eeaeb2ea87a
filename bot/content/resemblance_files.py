"""The net behind the patterns: made-up messages in flows/safeguarding/sentences/, and the points learned from them.

The points are a file of their own, because learning takes half a minute. It names the messages it was made from, and
does not load beside others.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from bot.content.faults import ContentRefused, Fault
from bot.content.reading import read_document
from bot.content.shapes import Reviewed, Strict, shape_faults
from bot.domain.learning import Marks, Sentence, learn
from bot.domain.lexicon import SEVERITIES, Lexicon
from bot.domain.resemblance import Points
from bot.domain.text import read

FOLDER, POINTS, SETTINGS = "sentences", "points.tsv", "resemblance.yaml"
ORDINARY = "ordinary"
_COLUMNS = ("sign", "risk", "now", "categories")


class MadeUp(NamedTuple):
    """One made-up message. `severity` is None for an ordinary one."""

    text: str
    category: str
    severity: str | None


@dataclass(frozen=True, slots=True)
class _Table:
    version: str
    risk: Mapping[str, int]
    now: Mapping[str, int]
    categories: Mapping[str, Mapping[str, int]]
    bias: tuple[int, int]


class _Settings(Strict):
    owner: str
    reviewed: Reviewed
    watch: int
    urgent: int
    immediate: int


def load_points(safeguarding: Path, categories: Sequence[str]) -> Points:
    """The points beside the sentences of this folder; none where there are no sentences. Raises `ContentRefused`."""
    if not (safeguarding / FOLDER).is_dir():
        return Points()
    sentences = read_sentences(safeguarding, categories)
    marks = _marks(safeguarding)
    path = safeguarding / POINTS
    try:
        table = _read_table(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ContentRefused([Fault(path, 1, "The points cannot be read: run `helo learn`.")]) from None
    if table.version != version_of(sentences):
        raise ContentRefused([Fault(path, 1, "The points were learned from other sentences: run `helo learn`.")])
    risk_bias, now_bias = table.bias
    return Points(
        table.risk, table.now, table.categories, marks.watch + risk_bias, marks.urgent + risk_bias,
        marks.immediate + now_bias, f"{table.version} {marks}",
    )  # fmt: skip


def read_sentences(safeguarding: Path, categories: Sequence[str]) -> list[MadeUp]:
    """Every made-up message, file by file; raises `ContentRefused` with every fault."""
    found: dict[str, MadeUp] = {}
    faults: list[Fault] = []
    folder = safeguarding / FOLDER
    for path in sorted(folder.iterdir()):
        if path.suffix != ".tsv" or path.stem not in (*categories, ORDINARY):
            faults.append(Fault(path, 1, f"This is neither a category nor “{ORDINARY}”, as a .tsv file."))
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            severity, tab, text = line.partition("\t")
            known = severity in SEVERITIES if path.stem != ORDINARY else severity == "none"
            if not tab or not known or not text.strip():
                wanted = "none" if path.stem == ORDINARY else ", ".join(SEVERITIES)
                faults.append(Fault(path, number, f"A line is a severity ({wanted}), a tab and a message."))
            elif text in found:
                faults.append(Fault(path, number, f"“{text}” stands here twice, or in {found[text].category}.tsv too."))
            else:
                found[text] = MadeUp(text, path.stem, None if severity == "none" else severity)
    if faults:
        raise ContentRefused(faults)
    return list(found.values())


def learn_points(safeguarding: Path, categories: Sequence[str], lexicon: Lexicon, examples: Iterable[MadeUp]) -> int:
    """Learns the points anew and writes them beside the sentences; how many signs there are. Takes half a minute.

    `examples` of the patterns are learned from as well.
    """
    sentences = read_sentences(safeguarding, categories)
    everything = {one.text: one for one in (*examples, *sentences)}
    points = learn([_as_read(one, lexicon) for one in everything.values()], Marks(0, 0, 0))
    table = _Table(version_of(sentences), points.risk, points.now, points.categories, (points.watch, points.immediate))
    (safeguarding / POINTS).write_text(_written(table), encoding="utf-8")
    return len(_signs(table))


def version_of(sentences: Iterable[MadeUp]) -> str:
    """A fingerprint of the sentences: twelve hexadecimal figures."""
    return hashlib.sha256(repr(list(sentences)).encode()).hexdigest()[:12]


def _as_read(one: MadeUp, lexicon: Lexicon) -> Sentence:
    reading = read(one.text)
    words, _ = lexicon.spelling.words(reading.words(), reading.folded)
    return Sentence(tuple(words), None if one.severity is None else one.category, one.severity)


def _marks(safeguarding: Path) -> Marks:
    document = read_document(safeguarding / SETTINGS)
    try:
        read_ = _Settings.model_validate(document.data)
    except ValidationError as refused:
        raise ContentRefused(shape_faults(document, refused)) from None
    if read_.urgent < read_.watch:
        raise ContentRefused([document.fault("`urgent` needs more points than `watch`.", "urgent")])
    return Marks(read_.watch, read_.urgent, read_.immediate)


def _signs(table: _Table) -> list[str]:
    return sorted({*table.risk, *table.now, *table.categories})


def _written(table: _Table) -> str:
    rows = [f"# learned from sentences\t{table.version}\t{table.bias[0]}\t{table.bias[1]}", "\t".join(_COLUMNS)]
    for sign in _signs(table):
        votes = " ".join(f"{category}={points}" for category, points in table.categories.get(sign, {}).items())
        rows.append(f"{sign}\t{table.risk.get(sign, 0)}\t{table.now.get(sign, 0)}\t{votes}")
    return "\n".join(rows) + "\n"


def _read_table(text: str) -> _Table:
    first, _, *rows = text.splitlines()
    _, version, risk_bias, now_bias = first.split("\t")
    risk: dict[str, int] = {}
    now: dict[str, int] = {}
    categories: dict[str, dict[str, int]] = {}
    for row in rows:
        sign, at_risk, at_once, votes = row.split("\t")
        if at_risk != "0":
            risk[sign] = int(at_risk)
        if at_once != "0":
            now[sign] = int(at_once)
        if votes:
            pairs = (vote.split("=") for vote in votes.split(" "))
            categories[sign] = {category: int(points) for category, points in pairs}
    return _Table(version, risk, now, categories, (int(risk_bias), int(now_bias)))
