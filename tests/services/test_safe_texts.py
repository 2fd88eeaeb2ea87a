"""What a parent reads after a disclosure: short, neutral at first sight, the right numbers in the right order."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest

from bot.content.catalogue import PLACEHOLDER
from bot.content.helpline_file import NOT_YET, read_helplines
from bot.content.lexicon_files import CATEGORIES
from bot.content.values import Values, load_values
from bot.domain.contact import is_unsafe_to_text
from bot.domain.conversation import LANGUAGES, Channel, Conversation
from bot.domain.screening import Match, Screening
from bot.domain.segments import count_segments, for_sms
from bot.domain.status import Status
from bot.domain.turn import spoken
from bot.services.desk import Desk
from bot.services.leave_chat import leave_chat
from bot.services.put_into_words import put_into_words
from bot.settings import ROOT
from bot.storage import concerns, messages, tasks
from tests.desks import MONDAY_NOON, Phone, shipped

LEVELS = ("immediate", "urgent")
EVERY = [(category, level) for category in CATEGORIES for level in LEVELS]
# Words that must never stand where a lock screen shows them: our own list, beside the translators' glossary.
TELL_TALE: dict[str, tuple[str, ...]] = {
    "en": (
        "suicid", "kill", "die", "death", "hurt", "harm", "abus", "violen", "hit", "refuge", "safeguard", "police",
        "social", "drug", "drink", "alcohol", "mental", "danger", "partner", "husband", "baby", "child", "shak",
        "voices", "helpline", "support",
    ),
    "cy": (
        "hunanladd", "lladd", "marw", "niwed", "niweid", "brif", "cam-drin", "trais", "dreis", "lloches", "diogelu",
        "heddlu", "cymdeithasol", "cyffur", "alcohol", "yfed", "iechyd", "meddwl", "perygl", "partner", "gwr", "babi",
        "plentyn", "ysgwyd", "lleisiau", "llinell",
    ),
}  # fmt: skip
# Pinned: a change of a number in flows/helplines.yaml is a change of what a parent in danger rings.
NUMBERS = {
    "emergency": ("999", "999"),
    "emergency_silent": ("999, wedyn 55", "999, then 55"),
    "nhs": ("111", "111"),
    "mental_health": ("111, pwysa 2", "111, press 2"),
    "samaritans": ("116 123", "116 123"),
    "call_helpline": ("0800 132 737", "0800 132 737"),
    "live_fear_free": ("0808 80 10 800", "0808 80 10 800"),
    "live_fear_free_text": ("07860 077 333", "07860 077 333"),
    "dan": ("0808 808 2234", "0808 808 2234"),
    "cry_sis": ("0800 448 0737", "0800 448 0737"),
    "nspcc": ("0808 800 5000", "0808 800 5000"),
}
# Which service each number beyond 999 and 111 belongs to: one topic a text.
TOPIC = {
    "samaritans": "samaritans", "live_fear_free": "live fear free", "live_fear_free_text": "live fear free",
    "dan": "dan", "cry_sis": "cry-sis", "nspcc": "nspcc",
}  # fmt: skip
ELSEWHERE = frozenset({"seen_by"})
# In the file, and in no text to a parent yet: whoever quotes one pins it above.
QUOTED_NOWHERE = frozenset({"samaritans_cymraeg", "childline", "meic"})


@cache
def longest_values() -> Values:
    values, faults = load_values(ROOT / "flows", shipped().catalogue)
    assert not faults
    return values


def quoted(language: str, address: str) -> list[str]:
    """The values that a wording quotes, in order."""
    entry = shipped().catalogue.entries(language)[address]
    return [name for name in PLACEHOLDER.findall(entry.strings[0]) if name not in ELSEWHERE]


def at_its_longest(language: str, address: str) -> str:
    entry = shipped().catalogue.entries(language)[address]
    return for_sms(longest_values().fill(language, entry.strings[0]))


def tells(language: str, shown: str) -> list[str]:
    """The tell-tale words in what a lock screen shows."""
    return [word for word in TELL_TALE[language] if word in shown.lower()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("category", "level"), EVERY)
def test_every_safe_text_is_short_and_neutral_at_first_sight(category: str, level: str, language: str) -> None:
    body = at_its_longest(language, shipped().responses.address(category, level))
    assert count_segments(body).parts <= 3
    assert tells(language, body[:40]) == []
    assert "{" not in body


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_kind_line_is_short_neutral_and_asks_nothing(language: str) -> None:
    body = at_its_longest(language, shipped().responses.watch)
    assert count_segments(body).parts == 1
    assert tells(language, body[:40]) == []
    assert "?" not in body


@pytest.mark.parametrize(
    ("language", "planted"), [("en", "You could be killed. Ring"), ("cy", "Os oes trais yn y tŷ, ffonia")]
)
def test_a_telling_word_at_first_sight_is_found(language: str, planted: str) -> None:
    assert tells(language, f"{planted} 999 now, and more"[:40])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("category", "level"), EVERY)
def test_no_safe_text_asks_anything(category: str, level: str, language: str) -> None:
    assert "?" not in at_its_longest(language, shipped().responses.address(category, level))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("category", "level"), EVERY)
def test_999_first_when_immediate_then_111_press_2_then_one_topic(category: str, level: str, language: str) -> None:
    names = quoted(language, shipped().responses.address(category, level))
    assert "emergency" in names
    if level == "immediate":
        assert names[0] == "emergency"
    if category == "medical_emergency":
        # A body in danger needs 999 and nothing beside it; a worry about the body is 111's.
        assert set(names) == ({"emergency"} if level == "immediate" else {"emergency", "nhs"})
        return
    topics = [name for name in names if name in TOPIC]
    assert len({TOPIC[name] for name in topics}) <= 1
    assert names.index("mental_health") < min(map(names.index, topics), default=len(names))


@pytest.mark.parametrize(("language", "place"), [("cy", 0), ("en", 1)])
@pytest.mark.parametrize(("category", "level"), EVERY)
def test_every_number_in_a_safe_text_is_a_pinned_helpline(category: str, level: str, language: str, place: int) -> None:
    address = shipped().responses.address(category, level)
    rest = at_its_longest(language, address)
    helplines = read_helplines(ROOT / "flows")
    for name in sorted(quoted(language, address), key=lambda each: -len(NUMBERS[each][place])):
        number = NUMBERS[name][place]
        assert (helplines[name].number.cy, helplines[name].number.en)[place] == number
        assert number in rest
        rest = rest.replace(number, "")
        assert helplines[name].owner.strip()
        assert helplines[name].checked == NOT_YET or datetime.fromisoformat(helplines[name].checked)
    when = longest_values().longest[language]["seen_by"]
    assert not re.search(r"\d{2,}", rest.replace(when, "")), "a number that no helpline explains"


def test_every_helpline_that_a_text_quotes_is_pinned() -> None:
    helplines = read_helplines(ROOT / "flows")
    assert NUMBERS.keys() == helplines.keys() - QUOTED_NOWHERE
    assert {name: (line.number.cy, line.number.en) for name, line in helplines.items() if name in NUMBERS} == NUMBERS
    wordings = [entry for language in LANGUAGES for entry in shipped().catalogue.entries(language).values()]
    quoted_somewhere = {name for entry in wordings for text in entry.strings for name in PLACEHOLDER.findall(text)}
    assert helplines.keys() - quoted_somewhere == QUOTED_NOWHERE


@pytest.mark.parametrize(
    ("words", "languages"),
    [
        ("I want to kill myself", ["en"]),
        ("fi moyn marw", ["cy"]),
        ("mae o'n curo fi", ["cy"]),
        ("suicide", ["cy", "en"]),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_a_first_message_is_answered_in_its_language_or_in_a_short_text_for_each(
    desk: Desk, phone: Phone, words: str, languages: list[str], *, late: bool
) -> None:
    said = phone.text(words, **({"sent_at": desk.now() - timedelta(minutes=10)} if late else {}))
    texts = [text for text in phone.sent() if "999" in text] if late else list(said)
    assert [language_of_thanks(text) for text in texts] == languages
    assert all(count_segments(text).parts <= 3 for text in texts)
    assert phone.conversation.language is None, "one word settles nothing but this answer"


def language_of_thanks(text: str) -> str:
    return {"Diolch": "cy", "Thank": "en"}[text.split()[0]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hours", range(0, 24 * 14, 5))
def test_at_any_hour_the_text_says_when_and_fits(desk: Desk, language: str, hours: int) -> None:
    """What is really sent over a fortnight with Christmas in it, not only at its longest."""
    now = MONDAY_NOON + timedelta(days=28, hours=hours)
    parent = Conversation("", Channel.SMS, Status.WITH_BOT, "welcome", "1", language=language)
    for address in sorted(set(desk.responses.addresses.values())):
        (text,) = put_into_words(desk, parent, (spoken(address),), now)
        assert text.promised is not None, "the time it names is a promise that is kept"
        assert now < text.promised.due_at
        assert count_segments(text.body).parts <= (2 if language == "en" else 3)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "They look here next: not until Monday 4 January at 09:00."), ("cy", "dim cynt na dydd Llun 4 Ionawr")],
)
def test_a_team_that_is_closed_for_a_fortnight_says_so(desk: Desk, language: str, words: str) -> None:
    closed = {(MONDAY_NOON + timedelta(days=25 + days)).date() for days in range(17)}
    away = replace(desk, team=replace(desk.team, closed=frozenset(closed)))
    parent = Conversation("", Channel.SMS, Status.WITH_BOT, "welcome", "1", language=language)
    now = MONDAY_NOON + timedelta(days=25)
    (text,) = put_into_words(away, parent, (spoken("safety.life.urgent"),), now)
    assert words in text.body


@pytest.mark.parametrize(("language", "words"), [("en", "we cannot say when"), ("cy", "allwn ni ddim dweud pryd")])
def test_a_team_without_hours_promises_no_time(desk: Desk, language: str, words: str) -> None:
    away = replace(desk, team=replace(desk.team, hours={}))
    parent = Conversation("", Channel.SMS, Status.WITH_BOT, "welcome", "1", language=language)
    (text,) = put_into_words(away, parent, (spoken("safety.life.urgent"),), MONDAY_NOON)
    assert words in text.body
    assert text.promised is None


ON = {"en": ("helo", "2", "yes"), "cy": ("helo", "1", "ie")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_worry_gets_one_kind_line_once_and_the_journey_goes_on(
    desk: Desk, phone: Phone, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.text(*ON[language], "2")
    found = Screening("watch", (Match("SG-0", "substance", "watch", "gin", 0, 3),), "1")
    monkeypatch.setattr("bot.services.receive_message.screen_message", lambda *_: found)
    line = desk.catalogue.text(language, "safety.watch", {"mental_health": desk.helplines["mental_health"]})
    worried = phone.text("gin, gin")
    assert worried[0] == line
    assert len(worried) == 2
    assert phone.conversation.step == "as_you_like", "their words were the answer"
    assert line not in phone.text("3"), "once while it is open"
    assert phone.conversation.step == "own_words"


@pytest.mark.parametrize("words", ["my baby died", "bu farw fy mabi"])
def test_the_kind_line_never_stands_before_what_a_loss_is_answered_with(
    desk: Desk, phone: Phone, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.text("helo", "2", "yes", "2")
    found = Screening("watch", (Match("SG-0", "substance", "watch", "gin", 0, 3),), "1")
    monkeypatch.setattr("bot.services.receive_message.screen_message", lambda *_: found)
    assert phone.text(words)[0] == desk.catalogue.text("en", "side_doors.loss.say")


# What a text must never say to whoever holds the phone: words of services, in both languages.
SERVICE_WORDS = {
    "en": ("abus", "violen", "refuge", "safeguard", "police", "social work", "social serv", "mental health"),
    "cy": ("cam-drin", "trais", "dreis", "lloches", "diogelu", "heddlu", "gwasanaethau cymdeithasol", "iechyd meddwl"),
}
# What arrives unasked, and what answers somebody who said that it is not safe now.
UNASKED = (
    "common.person.back",
    "common.person.sorry",
    "after_the_call.after_call.ask",
    "self_referral.goodbye.come_back_safely",
    "self_referral.goodbye.nothing_more",
    "side_doors.back_again.ask",
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", UNASKED)
def test_what_arrives_unasked_names_no_service_and_nothing_at_first_sight(address: str, language: str) -> None:
    body = at_its_longest(language, address)
    assert [word for word in SERVICE_WORDS[language] if word in body.lower()] == []
    assert tells(language, body[:40]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_to_a_phone_holds_a_link_or_a_service_word(language: str) -> None:
    on_pages = ("chat", "console", "alerts", "map")
    # INFO and the offers answer a question about who we are and who can help.
    for address, entry in shipped().catalogue.entries(language).items():
        if address.partition(".")[0] in on_pages or address.endswith(".words"):
            continue
        for text in entry.strings:
            assert "http" not in text, address
            assert "www." not in text, address
            asked = address.startswith(("side_doors.honest_answer", "side_doors.info"))
            assert asked or [word for word in SERVICE_WORDS[language] if word in text.lower()] == [], address


NEVER_MIND = {"en": "never mind, I'm fine, forget it", "cy": "paid â phoeni, dwi'n iawn"}
TONIGHT = {"en": "I am going to kill myself tonight", "cy": "dwi'n mynd i ladd fy hun heno"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("after", ["never_mind", "stop", "exit"])
def test_what_is_said_after_a_disclosure_closes_nothing(desk: Desk, language: str, after: str) -> None:
    """It may be the parent who takes it back, or somebody who has the phone by now."""
    phone = Phone(desk, channel=Channel.WEB if after == "exit" else Channel.SMS)
    phone.text(*ON[language], "2", TONIGHT[language])
    if after == "never_mind":
        phone.text(NEVER_MIND[language])
    elif after == "stop":
        phone.text("STOP", opt_out_type="STOP")
    else:
        leave_chat(desk, phone.contact, desk.now())
    (alert,) = desk.database.read(concerns.live)
    assert (alert.severity, alert.state) == ("immediate", "open")
    if after == "never_mind":
        thread = phone.read(messages.thread)
        assert NEVER_MIND[language] in [entry.text for entry in thread], "staff see the later message"
    if after == "stop":
        assert "texts_off" in {task.kind for task in desk.database.read(tasks.open_tasks)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("answer", ["2", "3"])
def test_who_comes_back_after_saying_not_safe_is_asked_again_before_anything_else(
    desk: Desk, phone: Phone, language: str, answer: str
) -> None:
    """Safety changes, and is asked anew: "not now" is no answer for ever."""
    phone.text(*ON[language][:2], answer)
    assert is_unsafe_to_text(phone.conversation.answers)
    phone.text("helo")
    assert phone.conversation.step == "back_again"
    asked = phone.text("1")
    assert phone.conversation.step == "about"
    assert desk.catalogue.text(language, "self_referral.about.yes") in asked[-1]
    phone.text("1")
    assert phone.conversation.step == "stage"
    assert not is_unsafe_to_text(phone.conversation.answers)
