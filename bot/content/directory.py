"""The directory: what is near a parent, from flows/offers/*.yaml, and where "near" is, from flows/areas.yaml."""

from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import Field, ValidationError

from bot.content.faults import ContentRefused, Fault
from bot.content.reading import Document, read_document
from bot.content.shapes import BothLanguages, Clock, Day, Strict, Weekday, YesNo, shape_faults
from bot.domain.answers import fold
from bot.domain.areas import ELSEWHERE, Area, Atlas
from bot.domain.offers import Offer

Shape = TypeVar("Shape", bound=Strict)


class _When(Strict):
    weekday: Weekday
    time: Clock


class _Offer(Strict):
    id: str
    demo: YesNo = False
    audience: str
    name: BothLanguages
    what: BothLanguages
    where: BothLanguages
    when: _When
    cost: BothLanguages
    stages: tuple[str, ...]
    people: tuple[str, ...] = Field(alias="for")
    owner: str
    checked: Day
    source: str


class _OffersFile(Strict):
    area: str
    offers: tuple[_Offer, ...]


class _Area(Strict):
    name: BothLanguages
    outward: tuple[str, ...]
    places: tuple[str, ...]


class _AreasFile(Strict):
    areas: dict[str, _Area]
    also_elsewhere: tuple[str, ...] = ()


def load_atlas(flows: Path) -> Atlas:
    """Areas, outward codes and places; raises `ContentRefused` with every fault."""
    document = read_document(flows / "areas.yaml")
    read = _read(_AreasFile, document)
    outward: dict[str, tuple[str, ...]] = {}
    places: dict[str, str] = {}
    faults: list[Fault] = []
    for key, area in read.areas.items():
        for code in area.outward:
            outward[fold(code)] = (*outward.get(fold(code), ()), key)
        for place in area.places:
            if places.setdefault(fold(place), key) != key:
                faults.append(document.fault(f"“{place}” is in two areas.", "areas", key, "places"))
    for code in read.also_elsewhere:
        outward[fold(code)] = (*outward.get(fold(code), ()), ELSEWHERE)
    if faults:
        raise ContentRefused(faults)
    areas = {key: Area(key, area.name.value()) for key, area in read.areas.items()}
    return Atlas(MappingProxyType(areas), MappingProxyType(outward), MappingProxyType(places))


def load_offers(flows: Path) -> tuple[Offer, ...]:
    """Every offer of every area; raises `ContentRefused` with every fault of every file."""
    faults: list[Fault] = []
    offers: list[Offer] = []
    for path in sorted((flows / "offers").glob("*.yaml")):
        try:
            offers += _offers_of(read_document(path))
        except ContentRefused as refused:
            faults += refused.faults
    seen: dict[str, Offer] = {}
    for offer in offers:
        if seen.setdefault(offer.id, offer) is not offer:
            faults.append(Fault(Path(offer.path), offer.line, f"“{offer.id}” is the id of another offer too."))
    if faults:
        raise ContentRefused(faults)
    return tuple(offers)


def _offers_of(document: Document) -> Iterable[Offer]:
    read = _read(_OffersFile, document)
    return [
        Offer(
            id=one.id,
            area=read.area,
            name=one.name.value(),
            what=one.what.value(),
            where=one.where.value(),
            cost=one.cost.value(),
            weekday=one.when.weekday,
            at=one.when.time,
            stages=frozenset(one.stages),
            people=frozenset(one.people),
            audience=one.audience,
            demo=one.demo,
            checked=one.checked.isoformat(),
            path=str(document.path),
            line=document.line("offers", place),
        )
        for place, one in enumerate(read.offers)
    ]


def _read(shape: type[Shape], document: Document) -> Shape:
    try:
        return shape.model_validate(document.data)
    except ValidationError as refused:
        raise ContentRefused(shape_faults(document, refused)) from None
