"""What is measured inside one process: the parts of a turn, a turn in a small and in a large database, screening."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import median

from bot.content.timetable import Timetable
from bot.domain.areas import Atlas
from bot.domain.choosing import Wishes, choose_offer
from bot.domain.freshness import SHOWN, standing
from bot.domain.lexicon import Lexicon
from bot.domain.offers import Directory
from bot.domain.screening import screen
from tests.benchmarks.parts import Door, time_parts
from tests.benchmarks.served import a_folder
from tests.benchmarks.stored import fill

ORDINARY = {
    "160 characters, English": (
        "Hi, I am a new mum and she is 6 weeks old now. I feel tired most of the time and would like to talk to someone"
        " about how to enjoy it more, maybe in the mornings"
    )[:160],
    "160 characters, Welsh": (
        "Helo, dwi'n fam newydd ac mae hi'n 6 wythnos oed. Dwi wedi blino'r rhan fwyaf o'r amser a hoffwn siarad"
        " â rhywun am sut i fwynhau mwy, efallai yn y bore"
    )[:160],
}
_LONG = 1600
_BENCHED_AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
# Texts written to be slow: words that nearly match, letters apart, letters glued, signs for letters, marks on marks.
HOSTILE = {
    "nearly": "i want to not kill my ",
    "letters apart": "k i l l m ",
    "letters glued": "iwanttokillmyself",
    "glued, each another": " ".join(f"dwiisiomarw{one}{other}" for one in "bcdghjklmp" for other in "bcdghjklmp"),
    "signs": "s*i*d k!ll m3 ",
    "one letter": "a",
    "accents": "ï wänt tö dïe ",
    "marks on marks": "k\u0301\u0302\u0303i\u0301l\u0301",
    "sentences": "die. I. want. to. ",
}


@contextmanager
def a_door(beside: Door | None = None) -> Iterator[Door]:
    """Our application in this process, on a real disk; `beside` one that has read flows and words already."""
    with a_folder() as folder:
        door = Door(folder, beside)
        try:
            yield door
        finally:
            door.close()


def parts_of_a_turn(door: Door, parents: int) -> tuple[dict[str, float], float]:
    """Microseconds by part, and of a whole turn without the stopwatch. Uses numbers 0 to 2 x `parents`."""
    door.send_all(door.walks(0, 10))
    plain = door.walks(10, parents)
    watched = door.walks(10 + parents, parents)
    began = time.perf_counter()
    turns = door.send_all(plain)
    whole = (time.perf_counter() - began) / turns * 1e6
    return time_parts(door, watched), whole


def a_turn_among(beside: Door, sizes: Sequence[int], parents: int, rounds: int) -> dict[int, dict[str, float]]:
    """Microseconds of a turn, and of processor for it, with so many stored conversations; measured by turns."""
    clocks: dict[str, Callable[[], float]] = {"turn": time.perf_counter, "processor": time.process_time}
    found: dict[int, dict[str, list[float]]] = {size: {name: [] for name in clocks} for size in sizes}
    with ExitStack() as opened:
        doors = {size: opened.enter_context(a_door(beside)) for size in sizes}
        for size, door in doors.items():
            fill(door.desk, 0, size)
            door.desk.database.checkpoint()
            door.send_all(door.walks(0, 10))
        for turn in range(rounds):
            for size, door in doors.items():
                walks = door.walks(10 + turn * parents, parents)
                before = {name: clock() for name, clock in clocks.items()}
                turns = door.send_all(walks)
                for name, clock in clocks.items():
                    found[size][name].append((clock() - before[name]) / turns * 1e6)
    return {size: {name: median(times) for name, times in one.items()} for size, one in found.items()}


def screening_times(lexicon: Lexicon, repeats: int) -> dict[str, float]:
    """Microseconds to screen each of the texts, the best of several tries; the hostile ones at 1,600 characters."""
    texts = ORDINARY | {f"1,600 hostile: {name}": (text * _LONG)[:_LONG] for name, text in HOSTILE.items()}
    return {name: min(_time(text, lexicon) for _ in range(repeats)) * 1e6 for name, text in texts.items()}


def choosing_times(beside: Directory, atlas: Atlas, size: int, repeats: int) -> dict[str, float]:
    """Microseconds to choose for one parent among `size` offers made of the real ones, spread over the areas and all in
    one; and to look a place up. What is worked out once, at start, stands apart."""
    spread, crowded = _many(beside, size, ()), _many(beside, size, ("bridgend",))
    found = {}
    for name, directory in (("in three areas", spread), ("all in one area", crowded)):
        began = time.perf_counter()
        directory.look_ahead(_BENCHED_AT)
        found[f"at start: looking ahead, {name}"] = (time.perf_counter() - began) * 1e6
        times = [_choose(directory, number) for number in range(repeats)]
        found[f"{size:,} offers {name}"] = median(times)
        found[f"{size:,} offers {name}, the slowest"] = max(times)
    for place in ("CF31 1AA", "ym Mhontypridd", "Pontyprid"):
        began = time.perf_counter()
        for _ in range(repeats):
            atlas.find(place)
        found[f"a place: {place}"] = (time.perf_counter() - began) / repeats * 1e6
    return found


def _many(beside: Directory, size: int, areas: tuple[str, ...]) -> Directory:
    timed = [offer for offer in beside.offers if isinstance(offer.times, Timetable)]
    first = datetime(2026, 9, 7, 9)  # noqa: DTZ001 - wall time, as in an offer's file
    made = []
    for number in range(size):
        offer = timed[number % len(timed)]
        starts = first + timedelta(days=number % 7, minutes=15 * (number % 30))
        rule = f"FREQ=WEEKLY;BYDAY={['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'][number % 7]}"
        times = Timetable(starts, (starts + timedelta(hours=1)).time(), rule)
        made.append(replace(offer, id=f"{offer.id}-{number}", areas=areas or offer.areas, times=times))
    return Directory(tuple(made))


def _choose(directory: Directory, number: int) -> float:
    now = _BENCHED_AT + timedelta(minutes=number)
    seen = tuple(offer.id for offer in directory.offers[: number % 3])
    wishes = Wishes("bridgend", "under_1", "", ("mum", "dad")[number % 2], ("cy", "en")[number % 2], "nights", seen)
    today, keeps = date(2026, 11, 23), timedelta(days=180)
    began = time.process_time()
    chosen = choose_offer(
        directory,
        wishes,
        now=now,
        is_open=lambda offer: standing(offer, today=today, keeps=keeps, production=False) in SHOWN,
    )
    took = (time.process_time() - began) * 1e6
    assert chosen is not None
    return took


def _time(text: str, lexicon: Lexicon) -> float:
    began = time.perf_counter()
    screen(text, lexicon)
    return time.perf_counter() - began
