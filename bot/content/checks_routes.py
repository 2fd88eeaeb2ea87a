"""Rules about where the flow leads. Each docstring is the rule."""

from collections.abc import Callable, Iterator

from bot.content.checking import Content
from bot.content.faults import Fault
from bot.content.paths import (
    FALLIBLE,
    SPECIAL_TARGETS,
    Situation,
    lands,
    moves,
    passed_by,
    reach,
    situations,
)
from bot.domain.flow import Branches, Flow, Step
from bot.domain.turn import MAY_BE_GONE

# A person: the offer of a call, or somebody who takes over.
_PERSON_ACTS = frozenset({"ask_person", "want_call"})


def unknown_step(content: Content) -> Iterator[Fault]:
    """Every step that is named exists."""
    flow, library = content.library.flow, content.library
    for step in flow.steps.values():
        for branches, place in _routes(step):
            for target in branches.targets():
                if target not in flow.steps and target not in SPECIAL_TARGETS:
                    yield library.fault_at(
                        step.name, f"Step “{step.name}” leads to “{target}”, and there is no such step.", *place
                    )
    for command in flow.commands:
        for target in (*command.go.targets(), *filter(None, [command.visit])):
            if target not in flow.steps:
                sentence = f"The word “{command.name}” leads to “{target}”, and there is no such step."
                yield library.commands.fault(sentence, "commands", command.name)
    for key, target in (("restart", flow.restart), ("start_after_loss", flow.start_after_loss)):
        if target not in flow.steps:
            yield library.commands.fault(f"“{key}” leads to “{target}”, and there is no such step.", key)
    if flow.start not in flow.steps:
        first = next(chapter for chapter in library.chapters if "start" in chapter.data)
        yield first.fault(f"The flow starts at “{flow.start}”, and there is no such step.", "start")


def unreachable_step(content: Content) -> Iterator[Fault]:
    """Every step can be reached."""
    flow = content.library.flow
    met = reach(flow, {flow.start, flow.start_after_loss})
    for name in flow.steps:
        if name not in met:
            yield content.library.fault_at(name, f"Nothing leads to step “{name}”.")


def dead_end(content: Content) -> Iterator[Fault]:
    """Every step leads on, whatever was answered before, or says that it is an end."""
    flow = content.library.flow
    for step in flow.steps.values():
        reported: set[str] = set()
        for situation in situations(flow, step):
            for sentence, place in _stuck(flow, step, situation):
                if sentence not in reported:
                    reported.add(sentence)
                    yield content.library.fault_at(step.name, sentence + _circumstances(situation), *place)


def _stuck(flow: Flow, step: Step, situation: Situation) -> Iterator[tuple[str, tuple[str, ...]]]:
    if step.visit or (step.end and not step.choices) or step.entered_by == "screening":
        return
    onward = list(moves(flow, step, situation))
    for move in onward:
        if move.target is None:
            place = ("choices", move.outcome) if any(choice.key == move.outcome for choice in step.choices) else ()
            yield f"At step “{step.name}”, “{move.outcome}” leads nowhere", place
    asks = bool(step.ask.pick(situation))
    if step.ask and not asks and not passed_by(step, situation):
        yield f"Step “{step.name}” has no question", ("ask",)
    elif not [move for move in onward if move.outcome not in ("none_found", "failed", "skip")]:
        yield f"Step “{step.name}” is a dead end: no choice and no “go” leads on", ()


def _circumstances(situation: Situation) -> str:
    facts = ", ".join(f"{name} is {value}" for name, value in situation.items())
    return f" when {facts}." if facts else "."


def missing_way_out(content: Content) -> Iterator[Fault]:
    """What is looked up may not be found, and what is done may fail: both say where to go then."""
    for step in content.library.flow.steps.values():
        if step.find and not step.none_found:
            yield content.library.fault_at(
                step.name, f"Step “{step.name}” looks something up; add “none_found”.", "find"
            )
        if step.do in FALLIBLE and not step.failed:
            sentence = f"What step “{step.name}” does may fail; add “failed”."
            yield content.library.fault_at(step.name, sentence, "do")
        if step.take and not (step.find and step.item and step.go):
            sentence = f"Step “{step.name}” takes a line that was chosen; that needs “find”, “item” and “go”."
            yield content.library.fault_at(step.name, sentence, "take")


def gone_unsaid(content: Content) -> Iterator[Fault]:
    """A time that was chosen may have gone a moment before: the step says so with "gone"."""
    for step in content.library.flow.steps.values():
        if step.take in MAY_BE_GONE and not step.gone:
            sentence = (
                f"What is chosen at step “{step.name}” may have gone a moment before; add “gone”, so that the parent "
                "is told and does not wonder why they are asked again."
            )
            yield content.library.fault_at(step.name, sentence, "take")


def one_thing_a_command(content: Content) -> Iterator[Fault]:
    """A word that works anywhere does one thing, whatever was answered before."""
    asides = {step.name for step in content.library.flow.steps.values() if step.visit}
    for command in content.library.flow.commands:
        things = [command.go, command.visit, command.does, command.language]
        if sum(map(bool, things)) != 1:
            sentence = f"The word “{command.name}” needs one of “go”, “visit”, “does” and “language”, and only one."
        elif command.go and command.go[-1].when.facts:
            sentence = f"The word “{command.name}” sometimes leads nowhere; let the last line have no “when”."
        elif command.visit and command.visit not in asides:
            sentence = (
                f"The word “{command.name}” visits “{command.visit}”, which has no “visit”: it would not come back."
            )
        else:
            continue
        yield content.library.commands.fault(sentence, "commands", command.name)


def silent_loop(content: Content) -> Iterator[Fault]:
    """A road that leads back to where it began asks the parent something on the way."""
    flow = content.library.flow
    onward = {step.name: _unasked(flow, step) for step in flow.steps.values()}
    for name in flow.steps:
        met, waiting = set(), list(onward[name])
        while waiting:
            here = waiting.pop()
            if here not in met and here in onward:
                met.add(here)
                waiting += onward[here]
        if name in met:
            yield content.library.fault_at(name, f"Step “{name}” leads back to itself without a question on the way.")


def _unasked(flow: Flow, step: Step) -> set[str]:
    return {
        lands(flow, move.target, situation)
        for situation in situations(flow, step)
        for move in moves(flow, step, situation)
        if move.target and not move.chosen
    }


def loop_without_exit(content: Content) -> Iterator[Fault]:
    """From every step the parent's own choices can come to an end."""
    ends = {step.name for step in content.library.flow.steps.values() if step.end}
    yield from _cut_off(content, ends, "From step “{}” the conversation goes round and round and never comes to an end")


def no_way_to_person(content: Content) -> Iterator[Fault]:
    """From every step the parent's own choices can come to a person: to the offer of a call, or to somebody."""
    people = {
        step.name
        for step in content.library.flow.steps.values()
        if step.do in _PERSON_ACTS or any(choice.do in _PERSON_ACTS for choice in step.choices)
    }
    yield from _cut_off(content, people, "From step “{}” no choice leads to a person", through_ends=True)


def _cut_off(content: Content, wanted: set[str], sentence: str, *, through_ends: bool = False) -> Iterator[Fault]:
    """Steps from which `wanted` cannot be reached in some situation, however the parent chooses."""
    flow = content.library.flow
    asides = {step.name for step in flow.steps.values() if step.visit or (step.end and step.entered_by)}
    for loss in ("no", "yes"):
        begin = {flow.start} if loss == "no" else {flow.start_after_loss}
        met = reach(flow, begin, loss=loss)
        good = _reaching(flow, met, wanted | asides, loss, lambda outcome: through_ends or outcome != "any text")
        for name in sorted(met - good):
            yield content.library.fault_at(name, sentence.format(name) + (" after a loss." if loss == "yes" else "."))


def _reaching(flow: Flow, met: set[str], wanted: set[str], loss: str, counts: Callable[[str], bool]) -> set[str]:
    """The steps that lead to `wanted` in every situation, by some choice."""
    good = set(wanted)
    while True:
        more = {
            name
            for name in met - good
            if all(
                any(
                    counts(move.outcome) and move.target and lands(flow, move.target, situation) in good
                    for move in moves(flow, flow.steps[name], situation)
                )
                for situation in situations(flow, flow.steps[name], loss=loss)
            )
        }
        if not more:
            return good
        good |= more


def renamed_step(content: Content) -> Iterator[Fault]:
    """A renamed step has a new name that exists and an old one that is free."""
    flow = content.library.flow
    for old, new in flow.renamed.items():
        document = content.library.renamed_in[old]
        if new not in flow.steps:
            yield document.fault(f"“{old}” is renamed to “{new}”, and there is no such step.", "renamed", old)
        if old in flow.steps:
            yield document.fault(f"“{old}” is renamed, and there is still a step of that name.", "renamed", old)


def _routes(step: Step) -> Iterator[tuple[Branches, tuple[str, ...]]]:
    for part in ("none_found", "failed", "go", "skip"):
        yield getattr(step, part), (part,)
    for choice in step.choices:
        yield choice.go, ("choices", choice.key)
