"""Made-up data of the project's own kind, in any amount; the same seed gives the same quads.

Municipalities with their groups, memberships, posts, plans, goals and meetings, and the evidence
of each statement, named in Finnish, Swedish and English. The ontology is the real one, and what
follows is derived by its real rules.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import islice, product
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

from hyteverkko.ingest.publish import canonical_lines
from hyteverkko.ingest.rdf import read_file, repository_files
from hyteverkko.ingest.rules import derive
from hyteverkko.namespaces import DEF, GRAPHS, ID, PREFIXES
from pyoxigraph import DefaultGraph, Literal, Quad, RdfFormat, Store, parse

ROOT: Final = Path(__file__).resolve().parents[2]
QUADS: Final = 1_000_000
SEED: Final = 1
TOGETHER: Final = 2
"""How many municipalities the rules see at once: some rules take more than linear time."""

REAL: Final = ("ontology", "data/legislation")
"""What is not made up: the ontology, and the law that it refers to."""

Values: TypeAlias = Mapping[str, str | Iterable[str]]
"""The statements about a thing: prefixed property to one or more terms as N-Quads writes them."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the three languages."""

    fi: str
    sv: str
    en: str

    @property
    def literals(self) -> tuple[str, str, str]:
        """Give the names as literals with their languages."""
        return f'"{self.fi}"@fi', f'"{self.sv}"@sv', f'"{self.en}"@en'


@dataclass(frozen=True, slots=True)
class Concepts:
    """The concepts of the ontology: by scheme their IRIs, by IRI their names."""

    by_scheme: Mapping[str, Sequence[str]]
    names: Mapping[str, Name]


@dataclass(frozen=True, slots=True)
class Group:
    """A group that a municipality may have."""

    key: str
    type: str
    kind: str
    name: Name
    target: str


@dataclass(frozen=True, slots=True)
class Place:
    """A made-up municipality."""

    code: str
    slug: str
    name: Name
    region: int


def names(text: str) -> tuple[Name, ...]:
    """Read names off a text: the three languages in turn."""
    words = text.split()
    return tuple(Name(*words[i : i + 3]) for i in range(0, len(words), 3))


FIRST: Final = names("""
    Kuusi Gran Kuusi    Koivu Björk Koivu   Honka Fur Honka     Leppä Al Leppä
    Haapa Asp Haapa     Pihlaja Rönn Pihlaja    Tammi Ek Tammi  Pajus Vide Pajus
    Haukka Hök Haukka   Kotka Örn Kotka     Karhu Björn Karhu   Susi Varg Susi
    Hirvi Älg Hirvi     Ilves Lo Ilves      Kivi Sten Kivi      Santa Sand Santa
    Rauta Järn Rauta    Hopea Silver Hopea  Kulta Guld Kulta    Talvi Vinter Talvi
""")
SECOND: Final = names("""
    niemi näs niemi     järvi träsk järvi   lahti vik lahti     salmi sund salmi
    mäki backa mäki     joki å joki         koski fors koski    saari ö saari
    lampi tjärn lampi   vaara berg vaara    pelto åker pelto    niitty äng niitty
    ranta strand ranta  suo myr suo         kangas mo kangas    laakso dal laakso
    portti port portti  silta bro silta     kylä by kylä        linna borg linna
""")

GROUPS: Final = (
    Group(
        "hyvinvointiryhma",
        "WorkingGroup",
        "wellbeing-group",
        Name("Hyvinvointiryhmä", "Välfärdsgruppen", "Wellbeing group"),
        "all-residents",
    ),
    Group(
        "liikenneturvallisuustyoryhma",
        "WorkingGroup",
        "traffic-safety-group",
        Name("Liikenneturvallisuustyöryhmä", "Trafiksäkerhetsgruppen", "Traffic safety group"),
        "all-residents",
    ),
    Group(
        "hyvinvointilautakunta",
        "Board",
        "municipal-board",
        Name("Hyvinvointilautakunta", "Välfärdsnämnden", "Wellbeing board"),
        "all-residents",
    ),
    Group(
        "nuorisovaltuusto",
        "CouncilOfInfluence",
        "youth-council",
        Name("Nuorisovaltuusto", "Ungdomsfullmäktige", "Youth council"),
        "young-people",
    ),
    Group(
        "vanhusneuvosto",
        "CouncilOfInfluence",
        "older-peoples-council",
        Name("Vanhusneuvosto", "Äldrerådet", "Council for older people"),
        "older-people",
    ),
    Group(
        "vammaisneuvosto",
        "CouncilOfInfluence",
        "disability-council",
        Name("Vammaisneuvosto", "Handikapprådet", "Disability council"),
        "people-with-disabilities",
    ),
    Group(
        "johtoryhma",
        "ManagementTeam",
        "management-team",
        Name("Johtoryhmä", "Ledningsgruppen", "Management team"),
        "municipal-employees",
    ),
)
NETWORKS: Final = (
    Group(
        "lasten-ja-nuorten-verkosto",
        "CooperationNetwork",
        "cooperation-network",
        Name("Lasten ja nuorten verkosto", "Barn- och ungdomsnätverket", "Children's network"),
        "children-and-young-people",
    ),
    Group(
        "ikaihmisten-verkosto",
        "CooperationNetwork",
        "cooperation-network",
        Name("Ikäihmisten verkosto", "Äldrenätverket", "Older people's network"),
        "older-people",
    ),
    Group(
        "jarjestoverkosto",
        "CooperationNetwork",
        "cooperation-network",
        Name("Järjestöverkosto", "Föreningsnätverket", "Network of associations"),
        "service-clients",
    ),
    Group(
        "omaishoidon-verkosto",
        "CooperationNetwork",
        "cooperation-network",
        Name("Omaishoidon verkosto", "Närståendevårdens nätverk", "Informal care network"),
        "informal-carers",
    ),
)
PLANS: Final = (
    ("lasten-suunnitelma", "children-and-young-people", "Lasten ja nuorten|Barns och ungas|Youth"),
    ("tyoikaisten-suunnitelma", "working-age-people", "Työikäisten|Vuxnas|Working-age people's"),
    ("ikaihmisten-suunnitelma", "older-people", "Ikäihmisten|Äldres|Older people's"),
    ("laaja-suunnitelma", "all-age-groups", "Laaja|Bred|Broad"),
)
REASON: Final = Name(
    "Lähde ei sano tätä suoraan; se käy ilmi tekstiyhteydestä.",
    "Källan säger inte detta direkt; det framgår av sammanhanget.",
    "The source does not say this in so many words; it appears from the context.",
)
AGENCY: Final = Name("Tilastokeskus", "Statistikcentralen", "Statistics Finland")
NAMING: Final = frozenset({"skos:prefLabel", "dct:title"})
REGIONS: Final = 19
SHARED_GRAPHS: Final = ("catalogue", "municipalities", "ontology", "release")
FIRST_DAY: Final = date(2012, 1, 9)
RECORDED_ON: Final = '"2026-11-22"'


@cache
def term(name: str) -> str:
    """Give the IRI of a prefixed name."""
    prefix, _, local = name.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def thing(kind: str, key: str) -> str:
    """Give the IRI of a thing."""
    return f"<{ID}{kind}/{key}>"


def concept(scheme: str, key: str) -> str:
    """Give the IRI of a concept."""
    return f"<{DEF}/{scheme}/{key}>"


def number(value: int, datatype: str = "integer") -> str:
    """Give a number as a literal."""
    return f'"{value}"^^{term("xsd:" + datatype)}'


def day(text: str) -> str:
    """Give a day, a month or a year as a literal of the datatype that its length says."""
    datatype = {4: "gYear", 7: "gYearMonth", 10: "date"}[len(text)]
    return f'"{text}"^^{term("xsd:" + datatype)}'


def stated(graph: str, subject: str, values: Values) -> Iterator[str]:
    """Write statements about a thing as N-Quads."""
    for name, objects in values.items():
        for value in (objects,) if isinstance(objects, str) else objects:
            yield f"{subject} {term(name)} {value} <{GRAPHS}{graph}> .\n"


class Dataset:
    """What is written about one municipality: a graph of facts and one of their evidence."""

    def __init__(self, place: Place, concepts: Concepts, random: Random) -> None:
        """Begin the dataset of ``place``."""
        self.place, self.concepts, self.random = place, concepts, random
        self.lines: list[str] = []
        self.municipality = thing("municipality", place.code)
        self._evidence = f"{place.slug}-evidence"
        self._read = 0

    def describe(self, kind: str, key: str, values: Values) -> str:
        """State facts about a thing of the dataset, with their evidence; give its IRI."""
        subject = thing(kind, f"{self.place.slug}/{key}")
        self.state(subject, values)
        return subject

    def state(self, subject: str, values: Values) -> None:
        """State facts about any thing, with their evidence."""
        self.lines += stated(self.place.slug, subject, values)
        start = self._read
        end = self._read = start + self.random.randint(60, 400)
        named = sorted(NAMING & values.keys())
        self._annotate(subject, values.keys() - NAMING, start, end)
        for name in named:
            self._annotate(subject, [name], start + 5, start + 5 + self.random.randint(8, 40))

    def period(self, start: str, end: str = "") -> str:
        """State a period in the graph of facts; give its IRI."""
        key = start if start == end else f"{start}--{end or 'end-unknown'}"
        values: dict[str, str | Iterable[str]] = {
            "rdf:type": [term("dct:PeriodOfTime"), term("time:ProperInterval")],
            "dcat:startDate": day(start),
            "dcat:endDate": [day(end)] if end else [],
            "hyte:endStatus": concept("status", "ended" if end else "end-unknown"),
        }
        subject = thing("period", key)
        self.lines += stated(self.place.slug, subject, values)
        return subject

    def any_of(self, scheme: str, most: int = 1) -> list[str]:
        """Choose up to ``most`` concepts of a scheme."""
        return self.random.sample(self.concepts.by_scheme[scheme], self.random.randint(1, most))

    def finish(self) -> None:
        """State the source, its text, now that its length is known, and the dataset's record."""
        slug, name = self.place.slug, self.place.name
        source, text = thing("source", slug), thing("text", slug)
        title = Name(
            f"Hyvinvointityö kunnassa {name.fi}",
            f"Välfärdsarbetet i {name.sv}",
            f"Wellbeing work in {name.en}",
        )
        self.lines += stated(
            self._evidence,
            source,
            {
                "rdf:type": term("hyte:SourceDocument"),
                "dct:title": title.literals,
                "dct:language": "<http://publications.europa.eu/resource/authority/language/FIN>",
                "hyte:about": self.municipality,
            },
        )
        self.lines += stated(
            self._evidence,
            text,
            {
                "rdf:type": term("hyte:TextVersion"),
                "prov:wasDerivedFrom": source,
                "dct:format": '"text/plain"',
                "hyte:characterCount": number(self._read),
                "hyte:sha256": f'"{hashlib.sha256(slug.encode()).hexdigest()}"'
                f"^^{term('xsd:hexBinary')}",
            },
        )
        self.lines += _record(slug, {slug: "EvidencedGraph", self._evidence: "DataGraph"})

    def _annotate(self, body: str, properties: Iterable[str], start: int, end: int) -> None:
        certainty = self.random.choices(("stated", "inferred", "uncertain"), (85, 12, 3))[0]
        self.lines += stated(
            self._evidence,
            thing("evidence", f"{self.place.slug}/{self.random.getrandbits(40):010x}"),
            {
                "rdf:type": term("hyte:Evidence"),
                "oa:hasBody": body,
                "oa:hasTarget": self._passage(start, end),
                "oa:motivatedBy": term("oa:identifying"),
                "hyte:evidencedProperty": sorted(map(term, properties)),
                "hyte:certainty": concept("certainty", certainty),
                "hyte:inferenceReason": () if certainty == "stated" else REASON.literals,
                "dct:created": f"{RECORDED_ON}^^{term('xsd:date')}",
                "dct:creator": thing("agent", "hyteverkko"),
            },
        )

    def _passage(self, start: int, end: int) -> str:
        passage = thing("passage", f"{self.place.slug}/{start}-{end}")
        position = thing("position", f"{start}-{end}")
        self.lines += stated(
            self._evidence,
            passage,
            {
                "rdf:type": term("hyte:Passage"),
                "oa:hasSelector": position,
                "oa:hasSource": thing("text", self.place.slug),
            },
        )
        self.lines += stated(
            self._evidence,
            position,
            {
                "rdf:type": term("oa:TextPositionSelector"),
                "oa:start": number(start, "nonNegativeInteger"),
                "oa:end": number(end, "nonNegativeInteger"),
            },
        )
        return passage


def generate(root: Path, quads: int = QUADS, seed: int = SEED) -> list[bytes]:
    """Make at least ``quads`` canonical N-Quads: whole municipalities and what follows."""
    real = [
        quad
        for path, graph in repository_files(root)
        if any(path.is_relative_to(root / folder) for folder in REAL)
        for quad in read_file(path, graph, path.name).quads
    ]
    concepts, random = read_concepts(real), Random(seed)
    municipalities = places(random)
    lines: set[bytes] = set()
    while len(lines) < quads:
        written = set(_shared())
        for place in islice(municipalities, TOGETHER):
            written.update(dataset(place, concepts, random))
        lines.update(canonical_lines(_with_derived(root, real, written)))
    return sorted(lines)


def _with_derived(root: Path, real: Iterable[Quad], written: Iterable[str]) -> list[Quad]:
    store = Store()
    store.bulk_extend(real)
    store.bulk_extend(parse("".join(written).encode(), format=RdfFormat.N_QUADS))
    derive(store, root)
    return [quad for quad in store if quad.graph_name != DefaultGraph()]


def read_concepts(ontology: Iterable[Quad]) -> Concepts:
    """Read the concept schemes off the quads of the ontology, in the order of their IRIs."""
    words: dict[str, dict[str, str]] = {}
    schemes: dict[str, list[str]] = {}
    for quad in ontology:
        key, name = str(quad.subject), str(quad.predicate)
        if name == term("skos:prefLabel") and isinstance(quad.object, Literal):
            words.setdefault(key, {})[quad.object.language or ""] = quad.object.value
        if name == term("skos:inScheme"):
            schemes.setdefault(str(quad.object).rpartition("/")[2][:-1], []).append(key)
    names = {key: Name(**found) for key, found in words.items() if len(found) == 3}
    return Concepts({scheme: sorted(keys) for scheme, keys in schemes.items()}, names)


def places(random: Random) -> Iterator[Place]:
    """Give municipalities without end; a name that was used comes again with a number."""
    pairs = list(product(FIRST, SECOND))
    random.shuffle(pairs)
    round_ = code = 0
    while True:
        round_ += 1
        for first, second in pairs:
            code += 1
            tail = f" {round_}" if round_ > 1 else ""
            finnish, swedish = first.fi + second.fi + tail, first.sv + second.sv + tail
            slug = finnish.lower().translate(str.maketrans("äö ", "ao-"))
            name = Name(finnish, swedish, finnish)
            yield Place(f"{code:03}", slug, name, random.randint(1, REGIONS))


def dataset(place: Place, concepts: Concepts, random: Random) -> list[str]:
    """Write everything about one municipality as N-Quads."""
    data = Dataset(place, concepts, random)
    _municipality(data)
    goals = _goals(data)
    groups = [
        (_group(data, kind, group, goals), group)
        for kind, known, least in (("body", GROUPS, 4), ("network", NETWORKS, 2))
        for group in random.sample(known, random.randint(least, len(known)))
    ]
    _sub_groups(data, groups[0], goals)
    plans = _plans(data, [node for node, _ in groups], goals)
    for node, group in groups:
        _memberships(data, node, group)
        _meetings(data, node, group, plans)
    _posts(data, groups)
    data.finish()
    return data.lines


def _municipality(data: Dataset) -> None:
    place, name = data.place, data.place.name
    slug, since = place.slug, data.period("2005-01-01")
    identifier = thing("identifier", f"municipality-{place.code}")
    territory = Name(
        f"{name.fi} (kunnan alue)", f"{name.sv} (kommunens område)", f"{name.en} (territory)"
    )
    described: list[tuple[str, Values]] = [
        (
            data.municipality,
            {
                "rdf:type": term("hyte:Municipality"),
                "dct:identifier": f'"{place.code}"',
                "dct:temporal": since,
                "skos:prefLabel": name.literals,
                "adms:identifier": identifier,
            },
        ),
        (
            identifier,
            {
                "rdf:type": term("adms:Identifier"),
                "skos:notation": f'"{place.code}"',
                "dct:temporal": since,
                "adms:schemaAgency": AGENCY.literals,
            },
        ),
        (
            thing("area", place.code),
            {
                "rdf:type": term("hyte:MunicipalArea"),
                "skos:prefLabel": territory.literals,
                "hyte:areaOf": data.municipality,
            },
        ),
        (
            thing("area-membership", f"{place.code}-region"),
            {
                "rdf:type": term("hyte:AreaMembership"),
                "dct:temporal": since,
                "hyte:areaSystem": concept("area-system", "region"),
                "hyte:inArea": thing("region", f"{place.region:02}"),
                "hyte:municipality": data.municipality,
            },
        ),
    ]
    count = int(data.random.lognormvariate(8.7, 1.0)) + 90
    for year in range(2018, 2026):
        described.append(
            (
                thing("population", f"{place.code}-{year}"),
                {
                    "rdf:type": term("hyte:PopulationFigure"),
                    "dct:temporal": data.period(f"{year}-12-31", f"{year}-12-31"),
                    "hyte:municipality": data.municipality,
                    "hyte:populationCount": number(count),
                },
            )
        )
        count = int(count * data.random.uniform(0.98, 1.01))
    for subject, values in described:
        data.lines += stated("municipalities", subject, values)
    data.state(data.municipality, {"hyte:compiles": thing("document", f"{slug}/{PLANS[0][0]}")})


def _goals(data: Dataset) -> list[str]:
    goals: list[str] = []
    for ordinal in range(1, data.random.randint(6, 14)):
        theme = data.any_of("theme")[0]
        about = data.concepts.names[theme]
        title = Name(
            f"Tavoite {ordinal}: {about.fi}",
            f"Mål {ordinal}: {about.sv}",
            f"Goal {ordinal}: {about.en}",
        )
        values: Values = {
            "rdf:type": term("hyte:Goal"),
            "dct:title": title.literals,
            "dct:type": data.any_of("goal-kind"),
            "hyte:theme": theme,
            "hyte:targetGroup": data.any_of("target-group", 2),
            "hyte:broaderGoal": [data.random.choice(goals)] if ordinal > 2 else [],
        }
        goals.append(data.describe("goal", f"tavoite-{ordinal}", _present(values)))
    return goals


def _group(data: Dataset, kind: str, group: Group, goals: Sequence[str], parent: str = "") -> str:
    name = data.place.name
    label = Name(
        f"{group.name.fi} ({name.fi})",
        f"{group.name.sv} ({name.sv})",
        f"{group.name.en} ({name.en})",
    )
    purpose = Name(
        f"Edistää hyvinvointityötä kunnassa {name.fi}.",
        f"Främjar välfärdsarbetet i {name.sv}.",
        f"Advances wellbeing work in {name.en}.",
    )
    values: Values = {
        "rdf:type": term(f"hyte:{group.type}"),
        "skos:prefLabel": label.literals,
        "dct:temporal": data.period(str(data.random.randint(2005, 2022))),
        "org:classification": concept("body-kind", group.kind),
        "org:purpose": purpose.literals,
        "org:subOrganizationOf": [parent] if parent else [],
        "hyte:bodyOf": data.municipality,
        "hyte:hasGoal": data.random.sample(goals, min(len(goals), data.random.randint(1, 4))),
        "hyte:targetGroup": concept("target-group", group.target),
        "hyte:theme": data.any_of("theme", 3),
    }
    return data.describe(kind, group.key, _present(values))


def _sub_groups(data: Dataset, parent: tuple[str, Group], goals: Sequence[str]) -> None:
    node, group = parent
    for ordinal in range(1, data.random.randint(2, 5)):
        name = Name(
            f"Alatyöryhmä {ordinal}, {group.name.fi}",
            f"Undergrupp {ordinal}, {group.name.sv}",
            f"Sub-group {ordinal}, {group.name.en}",
        )
        key = f"{group.key}-{ordinal}"
        below = Group(key, "WorkingGroup", "sub-group", name, group.target)
        node = _group(data, "body", below, goals, node)
        _memberships(data, node, below)


def _plans(data: Dataset, groups: Sequence[str], goals: Sequence[str]) -> list[str]:
    plans = []
    for key, target, words in (PLANS[0], *data.random.sample(PLANS[1:], data.random.randint(1, 3))):
        finnish, swedish, english = words.split("|")
        title = Name(
            f"{finnish} hyvinvointisuunnitelma, {data.place.name.fi}",
            f"{swedish} välfärdsplan, {data.place.name.sv}",
            f"{english} wellbeing plan, {data.place.name.en}",
        )
        start = data.random.randint(2013, 2023)
        values: Values = {
            "rdf:type": term("hyte:WellbeingPlan"),
            "dct:title": title.literals,
            "dct:type": concept("document-kind", "wellbeing-plan"),
            "dct:temporal": data.period(str(start), str(start + 3)),
            "hyte:availability": concept("availability", "linked"),
            "hyte:owner": data.municipality,
            "hyte:updatedBy": data.random.choice(groups),
            "hyte:evaluatedBy": data.random.choice(groups),
            "hyte:mentionedBy": thing("source", data.place.slug),
            "hyte:hasGoal": data.random.sample(goals, min(len(goals), 4)),
            "hyte:targetGroup": concept("target-group", target),
            "hyte:theme": data.any_of("theme", 3),
        }
        plans.append(data.describe("document", key, values))
    return plans


def _memberships(data: Dataset, node: str, group: Group) -> None:
    roles = ("chair", "secretary")
    for ordinal, office in enumerate(data.any_of("office", 11)):
        role = roles[ordinal] if ordinal < len(roles) else data.random.choice(("member", "expert"))
        values: Values = {
            "rdf:type": term("org:Membership"),
            "org:organization": node,
            "org:role": concept("role", role),
            "hyte:memberOffice": office,
        }
        data.describe("membership", f"{group.key}/{office.rpartition('/')[2][:-1]}", values)


def _meetings(data: Dataset, node: str, group: Group, plans: Sequence[str]) -> None:
    held = FIRST_DAY + timedelta(days=data.random.randint(0, 3000))
    for ordinal in range(1, data.random.randint(2, 8)):
        held += timedelta(days=data.random.randint(14, 120))
        title = Name(
            f"{group.name.fi}: kokous {ordinal}",
            f"{group.name.sv}: möte {ordinal}",
            f"{group.name.en}: meeting {ordinal}",
        )
        values: Values = {
            "rdf:type": term("hyte:Meeting"),
            "dct:title": title.literals,
            "dct:type": concept("event-kind", "meeting"),
            "dct:temporal": data.period(held.isoformat(), held.isoformat()),
            "hyte:heldBy": node,
            "hyte:ordinal": number(ordinal),
            "hyte:documentDealtWith": data.random.sample(plans, data.random.randint(0, 1)),
        }
        data.describe("event", f"{group.key}-kokous-{ordinal}", _present(values))


def _posts(data: Dataset, groups: Sequence[tuple[str, Group]]) -> None:
    for office in data.any_of("office", 5):
        name, where = data.concepts.names[office], data.place.name
        label = Name(
            f"{name.fi} ({where.fi})", f"{name.sv} ({where.sv})", f"{name.en} ({where.en})"
        )
        values: Values = {
            "rdf:type": term("org:Post"),
            "skos:prefLabel": label.literals,
            "org:postIn": data.municipality,
            "hyte:office": office,
            "hyte:contactFor": data.random.choice(groups)[0],
        }
        data.describe("post", office.rpartition("/")[2][:-1], values)


def _present(values: Values) -> Values:
    """Leave out what has no value: it needs no evidence."""
    return {name: value for name, value in values.items() if value}


def _shared() -> Iterator[str]:
    """Write what belongs to no municipality: the regions, the publisher, the shared graphs."""
    for ordinal in range(1, REGIONS + 1):
        name = Name(f"Maakunta {ordinal}", f"Landskap {ordinal}", f"Region {ordinal}")
        values: Values = {
            "rdf:type": term("hyte:Region"),
            "dct:identifier": f'"{ordinal:02}"',
            "skos:prefLabel": name.literals,
        }
        yield from stated("municipalities", thing("region", f"{ordinal:02}"), values)
    publisher = Name("hyteverkko", "hyteverkko", "hyteverkko")
    values = {"rdf:type": term("foaf:Agent"), "skos:prefLabel": publisher.literals}
    yield from stated("catalogue", thing("agent", "hyteverkko"), values)
    named = (*SHARED_GRAPHS, "contributions")
    graphs = {"derived": "DerivedGraph"} | dict.fromkeys(named, "DataGraph")
    yield from _record("shared", graphs)


def _record(slug: str, graphs: Mapping[str, str]) -> Iterator[str]:
    node, today = thing("dataset", slug), f"{RECORDED_ON}^^{term('xsd:date')}"
    title = Name(f"Aineisto {slug}", f"Datamängd {slug}", f"Dataset {slug}")
    values: Values = {
        "rdf:type": term("dcat:Dataset"),
        "dct:title": title.literals,
        "dct:description": title.literals,
        "dct:publisher": thing("agent", "hyteverkko"),
        "dct:license": "<http://creativecommons.org/licenses/by/4.0/>",
        "dct:source": thing("dataset" if slug == "shared" else "source", slug),
        "dct:issued": today,
        "dct:modified": today,
        "hyte:graph": [f"<{GRAPHS}{name}>" for name in graphs],
    }
    yield from stated("catalogue", node, values)
    for name, kind in graphs.items():
        of_graph = Name(f"Graafi {name}", f"Graf {name}", f"Graph {name}")
        values = {
            "rdf:type": term(f"hyte:{kind}"),
            "dct:title": of_graph.literals,
            "dct:isPartOf": node,
        }
        yield from stated("catalogue", f"<{GRAPHS}{name}>", values)


def main() -> None:
    """Write the data as sorted N-Quads."""
    parser = argparse.ArgumentParser(prog="scripts/generate", description=__doc__)
    parser.add_argument("--quads", type=int, default=QUADS, help="how many at least (1,000,000)")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed, other data (1)")
    parser.add_argument("--out", type=Path, help="file to write; without it, standard output")
    options = parser.parse_args()
    lines = generate(ROOT, options.quads, options.seed)
    if options.out:
        options.out.write_bytes(b"".join(lines))
    else:
        sys.stdout.buffer.writelines(lines)
    print(f"{len(lines):,} quads", file=sys.stderr)


if __name__ == "__main__":
    main()
