"""Takes a feed of Open Referral UK into the directory: one file of its own, written whole or not at all.

A later import replaces what an earlier one brought. The files that people keep are never touched.
"""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import yaml

from bot.content.directory import OFFERS, load_atlas, load_directory, offers_of, read_as
from bot.content.faults import ContentRefused
from bot.content.json_faults import ImportRefused, PathFault
from bot.content.offer_file import OffersFile
from bot.content.offer_plain import plain_offer
from bot.content.open_referral_in import read_services
from bot.content.reading import read_document
from bot.domain.offers import Offer

IMPORTED = "imported.yaml"
_HEAD = (
    "# Taken from a feed of Open Referral UK by `helo offers import`, which writes this whole file anew each time.\n"
    "# `welsh: not yet` and `checked: not yet` keep an entry from parents until somebody has seen to both.\n"
)


def import_offers(flows: Path, text: bytes, *, area: str = "", into: Path | None = None) -> tuple[Path, int]:
    """The file written, and how many offers it holds: 0, and nothing written, where all are kept already.

    `into` is another folder than the directory's own.

    Raises `ImportRefused` with every fault by its JSON path, and `ContentRefused` where the directory itself is
    damaged; nothing is written then.
    """
    folder = into or flows / OFFERS
    path = folder / IMPORTED
    offers = _new_ones(flows, path, read_services(text, area=area), whole=into is None)
    if not offers:
        return path, 0
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".import-", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(_written(offers))
            file.flush()
            os.fsync(file.fileno())
        _refuse_other_reading(part, offers)
        part.chmod(0o644)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path, len(offers)


def _new_ones(flows: Path, path: Path, offers: tuple[Offer, ...], *, whole: bool) -> tuple[Offer, ...]:
    """Without those that people keep in just the same words. Kept in other words is a fault, as is a strange area."""
    served = load_atlas(flows).served
    kept = {offer.id: offer for offer in load_directory(flows).offers if Path(offer.path) != path} if whole else {}
    faults = []
    for offer in offers:
        for area in offer.areas:
            if area not in served:
                sentence = f"“{area}” is no area of ours: {', '.join(served)}."
                faults.append(PathFault(f"{offer.path}.service_areas", sentence))
        if offer.id in kept and kept[offer.id] != offer:
            where = f"{Path(kept[offer.id].path).name}:{kept[offer.id].line}"
            faults.append(PathFault(f"{offer.path}.id", f"“{offer.id}” is kept by hand, with other facts, in {where}."))
    if faults:
        raise ImportRefused(faults)
    return tuple(offer for offer in offers if offer.id not in kept)


def _written(offers: Iterable[Offer]) -> str:
    entries = [plain_offer(offer) for offer in offers]
    areas = sorted({area for offer in offers for area in offer.areas})
    data = {"areas": areas, "offers": entries}
    return _HEAD + yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=116)


def _refuse_other_reading(part: Path, offers: tuple[Offer, ...]) -> None:
    """What was written is read as the same, or it is not kept."""
    try:
        document = read_document(part)
        same = tuple(offers_of(document, read_as(OffersFile, document))) == offers
    except ContentRefused:
        same = False
    if not same:
        raise ImportRefused([PathFault("$", "This cannot be kept as it stands: a text in it is not plain.")])
