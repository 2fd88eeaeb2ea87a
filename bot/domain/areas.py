"""Where a parent lives, as far as we keep it: an area, from a postcode's first half, a town, or a choice."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.domain.answers import fold, slips
from bot.domain.conversation import Bilingual
from bot.domain.welsh import mutations

ELSEWHERE = "elsewhere"
# The first half, and perhaps the second: cf31, cf31 1aa, cf311aa.
_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)( ?\d[a-z]{2})?\b")
# Written apart (cf 31), or with a letter for a figure (cfo3, cf3l): only believed when it is one of the codes we know.
_LOOSE = re.compile(r"\b([a-z]{2}) ?([\doil]{1,2})(?: ?[\doil][a-z]{2})?\b")
_FIGURES = str.maketrans("oil", "011")
_LONGEST = 200
_MOST_WORDS = 5
_TYPO_FROM, _TWO_TYPOS_FROM = 5, 9


@dataclass(frozen=True, slots=True)
class Area:
    """An area with its name. Not `served`: a neighbour, named so that the question is kind, and kept as elsewhere."""

    key: str
    name: Bilingual
    served: bool = True


@dataclass(frozen=True)
class Atlas:
    """Which places and outward codes lie in which areas. A place is written folded, in one language each."""

    areas: Mapping[str, Area]
    outward: Mapping[str, tuple[str, ...]]
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def served(self) -> tuple[str, ...]:
        """The areas the team serves, in their order."""
        return tuple(key for key, area in self.areas.items() if area.served)

    def find(self, text: str) -> tuple[str, ...]:
        """The areas the text may mean: one when clear, more when it lies in several, none when we do not know it.

        `ELSEWHERE` stands for everywhere that has no name here. The text itself is kept nowhere.
        """
        folded = fold(text[:_LONGEST])
        codes = _POSTCODE.findall(folded)
        strange = (ELSEWHERE,) if codes else ()
        # The M4 is no postcode: half a code that we do not know counts for less than a place that we do.
        whole = strange if any(rest for _, rest in codes) else ()
        by_code = self._by_code(folded)
        if len(by_code) > 1:
            # "CF44, Hirwaun" says which of the three it is: nobody is asked what they told.
            named = self._by_name(folded)
            return tuple(area for area in by_code if area in named) or by_code
        return by_code or whole or self._by_name(folded) or strange or self._by_typo(folded)

    def _by_code(self, folded: str) -> tuple[str, ...]:
        for match in _LOOSE.finditer(folded):
            code = match[1] + match[2].translate(_FIGURES)
            if code in self.outward:
                return self.outward[code]
        return next((self.outward[code] for code, _ in _POSTCODE.findall(folded) if code in self.outward), ())

    def _by_name(self, folded: str) -> tuple[str, ...]:
        """The longest name within the text; of two names as long, both."""
        for phrases in _phrases(folded):
            found = {area for phrase in phrases for area in self._forms.get(phrase, ())}
            if found:
                return self._in_order(found)
        return ()

    def _by_typo(self, folded: str) -> tuple[str, ...]:
        """A name with a slip or two of the thumb; nothing when it is as near to places in other areas."""
        for phrases in _phrases(folded):
            near: dict[int, set[str]] = {}
            for phrase in phrases:
                allowed = 0 if len(phrase) < _TYPO_FROM else 1 if len(phrase) < _TWO_TYPOS_FROM else 2
                for name in self._names_like(phrase, allowed):
                    near.setdefault(slips(name, phrase, allowed), set()).update(self._forms[name])
            for distance in sorted(near):
                if distance <= 2:
                    return self._in_order(near[distance])
        return ()

    def _names_like(self, phrase: str, allowed: int) -> Iterator[str]:
        letters = frozenset(phrase)
        for name in self._forms if allowed else ():
            near = abs(len(name) - len(phrase)) <= allowed and len(name) >= _TYPO_FROM
            near = near and len(letters ^ frozenset(name)) <= 2 * allowed
            if near and slips(name, phrase, allowed) <= allowed:
                yield name

    def _in_order(self, found: set[str]) -> tuple[str, ...]:
        return tuple(key for key in (*self.areas, ELSEWHERE) if key in found)

    @cached_property
    def _forms(self) -> Mapping[str, tuple[str, ...]]:
        """Every form a name takes in a sentence: mutated (ym Mhontypridd), glued (pen y bont, penybont)."""
        forms: dict[str, set[str]] = {}
        for place, areas in self.places.items():
            first, *rest = place.split()
            for begun in mutations(first):
                spelt = " ".join((begun, *rest))
                for form in {spelt, spelt.replace(" ", "")}:
                    forms.setdefault(form, set()).update(areas)
        # A name as it stands counts before another name's mutation.
        forms.update({place: set(areas) for place, areas in self.places.items()})
        return {form: tuple(areas) for form, areas in forms.items()}


def _phrases(folded: str) -> Iterator[list[str]]:
    """The words of a text as phrases, the longest first."""
    words = folded.split()
    for length in range(min(_MOST_WORDS, len(words)), 0, -1):
        yield [" ".join(words[at : at + length]) for at in range(len(words) - length + 1)]
