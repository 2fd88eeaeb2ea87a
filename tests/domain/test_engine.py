"""The engine, on the flow and words that ship."""

from dataclasses import replace

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from bot.domain import engine
from bot.domain.conversation import Channel
from bot.domain.flow import Kind
from bot.domain.turn import Given
from tests.domain.journey import Parent, finish, library, reader

ASKING = sorted(step.name for step in library().flow.steps.values() if step.ask)
TO_OFFERS = ("2", "yes", "2", "mostly good", "mostly", "more sleep", "dad", "Porthcawl")
TO_SLOT = (*TO_OFFERS, "call", "yes", "no", "skip", "Sam", "1", "english", "skip", "skip")


def test_from_hello_to_the_first_offer_takes_eight_texts_after_hello() -> None:
    parent = Parent().says(*TO_OFFERS)
    assert parent.step == "offers"
    assert len(TO_OFFERS) == 8


def test_six_texts_when_everything_that_can_be_skipped_is_skipped() -> None:
    texts = ("1", "iawn", "2", "heibio", "heibio", "CF31")
    assert Parent().says(*texts).step == "offers"
    assert len(texts) == 6


def test_a_whole_journey_ends_booked() -> None:
    parent = Parent().says(*TO_SLOT)
    assert parent.step == "slot"
    parent.says("1")
    assert parent.step == "share_summary"
    parent.says("yes", "yes", "no", "no")
    assert parent.step == "booked"
    assert "booking.booked.say" in parent.read


def test_a_language_that_is_clear_from_the_first_text_is_not_asked_for() -> None:
    parent = Parent()
    turn = finish(engine.begin(parent.turn.conversation, library().flow, {}, "cy"))
    assert turn.conversation.step == "about"
    assert turn.conversation.language == "cy"


@pytest.mark.parametrize("step", sorted(library().flow.steps))
@pytest.mark.parametrize("word", ["CALL", "galwad", " Call. "])
def test_from_every_step_call_reaches_the_call_offer(step: str, word: str) -> None:
    assert Parent().at(step).says(word).step == "call_offer"


@pytest.mark.parametrize("step", ASKING)
def test_call_with_a_booked_call_leads_to_that_call(step: str) -> None:
    assert Parent(call="booked").at(step).says("CALL").step == "change_call"


@pytest.mark.parametrize("step", ASKING)
@pytest.mark.parametrize(("word", "language"), [("cymraeg", "cy"), ("ENGLISH", "en"), ("Saesneg", "en")])
def test_the_language_switches_in_place(step: str, word: str, language: str) -> None:
    if step == "call_language":  # here the same words answer the question
        assert Parent().at(step).says(word).step == "call_needs"
        return
    parent = Parent().at(step).says(word)
    assert parent.turn.conversation.language == language
    assert parent.step == ("about" if step == "welcome" else step)


@pytest.mark.parametrize("step", ASKING)
def test_every_option_shown_leads_on_by_its_mark(step: str) -> None:
    shown = Parent().at(step).options
    for mark, key in shown.items():
        parent = Parent().at(step).says(mark)
        assert parent.turn.understood, (step, mark, key)


@pytest.mark.parametrize("step", [name for name in ASKING if library().flow.steps[name].answer is Kind.CHOICE])
def test_what_is_not_understood_is_asked_again_twice_then_a_person_is_offered(step: str) -> None:
    parent = Parent().at(step)
    if library().flow.steps[step].end:
        return
    first = parent.says("qqq zzz").read
    second = parent.says("zzz qqq").read
    assert parent.step == step
    assert second != first
    assert "commands.try_number" in second
    parent.says("xxx qqq")
    if step != "offer_person":
        assert parent.step == "offer_person"
        assert parent.says("2").step == step or library().flow.steps[step].returns


@pytest.mark.parametrize("step", ASKING)
@pytest.mark.parametrize("word", ["SKIP", "heibio"])
def test_who_will_not_answer_what_cannot_be_skipped_is_offered_a_person(step: str, word: str) -> None:
    parent = Parent().at(step)
    if library().flow.steps[step].end or parent.says(word).step != step:
        return
    if step == "offer_person":
        return
    assert parent.says(word).step == step
    assert parent.says(word).step == "offer_person"


def test_back_keeps_earlier_answers_until_they_are_changed() -> None:
    parent = Parent().says("2", "yes", "2", "3").says("back")
    assert parent.step == "feeling"
    assert parent.turn.conversation.answers["feeling"] == "hard"
    parent.says("1")
    assert parent.turn.conversation.answers["feeling"] == "happy"
    assert parent.says("nol", "yn ôl").step == "stage"


def test_back_at_the_first_question_says_so() -> None:
    assert Parent().says("back").read[0] == "commands.nothing_back"


def test_a_command_counts_only_when_it_is_the_whole_message() -> None:
    parent = Parent().at("own_words").says("I want to call my mum more but I go back and forth")
    assert parent.step == "who"
    assert parent.turn.conversation.answers["own_words"].startswith("I want to call")


@pytest.mark.parametrize(
    "text", ["²", "٣", "10^20", "9" * 5000, "-1", "0", "99999999999999999999", "", "\x00", "\ud800"]
)
@pytest.mark.parametrize("step", ASKING)
def test_odd_numbers_break_nothing(step: str, text: str) -> None:
    assert Parent().at(step).says(text).turn.texts


@pytest.mark.parametrize(
    "text",
    [
        *("1", "1.", "1)", " 1 ", "one", "un", "1️⃣", "①", "１", "a", "#1", "(1)", "1!", "1 please", "1 plis"),
        *("the first one", "first", "y cyntaf", "yr un cyntaf", "number one please", "rhif 1, diolch", "answer 1"),
    ],
)
def test_a_number_is_read_however_it_is_written(text: str) -> None:
    assert Parent().at("stage").says(text).turn.conversation.answers["stage"] == "pregnant"


@pytest.mark.parametrize(
    "text", ["yes", "YES", "yeah", "yep", "y", "ie", "oes", "ydw", "iawn", "ok", "👍", "yess", "yes please"]
)
@pytest.mark.parametrize("step", ["about", "neonatal", "share_others"])
def test_yes_is_understood_in_both_languages(step: str, text: str) -> None:
    assert Parent().at(step).says(text).turn.conversation.answers[step] == "yes", text


@pytest.mark.parametrize(
    ("text", "stage"), [("pregnent", "pregnant"), ("beichiog", "pregnant"), ("dwi'n feichiog", "pregnant")]
)
def test_words_and_slips_of_the_thumb_are_understood(text: str, stage: str) -> None:
    assert Parent().at("stage").says(text).turn.conversation.answers["stage"] == stage


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        *((f"{months} months", "under_1") for months in range(2, 12)),
        *((f"{months} mis", "under_1") for months in range(1, 12)),
        *((f"she is {months} months old", "from_1_to_2") for months in range(12, 24)),
        *((f"mae'n {months} mis oed", "from_1_to_2") for months in range(12, 24)),
        *((f"{years} years old", "from_2_to_4") for years in (2, 3, 4)),
        ("5 years old", "older"),
        ("5 oed", "older"),
        ("baby on way", "pregnant"),
    ],
)
def test_an_age_is_never_read_as_another_age(text: str, stage: str) -> None:
    assert Parent().at("stage").says(text).turn.conversation.answers["stage"] == stage


@pytest.mark.parametrize("text", ["2", "the second one", "yr ail", "yr ail un plis", "2 please", "second one thanks"])
def test_a_time_is_chosen_as_generously_as_anything(text: str) -> None:
    parent = Parent().at("slot")
    want = engine.advance(parent.turn.conversation, library().flow, {}, reader(), text).want
    assert want is not None
    assert (want.kind, want.key) == ("take", "2@b")


def test_a_negated_choice_is_not_taken_for_the_choice() -> None:
    assert not Parent().at("stage").says("I am not pregnant").turn.understood


@pytest.mark.parametrize("step", ["about", "call_safety", "share_summary", "share_others", "share_gp", "call_offer"])
@pytest.mark.parametrize(
    "text",
    [
        "it is private",
        "i am scared",
        "i do worry about that",
        "it is dangerous",
        "i am with him",
        "oes rhywun yn edrych",
        "bydd e'n grac",
        "trist iawn",
        "preifat iawn",
        "yawn",
    ],
)
def test_a_yes_is_never_guessed_out_of_a_sentence(step: str, text: str) -> None:
    assert Parent().at(step).says(text).turn.conversation.answers.get(step) != "yes"


@pytest.mark.parametrize("text", ["yes please", "ok thank you", "ie plis", "iawn diolch", "oh yes thanks", "yesss"])
def test_courtesy_beside_a_yes_changes_nothing(text: str) -> None:
    assert Parent().at("share_others").says(text).turn.conversation.answers["share_others"] == "yes"


def test_a_number_means_what_was_shown() -> None:
    parent = Parent().at("slot")
    assert parent.options == {"1": "1@a", "2": "2@b", "3": "3@a", "4": "more", "5": "none"}


def test_a_slot_that_has_gone_is_said_to_be_gone_and_others_are_offered() -> None:
    parent = Parent().at("slot")
    turn = engine.advance(parent.turn.conversation, library().flow, {}, reader(), "2")
    assert turn.want
    assert (turn.want.kind, turn.want.key) == ("take", "2@b")
    gone = finish(engine.supply(turn, library().flow, Given(ok=False)))
    assert gone.texts[0].lines[0].address == "booking.slot.gone"
    assert gone.conversation.step == "slot"


def test_the_summary_takes_numbers_for_lines_and_letters_for_answers() -> None:
    assert Parent().at("share_summary").options == {"1": "who", "A": "yes", "B": "no", "C": "number"}
    assert Parent().at("share_summary").says("B").step == "booked"


def test_a_shared_phone_is_asked_nothing_of_a_voicemail() -> None:
    assert Parent().at("call_safety_phone").says("2").step == "call_safety_answer"
    assert Parent().at("call_safety_phone").says("1").step == "call_safety"
    assert Parent().at("call_safety_phone").says("skip").step == "slot"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("2", "morning"),
        ("2 4", "morning afternoon"),
        ("4, 2 and 3", "morning midday afternoon"),
        ("mornings and afternoons", "morning afternoon"),
        ("bore a nos", "morning evening"),
        ("2 a 4", "morning afternoon"),
        ("unrhyw bryd", "any"),
    ],
)
def test_several_parts_of_the_day_may_be_named_at_once(said: str, kept: str) -> None:
    parent = Parent().at("call_safety_hours").says(said)
    assert (parent.step, parent.turn.conversation.answers["call_safety_hours"]) == ("call_safety_word", kept)


@pytest.mark.parametrize("said", ["not evenings or mornings", "byth yn y bore na'r nos", "2 never 4"])
def test_what_is_not_meant_is_never_read_as_meant(said: str) -> None:
    assert Parent().at("call_safety_hours").says(said).step == "call_safety_hours"


@pytest.mark.parametrize("typed", ["029 2018 0123", "+44 29 2018 0123", "0291 496 0123"])
def test_a_home_phone_is_taken_as_a_number_to_ring_and_said_to_be_never_texted(typed: str) -> None:
    parent = Parent(Channel.WEB).at("call_number").says(typed)
    assert parent.step == "call_language"
    assert [line.address for line in parent.turn.texts[0].lines] == ["commands.home_phone"]


@pytest.mark.parametrize("nothing", [False, True])
@pytest.mark.parametrize("channel", list(Channel))
@drawn(
    texts=st.lists(
        st.one_of(
            st.text(max_size=30),
            st.sampled_from(["1", "2", "4", "yes", "no", "skip", "back", "call", "CHANGE"]),
        ),
        max_size=12,
    )
)
def test_no_text_makes_a_turn_raise(channel: Channel, nothing: bool, texts: list[str]) -> None:
    parent = Parent(channel, nothing=nothing).says(*texts)
    assert parent.step in library().flow.steps


@pytest.mark.parametrize("step", sorted(library().flow.steps))
def test_a_conversation_at_a_step_nobody_knows_any_more_goes_on_kindly(step: str) -> None:
    parent = Parent()
    lost = parent.turn.conversation._replace(step=f"gone_{step}", language="en")
    turn = finish(engine.advance(lost, library().flow, {}, reader(), "hello"))
    assert turn.texts


def test_after_goodbye_any_text_starts_again_kindly() -> None:
    assert Parent().at("goodbye", answers={"about": "yes"}).says("are you still there").step == "back_again"


def test_when_it_is_not_safe_now_nothing_more_is_asked() -> None:
    parent = Parent().says("2", "2")
    assert parent.step == "goodbye"
    assert "self_referral.goodbye.come_back_safely" in parent.read
    assert parent.options == {}


def test_a_conversation_in_flight_follows_a_step_to_its_new_name() -> None:
    flow = replace(library().flow, renamed={"how_it_feels": "feeling"})
    parent = Parent().says("2", "yes", "2")
    in_flight = parent.turn.conversation._replace(step="how_it_feels", trail=("welcome", "about", "how_it_feels"))
    turn = engine.advance(in_flight, flow, {}, reader(), "3")
    assert turn.conversation.step == "as_you_like"
    assert turn.conversation.answers["feeling"] == "hard"
    back = engine.advance(in_flight, flow, {}, reader(), "back")
    assert back.conversation.step == "feeling"


IN_FLIGHT = {
    "advance": lambda conversation, flow: engine.advance(conversation, flow, {}, reader(), "again"),
    "ask_again": lambda conversation, flow: engine.ask_again(conversation, flow, {}),
    "enter": lambda conversation, flow: engine.enter(conversation, flow, {}, "feeling"),
}


@pytest.mark.parametrize("taken_up", IN_FLIGHT)
@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({"how_far": "pregnant"}, "self_referral.feeling.ask_pregnant"),
        ({"stage": "under_1", "how_far": "pregnant"}, "self_referral.feeling.ask"),
        ({"how_far": "pregnant", "stage": "under_1"}, "self_referral.feeling.ask"),
    ],
)
def test_an_answer_in_flight_follows_its_step_to_the_new_name(
    taken_up: str, answers: dict[str, str], asked: str
) -> None:
    flow = replace(library().flow, renamed={"how_far": "stage", "how_it_feels": "feeling"})
    parent = Parent().says("2", "yes", "2")
    in_flight = parent.turn.conversation._replace(step="how_it_feels", answers={"about": "yes", **answers})
    turn = IN_FLIGHT[taken_up](in_flight, flow)
    assert asked in [line.address for text in turn.texts for line in text.lines]
    stage = answers.get("stage", "pregnant")  # what stands under the new name was said later, and counts
    assert turn.conversation.answers == {"about": "yes", "stage": stage}


def test_a_question_back_to_us_is_not_taken_for_a_name() -> None:
    parent = Parent().at("call_name").says("why do you need my name?")
    assert parent.step == "call_name"
    assert not parent.turn.understood
    assert parent.says("Sam").step == "call_language"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Sam", "Sam"),
        ("my name is Sam", "Sam"),
        ("My name's Sam.", "Sam"),
        ("call me Sam", "Sam"),
        ("it's Sam", "Sam"),
        ("Hi, I'm Mary Ann", "Mary Ann"),
        ("Sam please", "Sam"),
        ("Sam ydw i", "Sam"),
        ("Siân dw i", "Siân"),
        ("fy enw i yw Sam", "Sam"),
        ("Fy enw i ydy Sam", "Sam"),
        ("Helo, fy enw i yw Llŷr", "Llŷr"),
        ("my name is Na", "Na"),
        ("Hi", "Hi"),
        ("Hope", "Hope"),
        ("N", "N"),
    ],
)
def test_only_the_name_is_kept_of_the_words_around_it(typed: str, name: str) -> None:
    parent = Parent().at("call_name").says(typed)
    assert parent.step == "call_language"
    assert parent.turn.conversation.answers["call_name"] == name


@pytest.mark.parametrize(
    "typed",
    [
        "dim syniad",
        "not saying",
        "don't know",
        "I'm not sure",
        "I am not telling you",
        "it's private",
        "no",
        "dim diolch",
    ],
)
def test_who_will_not_say_their_name_is_not_called_by_those_words(typed: str) -> None:
    parent = Parent().at("call_name").says(typed)
    assert parent.step == "call_name"
    assert "call_name" not in parent.turn.conversation.answers
    assert "commands.cannot_skip" in parent.read
    flow = library().flow
    step = replace(flow.steps["call_name"], skip=flow.steps["call_needs"].skip)
    skippable = replace(flow, steps={**flow.steps, "call_name": step})
    turn = engine.advance(Parent().at("call_name").turn.conversation, skippable, {}, reader(), typed)
    assert turn.conversation.step != "call_name"


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("3yo", "from_2_to_4"),
        ("3 y/o", "from_2_to_4"),
        ("baby is 3 weeks", "under_1"),
        ("she's 51 weeks old", "under_1"),
        ("he is 52 weeks old", "from_1_to_2"),
        ("2 months old", "under_1"),
        ("my twins are 2 months old", "under_1"),
        ("two months", "under_1"),
        ("18mths", "from_1_to_2"),
        ("59 months old", "from_2_to_4"),
        ("60 months old", "older"),
        ("5 months and 2 weeks", "under_1"),
        ("I have a 4 year old", "from_2_to_4"),
        ("9 yrs", "older"),
        ("6 mis oed", "under_1"),
        ("mae hi'n 6 mis oed", "under_1"),
        ("efeilliaid 3 mis oed", "under_1"),
        ("mae'r babi yn 3 wythnos oed", "under_1"),
        ("tair oed", "from_2_to_4"),
        ("mae e'n 3 blwydd oed", "from_2_to_4"),
        ("7 mlwydd oed", "older"),
        ("6 weeks pregnant", "pregnant"),
        ("1 year and 13 months", "from_1_to_2"),
    ],
)
def test_an_age_leads_to_the_choice_whose_age_it_is(text: str, stage: str) -> None:
    assert Parent().at("stage").says(text).turn.conversation.answers["stage"] == stage


@pytest.mark.parametrize(
    "text",
    [
        "twins",
        "efeilliaid",
        "3 and 5 years",
        "20 weeks",
        "20 wythnos",
        "I am 30 years old",
        "2 years and 3 months",
        "2 flwydd a 3 mis",
    ],
)
def test_an_age_that_may_be_another_ones_is_asked_for_again(text: str) -> None:
    parent = Parent().at("stage").says(text)
    assert parent.step == "stage"
    assert "stage" not in parent.turn.conversation.answers


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("she is 14 weeks old", "from_3_to_6"),
        ("5 weeks old", "from_0_to_3"),
        ("4 mis oed", "from_3_to_6"),
        ("7mths", "from_6_to_12"),
    ],
)
def test_the_age_of_a_baby_is_understood_in_weeks_and_months(text: str, age: str) -> None:
    assert Parent().at("baby_age").says(text).turn.conversation.answers["baby_age"] == age
