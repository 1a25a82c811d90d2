"""What each channel tells a harvester: read to its end, as the harvesters of that channel do."""

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from urllib.parse import quote, unquote, urlencode, urlsplit
from xml.etree import ElementTree as Xml

from pyoxigraph import DefaultGraph, NamedNode, Quad

from hyteverkko.harvest.checking.fetching import Answer, Server, Unanswered
from hyteverkko.harvest.oai import KINDS, SCHEME
from hyteverkko.harvest.stating import term
from hyteverkko.namespaces import ID, PREFIXES
from hyteverkko.store.queries import query_text

OAI: Final = "{http://www.openarchives.org/OAI/2.0/}"
SITEMAP: Final = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
MOST_PAGES: Final = 100_000
"""A channel that goes on longer than this never ends."""

A_PAGE: Final = 100
TYPE: Final = term("rdf:type")


@dataclass(frozen=True)
class Told:
    """What a channel has told; None of what it does not tell at all.

    ``datasets`` and ``things`` are IRIs, ``ended`` those told to be deleted, ``triples`` a count,
    ``problems`` what was wrong with the channel itself.
    """

    datasets: frozenset[str] | None = None
    things: frozenset[str] | None = None
    ended: frozenset[str] | None = None
    triples: int | None = None
    problems: tuple[str, ...] = ()
    described: tuple[Quad, ...] = field(default=(), repr=False)


Channel: TypeAlias = Callable[[Server], Told]


def catalogue(server: Server) -> Told:
    """Read the catalogue page by page, each twice, with HEAD before, as CKAN's harvester does."""
    quads: list[Quad] = []
    problems: list[str] = []
    link: str | None = "/catalog.ttl"
    for _ in range(MOST_PAGES):
        if link is None:
            break
        head, page, again = server.ask("HEAD", link), server.get(link), server.get(link)
        problems += _differences(head, page, again)
        quads += (held := page.quads())
        link = next((_value(q) for q in held if q.predicate == term("hydra:next")), None)
    datasets = frozenset(
        q.subject.value  # type: ignore[union-attr]
        for q in quads
        if (q.predicate, q.object) == (TYPE, term("dcat:Dataset"))
    )
    files = {_value(q) for q in quads if q.predicate == term("dcat:downloadURL")}
    for file in sorted(files):
        if (status := server.ask("HEAD", file).status) != 200:
            problems.append(f"{server.here(file)}: {status}")
    return Told(datasets=datasets, problems=tuple(problems), described=tuple(quads))


def ckan(server: Server) -> Told:
    """Read all packages as avoindata.fi's harvester does: until a page is empty."""
    found: list[str] = []
    problems: list[str] = []
    for start in range(0, MOST_PAGES * A_PAGE, A_PAGE):
        query = urlencode({"rows": A_PAGE, "start": start, "sort": "id asc"})
        results = server.get(f"/api/3/action/package_search?{query}").json()["result"]["results"]
        if not results:
            break
        for package in results:
            extras = {one["key"]: one["value"] for one in package["extras"]}
            found.append(extras["uri"])
            for name in ("title_translated", "notes_translated"):
                if not package[name].get("fi"):
                    problems.append(f"{package['name']}: no {name} in Finnish")
    if len(found) != len(set(found)):
        problems.append("a package is given twice")
    names = server.get("/api/action/package_list").json()["result"]
    if len(names) != len(found):
        problems.append(f"package_list: {len(names)}, package_search: {len(found)}")
    return Told(datasets=frozenset(found), problems=tuple(problems))


def oai(server: Server) -> Told:
    """Read all records of OAI-PMH in Dublin Core, and those of datasets in DCAT-AP too."""
    live, ended = _oai_records(server, "oai_dc")
    datasets, _ = _oai_records(server, "dcat_ap")
    problems = () if datasets == _of_kind(live, "dataset") else ("dcat_ap and oai_dc differ",)
    return Told(frozenset(datasets), frozenset(live), frozenset(ended), problems=problems)


def feed(server: Server) -> Told:
    """Follow the feed from its root, and keep what is the latest of each thing."""
    latest: dict[str, tuple[str, str, int]] = {}
    problems: list[str] = []
    for quads in _feed_pages(server):
        about: dict[str, dict[NamedNode, str]] = {}
        sizes: dict[str, int] = {}
        for quad in quads:
            if quad.graph_name == DefaultGraph() and isinstance(quad.subject, NamedNode):
                about.setdefault(quad.subject.value, {})[quad.predicate] = _value(quad)
            elif isinstance(quad.graph_name, NamedNode):
                sizes[quad.graph_name.value] = sizes.get(quad.graph_name.value, 0) + 1
        for member in (_value(q) for q in quads if q.predicate == term("tree:member")):
            said = about.get(member, {})
            event = tuple(said.get(term(name), "") for name in ("as:published", "rdf:type"))
            thing = said.get(term("as:object"), "")
            if not thing or not all(event):
                problems.append(f"{member}: incomplete")
                continue
            if thing not in latest or latest[thing] < (*event, 0):
                latest[thing] = (event[0], event[1], sizes.get(member, 0))
    gone = {thing for thing, one in latest.items() if one[1] == PREFIXES["as"] + "Delete"}
    live = latest.keys() - gone
    triples = sum(latest[thing][2] for thing in live)
    ours = _main(live)
    return Told(
        frozenset(_of_kind(ours, "dataset")),
        frozenset(ours),
        frozenset(_main(gone)),
        triples,
        tuple(problems),
    )


def dumps(server: Server) -> Told:
    """Download the whole release, and hold it against its checksum."""
    name = "hyteverkko.nq.gz"
    checksum, unpacked = hashlib.sha256(), zlib.decompressobj(wbits=31)
    subjects: set[bytes] = set()
    withheld: set[bytes] = set()
    rest, triples = b"", 0
    for chunk in server.lines(f"/dumps/latest/{name}"):
        checksum.update(chunk)
        *lines, rest = (rest + unpacked.decompress(chunk)).split(b"\n")
        triples += len(lines)
        for line in lines:
            subjects.add(line[: line.index(b" ")])
            if WITHHELD in line:
                withheld.add(line[: line.index(b" ")])
    sums = server.get("/dumps/latest/SHA256SUMS").body.decode().splitlines()
    wanted = {file.lstrip("*"): sum_ for sum_, _, file in (one.partition("  ") for one in sums)}
    known = wanted.get(name)
    problems = () if known == checksum.hexdigest() else (f"{name} is not what SHA256SUMS says",)
    live = {iri[1:-1].decode() for iri in subjects - withheld}
    ended = {iri[1:-1].decode() for iri in withheld}
    ours = _main(live)
    return Told(things=frozenset(ours), ended=frozenset(_main(ended)), triples=triples,
                problems=problems)  # fmt: skip


def sparql(server: Server) -> Told:
    """Ask the endpoint for the datasets that have a graph, and for every thing."""
    count = int(_column(server, "count_triples")[0])
    datasets, things = (
        _column(server, name) for name in ("harvested_datasets", "described_things")
    )
    return Told(frozenset(_main(datasets)), frozenset(_main(things)), triples=count)


def void(server: Server) -> Told:
    """Read what VoID says of the dataset as a whole."""
    quads = server.get("/.well-known/void", "text/turtle").quads()
    counts = [int(_value(q)) for q in quads if q.predicate == term("void:triples")]
    endpoint = any(q.predicate == term("void:sparqlEndpoint") for q in quads)
    problems = [] if endpoint else ["no void:sparqlEndpoint"]
    for quad in quads:
        if quad.predicate == term("void:dataDump"):
            link = _value(quad)
            if (status := server.ask("HEAD", link).status) != 200:
                problems.append(f"{server.here(link)}: {status}")
    return Told(triples=max(counts, default=0), problems=tuple(problems))


def sitemap(server: Server) -> Told:
    """Read the sitemap that robots.txt names, and look at some of its pages."""
    robots = server.get("/robots.txt").body.decode()
    links = [line.partition(":")[2].strip() for line in robots.splitlines()
             if line.lower().startswith("sitemap:")]  # fmt: skip
    if not links:
        return Told(problems=("robots.txt names no sitemap",))
    pages: list[str] = []
    for index in links:
        for file in _locations(server.get(index)):
            pages += _locations(server.get(file))
    problems = [
        f"{server.here(page)}: {status}"
        for page in pages[:: max(1, len(pages) // LOOKED_AT)]
        if (status := server.ask("HEAD", page, "text/html").status) != 200
    ]
    paths = {unquote(urlsplit(page).path) for page in pages}
    things = {ID + path.removeprefix("/doc/") for path in paths if path.startswith("/doc/")}
    ours = _main(things)
    return Told(frozenset(_of_kind(ours, "dataset")), frozenset(ours), problems=tuple(problems))


def reconciliation(server: Server) -> Told:
    """Read the manifest, and match a name."""
    manifest = server.get("/reconcile").json()
    problems = [f"no {name}" for name in ("name", "versions", "view") if name not in manifest]
    answer = server.get(f"/reconcile?{urlencode({'queries': QUERY})}").json()
    results = answer.get("q0", {}).get("result")
    if not isinstance(results, list):
        problems.append("a query is not answered")
    return Told(problems=tuple(problems))


QUERY: Final = '{"q0": {"query": "Kuopion", "limit": 3}}'
OF_THEMSELVES: Final = frozenset({f"{ID}dataset/catalogue", f"{ID}dataset/release"})
"""The records of the catalogue and of the release, which describe themselves."""

LOOKED_AT: Final = 20
"""Pages of the sitemap that are looked at."""

WITHHELD: Final = f" {TYPE} <{PREFIXES['hyte']}WithheldPerson> ".encode()

CHANNELS: Final[dict[str, Channel]] = {
    "DCAT-AP": catalogue,
    "CKAN": ckan,
    "OAI-PMH": oai,
    "LDES": feed,
    "dumps": dumps,
    "SPARQL": sparql,
    "VoID": void,
    "sitemap": sitemap,
    "reconciliation": reconciliation,
}
"""Every channel, by the name that the table shows."""


def is_ended(server: Server, iri: str) -> bool:
    """Say whether the page of a thing says that it is gone, or not there."""
    path = "/doc/" + quote(iri.removeprefix(ID), safe="/~")
    return server.ask("GET", path, "text/turtle").status in {404, 410}


def _oai_records(server: Server, prefix: str) -> tuple[set[str], set[str]]:
    live: set[str] = set()
    ended: set[str] = set()
    link = f"/oai?verb=ListRecords&metadataPrefix={prefix}"
    for _ in range(MOST_PAGES):
        answer = server.get(link)
        root = _xml(answer)
        if (error := root.find(f"{OAI}error")) is not None:
            if error.get("code") == "noRecordsMatch":
                break
            raise Unanswered(f"{answer.address}: {error.get('code')}")
        for header in root.iter(f"{OAI}header"):
            name = header.findtext(f"{OAI}identifier") or ""
            iri = ID + unquote(name.removeprefix(SCHEME))
            (ended if header.get("status") == "deleted" else live).add(iri)
        token = next(root.iter(f"{OAI}resumptionToken"), None)
        if token is None or not token.text:
            break
        link = f"/oai?verb=ListRecords&resumptionToken={quote(token.text)}"
    return live, ended


def _feed_pages(server: Server) -> Iterator[list[Quad]]:
    known = {"/feed"}
    waiting = ["/feed"]
    while waiting and len(known) < MOST_PAGES:
        quads = server.get(waiting.pop(), "application/n-quads").quads()
        for link in (_value(q) for q in quads if q.predicate == term("tree:node")):
            path = urlsplit(link).path
            if path not in known:
                known.add(path)
                waiting.append(path)
        yield quads


def _differences(head: Answer, page: Answer, again: Answer) -> Iterator[str]:
    if page.body != again.body:
        yield f"{page.address}: other bytes the second time"
    for name in ("content-type", "etag", "last-modified"):
        if head.headers.get(name) != page.headers.get(name):
            yield f"{page.address}: HEAD says another {name}"


def _column(server: Server, name: str) -> list[str]:
    query = urlencode({"query": query_text(name)})
    answer = server.get(f"/sparql?{query}", "text/tab-separated-values")
    _, *lines = answer.body.decode().splitlines()
    return [line.removeprefix("<").removesuffix(">") for line in lines]


def _locations(answer: Answer) -> list[str]:
    return [one.text or "" for one in _xml(answer).iter(f"{SITEMAP}loc")]


def _xml(answer: Answer) -> Xml.Element:
    body = gzip.decompress(answer.body) if answer.body[:2] == b"\x1f\x8b" else answer.body
    try:
        return Xml.fromstring(body)
    except Xml.ParseError as error:
        raise Unanswered(f"{answer.address}: {error}") from None


def _value(quad: Quad) -> str:
    return str(getattr(quad.object, "value", ""))


def _main(iris: Iterable[str]) -> set[str]:
    """Give the things that every channel of things has: those with a record in OAI-PMH."""
    return {iri for iri in iris if _kind(iri) in KINDS and iri not in OF_THEMSELVES}


def _of_kind(iris: set[str], kind: str) -> set[str]:
    return {iri for iri in iris if _kind(iri) == kind}


def _kind(iri: str) -> str:
    kind, slash, key = iri.removeprefix(ID).partition("/")
    return kind if iri.startswith(ID) and slash and key else ""
