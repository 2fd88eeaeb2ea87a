"""The flow files become a flow, or all their faults come back together."""

import shutil
from pathlib import Path

import pytest

from bot.content.library import LibraryError, load_library
from bot.domain.flow import Kind
from tests.content.little_world import SHIPPED, World


def refused(world: World) -> list[tuple[int, str]]:
    """Why the flows of the little world are refused."""
    with pytest.raises(LibraryError) as error:
        load_library(world.flows)
    return [(fault.line, fault.sentence) for fault in error.value.faults]


def test_a_step_as_it_stands_in_the_file(world: World) -> None:
    library = load_library(world.flows)
    stage = library.flow.steps["stage"]
    assert (stage.chapter, stage.answer, stage.note) == ("self_referral", Kind.CHOICE, "Where the parent is.")
    assert stage.ask.targets() == ("self_referral.stage.ask",)
    baby, lost = stage.choices
    assert (baby.key, baby.label, baby.words) == (
        "baby",
        "self_referral.stage.baby",
        ("self_referral.stage.baby.words",),
    )
    assert (lost.do, lost.go.targets()) == ("note_loss", ("loss",))
    assert library.flow.steps["words"].answer is Kind.OWN_WORDS
    assert library.flow.steps["human"].answer is Kind.NOTHING
    assert library.flow.steps["welcome"].both_languages
    assert library.flow.steps["goodbye"].end
    assert library.opt_out_words == {"stop", "end"}


def test_a_shared_answer_has_its_words_in_one_place(world: World) -> None:
    about = load_library(world.flows).flow.steps["about"]
    assert [choice.words for choice in about.choices] == [("answers.yes.words",), ("answers.not_now.words",)]
    assert about.choices[0].label == "self_referral.about.yes"


def test_the_first_variant_that_holds_counts(world: World) -> None:
    ask = load_library(world.flows).flow.steps["call_offer"].ask
    assert ask.pick({"loss": "yes"}) == "self_referral.call_offer.ask_after_loss"
    assert ask.pick({"loss": "no"}) == "self_referral.call_offer.ask"


def test_the_version_follows_the_content_and_not_the_remarks(world: World) -> None:
    before = load_library(world.flows).flow.version
    assert before.startswith("1-")
    assert len(before) == len("1-") + 12
    world.plant(world.flow, "# A little flow.", "# A little flow, said otherwise.")
    assert load_library(world.flows).flow.version == before
    world.plant(world.flow, "mum: {go: words}", "mum: {go: keep_going}")
    assert load_library(world.flows).flow.version != before


def test_the_order_of_choices_is_content(world: World) -> None:
    before = load_library(world.flows).flow.version
    world.plant(
        world.flow, "      mum: {go: words}\n      dad: {go: words}", "      dad: {go: words}\n      mum: {go: words}"
    )
    assert load_library(world.flows).flow.version != before


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "    skip: call_offer\n  words",
            "    skp: call_offer\n  words",
            "“skp” is not a word this file knows. Did you mean “skip”?",
        ),
        (
            "    find: tip",
            "    find: tpi",
            "“tpi” cannot stand after “find”; it may be areas, booking, channels, offer, offer_details,"
            " slots, summary or tip.",
        ),
        (
            "yes: {go: human, do: want_call}",
            "yes: {go: human, do: want_cal}",
            "“want_cal” cannot stand after “do”; it may be ",
        ),
        ("    do: ask_person", "    do: forget_it", "“forget_it” cannot stand after “do”; it may be "),
        ("    answer: own_words", "    answer: anything", "“anything” cannot stand after “answer”; it may be "),
        ("    entered_by: words", "    entered_by: ghosts", "“ghosts” cannot stand after “entered_by”; it may be "),
        (
            "    why: self_referral.words.why",
            "    why: Because we care",
            "“Because we care” is not an address of wording, ",
        ),
        (
            "    go: keep_going",
            "    go: Keep Going",
            "“Keep Going” must be a name in small letters, figures and _, such as call_offer.",
        ),
        ("    note: Who is asking.\n", "", "“note” is missing here."),
        (
            "    say: [self_referral.human.say]",
            "    say: self_referral.human.say",
            "“say” has the wrong shape: a list belongs here, ",
        ),
        ("mum: {go: words}", "mum: words", "“mum” has the wrong shape: names with a colon belong here."),
        (
            "mum: {go: words}",
            "Mum: {go: words}",
            "“Mum” must be a name in small letters, figures and _, such as call_offer.",
        ),
        ("- {text: self_referral.call_offer.ask}", "- {to: self_referral.call_offer.ask}", "“text” is missing here."),
    ],
)
def test_a_word_that_the_file_does_not_know(world: World, old: str, new: str, sentence: str) -> None:
    line = world.plant(world.flow, old, new)
    found = refused(world)
    assert any(text.startswith(sentence) and abs(at - line) <= 1 for at, text in found), found


def test_an_unknown_word_is_reported_at_its_own_line(world: World) -> None:
    line = world.plant(world.flow, "    answer: own_words", "    anwser: own_words")
    assert refused(world) == [(line, "“anwser” is not a word this file knows. Did you mean “answer”?")]


def test_a_step_that_two_chapters_have(world: World) -> None:
    (world.flows / "other.yaml").write_text("chapter: other\nsteps:\n  who: {note: Again., end: yes}\n")
    assert [sentence for _, sentence in refused(world)] == ["There is a step “who” already, in other.yaml:3."]


def test_faults_of_all_files_come_together(world: World) -> None:
    world.plant(world.flow, "    note: Who is asking.\n", "")
    world.plant(world.commands, "restart: back_again\n", "")
    (world.flows / "other.yaml").write_text("chapter: other\nchapter: another\n")
    with pytest.raises(LibraryError) as error:
        load_library(world.flows)
    assert {fault.path.name for fault in error.value.faults} == {"self_referral.yaml", "commands.yaml", "other.yaml"}


@pytest.mark.parametrize("text", ["version: 1\n", "start: welcome\n"])
def test_a_flow_without_version_or_start(world: World, text: str) -> None:
    world.plant(world.flow, text, "")
    assert [sentence for _, sentence in refused(world)] == [
        "Exactly one chapter holds “version” and “start” for the whole flow."
    ]


def test_the_shipped_flows_are_read(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED / "flows", tmp_path / "flows")
    flow = load_library(tmp_path / "flows").flow
    assert flow.version == load_library(SHIPPED / "flows").flow.version
    assert {"welcome", "call_offer", "after_call", "honest_answer"} <= flow.steps.keys()
    assert flow.machine is flow.machine
