"""Everything that can happen in a flow: which situations a step can be met in, and where each leads.

A situation is one value for each fact the step asks about. Facts from earlier answers are taken as free: every value
that any `when` mentions, and none of them. So more is looked at than can really happen, and nothing is missed.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

from bot.domain.asking import open_choices
from bot.domain.conversation import Channel
from bot.domain.flow import Flow, Kind, Step, When
from bot.domain.slots import CHANNELS

Situation = Mapping[str, str]
OWN_FACTS: Mapping[str, tuple[str, ...]] = {
    "loss": ("no", "yes"),
    "channel": tuple(channel.value for channel in Channel),
    "call": ("none", "booked"),
    "near": ("unknown", "known"),
    "how": CHANNELS,
}
RESUME, RESTART = "resume", "restart"
SPECIAL_TARGETS = frozenset({RESUME, RESTART})
_READS_WORDS = frozenset({Kind.OWN_WORDS, Kind.NAME, Kind.MOBILE, Kind.PLACE, Kind.SEVERAL})
# What a step may do that can fail; the others always succeed.
FALLIBLE = frozenset({"book_call", "forget"})


class Move(NamedTuple):
    """One thing that can happen at a step, `chosen` by the parent or not. `target` None: it leads nowhere here."""

    outcome: str
    target: str | None
    chosen: bool


def whens_of(step: Step) -> Iterator[When]:
    """Every condition that stands at a step."""
    parts = (*step.say, step.why, step.ask, step.ask_again, step.none_found, step.failed, step.go, step.skip)
    yield from (branch.when for branches in parts for branch in branches)
    for choice in step.choices:
        yield choice.when
        yield from (branch.when for branch in choice.go)
    yield from step.pass_by


def mentioned(flow: Flow) -> Mapping[str, frozenset[str]]:
    """Every fact that any condition names, with the values it asks for."""
    found: dict[str, frozenset[str]] = {}
    whens = [when for step in flow.steps.values() for when in whens_of(step)]
    whens += [branch.when for command in flow.commands for branch in command.go]
    for when in whens:
        for name, values in when.facts.items():
            found[name] = found.get(name, frozenset()) | values
    return found


def situations(flow: Flow, step: Step, **fixed: str) -> Iterator[Situation]:
    """Every situation the step can be met in; `fixed` facts have one value. Loss is always said."""
    asked = {name for when in whens_of(step) for name in when.facts} | {"loss"}
    values = mentioned(flow)
    names = sorted(asked)
    choices = [
        (fixed[name],) if name in fixed else OWN_FACTS.get(name) or (*sorted(values.get(name, ())), "")
        for name in names
    ]
    for picked in product(*choices):
        situation = {name: value for name, value in zip(names, picked, strict=True) if value}
        yield {**fixed, **situation}


def passed_by(step: Step, situation: Situation) -> bool:
    """True when the step is skipped by itself."""
    return any(when.holds(situation) for when in step.pass_by)


def moves(flow: Flow, step: Step, situation: Situation) -> Iterator[Move]:
    """Everything that can happen at a step in a situation, words that work anywhere apart."""
    if passed_by(step, situation):
        yield Move("passed by", step.skip.pick(situation), False)
        return
    if step.none_found and (step.find or step.answer is Kind.PLACE):
        yield Move("none_found", step.none_found.pick(situation), not step.find)
    if step.do and (step.failed or step.do in FALLIBLE):
        yield Move("failed", step.failed.pick(situation), False)
    asks = bool(step.ask.pick(situation))
    for choice in open_choices(step, situation) if asks else ():
        yield Move(choice.key, choice.go.pick({**situation, step.name: choice.key}), True)
    if step.go:
        reads = step.answer in _READS_WORDS or bool(step.take)
        if reads or not asks:
            yield Move("next", step.go.pick(situation), asks)
    if asks and step.skip:
        yield Move("skip", step.skip.pick(situation), True)
    if step.end and not step.entered_by:
        yield Move("any text", flow.restart, True)


def lands(flow: Flow, target: str, situation: Situation) -> str:
    """The step a target means: `restart` and `resume` are not steps. After a loss both lead to the same place.

    What `resume` comes back to was reached already; for it the way in stands.
    """
    if target in SPECIAL_TARGETS:
        return flow.beginning(loss=situation.get("loss") == "yes")
    return target


def doors(flow: Flow) -> Iterator[tuple[str, When]]:
    """Steps that open from anywhere: by a word that works anywhere, or by something that happens."""
    for command in flow.commands:
        if command.visit:
            yield command.visit, When()
        yield from ((branch.target, branch.when) for branch in command.go)
    yield from ((step.name, When()) for step in flow.steps.values() if step.entered_by)
    yield flow.restart, When()


def reach(flow: Flow, begin: set[str], **fixed: str) -> set[str]:
    """Every step that can be met from `begin` with the `fixed` facts, by any road."""
    open_doors = {step for step, when in doors(flow) if _can_hold(when, fixed)}
    waiting = [name for name in begin | open_doors if name in flow.steps]
    met = set(waiting)
    while waiting:
        step = flow.steps[waiting.pop()]
        for situation in situations(flow, step, **fixed):
            for move in moves(flow, step, situation):
                target = lands(flow, move.target, situation) if move.target else ""
                if target in flow.steps and target not in met:
                    met.add(target)
                    waiting.append(target)
    return met


def _can_hold(when: When, fixed: Situation) -> bool:
    return all(fixed[name] in values for name, values in when.facts.items() if name in fixed)


def said(step: Step, situation: Situation) -> Iterator[str]:
    """Every address a step can say in a situation; nothing when it is passed by."""
    if passed_by(step, situation):
        return
    for branches in (*step.say, step.why, step.ask, step.ask_again):
        if address := branches.pick(situation):
            yield address
    yield from (address for address in (step.item, step.gone) if address)
    yield from (choice.label for choice in open_choices(step, situation))


class AfterLoss(NamedTuple):
    """What can still happen once a loss is known: the steps, each in every situation, and all they can say."""

    met: frozenset[tuple[str, tuple[tuple[str, str], ...]]]
    addresses: frozenset[str]

    @property
    def steps(self) -> frozenset[str]:
        """Names of the steps that can still be met."""
        return frozenset(step for step, _ in self.met)


def walk_after_loss(flow: Flow) -> AfterLoss:
    """Follows every road once a loss is known: choices, SKIP, BACK (the trail was cleared), words that work anywhere,
    side doors, failures, and coming back after the end."""
    begin = {flow.start_after_loss} | {step.name for step in flow.steps.values() if step.do == "note_loss"}
    for step in flow.steps.values():
        begin |= {target for choice in step.choices if choice.do == "note_loss" for target in choice.go.targets()}
    met = set()
    addresses: set[str] = set()
    for name in reach(flow, begin, loss="yes"):
        for situation in situations(flow, flow.steps[name], loss="yes"):
            met.add((name, tuple(sorted(situation.items()))))
            addresses |= set(said(flow.steps[name], situation))
    return AfterLoss(frozenset(met), frozenset(addresses))
