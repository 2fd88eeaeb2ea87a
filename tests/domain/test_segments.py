"""What a text costs: known tables, and properties that hold for every text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.segments import LONGEST_MESSAGE, Segments, count_segments, for_sms, split_for_sms

GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = "\f^{}\\[~]|€"
BASIC = st.text(st.sampled_from(GSM_BASIC), max_size=700)
GSM = st.text(st.sampled_from(GSM_BASIC + GSM_EXTENDED), max_size=700)
ANY = st.text(max_size=700)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments("GSM-7", 0, 0, ())),
        ("Helo", Segments("GSM-7", 4, 1, ())),
        ("a" * 160, Segments("GSM-7", 160, 1, ())),
        ("a" * 161, Segments("GSM-7", 161, 2, ())),
        ("a" * 306, Segments("GSM-7", 306, 2, ())),
        ("a" * 307, Segments("GSM-7", 307, 3, ())),
        ("€" * 80, Segments("GSM-7", 160, 1, ())),
        ("€" * 81, Segments("GSM-7", 162, 2, ())),
        # 76 pairs fill 152 of 153: the 77th goes to the next part whole, so two parts hold 152 pairs and not 153.
        ("€" * 152, Segments("GSM-7", 304, 2, ())),
        ("€" * 153, Segments("GSM-7", 306, 3, ())),
        ("ŵ" * 70, Segments("UCS-2", 70, 1, ("ŵ",))),
        ("ŵ" * 71, Segments("UCS-2", 71, 2, ("ŵ",))),
        ("ŵ" * 134, Segments("UCS-2", 134, 2, ("ŵ",))),
        ("ŵ" * 135, Segments("UCS-2", 135, 3, ("ŵ",))),
        ("🙂" * 35, Segments("UCS-2", 70, 1, ("🙂",))),
        ("🙂" * 36, Segments("UCS-2", 72, 2, ("🙂",))),
        # 33 pairs fill 66 of 67: a surrogate pair is never cut in two.
        ("🙂" * 66, Segments("UCS-2", 132, 2, ("🙂",))),
        ("🙂" * 67, Segments("UCS-2", 134, 3, ("🙂",))),
        ("Yn ôl i'r tŷ, yn ôl i'r tŵr", Segments("UCS-2", 27, 1, ("ô", "ŷ", "ŵ"))),
        ("£5, €6, [a|b] ~ ok", Segments("GSM-7", 23, 1, ())),
        ("cwestiwn è é ù ì ò à ä ö ü", Segments("GSM-7", 26, 1, ())),
        ("á", Segments("UCS-2", 1, 1, ("á",))),
        ("ç", Segments("UCS-2", 1, 1, ("ç",))),
        ("\x1b", Segments("UCS-2", 1, 1, ("\x1b",))),
    ],
)
def test_known_counts(text: str, expected: Segments) -> None:
    assert count_segments(text) == expected


def test_the_alphabet_is_the_one_of_the_standard() -> None:
    assert len(set(GSM_BASIC)) == 127  # 128 places, one of them the escape
    assert len(set(GSM_EXTENDED)) == 10
    assert [letter for letter in GSM_BASIC + GSM_EXTENDED if count_segments(letter).encoding != "GSM-7"] == []
    assert [letter for letter in GSM_BASIC if count_segments(letter).units != 1] == []
    assert [letter for letter in GSM_EXTENDED if count_segments(letter).units != 2] == []


@given(BASIC)
def test_plain_letters_fill_their_parts_completely(text: str) -> None:
    length = len(text)
    expected = min(length, 1) if length <= 160 else -(-length // 153)
    assert count_segments(text).parts == expected


@given(GSM)
def test_a_text_that_can_be_cut_by_hand_into_full_parts_needs_as_many(text: str) -> None:
    counted = count_segments(text)
    septets = sum(2 if letter in GSM_EXTENDED else 1 for letter in text)
    assert counted.units == septets
    if septets > 160:
        pieces, piece = [], 0
        for letter in text:
            width = 2 if letter in GSM_EXTENDED else 1
            if piece + width > 153:
                pieces.append(piece)
                piece = 0
            piece += width
        assert counted.parts == len([*pieces, piece])


@given(ANY)
def test_units_are_utf_16_units_when_one_letter_is_costly(text: str) -> None:
    counted = count_segments(text)
    assert (counted.encoding == "UCS-2") == bool(counted.costly)
    if counted.costly:
        assert counted.units == len(text.encode("utf-16-le", "surrogatepass")) // 2
        assert counted.parts >= -(-counted.units // 67) or counted.units <= 70
        assert len(set(counted.costly)) == len(counted.costly)
        assert all(letter in text for letter in counted.costly)


@given(ANY, ANY)
def test_more_text_is_never_cheaper(first: str, second: str) -> None:
    assert count_segments(first + second).parts >= count_segments(first).parts


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("‘it’s’ “fine”", "'it's' \"fine\""),
        ("9–5 — always…", "9-5 - always..."),
        ("Dr\u00a0Jones\u202f£5\tnow", "Dr Jones £5 now"),
        ("gov.\u200buk\ufeff a\u2060b\u200cc", "gov.uk abc"),
        ("one\u2028two", "one\ntwo"),
        ("Ŵyr tŷ â ê î ô û á é í ó ú ï ë", "Ŵyr tŷ â ê î ô û á é í ó ú ï ë"),
        ("cafe\u0301", "café"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("co\u00adoperate", "cooperate"),
        ("e\u200b\u0301", "é"),
    ],
)
def test_marks_are_made_plain_and_accents_are_kept(written: str, sent: str) -> None:
    assert for_sms(written) == sent


@given(ANY)
def test_making_plain_twice_changes_nothing_more(text: str) -> None:
    assert for_sms(for_sms(text)) == for_sms(text)


@given(ANY)
def test_no_letter_is_ever_lost(text: str) -> None:
    def letters(of: str) -> str:
        return "".join(c for c in unicodedata.normalize("NFC", of) if unicodedata.category(c)[0] in "LMN")

    kept = letters(for_sms(text))
    assert kept == letters("".join(c for c in unicodedata.normalize("NFC", text) if c != "\u180e"))


@given(st.text(st.sampled_from("ab ŵ🙂\n"), max_size=4000))
def test_long_words_are_sent_whole_in_messages_the_network_takes(text: str) -> None:
    messages = split_for_sms(text)
    assert "".join("".join(messages).split()) == "".join(text.split())
    assert all(message and len(message.encode("utf-16-le")) // 2 <= LONGEST_MESSAGE for message in messages)


def test_a_long_text_is_cut_between_words() -> None:
    assert split_for_sms("word " * 400) == (("word " * 300).strip(), ("word " * 100).strip())
    assert split_for_sms("a" * 1501) == ("a" * 1500, "a")
    assert split_for_sms("  short  ") == ("short",)
    assert split_for_sms(" \n ") == ()
