"""No number of the table can be traced to fewer than five parents, nor worked out from the others."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.offer_numbers import KINDS, LEAST, Figure, suppress


def counts_of(shown: int, taken: int, refused: int) -> dict[str, int]:
    return {"shown": shown, "taken": taken, "refused": refused}


SOME = st.integers(0, 40).flatmap(
    lambda shown: st.integers(0, shown).flatmap(
        lambda taken: st.integers(0, shown - taken).map(lambda refused: counts_of(shown, taken, refused))
    )
)


def test_large_numbers_are_shown_as_they_are() -> None:
    numbers = suppress({"a": counts_of(30, 10, 8), "b": counts_of(20, 0, 9)}, running=False)
    assert numbers.rows["a"] == {"shown": Figure(30), "taken": Figure(10), "refused": Figure(8)}
    assert numbers.totals == {"shown": Figure(50), "taken": Figure(10), "refused": Figure(17)}


def test_a_small_number_is_hidden_and_the_total_with_it() -> None:
    numbers = suppress({"a": counts_of(30, 10, 8), "b": counts_of(4, 0, 0)}, running=False)
    assert numbers.rows["b"]["shown"] == Figure(None)
    assert numbers.totals["shown"] == Figure(None), "50 less 30 would give it away"
    assert numbers.totals["taken"] == Figure(10)


def test_what_is_left_over_is_a_number_too() -> None:
    assert suppress({"a": counts_of(9, 6, 0)}, running=False).rows["a"]["taken"] == Figure(None), "3 did not take it"
    row = suppress({"a": counts_of(20, 9, 8)}, running=False).rows["a"]
    assert row["refused"] == Figure(None), "3 did neither"


@given(st.dictionaries(st.sampled_from("abcdef"), SOME, max_size=6))
def test_nothing_small_can_be_read_or_worked_out(counts: dict[str, dict[str, int]]) -> None:
    numbers = suppress(counts, running=False)
    for kind in KINDS:
        column = [row[kind].number for row in numbers.rows.values()]
        assert not [number for number in column if number is not None and 0 < number < LEAST]
        if None in column:
            assert numbers.totals[kind].number is None
    for row in numbers.rows.values():
        shown, taken, refused = (row[kind].number for kind in KINDS)
        if shown is not None:
            for part in (taken, refused):
                assert part is None or not 0 < shown - part < LEAST
            if taken is not None and refused is not None:
                assert not 0 < shown - taken - refused < LEAST


@given(SOME, st.sampled_from(KINDS))
def test_one_parent_more_in_a_running_month_changes_nothing_within_five(counts: dict[str, int], kind: str) -> None:
    more = counts | {kind: counts[kind] + 1}
    before, after = (suppress({"a": each}, running=True).rows["a"][kind] for each in (counts, more))
    assert before == after or (counts[kind] + 1) % LEAST == 0
