"""Which of the numbered items that were shown a parent means who does not type its number: "Tuesday", "Wed at 10am".

Each item is known by its line as it is read, in both languages. Every word of the message must belong to the item, or
be one of those that may stand beside it; where two items fit, or none, nothing is guessed.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.answers import fold

Names = Mapping[str, Iterable[str]]
_LONGEST = 80
_DAY, _HALF_DAY = 24 * 60, 12 * 60
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:.](\d\d)(?!\d)")
_GLUED = re.compile(r"(\d)([^\W\d_])")
_NUMBER = re.compile(r"[0-9]{1,2}")
_MARKED = r"\1h\2"
_TIME = re.compile(r"(\d{1,2})h(\d\d)")
# What stands in a message for "in the morning", "in the afternoon": folded words are never in capitals.
_HALVES = _BEFORE_NOON, _AFTER_NOON = "AM", "PM"


@dataclass(frozen=True, slots=True)
class _Said:
    """Words, numbers without a unit, times as the minutes of the day that each may be, and the halves of the day."""

    words: tuple[str, ...]
    numbers: tuple[int, ...]
    times: tuple[frozenset[int], ...]
    halves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """An item's line. `late`: words that follow a number (24 November) and mean nothing without it, with the number."""

    words: frozenset[str]
    late: Mapping[str, int]
    numbers: frozenset[int]
    minutes: frozenset[int]


class Naming:
    """The words around days and hours; built once and shared."""

    def __init__(self, phrases: Callable[[str], Iterable[str]], numbers: Mapping[str, str]) -> None:
        """`phrases` gives what may be typed for an address; `numbers` from a folded word to its digits."""

        def longest_first(address: str) -> list[str]:
            return sorted(set(filter(None, map(fold, phrases(address)))), key=len, reverse=True)

        self._numbers = numbers
        self._beside = {word for phrase in longest_first("answers.beside_item.words") for word in phrase.split()}
        self._beside |= {word for phrase in longest_first("answers.courtesy.words") for word in phrase.split()}
        self._short = frozenset(longest_first("answers.short_days.words"))
        self._half_past = longest_first("answers.half_past.words")
        self._halves = [(phrase, _BEFORE_NOON) for phrase in longest_first("answers.before_noon.words")]
        self._halves += [(phrase, _AFTER_NOON) for phrase in longest_first("answers.after_noon.words")]

    def named(self, text: str, names: Names, marks: int, *, partly: bool) -> str | None:
        """The key of the one item that `text` names by its line or, `partly`, by any part that no other item has.

        A lone number that is one of the `marks` is never read as a day or an hour.
        """
        if len(text) > _LONGEST or not (folded := fold(text)):
            return None
        whole = [key for key, lines in names.items() if folded in map(fold, lines)]
        if whole or not partly:
            return whole[0] if len(whole) == 1 else None
        said = self._read(text)
        told = [*said.words, *said.numbers, *said.times, *said.halves]
        if not told or (told == list(said.numbers) and len(told) == 1 and said.numbers[0] <= marks):
            return None
        fitting = [key for key, lines in names.items() if any(self._fits(said, _line(line)) for line in lines)]
        return fitting[0] if len(fitting) == 1 else None

    def _fits(self, said: _Said, line: _Line) -> bool:
        at_noon = {_BEFORE_NOON: any(each < _HALF_DAY for each in line.minutes)}
        at_noon[_AFTER_NOON] = any(each >= _HALF_DAY for each in line.minutes)
        return (
            all(self._is_word_of(word, line, said.numbers) for word in said.words)
            and all(number in line.numbers or _minutes(number, 0) & line.minutes for number in said.numbers)
            and all(time & line.minutes for time in said.times)
            and all(at_noon[half] for half in said.halves)
        )

    def _is_word_of(self, word: str, line: _Line, numbers: tuple[int, ...]) -> bool:
        begin = word.removesuffix("s") if word in self._short else ""
        own = {each for each in line.words if each == word or (begin and each.startswith(begin))}
        return bool(own) or line.late.get(word) in numbers

    def _read(self, text: str) -> _Said:
        parted = fold(_CLOCK.sub(_MARKED, _GLUED.sub(r"\1 \2", text)))
        flat = f" {parted} "
        for phrase in self._half_past:
            flat = re.sub(rf" {re.escape(phrase)} (\w+) ", self._half_an_hour, flat)
        for phrase, half in self._halves:
            flat = flat.replace(f" {phrase} ", f" {half} ")
        words, numbers, times, halves = [], [], [], []
        tokens = [self._numbers.get(token, token) for token in flat.split() if token not in self._beside]
        while tokens:
            token, half = tokens.pop(0), tokens[0] if tokens else ""
            found = _TIME.fullmatch(token)
            hour = int(found[1] if found else token) if found or _NUMBER.fullmatch(token) else None
            if hour is not None and (found or (half in _HALVES and hour <= 12)):
                times.append(_minutes(hour, int(found[2]) if found else 0, half))
                tokens = tokens[1:] if half in _HALVES else tokens
            elif hour is not None:
                numbers.append(hour)
            elif token not in _HALVES:
                words.append(token)
            elif not half[:1].isdigit():  # "am 10" is Welsh for "at 10"
                halves.append(token)
        return _Said(tuple(words), tuple(numbers), tuple(times), tuple(halves))

    def _half_an_hour(self, found: re.Match[str]) -> str:
        hour = self._numbers.get(found[1], found[1])
        return f" {hour}h30 " if _NUMBER.fullmatch(hour) else found[0]


def _line(text: str) -> _Line:
    tokens = fold(_CLOCK.sub(_MARKED, text)).split()
    times = [found for token in tokens if (found := _TIME.fullmatch(token))]
    numbers = [int(token) for token in tokens if _NUMBER.fullmatch(token)]
    late = {word: int(before) for before, word in pairwise(tokens) if _NUMBER.fullmatch(before)}
    first = next((place for place, token in enumerate(tokens) if _NUMBER.fullmatch(token)), len(tokens))
    return _Line(
        frozenset(tokens[:first]),
        late,
        frozenset(numbers),
        frozenset(int(found[1]) * 60 + int(found[2]) for found in times),
    )


def _minutes(hour: int, minute: int, half: str = "") -> frozenset[int]:
    """The minutes of the day that a time may be; one without its half of the day may be in either."""
    at = hour * 60 + minute
    if hour > 12 or half not in _HALVES:
        return frozenset({at, (at + _HALF_DAY) % _DAY} if hour <= 12 else {at})
    return frozenset({at % _HALF_DAY + (_HALF_DAY if half == _AFTER_NOON else 0)})
