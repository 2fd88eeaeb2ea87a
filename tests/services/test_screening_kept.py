"""What was found in each text is kept with the lexicon that was asked, and how far back a piece is still heard."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.conversation import LANGUAGES
from bot.services.desk import Desk
from bot.services.screen_message import MOST_EARLIER
from bot.storage import concerns
from bot.storage.database import Prepared
from bot.storage.tables import screening as table
from tests.desks import Phone
from tests.services.test_screen_message import PIECES

_KEPT = Prepared(
    select(table.c.lexicon_version, table.c.level, table.c.categories, table.c.matches).order_by(table.c.at)
)
FILLER = "hmm"


def kept(desk: Desk) -> tuple[Any, ...]:
    """The only screening there is."""
    (row,) = desk.database.read(lambda tx: tx.rows(_KEPT))
    return (row.lexicon_version, row.level, row.categories, row.matches is not None)


def test_that_nothing_matched_is_kept_with_the_version_of_the_lexicon(desk: Desk, phone: Phone) -> None:
    phone.text("helo")
    assert kept(desk) == (desk.lexicon.version, "none", "", False)


def test_a_disclosure_is_kept_with_the_version_of_the_lexicon(desk: Desk, phone: Phone) -> None:
    phone.text("I want to die")
    assert kept(desk) == (desk.lexicon.version, "urgent", "suicide_self_harm", True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("too_many", "alerts"), [(0, 1), (1, 0)])
def test_the_first_piece_is_heard_over_so_many_texts_and_no_more(
    desk: Desk, phone: Phone, language: str, too_many: int, alerts: int
) -> None:
    first, last = PIECES[language]
    phone.text("helo", first, *[FILLER] * (MOST_EARLIER - 1 + too_many))
    assert desk.database.read(concerns.live) == (), "nothing said so far says anything alone"
    phone.text(last)
    assert len(desk.database.read(concerns.live)) == alerts
