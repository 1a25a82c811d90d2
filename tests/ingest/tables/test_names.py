"""Names are matched as people write them; what is ambiguous is asked, nothing is guessed."""

from collections.abc import Callable

import pytest
from hyteverkko.ingest.tables.names import Names, names_of, short_address, written_address
from hyteverkko.ingest.tables.problems import Problem
from hyteverkko.namespaces import expanded
from hyteverkko.store.graph import ReleaseGraph
from hyteverkko.store.search.inflection import base_forms, voikko

Find = Callable[[str, str], str]
OFFICES = "https://w3id.org/hyteverkko/def/office"


@pytest.fixture(scope="module")
def names(held: ReleaseGraph) -> Names:
    return names_of(held, (), "kuopio")


@pytest.fixture
def find(names: Names) -> Find:
    """Find a municipality, an office or an agent by its name; give its short address."""

    def found(what: str, text: str) -> str:
        def accepts(thing: str) -> bool:
            if what == "office":
                return thing in names.schemes[OFFICES]
            return expanded(what) in names.of(thing).classes

        return short_address(names.find(text, accepts))

    return found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[("Kuopio", "297"), ("kuopio", "297"), ("KUOPIO", "297"), ("Kuopion", "297")],
        *[("Kuopion kaupunki", "297"), ("Kuopiossa", "297"), ("297", "297"), ("284", "284")],
        *[("Kosken Tl", "284"), ("koski tl", "284"), ("Koski Tl:n", "284"), ("91", "091")],
        *[("Åbo", "853"), ("abo", "853"), ("Turun", "853"), ("Åbo stad", "853")],
        *[("Jarvenpaa", "186"), ("Uudenkaupungin", "895"), ("Isonkyrön", "152")],
        *[("Helsingin", "091"), ("Lahdessa", "398"), ("Varkauden", "915"), ("Varkauteen", "915")],
        *[("Tampereella", "837"), ("Seinäjoen", "743"), ("Riihimäelle", "694")],
        *[("Virtain", "936"), ("Heinäveden", "090")],
    ],
)
def test_municipality(find: Find, text: str, code: str) -> None:
    assert find("hyte:Municipality", text) == f"municipality/{code}"


@pytest.mark.parametrize(
    "text",
    [
        *["varhaiskasvatusjohtaja", "Varhaiskasvatuksen johtaja", "varhaiskasvatusjohtajan"],
        *["VARHAISKASVATUS JOHTAJA", "varhaiskasvatus-johtaja"],
    ],
)
def test_office(find: Find, text: str) -> None:
    assert find("office", text) == "office:varhaiskasvatusjohtaja"


def test_two_municipalities_of_one_name_are_asked(find: Find) -> None:
    # Parainen (573) ended in 2008; Länsi-Turunmaa (445) took the name in 2012.
    with pytest.raises(Problem) as raised:
        find("hyte:Municipality", "Parainen")
    assert raised.value.rule == "name-ambiguous"
    assert "municipality/445" in str(raised.value.values["candidates"])
    assert "municipality/573" in str(raised.value.values["candidates"])


def test_an_unknown_name_suggests_the_nearest(find: Find) -> None:
    with pytest.raises(Problem) as raised:
        find("office", "hyvinvointikordinaattori")
    assert raised.value.rule == "name-unknown"
    assert "office:hyvinvointikoordinaattori" in str(raised.value.values["candidates"])


def test_another_municipalitys_board_is_not_taken_for_ones_own(find: Find) -> None:
    # Only Varkaus has a kaupunginhallitus in the data; Kuopio's is another.
    with pytest.raises(Problem) as raised:
        find("hyte:Body", "kaupunginhallitus")
    assert raised.value.rule == "name-of-another"
    assert "body/varkaus/kaupunginhallitus" in str(raised.value.values["candidates"])


def test_ones_own_come_first(held: ReleaseGraph) -> None:
    own = expanded("id:") + "body/varkaus/kaupunginhallitus"
    names = names_of(held, (own,), "varkaus")
    assert (
        names.find("kaupunginhallitus", lambda t: expanded("hyte:Body") in names.of(t).classes)
        == own
    )


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("municipality/284", "https://w3id.org/hyteverkko/id/municipality/284"),
        ("theme:safety", "https://w3id.org/hyteverkko/def/theme/safety"),
        ("https://example.org/a", "https://example.org/a"),
        ("<https://example.org/a>", "https://example.org/a"),
        ("kind/284", None),
        ("Meeting: first", None),
        ("https://example.org/a b", None),
        ("https://example.org/<a>", None),
        ("", None),
    ],
)
def test_address(text: str, iri: str | None) -> None:
    assert written_address(text) == iri


@pytest.mark.parametrize(
    ("text", "base"),
    [
        *[("Kuopion", "kuopio"), ("Kosken Tl", "koski tl"), ("Lappeenrannan", "lappeenranta")],
        *[("Siikajoen", "siikajoki"), ("Outokummun", "outokumpu"), ("Ikaalisten", "ikaalinen")],
        *[("hyvinvointilautakunnan", "hyvinvointilautakunta"), ("Vantaalla", "vantaa")],
        *[("alueellisen koordinaattorin", "alueellinen koordinaattori"), ("Alavudelle", "alavus")],
    ],
)
def test_base_forms_without_a_dictionary(text: str, base: str) -> None:
    assert base in set(base_forms(text, None))


def test_a_dictionary_knows_more() -> None:
    if voikko() is None:
        pytest.skip("Voikko is not installed")
    # A plural genitive, which the rules leave alone.
    assert "nuorten työryhmä" not in set(base_forms("nuortentyöryhmien", None))
    assert "työryhmä" in set(base_forms("työryhmien", voikko()))
