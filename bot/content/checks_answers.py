"""Rules about what a parent may answer. Each docstring is the rule."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from bot.content.catalogue import WORDS
from bot.content.checking import LANGUAGE_NAMES, Content
from bot.content.faults import Fault
from bot.content.paths import OWN_FACTS, mentioned, moves, situations, whens_of
from bot.domain.answers import fold, read_index
from bot.domain.asking import marks_of, open_choices
from bot.domain.flow import Choice, Command, Kind, Step, When
from bot.domain.turn import NAMED, SPEAK

_LINES = 3
_FREE = frozenset({Kind.OWN_WORDS, Kind.NAME, Kind.MOBILE, Kind.PLACE})
_UNASKED_WHY = 2


def shared_word(content: Content) -> Iterator[Fault]:
    """No word means two choices of the same step, in either language."""
    for step in content.library.flow.steps.values():
        spoken = {choice.key: _spoken(content, choice) for choice in step.choices}
        for one, other in combinations(step.choices, 2):
            if _together(content, step, one, other):
                for word in sorted(spoken[one.key].keys() & spoken[other.key].keys()):
                    sentence = f"At step “{step.name}”, “{word}” means both “{one.key}” and “{other.key}”."
                    yield _at(content, spoken[other.key][word], step, other, word, sentence)


def word_of_command(content: Content) -> Iterator[Fault]:
    """No choice is called by a word that works anywhere, unless both lead to the same place."""
    commands = {
        fold(word): command for command in content.library.flow.commands for word in _phrases(content, command.words)
    }
    for step in content.library.flow.steps.values():
        for choice in step.choices:
            for word, home in _spoken(content, choice).items():
                command = commands.get(word)
                if command and not _same(command, step, choice):
                    sentence = (
                        f"At step “{step.name}”, “{word}” is a choice, and it works anywhere as “{command.name}”."
                    )
                    yield _at(content, home, step, choice, word, sentence)


def word_of_two_commands(content: Content) -> Iterator[Fault]:
    """No word is two words that work anywhere."""
    seen: dict[str, Command] = {}
    for command in content.library.flow.commands:
        for word in _phrases(content, command.words):
            other = seen.setdefault(fold(word), command)
            if other is not command:
                sentence = f"“{word}” means both “{other.name}” and “{command.name}”."
                yield content.library.commands.fault(sentence, "commands", command.name)


def number_as_word(content: Content) -> Iterator[Fault]:
    """No choice is called by a number or a single letter: those mean its place in the list."""
    numbers = {
        fold(word): str(number)
        for number in range(1, 10)
        for word in content.catalogue.phrases(f"answers.number_{number}.words")
    }
    for step in content.library.flow.steps.values():
        marks = marks_of(step, _LINES if step.item else 0, len(step.choices))
        for choice in step.choices:
            for word, home in _spoken(content, choice).items():
                if read_index(numbers.get(word, word), marks) is not None:
                    sentence = f"At step “{step.name}”, “{word}” would be read as a place in the list."
                    yield _at(content, home, step, choice, word, sentence)


def opt_out_word(content: Content) -> Iterator[Fault]:
    """No choice is called by a word that switches texts off: it would never reach us."""
    gone = {fold(word) for word in content.library.opt_out_words}
    for step in content.library.flow.steps.values():
        for choice in step.choices:
            for word, home in _spoken(content, choice).items():
                if word in gone:
                    sentence = f"At step “{step.name}”, “{word}” switches texts off and would never reach us."
                    yield _at(content, home, step, choice, word, sentence)


def no_words(content: Content) -> Iterator[Fault]:
    """Every choice and every word that works anywhere can be typed in both languages."""
    for language, name in LANGUAGE_NAMES.items():
        for address, entry in content.catalogue.entries(language).items():
            if address.endswith(WORDS) and not entry.is_missing and not content.catalogue.words(language, address):
                yield entry.fault(f"“{address}” holds no {name} word.")


def unknown_fact(content: Content) -> Iterator[Fault]:
    """A `when` asks about an answer that can be given: a step's name and one of its choices, or loss, channel, call."""
    library = content.library
    for step in library.flow.steps.values():
        for when in whens_of(step):
            for sentence in _unanswerable(content, f"Step “{step.name}”", when):
                yield library.fault_at(step.name, sentence)
    for command in library.flow.commands:
        for branch in command.go:
            for sentence in _unanswerable(content, f"The word “{command.name}”", branch.when):
                yield library.commands.fault(sentence, "commands", command.name)


def _unanswerable(content: Content, who: str, when: When) -> Iterator[str]:
    for name, values in when.facts.items():
        known = _answers(content, name)
        if known is None:
            yield f"{who} asks about “{name}”, and there is no such step or fact."
        for value in sorted(values - (known if known is not None else values)):
            yield f"{who} asks whether “{name}” is “{value}”, which is never an answer."


def choice_never_open(content: Content) -> Iterator[Fault]:
    """Every choice is there in some situation."""
    flow = content.library.flow
    for step in flow.steps.values():
        open_ones = {choice.key for situation in situations(flow, step) for choice in open_choices(step, situation)}
        for choice in step.choices:
            if choice.key not in open_ones:
                sentence = f"At step “{step.name}”, “{choice.key}” can never be chosen."
                yield content.library.fault_at(step.name, sentence, "choices", choice.key)


def question_without_why(content: Content) -> Iterator[Fault]:
    """Every question about the parent after the second says in a few words why it is asked."""
    flow = content.library.flow
    for name, before in _questions_before(content).items():
        step = flow.steps.get(name)  # none where the flow starts at a step that there is not
        if step is None:
            continue
        if before >= _UNASKED_WHY and _asks_about_parent(content, step) and not step.why:
            yield content.library.fault_at(name, f"Step “{name}” asks without saying why; add “why”.", "ask")


def question_without_again(content: Content) -> Iterator[Fault]:
    """Every question with choices has other words for asking again."""
    for step in content.library.flow.steps.values():
        if step.ask and step.choices and not step.ask_again and not step.end:
            sentence = f"Step “{step.name}” has no other words for asking again; add “ask_again”."
            yield content.library.fault_at(step.name, sentence, "ask")


def _questions_before(content: Content) -> Mapping[str, int]:
    """For each step on the parent's way from the start, how many questions come before it at the least."""
    flow = content.library.flow
    before = {flow.start: 0}
    waiting = [flow.start]
    while waiting:
        name = waiting.pop(0)
        step = flow.steps.get(name)
        if step is None:
            continue
        asked = before[name] + bool(step.ask and not step.both_languages)
        for situation in situations(flow, step, loss="no"):
            for move in moves(flow, step, situation):
                target = move.target or ""
                if target in flow.steps and asked < before.get(target, len(flow.steps)):
                    before[target] = asked
                    waiting.append(target)
    return before


def _asks_about_parent(content: Content, step: Step) -> bool:
    """Not an offer, not a list of things found, not a side door: a question whose answer is about them."""
    people = {
        name for name, other in content.library.flow.steps.items() if any(c.do == "want_call" for c in other.choices)
    }
    offers = any(choice.do or set(choice.go.targets()) & people for choice in step.choices)
    return bool(step.ask) and not (offers or step.find or step.do or step.end or step.chapter == "side_doors")


def _answers(content: Content, name: str) -> frozenset[str] | None:
    """The values a fact can have; None when there is no such fact."""
    if name in OWN_FACTS:
        return frozenset(OWN_FACTS[name])
    step = content.library.flow.steps.get(name)
    if step is None:
        return None
    if step.answer in _FREE and not step.choices:
        return mentioned(content.library.flow)[name]
    return frozenset(choice.key for choice in step.choices)


def _together(content: Content, step: Step, one: Choice, other: Choice) -> bool:
    flow = content.library.flow
    open_ones = ({choice.key for choice in open_choices(step, situation)} for situation in situations(flow, step))
    return any({one.key, other.key} <= keys for keys in open_ones)


def _phrases(content: Content, address: str) -> tuple[str, ...]:
    return content.catalogue.phrases(address)


def _spoken(content: Content, choice: Choice) -> dict[str, str]:
    """What a choice can be called, folded, with the address it stands under."""
    return {
        folded: address
        for address in (choice.label, *choice.words)
        for word in _phrases(content, address)
        if (folded := fold(word))
    }


def _same(command: Command, step: Step, choice: Choice) -> bool:
    if command.language:
        return choice.do == SPEAK[command.language] or NAMED.get(choice.key) == command.language
    targets = {"skip": step.skip.targets(), "more": choice.go.targets() if choice.key == "more" else ()}
    known = set(command.go.targets()) | set(targets.get(command.does or "", ()))
    return bool(set(choice.go.targets()) & known)


def _at(content: Content, address: str, step: Step, choice: Choice, word: str, sentence: str) -> Fault:
    """Where the word is that can be changed; the flow's own line when it is nowhere."""
    for language in ("en", "cy"):
        entry = content.catalogue.entries(language).get(address)
        if entry and word in {fold(one) for text in entry.strings for one in text.split("|")}:
            return entry.fault(sentence)
    return content.library.fault_at(step.name, sentence, "choices", choice.key)
