"""Who is connected with whom: bodies, offices, organisations and municipalities, and no persons.

An office is a node of its own in each municipality or organisation that has it: the wellbeing
coordinators of two towns are two members, and the one of a town that sits in three bodies is one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode

from hyteverkko.errors import NotFound
from hyteverkko.labels import Text
from hyteverkko.namespaces import PREFIXES
from hyteverkko.pages.entity import kind_of
from hyteverkko.pages.incoming import Paging
from hyteverkko.pages.lists import compact, kept_parameters
from hyteverkko.pages.periods import Period
from hyteverkko.pages.pictures.shapes import Svg, listed
from hyteverkko.pages.pictures.whose import Options, named, options_of, within
from hyteverkko.pages.questions import asked
from hyteverkko.pages.reading import Reader
from hyteverkko.pages.tables import Table, json_text
from hyteverkko.pages.taken import OF_A_PICTURE
from hyteverkko.pages.terms import Shown, by_name
from hyteverkko.ready_code import ReadyCode, ready_code
from hyteverkko.store.current import names_by_iri
from hyteverkko.store.graph import Row, Term
from hyteverkko.translations import catalogue, marked

PATH: Final = "/network"
TITLE: Final = marked("Network")
QUERY: Final = "network_edges"
PER_PAGE: Final = 50
MOST_DRAWN: Final = 60
"""Nodes that can be read in one picture; the tables and files have all."""

DEEPEST: Final = 2
KINDS: Final = MappingProxyType(
    {
        "body": marked("Bodies and networks"),
        "office": marked("Offices"),
        "organisation": marked("Organisations and units"),
        "municipality": marked("Municipalities"),
        "county": marked("Wellbeing services counties"),
        "project": marked("Projects"),
        "described": marked("Members described but not named"),
    }
)
"""The kinds of node by their names in addresses."""

KIND_OF: Final = MappingProxyType(
    {
        "network": "body",
        "body": "body",
        "def/office": "office",
        "unit": "organisation",
        "municipality": "municipality",
        "county": "county",
        "project": "project",
        "described": "described",
    }
)
"""The kind of node by the kind in an address; any other is an organisation."""

MEMBER: Final = "member"
BODY_OF: Final = "body-of"
RELATIONS: Final = MappingProxyType(
    {
        PREFIXES["org"] + "member": (MEMBER, marked("member of")),
        PREFIXES["hyte"] + "onBehalfOf": ("represented", marked("represented in")),
        PREFIXES["org"] + "postIn": ("post", marked("office in")),
        PREFIXES["hyte"] + "bodyOf": (BODY_OF, marked("body of")),
        PREFIXES["org"] + "subOrganizationOf": ("subgroup", marked("subgroup of")),
        PREFIXES["org"] + "unitOf": ("unit", marked("unit of")),
        PREFIXES["hyte"] + "cooperatesWith": ("cooperation", marked("cooperates with")),
        PREFIXES["hyte"] + "establishedBy": ("established", marked("established by")),
        PREFIXES["hyte"] + "hears": ("hearing", marked("hears")),
    }
)
"""What connects two nodes, by property: its key in the files, and how a reader is told."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node: its key in addresses, what it is called there and in the picture, and whose it is."""

    key: str
    kind: str
    shown: Shown
    short: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A connection from a node to another, in which role and when."""

    source: str
    target: str
    relation: str
    heading: str
    role: str
    when: Shown | None
    period: Period | None


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes by their keys, and the edges between them."""

    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose: kinds of node, whose, around which node and how far, the page."""

    kinds: frozenset[str]
    of: str
    around: str
    depth: int
    page: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of node that can be chosen, and how many there are."""

    value: str
    heading: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Shared:
    """A member of several bodies."""

    node: Node
    bodies: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class NetworkPage:
    """All that the page shows."""

    title: str
    path: str
    kinds: tuple[Kind, ...]
    whose: tuple[Options, ...]
    of: Shown | None
    without_of: str
    around: Shown | None
    without_around: str
    depth: int
    fields: tuple[tuple[str, str], ...]
    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    shared: tuple[Shared, ...]
    paging: Paging
    address: str
    summary: str
    drawn: int
    total: int
    picture: Svg
    day: str
    today: str
    query: str
    downloads: tuple[tuple[str, str], ...]
    codes: tuple[ReadyCode, ...]


def chosen_by(parameters: Iterable[tuple[str, str]]) -> Choice:
    """Read a choice from the parameters of an address; what is not known is left out."""
    given: dict[str, list[str]] = {}
    for name, value in parameters:
        given.setdefault(name, []).append(value)
    page, depth = given.get("page", ["1"])[0], given.get("depth", ["1"])[0]
    return Choice(
        frozenset(given.get("kind", ())) & set(KINDS),
        given.get("of", [""])[0].strip(),
        given.get("around", [""])[0].strip(),
        int(depth) if depth in {str(one) for one in range(1, DEEPEST + 1)} else 1,
        int(page) if page.isdecimal() and len(page) < 7 and int(page) > 0 else 1,
    )


def address(choice: Choice, reader: Reader, ending: str = "") -> str:
    """Give the address of a choice."""
    given = [
        *(("kind", kind) for kind in KINDS if kind in choice.kinds),
        ("of", choice.of),
        ("around", choice.around),
        ("depth", str(choice.depth) if choice.around and choice.depth > 1 else ""),
        *kept_parameters(reader),
    ]
    return f"{PATH}{ending}?{urlencode([one for one in given if one[1]], safe='/@')}"


def around_address(key: str, reader: Reader) -> str:
    """Give the address of the network around a node."""
    return address(Choice(frozenset(), "", key, 1, 1), reader)


def whole_network(reader: Reader) -> Network:
    """Read the network as it is on the reader's day, or as it is known for all times."""
    rows = reader.rows("network_names", language=Literal(reader.language))
    named_rows = (
        {"term": row["thing"], "name": row.get("thingName", row["thing"])} for row in rows
    )
    names = names_by_iri(named_rows, "term")
    nodes: dict[str, Node] = {}
    edges: dict[tuple[str, str, str, Term | None], Edge] = {}
    for row in reader.rows(QUERY, **reader.terms):
        source, target = _source(row, names, reader), _plain_node(row["to"], names, reader)
        relation = row["relation"]
        key, heading = RELATIONS[relation.value] if isinstance(relation, NamedNode) else ("", "")
        if source.key == target.key:
            continue
        nodes[source.key], nodes[target.key] = source, target
        place = (source.key, target.key, key, row.get("period"))
        role = row.get("roleName")
        text = role.value if isinstance(role, Literal) else ""
        held = edges.get(place)
        if held is not None:
            edges[place] = replace(held, role=_joined(held.role, text))
        else:
            when = reader.shown(row["period"]) if "period" in row else None
            period = reader.period(row.get("period"))
            edges[place] = Edge(source.key, target.key, key, heading, text, when, period)
    return Network(MappingProxyType(nodes), tuple(edges.values()))


def narrowed(network: Network, choice: Choice, reader: Reader) -> Network:
    """Give the part of a network that is chosen; raise NotFound for what nothing is called."""
    edges = network.edges
    centre = _centre(network, choice, reader)
    if choice.of:
        owners = within(named(choice.of, reader).iri, reader)
        own = _owned(network, owners)
        edges = tuple(one for one in edges if one.source in own or one.target in own)
    if choice.kinds:
        kept = {key for key, node in network.nodes.items() if node.kind in choice.kinds} | centre
        edges = tuple(one for one in edges if one.source in kept and one.target in kept)
    if choice.around:
        near = _near(centre, edges, choice.depth)
        edges = tuple(one for one in edges if one.source in near and one.target in near)
    met = {key for one in edges for key in (one.source, one.target)} | centre
    nodes = {key: node for key, node in network.nodes.items() if key in met}
    return Network(MappingProxyType(nodes), edges)


def readable(network: Network, choice: Choice) -> Network:
    """Give the part of a network that one picture can show: the nodes with most connections."""
    if len(network.nodes) <= MOST_DRAWN:
        return network
    degrees = Counter(key for one in network.edges for key in (one.source, one.target))
    centre = {key for key in network.nodes if _is_called(key, choice.around)}
    ranked = sorted(network.nodes, key=lambda key: (key not in centre, -degrees[key], key))
    kept = set(ranked[:MOST_DRAWN])
    edges = tuple(one for one in network.edges if one.source in kept and one.target in kept)
    met = {key for one in edges for key in (one.source, one.target)}
    nodes = {key: network.nodes[key] for key in network.nodes if key in met}
    return Network(MappingProxyType(nodes), edges)


def shared_members(network: Network) -> tuple[Shared, ...]:
    """Give the members of several bodies, those of most bodies first."""
    bodies: dict[str, set[str]] = {}
    for one in network.edges:
        if one.relation in {MEMBER, "represented"} and network.nodes[one.target].kind == "body":
            bodies.setdefault(one.source, set()).add(one.target)
    found = [
        Shared(
            network.nodes[key],
            tuple(
                sorted((network.nodes[one] for one in held), key=lambda node: by_name(node.shown))
            ),
        )
        for key, held in bodies.items()
        if len(held) > 1
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.bodies), by_name(one.node.shown))))


def network_page(
    choice: Choice,
    reader: Reader,
    base_url: str,
    whole: Network,
    network: Network,
    drawn: tuple[int, Svg],
) -> NetworkPage:
    """Put together the page; raise NotFound beyond its last."""
    edges = in_order(network)
    paging = Paging(choice.page, max(1, -(-len(edges) // PER_PAGE)), len(edges))
    if choice.page > paging.pages:
        raise NotFound("There are only {pages} pages.", pages=paging.pages)
    of = named(choice.of, reader) if choice.of else None
    beside = narrowed(whole, replace(choice, kinds=frozenset()), reader)
    counts = Counter(node.kind for node in beside.nodes.values())
    owners = [whole.nodes[one.target].shown for one in whole.edges if one.relation == BODY_OF]
    files = {ending: address(choice, reader, f".{ending}") for ending in FILES}
    around = [("around", choice.around), ("depth", str(choice.depth))] if choice.around else []
    return NetworkPage(
        title=TITLE,
        path=PATH,
        kinds=tuple(
            Kind(kind, heading, counts[kind], kind in choice.kinds)
            for kind, heading in KINDS.items()
        ),
        whose=options_of(owners, of, reader),
        of=of,
        without_of=address(replace(choice, of=""), reader),
        around=_centre_shown(network, choice, reader),
        without_around=address(replace(choice, around=""), reader),
        depth=choice.depth,
        fields=tuple(around[:1]),
        nodes=network.nodes,
        edges=tuple(edges[(choice.page - 1) * PER_PAGE : choice.page * PER_PAGE]),
        shared=shared_members(network),
        paging=paging,
        address=address(choice, reader),
        summary=_summary(network, reader),
        drawn=drawn[0],
        total=len(network.nodes),
        picture=drawn[1],
        day=reader.in_words(reader.at),
        today=address(choice, replace(reader, at="")),
        query=f"{address(choice, reader)}&query=1",
        downloads=tuple((FILES[ending], href) for ending, href in files.items()),
        codes=ready_code(base_url + files["csv"], ()),
    )


def in_order(network: Network) -> list[Edge]:
    """Give the edges by the names of their ends."""

    def key(edge: Edge) -> tuple[str, str, str, str]:
        nodes = network.nodes
        names = by_name(nodes[edge.target].shown), by_name(nodes[edge.source].shown)
        return (*names, edge.relation, edge.when.iri if edge.when else "")

    return sorted(network.edges, key=key)


def edge_table(network: Network, reader: Reader) -> Table:
    """Give a network as a list of its edges."""
    translate = catalogue(reader.language).gettext
    columns = (
        ("source", marked("From (key)")),
        ("source_name", marked("From")),
        ("source_kind", marked("From (kind)")),
        ("source_iri", marked("From (IRI)")),
        ("relation", marked("Relation (key)")),
        ("relation_name", marked("Relation")),
        ("target", marked("To (key)")),
        ("target_name", marked("To")),
        ("target_kind", marked("To (kind)")),
        ("target_iri", marked("To (IRI)")),
        ("role", marked("Role")),
        ("since", marked("Begins at the earliest")),
        ("until", marked("Ends at the latest")),
    )
    rows = tuple(
        (
            *_end(network.nodes[edge.source]),
            edge.relation,
            translate(edge.heading),
            *_end(network.nodes[edge.target]),
            edge.role,
            edge.period.since if edge.period else "",
            edge.period.until if edge.period else "",
        )
        for edge in in_order(network)
    )
    names, headings = zip(*columns, strict=True)
    return Table(translate(TITLE), names, tuple(translate(one) for one in headings), rows)


def network_json(network: Network, reader: Reader) -> bytes:
    """Give a network as JSON: nodes and edges by key."""
    translate = catalogue(reader.language).gettext
    return json_text(
        {
            "nodes": [
                {
                    "key": node.key,
                    "kind": node.kind,
                    "name": node.shown.text.value,
                    "iri": node.shown.iri,
                    "place": node.place or None,
                }
                for _, node in sorted(network.nodes.items())
            ],
            "edges": [
                {
                    "source": edge.source,
                    "target": edge.target,
                    "relation": edge.relation,
                    "relation_name": translate(edge.heading),
                    "role": edge.role or None,
                    "since": (edge.period.since if edge.period else "") or None,
                    "until": (edge.period.until if edge.period else "") or None,
                }
                for edge in in_order(network)
            ],
        }
    )


def network_query(reader: Reader) -> str:
    """Give the query that asks for the edges."""
    return asked(QUERY, reader.terms)


FILES: Final = MappingProxyType({**OF_A_PICTURE, "graphml": "GraphML"})
"""The formats a network is taken along in, by the ending of its address."""


def _source(row: Row, names: Mapping[str, tuple[Literal, ...]], reader: Reader) -> Node:
    if "from" in row:
        return _plain_node(row["from"], names, reader)
    office = _plain_node(row["office"], names, reader)
    place = _plain_node(row["place"], names, reader)
    text = office.shown.text
    whole = Text(f"{text.value} ({place.shown.text.value})", text.language)
    shown = Shown(whole, office.shown.href, office.shown.iri)
    return Node(f"{office.key}@{place.key}", "office", shown, text.value, place.shown.iri)


def _plain_node(term: Term, names: Mapping[str, tuple[Literal, ...]], reader: Reader) -> Node:
    if not isinstance(term, NamedNode):
        raise TypeError(f"not a node of the network: {term}")
    shown = reader.shown(term, names.get(term.value, ()))
    kind = KIND_OF.get(kind_of(term), "organisation")
    return Node(compact(term.value), kind, shown, shown.text.value)


def _joined(roles: str, role: str) -> str:
    held = [one for one in roles.split(", ") if one]
    return ", ".join(held if role in held or not role else sorted([*held, role]))


def _is_called(key: str, name: str) -> bool:
    """Say whether an address means a node: by its key, or by an office wherever it is."""
    return key == name or key.partition("@")[0] == name


def _centre(network: Network, choice: Choice, reader: Reader) -> set[str]:
    if not choice.around:
        return set()
    centre = {key for key in network.nodes if _is_called(key, choice.around)}
    if not centre:
        # A thing without connections is known, and has none; any other name is a mistake.
        named(choice.around.partition("@")[0], reader)
    return centre


def _centre_shown(network: Network, choice: Choice, reader: Reader) -> Shown | None:
    if not choice.around:
        return None
    held = [node for key, node in network.nodes.items() if _is_called(key, choice.around)]
    if len(held) == 1:
        return held[0].shown
    return named(choice.around.partition("@")[0], reader)


def _owned(network: Network, owners: frozenset[str]) -> set[str]:
    """Give the nodes of some owners: themselves, their bodies and units, and their offices."""
    own = {
        key
        for key, node in network.nodes.items()
        if node.place in owners or (node.kind != "office" and node.shown.iri in owners)
    }
    parts = {
        edge.source
        for edge in network.edges
        if edge.relation in {BODY_OF, "unit"} and edge.target in own
    }
    return own | parts


def _near(centre: set[str], edges: Sequence[Edge], depth: int) -> set[str]:
    """Give the nodes within so many edges of the centre."""
    near = set(centre)
    for _ in range(depth):
        met = {
            key
            for one in edges
            if one.source in near or one.target in near
            for key in (one.source, one.target)
        }
        near |= met
    return near


def _end(node: Node) -> tuple[str, str, str, str]:
    return node.key, node.shown.text.value, node.kind, node.shown.iri


def _summary(network: Network, reader: Reader) -> str:
    translate = catalogue(reader.language).gettext
    counts = Counter(node.kind for node in network.nodes.values())
    if not network.edges:
        return translate(marked("No connections are known of what was chosen."))
    kinds = [
        f"{translate(heading)} {counts[kind]}" for kind, heading in KINDS.items() if counts[kind]
    ]
    text = marked("The network has {nodes} nodes and {edges} connections: {kinds}.")
    sentences = [
        translate(text).format(
            nodes=len(network.nodes),
            edges=len(network.edges),
            kinds=listed(kinds, reader.language),
        )
    ]
    shared = shared_members(network)
    if shared:
        text = marked("Members of several bodies: {count}; in most, {bodies}, sits {name}.")
        sentences.append(
            translate(text).format(
                count=len(shared),
                bodies=len(shared[0].bodies),
                name=shared[0].node.shown.text.value,
            )
        )
    return " ".join(sentences)
