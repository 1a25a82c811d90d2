"""OAI-PMH 2.0 at ``/oai``: the six verbs, by GET and by POST.

https://www.openarchives.org/OAI/openarchivesprotocol.html
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as Xml

from fastapi import APIRouter, Request
from pyoxigraph import Literal, NamedNode
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from hyteverkko.answers import NOT_IN_XML, Site, graph_bytes, site_of
from hyteverkko.errors import TooLarge
from hyteverkko.formats import RDF_XML
from hyteverkko.harvest.dcat import dataset_description
from hyteverkko.harvest.oai import (
    DCAT_AP,
    DOMAIN,
    FORMATS,
    KINDS,
    SCHEME,
    OaiError,
    Part,
    Record,
    Records,
    Wanted,
    formats_of,
)
from hyteverkko.namespaces import ID, PREFIXES
from hyteverkko.sent import FORM, sent_body
from hyteverkko.store.chronicle import Chronicles
from hyteverkko.store.current import CurrentRelease
from hyteverkko.store.datasets import datasets_of
from hyteverkko.store.graph import ReleaseGraph

PATH: Final = "/oai"
OAI: Final = "http://www.openarchives.org/OAI/2.0/"
OAI_DC: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
OAI_IDENTIFIER: Final = "http://www.openarchives.org/OAI/2.0/oai-identifier"
DC: Final = "http://purl.org/dc/elements/1.1/"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
CONTENT_TYPE: Final = "text/xml; charset=utf-8"
LARGEST_BODY: Final = 16 * 1024
NAME: Final = "hyteverkko"
TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

NAMESPACES: Final = {**PREFIXES, "": OAI, "oai_dc": OAI_DC, "dc": DC, "xsi": XSI}
for _name, _namespace in NAMESPACES.items():
    Xml.register_namespace(_name, _namespace)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the release and its records, the site, and the arguments."""

    graph: ReleaseGraph
    records: Records
    site: Site
    arguments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verb:
    """What a verb answers, and which arguments it must and may have."""

    answer: Callable[[Asked, Xml.Element], None]
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    alone: str = ""


def oai_routes(current: CurrentRelease, chronicles: Chronicles) -> APIRouter:
    """Give the route of the interface."""
    router = APIRouter(include_in_schema=False)
    last: list[Records] = []

    def records(graph: ReleaseGraph) -> Records:
        chronicle = chronicles.of(graph.release)
        if not last or last[0].chronicle is not chronicle:
            last[:] = [Records(chronicle, {one.iri for one in datasets_of(graph).records})]
        return last[0]

    @router.api_route(PATH, methods=["GET", "HEAD", "POST"])
    async def oai(request: Request) -> Response:
        pairs = await _pairs(request)
        graph, site = current.serving().graph, site_of(request)
        body = await run_in_threadpool(lambda: _answer(graph, records(graph), site, pairs))
        headers = {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
        return Response(body, 200, headers, CONTENT_TYPE)

    return router


async def _pairs(request: Request) -> list[tuple[str, str]]:
    if request.method != "POST":
        return request.query_params.multi_items()
    too_large = TooLarge("The request is over {size} KiB.", size=LARGEST_BODY // 1024)
    body = await sent_body(request, LARGEST_BODY, too_large)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return []
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


def _answer(
    graph: ReleaseGraph, records: Records, site: Site, pairs: Iterable[tuple[str, str]]
) -> bytes:
    pairs = list(pairs)
    arguments = dict(pairs)
    root = Xml.Element(f"{{{OAI}}}OAI-PMH", {f"{{{XSI}}}schemaLocation": f"{OAI} {OAI}OAI-PMH.xsd"})
    _child(root, "responseDate", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    asked = _child(root, "request", site.base_url + PATH)
    verb = arguments.pop("verb", "")
    content = Xml.Element(f"{{{OAI}}}{verb}")
    try:
        known = _known(verb, arguments, pairs)
        known.answer(Asked(graph, records, site, arguments), content)
        root.append(content)
    except OaiError as error:
        _child(root, "error", error.message, code=error.code)
        if error.code in {"badVerb", "badArgument"}:
            arguments, verb = {}, ""
    asked.attrib |= {name: _clean(value) for name, value in arguments.items()}
    if verb:
        asked.set("verb", verb)
    Xml.indent(root, " ")
    text: str = Xml.tostring(root, "unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def _known(verb: str, arguments: Mapping[str, str], pairs: list[tuple[str, str]]) -> Verb:
    names = [name for name, _ in pairs]
    if verb not in VERBS or names.count("verb") != 1:
        raise OaiError("badVerb", f"The verb is missing, repeated or none of {', '.join(VERBS)}.")
    if len(names) != len(set(names)):
        raise OaiError("badArgument", "An argument is repeated.")
    known = VERBS[verb]
    if known.alone in arguments:
        if len(arguments) > 1:
            raise OaiError("badArgument", f"{known.alone} is given alone.")
        return known
    if unknown := arguments.keys() - known.required - known.optional:
        raise OaiError("badArgument", f"{verb} does not take: {', '.join(sorted(unknown))}.")
    if missing := {name for name in known.required if not arguments.get(name)}:
        raise OaiError("badArgument", f"{verb} needs: {', '.join(sorted(missing))}.")
    return known


def _identify(asked: Asked, content: Xml.Element) -> None:
    host = urlsplit(asked.site.base_url).hostname or "localhost"
    contact = asked.site.feedback
    for name, text in (
        ("repositoryName", NAME),
        ("baseURL", asked.site.base_url + PATH),
        ("protocolVersion", "2.0"),
        ("adminEmail", contact if "@" in contact and ":" not in contact else f"postmaster@{host}"),
        ("earliestDatestamp", asked.records.earliest),
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    ):
        _child(content, name, text)
    described = Xml.SubElement(
        _child(content, "description"),
        f"{{{OAI_IDENTIFIER}}}oai-identifier",
        {f"{{{XSI}}}schemaLocation": f"{OAI_IDENTIFIER} {OAI_IDENTIFIER}.xsd"},
    )
    sample = SCHEME + "municipality/297"
    for name, text in (
        ("scheme", "oai"),
        ("repositoryIdentifier", DOMAIN),
        ("delimiter", ":"),
        ("sampleIdentifier", sample),
    ):
        Xml.SubElement(described, f"{{{OAI_IDENTIFIER}}}{name}").text = text


def _list_formats(asked: Asked, content: Xml.Element) -> None:
    identifier = asked.arguments.get("identifier")
    prefixes = formats_of(asked.records.named(identifier).kind) if identifier else tuple(FORMATS)
    for prefix in prefixes:
        schema, namespace = FORMATS[prefix]
        one = _child(content, "metadataFormat")
        _child(one, "metadataPrefix", prefix)
        _child(one, "schema", schema)
        _child(one, "metadataNamespace", namespace)


def _list_sets(asked: Asked, content: Xml.Element) -> None:
    if "resumptionToken" in asked.arguments:
        raise OaiError("badResumptionToken", "The sets are given in one part.")
    for kind in KINDS:
        one = _child(content, "set")
        _child(one, "setSpec", kind)
        _child(one, "setName", kind.replace("-", " ").capitalize())


def _list_identifiers(asked: Asked, content: Xml.Element) -> None:
    part = asked.records.part(_wanted(asked))
    for record in part.records:
        _header(content, record)
    _resumption(content, part)


def _list_records(asked: Asked, content: Xml.Element) -> None:
    wanted = _wanted(asked)
    part = asked.records.part(wanted)
    for record in part.records:
        _record(asked, _child(content, "record"), record, wanted.prefix)
    _resumption(content, part)


def _get_record(asked: Asked, content: Xml.Element) -> None:
    record, prefix = asked.records.named(asked.arguments["identifier"]), _prefix(asked)
    if prefix not in formats_of(record.kind):
        raise OaiError("cannotDisseminateFormat", f"This record is not given as {prefix}.")
    _record(asked, _child(content, "record"), record, prefix)


def _prefix(asked: Asked) -> str:
    prefix = asked.arguments["metadataPrefix"]
    if prefix not in FORMATS:
        raise OaiError("cannotDisseminateFormat", f"The formats are {' and '.join(FORMATS)}.")
    return prefix


def _wanted(asked: Asked) -> Wanted:
    if "resumptionToken" in asked.arguments:
        return Wanted.of_token(asked.arguments["resumptionToken"])
    prefix = _prefix(asked)
    start, end = (asked.arguments.get(name, "") for name in ("from", "until"))
    for text in (start, end):
        if text and not _is_time(text):
            raise OaiError("badArgument", "A time is YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.")
    if start and end and len(start) != len(end):
        raise OaiError("badArgument", "from and until are to be of one granularity.")
    if start and end and start > end:
        raise OaiError("badArgument", "from is after until.")
    first = f"{start}T00:00:00Z" if DAY.fullmatch(start) else start
    last = f"{end}T23:59:59Z" if DAY.fullmatch(end) else end
    chosen = asked.arguments.get("set", "")
    if chosen and chosen not in KINDS:
        raise OaiError("noRecordsMatch", "There is no such set.")
    return Wanted(prefix, chosen, first, last)


def _is_time(text: str) -> bool:
    try:
        if DAY.fullmatch(text):
            return bool(date.fromisoformat(text))
        return bool(TIME.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def _header(parent: Xml.Element, record: Record) -> None:
    header = _child(parent, "header", **({"status": "deleted"} if record.gone else {}))
    _child(header, "identifier", record.identifier)
    _child(header, "datestamp", record.datestamp)
    _child(header, "setSpec", record.kind)


def _record(asked: Asked, parent: Xml.Element, record: Record, prefix: str) -> None:
    _header(parent, record)
    if record.gone:
        return
    metadata = _child(parent, "metadata")
    if prefix == DCAT_AP:
        metadata.append(_dcat(asked, record))
    else:
        metadata.append(_dublin_core(asked, record))


def _dcat(asked: Asked, record: Record) -> Xml.Element:
    triples = dataset_description(
        asked.graph, NamedNode(record.iri), asked.site, asked.records.chronicle
    )
    return Xml.fromstring(graph_bytes(triples, RDF_XML))


def _dublin_core(asked: Asked, record: Record) -> Xml.Element:
    root = Xml.Element(
        f"{{{OAI_DC}}}dc", {f"{{{XSI}}}schemaLocation": f"{OAI_DC} {OAI_DC[:-1]}.xsd"}
    )
    rows = asked.graph.rows("dublin_core", thing=NamedNode(record.iri))
    stated = [(str(row["element"].value), row["value"]) for row in rows]  # type: ignore[union-attr]
    if all(element != "title" for element, _ in stated):
        stated.insert(0, ("title", Literal(record.iri.removeprefix(ID))))
    for element, value in (*stated, ("identifier", NamedNode(record.iri))):
        if isinstance(value, Literal | NamedNode):
            one = Xml.SubElement(root, f"{{{DC}}}{element}")
            one.text = _clean(value.value)
            if isinstance(value, Literal) and value.language:
                one.set(LANGUAGE, value.language)
    return root


def _resumption(content: Xml.Element, part: Part) -> None:
    if part.token or part.cursor:
        numbers = {"completeListSize": str(part.total), "cursor": str(part.cursor)}
        _child(content, "resumptionToken", part.token, **numbers)


def _child(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    child = Xml.SubElement(parent, f"{{{OAI}}}{name}", attributes)
    child.text = _clean(text) or None
    return child


def _clean(text: str) -> str:
    """Give a text without what XML 1.0 cannot carry."""
    return NOT_IN_XML.sub("\ufffd", text)


PREFIX: Final = frozenset({"metadataPrefix"})
CHOICE: Final = frozenset({"from", "until", "set"})
TOKEN: Final = "resumptionToken"
VERBS: Final[Mapping[str, Verb]] = MappingProxyType(
    {
        "Identify": Verb(_identify),
        "ListMetadataFormats": Verb(_list_formats, optional=frozenset({"identifier"})),
        "ListSets": Verb(_list_sets, alone=TOKEN),
        "ListIdentifiers": Verb(_list_identifiers, PREFIX, CHOICE, TOKEN),
        "ListRecords": Verb(_list_records, PREFIX, CHOICE, TOKEN),
        "GetRecord": Verb(_get_record, required=frozenset({"identifier", "metadataPrefix"})),
    }
)
