"""The datasets of a release as their records describe them, read once for each release."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeAlias

from pyoxigraph import Literal, NamedNode

from hyteverkko.errors import NotFound
from hyteverkko.namespaces import ID, expanded
from hyteverkko.store.graph import ReleaseGraph, Row, Term
from hyteverkko.store.releases import Release, graph_label, manifest_checksum

DATASETS: Final = ID + "dataset/"
CATALOGUE: Final = NamedNode(DATASETS + "catalogue")
PUBLISHER: Final = ID + "agent/hyteverkko"
NAMING: Final = ("skos:prefLabel", "dct:title", "foaf:name", "rdfs:label")

Stated: TypeAlias = Mapping[str, tuple[Term, ...]]


@dataclass(frozen=True, slots=True)
class NamedThing:
    """A thing and its names."""

    iri: str
    names: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """A period with its first and last day, month or year, as far as they are stated."""

    iri: str
    start: Literal | None
    end: Literal | None


@dataclass(frozen=True, slots=True)
class DatasetRecord:
    """What is recorded of a dataset; texts in every language it has them in."""

    iri: str
    titles: tuple[Literal, ...]
    descriptions: tuple[Literal, ...]
    keywords: tuple[Literal, ...]
    rights: tuple[Literal, ...]
    publisher: NamedThing
    licence: str
    themes: tuple[str, ...]
    languages: tuple[str, ...]
    frequency: str
    places: tuple[NamedThing, ...]
    periods: tuple[Period, ...]
    graphs: tuple[str, ...]
    issued: str
    modified: str

    @property
    def key(self) -> str:
        """Give the last part of its IRI, which names its page and its downloads."""
        return self.iri.removeprefix(DATASETS)


@dataclass(frozen=True, slots=True)
class Datasets:
    """The record of the catalogue, and those of the datasets in it, in the order of their IRIs."""

    catalogue: DatasetRecord
    by_iri: Mapping[str, DatasetRecord]
    by_graph: Mapping[str, DatasetRecord]

    @property
    def records(self) -> tuple[DatasetRecord, ...]:
        """Give the records of the datasets."""
        return tuple(self.by_iri.values())

    def of(self, dataset: NamedNode) -> DatasetRecord:
        """Give the record of a dataset; raise NotFound when the catalogue has no such dataset."""
        found = self.by_iri.get(dataset.value)
        if found is None:
            raise NotFound("Nothing is known under this address.")
        return found


@lru_cache(maxsize=2)
def datasets_of(graph: ReleaseGraph) -> Datasets:
    """Read the records of a release: of the datasets that have a graph in it.

    So the release's description of itself, which has a record too, is not harvested. What a record
    leaves out and the catalogue's own record states holds for it too: themes, keywords, languages,
    and the country it is about.
    """
    stated = _by_thing(graph.rows("dataset_records", catalogue=CATALOGUE), "dataset")
    around = _by_thing(graph.rows("dataset_surroundings", catalogue=CATALOGUE), "thing")
    own = stated.pop(CATALOGUE.value, {})
    records = (_record(iri, stated[iri], own, around) for iri in sorted(stated))
    held = graph.release.objects.keys()
    by_iri = {one.iri: one for one in records if held & set(map(graph_label, one.graphs))}
    catalogue = _record(CATALOGUE.value, own, own, around)
    by_graph = {one: record for record in (catalogue, *by_iri.values()) for one in record.graphs}
    return Datasets(catalogue, MappingProxyType(by_iri), MappingProxyType(by_graph))


def version_of(record: DatasetRecord, release: Release) -> str:
    """Give the version of a dataset: it changes with the content of its graphs, and only then."""
    names = map(graph_label, record.graphs)
    held = {name: release.objects[name] for name in names if name in release.objects}
    return manifest_checksum(held)[:12]


def _record(
    iri: str, stated: Stated, default: Stated, around: Mapping[str, Stated]
) -> DatasetRecord:
    titles = _texts(stated, "dct:title")
    publishers = (*_iris(stated, "dct:publisher"), *_iris(default, "dct:publisher"), PUBLISHER)
    return DatasetRecord(
        iri=iri,
        titles=titles,
        descriptions=_texts(stated, "dct:description") or titles,
        keywords=_texts(stated, "dcat:keyword") or _texts(default, "dcat:keyword"),
        rights=_texts(stated, "dct:rights"),
        publisher=_named(publishers[0], around),
        licence=next(iter(_iris(stated, "dct:license")), ""),
        themes=_iris(stated, "dcat:theme") or _iris(default, "dcat:theme"),
        languages=_iris(stated, "dct:language") or _iris(default, "dct:language"),
        frequency=next(iter(_iris(stated, "dct:accrualPeriodicity")), ""),
        places=tuple(
            _named(one, around)
            for one in _iris(stated, "dct:spatial") or _iris(default, "dct:spatial")
        ),
        periods=tuple(_period(one, around) for one in _iris(stated, "dct:temporal")),
        graphs=_iris(stated, "hyte:graph"),
        issued=next((one.value for one in _texts(stated, "dct:issued")), ""),
        modified=next((one.value for one in _texts(stated, "dct:modified")), ""),
    )


def _named(iri: str, around: Mapping[str, Stated]) -> NamedThing:
    held = around.get(iri, {})
    named = (_texts(held, naming) for naming in NAMING)
    return NamedThing(iri, next((names for names in named if names), ()))


def _period(iri: str, around: Mapping[str, Stated]) -> Period:
    start, end = (
        next(iter(_texts(around.get(iri, {}), name)), None)
        for name in ("dcat:startDate", "dcat:endDate")
    )
    return Period(iri, start, end)


def _by_thing(rows: Iterable[Row], variable: str) -> dict[str, Stated]:
    found: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        thing, property_ = row[variable], row["property"]
        if isinstance(thing, NamedNode) and isinstance(property_, NamedNode):
            found[thing.value][property_.value].append(row["value"])
    return {
        thing: {name: tuple(sorted(set(values), key=str)) for name, values in held.items()}
        for thing, held in found.items()
    }


def _texts(stated: Stated, name: str) -> tuple[Literal, ...]:
    return tuple(one for one in stated.get(expanded(name), ()) if isinstance(one, Literal))


def _iris(stated: Stated, name: str) -> tuple[str, ...]:
    return tuple(one.value for one in stated.get(expanded(name), ()) if isinstance(one, NamedNode))
