"""A network as GraphML, for programs that draw and count networks."""

from typing import Final

from hyteverkko.pages.pictures.network import Edge, Network, Node, in_order
from hyteverkko.pages.pictures.shapes import Svg, element, plain

NAMESPACE: Final = "http://graphml.graphdrawing.org/xmlns"
SCHEMA: Final = "http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd"
NODE_KEYS: Final = ("name", "kind", "key", "iri", "place")
EDGE_KEYS: Final = ("relation", "role", "since", "until")


def graphml(network: Network) -> bytes:
    """Write a network as GraphML."""
    numbers = {key: f"n{number}" for number, key in enumerate(sorted(network.nodes))}
    graph = element(
        "graph",
        [
            *(_node(number, network.nodes[key]) for key, number in numbers.items()),
            *(_edge(f"e{number}", edge, numbers) for number, edge in enumerate(in_order(network))),
        ],
        id="network",
        edgedefault="directed",
    )
    declared = [
        *(_declared("node", name) for name in NODE_KEYS),
        *(_declared("edge", name) for name in EDGE_KEYS),
    ]
    whole = element(
        "graphml",
        [*declared, graph],
        **{
            "xmlns": NAMESPACE,
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
        },
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{whole}\n'.encode()


def _declared(of: str, name: str) -> Svg:
    given = {"id": f"{of}-{name}", "for": of, "attr.name": name, "attr.type": "string"}
    return element("key", **given)


def _node(number: str, node: Node) -> Svg:
    values = (node.shown.text.value, node.kind, node.key, node.shown.iri, node.place)
    held = zip(NODE_KEYS, values, strict=True)
    return element("node", [_data("node", *one) for one in held if one[1]], id=number)


def _edge(number: str, edge: Edge, numbers: dict[str, str]) -> Svg:
    period = edge.period
    since, until = (period.since, period.until) if period else ("", "")
    held = zip(EDGE_KEYS, (edge.relation, edge.role, since, until), strict=True)
    data = [_data("edge", *one) for one in held if one[1]]
    ends = {"source": numbers[edge.source], "target": numbers[edge.target]}
    return element("edge", data, id=number, **ends)


def _data(of: str, name: str, value: str) -> Svg:
    return element("data", [plain(value)], key=f"{of}-{name}")
