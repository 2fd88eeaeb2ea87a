"""The directory: what is near a parent, from offers/*.yaml, and where "near" is, from areas.yaml.

A region is a folder with those two in it: flows/ itself is one, and every folder in flows/regions/ is one more.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import Field, ValidationError

from bot.content.faults import ContentRefused, Fault
from bot.content.offer_file import OffersFile
from bot.content.reading import Document, Place, read_document
from bot.content.shapes import BothLanguages, Strict, shape_faults
from bot.domain.answers import fold
from bot.domain.areas import ELSEWHERE, Area, Atlas
from bot.domain.offers import Directory, Offer

Shape = TypeVar("Shape", bound=Strict)
AREAS, OFFERS, REGIONS = "areas.yaml", "offers", "regions"


class _Area(Strict):
    name: BothLanguages
    outward: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


class _AreasFile(Strict):
    areas: dict[str, _Area] = Field(min_length=1)
    neighbours: dict[str, _Area] = Field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()


def regions(flows: Path) -> tuple[Path, ...]:
    """The folders of all regions, the first one first."""
    more = sorted(path.parent for path in (flows / REGIONS).glob(f"*/{AREAS}"))
    return (flows, *more)


def load_atlas(flows: Path) -> Atlas:
    """Areas, outward codes and places of all regions; raises `ContentRefused` with every fault."""
    faults: list[Fault] = []
    areas: dict[str, Area] = {}
    outward: dict[str, list[str]] = {}
    places: dict[str, list[str]] = {}
    for document, read in _each(_AreasFile, [region / AREAS for region in regions(flows)], faults):
        for served, group, name in ((True, read.areas, "areas"), (False, read.neighbours, "neighbours")):
            for key, area in group.items():
                if served and key in areas and areas[key].served:
                    faults.append(document.fault(f"“{key}” is an area of another region too.", name, key))
                if served or key not in areas:
                    areas[key] = Area(key, area.name.value(), served)
                faults += _spread(document, outward, (name, key, "outward"), area.outward, key)
                faults += _spread(document, places, (name, key, "places"), area.places, key)
        faults += _spread(document, places, ("elsewhere",), read.elsewhere, ELSEWHERE)
    if faults:
        raise ContentRefused(faults)
    return Atlas(MappingProxyType(_served_first(areas)), _fixed(outward), _fixed(places))


def load_directory(flows: Path) -> Directory:
    """Every offer of every region; raises `ContentRefused` with every fault of every file."""
    faults: list[Fault] = []
    offers: list[Offer] = []
    for region in regions(flows):
        known = _known_areas(region, faults)
        for document, read in _each(OffersFile, sorted((region / OFFERS).glob("*.yaml")), faults):
            offers += offers_of(document, read)
            named: list[tuple[Place, tuple[str, ...]]] = [(("areas",), read.areas)]
            named += [(("offers", number), entry.areas) for number, entry in enumerate(read.offers)]
            for place, areas in named if known else ():
                for area in sorted(set(areas) - known):
                    faults.append(document.fault(f"“{area}” is no area of {AREAS}.", *place))
    seen: dict[str, Offer] = {}
    for offer in offers:
        first = seen.setdefault(offer.id, offer)
        if first is not offer:
            where = f"{Path(first.path).name}:{first.line}"
            faults.append(Fault(Path(offer.path), offer.line, f"“{offer.id}” is the id of another offer too: {where}."))
    if faults:
        raise ContentRefused(faults)
    return Directory(tuple(offers))


def offers_of(document: Document, read: OffersFile) -> Iterable[Offer]:
    """The offers of one file, each with its line."""
    for place, entry in enumerate(read.offers):
        yield entry.offer(read.areas, str(document.path), document.line("offers", place))


def read_as(shape: type[Shape], document: Document) -> Shape:
    """The document as `shape`; raises `ContentRefused` with every fault."""
    try:
        return shape.model_validate(document.data)
    except ValidationError as refused:
        raise ContentRefused(shape_faults(document, refused)) from None


def _each(shape: type[Shape], paths: Iterable[Path], faults: list[Fault]) -> Iterator[tuple[Document, Shape]]:
    for path in paths:
        try:
            document = read_document(path)
            read = read_as(shape, document)
        except ContentRefused as refused:
            faults.extend(refused.faults)
        else:
            yield document, read


def _known_areas(region: Path, faults: list[Fault]) -> frozenset[str]:
    """The areas that the region's offers may name; none when its areas cannot be read, which is said elsewhere."""
    ignored: list[Fault] = []
    return frozenset(key for _, read in _each(_AreasFile, [region / AREAS], ignored) for key in read.areas)


def _spread(
    document: Document, into: dict[str, list[str]], place: tuple[str, ...], names: Iterable[str], key: str
) -> Iterator[Fault]:
    here: set[str] = set()
    for number, name in enumerate(names):
        folded = fold(name)
        if not folded:
            yield document.fault("This name is empty.", *place, number)
        elif folded in here:
            yield document.fault(f"“{name}” stands here twice.", *place, number)
        here.add(folded)
        keys = into.setdefault(folded, [])
        if key not in keys:
            keys.append(key)


def _served_first(areas: dict[str, Area]) -> dict[str, Area]:
    return {key: area for served in (True, False) for key, area in areas.items() if area.served is served}


def _fixed(found: dict[str, list[str]]) -> MappingProxyType[str, tuple[str, ...]]:
    return MappingProxyType({name: tuple(keys) for name, keys in found.items()})
