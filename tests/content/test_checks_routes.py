"""Each rule about where the flow leads finds the fault that is planted for it, at its line."""

import shutil
from pathlib import Path

import pytest

from bot.content import checks_answers, checks_routes
from bot.content.checking import Rule
from bot.content.checks import check_folders
from tests.content.little_world import SHIPPED, World


def one(world: World, rule: Rule) -> tuple[int, str]:
    """The line and the sentence of the only fault there is."""
    faults = world.faults(rule)
    assert len(faults) == 1, faults
    return faults[0].line, faults[0].sentence


def test_a_choice_that_leads_to_no_step(world: World) -> None:
    line = world.plant(world.flow, "mum: {go: words}", "mum: {go: wrods}")
    assert one(world, checks_routes.unknown_step) == (
        line,
        "Step “who” leads to “wrods”, and there is no such step.",
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("{go: call_offer}", "{go: cal_offer}", "The word “call” leads to “cal_offer”, and there is no such step."),
        ("restart: back_again", "restart: back", "“restart” leads to “back”, and there is no such step."),
        ("loss: back_again", "loss: back", "“start_after_loss” leads to “back”, and there is no such step."),
    ],
)
def test_a_word_that_leads_to_no_step(world: World, old: str, new: str, sentence: str) -> None:
    line = world.plant(world.commands, old, new)
    assert one(world, checks_routes.unknown_step) == (line, sentence)


def test_a_flow_that_starts_nowhere(world: World) -> None:
    line = world.plant(world.flow, "start: welcome", "start: hello")
    assert one(world, checks_routes.unknown_step) == (line, "The flow starts at “hello”, and there is no such step.")


def test_a_step_that_nothing_leads_to(world: World) -> None:
    world.plant(
        world.flow, "      mum: {go: words}\n      dad: {go: words}", "      mum: {go: loss}\n      dad: {go: loss}"
    )
    line = world.flow.read_text().split("\n").index("  words:") + 1
    found = [(fault.line, fault.sentence) for fault in world.faults(checks_routes.unreachable_step)]
    assert (line, "Nothing leads to step “words”.") in found


def test_a_step_that_is_a_dead_end(world: World) -> None:
    world.plant(world.flow, "    say: [self_referral.human.say]\n    go: goodbye", "    say: [self_referral.human.say]")
    line = world.flow.read_text().split("\n").index("  human:") + 1
    assert one(world, checks_routes.dead_end) == (
        line,
        "Step “human” is a dead end: no choice and no “go” leads on when loss is no.",
    )


def test_a_choice_that_leads_nowhere_in_some_situation(world: World) -> None:
    line = world.plant(world.flow, "baby: {go: who}", "baby: {go: [{when: {about: not_now}, to: who}]}")
    assert one(world, checks_routes.dead_end) == (
        line,
        "At step “stage”, “baby” leads nowhere when loss is no.",
    )


def test_a_question_that_is_not_asked_in_some_situation(world: World) -> None:
    world.plant(world.flow, "      - {text: self_referral.call_offer.ask}\n", "")
    line = next(
        number
        for number, text in enumerate(world.flow.read_text().split("\n"), start=1)
        if "self_referral.call_offer.ask_after_loss" in text
    )
    assert one(world, checks_routes.dead_end) == (line - 1, "Step “call_offer” has no question when loss is no.")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("    none_found: call_offer\n", "", "Step “keep_going” looks something up; add “none_found”."),
        ("    do: ask_person\n", "    do: book_call\n", "What step “human” does may fail; add “failed”."),
        (
            "    find: tip\n",
            "    find: tip\n    take: slot\n",
            "Step “keep_going” takes a line that was chosen; that needs “find”, “item” and “go”.",
        ),
    ],
)
def test_what_may_fail_says_where_to_go(world: World, old: str, new: str, sentence: str) -> None:
    world.plant(world.flow, old, new)
    assert one(world, checks_routes.missing_way_out)[1] == sentence


def test_a_time_that_may_be_gone_is_said_to_be_gone(world: World) -> None:
    line = world.plant(world.flow, "    find: tip\n", "    find: tip\n    take: slot\n")
    assert one(world, checks_routes.gone_unsaid) == (
        line + 1,
        "What is chosen at step “keep_going” may have gone a moment before; add “gone”, so that the parent is told "
        "and does not wonder why they are asked again.",
    )
    world.plant(world.flow, "    take: slot\n", "    take: slot\n    gone: self_referral.keep_going.tip\n")
    assert world.faults(checks_routes.gone_unsaid) == []


def test_the_shipped_flow_cannot_lose_what_it_says_of_a_time_that_has_gone(tmp_path: Path) -> None:
    flows = tmp_path / "flows"
    shutil.copytree(SHIPPED / "flows", flows)
    booking = flows / "booking.yaml"
    text = booking.read_text(encoding="utf-8")
    booking.write_text(text.replace("    gone: booking.slot.gone\n", ""), encoding="utf-8")
    faults = check_folders(flows, SHIPPED / "locales", SHIPPED / "bot")
    assert [fault.path.name for fault in faults if "may have gone" in fault.sentence] == ["booking.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("call: {go: call_offer}", "call: {}", "needs one of “go”, “visit”, “does” and “language”, and only one."),
        (
            "skip: {does: skip}",
            "skip: {does: skip, go: human}",
            "needs one of “go”, “visit”, “does” and “language”, and only one.",
        ),
        (
            "{go: call_offer}",
            "{go: [{when: {loss: no}, to: human}]}",
            "sometimes leads nowhere; let the last line have no “when”.",
        ),
        ("{go: call_offer}", "{visit: human}", "visits “human”, which has no “visit”: it would not come back."),
    ],
)
def test_a_word_that_works_anywhere_does_one_thing(world: World, old: str, new: str, sentence: str) -> None:
    line = world.plant(world.commands, old, new)
    name = old.split(":")[0] if not old.startswith("{") else "call"
    assert one(world, checks_routes.one_thing_a_command) == (line, f"The word “{name}” {sentence}")


def test_a_condition_of_a_word_that_can_never_hold(world: World) -> None:
    line = world.plant(world.commands, "{go: call_offer}", "{go: [{when: {call: yes}, to: human}, {to: call_offer}]}")
    assert one(world, checks_answers.unknown_fact) == (
        line,
        "The word “call” asks whether “call” is “yes”, which is never an answer.",
    )


def test_steps_that_lead_round_without_asking(world: World) -> None:
    line = world.plant(world.flow, "    note: A person will come.", "    note: Round.") - 1
    world.plant(
        world.flow,
        "    say: [self_referral.human.say]\n    go: goodbye",
        "    say: [self_referral.human.say]\n    go: human",
    )
    assert one(world, checks_routes.silent_loop) == (
        line,
        "Step “human” leads back to itself without a question on the way.",
    )


def test_steps_that_never_come_to_an_end(world: World) -> None:
    world.plant(
        world.flow, "    end: yes\n", "    ask: self_referral.goodbye.say\n    choices:\n      round: {go: goodbye}\n"
    )
    found = {fault.sentence for fault in world.faults(checks_routes.loop_without_exit)}
    assert "From step “welcome” the conversation goes round and round and never comes to an end." in found
    assert "From step “loss” the conversation goes round and round and never comes to an end after a loss." in found


def test_a_step_from_which_no_choice_leads_to_a_person(world: World) -> None:
    world.plant(world.flow, "    do: ask_person\n", "")
    world.plant(world.flow, "yes: {go: human, do: want_call}", "yes: {go: human}")
    found = {fault.sentence for fault in world.faults(checks_routes.no_way_to_person)}
    assert {
        "From step “who” no choice leads to a person.",
        "From step “loss” no choice leads to a person after a loss.",
    } <= found


def test_no_way_to_a_person_after_a_loss_alone(world: World) -> None:
    world.plant(
        world.flow,
        "      talk: {go: call_offer}\n      bye",
        '      talk: {go: call_offer, when: {loss: "no"}}\n      bye',
    )
    found = world.faults(checks_routes.no_way_to_person)
    assert {fault.sentence for fault in found} == {
        "From step “back_again” no choice leads to a person after a loss.",
        "From step “goodbye” no choice leads to a person after a loss.",
    }


def test_a_step_renamed_to_nothing_or_still_there(world: World) -> None:
    line = world.plant(world.flow, "start: welcome\n", "start: welcome\nrenamed:\n  hello: greeting\n  who: about\n")
    assert [(fault.line, fault.sentence) for fault in world.faults(checks_routes.renamed_step)] == [
        (line + 2, "“hello” is renamed to “greeting”, and there is no such step."),
        (line + 3, "“who” is renamed, and there is still a step of that name."),
    ]


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ("{stgae: baby}", "Step “words” asks about “stgae”, and there is no such step or fact."),
        ("{stage: bump}", "Step “words” asks whether “stage” is “bump”, which is never an answer."),
        ("{loss: maybe}", "Step “words” asks whether “loss” is “maybe”, which is never an answer."),
    ],
)
def test_a_condition_that_can_never_hold(world: World, when: str, sentence: str) -> None:
    world.plant(world.flow, "    answer: own_words\n", f"    answer: own_words\n    pass_by: [{when}]\n")
    line = world.flow.read_text().split("\n").index("  words:") + 1
    assert one(world, checks_answers.unknown_fact) == (line, sentence)


def test_a_choice_that_is_never_there(world: World) -> None:
    line = world.plant(
        world.flow, "talk: {go: call_offer}\n      bye", "talk: {go: call_offer, when: {loss: maybe}}\n      bye"
    )
    assert one(world, checks_answers.choice_never_open) == (
        line,
        "At step “back_again”, “talk” can never be chosen.",
    )


def test_a_question_that_does_not_say_why(world: World) -> None:
    line = world.plant(world.flow, "    why: self_referral.words.why\n", "")
    assert one(world, checks_answers.question_without_why) == (
        line,
        "Step “words” asks without saying why; add “why”.",
    )


def test_a_question_that_cannot_be_asked_again(world: World) -> None:
    line = world.plant(world.flow, "    ask_again: self_referral.stage.ask_again\n", "") - 1
    assert one(world, checks_answers.question_without_again) == (
        line,
        "Step “stage” has no other words for asking again; add “ask_again”.",
    )
