"""How often each offer was shown, taken and refused, so that no number can be traced to one parent.

A number from 1 to 4 is not shown. Nor can one be worked out: a figure is hidden too when what is left of those who were
shown the offer would be 1 to 4; a total is shown only when nothing under it is hidden; and the month that is still
running counts in fives, because yesterday's figure beside today's would give one parent away. Numbers are of parents,
not of texts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LEAST = 5
KINDS = ("shown", "taken", "refused")
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a table: `number` is None where it is hidden; `at_least` where the month is still running."""

    number: int | None
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Numbers:
    """`rows` by offer, then by kind (`KINDS`); `totals` by kind."""

    rows: Mapping[str, Mapping[str, Figure]]
    totals: Mapping[str, Figure]


def suppress(counts: Counts, *, running: bool) -> Numbers:
    """The table that may be shown of `counts` (offer, then kind, to parents)."""
    rows = {offer: _row(found, running=running) for offer, found in counts.items()}
    totals = {}
    for kind in KINDS:
        column = [row[kind] for row in rows.values()]
        hidden = any(figure.number is None for figure in column)
        total = sum(figure.number or 0 for figure in column)
        totals[kind] = Figure(None if hidden else total, at_least=running and total > 0)
    return Numbers(rows, totals)


def _row(found: Mapping[str, int], *, running: bool) -> Mapping[str, Figure]:
    counts = {kind: found.get(kind, 0) for kind in KINDS}
    if running:
        return {
            kind: Figure(None) if count < LEAST else Figure(count - count % LEAST, at_least=True)
            for kind, count in counts.items()
        }
    hidden = {kind for kind, count in counts.items() if _is_small(count)}
    # Whoever was shown it and did neither, or not the one, is a number too.
    if "shown" not in hidden:
        hidden |= {kind for kind in ("taken", "refused") if _is_small(counts["shown"] - counts[kind])}
    if not hidden and _is_small(counts["shown"] - counts["taken"] - counts["refused"]):
        hidden.add("refused")
    return {kind: Figure(None if kind in hidden else count) for kind, count in counts.items()}


def _is_small(count: int) -> bool:
    return 0 < abs(count) < LEAST
