"""What messages sound like as a whole, as it was learned: impression.tsv beside the points, and made anew with them."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bot.content.faults import ContentRefused, Fault
from bot.domain.impression import HIDDEN, MOST, SIZE, Impression, Impressions, pack, packed_by_itself
from bot.domain.impression_learning import Taught
from bot.domain.signs import OfWord

NAME = "impression.tsv"
# Before the rows of one language: its name, and the categories its net knows.
_LANGUAGE = "="


class Marks(NamedTuple):
    """How many points (hundredths) make a message `watch` or `urgent`."""

    watch: int
    urgent: int


def write_impressions(folder: Path, version: str, taught: Mapping[str, Taught]) -> None:
    """Writes what was learned from the sentences of that version beside them."""
    rows = [f"# learned\t{version}"]
    for language, one in sorted(taught.items()):
        rows.append("\t".join((_LANGUAGE, language, *one.categories)))
        rows.extend(" ".join(map(str, row)) for row in (*one.hidden, *one.out))
        rows.extend(f"{sign}\t{_letters(numbers)}" for sign, numbers in sorted(one.signs.items()))
    (folder / NAME).write_text("\n".join(rows) + "\n", encoding="utf-8")


def load_impressions(
    folder: Path, version: str, marks: Mapping[str, Marks], known: Mapping[str, OfWord]
) -> Impressions:
    """What was learned of each language that has `marks`. `known` is what many words are known by.

    Raises `ContentRefused` where the file cannot be read, or was learned from sentences of another version.
    """
    path = folder / NAME
    try:
        learned, taught = _read(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, IndexError):
        raise ContentRefused([Fault(path, 1, "The impressions cannot be read: run `helo learn`.")]) from None
    if learned != version:
        raise ContentRefused([Fault(path, 1, "The impressions were learned from other sentences: run `helo learn`.")])
    for language in marks.keys() - taught.keys():
        raise ContentRefused([Fault(path, 1, f"Nothing was learned yet of the language {language}.")])
    languages = sorted(marks)
    signs = pack([taught[language].signs for language in languages])
    nets = tuple(
        Impression(one.hidden, one.out, one.categories, *marks[language])
        for language in languages
        for one in (taught[language],)
    )
    return Impressions(nets, signs, packed_by_itself(known, signs))


def _read(text: str) -> tuple[str, dict[str, Taught]]:
    first, *rows = text.splitlines()
    found: dict[str, Taught] = {}
    starts = [number for number, row in enumerate(rows) if row.startswith(f"{_LANGUAGE}\t")]
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        _, language, *categories = rows[start].split("\t")
        hidden, out, signs = start + 1, start + 1 + HIDDEN, start + 2 + HIDDEN + len(categories)
        if not categories or end < signs:
            raise ValueError("rows are missing")
        found[language] = Taught(
            dict(_sign(row) for row in rows[signs:end]),
            tuple(_weights(row, SIZE) for row in rows[hidden:out]),
            tuple(_weights(row, HIDDEN) for row in rows[out:signs]),
            tuple(categories),
        )
    return first.split("\t")[1], found


def _sign(row: str) -> tuple[str, tuple[int, ...]]:
    sign, letters = row.split("\t")
    numbers = tuple(each - MOST for each in b64decode(letters, validate=True))
    if len(numbers) != SIZE:
        raise ValueError("numbers are missing")
    return sign, numbers


def _letters(numbers: tuple[int, ...]) -> str:
    return b64encode(bytes(number + MOST for number in numbers)).decode("ascii")


def _weights(row: str, size: int) -> tuple[float, ...]:
    """As many weights, and what is added."""
    weights = tuple(map(float, row.split(" ")))
    if len(weights) != size + 1:
        raise ValueError("weights are missing")
    return weights
