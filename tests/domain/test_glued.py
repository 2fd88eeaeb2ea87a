"""A message without any space: cut where the commonest words are, and left alone where there are none."""

import pytest

from bot.domain.glued import build_rows

MET = {"dwi": 900, "isio": 700, "marw": 240, "i": 3000, "ma": 800, "mar": 20, "want": 80, "to": 900}
KNOWN = frozenset({"rw", "isiom", "die", "anna"})


@pytest.mark.parametrize(
    ("letters", "row"),
    [
        ("dwiisiomarw", ("dwi", "isio", "marw")),
        ("iwanttodie", ("i", "want", "to", "die")),  # known, and never met: dear, and the only way
        ("isiomarw", ()),  # two words are looked for elsewhere
        ("llongyfarchion", ()),  # no row of words
        ("rwrwrwrwrwrw", ()),  # too rare to be what anybody meant
        ("", ()),
    ],
)
def test_the_likeliest_words(letters: str, row: tuple[str, ...]) -> None:
    assert build_rows(KNOWN, MET).likeliest(letters) == row


def test_where_no_words_were_met_nothing_is_guessed() -> None:
    assert build_rows(frozenset({"dwi", "isio", "marw"}), {}).likeliest("dwiisiomarw") == ()
