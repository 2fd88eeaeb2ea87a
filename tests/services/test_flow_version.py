"""Which flow a conversation stands in is kept with it, and follows the flow that answered last; on both engines."""

import pytest
from sqlalchemy import select

from bot.domain.conversation import Channel
from bot.domain.status import Status
from bot.services.begin_chat import begin_chat
from bot.services.desk import Desk
from bot.storage import conversations
from bot.storage.database import Prepared
from bot.storage.tables import conversation
from tests.desks import Phone

OLDER = "1-of-last-year"


def kept_versions(desk: Desk) -> list[str]:
    """What the rows themselves say."""
    rows = desk.database.read(lambda tx: tx.rows(Prepared(select(conversation.c.flow_version))))
    return [row.flow_version for row in rows]


def make_older(desk: Desk, phone: Phone, status: Status) -> None:
    """As if an older flow had answered last."""
    older = phone.conversation._replace(flow_version=OLDER, status=status)
    desk.database.write(lambda tx: conversations.save(tx, desk.vault, older, desk.now(), heard=True))
    assert kept_versions(desk) == [OLDER]


@pytest.mark.parametrize("channel", list(Channel))
def test_a_new_parent_s_row_has_the_flow_s_version(desk: Desk, channel: Channel) -> None:
    Phone(desk, "somebody", channel).text("helo")
    assert kept_versions(desk) == [desk.library.flow.version]


def test_a_chat_that_was_only_welcomed_has_it_too(desk: Desk) -> None:
    begin_chat(desk, "token", desk.now())
    assert kept_versions(desk) == [desk.library.flow.version]


@pytest.mark.parametrize("status", [Status.WITH_BOT, Status.WITH_PERSON])
def test_an_older_version_gives_way_with_the_next_message(desk: Desk, phone: Phone, status: Status) -> None:
    phone.text("helo", "2")
    make_older(desk, phone, status)
    phone.text("yes")
    assert kept_versions(desk) == [desk.library.flow.version]
