"""The roads that the rules follow are the roads that the engine takes: whatever is said, it never leaves them."""

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.paths import AfterLoss, passed_by, reach, said, situations, walk_after_loss
from bot.domain import engine
from bot.domain.conversation import Channel, Line, Text
from tests.domain.journey import Parent, finish, library

FLOW = library().flow
WALKED: AfterLoss = walk_after_loss(FLOW)
MET = reach(FLOW, {FLOW.start})
SAID = {
    name: {address for situation in situations(FLOW, step) for address in said(step, situation)}
    for name, step in FLOW.steps.items()
}
DOORS = tuple(step.name for step in FLOW.steps.values() if step.entered_by in ("words", "gap", "staff", "restart"))
# A step that is passed by after a loss is never stood at; BACK does not lead there, because the trail was cleared.
STOOD_AT = sorted({name for name, situation in WALKED.met if not passed_by(FLOW.steps[name], dict(situation))})
# What the engine says by itself, at any step, and what values are made of.
BY_ITSELF = ("commands.", "common.")
INSIDE = ("booking.summary.", "cards.", "offers.because.", *BY_ITSELF)
INSIDE_AFTER_LOSS = ("booking.summary.", *BY_ITSELF)

TYPED = (
    *"1234567AB",
    *("call", "back", "skip", "again", "more", "change", "info", "cymraeg", "english", "forget me"),
    *("CF31", "Sam", "07700 900123", "no idea", "???"),
)
MESSAGES = st.one_of(st.sampled_from(TYPED), st.sampled_from([f"door {door}" for door in DOORS]), st.just("door loss"))


def addresses(texts: tuple[Text, ...]) -> Iterator[str]:
    """Every address in some texts, those within values too."""
    lines = [line for text in texts for line in (*text.lines, *(option.label for option in text.options))]
    while lines:
        line = lines.pop()
        yield line.address
        lines += [value for value in line.values.values() if isinstance(value, Line)]


@given(
    st.lists(MESSAGES, max_size=25),
    st.sampled_from(Channel),
    st.sampled_from(("none", "booked")),
    st.booleans(),
)
def test_the_engine_never_leaves_the_roads_that_the_rules_follow(
    messages: list[str], channel: Channel, call: str, nothing: bool
) -> None:
    parent = Parent(channel, call=call, nothing=nothing)
    for message in messages:
        move(parent, message)
        if parent.turn.conversation.loss:
            assert off_the_road(parent) == set()
        else:
            assert parent.step in MET
            assert {one for one in addresses(parent.turn.texts) if not one.startswith(INSIDE)} <= set().union(
                *SAID.values()
            )


@pytest.mark.parametrize("call", ["none", "booked"])
@pytest.mark.parametrize("nothing", [False, True])
@pytest.mark.parametrize("step", STOOD_AT)
def test_after_a_loss_no_move_leaves_the_roads(step: str, call: str, nothing: bool) -> None:
    """From every step that can be met, every move leads to a step that can be met and says only what may be said.

    Every way to know of a loss leads to such a step; so this is the proof that nothing speaks of "your baby" again:
    the rule `said_after_loss` reads every text that may be said.
    """
    for channel, about in product(Channel, ("yes", "not_now")):
        for message in (*TYPED, *(f"door {door}" for door in DOORS)):
            parent = Parent(channel, call=call, nothing=nothing)
            answers = {"about": about, "stage": "loss", "area": "bridgend"}
            parent.at(step, loss=True, answers=answers, trail=("call_needs",), resume="call_offer")
            assert off_the_road(parent) == set()
            move(parent, message)
            assert off_the_road(parent) == set(), message


def move(parent: Parent, message: str) -> None:
    """Says something, or opens a side door as the service does."""
    if message.startswith("door "):
        turn = engine.enter(parent.turn.conversation, FLOW, parent.facts, message.removeprefix("door "))
        parent.turn = finish(turn, nothing=parent.nothing)
    else:
        parent.says(message)


def off_the_road(parent: Parent) -> set[str]:
    """The step and the addresses that `walk_after_loss` has not foreseen."""
    strange = {one for one in addresses(parent.turn.texts) if not one.startswith(INSIDE_AFTER_LOSS)}
    return (strange - WALKED.addresses) | ({parent.step} - WALKED.steps)


def test_after_a_loss_every_situation_is_looked_at() -> None:
    by_step: dict[str, list[dict[str, str]]] = {}
    for step, situation in WALKED.met:
        by_step.setdefault(step, []).append(dict(situation))
    assert all(one["loss"] == "yes" for every in by_step.values() for one in every)
    assert {one.get("channel") for one in by_step["call_name"]} == {"sms", "web", "terminal"}
    assert {one.get("call") for one in by_step["slot"]} == {"none", "booked"}
    assert {one.get("about") for one in by_step["goodbye"]} >= {"yes", "not_now", "not_sure", None}
