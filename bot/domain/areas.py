"""Where a parent lives, as far as we keep it: an area, from a postcode's first half, a town, or a choice."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.answers import fold
from bot.domain.conversation import Bilingual

ELSEWHERE = "elsewhere"
_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)(?: ?\d[a-z]{2})?\b")


@dataclass(frozen=True, slots=True)
class Area:
    """An area the team serves."""

    key: str
    name: Bilingual


@dataclass(frozen=True, slots=True)
class Atlas:
    """Which places and outward codes lie in which areas; `ELSEWHERE` stands for all that the team does not serve."""

    areas: Mapping[str, Area]
    outward: Mapping[str, tuple[str, ...]]
    places: Mapping[str, str]

    def find(self, text: str) -> tuple[str, ...]:
        """The areas the text may mean: one when clear, more when it lies in several, none when we do not know it."""
        folded = fold(text)
        code = _POSTCODE.search(folded)
        if code:
            return self.outward.get(code.group(1), (ELSEWHERE,))
        if folded in self.places:
            return (self.places[folded],)
        found = {area for place, area in self.places.items() if f" {place} " in f" {folded} "}
        return tuple(sorted(found)) if len(folded) <= 80 else ()
