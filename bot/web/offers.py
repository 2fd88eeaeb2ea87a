"""The directory for anybody: as Open Referral UK, and one neutral entry for a parent's calendar."""

import re
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, jsonify, request

from bot.content.calendar_entry import neutral_entry
from bot.content.open_referral import about_feed, is_public, service_id, to_page, to_service
from bot.domain.conversation import LANGUAGES
from bot.domain.freshness import SHOWN
from bot.domain.offers import Directory, Offer
from bot.domain.slots import WALES
from bot.services.desk import Desk
from bot.services.judge_offer import judge_offer
from bot.services.know_offers import know_offers

PER_PAGE, MOST_PER_PAGE = 50, 500
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")


def offers_blueprint(desk: Desk) -> Blueprint:
    """Three routes, open to all; none of them knows who asks."""
    blueprint = Blueprint("offers", __name__, url_prefix="/offers")
    pages = OfferPages(desk)
    blueprint.add_url_rule("", "about", pages.about)
    blueprint.add_url_rule("/services", "services", pages.services)
    blueprint.add_url_rule("/services/<uuid:service>", "service", pages.service)
    blueprint.add_url_rule("/entry/<uuid:service>.ics", "entry", pages.entry)
    return blueprint


class OfferPages:
    """The pages of one deployment."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._ids = {service_id(offer): offer.id for offer in desk.directory.offers}

    def about(self) -> Response:
        """What kind of feed this is."""
        return jsonify(about_feed())

    def services(self) -> Response:
        """A page of what is for parents and confirmed by its owner; nothing else is public."""
        number, size = self._asked("page", 1), self._asked("per_page", PER_PAGE)
        return jsonify(to_page(self._public(), number=number, size=min(size, MOST_PER_PAGE)))

    def service(self, service: UUID) -> Response:
        """One of them."""
        offer = self._offer(service)
        if offer is None or not self._is_public(offer):
            abort(404)
        return jsonify(to_service(offer))

    def entry(self, service: UUID) -> Response:
        """The next time as a calendar entry that names neither what nor where."""
        offer, now = self._offer(service), self._desk.now()
        starts_at = offer.times.next_after(now) if offer and offer.times else None
        if (
            offer is None
            or offer.times is None
            or starts_at is None
            or judge_offer(self._desk, offer, now) not in SHOWN
        ):
            abort(404)
        language = request.args.get("language", LANGUAGES[0])
        if language not in LANGUAGES:
            abort(400)
        uid = sha256(f"{service} {starts_at.isoformat()}".encode()).hexdigest()[:32]
        title = self._desk.catalogue.text(language, "chat.offer.calendar_title")
        entry = neutral_entry(uid, title, starts_at, offer.times.end_of(starts_at), now)
        return Response(
            entry, mimetype="text/calendar", headers={"Content-Disposition": 'attachment; filename="entry.ics"'}
        )

    def _public(self) -> Iterable[dict[str, Any]]:
        return (to_service(offer) for offer in self._directory().offers if self._is_public(offer))

    def _directory(self) -> Directory:
        return self._desk.database.read(lambda tx: know_offers(self._desk, tx))

    def _offer(self, service: UUID) -> Offer | None:
        return self._directory().get(self._ids.get(service, ""))

    def _is_public(self, offer: Offer) -> bool:
        settings = self._desk.settings
        return is_public(
            offer,
            today=self._desk.now().astimezone(WALES).date(),
            keeps=timedelta(seconds=settings.offer_fresh_seconds),
            production=settings.is_production,
        )

    def _asked(self, name: str, default: int) -> int:
        asked = request.args.get(name)
        if asked is None:
            return default
        if not _NUMBER.fullmatch(asked):
            abort(400)
        return int(asked)
