"""One referral in the shapes of HL7 FHIR R4, so that a record system can take it in. The one module that knows FHIR.

Source of the shapes: hl7.org/fhir/R4 (Bundle, Patient, ServiceRequest, Appointment, Consent, Communication). Codes that
FHIR leaves open are plain text, because no code system of the NHS has a listening call.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# FHIR's states of an appointment and of a request, by the state of a call.
_APPOINTMENT = {"booked": "booked", "called_off": "cancelled", "done": "fulfilled", "no_answer": "noshow"}
_REQUEST = {"booked": "active", "called_off": "revoked", "done": "completed", "no_answer": "active"}
_CONSENT_SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"
_LANGUAGE = "urn:ietf:bcp:47"


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the call sheet in words: what was asked, and what the parent said."""

    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """One answer about sharing. `whom` in words; `at` when it was given."""

    id: str
    whom: str
    given: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Referral:
    """What is handed on: only what the parent let us share. `caller` is who rings; `state` that of the call.

    `asks_for`, `about_sharing` and `policy`: in words, what is asked for, what the consents are about and their terms.
    """

    call_id: str
    person_id: str
    state: str
    name: str
    number: str
    language: str | None
    caller: str
    team: str
    starts_at: datetime
    ends_at: datetime
    asked_at: datetime
    lines: Sequence[Told]
    own_words: Sequence[Told]
    agreed: Sequence[Agreed]
    asks_for: str
    about_sharing: str
    policy: str


def referral_bundle(referral: Referral, now: datetime) -> dict[str, Any]:
    """The referral as a FHIR Bundle of the type `collection`, ready for JSON."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": _instant(now),
        "entry": [{"fullUrl": f"urn:helo:{each['id']}", "resource": each} for each in _resources(referral)],
    }


def _resources(referral: Referral) -> Iterator[dict[str, Any]]:
    person = {"reference": f"Patient/{referral.person_id}"}
    yield _patient(referral)
    yield {
        "resourceType": "ServiceRequest",
        "id": f"request-{referral.call_id}",
        "status": _REQUEST[referral.state],
        "intent": "proposal",
        "code": {"text": referral.asks_for},
        "subject": person,
        "authoredOn": _instant(referral.asked_at),
        "requester": person,
        "performer": [{"display": referral.team}],
        "note": [{"text": f"{line.label}: {line.words}"} for line in referral.lines] or [{"text": "-"}],
    }
    yield {
        "resourceType": "Appointment",
        "id": f"appointment-{referral.call_id}",
        "status": _APPOINTMENT[referral.state],
        "start": _instant(referral.starts_at),
        "end": _instant(referral.ends_at),
        "basedOn": [{"reference": f"ServiceRequest/request-{referral.call_id}"}],
        "participant": [
            {"actor": person, "status": "accepted"},
            {"actor": {"display": referral.caller}, "status": "accepted"},
        ],
    }
    for agreed in referral.agreed:
        yield {
            "resourceType": "Consent",
            "id": f"consent-{agreed.id}",
            "status": "active" if agreed.given else "rejected",
            "scope": {"coding": [{"system": _CONSENT_SCOPE, "code": "patient-privacy"}]},
            "category": [{"text": referral.about_sharing}],
            "patient": person,
            "dateTime": _instant(agreed.at),
            "policyRule": {"text": referral.policy},
            "provision": {
                "type": "permit" if agreed.given else "deny",
                "actor": [{"role": {"text": referral.about_sharing}, "reference": {"display": agreed.whom}}],
            },
        }
    if referral.own_words:
        yield {
            "resourceType": "Communication",
            "id": f"words-{referral.call_id}",
            "status": "completed",
            "subject": person,
            "sender": person,
            "sent": _instant(referral.asked_at),
            "payload": [{"contentString": f"{line.label}: {line.words}"} for line in referral.own_words],
        }


def _patient(referral: Referral) -> dict[str, Any]:
    patient: dict[str, Any] = {"resourceType": "Patient", "id": referral.person_id}
    if referral.name:
        patient["name"] = [{"use": "usual", "text": referral.name}]
    if referral.number:
        patient["telecom"] = [{"system": "phone", "value": referral.number, "use": "mobile"}]
    if referral.language:
        coding = {"system": _LANGUAGE, "code": referral.language}
        patient["communication"] = [{"language": {"coding": [coding]}, "preferred": True}]
    return patient


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
