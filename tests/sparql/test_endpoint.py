"""SPARQL 1.1 Protocol, section 2.1, and how the endpoint stays up."""

import json
import re
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from hyteverkko.settings import Settings
from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import VOID
from rdflib.namespace import Namespace as RdfNamespace

SD = RdfNamespace("http://www.w3.org/ns/sparql-service-description#")
LAPLAND = "<https://w3id.org/hyteverkko/id/province/LL>"
SELECT = f"SELECT ?name {{ {LAPLAND} a hyte:Province ; skos:prefLabel ?name }}"
PROLOGUE = (
    "PREFIX hyte: <https://w3id.org/hyteverkko/def#> "
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
)
QUERY = PROLOGUE + SELECT
FORM = {"content-type": "application/x-www-form-urlencoded"}
DIRECT = {"content-type": "application/sparql-query"}
COUNT, ALL = "SELECT (COUNT(*) AS ?n) ", "{ ?s ?p ?o }"
NAMES = ["Lapin lääni", "Lapplands län", "Province of Lapland"]


def names(content: str) -> list[str]:
    return sorted(row["name"]["value"] for row in json.loads(content)["results"]["bindings"])


def test_get_query(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": QUERY})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/sparql-results+json"
    assert names(answer.text) == NAMES


def test_post_form(client: TestClient) -> None:
    answer = client.post("/sparql", content=urlencode({"query": QUERY}), headers=FORM)
    assert names(answer.text) == NAMES


def test_post_form_decodes_once(client: TestClient) -> None:
    query = 'SELECT ("%20+" AS ?name) {}'
    answer = client.post("/sparql", content=urlencode({"query": query}), headers=FORM)
    assert names(answer.text) == ["%20+"]


def test_post_direct(client: TestClient) -> None:
    headers = {"content-type": "application/sparql-query; charset=UTF-8"}
    assert names(client.post("/sparql", content=QUERY.encode(), headers=headers).text) == NAMES


@pytest.mark.parametrize(
    "parameters",
    [
        "charset=utf-8; x=y",
        'charset="utf-8"; x=y',
        'x="a;b"; Charset="UTF-8"',
        "CHARSET=utf8",
        'x="; charset=latin-1"',
        "x=y",
        "charset=",
    ],
)
def test_parameters_of_a_content_type(client: TestClient, parameters: str) -> None:
    for kind, content in ((DIRECT, QUERY), (FORM, urlencode({"query": QUERY}))):
        headers = {"content-type": f"{kind['content-type']}; {parameters}"}
        answer = client.post("/sparql", content=content.encode(), headers=headers)
        assert answer.status_code == 200, answer.text
        assert names(answer.text) == NAMES


def test_another_charset_among_parameters(client: TestClient) -> None:
    headers = {"content-type": 'application/sparql-query; x=y; charset="latin-1"; z=0'}
    assert client.post("/sparql", content=QUERY.encode(), headers=headers).status_code == 415


@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
def test_a_graph_left_empty_is_none(client: TestClient, parameter: str) -> None:
    answer = client.get("/sparql", params={"query": QUERY, parameter: ""})
    assert names(answer.text) == NAMES


def test_language_and_datatype_survive(client: TestClient) -> None:
    day = '"2009-12-31"^^<http://www.w3.org/2001/XMLSchema#date>'
    query = f'SELECT ("län"@sv AS ?name) ({day} AS ?day) {{}}'
    (row,) = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    assert row["name"] == {"type": "literal", "value": "län", "xml:lang": "sv"}
    assert row["day"]["datatype"] == "http://www.w3.org/2001/XMLSchema#date"


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("text/csv;q=0.1, application/sparql-results+xml;q=0.2", "application/sparql-results+xml"),
        ("text/csv;q=0, */*", "application/sparql-results+json"),
    ],
)
def test_select_accept(client: TestClient, accept: str, content_type: str) -> None:
    answer = client.get("/sparql", params={"query": QUERY}, headers={"accept": accept})
    assert answer.headers["content-type"] == content_type
    if content_type.endswith("+xml"):
        assert len(ElementTree.fromstring(answer.content)[1]) == 3
    if content_type.startswith("text/csv"):
        assert sorted(answer.text.split("\r\n")[1:-1]) == NAMES


@pytest.mark.parametrize("format_", ["turtle", "nt", "xml", "json-ld"])
def test_construct_accept(client: TestClient, format_: str) -> None:
    accept = {
        "turtle": "text/turtle",
        "nt": "application/n-triples",
        "xml": "application/rdf+xml",
        "json-ld": "application/ld+json",
    }[format_]
    query = PROLOGUE + "CONSTRUCT WHERE { ?province a hyte:Province }"
    answer = client.get("/sparql", params={"query": query}, headers={"accept": accept})
    assert answer.headers["content-type"].startswith(accept)
    graph = Dataset() if format_ == "json-ld" else Graph()
    assert len(graph.parse(data=answer.text, format=format_)) == 6


def test_describe(client: TestClient) -> None:
    query = "DESCRIBE <https://w3id.org/hyteverkko/id/province/LL>"
    answer = client.get("/sparql", params={"query": query}, headers={"accept": "text/turtle"})
    assert len(Graph().parse(data=answer.text)) > 3


def test_ask(client: TestClient) -> None:
    assert client.get("/sparql", params={"query": "ASK { ?s ?p ?o }"}).json()["boolean"] is True


def test_format_parameter(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": QUERY, "format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")


@pytest.mark.parametrize("name", ["turtle", "ttl", "n3", "rdf+xml", "xml", "json-ld", "json"])
def test_format_parameter_by_the_names_clients_send(client: TestClient, name: str) -> None:
    query = PROLOGUE + "CONSTRUCT WHERE { ?province a hyte:Province }"
    assert client.get("/sparql", params={"query": query, "format": name}).status_code == 200


def test_default_graph_uri(client: TestClient) -> None:
    graph = "https://w3id.org/hyteverkko/graphs/regions"
    count = "SELECT (COUNT(*) AS ?name) { ?s ?p ?o }"
    only = client.get("/sparql", params={"query": count, "default-graph-uri": graph})
    union = client.get("/sparql", params={"query": count})
    assert 0 < int(names(only.text)[0]) < int(names(union.text)[0])


def test_named_graph_uri(client: TestClient) -> None:
    graph = "https://w3id.org/hyteverkko/graphs/regions"
    query = "SELECT DISTINCT (STR(?g) AS ?name) { GRAPH ?g { ?s ?p ?o } }"
    answer = client.get("/sparql", params={"query": query, "named-graph-uri": graph})
    assert names(answer.text) == [graph]


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"query": "SELECT * { ?s ?p"}, 400),
        ({"query": ["ASK {}", "ASK {}"]}, 400),
        ({"query": "ASK {}", "default-graph-uri": "not an iri"}, 400),
        ({"query": "ASK {}", "default-graph-uri": "urn:none"}, 400),
        ({"query": "ASK FROM <file:///etc/passwd> { ?s ?p ?o }"}, 400),
        ({"query": "PREFIX f: <file:///etc/> ASK FROM f:passwd { ?s ?p ?o }"}, 400),
        ({"query": "BASE <file:///etc/> ASK FROM NAMED <passwd> { ?s ?p ?o }"}, 400),
        ({"query": "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"}, 403),
        ({"query": "DROP ALL"}, 403),
        ({"update": "DROP ALL"}, 403),
        ({"query": "ASK {}", "format": "png"}, 406),
    ],
)
def test_get_refused(client: TestClient, parameters: dict[str, str], status: int) -> None:
    answer = client.get("/sparql", params=parameters)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].endswith((".", "_]"))


def test_post_refused(client: TestClient) -> None:
    assert (
        client.post(
            "/sparql", content=b"DROP ALL", headers={"content-type": "application/sparql-update"}
        ).status_code
        == 403
    )
    assert (
        client.post(
            "/sparql", content=b"ASK {}", headers={"content-type": "text/plain"}
        ).status_code
        == 415
    )
    latin = {"content-type": "application/sparql-query; charset=iso-8859-1"}
    assert client.post("/sparql", content=b"ASK {}", headers=latin).status_code == 415
    assert client.post("/sparql", content=b"ASK {} # \xff", headers=DIRECT).status_code == 400
    assert client.post("/sparql", content=b"", headers=DIRECT).status_code == 400
    long = b"ASK {} #" + b"x" * 70_000
    assert client.post("/sparql", content=long, headers=DIRECT).status_code == 413


def test_a_graph_in_a_string_is_not_a_dataset(client: TestClient) -> None:
    query = "SELECT ('FROM <urn:x>' AS ?name) {} # FROM <urn:y>"
    assert names(client.get("/sparql", params={"query": query}).text) == ["FROM <urn:x>"]


def test_a_dataset_of_the_protocol_goes_before_that_of_the_query(client: TestClient) -> None:
    graphs = "https://w3id.org/hyteverkko/graphs/"
    query = "SELECT (COUNT(*) AS ?name) FROM <GRAPH> { ?s ?p ?o }"
    other = query.replace("GRAPH", f"{graphs}regions")
    query = query.replace("GRAPH", f"{graphs}derived")
    parameters = {"query": query, "default-graph-uri": f"{graphs}regions"}
    found = client.get("/sparql", params=parameters).text
    assert names(found) == names(client.get("/sparql", params={"query": other}).text)
    assert names(found) != names(client.get("/sparql", params={"query": query}).text)


@pytest.mark.parametrize(
    ("headers", "body"), [(FORM, urlencode({"query": "ASK {}"})), (DIRECT, "ASK {}")]
)
def test_post_with_another_query_in_the_address(
    client: TestClient, headers: dict[str, str], body: str
) -> None:
    answer = client.post("/sparql?query=ASK%7B%7D", content=body, headers=headers)
    assert answer.status_code == 400
    assert "more than one query" in answer.json()["detail"]


def test_post_with_a_dataset_in_the_address(client: TestClient) -> None:
    graph = "https://w3id.org/hyteverkko/graphs/regions"
    count = "SELECT (COUNT(*) AS ?name) { ?s ?p ?o }"
    posted = client.post(
        "/sparql", params={"default-graph-uri": graph}, content=count, headers=DIRECT
    )
    asked = client.get("/sparql", params={"query": count, "default-graph-uri": graph})
    assert names(posted.text) == names(asked.text)


@pytest.mark.parametrize("known", ["{tag}", 'W/"x", {tag}', "W/{tag}", "*"])
def test_an_answer_that_the_client_has(client: TestClient, known: str) -> None:
    answer = client.get("/sparql", params={"query": QUERY})
    headers = {"if-none-match": known.format(tag=answer.headers["etag"])}
    again = client.get("/sparql", params={"query": QUERY}, headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"]
    other = {"if-none-match": '"another"'}
    assert client.get("/sparql", params={"query": QUERY}, headers=other).status_code == 200


@pytest.mark.parametrize(
    ("parameters", "accept", "status"),
    [
        ({"query": "SELECT {"}, "*/*", 400),
        ({"query": QUERY, "default-graph-uri": "http://example.org/"}, "*/*", 400),
        ({"query": QUERY}, "image/png", 406),
    ],
    ids=["syntax", "graph", "format"],
)
def test_what_has_no_answer_is_not_unchanged(
    client: TestClient, parameters: dict[str, str], accept: str, status: int
) -> None:
    headers = {"if-none-match": "*", "accept": accept}
    assert client.get("/sparql", params=parameters, headers=headers).status_code == status


def test_a_post_is_answered_whatever_the_client_has(client: TestClient) -> None:
    """RFC 9110, section 13.1.2: 304 is for GET and HEAD."""
    tag = client.get("/sparql", params={"query": QUERY}).headers["etag"]
    answer = client.post("/sparql", data={"query": QUERY}, headers={"if-none-match": tag})
    assert (answer.status_code, answer.headers["etag"]) == (200, tag)


def test_graphs_as_trig_and_n_quads(client: TestClient) -> None:
    query = PROLOGUE + "CONSTRUCT WHERE { ?province a hyte:Province }"
    for accept, format_ in (("application/trig", "trig"), ("application/n-quads", "nquads")):
        answer = client.get("/sparql", params={"query": query}, headers={"accept": accept})
        assert answer.headers["content-type"].startswith(accept)
        data = Dataset()
        data.parse(data=answer.text, format=format_)
        assert len(data.default_graph) == 6


def test_not_acceptable_for_the_kind_of_query(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": "ASK {}"}, headers={"accept": "text/turtle"})
    assert answer.status_code == 406
    assert "text/csv" in answer.json()["detail"]


def test_a_runaway_query_is_stopped_and_the_next_is_answered(client: TestClient) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    answer = client.get("/sparql", params={"query": endless})
    assert answer.status_code == 504
    assert "after 5 s" in answer.json()["detail"]
    assert names(client.get("/sparql", params={"query": QUERY}).text) == NAMES


def test_a_query_that_eats_memory_is_refused_and_the_next_is_answered(client: TestClient) -> None:
    doubling = "".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1}) " for n in range(34))
    query = 'SELECT (STRLEN(?x34) AS ?n) { BIND("aaaaaaaaaaaaaaaa" AS ?x0) ' + doubling + "}"
    answer = client.get("/sparql", params={"query": query})
    assert answer.status_code in {413, 504}
    assert client.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True


def test_a_browser_gets_a_form(client: TestClient) -> None:
    answer = client.get("/sparql", headers={"accept": "text/html,*/*;q=0.8"})
    assert answer.headers["content-type"].startswith("text/html")
    assert '<textarea id="query" name="query"' in answer.text


def test_service_description(client: TestClient, settings: Settings) -> None:
    answer = client.get("/sparql", headers={"accept": "text/turtle"})
    graph = Graph().parse(data=answer.text)
    service = URIRef(f"{settings.base_url}/sparql")
    stated = {
        str(term).rpartition("#")[2]: value.toPython()
        for term, value in graph.predicate_objects(service)
        if isinstance(value, Literal)
    }
    assert stated == {
        "timeLimit": settings.query_seconds,
        "memoryLimit": settings.query_memory_mib,
        "resultLimit": settings.query_result_mib,
        "rowLimit": settings.query_rows,
        "queryTextLimit": settings.query_text_kib,
        "longQueryLimit": settings.query_cells,
        "queueLimit": settings.query_queue,
        "clientQueryLimit": settings.client_queries,
        "clientLongQueryLimit": settings.client_cells,
        "clientTimeLimit": settings.client_seconds,
        "depthLimit": 64,
        "operatorLimit": 500,
        "patternLimit": 100,
    }
    formats = {str(one).rpartition("/")[2] for one in graph.objects(service, SD.resultFormat)}
    assert {"SPARQL_Results_CSV", "Turtle", "TriG", "N-Quads"} < formats
    assert "link" not in answer.headers


def described(client: TestClient) -> dict[str, int]:
    """Give the count of each graph in the service description, of the default graph without."""
    graph = Graph().parse(data=client.get("/sparql", headers={"accept": "text/turtle"}).text)
    (default,) = graph.objects(None, SD.defaultGraph)
    contents = {"": default} | {str(name): one for name, one in graph.subject_objects(SD.graph)}
    return {name: int(str(graph.value(one, VOID.triples))) for name, one in contents.items()}


def counted(client: TestClient, query: str, **dataset: str) -> dict[str, int]:
    answer = client.get("/sparql", params={"query": query, **dataset})
    assert answer.status_code == 200, answer.text
    rows = answer.json()["results"]["bindings"]
    return {row["g"]["value"] if "g" in row else "": int(row["n"]["value"]) for row in rows}


def test_the_description_counts_what_queries_count(client: TestClient) -> None:
    of_each = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    assert described(client) == counted(client, COUNT + ALL) | counted(client, of_each)


def test_each_graph_of_the_description_can_be_asked_alone(client: TestClient) -> None:
    counts = described(client)
    del counts[""]
    for iri, count in counts.items():
        assert counted(client, f"{COUNT} FROM <{iri}> {ALL}") == {"": count}
        assert counted(client, COUNT + ALL, **{"default-graph-uri": iri}) == {"": count}


def test_every_limit_of_the_description_is_a_term(client: TestClient) -> None:
    query = (
        PROLOGUE + "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
        "SELECT ?name { ?term rdfs:isDefinedBy ?ontology ; rdfs:label ?label "
        "BIND(STRAFTER(STR(?term), '#') AS ?name) "
        "FILTER(STRENDS(?name, 'Limit') && LANG(?label) = 'fi') }"
    )
    terms = set(names(client.get("/sparql", params={"query": query}).text))
    answer = client.get("/sparql", headers={"accept": "text/turtle"})
    assert set(re.findall(r"hyte:(\w+Limit)", answer.text)) == terms


def test_two_accept_headers_decide_nothing_for_others(client: TestClient) -> None:
    query = {"query": f"{QUERY} # asked by a stranger"}
    twice = [("accept", "text/csv"), ("accept", "application/sparql-results+json")]
    assert client.get("/sparql", params=query, headers=twice).text.startswith("name")
    answer = client.get("/sparql", params=query, headers=[twice[1]])
    assert answer.headers["content-type"] == "application/sparql-results+json"
    assert names(answer.text) == NAMES
