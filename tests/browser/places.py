"""Puts a parent at any place of the journey at once, as if they had walked there."""

from datetime import timedelta

from playwright.sync_api import BrowserContext

from bot.content.library import load_library
from bot.domain.conversation import Channel, InboundMessage
from bot.services.begin_chat import begin_chat
from bot.services.receive_message import receive_message
from bot.services.reply_as_person import reply_as_person
from bot.services.take_over import take_over
from bot.settings import ROOT
from bot.storage import conversations
from bot.web.chat_session import new_key, new_session
from tests.web.parents import Site

ANSWERED = {
    "about": "yes",
    "stage": "under_1",
    "feeling": "mixed",
    "as_you_like": "not_really",
    "own_words": "More sleep",
    "who": "mum",
    "area": "bridgend",
    "call_name": "Sam",
    "call_number": "+447700900123",
    "call_language": "cymraeg",
}
# Where a parent can stand: where something is asked.
STEPS = sorted(step.name for step in load_library(ROOT / "flows").flow.steps.values() if step.ask)
# Where a parent stands when all is said.
ENDS = sorted(step.name for step in load_library(ROOT / "flows").flow.steps.values() if step.end)


def stand_at(site: Site, context: BrowserContext, step: str, language: str | None, *texts: str, ago: float = 0) -> str:
    """A chat at `step` in which `texts` were then sent, open in the browser of `context`; its conversation's id."""
    session, now = new_session(), site.clock() - timedelta(seconds=ago)
    begin_chat(site.desk, session, now)
    found = site.desk.database.read(
        lambda tx: conversations.find(tx, site.desk.vault, channel=Channel.WEB, contact=session)
    )
    assert found is not None
    conversation = found.conversation._replace(
        step=step,
        language=language,
        answers={**ANSWERED, **({"stage": "loss"} if "loss" in step else {})},
        loss="loss" in step,
        trail=() if step == "welcome" else ("stage",),
    )
    site.desk.database.write(lambda tx: conversations.save(tx, site.desk.vault, conversation, now, heard=True))
    for text in texts:
        receive_message(site.desk, InboundMessage("web", new_key(), Channel.WEB, session, text), now)
    context.add_cookies([{"name": "helo", "value": session, "url": site.url}])
    return conversation.id


def hand_to_a_person(site: Site, conversation_id: str, words: str) -> None:
    """A member of staff takes over and writes."""
    take_over(site.desk, conversation_id, "sian", site.clock())
    write_as_a_person(site, conversation_id, words)


def write_as_a_person(site: Site, conversation_id: str, words: str) -> None:
    """A member of staff writes."""
    reply_as_person(site.desk, conversation_id, words, "sian", site.clock(), once=words)
