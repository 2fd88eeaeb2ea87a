"""The words that raised an alert: marked, also those in an earlier message; and no guess is shown as a find."""

import re
import secrets
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.conversation import Channel, InboundMessage
from bot.services.receive_message import receive_message
from bot.storage import concerns
from bot.storage.findings import Finding
from bot.storage.messages import ThreadEntry
from bot.web.console.alert_words import Pieces, cut, what_was_said
from tests.factories import PARENT_NUMBER
from tests.web.console.house import House

AT = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)


def found(words: str, start: int, end: int, rule: str = "SG-001", category: str = "psychosis") -> Finding:
    return Finding(rule, category, "urgent", words, start, end)


def thread(*texts: str | None) -> list[ThreadEntry]:
    """A parent's messages, a minute apart, each answered."""
    entries = []
    for minute, text in enumerate(texts):
        at = AT + timedelta(minutes=minute)
        entries.append(ThreadEntry(at, "parent", text, str(minute), "urgent", None))
        entries.append(ThreadEntry(at, "bot", f"answer {minute}", str(minute), None, "answered"))
    return entries


def marks(parts: tuple[tuple[datetime, Pieces], ...]) -> list[tuple[int, str]]:
    """The minute of each part, and its text with the marked words in brackets."""
    return [
        ((at - AT).seconds // 60, "".join(f"[{piece}]" if inside else piece for piece, inside in pieces))
        for at, pieces in parts
    ]


@pytest.mark.parametrize(
    ("text", "places", "pieces"),
    [
        ("abc", [(1, 2)], (("a", False), ("b", True), ("c", False))),
        ("abc", [(0, 2), (1, 3)], (("abc", True),)),
        ("abc", [(-5, 99)], (("abc", True),)),
        ("abc", [(2, 1)], (("abc", False),)),
        ("", [(0, 1)], ()),
    ],
)
def test_words_are_cut_where_the_matches_are(text: str, places: list[tuple[int, int]], pieces: Pieces) -> None:
    assert cut(text, places) == pieces


def test_words_of_one_message_stand_alone() -> None:
    (said,) = what_was_said(thread("helo", "it hurts a lot", "diolch"), {"1": (found("hurts", 3, 8),)})
    assert marks(said.parts) == [(1, "it [hurts] a lot")]
    assert said.answers == ("answer 1",)


def test_both_halves_of_a_disclosure_are_shown() -> None:
    split = {"2": (found("he\nhits me", 0, 7),)}
    (said,) = what_was_said(thread("helo", "when he", "hits me at night", "ok"), split)
    assert marks(said.parts) == [(1, "when [he]"), (2, "[hits me] at night")]


def test_a_half_that_came_late_is_shown_with_what_followed_it() -> None:
    split = {"0": (found("he\nhits me", 0, 7),)}
    (said,) = what_was_said(thread("when he", "hits me", "ok"), split)
    assert marks(said.parts) == [(0, "when [he]"), (1, "[hits me]")]


def test_lines_of_one_message_are_no_split() -> None:
    (said,) = what_was_said(thread("he\nhits me", "when he\nhits me now"), {"1": (found("he\nhits me", 5, 15),)})
    assert marks(said.parts) == [(1, "when [he\nhits me] now")]


def test_where_the_other_half_was_erased_what_is_left_is_marked() -> None:
    (said,) = what_was_said(thread(None, "hits me at night"), {"1": (found("he\nhits me", 0, 7),)})
    assert marks(said.parts) == [(1, "[hits me] at night")]


def test_what_only_sounds_like_it_is_a_guess_and_what_a_pattern_found_is_not() -> None:
    matches = (
        found("hurts", 3, 8, "resembles", "substance"),
        found("hurts", 3, 8, "resembles", "psychosis"),
        found("hurts", 3, 8),
    )
    (said,) = what_was_said(thread("helo", "it hurts"), {"1": matches})
    assert (said.categories, said.guessed, said.rules) == (("substance", "psychosis"), ("substance",), ("SG-001",))


def tell(house: House, text: str) -> None:
    message = InboundMessage("twilio", f"SM{secrets.token_hex(16)}", Channel.SMS, PARENT_NUMBER, text)
    receive_message(house.desk, message, house.clock())


def the_alert(house: House) -> concerns.Alert:
    (alert,) = house.desk.database.read(lambda tx: concerns.live(tx))
    return alert


def quotes(page: str) -> list[str]:
    return [re.sub(r"</?mark>", "*", quote) for quote in re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", page, re.S)]


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_page_shows_what_was_read_together(house: House, language: str) -> None:
    for text in ("helo", "sorry but tonight i want to", "kill myself"):
        tell(house, text)
    browser = house.signed_in("safeguarding")
    browser.send("/staff/language", language=language, next="/staff/")
    page = browser.get(f"/staff/alerts/{the_alert(house).id}").text
    meaning = next(concern.meaning for concern in house.desk.lexicon.concerns if concern.id == "SG-004")
    assert meaning[language].replace("'", "&#39;") in page
    assert quotes(page) == ["sorry but tonight i *want to*", "*kill myself*"]
    assert house.desk.catalogue.text(language, "alerts.read_together").replace("'", "&#39;") in page
