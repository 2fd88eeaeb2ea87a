"""A whole message typed without a space, in any language: which row of words is likeliest to be meant.

Of all ways to cut it into words, the one whose words the most made-up messages have (a unigram model, as Viterbi found
it: the best cut of a beginning is part of the best cut of the whole).
"""

import math
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

# From how many letters on a row is looked for: shorter ones are too near to words that we do not know.
SHORTEST_ROW = 13
_LONGEST_WORD = 20
# In how many messages a word stands, as it were, that is known and was never met.
_NEVER_MET = 0.5
# So dear a letter (in nats) is no row of words, but a long word that we do not know.
_DEAREST = 2.4
_FEWEST_WORDS = 3
# Letters that are words by themselves.
_ALONE = frozenset("aieouy")


@dataclass(frozen=True, slots=True)
class Rows:
    """What each word costs (nats), and what one does that is `known` and was never met. Build it with `build_rows`."""

    costs: Mapping[str, float]
    known: AbstractSet[str]
    unmet: float

    def likeliest(self, letters: str) -> tuple[str, ...]:
        """`letters` as a row of three words or more, or () where they are none."""
        if not self.costs:
            return ()
        get, known = self.costs.get, self.known
        most = _DEAREST * len(letters)
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(letters) + 1):
            cheapest, since = math.inf, 0
            for start in range(max(0, end - _LONGEST_WORD), end):
                before = best[start][0]
                if before >= cheapest or before > most:
                    continue
                word = letters[start:end]
                cost = get(word)
                if cost is None:
                    if word not in known:
                        continue
                    cost = self.unmet
                if before + cost < cheapest and (len(word) > 1 or word in _ALONE):
                    cheapest, since = before + cost, start
            best.append((cheapest, since))
        if best[-1][0] > most:
            return ()
        row: list[str] = []
        end = len(letters)
        while end:
            start = best[end][1]
            row.append(letters[start:end])
            end = start
        return tuple(reversed(row)) if len(row) >= _FEWEST_WORDS else ()


def build_rows(known: AbstractSet[str], met: Mapping[str, int]) -> Rows:
    """Rows of words that are known or were met. `met`: in how many messages a word stands; without any, no rows."""
    every = math.log(sum(met.values()) or 1)
    costs = {word: every - math.log(times) for word, times in met.items()}
    return Rows(costs, known, every - math.log(_NEVER_MET))
