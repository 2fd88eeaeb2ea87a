"""The lines of the numbered items that a parent was shown last, as they read in both languages."""

from collections.abc import Callable, Iterable, Mapping

from bot.domain.conversation import LANGUAGES, Conversation, Line
from bot.domain.slots import Slot
from bot.domain.turn import Item
from bot.services.desk import Desk
from bot.services.share_referral import summary_items


def name_items(desk: Desk, conversation: Conversation) -> Mapping[str, tuple[str, ...]]:
    """By the key of each item that was shown at this step and can be answered with; nothing where there is none."""
    step = desk.library.flow.current(conversation.step)
    items = _ITEMS.get(step.take or "")
    if not step.item or not conversation.shown or items is None:
        return {}
    address, say = step.item, desk.catalogue.text
    return {
        item.key: tuple(say(language, address, item.values) for language in LANGUAGES)
        for item in items(desk, conversation)
        if item.key in conversation.shown
    }


def slot_item(slot: Slot) -> Item:
    """A free time, as it is shown."""
    return Item(slot.key, {"time": slot.starts_at})


def channel_item(channel: str) -> Item:
    """A way to talk, as it is shown."""
    return Item(channel, {"how": Line(f"booking.call_channel_how.{channel}")})


def area_items(desk: Desk, keys: Iterable[str]) -> tuple[Item, ...]:
    """Areas, as they are shown."""
    return tuple(Item(key, {"area": desk.atlas.areas[key].name}) for key in keys)


def _slots(desk: Desk, conversation: Conversation) -> tuple[Item, ...]:
    return tuple(slot_item(Slot.from_key(key)) for key in conversation.shown)


def _channels(desk: Desk, conversation: Conversation) -> tuple[Item, ...]:
    return tuple(channel_item(key) for key in conversation.shown)


def _areas(desk: Desk, conversation: Conversation) -> tuple[Item, ...]:
    return area_items(desk, [key for key in conversation.shown if key in desk.atlas.areas])


_ITEMS: Mapping[str, Callable[[Desk, Conversation], tuple[Item, ...]]] = {
    "slot": _slots,
    "channel": _channels,
    "area": _areas,
    "strike": summary_items,
}
