"""What staff read is what the parent saw, less what the parent took out."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.referral import LINES, NEEDED_TO_RING, lines_for_parent, lines_for_staff, strike

ANSWERS = {name: f"answer to {name}" for name in LINES}


@given(st.sets(st.sampled_from(LINES)))
def test_a_line_taken_out_is_never_shown_again_and_staff_see_that_it_was(struck: set[str]) -> None:
    answers: dict[str, str] = dict(ANSWERS)
    for name in sorted(struck):
        answers = strike(answers, name)
    shown = {line.name: line.answer for line in lines_for_parent(answers)}
    assert shown == {name: ANSWERS[name] for name in LINES if name not in struck}
    for line in lines_for_staff(answers, shared=True):
        assert line.struck == (line.name in struck)
        assert line.answer == ("" if line.struck else ANSWERS[line.name])


def test_without_sharing_staff_get_only_what_ringing_needs() -> None:
    assert {line.name for line in lines_for_staff(ANSWERS, shared=False)} == set(NEEDED_TO_RING)


def test_lines_that_were_never_answered_are_not_there() -> None:
    assert [line.name for line in lines_for_parent({"who": "dad", "life": ""})] == ["who"]
