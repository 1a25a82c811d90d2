"""An OWL 2 RL reasoner finds no contradiction in ontology and data, and finds those put there."""

from pathlib import Path

import pytest
from hyteverkko.namespaces import ID, PREFIXES
from owlrl import DeductiveClosure, OWLRL_Semantics  # type: ignore[import-untyped]
from rdflib import DCTERMS, RDF, RDFS, SKOS, Graph, Literal, URIRef

ROOT = Path(__file__).resolve().parents[2]
PROLOGUE = f"@base <{ID}> .\n" + "".join(
    f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items()
)

# The reasoner states a contradiction as a node of this class.
ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#ErrorMessage")

# Words say nothing to the reasoner, and it looks at every statement many times.
WORDS = {
    RDFS.label,
    RDFS.seeAlso,
    RDFS.isDefinedBy,
    SKOS.prefLabel,
    SKOS.altLabel,
    SKOS.definition,
    SKOS.example,
    DCTERMS.title,
    DCTERMS.description,
    URIRef(PREFIXES["hyte"] + "inModule"),
}

# A dataset of more statements than this is made of rows of one pattern. The first things of each
# class, with the things that they lead to, stand for the others; the whole would take minutes.
MANY = 2000
OF_EACH_CLASS = 12

DATASETS = sorted(
    folder for folder in (ROOT / "data").iterdir() if (folder / f"{folder.name}.ttl").is_file()
)


def without_words(graph: Graph) -> Graph:
    """Leave out what is there for readers only."""
    bare = Graph()
    for statement in graph:
        if statement[1] not in WORDS:
            bare.add(statement)
    return bare


def read(*files: Path) -> Graph:
    """Read files into one graph, without words."""
    graph = Graph()
    for file in files:
        graph.parse(file)
    return without_words(graph)


def representative(data: Graph) -> Graph:
    """Give the first things of each class, and the things that these lead to."""
    if len(data) <= MANY:
        return data
    chosen = {
        thing
        for kind in set(data.objects(None, RDF.type))
        for thing in sorted(data.subjects(RDF.type, kind), key=str)[:OF_EACH_CLASS]
    }
    linked = {value for thing in chosen for value in data.objects(thing)}
    part = Graph()
    for thing in chosen | linked:
        for statement in data.triples((thing, None, None)):
            part.add(statement)
    return part


def contradictions(*graphs: Graph) -> list[str]:
    """Draw all conclusions and give what the reasoner says is wrong with them."""
    closure = Graph()
    for graph in graphs:
        closure += graph
    DeductiveClosure(OWLRL_Semantics).expand(closure)
    return sorted(
        str(text)
        for error in closure.subjects(RDF.type, ERROR)
        for text in closure.objects(error)
        if isinstance(text, Literal)
    )


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return read(*sorted((ROOT / "ontology").rglob("*.ttl")))


def test_ontology_consistent(ontology: Graph) -> None:
    assert contradictions(ontology) == []


@pytest.mark.parametrize("folder", DATASETS, ids=lambda folder: folder.name)
def test_dataset_consistent(folder: Path, ontology: Graph) -> None:
    data = read(*sorted(file for file in folder.glob("*.ttl") if file.name != "evidence.ttl"))
    assert contradictions(ontology, representative(data)) == []


def test_evidence_consistent(ontology: Graph) -> None:
    evidence = read(ROOT / "data" / "koski-tl" / "evidence.ttl")
    assert contradictions(ontology, representative(evidence)) == []


# What must not be, and the thing that shows it.
WRONG = {
    "area and municipality": (
        "<area/1> a hyte:MunicipalArea , hyte:Municipality .",
        "area/1",
    ),
    "municipality in a municipality": (
        """<area-membership/1> hyte:inArea <municipality/1> .
        <municipality/1> a hyte:Municipality .""",
        "municipality/1",
    ),
    "county and municipality": (
        "<county/1> a hyte:WellbeingServicesCounty , hyte:Municipality .",
        "county/1",
    ),
    "plan and meeting": (
        "<document/1> a hyte:WellbeingPlan , hyte:Meeting .",
        "document/1",
    ),
    "person as a body": (
        "<person/1> a foaf:Person ; hyte:bodyOf <municipality/2> .",
        "person/1",
    ),
    "described and named": (
        "<described/1> a hyte:DescribedMember , foaf:Person .",
        "described/1",
    ),
    "source and working group": (
        "<source/1> a hyte:SourceDocument , hyte:WorkingGroup .",
        "source/1",
    ),
    "period as a member": (
        """<membership/1> hyte:memberDescription <period/2021> .
        <period/2021> a dct:PeriodOfTime .""",
        "period/2021",
    ),
}


@pytest.fixture(scope="module")
def found(ontology: Graph) -> list[str]:
    """Give what the reasoner says to everything wrong at once."""
    wrong = "\n".join(statements for statements, _ in WRONG.values())
    return contradictions(ontology, Graph().parse(data=PROLOGUE + wrong, format="turtle"))


@pytest.mark.parametrize("name", WRONG)
def test_contradiction_found(name: str, found: list[str]) -> None:
    thing = ID + WRONG[name][1]
    assert [text for text in found if text.endswith(f"have a common individual {thing}")]


def test_contradictions_are_no_others(found: list[str]) -> None:
    things = {ID + thing for _, thing in WRONG.values()}
    assert {text.rsplit(" ", 1)[1] for text in found} == things
