"""One walk through the flow: the moves that `engine` makes while it reads a message. Lives for one turn only."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.asking import question
from bot.domain.conversation import LANGUAGES, Conversation, Text, Value
from bot.domain.flow import Branches, Choice, Flow, Step
from bot.domain.machines import follow
from bot.domain.turn import SPEAK, Given, Item, Turn, Want, spoken

_SIDE_DOORS = "side_doors"
_MOST_STEPS = 12


class FlowBroken(RuntimeError):
    """The flow leads somewhere it must not; `helo check` refuses such a flow before it is used."""


class Walk:
    """A conversation on the move."""

    def __init__(self, conversation: Conversation, flow: Flow, facts: Mapping[str, str]) -> None:
        self.conversation = conversation
        self.flow = flow
        self._outside = dict(facts)
        self._texts: list[Text] = []
        self._acts: list[str] = []
        self._visited: list[str] = []
        self._values: dict[str, Value] = {}
        self._moves = 0
        self._understood = True

    @classmethod
    def going_on(cls, turn: Turn, flow: Flow) -> "Walk":
        """Takes up an unfinished turn."""
        walk = cls(turn.conversation, flow, turn.facts)
        walk._texts, walk._acts, walk._visited = list(turn.texts), list(turn.acts), list(turn.visited)
        walk._understood = turn.understood
        return walk

    @property
    def facts(self) -> Mapping[str, str]:
        """What conditions in the flow can ask about: answers, loss, channel, whether a call is booked."""
        own = {"loss": "yes" if self.conversation.loss else "no", "channel": self.conversation.channel.value}
        return {**self.conversation.answers, **self._outside, **own}

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the numbered items in the last question."""
        return self.conversation.shown

    def greet(self, language: str | None) -> Turn:
        """Starts from the beginning. A language that is known is not asked for; after a loss the way in is another."""
        if self.conversation.loss:
            return self.enter(self.flow.start_after_loss)
        start = self.flow.steps[self.flow.start]
        known = next((choice for choice in start.choices if language and choice.do == SPEAK[language]), None)
        if known is None:
            return self.enter(start.name)
        self.stand_at(start.name)
        return self.choose(known)

    def stand_at(self, name: str) -> None:
        """Stands at a step without going anywhere (a renamed step takes its new name)."""
        self.conversation = replace(self.conversation, step=name)

    def with_values(self, values: Mapping[str, Value]) -> "Walk":
        """Values for the next texts."""
        self._values = {**self._values, **values}
        return self

    def ask_for(self, want: Want) -> Turn:
        """The turn so far, with something wanted from outside."""
        return self._turn(want=want)

    def choose(self, choice: Choice) -> Turn:
        """The parent made a choice."""
        self._remember(self.conversation.step, choice.key)
        if choice.do:
            self._act(choice.do)
        target = choice.go.pick(self.facts)
        if target is None:
            raise FlowBroken(f"{self.conversation.step}: {choice.key} leads nowhere")
        return self.follow(choice.key, target)

    def answer(self, step: Step, words: str) -> Turn:
        """The parent answered in their own words."""
        self._remember(step.name, words)
        return self._next(step)

    def place(self, step: Step, given: Given) -> Turn:
        """A place was looked up: known, one of several areas, or not known."""
        if given.ok:
            return self.taking(given)._next(step)
        if given.items:
            which = step.none_found.pick(self.facts) or step.name
            self._go(which)
            return self.speak(self.flow.steps[which], given.items)
        return self.not_understood(step)

    def taken(self, step: Step, given: Given) -> Turn:
        """An item was chosen and taken, or it has gone and others are offered."""
        if not given.ok:
            if step.gone:
                self._texts.append(spoken(step.gone, **given.values))
            return self.ask_for(Want("find", step.find or ""))
        return self.taking(given)._next(step)

    def failed(self, step: Step) -> Turn:
        """What a step had to do could not be done; the step it leads to says what has gone."""
        target = self.flow.steps[step.failed.pick(self.facts) or self.flow.restart]
        if target.gone:
            self._texts.append(spoken(target.gone))
        return self.enter(target.name)

    def follow(self, outcome: str, target: str) -> Turn:
        """Goes along an edge of the step machine, or back to where a side door was opened."""
        if target == "resume":
            return self._resume()
        if target == "restart":
            return self._restart()
        if follow(self.flow.machine, self.conversation.step, f"{outcome}>{target}") is None:
            raise FlowBroken(f"{self.conversation.step}: no {outcome} to {target}")
        return self.enter(target)

    def open_door(self, door: str) -> Turn:
        """Goes through a door that is open anywhere; the way back is kept."""
        here = self.flow.current(self.conversation.step)
        if here.chapter != _SIDE_DOORS and not here.end:
            self.conversation = replace(self.conversation, resume=here.name)
        if self.flow.steps[door].visit:
            return self.visit(door)
        self._visited.append(door)
        return self.enter(door)

    def visit(self, door: str) -> Turn:
        """Says what the side door says; the place in the journey does not change."""
        self._visited.append(door)
        aside = self.flow.steps[door]
        self._say(aside)
        here = self.flow.current(self.conversation.step)
        return self.repeat(here) if aside.visit == "repeat" and not here.end else self._turn()

    def enter(self, name: str) -> Turn:
        """Arrives at a step; steps that are passed by or ask nothing lead straight on."""
        self._go(name)
        step = self.flow.steps[name]
        if any(when.holds(self.facts) for when in step.pass_by):
            return self.enter(step.skip.pick(self.facts) or self.flow.restart)
        if step.do == "note_loss":
            self._act(step.do)
        elif step.do:
            return self.ask_for(Want("do", step.do))
        if step.find:
            return self.ask_for(Want("find", step.find))
        return self.speak(step)

    def speak(self, step: Step, items: tuple[Item, ...] = ()) -> Turn:
        """Says and asks what the step says and asks."""
        self._say(step)
        keys = tuple(item.key for item in items)
        seen = tuple(dict.fromkeys((*self.conversation.seen, *keys)))
        self.conversation = replace(self.conversation, shown=keys, seen=seen)
        if step.ask:
            self._ask(step, step.ask, items)
            return self._turn()
        onward = step.go.pick(self.facts)
        return self.follow("next", onward) if onward else self._turn()

    def repeat(self, step: Step) -> Turn:
        """The same question once more; what was shown is looked up afresh."""
        if step.find:
            return self.ask_for(Want("find", step.find, again=True))
        if step.ask:
            self._ask(step, step.ask)
        else:
            self._say(step)
        return self._turn()

    def back(self, step: Step) -> Turn:
        """The question before; its answer stays until it is changed."""
        if not self.conversation.trail:
            return self.remark("commands.nothing_back", step)
        *trail, last = self.conversation.trail
        self.conversation = replace(self.conversation, trail=tuple(trail), step=last, misunderstood=0, shown=())
        return self.repeat(self.flow.current(last))

    def remark(self, address: str, step: Step) -> Turn:
        """One line, then the same question."""
        self._texts.append(spoken(address))
        return self.repeat(step)

    def speak_language(self, language: str, step: Step) -> Turn:
        """Switches in place; at the welcome this is the answer."""
        welcome = next((choice for choice in step.choices if choice.do == SPEAK[language]), None)
        if welcome:
            return self.choose(welcome)
        self.conversation = replace(self.conversation, language=language, other_language=0)
        return self.remark("commands.language_changed", step)

    def not_understood(self, step: Step) -> Turn:
        """Asks again in another wording; the second time says that a number is easiest; then offers a person."""
        misses = self.conversation.misunderstood + 1
        self._understood = False
        if misses > 2 and step.name != "offer_person":
            return self.open_door("offer_person")
        self.conversation = replace(self.conversation, misunderstood=misses)
        if misses > 1 or step.find:
            self._texts.append(spoken("commands.try_number"))
        if step.find:
            return self.ask_for(Want("find", step.find, again=True))
        self._ask(step, step.ask_again if misses == 1 and step.ask_again else step.ask, why=False)
        return self._turn()

    def taking(self, given: Given) -> "Walk":
        """What was given is true from here on."""
        self.conversation = replace(self.conversation, answers={**self.conversation.answers, **given.answers})
        self._outside.update(given.facts)
        return self.with_values(given.values)

    def _next(self, step: Step) -> Turn:
        target = step.go.pick(self.facts)
        if target is None:
            raise FlowBroken(f"{step.name}: an answer leads nowhere")
        return self.follow("next", target)

    def _resume(self) -> Turn:
        if self.conversation.resume is None or self.conversation.loss:
            return self._restart()
        name, self.conversation = self.conversation.resume, replace(self.conversation, resume=None, misunderstood=0)
        self.stand_at(self.flow.current(name).name)
        return self.repeat(self.flow.current(name))

    def _restart(self) -> Turn:
        self.conversation = replace(
            self.conversation, answers={}, trail=(), shown=(), seen=(), resume=None, misunderstood=0
        )
        return self.greet(self.conversation.language)

    def _go(self, name: str) -> None:
        self._moves += 1
        if self._moves > _MOST_STEPS:
            raise FlowBroken(f"{name}: the flow goes round and round")
        before = self.flow.steps.get(self.conversation.step)
        trail = self.conversation.trail
        if before and before.ask and before.name != name and before.chapter != _SIDE_DOORS and not before.end:
            trail = (*(step for step in trail if step != before.name), before.name)
        self.conversation = replace(self.conversation, step=name, trail=trail, misunderstood=0, shown=())

    def _remember(self, name: str, answer: str) -> None:
        self.conversation = replace(self.conversation, answers={**self.conversation.answers, name: answer})

    def _act(self, act: str) -> None:
        for language in LANGUAGES:
            if act == SPEAK[language]:
                self.conversation = replace(self.conversation, language=language)
        if act == "note_loss":
            answers = {**self.conversation.answers, "stage": "loss"}
            self.conversation = replace(self.conversation, loss=True, trail=(), resume=None, answers=answers)
        if act not in self._acts:
            self._acts.append(act)

    def _say(self, step: Step) -> None:
        for variants in step.say:
            address = variants.pick(self.facts)
            if address:
                self._texts.append(spoken(address, **self._values))

    def _ask(self, step: Step, wording: Branches, items: tuple[Item, ...] = (), *, why: bool = True) -> None:
        self._texts.append(question(step, wording, self.facts, items, self._values, why=why))

    def _turn(self, *, want: Want | None = None) -> Turn:
        return Turn(
            self.conversation,
            tuple(self._texts),
            tuple(self._acts),
            tuple(self._visited),
            want,
            self._understood,
            self._outside,
        )
