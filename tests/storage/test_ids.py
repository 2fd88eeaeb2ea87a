"""Ids sort by time, and never meet."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.storage.ids import new_id

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_an_id_is_32_hex_characters_that_begin_with_the_time() -> None:
    id_ = new_id(NOW)
    assert re.fullmatch("[0-9a-f]{32}", id_)
    assert int(id_[:12], 16) == int(NOW.timestamp() * 1000)


def test_ids_of_one_moment_keep_their_order() -> None:
    made = [new_id(NOW) for _ in range(2000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_a_later_id_sorts_after_an_earlier_one_whatever_was_made_between() -> None:
    later = new_id(NOW + timedelta(milliseconds=1))
    assert new_id(NOW) < later


def test_more_ids_than_the_counter_holds_still_differ() -> None:
    moment = NOW + timedelta(days=1)
    assert len({new_id(moment) for _ in range(70_000)}) == 70_000


def test_a_naive_time_names_no_moment() -> None:
    with pytest.raises(TypeError):
        new_id(NOW.replace(tzinfo=None))
