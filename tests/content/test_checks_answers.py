"""Each rule about what a parent may type finds the fault that is planted for it, in either language, at its line."""

from pathlib import Path

import pytest

from bot.content import checks_answers
from bot.content.checking import Rule
from tests.content.little_world import World


def one(world: World, rule: Rule) -> tuple[Path, int, str]:
    """Where and what the only fault is."""
    faults = world.faults(rule)
    assert len(faults) == 1, faults
    return faults[0].path, faults[0].line, faults[0].sentence


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_word_that_means_two_choices(world: World, language: str) -> None:
    world.say(language, "self_referral.who.mum.words", "Parent | mother")
    line = world.say(language, "self_referral.who.dad.words", "father | parent")
    assert one(world, checks_answers.shared_word) == (
        world.po(language),
        line,
        "At step “who”, “parent” means both “mum” and “dad”.",
    )


def test_a_welsh_word_that_means_another_choice_in_english(world: World) -> None:
    world.say("en", "self_referral.who.mum.words", "mam")
    line = world.say("cy", "self_referral.who.dad.words", "mâm")
    assert one(world, checks_answers.shared_word)[:2] == (world.po("cy"), line)


def test_a_label_counts_as_a_word(world: World) -> None:
    world.say("en", "self_referral.who.mum", "Mum!")
    world.say("en", "self_referral.who.dad.words", "mum")
    assert "“mum” means both" in one(world, checks_answers.shared_word)[2]


def test_choices_that_are_never_there_together_may_share_a_word(world: World) -> None:
    world.plant(
        world.flow,
        "talk: {go: call_offer}\n      bye: {go: goodbye}",
        'talk: {go: call_offer, when: {loss: "yes"}}\n      bye: {go: goodbye, when: {loss: "no"}}',
    )
    world.say("en", "self_referral.back_again.talk.words", "please")
    world.say("en", "self_referral.back_again.bye.words", "please")
    assert world.faults(checks_answers.shared_word) == []


@pytest.mark.parametrize(("language", "word"), [("en", "call me"), ("cy", "Galwad")])
def test_a_choice_called_by_a_word_that_works_anywhere(world: World, language: str, word: str) -> None:
    line = world.say(language, "self_referral.who.mum.words", word)
    assert one(world, checks_answers.word_of_command) == (
        world.po(language),
        line,
        f"At step “who”, “{word.lower()}” is a choice, and it works anywhere as “call”.",
    )


def test_a_choice_that_leads_where_the_word_leads_may_share_it(world: World) -> None:
    world.say("en", "self_referral.loss.talk.words", "call me")
    assert world.faults(checks_answers.word_of_command) == []


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_word_that_works_anywhere_in_two_ways(world: World, language: str) -> None:
    world.say(language, "commands.skip.words", "skip | call me")
    line = world.commands.read_text().split("\n").index("  skip: {does: skip}") + 1
    assert one(world, checks_answers.word_of_two_commands) == (
        world.commands,
        line,
        "“call me” means both “call” and “skip”.",
    )


@pytest.mark.parametrize(("language", "word"), [("en", "2"), ("cy", "un"), ("en", "b"), ("en", "One")])
def test_a_choice_called_by_a_number_or_a_letter(world: World, language: str, word: str) -> None:
    line = world.say(language, "self_referral.who.mum.words", word)
    assert one(world, checks_answers.number_as_word) == (
        world.po(language),
        line,
        f"At step “who”, “{word.lower()}” would be read as a place in the list.",
    )


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_choice_called_by_a_word_that_switches_texts_off(world: World, language: str) -> None:
    line = world.say(language, "self_referral.who.mum.words", "Stop")
    assert one(world, checks_answers.opt_out_word) == (
        world.po(language),
        line,
        "At step “who”, “stop” switches texts off and would never reach us.",
    )


@pytest.mark.parametrize(
    ("language", "address", "name"),
    [("en", "commands.call.words", "English"), ("cy", "self_referral.who.mum.words", "Welsh")],
)
def test_a_list_of_words_without_a_word(world: World, language: str, address: str, name: str) -> None:
    line = world.say(language, address, " | ")
    assert one(world, checks_answers.no_words) == (
        world.po(language, address.partition(".")[0]),
        line,
        f"“{address}” holds no {name} word.",
    )
