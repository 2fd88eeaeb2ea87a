"""Helplines are links; nothing else is."""

import pytest

from bot.domain.conversation import Bilingual
from bot.web.number_links import NumberLinks

LINKS = NumberLinks(
    {
        "emergency": Bilingual("999", "999"),
        "silent": Bilingual("999, wedyn 55", "999, then 55"),
        "mental_health": Bilingual("111, pwysa 2", "111, press 2"),
        "samaritans": "116 123",
        "live_fear_free_text": "07860 077 333",
        "opening": "every day",
    }
)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Ring 999.", 'Ring <a href="tel:999">999</a>.'),
        ("999", '<a href="tel:999">999</a>'),
        ("Ffonia 111, pwysa 2.", 'Ffonia <a href="tel:111">111</a>, pwysa 2.'),
        ("Samaritans: 116 123, or 999", 'Samaritans: <a href="tel:116123">116 123</a>, or <a href="tel:999">999</a>'),
        ("Text 07860 077 333", 'Text <a href="sms:07860077333">07860 077 333</a>'),
        ("<b>999</b> & more", '&lt;b&gt;<a href="tel:999">999</a>&lt;/b&gt; &amp; more'),
    ],
)
def test_a_helpline_is_a_link(words: str, shown: str) -> None:
    assert LINKS.link(words) == shown


@pytest.mark.parametrize(
    "words",
    ["at 09:99 and 11:11", "07700 900999", "9999", "£1.99", "every day", "1/999", "01443 111", "999 111 222", ""],
)
def test_another_number_is_left_alone(words: str) -> None:
    assert LINKS.link(words) == words


def test_without_helplines_words_are_only_escaped() -> None:
    assert NumberLinks({}).link("<999>") == "&lt;999&gt;"
