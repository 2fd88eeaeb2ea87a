"""A referral leaves in FHIR's shapes: what the parent agreed to share, and nothing that they took out."""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.domain.conversation import LANGUAGES
from bot.services.desk import Desk
from bot.services.export_referral import NoSuchReferral, export_referral
from bot.services.forget import forget
from bot.services.record_call_outcome import record_call_outcome
from bot.storage import audit, calls, consents
from tests.desks import Phone
from tests.services.test_receive_message import TO_SLOT


@cache
def fhir() -> jsonschema.Draft7Validator:
    folder = os.environ.get("HELO_SCHEMAS")
    if not folder:
        pytest.skip("HELO_SCHEMAS names no folder of public schemas")
    return jsonschema.Draft7Validator(json.loads((Path(folder) / "fhir_r4.json").read_text(encoding="utf-8")))


def faults(bundle: dict[str, Any]) -> list[str]:
    """What FHIR's own schema says of each resource; of the whole it would only say that nothing fits."""
    schema = fhir().schema
    found = []
    for each in [bundle, *resources(bundle)]:
        one = {**schema, "oneOf": [{"$ref": f"#/definitions/{each['resourceType']}"}]}
        found += [
            f"{each['resourceType']}: {fault.message}" for fault in jsonschema.Draft7Validator(one).iter_errors(each)
        ]
    return found


def resources(bundle: dict[str, Any], kind: str = "") -> Iterator[dict[str, Any]]:
    for entry in bundle["entry"]:
        if kind in ("", entry["resource"]["resourceType"]):
            yield entry["resource"]


@pytest.fixture
def call_id(phone: Phone) -> str:
    """A booked call; the line of own words was taken out."""
    summary = phone.text(*TO_SLOT, "1")[-1]
    place = next(line.split()[0] for line in summary.splitlines() if "more sleep" in line)
    phone.text(place, "A", "yes", "no", "no")
    call = phone.read(calls.of_conversation)
    assert call is not None
    return call.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_referral_is_sound_fhir(desk: Desk, call_id: str, language: str) -> None:
    bundle = export_referral(desk, call_id, language, "lead", desk.now())
    assert faults(bundle) == []
    kinds = [each["resourceType"] for each in resources(bundle)]
    assert set(kinds) == {"Patient", "ServiceRequest", "Appointment", "Consent", "Communication"}
    assert faults({**bundle, "type": "heap"}) or faults({**bundle, "colour": "red"})


def test_it_says_what_was_agreed_and_never_what_was_taken_out(desk: Desk, phone: Phone, call_id: str) -> None:
    bundle = export_referral(desk, call_id, "en", "lead", desk.now())
    whole = json.dumps(bundle)
    assert "more sleep" not in whole
    assert desk.catalogue.text("en", "console.sheet.struck") in whole
    (patient,) = resources(bundle, "Patient")
    assert patient["name"][0]["text"] == "Sam"
    assert patient["telecom"][0]["value"] == "07700 900123"
    (appointment,) = resources(bundle, "Appointment")
    assert appointment["status"] == "booked"
    said = {
        each["provision"]["actor"][0]["reference"]["display"]: each["provision"]["type"]
        for each in resources(bundle, "Consent")
    }
    assert list(said.values()).count("permit") == 2
    assert list(said.values()).count("deny") == 2
    dated = [each["dateTime"] for each in resources(bundle, "Consent")]
    assert dated == [desk.now().isoformat(timespec="seconds")] * len(dated)
    assert len(dated) == len(
        [one for one in phone.read(lambda tx, vault, id_: consents.history(tx, id_)) if one.what != "call"]
    )


def test_nothing_is_shared_of_somebody_who_did_not_agree(desk: Desk, phone: Phone) -> None:
    phone.text(*TO_SLOT, "1", "B")
    call = phone.read(calls.of_conversation)
    assert call is not None
    bundle = export_referral(desk, call.id, "en", "lead", desk.now())
    assert faults(bundle) == []
    assert "more sleep" not in json.dumps(bundle)
    assert list(resources(bundle, "Communication")) == []


@pytest.mark.parametrize(("outcome", "status"), [("talked", "fulfilled"), ("no_answer", "noshow")])
def test_how_the_call_went_is_told(desk: Desk, phone: Phone, call_id: str, outcome: str, status: str) -> None:
    call = phone.read(calls.of_conversation)
    assert call is not None
    record_call_outcome(desk, call_id, outcome, call.revision, "lead", desk.now())
    bundle = export_referral(desk, call_id, "en", "lead", desk.now())
    assert faults(bundle) == []
    assert next(resources(bundle, "Appointment"))["status"] == status


def test_handing_it_out_is_written_down_and_nobody_erased_leaves(desk: Desk, phone: Phone, call_id: str) -> None:
    export_referral(desk, call_id, "en", "lead", desk.now())
    written = desk.database.read(lambda tx: audit.entries(tx, "call", call_id))
    assert [(entry.who, entry.action) for entry in written if entry.action == "export"] == [("lead", "export")]
    whose = phone.conversation.id
    forget(desk, whose, who="lead", now=desk.now())
    for gone in (call_id, "0" * 32):
        with pytest.raises(NoSuchReferral):
            export_referral(desk, gone, "en", "lead", desk.now())
