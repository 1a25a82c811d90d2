"""The document of a thing: a page for people, data for programs, a table for a spreadsheet."""

from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Query
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hyteverkko import addresses
from hyteverkko.answers import (
    VARY,
    Link,
    alternates_of,
    day_of,
    graph_answer,
    language_of,
    page_answer,
    split_ending,
)
from hyteverkko.errors import BadRequest, NotFound
from hyteverkko.formats import HTML, PAGE_FORMATS, RESULTS_CSV, Format
from hyteverkko.negotiation import offered_format
from hyteverkko.pages.entity import Frame, entity_page, kind_of, refuse_withdrawn
from hyteverkko.pages.incoming import incoming_page
from hyteverkko.pages.kinds import PANELS
from hyteverkko.pages.panels import Question, panel_table, terms_of
from hyteverkko.pages.questions import asked
from hyteverkko.pages.reading import Reader
from hyteverkko.pages.signposts import signposts
from hyteverkko.pages.tables import csv_table
from hyteverkko.pages.taken import file_answer
from hyteverkko.settings import Settings
from hyteverkko.store.current import CurrentRelease, Serving
from hyteverkko.store.releases import graph_content, home_of, read_release, release_named

PageNumber = Annotated[int, Query(alias="page", ge=1, le=1_000_000)]

CSV_ENDING: Final = ".csv"
FORMATS: Final = (*PAGE_FORMATS, RESULTS_CSV)
LONGEST_ADDRESS: Final = 7000


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page is made from: the current release, the frame of the pages, and today."""

    current: CurrentRelease
    frame: Frame
    settings: Settings

    def reader(self, request: Request) -> Reader:
        """Give the release as the one who asks sees it; raise BadRequest for a bad day."""
        today = self.settings.today.isoformat()
        return Reader(self.current.serving(), language_of(request), day_of(request), today)


def parted(key: str) -> tuple[str, Format | None]:
    """Part an address into what it names and the format its ending asks for, CSV among them."""
    if key.endswith(CSV_ENDING):
        return key.removesuffix(CSV_ENDING), RESULTS_CSV
    return split_ending(key)


def document_answer(
    request: Request, desk: Desk, thing: NamedNode, ending: Format | None, number: int
) -> Response:
    """Answer for a thing in the format its address or the client asks for."""
    format_ = ending or negotiated(request)
    reader = desk.reader(request)
    path = path_of(thing)
    panel, query, related = (request.query_params.get(one) for one in ("panel", "query", "in"))
    if format_ is RESULTS_CSV:
        return _table(request, reader, thing, panel)
    if format_ is not HTML:
        refuse_withdrawn(reader.serving, thing)
        return data_answer(request, reader, thing, format_)
    if query is not None:
        question = _question(thing, query)
        text = asked(question.query, terms_of(question, reader, thing))
        return query_answer(text, reader.language)
    if related is not None:
        return _incoming(request, reader, thing, related, number)
    if number > 1:
        raise NotFound("There are only {pages} pages.", pages=1)
    page = entity_page(reader, desk.frame, thing, path)
    graph = reader.serving.graph
    links = alternates_of(path, FORMATS)
    stating = [one.iri for one in page.graphs]
    posts = signposts(graph, thing, page.kind, stating, desk.frame.base_url)
    return page_answer(
        request, "entity.html", page, release=graph.release.id, alternates=links, signposts=posts
    )


def data_answer(
    request: Request, reader: Reader, thing: NamedNode, format_: Format, name: str = "describe"
) -> Response:
    """Answer with the triples of a thing in a format of graphs."""
    triples: list[Triple] = reader.serving.graph.triples(name, thing=thing)
    if not triples:
        raise NotFound("Nothing is known under this address.")
    links = alternates_of(path_of(thing))
    release = reader.serving.graph.release.id
    about = (Link("describes", thing.value),)
    return graph_answer(
        request, triples, format_, release=release, alternates=links, signposts=about
    )


def graph_data_answer(request: Request, serving: Serving, name: str, format_: Format) -> Response:
    """Answer with what a graph holds, now or in the release that is asked for."""
    home, asked = home_of(serving.folder), request.query_params.get("release", "")
    release = release_named(home, asked) if asked else read_release(serving.folder)
    content = graph_content(home, release, name)
    triples = [quad.triple for quad in parse(content, format=RdfFormat.N_TRIPLES)]
    node = addresses.graph(name)
    if not triples and not asked:
        triples = serving.graph.triples("graph", graph=node)
    if not triples:
        raise NotFound("Nothing is known under this address.")
    checksum = release.objects.get(name, release.id)
    return graph_answer(
        request,
        triples,
        format_,
        release=release.id,
        alternates=alternates_of(path_of(node)),
        tag=f"{checksum[:20]}-{format_.ending}",
    )


def path_of(thing: NamedNode) -> str:
    """Give the path of a thing's page; raise NotFound for what is not ours."""
    path = addresses.path_of(thing.value)
    if path is None:
        raise NotFound("Nothing is known under this address.")
    return path


def negotiated(request: Request) -> Format:
    """Give the format a client likes best; raise NotAcceptable when there is none."""
    return offered_format(request.headers.get("accept"), PAGE_FORMATS)


def _question(thing: NamedNode, key: str) -> Question:
    questions = PANELS.get(kind_of(thing), ())
    found = next((one for one in questions if one.key == key), None)
    if found is None:
        raise NotFound("Nothing is known under this address.")
    return found


def query_answer(text: str, language: str) -> Response:
    """Send a reader on to the editor with a query; raise BadRequest when no address holds it."""
    address = f"/sparql?{urlencode({'query': text, 'lang': language})}"
    if len(address) > LONGEST_ADDRESS:
        raise BadRequest("The query is too long for an address.")
    return RedirectResponse(address, 303, {"Vary": VARY})


def _table(request: Request, reader: Reader, thing: NamedNode, panel: str | None) -> Response:
    """Answer with a table: the rows of a panel, or all statements of a thing."""
    refuse_withdrawn(reader.serving, thing)
    if panel is not None:
        names, rows = panel_table(_question(thing, panel), reader, thing)
    else:
        names = ["property", "propertyName", "value", "valueName", "language", "graph"]
        rows = _statements(reader, thing)
        if not rows:
            raise NotFound("Nothing is known under this address.")
    name = f"{kind_of(thing).replace('/', '-')}-{panel or 'statements'}"
    return file_answer(request, reader, name, "csv", {"csv": lambda: csv_table(names, rows)})


def _statements(reader: Reader, thing: NamedNode) -> list[list[str]]:
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for row in reader.rows("statements", thing=thing):
        property_, value, name = row["property"], row["value"], row.get("name")
        key = (str(property_), str(value), str(row["graph"]), "")
        named = reader.shown(value, [name] if isinstance(name, Literal) else ())
        cells = [
            property_.value if isinstance(property_, NamedNode) else "",
            reader.shown(property_).text.value,
            value.value if isinstance(value, NamedNode | Literal) else "",
            named.text.value if isinstance(value, NamedNode) else "",
            (value.language or "") if isinstance(value, Literal) else named.text.language,
            row["graph"].value if isinstance(row["graph"], NamedNode) else "",
        ]
        # Of the names in several languages the reader's own stands; else the first found.
        if key not in found or named.text.language == reader.language:
            found[key] = cells
    return [found[key] for key in sorted(found)]


def _incoming(
    request: Request, reader: Reader, thing: NamedNode, related: str, number: int
) -> Response:
    try:
        property_ = NamedNode(related)
    except ValueError:
        raise NotFound("Nothing is known under this address.") from None
    refuse_withdrawn(reader.serving, thing)
    names = [row["name"] for row in reader.rows("names", thing=thing)]
    shown = reader.shown(thing, [name for name in names if isinstance(name, Literal)])
    page = incoming_page(reader, shown, thing, property_, path_of(thing), number)
    release = reader.serving.graph.release.id
    return page_answer(request, "incoming.html", page, release=release)
