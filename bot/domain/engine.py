"""The engine: what a parent's message does to a conversation. Pure: the same inputs give the same turn.

`begin` greets, `advance` reads one message, `enter` goes through a side door. Where the engine needs something from
outside (an offer near the parent, free times, whether a slot could be held) the turn comes back with a `want`; the
service finds the answer and calls `supply`, until nothing is wanted.
"""

from collections.abc import Mapping

from bot.domain.conversation import Conversation
from bot.domain.flow import Command, Flow, Kind, Step
from bot.domain.naming import Names
from bot.domain.phone import read_uk_landline, read_uk_mobile
from bot.domain.reader import Reader
from bot.domain.turn import SPEAK, Given, Turn, Want, spoken
from bot.domain.walk import Walk

_LONGEST_NAME = 60
_NO_NAMES: Names = {}
# The step that offers a person, where asking a third time would only tire.
PERSON = "offer_person"


def begin(conversation: Conversation, flow: Flow, facts: Mapping[str, str], language: str | None = None) -> Turn:
    """Greets. A language that is already known or clear from the first text is not asked for."""
    return _take_up(conversation, flow, facts).greet(conversation.language or language)


def enter(conversation: Conversation, flow: Flow, facts: Mapping[str, str], door: str) -> Turn:
    """Goes through a side door that something other than the parent's choice opened (a gap, heard words)."""
    return _take_up(conversation, flow, facts).open_door(door)


def ask_again(conversation: Conversation, flow: Flow, facts: Mapping[str, str]) -> Turn:
    """Puts the same question once more."""
    walk = _take_up(conversation, flow, facts)
    step = flow.current(conversation.step)
    walk.stand_at(step.name)
    return walk.repeat(step)


def advance(
    conversation: Conversation,
    flow: Flow,
    facts: Mapping[str, str],
    reader: Reader,
    text: str,
    names: Names = _NO_NAMES,
) -> Turn:
    """Reads one message at the step where the conversation stands.

    Words that work anywhere count only when they are the whole message, after a choice of that very word. What is not
    understood is asked again in another wording, twice; then a person is offered. `names`: the lines of the numbered
    items that were shown, by key, in both languages.
    """
    walk = _take_up(conversation, flow, facts)
    step = flow.current(conversation.step)
    walk.stand_at(step.name)
    choice = reader.choice(step, walk, text, exactly=True)
    if choice is not None:
        return walk.choose(choice)
    command = reader.command(text)
    if command is not None:
        return _obey(command, walk, step)
    item = reader.item(step, walk, text, names)
    if item is not None and step.take:
        return walk.ask_for(Want("take", step.take, item))
    several = reader.several(step, walk, text)
    if len(several) > 1:
        return walk.answer(step, " ".join(several))
    choice = reader.choice(step, walk, text)
    if choice is not None:
        return walk.choose(choice)
    if step.end:
        return walk.open_door(flow.restart)
    return _read_words(step, walk, reader, text)


def supply(turn: Turn, flow: Flow, given: Given) -> Turn:
    """Goes on with a turn whose want has been answered."""
    want = turn.want
    if want is None:
        raise ValueError("nothing was wanted")
    walk = Walk.going_on(turn, flow)
    step = flow.current(turn.conversation.step)
    if want.kind == "place":
        return walk.place(step, given) if given.ok or given.items else _not_understood(step, walk)
    if want.kind == "take":
        return walk.taken(step, given)
    if want.kind == "do" and not given.ok:
        return _failed(step, walk)
    if want.kind == "find" and not given.ok:
        return walk.enter(step.none_found.pick(walk.facts) or flow.restart)
    walk = walk.taking(given)
    if want.kind == "do" and step.find:
        return walk.ask_for(Want("find", step.find))
    return walk.speak(step, given.items)


def _take_up(conversation: Conversation, flow: Flow, facts: Mapping[str, str]) -> Walk:
    """A walk on which answers to renamed steps stand under today's names, where conditions look for them."""
    answers = flow.current_answers(conversation.answers)
    if answers is not conversation.answers:
        conversation = conversation._replace(answers=answers)
    return Walk(conversation, flow, facts)


def _obey(command: Command, walk: Walk, step: Step) -> Turn:
    if command.does == "skip":
        return _skip(step, walk)
    walk.conversation = walk.conversation._replace(misunderstood=0)
    if command.language:
        return _switch(command.language, step, walk)
    if command.visit:
        return walk.visit(command.visit)
    target = command.go.pick(walk.facts)
    if target:
        return walk.open_door(target)
    if command.does == "back":
        return _back(step, walk)
    if command.does == "again":
        return walk.repeat(step)
    more = next((choice for choice in step.choices if choice.key == "more"), None)
    return walk.choose(more) if more else _remark("commands.no_more", step, walk)


def _read_words(step: Step, walk: Walk, reader: Reader, text: str) -> Turn:
    words = text.strip()
    if step.answer is Kind.OWN_WORDS and words:
        return walk.answer(step, words)
    if step.answer is Kind.NAME and _is_name(words):
        name = reader.called.name(words)
        return walk.answer(step, name) if name else _skip(step, walk)
    if step.answer is Kind.MOBILE:
        number = read_uk_mobile(words)
        if number is None and (number := read_uk_landline(words)):
            walk.texts.append(spoken("commands.home_phone"))
        return walk.answer(step, number) if number else _not_understood(step, walk)
    if step.answer is Kind.PLACE and words:
        return walk.ask_for(Want("place", "area", words))
    return _not_understood(step, walk)


def _is_name(words: str) -> bool:
    """Any name will do; a question back to us is none."""
    return 0 < len(words) <= _LONGEST_NAME and any(char.isalpha() for char in words) and not words.endswith("?")


def _not_understood(step: Step, walk: Walk) -> Turn:
    """Asks again in another wording; the second time says that a number is easiest; then offers a person."""
    walk.understood = False
    if not _may_ask_again(step, walk):
        return walk.open_door(PERSON)
    misses = walk.conversation.misunderstood
    if misses > 1:
        walk.texts.append(spoken("commands.try_number"))
    if step.find:
        return walk.ask_for(Want("find", step.find, again=True))
    walk.ask(step, step.ask_again if misses == 1 and step.ask_again else step.ask, why=False)
    return walk.turn()


def _may_ask_again(step: Step, walk: Walk) -> bool:
    """Counts that a question was not answered; False where it was asked often enough, and a person is due."""
    misses = walk.conversation.misunderstood + 1
    if misses > 2 and step.name != PERSON:
        return False
    walk.conversation = walk.conversation._replace(misunderstood=misses)
    return True


def _back(step: Step, walk: Walk) -> Turn:
    """The question before; its answer stays until it is changed."""
    if not walk.conversation.trail:
        return _remark("commands.nothing_back", step, walk)
    *trail, last = walk.conversation.trail
    before = walk.flow.current(last)
    walk.conversation = walk.conversation._replace(trail=tuple(trail), step=before.name, misunderstood=0, shown=())
    return walk.repeat(before)


def _switch(language: str, step: Step, walk: Walk) -> Turn:
    """Changes the language in place; at the welcome this is the answer."""
    welcome = next((choice for choice in step.choices if choice.do == SPEAK[language]), None)
    if welcome:
        return walk.choose(welcome)
    walk.conversation = walk.conversation._replace(language=language, other_language=0)
    return _remark("commands.language_changed", step, walk)


def _skip(step: Step, walk: Walk) -> Turn:
    """The next question. One that is needed is asked again; who will not answer it is offered a person."""
    target = step.skip.pick(walk.facts)
    if target:
        walk.conversation = walk.conversation._replace(misunderstood=0)
        return walk.follow("skip", target)
    return _remark("commands.cannot_skip", step, walk) if _may_ask_again(step, walk) else walk.open_door(PERSON)


def _remark(address: str, step: Step, walk: Walk) -> Turn:
    """One line, then the same question."""
    walk.texts.append(spoken(address))
    return walk.repeat(step)


def _failed(step: Step, walk: Walk) -> Turn:
    """What a step had to do could not be done; the step it leads to says what has gone."""
    target = walk.flow.steps[step.failed.pick(walk.facts) or walk.flow.restart]
    if target.gone:
        walk.texts.append(spoken(target.gone))
    return walk.enter(target.name)
