"""Each rule about how a parent is spoken to finds the fault that is planted for it, in either language, at its line."""

from pathlib import Path

import pytest

from bot.content import checks_style
from bot.content.checking import Rule
from bot.content.checks_style import words_in
from tests.content.little_world import World

ASK = "self_referral.who.ask"


def one(world: World, rule: Rule) -> tuple[Path, int, str, bool]:
    """Where and what the only fault is, and whether it is a warning."""
    faults = world.faults(rule)
    assert len(faults) == 1, faults
    return faults[0].path, faults[0].line, faults[0].sentence, faults[0].warning


@pytest.mark.parametrize(
    ("language", "length", "most", "warning"),
    [("en", 16, "at most 15", False), ("cy", 26, "at most 25", False), ("cy", 16, "aim for 15", True)],
)
def test_a_sentence_that_is_too_long(world: World, language: str, length: int, most: str, warning: bool) -> None:
    sentence = " ".join(["hir"] * length) + "."
    line = world.say(language, ASK, f"Na. {sentence} Ie.")
    wanted = f"{length} words in one sentence; {most}: “{sentence}”"
    assert one(world, checks_style.long_sentence) == (world.po(language), line, wanted, warning)


@pytest.mark.parametrize(("language", "length"), [("en", 15), ("cy", 15)])
def test_a_sentence_that_is_just_short_enough(world: World, language: str, length: int) -> None:
    world.say(language, ASK, " ".join(["word"] * length) + "? " + " ".join(["word"] * length))
    assert world.faults(checks_style.long_sentence) == []


def test_words_are_counted_as_they_are_read() -> None:
    assert words_in("Mae'r tîm yma, 07700 900123.") == 5
    assert words_in("It's a drop-in: 20 to 30 minutes – no forms!") == 9


def test_what_is_quoted_counts_in_a_sentence(world: World) -> None:
    world.say("en", ASK, "{team_area} " + " ".join(["word"] * 9) + ".")
    assert one(world, checks_style.long_sentence)[3] is False


@pytest.mark.parametrize(("language", "letter", "room"), [("en", "a", 306), ("cy", "ŵ", 134)])
def test_a_question_that_is_too_long_with_its_reason_and_choices(
    world: World, language: str, letter: str, room: int
) -> None:
    article = {"en": "The", "cy": "Y"}[language]
    around = f"{article} who why.\n\n1 {article} who mum.\n2 {article} who dad."
    line = world.say(language, ASK, letter * (room - len(around)))
    assert world.faults(checks_style.too_many_segments) == []
    world.say(language, ASK, letter * (room - len(around) + 1))
    path, where, sentence, warning = one(world, checks_style.too_many_segments)
    assert (path, where, warning) == (world.po(language), line, False)
    assert sentence.startswith("Sent with its choices this takes 3 SMS parts; at most 2.")


def test_what_is_quoted_counts_at_its_longest(world: World) -> None:
    around = len("The who why.\n\n1 The who mum.\n2 The who dad.")
    world.say("en", ASK, "a" * (306 - around - len("{back_at}")) + "{back_at}")
    assert one(world, checks_style.too_many_segments)[1] == world.line("en", ASK)


@pytest.mark.parametrize(("language", "letters"), [("en", "a" * 300), ("cy", "ŵ" * 190)])
def test_a_safe_text_that_is_too_long(world: World, language: str, letters: str) -> None:
    world.say(language, "safety.life", letters)
    assert world.faults(checks_style.too_many_segments) == []
    line = world.say(language, "safety.life", letters + letters[:12])
    assert one(world, checks_style.too_many_segments)[:2] == (world.po(language, "safety"), line)


@pytest.mark.parametrize(
    ("language", "words", "found"),
    [
        ("en", "This is an assessment.", "assess"),
        ("en", "Your baby may be AT RISK.", "at risk"),
        ("en", "A DNA letter.", "DNA"),
        ("cy", "Dyma asesiad.", "ases"),
        ("cy", "Ei hasesu hi.", "ases"),
        ("cy", "Gwella dy ymlyniad.", "ymlyniad"),
    ],
)
def test_a_word_we_do_not_use(world: World, language: str, words: str, found: str) -> None:
    line = world.say(language, ASK, words)
    path, where, sentence, _ = one(world, checks_style.banned_word)
    assert (path, where) == (world.po(language), line)
    assert sentence.startswith(f"“{found}” is a word we do not use with parents")


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_service_that_is_never_named(world: World, language: str) -> None:
    line = (
        world.say("en", ASK, "Ask the Miskin team.")
        if language == "en"
        else world.say("cy", ASK, "Cymorth dwys i deuluoedd.")
    )
    path, where, sentence, _ = one(world, checks_style.statutory_name)
    assert (path, where) == (world.po(language), line)
    assert sentence.endswith("is a service we never name to parents.")


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("word", ["CANCEL", "END", "QUIT", "STOP", "HELP", "START", "YES"])
def test_a_word_of_the_phone_network(world: World, language: str, word: str) -> None:
    line = world.say(language, ASK, f"({word})")
    sentence = f"“{word}” means something to the phone network; never teach it."
    assert one(world, checks_style.taught_word) == (world.po(language), line, sentence, False)


def test_a_yes_in_small_letters_is_only_an_answer(world: World) -> None:
    world.say("en", ASK, "Yes, please stop by. The end.")
    assert world.faults(checks_style.taught_word) == []


@pytest.mark.parametrize(("language", "word", "name"), [("en", "GALWAD", "English"), ("cy", "CALL", "Welsh")])
def test_a_word_in_capitals_that_does_not_work_in_this_language(
    world: World, language: str, word: str, name: str
) -> None:
    line = world.say(language, ASK, f"Send {word}.")
    sentence = f"“{word}” is in capitals, and is no word that works anywhere in {name}."
    assert one(world, checks_style.unknown_capitals) == (world.po(language), line, sentence, True)


def test_a_word_in_capitals_that_works(world: World) -> None:
    world.say("en", ASK, "Send CALL to us or the GP.")
    assert world.faults(checks_style.unknown_capitals) == []


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("number", ["999", "116 123", "07700 900123", "0808-164-0123", "+44 7700 900123"])
def test_a_phone_number_typed_in(world: World, language: str, number: str) -> None:
    line = world.say(language, ASK, f"Ring {number} now.")
    path, where, sentence, _ = one(world, checks_style.number_typed)
    assert (path, where) == (world.po(language), line)
    assert sentence.startswith(f"“{number.removeprefix('+')}” is typed in; quote it")


@pytest.mark.parametrize(
    ("language", "hour"),
    [("en", "9am"), ("en", "5 p.m"), ("en", "17:30"), ("en", "9 o'clock"), ("cy", "9 y bore"), ("cy", "10 o'r gloch")],
)
def test_an_hour_typed_in(world: World, language: str, hour: str) -> None:
    line = world.say(language, ASK, f"We are here until {hour}.")
    path, where, sentence, _ = one(world, checks_style.hour_typed)
    assert (path, where) == (world.po(language), line)
    assert "is typed in; quote the hour from its file" in sentence


@pytest.mark.parametrize(
    ("language", "hours"),
    [
        ("en", "9 to 5"),
        ("en", "9-5"),
        ("en", "9–5"),
        ("en", "between 9 and 5"),
        ("en", "10 until 12"),
        ("en", "from nine until five"),
        ("en", "From nine to five"),
        ("en", "between ten and twelve"),
        ("en", "nine till five"),
        ("cy", "9 i 5"),
        ("cy", "9 tan 5"),
        ("cy", "rhwng 9 a 5"),
        ("cy", "rhwng naw a phump"),
        ("cy", "o naw i bump"),
        ("cy", "o ddeg i bedwar"),
        ("cy", "naw tan bump"),
    ],
)
def test_hours_typed_in_as_a_range(world: World, language: str, hours: str) -> None:
    line = world.say(language, ASK, f"We are here, {hours} every weekday.")
    wanted = f"“{hours}” is typed in; quote the hour from its file, such as {{team_hours}}."
    assert one(world, checks_style.hour_typed) == (world.po(language), line, wanted, False)


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize(
    "words",
    [
        "4 to 6 weeks",
        "2 to 4 years",
        "10 i 15 munud",
        "1 to 4 words",
        "aged 2 to 4",
        "from 1 to 2",
        "blentyn 2 i 4 oed",
        "between two and four weeks",
        "rhwng dwy a phedair wythnos",
        "from one to five",
        "6 until 12 months",
        "send 2 and 1",
        "one to try",
    ],
)
def test_a_range_of_something_else_may_be_typed(world: World, language: str, words: str) -> None:
    world.say(language, ASK, f"It is {words}.")
    assert world.faults(checks_style.hour_typed) == []


def test_small_numbers_may_be_typed(world: World) -> None:
    world.say("en", ASK, "20 to 30 minutes. Under 5. Send 1 or 2.")
    assert world.faults(checks_style.number_typed) + world.faults(checks_style.hour_typed) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "If you want to hurt yourself, please ring."), ("cy", "Os wyt ti am niweidio dy hun, neu farw, ffonia.")],
)
def test_a_lock_screen_that_gives_away(world: World, language: str, words: str) -> None:
    line = world.say(language, "safety.life", words)
    path, where, sentence, _ = one(world, checks_style.telling_lock_screen)
    assert (path, where) == (world.po(language, "safety"), line)
    assert words[:40] in sentence


def test_the_rest_of_a_safe_text_may_be_plain(world: World) -> None:
    world.say("en", "safety.life", "Thank you for saying that. We are glad. If you want to hurt yourself, please ring.")
    assert world.faults(checks_style.telling_lock_screen) == []


@pytest.mark.parametrize(
    ("language", "address", "words"),
    [
        ("en", "self_referral.call_offer.ask_after_loss", "How is your baby?"),
        ("cy", "self_referral.call_offer.ask_after_loss", "Sut mae dy fabi di?"),
        ("cy", "self_referral.goodbye.say", "Cofion at eich babi."),
        ("cy", "self_referral.goodbye.say", "Cofion i'ch babi."),
        ("en", "self_referral.back_again.ask", "Here is a tip."),
        ("en", "self_referral.goodbye.say", "This is a reminder."),
        ("en", "common.holding", "Your baby matters."),
        ("en", "safety.life", "Thank you. Is your baby with you?"),
    ],
)
def test_words_that_can_be_read_after_a_loss(world: World, language: str, address: str, words: str) -> None:
    line = world.say(language, address, words)
    path, where, sentence, _ = one(world, checks_style.said_after_loss)
    assert (path, where) == (world.po(language, address.partition(".")[0]), line)
    assert sentence.endswith("can be read after a loss; it must never be.")


def test_words_that_are_never_met_after_a_loss_may_speak_of_the_baby(world: World) -> None:
    world.say("en", "self_referral.call_offer.ask", "How is your baby?")
    world.say("en", "self_referral.words.ask", "Tell us of your baby.")
    assert world.faults(checks_style.said_after_loss) == []


def test_a_tip_that_can_be_met_after_a_loss(world: World) -> None:
    world.plant(
        world.flow, "      talk: {go: call_offer}\n      not_now", "      talk: {go: keep_going}\n      not_now"
    )
    world.plant(world.flow, '    pass_by:\n      - {loss: "yes"}\n', "")
    assert one(world, checks_style.said_after_loss)[2] == "Step “keep_going” gives a tip, and can be met after a loss."


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Look at NHS 111 online."), ("cy", "Cer i 111.nhs.uk."), ("cy", "GIG 111 ar-lein.")]
)
def test_a_service_for_england_only_named_to_a_parent(world: World, language: str, words: str) -> None:
    line = world.say(language, ASK, words)
    assert {(fault.path, fault.line) for fault in world.faults(checks_style.england_only)} == {
        (world.po(language), line)
    }


@pytest.mark.parametrize(
    ("old", "new"), [("0808 80 10 800", "0808 2000 247"), ("NHS 111 Wales, mental", "NHS Talking Therapies, mental")]
)
def test_a_helpline_for_england_only(world: World, old: str, new: str) -> None:
    assert world.faults(checks_style.england_only) == []
    path = world.flows / "helplines.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    faults = world.faults(checks_style.england_only)
    assert {fault.path for fault in faults} == {path}
    assert "England only" in faults[0].sentence
