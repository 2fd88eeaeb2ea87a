"""Each rule about wording finds the fault that is planted for it, in either language, at its line."""

from pathlib import Path

import pytest

from bot.content import checks_wording
from bot.content.checking import Rule
from tests.content.little_world import World

NEW_STEP = "    note: Who is asking.\n"


def one(world: World, rule: Rule) -> tuple[Path, int, str]:
    """Where and what the only fault is."""
    faults = world.faults(rule)
    assert len(faults) == 1, faults
    return faults[0].path, faults[0].line, faults[0].sentence


def test_a_step_whose_words_nobody_has_written(world: World) -> None:
    line = world.plant(world.flow, "    why: self_referral.words.why", "    why: self_referral.words.reason")
    assert one(world, checks_wording.missing_english) == (
        world.flow,
        line,
        "“self_referral.words.reason” has no English wording.",
    )


def test_a_page_and_a_line_of_python_whose_words_nobody_has_written(world: World) -> None:
    world.plant(world.code / "page.html", "chat.send", "chat.sent")
    world.plant(world.code / "answer.py", "common.holding", "common.help")
    assert [fault.sentence for fault in world.faults(checks_wording.missing_english)] == [
        "“common.help” has no English wording.",
        "“chat.sent” has no English wording.",
    ]


def test_welsh_that_is_empty(world: World) -> None:
    line = world.say("cy", "self_referral.who.ask", "")
    assert one(world, checks_wording.missing_welsh) == (
        world.po("cy"),
        line,
        "“self_referral.who.ask” has no Welsh wording.",
    )


def test_welsh_that_is_not_there(world: World) -> None:
    world.plant(world.po("cy"), 'msgctxt "self_referral.who.ask"', 'msgctxt "self_referral.who.asked"')
    assert one(world, checks_wording.missing_welsh) == (
        world.po("en"),
        world.line("en", "self_referral.who.ask"),
        "“self_referral.who.ask” has no Welsh wording.",
    )


def test_welsh_made_from_other_english(world: World) -> None:
    world.plant(world.po("en"), 'msgstr "The who ask."', 'msgstr "Who are you?"')
    assert one(world, checks_wording.stale_welsh) == (
        world.po("cy"),
        world.line("cy", "self_referral.who.ask"),
        "The English of “self_referral.who.ask” has changed since; run “helo text update”.",
    )


def test_welsh_without_english(world: World) -> None:
    line = world.plant(world.po("cy"), 'msgctxt "self_referral.who.ask"', 'msgctxt "self_referral.who.asked"')
    assert one(world, checks_wording.stale_welsh)[1:] == (
        line,
        "“self_referral.who.asked” has Welsh wording and no English.",
    )


@pytest.mark.parametrize(
    ("language", "rule", "sentence"),
    [
        ("cy", checks_wording.stale_welsh, "is marked fuzzy: read the Welsh again, then take the mark off."),
        ("en", checks_wording.fuzzy_english, "is marked fuzzy: read it again, then take the mark off."),
    ],
)
def test_wording_that_is_marked_fuzzy(world: World, language: str, rule: Rule, sentence: str) -> None:
    line = world.plant(
        world.po(language), 'msgctxt "self_referral.who.ask"\n', '#, fuzzy\nmsgctxt "self_referral.who.ask"\n'
    )
    assert one(world, rule) == (world.po(language), line + 1, f"“self_referral.who.ask” {sentence}")


def test_english_that_is_fuzzy_is_found(world: World) -> None:
    world.plant(world.po("en"), 'msgctxt "self_referral.who.ask"\n', '#, fuzzy\nmsgctxt "self_referral.who.ask"\n')
    assert len(world.faults(checks_wording.fuzzy_english)) == 1
    assert len(world.faults(checks_wording.missing_english)) == 1


ENGLISH_PLURAL = """
msgctxt "common.calls"
msgid "common.calls"
msgid_plural "common.calls"
msgstr[0] "One call"
msgstr[1] "{count} calls"
"""
WELSH_PLURAL = """
msgctxt "common.calls"
msgid "One call"
msgid_plural "{count} calls"
msgstr[0] "Dim galwad"
msgstr[1] "Un alwad"
msgstr[2] "Dwy alwad"
msgstr[3] "Tair galwad"
msgstr[4] "Chwe galwad"
msgstr[5] "{count} galwad"
"""


def test_a_welsh_plural_with_too_few_forms(world: World) -> None:
    for language, entry in (("en", ENGLISH_PLURAL), ("cy", WELSH_PLURAL)):
        path = world.po(language, "common")
        path.write_text(path.read_text(encoding="utf-8") + entry, encoding="utf-8")
    world.code.joinpath("calls.py").write_text('CALLS = Line("common.calls")\n')
    assert world.faults(checks_wording.plural_forms) == []
    world.plant(world.po("cy", "common"), "Chwe galwad", "")
    assert one(world, checks_wording.plural_forms) == (
        world.po("cy", "common"),
        world.line("cy", "common.calls"),
        "“common.calls” has 5 forms; Welsh counts with 6.",
    )


def test_a_header_with_another_plural_rule(world: World) -> None:
    world.plant(world.po("cy"), "nplurals=6", "nplurals=5")
    path, line, sentence = one(world, checks_wording.plural_header)
    assert (path, line) == (world.po("cy"), 1)
    assert sentence.startswith("The header needs Plural-Forms: nplurals=6;")


def test_a_plural_rule_that_an_editor_has_wrapped(world: World) -> None:
    world.plant(world.po("cy"), "(n==3) ? 3 : ", '(n==3) ? 3 "\n": ')
    assert world.faults(checks_wording.plural_header) == []


@pytest.mark.parametrize("language", ["en", "cy"])
def test_an_address_written_twice(world: World, language: str) -> None:
    first = world.line(language, "self_referral.who.ask")
    line = world.plant(world.po(language), 'msgctxt "self_referral.who.why"', 'msgctxt "self_referral.who.ask"')
    where = max(first, line), f"“self_referral.who.ask” is written twice; it is first on line {min(first, line)}."
    assert one(world, checks_wording.sound_file) == (world.po(language), *where)


def test_an_address_in_the_wrong_file(world: World) -> None:
    line = world.plant(world.po("en"), 'msgctxt "self_referral.who.ask"', 'msgctxt "booking.who.ask"')
    assert one(world, checks_wording.sound_file) == (world.po("en"), line, "“booking.who.ask” belongs in booking.po.")


def test_an_entry_without_an_address(world: World) -> None:
    world.plant(world.po("en"), 'msgctxt "self_referral.who.ask"\n', "")
    assert one(world, checks_wording.sound_file)[2] == "“self_referral.who.ask” has no address (msgctxt)."


def test_a_placeholder_lost_in_welsh(world: World) -> None:
    line = world.say("cy", "self_referral.human.say", "Mewn perygl? Ffonia ni.")
    assert one(world, checks_wording.lost_placeholder) == (
        world.po("cy"),
        line,
        "“self_referral.human.say” has lost {emergency}, which the English has.",
    )


def test_a_placeholder_that_only_the_welsh_has(world: World) -> None:
    line = world.say("cy", "self_referral.who.ask", "Pwy wyt ti, {team}?")
    assert one(world, checks_wording.lost_placeholder) == (
        world.po("cy"),
        line,
        "“self_referral.who.ask” has {team}, which the English has not.",
    )


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_placeholder_that_nothing_fills(world: World, language: str) -> None:
    line = world.say(language, "self_referral.who.ask", "{nobody}?")
    assert one(world, checks_wording.unknown_placeholder) == (
        world.po(language),
        line,
        "“self_referral.who.ask” quotes {nobody}, which nothing gives it.",
    )


def test_a_value_that_another_text_is_given(world: World) -> None:
    world.say("en", "self_referral.who.ask", "{tip}?")
    assert "quotes {tip}, which nothing gives it" in one(world, checks_wording.unknown_placeholder)[2]


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("words", ["{Team}?", "{ team }?", "{team", "team}"])
def test_a_curly_bracket_that_holds_no_name(world: World, language: str, words: str) -> None:
    line = world.say(language, "self_referral.who.ask", words)
    assert one(world, checks_wording.broken_placeholder)[:2] == (world.po(language), line)


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_list_of_words_with_a_hole(world: World, language: str) -> None:
    line = world.say(language, "commands.call.words", "call | | ring")
    assert one(world, checks_wording.empty_words) == (
        world.po(language, "commands"),
        line,
        "“commands.call.words” has nothing between two bars.",
    )


def test_wording_that_nothing_uses(world: World) -> None:
    world.plant(world.code / "answer.py", "common.holding", "nothing")
    (fault,) = world.faults(checks_wording.unused_wording)
    assert fault.sentence == "Nothing uses “common.holding” any more."
    assert fault.warning
