"""Which numbers we text, judged beside the library that holds every country's numbering plan."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.phone import is_uk_mobile, read_uk_mobile


@pytest.mark.parametrize(
    "typed",
    ["07700 900123", "07700900123", "+447700900123", "+44 (0)7700 900-123", "0044 7700 900 123", " 07700\u00a0900123 "],
)
def test_a_mobile_is_read_however_it_is_typed(typed: str) -> None:
    assert read_uk_mobile(typed) == "+447700900123"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "7700900123",
        "01443 700123",
        "070 1234 5678",
        "076 1234 5678",
        "09012345678",
        "+353 86 123 4567",
        "0770090012",
        "077009001234",
        "0٧700900123",
        "07700900123 or 07700900124",
        "my number",
    ],
)
def test_what_is_no_uk_mobile_is_not_read(typed: str) -> None:
    assert read_uk_mobile(typed) is None


def test_the_isle_of_man_has_mobiles_among_the_pagers() -> None:
    assert is_uk_mobile("+447624123456")
    assert not is_uk_mobile("+447623123456")


@given(st.from_regex(r"\+44(7[0-9]{9}|[1-9][0-9]{6,11})", fullmatch=True))
def test_the_library_finds_each_of_them_possible_and_no_real_mobile_is_missing(number: str) -> None:
    parsed = phonenumbers.parse(number, None)
    if is_uk_mobile(number):
        assert phonenumbers.is_possible_number(parsed)
    kind = phonenumbers.number_type(parsed)
    if kind == phonenumbers.PhoneNumberType.MOBILE and phonenumbers.region_code_for_number(parsed) in {"GB", "IM"}:
        assert is_uk_mobile(number)


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    read = read_uk_mobile(text)
    assert read is None or is_uk_mobile(read)
