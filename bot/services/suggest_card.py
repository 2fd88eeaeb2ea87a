"""Suggests one small thing to try with baby, by age; never after a loss."""

from bot.domain.cards import Card, band_of, choose_card
from bot.domain.conversation import Conversation
from bot.services.desk import Desk


def suggest_card(desk: Desk, conversation: Conversation) -> Card | None:
    """A card for the age the parent told us, another one than before where there is one; None after a loss."""
    if conversation.loss:
        return None
    answers = conversation.answers
    return choose_card(
        desk.cards,
        band=band_of(answers.get("stage", ""), answers.get("baby_age", "")),
        need=answers.get("own_words", ""),
        seen=conversation.seen,
    )
