"""How often offers were shown, taken and refused, month by month; small numbers are not shown, nor to be worked out."""

import re
from datetime import UTC, datetime

from flask import Blueprint, abort, render_template, request

from bot.domain.offer_numbers import KINDS, LEAST, suppress
from bot.storage import offer_events
from bot.web.console.page import in_wales, note_view, the_desk

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_BACK = 12


def add_routes(blueprint: Blueprint) -> None:
    """One page."""
    blueprint.add_url_rule("/directory/numbers", "offer_numbers", offer_numbers)


def offer_numbers() -> str:
    """One whole month, or the one that is running (in fives). There is no other span, so none can be subtracted."""
    desk = the_desk()
    today = in_wales(desk.now()).date()
    months = [_month(today.year, today.month - back) for back in range(_BACK)]
    asked = request.args.get("month", "")
    if asked and not _MONTH.fullmatch(asked):
        abort(400)
    chosen = next((month for month in months if f"{month:%Y-%m}" == asked), months[0])
    note_view("page", "offer_numbers")
    after = _month(chosen.year, chosen.month + 1)
    counts = desk.database.read(lambda tx: offer_events.count_parents(tx, chosen, after))
    known = {offer.id: offer for offer in desk.directory.offers}
    numbers = suppress(counts, running=chosen == months[0])
    return render_template(
        "console/offer_numbers.html",
        months=months,
        chosen=chosen,
        running=chosen == months[0],
        numbers=numbers,
        known=known,
        kinds=KINDS,
        least=LEAST,
    )


def _month(year: int, month: int) -> datetime:
    """The first moment of a month, however far the number runs over."""
    years, place = divmod(month - 1, 12)
    return datetime(year + years, place + 1, 1, tzinfo=UTC)
