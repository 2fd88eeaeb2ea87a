"""What the parent's typed words mean at a step. Built once at start; shared by all threads."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from bot.domain.ages import Ages
from bot.domain.answers import Understanding, fold
from bot.domain.asking import marks_of, open_choices
from bot.domain.called import Called
from bot.domain.flow import Choice, Command, Flow, Kind, Step
from bot.domain.naming import Names, Naming

# Saying yes may be a consent, or say that it is safe: it is never guessed out of a sentence.
AGREEING = "answers.yes.words"
PhrasesOf = Callable[[str], Iterable[str]]


class Offered(Protocol):
    """What a reader needs to know of where the parent stands."""

    @property
    def facts(self) -> Mapping[str, str]:
        """What conditions can ask about."""
        ...

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the numbered items in the last question."""
        ...


class Reader:
    """Reads messages as commands, choices or items."""

    def __init__(self, flow: Flow, phrases: PhrasesOf) -> None:
        """`phrases` gives what may be typed for a catalogue address, in both languages, the label included."""
        numbers = {fold(word): str(n) for n in range(1, 13) for word in phrases(f"answers.number_{n}.words")}
        negations = frozenset(fold(word) for word in phrases("answers.negation.words"))
        courtesy = frozenset(fold(word) for word in phrases("answers.courtesy.words"))
        self._steps = {
            step.name: Understanding(
                {
                    choice.key: [phrase for address in (choice.label, *choice.words) for phrase in phrases(address)]
                    for choice in step.choices
                },
                numbers,
                negations,
                agreeing=frozenset(choice.key for choice in step.choices if AGREEING in choice.words),
                courtesy=courtesy,
            )
            for step in flow.steps.values()
        }
        self.called = Called(phrases, negations)
        self._ages = Ages(phrases, numbers)
        self._naming = Naming(phrases, numbers)
        self._commands = {fold(word): command for command in flow.commands for word in phrases(command.words)}
        # Every answer that the flow itself offers, in lower case.
        self.answers = frozenset(
            phrase.lower()
            for addresses in (
                *((choice.label, *choice.words) for step in flow.steps.values() for choice in step.choices),
                *((command.words,) for command in flow.commands),
                *((f"answers.number_{n}.words",) for n in range(1, 13)),
            )
            for address in addresses
            for phrase in phrases(address)
        ) | frozenset(numbers.values())

    def command(self, text: str) -> Command | None:
        """The word that works anywhere, when it is the whole message."""
        return self._commands.get(fold(text)) if len(text) <= 40 else None

    def choice(self, step: Step, offered: Offered, text: str, *, exactly: bool = False) -> Choice | None:
        """The choice meant, `exactly` or kindly read. Where own words are asked for, only a clear choice counts."""
        choices = open_choices(step, offered.facts)
        if not choices:
            return None
        items = offered.shown if step.item else ()
        keys = (*items, *(choice.key for choice in choices))
        marks = marks_of(step, len(items), len(choices))
        read = self._steps[step.name]
        strict = exactly or step.answer in (Kind.OWN_WORDS, Kind.NAME, Kind.MOBILE)
        key = read.exact(text, keys, marks)
        if key is None and not strict:
            aged = self._ages.told(text, {choice.key: choice.age for choice in choices if choice.age})
            key = read.loose(text, keys, marks) if not aged else next(iter(aged)) if len(aged) == 1 else None
        return next((choice for choice in choices if choice.key == key), None)

    def several(self, step: Step, offered: Offered, text: str) -> tuple[str, ...]:
        """The keys of the choices meant, where more than one may be."""
        if step.answer is not Kind.SEVERAL:
            return ()
        choices = open_choices(step, offered.facts)
        keys = tuple(choice.key for choice in choices)
        return self._steps[step.name].several(text, keys, marks_of(step, 0, len(choices)))

    def item(self, step: Step, offered: Offered, text: str, names: Names) -> str | None:
        """The key of the numbered item meant, out of those that were really shown; `names` are their lines as read.

        A line of the summary, which would be taken out, is never guessed from a word of it; a place is looked up.
        """
        if not step.item or not offered.shown:
            return None
        choices = open_choices(step, offered.facts)
        keys = (*offered.shown, *(choice.key for choice in choices))
        marks = marks_of(step, len(offered.shown), len(choices))
        read = self._steps[step.name]
        key = read.exact(text, keys, marks) or read.mark(text, keys, marks)
        if key is not None:
            return key if key in offered.shown else None
        known = {each: names[each] for each in offered.shown if each in names}
        partly = step.answer is not Kind.PLACE and step.take != "strike"
        return self._naming.named(text, known, len(marks), partly=partly)
