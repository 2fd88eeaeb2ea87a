"""Another time or another caller for a call, a call brought back, and a call that staff book for a parent."""

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.domain.slots import Slot, moment_of
from bot.domain.turn import NAMED
from bot.services.allow_another_call import allow_another_call
from bot.services.book_for_parent import book_for_parent
from bot.services.bring_back_call import bring_back_call
from bot.services.change_call import NotATime, change_call
from bot.services.find_times import Times, find_times
from bot.services.take_call_in_hand import NoSuchCall, StaleCall
from bot.services.take_over import NoSuchConversation
from bot.storage import calls, conversations
from bot.storage.call_times import SlotTaken
from bot.storage.calls import AlreadyBooked, Call
from bot.storage.transaction import Transaction
from bot.web.console.call_lines import caller_name, language_of
from bot.web.console.calls import read_clock, read_day
from bot.web.console.page import in_wales, my_now, note_view, the_desk, who
from bot.web.console.sign_in import Page

_SLOT = re.compile(r"([0-9]{9,11})@([A-Za-z0-9_.-]{1,64})")


def add_routes(blueprint: Blueprint) -> None:
    """Change, allow another, bring back, book."""
    at = "/calls/<id:call_id>"
    blueprint.add_url_rule(f"{at}/change", "change_call", choose_change)
    blueprint.add_url_rule(f"{at}/move", "move_call", move_call, methods=["POST"])
    blueprint.add_url_rule(f"{at}/allow-another", "allow_another", allow_another, methods=["POST"])
    blueprint.add_url_rule(f"{at}/bring-back", "bring_back", bring_back, methods=["POST"])
    book = "/conversations/<id:conversation_id>/book"
    blueprint.add_url_rule(book, "book_for", choose_booking)
    blueprint.add_url_rule(f"{book}-it", "book_for_parent", book_call, methods=["POST"])


def choose_change(call_id: str) -> Page:
    """The times a call may move to."""
    return _change_page(call_id)


def move_call(call_id: str) -> Page | Response:
    """Moves it to the time that was chosen; says so where somebody was quicker."""
    revision = asked_revision()
    slot = _asked_slot()
    if slot is None:
        return _change_page(call_id, fault="no_time"), 422
    desk = the_desk()
    try:
        change_call(desk, call_id, slot, revision, who(), desk.now())
    except NoSuchCall:
        abort(404)
    except NotATime:
        return _change_page(call_id, fault="not_a_time"), 422
    except SlotTaken:
        return _change_page(call_id, fault="taken"), 409
    except StaleCall as stale:
        return stale_page(stale.call, "console.change.moved_to", slot), 409
    return redirect(url_for(".call_sheet", call_id=call_id))


def allow_another(call_id: str) -> Page | Response:
    """Lets the parent book one more call beside this one."""
    desk, revision = the_desk(), asked_revision()
    try:
        allow_another_call(desk, call_id, revision, who(), desk.now())
    except NoSuchCall:
        abort(404)
    except StaleCall as stale:
        return stale_page(stale.call, "console.change.allow_another"), 409
    return redirect(url_for(".call_sheet", call_id=call_id))


def bring_back(call_id: str) -> Page | Response:
    """Books a call again that was called off."""
    desk, revision = the_desk(), asked_revision()
    try:
        bring_back_call(desk, call_id, revision, who(), desk.now())
    except NoSuchCall:
        abort(404)
    except StaleCall as stale:
        return stale_page(stale.call, "console.change.bring_back"), 409
    except (SlotTaken, AlreadyBooked, NotATime) as fault:
        return _refused(_WHY[type(fault)], url_for(".call_sheet", call_id=call_id)), 409
    return redirect(url_for(".call_sheet", call_id=call_id))


def choose_booking(conversation_id: str) -> Page:
    """The times at which a parent may be rung."""
    return _book_page(conversation_id)


def book_call(conversation_id: str) -> Page | Response:
    """Books the time that was chosen."""
    slot = _asked_slot()
    if slot is None:
        return _book_page(conversation_id, fault="no_time"), 422
    desk = the_desk()
    try:
        call_id = book_for_parent(desk, conversation_id, slot, who(), desk.now())
    except NoSuchConversation:
        abort(404)
    except NotATime:
        return _book_page(conversation_id, fault="not_a_time"), 422
    except SlotTaken:
        return _book_page(conversation_id, fault="taken"), 409
    except AlreadyBooked:
        back = url_for(".conversation", conversation_id=conversation_id)
        return _refused("already_booked", back), 409
    return redirect(url_for(".call_sheet", call_id=call_id))


_WHY = {SlotTaken: "taken", AlreadyBooked: "already_booked", NotATime: "not_a_time"}


def asked_revision() -> int:
    """The revision of the call that the form was made from."""
    given = request.form.get("revision", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        abort(400)
    return int(given)


def stale_page(call: Call, wanted: str, slot: Slot | None = None, *, draft: str = "") -> str:
    """Both versions: the call as a colleague left it, and what was wanted here; what was typed is there to be copied.

    Nothing was changed.
    """
    desk = the_desk()

    def told(staff_key: str, at: Any) -> dict[str, Any]:
        return {"at": at, "name": caller_name(desk, staff_key)}

    return render_template(
        "console/conflict.html",
        now=f"console.call_state.{call.state}",
        now_call=told(call.staff_key, call.starts_at),
        wanted=wanted,
        wanted_call=told(slot.staff_key, slot.starts_at) if slot else None,
        draft=draft,
        back=url_for(".call_sheet", call_id=call.id),
    )


def _asked_slot() -> Slot | None:
    """The time that was chosen, or written in the fields for another time; None where there is none."""
    given = request.form.get("slot", "")
    if given != "own":
        found = _SLOT.fullmatch(given)
        if given and found is None:
            abort(400)
        return Slot.from_key(given) if found else None
    day, clock = read_day(request.form.get("day", "").strip()), read_clock(request.form.get("time", "").strip())
    person = request.form.get("person", "")
    if person not in the_desk().team.callers:
        abort(400)
    if day is None or clock is None:
        return None
    at = moment_of(day, clock)
    # In spring an hour is left out: what is written there would be booked an hour later than it reads.
    return Slot(at, person) if in_wales(at).time() == clock else None


def _change_page(call_id: str, fault: str | None = None) -> str:
    desk = the_desk()

    def look(tx: Transaction) -> tuple[Call, Times] | None:
        call = calls.load(tx, desk.vault, call_id)
        if call is None or call.state in {"held", "released"}:
            return None
        return call, find_times(desk, tx, language_of(call), my_now(), call=call)

    call, times = _or_no_page(desk.database.read, look)
    note_view("call", call_id)
    return render_template(
        "console/change_call.html",
        call=call,
        caller=caller_name(desk, call.staff_key),
        target=url_for(".move_call", call_id=call_id),
        back=url_for(".call_sheet", call_id=call_id),
        **_shown(times, fault),
    )


def _book_page(conversation_id: str, fault: str | None = None) -> str:
    desk = the_desk()

    def look(tx: Transaction) -> tuple[str | None, Times] | None:
        stored = conversations.load(tx, desk.vault, conversation_id)
        if stored is None or not stored.contact:
            return None
        conversation = stored.conversation
        language = NAMED.get(conversation.answers.get("call_language", ""), conversation.language)
        return language, find_times(desk, tx, language, my_now())

    _, times = _or_no_page(desk.database.read, look)
    note_view("conversation", conversation_id)
    return render_template(
        "console/change_call.html",
        call=None,
        target=url_for(".book_for_parent", conversation_id=conversation_id),
        back=url_for(".conversation", conversation_id=conversation_id),
        **_shown(times, fault),
    )


def _shown(times: Times, fault: str | None) -> dict[str, Any]:
    people = the_desk().team.callers
    return {
        "times": times,
        "fault": fault,
        "people": list(people.values()),
        "names": {key: person.name for key, person in people.items()},
        "written": request.form,
    }


def _or_no_page(read: Callable[[Any], Any], look: Callable[[Transaction], Any]) -> Any:
    found = read(look)
    if found is None:
        abort(404)
    return found


def _refused(why: str, back: str) -> str:
    return render_template("console/not_changed.html", why=why, back=back)
