"""The report of `make bench`: plain lines, each figure with its unit and with what it is beside."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import mean, median

from tests.benchmarks.generator import Load
from tests.benchmarks.peers import RATIOS
from tests.benchmarks.served import HELO, NOTHING, PEERS_REFERENCE, REFERENCE, Round

# Of issue and house: at least this much of the reference, and this tail at eight at once, in milliseconds.
WANTED_RATIO = 0.7
WANTED_P99 = 30.0
# Of the issue about offers, in microseconds.
WANTED_CHOOSING = 5_000.0

Rounds = Sequence[Round]


def about_served(rounds: Rounds) -> Iterator[str]:
    """Turns a second under each load, ours and the reference's, and their ratio with its spread over the rounds."""
    yield "TURNS A SECOND: signed posts to /sms, durable commits, the same server and settings"
    heads = f"{'turns/s':>8} {'p50 ms':>7} {'p99 ms':>7} {'processor us/turn':>18} {'load busy':>10}"
    yield f"  {'at once':>7}  {'':<10} {heads}"
    for at_once in rounds[0][HELO]:
        for which in (HELO, REFERENCE):
            figures = _over(rounds, which, at_once)
            rate, half, tail, used, busy = figures
            yield f"  {at_once:>7}  {which:<10} {rate:>8,.0f} {half:>7.1f} {tail:>7.1f} {used:>18,.0f} {busy:>10.0%}"
        ratios = ratios_at(rounds, at_once)
        low, high = _middle(ratios)
        yield f"  {'':>7}  ratio {median(ratios):.2f} of the reference (half of the rounds: {low:.2f} to {high:.2f})"
    if NOTHING in rounds[0]:
        ceiling = {at_once: median(one[NOTHING][at_once].load.rate for one in rounds) for at_once in rounds[0][NOTHING]}
        shown = ", ".join(f"{rate:,.0f} at {at_once}" for at_once, rate in ceiling.items())
        yield f"  An application that does nothing, under the same server: {shown}. The load itself was never the limit"
        yield "  as long as it was not busy all the time (last column: its share of one processor)."


def ratios_at(rounds: Rounds, at_once: int, beside: str = REFERENCE) -> list[float]:
    """Ours to the turns a second of what it is measured beside, round by round."""
    return [one[HELO][at_once].load.rate / one[beside][at_once].load.rate for one in rounds]


def _over(rounds: Rounds, which: str, at_once: int) -> tuple[float, float, float, float, float]:
    """Over all rounds: turns a second, p50, p99, processor for a turn, and how busy the load was."""
    runs = [one[which][at_once] for one in rounds]
    latencies = sorted(latency for run in runs for latency in run.load.latencies)
    together = Load(sum(run.load.seconds for run in runs), tuple(latencies), 0.0)
    return (
        median(run.load.rate for run in runs),
        together.percentile(0.50),
        together.percentile(0.99),
        mean(run.processor for run in runs),
        mean(run.load.busy for run in runs),
    )


def _middle(figures: Sequence[float]) -> tuple[float, float]:
    """Where the middle half of them lies."""
    ranked = sorted(figures)
    return ranked[len(ranked) // 4], ranked[-1 - len(ranked) // 4]


def about_peers(rounds: Rounds) -> Iterator[str]:
    """Where we stand among other chatbots, each under its own server, by the ratio to the same reference at eight."""
    at_once = 8
    ours = median(ratios_at(rounds, at_once))
    among = ratios_at(rounds, at_once, PEERS_REFERENCE)
    low, high = _middle(among)
    tail = _over(rounds, HELO, at_once)[2]
    yield "AMONG PEERS: turns a second as a part of the reference's, eight at once (theirs from another day: a ratio)"
    yield "  The reference runs under gunicorn here, as it did beside them."
    yield f"  Helo, today: {median(among):.2f} (half of the rounds: {low:.2f} to {high:.2f})"
    for name, ratio in RATIOS.items():
        yield f"  {name}: {ratio:.2f} of the reference; Helo is {'AHEAD' if median(among) > ratio else 'BEHIND'}"
    yield f"  Wanted: {WANTED_RATIO} or more of the reference"
    yield f"    under gunicorn, as when that was set: {median(among):.2f}, {_said(median(among) >= WANTED_RATIO)}"
    yield f"    under our own quicker server, the harder test: {ours:.2f}, {_said(ours >= WANTED_RATIO)}"
    yield f"  Wanted: p99 at eight under {WANTED_P99:.0f} ms: {tail:.1f}, {_said(tail < WANTED_P99)}"


def about_parts(parts: Mapping[str, float], whole: float) -> Iterator[str]:
    """One turn taken apart."""
    yield "ONE TURN, IN PROCESS: each part's own time (what it calls of another part is counted there)"
    total = sum(parts.values())
    for name, spent in sorted(parts.items(), key=lambda item: -item[1]):
        yield f"  {name:<24} {spent:>8.1f} us {spent / total:>5.0%}"
    yield f"  {'all, watched':<24} {total:>8.1f} us"
    yield f"  {'all, not watched':<24} {whole:>8.1f} us"


def about_stored(found: Mapping[int, Mapping[str, float]]) -> Iterator[str]:
    """A turn in a small and in a large database."""
    yield "A TURN AMONG STORED CONVERSATIONS: must not grow"
    for size, figures in found.items():
        yield f"  {size:>8,} stored: {figures['turn']:>7.0f} us a turn, {figures['processor']:>6.0f} us of processor"
    small, large = found.values()
    yield f"  growth: {large['turn'] / small['turn']:.2f}, of processor {large['processor'] / small['processor']:.2f}"


def about_screening(times: Mapping[str, float], phrases: int, sayings: int) -> Iterator[str]:
    """The gate, on ordinary and on hostile texts. Wanted: 300 us for 160 characters, 20 ms for hostile 1,600."""
    yield f"SCREENING: one text against the whole lexicon: {phrases:,} phrases, {sayings:.1e} sayings when written out"
    for name, spent in times.items():
        yield f"  {name:<32} {spent:>8.0f} us"


def about_choosing(times: Mapping[str, float]) -> Iterator[str]:
    """The next offer for one parent, in a large directory."""
    yield f"CHOOSING AN OFFER: wanted under {WANTED_CHOOSING:,.0f} us among 5,000"
    for name, spent in times.items():
        yield f"  {name:<44} {spent:>8,.0f} us"


def _said(holds: bool) -> str:
    return "yes" if holds else "NO"
