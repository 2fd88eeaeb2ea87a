"""Which choice an age belongs to: "3yo", "baby is 3 weeks", "6 mis oed"."""

import re
from collections.abc import Callable, Iterable, Mapping

from bot.domain.answers import fold

# From this many months, and before that many. A choice without it is of no age.
Age = tuple[int, int]
_LONGEST = 80
_NUMBER = re.compile(r"[0-9]{1,3}")
_GLUED = re.compile(r"(\d)([^\W\d_])")
# How long each unit lasts, in parts of a month of which a week has a whole number: 52 weeks are a year.
_MONTH, _WEEK, _YEAR = 52, 12, 624
_UNITS = {"answers.age_years.words": _YEAR, "answers.age_months.words": _MONTH, "answers.age_weeks.words": _WEEK}


class Ages:
    """The units of age, and the words that may stand beside one; built once and shared."""

    def __init__(self, phrases: Callable[[str], Iterable[str]], numbers: Mapping[str, str]) -> None:
        """`phrases` gives what may be typed for an address, in both languages; `numbers` from a word to its digits."""
        self._numbers = numbers
        self._units = {fold(word): unit for address, unit in _UNITS.items() for word in phrases(address)}
        self._beside = {word for each in phrases("answers.beside_age.words") for word in fold(each).split()}

    def told(self, text: str, ages: Mapping[str, Age]) -> frozenset[str]:
        """The keys of `ages` whose range holds an age told in `text`; none where it tells no age that is in one.

        Every other word must be one that may stand beside an age: "6 weeks pregnant" and "we lost her at 3 months" tell
        of something else. Weeks alone may be weeks of pregnancy. "2 years and 3 months" may be one child, or two.
        """
        if len(text) > _LONGEST or not ages:
            return frozenset()
        words = [self._numbers.get(word, word) for word in fold(_GLUED.sub(r"\1 \2", text)).split()]
        spans, beside, in_weeks = [], 0, False
        while words:
            word = words.pop(0)
            if not _NUMBER.fullmatch(word):
                if word not in self._beside:
                    return frozenset()
                beside += 1
                continue
            length = next((each for each in (2, 1) if " ".join(words[:each]) in self._units), 0)
            unit = self._units.get(" ".join(words[:length]))
            if unit is None:
                return frozenset()
            words = words[length:]
            in_weeks |= unit == _WEEK
            spans.append((int(word) * unit, (int(word) + 1) * unit))
        if in_weeks and not beside:
            return frozenset()
        return frozenset(
            key
            for key, (low, high) in ages.items()
            if any(low * _MONTH <= begins and ends <= high * _MONTH for begins, ends in spans)
        )
