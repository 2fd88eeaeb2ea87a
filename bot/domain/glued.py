"""A whole message typed without a space, in any language: which row of words is likeliest to be meant.

Of all ways to cut it into words, the one whose words the most made-up messages have (a unigram model, as Viterbi found
it: the best cut of a beginning is part of the best cut of the whole).
"""

import math
from collections.abc import Container, Mapping

_LONGEST_WORD = 20
# In how many messages a word stands, as it were, that is known and was never met.
_NEVER_MET = 0.5
# So dear a letter (in nats) is no row of words, but a long word that we do not know.
_DEAREST = 2.4
_FEWEST_WORDS = 3
# Letters that are words by themselves.
_ALONE = frozenset("aieouy")


def likeliest_row(letters: str, known: Container[str], met: Mapping[str, int]) -> tuple[str, ...]:
    """`letters` as a row of three words or more, or () where they are none. `met`: how many messages have a word."""
    if not met:
        return ()
    every = math.log(sum(met.values()))
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(letters) + 1):
        cheapest = (math.inf, 0)
        for start in range(max(0, end - _LONGEST_WORD), end):
            word = letters[start:end]
            if (len(word) > 1 or word in _ALONE) and (word in met or word in known):
                cost = best[start][0] + every - math.log(met.get(word, _NEVER_MET))
                cheapest = min(cheapest, (cost, start))
        best.append(cheapest)
    if best[-1][0] > _DEAREST * len(letters):
        return ()
    row: list[str] = []
    end = len(letters)
    while end:
        start = best[end][1]
        row.append(letters[start:end])
        end = start
    return tuple(reversed(row)) if len(row) >= _FEWEST_WORDS else ()
