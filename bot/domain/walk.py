"""One walk through the flow: the moves that `engine` makes while it reads a message. Lives for one turn only."""

from collections.abc import Mapping

from bot.domain.asking import question
from bot.domain.contact import with_answer
from bot.domain.conversation import LANGUAGES, Conversation, Text, Value, after_loss
from bot.domain.flow import Branches, Choice, Flow, Step
from bot.domain.machines import follow
from bot.domain.turn import ABOUT_SHOWN, DRAWN, SHOWN_ONCE, SPEAK, Given, Item, Turn, Want, spoken

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
        self.texts: list[Text] = []
        self._acts: list[str] = []
        self._visited: list[str] = []
        self._values: dict[str, Value] = {}
        self._moves = 0
        self.understood = True

    @classmethod
    def going_on(cls, turn: Turn, flow: Flow) -> "Walk":
        """Takes up an unfinished turn."""
        walk = cls(turn.conversation, flow, turn.facts)
        walk.texts, walk._acts, walk._visited = list(turn.texts), list(turn.acts), list(turn.visited)
        walk.understood = turn.understood
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
        start = self.flow.steps[self.flow.beginning(loss=self.conversation.loss)]
        known = next((choice for choice in start.choices if language and choice.do == SPEAK[language]), None)
        if known is None or self.conversation.loss:
            return self.enter(start.name)
        self.stand_at(start.name)
        return self.choose(known)

    def stand_at(self, name: str) -> None:
        """Stands at a step without going anywhere (a renamed step takes its new name)."""
        if self.conversation.step != name:
            self.conversation = self.conversation._replace(step=name)

    def with_values(self, values: Mapping[str, Value]) -> "Walk":
        """Values for the next texts."""
        self._values = {**self._values, **values}
        return self

    def ask_for(self, want: Want) -> Turn:
        """The turn so far, with something wanted from outside."""
        return self.turn(want=want)

    def choose(self, choice: Choice) -> Turn:
        """The parent made a choice."""
        self._remember(self.conversation.step, choice.key)
        if choice.do in ABOUT_SHOWN and self.shown:
            self._act(f"{choice.do}:{self.shown[-1]}")
        elif choice.do:
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
        raise FlowBroken(f"{step.name}: a place that is not known leads nowhere")

    def taken(self, step: Step, given: Given) -> Turn:
        """An item was chosen and taken, or it has gone and others are offered."""
        if not given.ok:
            if step.gone:
                self.texts.append(spoken(step.gone, **given.values))
            return self.ask_for(Want("find", step.find or "", again=True))
        return self.taking(given)._next(step)

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
        if not here.returns and door != self.flow.restart:
            self.conversation = self.conversation._replace(resume=here.name)
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
        return self.repeat(here) if aside.visit == "repeat" and not here.end else self.turn()

    def enter(self, name: str) -> Turn:
        """Arrives at a step; steps that are passed by or ask nothing lead straight on."""
        step = self.flow.steps[name]
        while any(when.holds(self.facts) for when in step.pass_by):
            step = self.flow.steps[step.skip.pick(self.facts) or self.flow.restart]
        self._go(step.name)
        if step.do == "note_loss":
            self._act(step.do)
        elif step.do:
            return self.ask_for(Want("do", step.do))
        if step.find:
            return self.ask_for(Want("find", step.find))
        return self.speak(step)

    def speak(self, step: Step, items: tuple[Item, ...] = ()) -> Turn:
        """Says and asks what the step says and asks."""
        missed = self.conversation.misunderstood
        if not missed:
            self._say(step, items)
        keys = tuple(item.key for item in items)
        seen = self.conversation.seen
        if step.find in SHOWN_ONCE:
            seen = tuple(dict.fromkeys((*seen, *keys)))
        if keys != self.conversation.shown or seen != self.conversation.seen:
            self.conversation = self.conversation._replace(shown=keys, seen=seen)
        if step.ask:
            self.ask(step, step.ask_again if missed == 1 and step.ask_again else step.ask, items)
            return self.turn()
        onward = step.go.pick(self.facts)
        return self.follow("next", onward) if onward else self.turn()

    def repeat(self, step: Step) -> Turn:
        """The same question once more; what was shown is looked up afresh."""
        if step.find:
            return self.ask_for(Want("find", step.find, again=True))
        if step.ask:
            self.ask(step, step.ask)
        else:
            self._say(step)
        return self.turn()

    def taking(self, given: Given) -> "Walk":
        """What was given is true from here on."""
        self.conversation = self.conversation._replace(answers={**self.conversation.answers, **given.answers})
        self._outside.update(given.facts)
        self._acts.extend(given.acts)
        return self.with_values(given.values)

    def _next(self, step: Step) -> Turn:
        target = step.go.pick(self.facts)
        if target is None:
            raise FlowBroken(f"{step.name}: an answer leads nowhere")
        return self.follow("next", target)

    def _resume(self) -> Turn:
        if self.conversation.resume is None or self.conversation.loss:
            return self._restart()
        name, self.conversation = self.conversation.resume, self.conversation._replace(resume=None, misunderstood=0)
        self.stand_at(self.flow.current(name).name)
        return self.repeat(self.flow.current(name))

    def _restart(self) -> Turn:
        self.conversation = self.conversation._replace(
            answers={}, trail=(), shown=(), seen=(), resume=None, misunderstood=0
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
        self.conversation = self.conversation._replace(step=name, trail=trail, misunderstood=0, shown=())

    def _remember(self, name: str, answer: str) -> None:
        self.conversation = self.conversation._replace(answers=with_answer(self.conversation.answers, name, answer))

    def _act(self, act: str) -> None:
        for language in LANGUAGES:
            if act == SPEAK[language]:
                self.conversation = self.conversation._replace(language=language)
        if act == "note_loss":
            self.conversation = after_loss(self.conversation)
        if act not in self._acts:
            self._acts.append(act)

    def _say(self, step: Step, items: tuple[Item, ...] = ()) -> None:
        about = f"{step.find}:{items[0].key}" if items and step.find in DRAWN else ""
        for variants in step.say:
            if address := variants.pick(self.facts):
                text = spoken(address, **self._values)
                self.texts.append(text._replace(about=about) if about else text)

    def ask(self, step: Step, wording: Branches, items: tuple[Item, ...] = (), *, why: bool = True) -> None:
        """Adds the question, in one of its wordings, to what is said."""
        self.texts.append(question(step, wording, self.facts, items, self._values, why=why))

    def turn(self, *, want: Want | None = None) -> Turn:
        """The turn so far."""
        so_far = tuple(self.texts), tuple(self._acts), tuple(self._visited)
        return Turn(self.conversation, *so_far, want, self.understood, self._outside)
