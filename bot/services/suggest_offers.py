"""Suggests one real thing near the parent at a time, at most three; then a person to talk to."""

from datetime import datetime

from bot.domain.choosing import Chosen, Wishes, choose_offer, reason_for
from bot.domain.conversation import Conversation
from bot.domain.freshness import SHOWN
from bot.services.desk import Desk
from bot.services.judge_offer import judge_offer

MOST = 3


def suggest_offer(desk: Desk, conversation: Conversation, now: datetime, *, again: bool) -> Chosen | None:
    """The offer last shown (`again`) or the next; None after three, when nothing fits, and after a loss."""
    if conversation.loss:
        return None
    wishes = _wishes(conversation)
    known = [key for key in conversation.seen if desk.directory.get(key)]
    if again:
        shown = [key for key in conversation.shown if desk.directory.get(key)] or known
        last = desk.directory.get(shown[-1]) if shown else None
        if last and judge_offer(desk, last, now) in SHOWN:
            return Chosen(last, last.times.next_after(now) if last.times else None, reason_for(last, wishes))
    if len(known) >= MOST:
        return None
    return choose_offer(desk.directory, wishes, now=now, is_open=lambda offer: judge_offer(desk, offer, now) in SHOWN)


def _wishes(conversation: Conversation) -> Wishes:
    """What the parent chose. Own words are for people to read: nothing is read into them here."""
    answers = conversation.answers
    return Wishes(
        area=answers.get("area", ""),
        stage=answers.get("stage", ""),
        band=answers.get("baby_age", ""),
        who=answers.get("who", ""),
        language=conversation.language or "",
        need=answers.get("own_words", ""),
        seen=conversation.seen,
    )
