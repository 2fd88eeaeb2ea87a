"""The directory for staff: every entry, where it stands, and what is due. Those for staff only are shown here alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, render_template, request

from bot.domain.freshness import Standing, stale_on
from bot.domain.offers import PARENTS, Offer
from bot.services.desk import Desk
from bot.services.judge_offer import judge_offer, keeps_for
from bot.services.know_offers import know_offers
from bot.storage import kept_offers
from bot.storage.kept_offers import KeptOffer
from bot.storage.transaction import Transaction
from bot.web.console.page import names_of_staff, note_view, the_desk

# What needs somebody comes first.
_ORDER = (
    Standing.STALE,
    Standing.SOON,
    Standing.PAUSED,
    Standing.NO_CONTACT,
    Standing.NOT_CHECKED,
    Standing.NO_WELSH,
    Standing.ONLY_REAL,
    Standing.ONLY_DEMO,
    Standing.OPEN,
    Standing.STAFF_ONLY,
)
DUE = frozenset({Standing.STALE, Standing.SOON})


@dataclass(frozen=True, slots=True)
class OfferLine:
    """One entry in the list: `standing` is a code with words; `ends` the first day its check counts no more; `kept`
    who confirmed it or held it back."""

    offer: Offer
    standing: str
    is_due: bool
    ends: date | None
    kept: KeptOffer | None


def add_routes(blueprint: Blueprint) -> None:
    """One page."""
    blueprint.add_url_rule("/directory", "directory", directory)


def directory() -> str:
    """All entries, or those of one area."""
    desk = the_desk()
    area = request.args.get("area", "")
    if area and area not in desk.atlas.served:
        abort(400)
    note_view("page", "directory")
    lines = list(desk.database.read(lambda tx: tuple(_lines(desk, tx, area))))
    return render_template(
        "console/directory.html",
        areas=[desk.atlas.areas[key] for key in desk.atlas.served],
        area=area,
        due=[line for line in lines if line.is_due],
        for_parents=[line for line in lines if not line.is_due and line.offer.audience == PARENTS],
        for_staff=[line for line in lines if line.offer.audience != PARENTS],
        names=names_of_staff(),
        starts={line.offer.id: line.offer.times.next_after(desk.now()) for line in lines if line.offer.times},
    )


def count_due(desk: Desk, tx: Transaction) -> int:
    """How many entries run out within a fortnight, or have."""
    now = desk.now()
    return sum(judge_offer(desk, offer, now) in DUE for offer in know_offers(desk, tx).offers)


def _lines(desk: Desk, tx: Transaction, area: str) -> Iterable[OfferLine]:
    now, keeps, kept = desk.now(), keeps_for(desk), kept_offers.every(tx)
    offers = know_offers(desk, tx).offers
    judged = [(judge_offer(desk, offer, now), offer) for offer in offers if not area or area in offer.areas]
    for standing, offer in sorted(judged, key=lambda each: (_ORDER.index(each[0]), each[1].areas, each[1].id)):
        yield OfferLine(offer, standing.value, standing in DUE, stale_on(offer, keeps), kept.get(offer.id))
