"""Suggests one real thing near the parent at a time, at most three; then a person to talk to."""

from datetime import datetime

from bot.domain.conversation import Conversation
from bot.domain.offers import Offer, choose_offer
from bot.services.desk import Desk

MOST = 3


def suggest_offer(desk: Desk, conversation: Conversation, now: datetime, *, again: bool) -> Offer | None:
    """The offer last shown (`again`) or the next; None after three, or when nothing fits. Production shows no demo."""
    answers = conversation.answers
    open_to_parents = [offer for offer in desk.offers if not (offer.demo and desk.settings.is_production)]
    known = {offer.id: offer for offer in open_to_parents}
    if again:
        last = next((known[key] for key in reversed(conversation.shown or conversation.seen) if key in known), None)
        if last:
            return last
    seen = [key for key in conversation.seen if key in known]
    if len(seen) >= MOST or conversation.loss:
        return None
    return choose_offer(
        open_to_parents,
        area=answers.get("area", ""),
        stage=answers.get("stage", ""),
        who=answers.get("who", ""),
        seen=seen,
        now=now,
    )
