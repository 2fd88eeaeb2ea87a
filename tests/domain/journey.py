"""The engine on its own: the real flow and words, and a small made-up world for what it wants from outside."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bot.content.catalogue import load_catalogue
from bot.content.library import Library, load_library
from bot.domain import engine
from bot.domain.conversation import LANGUAGES, Channel, Conversation, Line
from bot.domain.reader import Reader
from bot.domain.status import Status
from bot.domain.turn import Given, Item, Turn, Want

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@cache
def library() -> Library:
    """The library that ships."""
    return load_library(ROOT / "flows")


@cache
def reader() -> Reader:
    """The reader of the library and the words that ship."""
    catalogue = load_catalogue(ROOT / "locales")
    return Reader(library().flow, lambda address: [w for one in LANGUAGES for w in catalogue.words(one, address)])


def given(want: Want, *, nothing: bool = False) -> Given:
    """A made-up world where there is one of everything, or (`nothing`) where there is none."""
    if nothing:
        return Given(ok=False)
    items = {
        "offer": (Item("offer-1", {"name": "A", "what": "B", "place": "C", "cost": "D", "when": NOON}),),
        "offer_details": (Item("offer-1", {"what": "B", "place_lines": "C"}),),
        "slots": (Item("1@a", {"time": NOON}), Item("2@b", {"time": NOON}), Item("3@a", {"time": NOON})),
        "summary": (Item("who", {"label": Line("booking.summary.who"), "answer": "mum"}),),
        "channels": (Item("phone", {"how": "A"}), Item("video", {"how": "B"})),
        "areas": (Item("bridgend", {"area": "Bridgend"}),),
    }
    values = {
        "offer": items["offer"][0].values,
        "tip": {"tip": Line("cards.face_to_face")},
        "booking": {"time": NOON, "who": "Sian"},
    }
    spoken = {"time": NOON, "who": "Sian", "call_name": "Sam", "call_number": "07700 900123"}
    answers = {"area": want.key or "bridgend"} if want.name == "area" else {}
    if want.kind == "place":
        answers = {"area": "bridgend"}
    return Given(
        ok=True, values={**spoken, **values.get(want.name, {})}, items=items.get(want.name, ()), answers=answers
    )


def finish(turn: Turn, *, nothing: bool = False) -> Turn:
    """Answers every want of a turn."""
    for _ in range(20):
        if turn.want is None:
            return turn
        turn = engine.supply(turn, library().flow, given(turn.want, nothing=nothing))
    raise AssertionError("the engine never stops wanting")


class Parent:
    """Plays a parent: says things, and reads what comes back as addresses."""

    def __init__(self, channel: Channel = Channel.SMS, *, call: str = "none", nothing: bool = False) -> None:
        self.facts = {"call": call}
        self.nothing = nothing
        version = library().flow.version
        nobody = Conversation("c", channel, Status.WITH_BOT, library().flow.start, version)
        self.turn = finish(engine.begin(nobody, library().flow, self.facts), nothing=nothing)

    @property
    def step(self) -> str:
        """Where the conversation stands."""
        return self.turn.conversation.step

    @property
    def read(self) -> list[str]:
        """The addresses of the lines that came back."""
        return [line.address for text in self.turn.texts for line in text.lines]

    @property
    def options(self) -> dict[str, str]:
        """The options now, mark to key."""
        return {option.mark: option.key for text in self.turn.texts for option in text.options}

    def at(self, step: str, **changes: object) -> "Parent":
        """Stands at a step, as if the way there had been walked."""
        conversation = self.turn.conversation._replace(step=step, language="en", shown=(), **changes)  # type: ignore[arg-type]
        self.turn = finish(
            engine.advance(conversation, library().flow, self.facts, reader(), "again"), nothing=self.nothing
        )
        return self

    def says(self, *texts: str) -> "Parent":
        """Sends texts one after the other."""
        for text in texts:
            turn = engine.advance(self.turn.conversation, library().flow, self.facts, reader(), text)
            self.turn = finish(turn, nothing=self.nothing)
        return self
