"""One offer: confirmed with its owner today, corrected as the owner says, held back from parents."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.content.offer_facts import mark_of
from bot.domain.freshness import stale_on
from bot.domain.offers import PARENTS, Offer
from bot.services.judge_offer import judge_offer, keeps_for
from bot.services.keep_offer import StaleOffer, UnfitOffer, keep_offer, pause_offer
from bot.services.know_offers import know_offers
from bot.storage import audit, kept_offers
from bot.storage.audit import AuditEntry
from bot.storage.kept_offers import KeptOffer
from bot.storage.transaction import Transaction
from bot.web.console.change_call import asked_revision
from bot.web.console.offer_form import DAYS, LONGEST, NotOurForm, OfferDraft, draft_of, read_draft, said_in
from bot.web.console.page import in_wales, my_now, names_of_staff, note_view, the_desk, who
from bot.web.console.sign_in import Page


def add_routes(blueprint: Blueprint) -> None:
    """The page, and its two forms."""
    at = "/directory/<key:offer_id>"
    blueprint.add_url_rule(at, "one_offer", one_offer)
    blueprint.add_url_rule(f"{at}/keep", "keep_offer", keep, methods=["POST"])
    blueprint.add_url_rule(f"{at}/pause", "pause_offer", pause, methods=["POST"])


def one_offer(offer_id: str) -> str:
    """How it stands, who confirmed it when, and the form."""
    return _page(offer_id)


def keep(offer_id: str) -> Page | Response:
    """Keeps what its owner said; where a colleague was first, or the file was changed, both are shown."""
    desk, revision, mark = the_desk(), asked_revision(), request.form.get("mark", "")
    offer, _ = _known(offer_id)
    try:
        draft = read_draft(offer, request.form)
    except NotOurForm:
        abort(400)
    said = said_in(offer, draft, in_wales(my_now()).date())
    asked = request.form.get("asked") == "yes"
    try:
        keep_offer(desk, offer_id, said, who(), desk.now(), seen=revision, mark=mark, asked=asked)
    except UnfitOffer as unfit:
        return _page(offer_id, draft, faults=unfit.faults), 422
    except StaleOffer:
        return _page(offer_id, draft, stale=True), 409
    return redirect(url_for(".one_offer", offer_id=offer_id, kept="yes"))


def pause(offer_id: str) -> Page | Response:
    """Holds it back, or shows it again."""
    desk, revision, held = the_desk(), asked_revision(), request.form.get("held")
    offer, _ = _known(offer_id)
    if held not in ("yes", "no") or offer.audience != PARENTS:
        abort(400)
    try:
        pause_offer(desk, offer_id, who(), desk.now(), seen=revision, held=held == "yes")
    except StaleOffer:
        return _page(offer_id, stale=True), 409
    return redirect(url_for(".one_offer", offer_id=offer_id))


def _known(offer_id: str) -> tuple[Offer, KeptOffer | None]:
    """The offer as it stands, and what is kept of it; no page where there is none."""
    desk = the_desk()

    def look(tx: Transaction) -> tuple[Offer | None, KeptOffer | None]:
        return know_offers(desk, tx).get(offer_id), kept_offers.load(tx, offer_id)

    offer, kept = desk.database.read(look)
    if offer is None:
        abort(404)
    return offer, kept


def _page(
    offer_id: str, draft: OfferDraft | None = None, *, faults: tuple[tuple[str, str], ...] = (), stale: bool = False
) -> str:
    offer, kept = _known(offer_id)
    note_view("offer", offer_id)
    desk, now = the_desk(), my_now()
    mark = mark_of(_in_file(offer_id))
    return render_template(
        "console/one_offer.html",
        offer=offer,
        standing=judge_offer(desk, offer, now).value,
        ends=stale_on(offer, keeps_for(desk)),
        kept=kept,
        overtaken=kept is not None and kept.checked_at is not None and kept.mark != mark,
        saved=request.args.get("kept") == "yes",
        mark=mark,
        revision=kept.revision if kept else 0,
        draft=draft or draft_of(offer),
        before=draft_of(offer) if stale and draft else None,
        faults=faults,
        stale=stale,
        days=DAYS,
        longest=LONGEST,
        history=_history(offer_id),
        names=names_of_staff(),
        for_parents=offer.audience == PARENTS,
        areas=[desk.atlas.areas[key] for key in desk.atlas.served if key in offer.areas],
        starts_at=offer.times.next_after(now) if offer.times else None,
    )


def _in_file(offer_id: str) -> Offer:
    found = the_desk().directory.get(offer_id)
    if found is None:
        abort(404)
    return found


def _history(offer_id: str) -> list[AuditEntry]:
    """What was done to it, newest first, without who looked."""
    found = the_desk().database.read(lambda tx: audit.entries(tx, "offer", offer_id))
    return [entry for entry in reversed(found) if entry.action in ("confirm", "hold_back", "show_again")]
