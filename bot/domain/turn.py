"""What one turn of the engine asks for and gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.domain.conversation import NOTHING, Conversation, Line, Text, Value

# The choices that are the name of a language: here a command of that name means the same.
NAMED = {"cymraeg": "cy", "english": "en"}
SPEAK = {"cy": "speak_welsh", "en": "speak_english"}
# Found things that MORE should not show again.
SHOWN_ONCE = frozenset({"offer", "tip", "slots"})
# Found things that a page draws: the text that tells of one says which.
DRAWN = frozenset({"offer", "tip"})
FINDS = frozenset({"offer", "offer_details", "tip", "slots", "summary", "booking", "areas", "channels"})
TAKES = frozenset({"slot", "strike", "area", "channel"})
# What somebody else may take between the asking and the answer.
MAY_BE_GONE = frozenset({"slot"})
# What a parent says of the thing that was shown: the act carries its key ("take_offer:bridgend-dads").
ABOUT_SHOWN = frozenset({"take_offer", "refuse_offer"})
WITHDRAWALS = frozenset(f"withdraw_{who}" for who in ("team", "health_visitor", "midwife", "gp"))
STEP_ACTS = frozenset({"note_loss", "ask_person", "book_call", "forget"}) | WITHDRAWALS
CHOICE_ACTS = frozenset(
    {"speak_welsh", "speak_english", "note_loss", "want_call", "ask_person", "take_offer", "refuse_offer"}
    | {"share_team", "share_nothing", "call_off", "agree_texts", "refuse_texts"}
    | {f"{verb}_{who}" for verb in ("consent", "refuse") for who in ("health_visitor", "midwife", "gp")}
)


@dataclass(frozen=True, slots=True)
class Item:
    """Something found, to be chosen by number: `key` is what is kept, `values` what its line shows."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Want:
    """What the engine needs from outside before it can go on.

    `kind` is find, take, place or do; `name` which one; `key` the item or text meant; `again` asks for what was
    shown last.
    """

    kind: str
    name: str
    key: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """The answer to a want. `ok` False means not found, gone, or failed; `items` are numbered choices.

    `values` are for the next texts; `answers` and `facts` become true with it; `acts` are left for the service to do.
    """

    ok: bool
    values: Mapping[str, Value] = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    acts: tuple[str, ...] = ()


class Turn(NamedTuple):
    """The state after a message and what to say. While `want` is set the turn is not finished: `supply` it.

    `acts` are what the parent's choice brings about, for the service to carry out; `visited` the side doors passed.
    """

    conversation: Conversation
    texts: tuple[Text, ...] = ()
    acts: tuple[str, ...] = ()
    visited: tuple[str, ...] = ()
    want: Want | None = None
    understood: bool = True
    facts: Mapping[str, str] = NOTHING


def spoken(address: str, **values: Value) -> Text:
    """One text of one line."""
    return Text((Line(address, values),))
