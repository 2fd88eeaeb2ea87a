"""What a flow is: steps, choices and routes, as read from flows/*.yaml. The vocabulary is closed and small."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from bot.domain.machines import Edge, Machine, build_machine

Facts = Mapping[str, str]


class Kind(StrEnum):
    """How a step's answer is read."""

    CHOICE = "choice"
    OWN_WORDS = "own_words"
    SEVERAL = "several"
    PLACE = "place"
    MOBILE = "mobile"
    NAME = "name"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class When:
    """Holds when every named fact has one of the given values; an empty one always holds."""

    facts: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def holds(self, facts: Facts) -> bool:
        """True when each fact asked for has one of its values."""
        return all(facts.get(name) in values for name, values in self.facts.items())


@dataclass(frozen=True, slots=True)
class Branch:
    """A target (a step's name or a catalogue address) that counts when `when` holds."""

    when: When
    target: str


class Branches(tuple[Branch, ...]):
    """Branches in order: the first that holds counts."""

    __slots__ = ()

    def pick(self, facts: Facts) -> str | None:
        """The target of the first branch that holds, or None."""
        return next((branch.target for branch in self if branch.when.holds(facts)), None)

    def targets(self) -> tuple[str, ...]:
        """Every target that could be picked."""
        return tuple(branch.target for branch in self)


NOWHERE = Branches()


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a parent may choose. `label` and `words` are addresses; `do` names an act of the service.

    `age`: the child's, from so many months and before so many.
    """

    key: str
    label: str
    words: tuple[str, ...]
    go: Branches
    do: str | None = None
    when: When = When()
    age: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One place in the journey. Wording is always given as catalogue addresses, which may differ by facts."""

    name: str
    chapter: str
    note: str = ""
    say: tuple[Branches, ...] = ()
    why: Branches = NOWHERE
    ask: Branches = NOWHERE
    ask_again: Branches = NOWHERE
    answer: Kind = Kind.NOTHING
    choices: tuple[Choice, ...] = ()
    letters: bool = False
    both_languages: bool = False
    find: str | None = None
    item: str | None = None
    take: str | None = None
    gone: str | None = None
    none_found: Branches = NOWHERE
    do: str | None = None
    failed: Branches = NOWHERE
    go: Branches = NOWHERE
    skip: Branches = NOWHERE
    pass_by: tuple[When, ...] = ()
    visit: str | None = None
    entered_by: str | None = None
    end: bool = False

    @property
    def returns(self) -> bool:
        """Whether a choice here leads back to where the side door was opened."""
        return any("resume" in choice.go.targets() for choice in self.choices)

    def edges(self) -> Iterator[tuple[str, str]]:
        """Every (outcome, target) a parent or the service can bring about here."""
        for outcome, branches in (
            ("next", self.go),
            ("skip", self.skip),
            ("none_found", self.none_found),
            ("failed", self.failed),
        ):
            yield from ((outcome, target) for target in branches.targets())
        for choice in self.choices:
            yield from ((choice.key, target) for target in choice.go.targets())


@dataclass(frozen=True, slots=True)
class Command:
    """A word that works anywhere: leads to a step (`go`), pays a visit, or `does` something the engine knows."""

    name: str
    words: str
    does: str | None = None
    go: Branches = NOWHERE
    visit: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Flow:
    """All steps of all chapters, as one machine.

    `renamed` brings conversations in flight, and their answers, from an old step name to today's.
    """

    name: str
    version: str
    start: str
    start_after_loss: str
    restart: str
    steps: Mapping[str, Step]
    commands: tuple[Command, ...]
    renamed: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def machine(self) -> Machine:
        """The step machine: built once, shared by all threads. Going BACK and coming back from a side door are
        returns to a place already visited; they follow the trail, not an edge."""
        edges = {
            Edge(f"{outcome}>{target}", step.name, target)
            for step in self.steps.values()
            for outcome, target in step.edges()
        }
        doors = {target for command in self.commands for target in command.go.targets()}
        doors |= {step.name for step in self.steps.values() if step.entered_by}
        edges |= {Edge(f"door>{door}", source, door) for door in doors for source in self.steps}
        return build_machine(self.steps, sorted(edges))

    def beginning(self, *, loss: bool) -> str:
        """The step at which a conversation begins, and begins anew."""
        return self.start_after_loss if loss else self.start

    def current(self, step: str) -> Step:
        """The step of that name, through the `renamed` map; an unknown name leads kindly to the restart."""
        name = self.renamed.get(step, step)
        return self.steps.get(name) or self.steps[self.restart]

    def current_answers(self, answers: Facts) -> Facts:
        """The answers by step, through the `renamed` map; what stands under today's name was said later, and counts."""
        if self.renamed.keys().isdisjoint(answers):
            return answers
        brought = {self.renamed[step]: answer for step, answer in answers.items() if step in self.renamed}
        return brought | {step: answer for step, answer in answers.items() if step not in self.renamed}
