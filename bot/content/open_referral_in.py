"""Open Referral UK services as offers: every fault with its JSON path, and nothing half read.

A feed that is not ours has no Welsh and was not checked by us: what comes from it says so, and is offered to nobody
until somebody has seen to both.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from bot.content.json_faults import ImportRefused, PathFault, Place, clean, dotted, parsed, services_in, with_lists
from bot.content.offer_file import MOST_MONTHS, NOT_YET, OfferEntry
from bot.content.open_referral import TAXONOMY
from bot.content.schedule_in import read_schedule
from bot.domain.conversation import Bilingual
from bot.domain.offers import Offer

TO_CONFIRM = Bilingual("i'w gadarnhau", "to be confirmed")
_STATUSES = frozenset({"active", "inactive", "defunct", "temporarily closed"})
_NAME = re.compile(r"[a-z_]+(?:\.[a-z0-9_]+){0,3}")


def read_services(text: bytes, *, area: str = "") -> tuple[Offer, ...]:
    """The offers of a page, a list, or one service, the `path` of each where it stood. `area` is for services that name
    none of ours.

    Raises `ImportRefused` with every fault of every service: all are read, or none.
    """
    found = list(services_in(parsed(text)))
    faults: list[PathFault] = []
    offers: dict[str, Offer] = {}
    for path, service in found:
        reading = _Service(path, service)
        offer = reading.offer(area)
        faults += reading.faults
        if offer is not None and offers.setdefault(offer.id, offer) is not offer:
            faults.append(PathFault(f"{path}.id", f"“{offer.id}” is the id of an earlier service too."))
    if not found:
        faults.append(PathFault("$", "There is no service in this file."))
    if faults:
        raise ImportRefused(faults)
    return tuple(offers.values())


@dataclass
class _Service:
    """One service while it is read: `plain` is what its offer's file would hold, `paths` where each part came from."""

    path: str
    service: Any
    faults: list[PathFault] = field(default_factory=list)
    plain: dict[str, Any] = field(default_factory=dict)
    paths: dict[Place, str] = field(default_factory=dict)

    def offer(self, area: str) -> Offer | None:
        """The offer; None where there are faults."""
        if not isinstance(self.service, dict):
            self._fault("", "must be a service.")
            return None
        self._must_have()
        ours = self._ours()
        if ours:
            self.plain = ours
        else:
            self._from_profile(area)
        if self.faults:
            return None
        return self._made()

    def _must_have(self) -> None:
        try:
            UUID(self._text(self.service, "id", required=True) or "0" * 32)
        except ValueError:
            self._fault(".id", "is no UUID.")
        self._text(self.service, "name", required=True)
        status = self._text(self.service, "status", required=True)
        if status and status not in _STATUSES:
            self._fault(".status", f"may be {', '.join(sorted(_STATUSES))}.")

    def _ours(self) -> dict[str, Any]:
        """What stands in attributes of our own: the whole offer, when we wrote it."""
        plain: dict[str, Any] = {}
        for number, attribute in enumerate(self._list(self.service, "attributes")):
            here = f".attributes[{number}]"
            term = attribute.get("taxonomy_term") if isinstance(attribute, dict) else None
            if not isinstance(attribute, dict) or not isinstance(term, dict | None):
                self._fault(here, "must be an attribute with a taxonomy_term.")
            elif term and term.get("taxonomy") == TAXONOMY and attribute.get("link_type") == TAXONOMY:
                name = self._text(term, "name", f"{here}.taxonomy_term", required=True)
                value = self._text(term, "description", f"{here}.taxonomy_term", required=True)
                if name and value:
                    self._put(plain, name, value, f"{here}.taxonomy_term.description")
        return plain

    def _put(self, plain: dict[str, Any], name: str, value: str, path: str) -> None:
        """Puts a text where its name says: for.0, name.cy."""
        if not _NAME.fullmatch(name):
            self._fault(path, f"“{name[:60]}” is no name of ours.")
            return
        *way, last = name.split(".")
        here: Any = plain
        for depth, part in enumerate(way, 1):
            here = here.setdefault(part, {}) if isinstance(here, dict) else None
            self.paths.setdefault(tuple(way[:depth]), f"{self.path}{path}")
        if not isinstance(here, dict) or last in here:
            self._fault(path, f"“{name}” does not go together with another name here.")
            return
        here[last] = value
        self.paths[tuple(int(part) if part.isdigit() else part for part in (*way, last))] = f"{self.path}{path}"

    def _from_profile(self, area: str) -> None:
        """What a feed that is not ours says in the profile's own fields."""
        service = self.service
        name = self._text(service, "name")
        words = {
            "name": (name, ".name"),
            "what": (self._text(service, "description") or name, ".description"),
            "cost": (self._text(service, "fees"), ".fees"),
        }
        for part, (text, path) in words.items():
            self._say(part, text, path)
        organization = service.get("organization")
        owner = self._text(organization, "name", ".organization") if isinstance(organization, dict) else ""
        self.plain |= {
            "id": f"oruk-{self._text(service, 'id').lower()}",
            "areas": [area] if area else [],
            "audience": "parents",
            "tier": "informal",
            "thrive": "getting_advice",
            "kind": "service",
            "for": ["everyone"],
            "join": ["ring"],
            "owner": owner or name,
            "owner_email": self._text(service, "assurer_email"),
            "checked": NOT_YET,
            "source": f"Open Referral UK: {owner or name}",
            "welsh": NOT_YET,
            "ages": self._ages(),
            "contact": self._contact(),
        }
        self.paths |= {("areas",): f"{self.path}.service_areas", ("owner_email",): f"{self.path}.assurer_email"}
        if not area:
            self._fault(".service_areas", "names no area of ours; say which with --area.")
        self._place()
        times, words_for_it = read_schedule(self._list(service, "schedules"), lambda at, why: self._fault(at, why))
        if times:
            self.plain["times"] = times
            self.paths[("times",)] = f"{self.path}.schedules[0]"
        else:
            self._say("when", words_for_it, ".schedules")

    def _ages(self) -> dict[str, str]:
        months = {}
        for name, ours, factor in (("minimum_age", "from_months", 12), ("maximum_age", "to_months", 12)):
            age = self.service.get(name)
            if age is None:
                continue
            if isinstance(age, bool) or not isinstance(age, int | float) or not 0 <= age <= 200:
                self._fault(f".{name}", "must be an age in years.")
                continue
            months[ours] = str(min(MOST_MONTHS, round(age * factor)))
            self.paths["ages", ours] = self.paths[("ages",)] = f"{self.path}.{name}"
        # From five years on it is the parent who attends: then the child may be of any age.
        for_the_parent = months.get("from_months") == str(MOST_MONTHS)
        return {"pregnancy": "yes"} if for_the_parent else months

    def _contact(self) -> dict[str, str]:
        found = {"email": self._text(self.service, "email"), "web": self._text(self.service, "url")}
        self.paths |= {("contact", "email"): f"{self.path}.email", ("contact", "web"): f"{self.path}.url"}
        for number, contact in enumerate(self._list(self.service, "contacts")):
            if not isinstance(contact, dict):
                self._fault(f".contacts[{number}]", "must be a contact.")
                continue
            for place, phone in enumerate(self._list(contact, "phones", f".contacts[{number}]")):
                here = f".contacts[{number}].phones[{place}]"
                if not isinstance(phone, dict):
                    self._fault(here, "must be a phone.")
                    continue
                kind = "text" if phone.get("type") == "text" else "phone"
                found.setdefault(kind, self._text(phone, "number", here))
                self.paths.setdefault(("contact", kind), f"{self.path}{here}.number")
        return {name: value for name, value in found.items() if value}

    def _place(self) -> None:
        for number, each in enumerate(self._list(self.service, "service_at_locations")):
            location = each.get("location") if isinstance(each, dict) else None
            here = f".service_at_locations[{number}].location"
            if not isinstance(location, dict):
                self._fault(here, "must be a location.")
                continue
            lines = [self._text(location, "name", here)]
            for place, address in enumerate(self._list(location, "addresses", here)):
                at = f"{here}.addresses[{place}]"
                if isinstance(address, dict):
                    lines += [self._text(address, part, at) for part in ("address_1", "city", "postal_code")]
                else:
                    self._fault(at, "must be an address.")
            if "where" not in self.plain:
                self._say("where", ", ".join(filter(None, lines)), here)

    def _say(self, part: str, text: str, path: str) -> None:
        """The same words in both languages, until somebody has written the Welsh."""
        self.plain[part] = {"cy": text, "en": text} if text else {"cy": TO_CONFIRM.cy, "en": TO_CONFIRM.en}
        self.paths[(part,)] = f"{self.path}{path}"

    def _made(self) -> Offer | None:
        plain = with_lists(self.plain)
        try:
            return OfferEntry.model_validate(plain).offer((), self.path, 0)
        except ValidationError as refused:
            for error in refused.errors(include_url=False, include_input=False):
                self.faults.append(PathFault(self._where(error["loc"]), f"{dotted(error['loc'])}: {error['msg']}."))
            return None

    def _where(self, place: Place) -> str:
        for length in range(len(place), 0, -1):
            if place[:length] in self.paths:
                return self.paths[place[:length]]
        return self.path

    def _text(self, node: Mapping[str, Any], name: str, at: str = "", *, required: bool = False) -> str:
        value = node.get(name)
        if value is None and not required:
            return ""
        if not isinstance(value, str):
            self._fault(f"{at}.{name}", "is missing." if value is None else "must be text.")
            return ""
        cleaned = clean(value)
        if required and not cleaned:
            self._fault(f"{at}.{name}", "is empty.")
        return cleaned

    def _list(self, node: Mapping[str, Any], name: str, at: str = "") -> list[Any]:
        value = node.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self._fault(f"{at}.{name}", "must be a list.")
            return []
        return value

    def _fault(self, path: str, sentence: str) -> None:
        self.faults.append(PathFault(f"{self.path}{path}", sentence))
